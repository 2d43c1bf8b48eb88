//! Deciding requests in the queue, once: approve, reject, cancel. The slower of two hears who
//! decided, what and when.
use crate::desk::history::About;
use crate::desk::requests::decision_draft::DecisionDraft;
use crate::desk::requests::outcomes::already;
use crate::desk::{Actor, Desk, access, chat, history, joining, letters, requests, rights};
use crate::domain::contact::Contact;
use crate::domain::decision::{Cancellation, Decision};
use crate::domain::event::What;
use crate::domain::ids::RequestId;
use crate::domain::member::Membership;
use crate::domain::notice::{Letter, News};
use crate::domain::policy::{self, Decider};
use crate::domain::request::{Matter, Problem, Request};
use crate::domain::role::Permission;
use crate::domain::verdict::Verdict;
use crate::domain::{Error, Result, Why, resource_request};
use crate::store::{self, Tx};

/// Approves or rejects a request to join, without a word.
#[tracing::instrument(name = "queue::decisions::decide", skip_all)]
pub async fn decide(
    desk: &Desk,
    actor: &Actor,
    member: &Membership,
    id: &RequestId,
    verdict: Verdict,
) -> Result<()> {
    decide_with(desk, actor, member, id, &verdict.into()).await
}

/// Decides a request, once. Of a resource, it overrides whatever its flow still asks.
#[tracing::instrument(name = "queue::decisions::decide_with", skip_all)]
pub async fn decide_with(
    desk: &Desk,
    actor: &Actor,
    member: &Membership,
    id: &RequestId,
    said: &DecisionDraft,
) -> Result<()> {
    let mut tx = desk.db.begin().await?;
    decide_in(desk, &mut tx, actor, member, id, said).await?;
    tx.commit().await
}

/// As [`decide_with`], in a transaction that may hold more.
pub(crate) async fn decide_in(
    desk: &Desk,
    tx: &mut Tx,
    actor: &Actor,
    member: &Membership,
    id: &RequestId,
    said: &DecisionDraft,
) -> Result<()> {
    let (request, decider) = lock_to_decide(tx, actor, member, id).await?;
    match (&request.matter, said.verdict) {
        (Matter::Join, Verdict::Approve) => {
            joining::decisions::approve_in(desk, tx, actor, &decider, request)
                .await
                .map(drop)
        }
        (Matter::Join, Verdict::Reject) => {
            joining::decisions::deny_in(desk, tx, actor, &decider, request).await
        }
        (Matter::Chat(_), _) => chat::contacts::decide_chat(desk, tx, actor, &decider, request, said).await,
        (Matter::Resource(_), _) => {
            decide_resource(desk, tx, actor, &decider, request, said.checked()?).await
        }
    }
}

/// The request, alone with it, for whoever may decide it and is not too late.
pub(crate) async fn lock_to_decide(
    tx: &mut Tx,
    actor: &Actor,
    member: &Membership,
    id: &RequestId,
) -> Result<(Request, Decider)> {
    policy::permitted(member, Permission::RequestsDecide)?;
    let seen = store::requests::find(tx, &member.organisation, id).await?;
    let decider = policy::decider(member, &actor.account.email, &seen)?;
    let request = match &seen.matter {
        Matter::Join => {
            rights::hold(tx, actor, member).await?;
            store::requests::lock(tx, &member.organisation, id).await?
        }
        Matter::Resource(_) => {
            rights::alone(tx, actor, member).await?;
            store::requests::lock(tx, &member.organisation, id).await?
        }
        Matter::Chat(chatted) => {
            rights::hold(tx, actor, member).await?;
            // Whoever writes at this moment takes the same turn, in the same order.
            let contact = store::chat::contacts::lock(tx, &member.organisation, &chatted.contact).await?;
            if contact.member.as_ref() == Some(actor.id()) {
                return Err(Error::Refused(Why::OwnRequest));
            }
            store::requests::lock(tx, &member.organisation, id).await?
        }
    };
    match already(tx, &request).await? {
        Some(told) => Err(told),
        None => Ok((request, decider)),
    }
}

async fn decide_resource(
    desk: &Desk,
    tx: &mut Tx,
    actor: &Actor,
    decider: &Decider,
    request: Request,
    said: DecisionDraft,
) -> Result<()> {
    let asked = request.expect_asked()?;
    let rules =
        store::access::flows::find_rules(tx, &request.organisation, &asked.flow, asked.flow_number).await?;
    let overrides = request.is_overridden_in_queue();
    let decision = Decision::by(decider, actor.now())
        .telling(said.reason, said.next_steps)
        .overriding(overrides);
    if overrides {
        tell_overridden(desk, tx, actor, &request).await?;
    }
    let notes = Some(said.notes).filter(|n| !n.is_empty());
    match said.verdict {
        Verdict::Reject => {
            let denied = request.deny(decision)?;
            requests::outcomes::denied(desk, tx, actor, &denied, notes).await
        }
        Verdict::Approve => {
            if access::steps::problem(desk, tx, &request, &rules).await? == Some(Problem::ResourceGone) {
                return Err(Error::Refused(Why::ResourceGone));
            }
            access::grants::approve_resource(desk, tx, request, decision, &actor.caller).await
        }
    }
}

/// Those whom the current step still asks hear that it is over.
async fn tell_overridden(desk: &Desk, tx: &mut Tx, actor: &Actor, request: &Request) -> Result<()> {
    let waiting = store::access::steps::list_assigned(tx, &request.organisation, &request.id).await?;
    let others: Vec<_> = waiting
        .into_iter()
        .map(|a| a.account)
        .filter(|a| a != actor.id())
        .collect();
    let about = About::Thing(&request.organisation, request.id.as_str());
    history::record(desk, tx, actor, What::RequestOverridden, about, vec![]).await?;
    if others.is_empty() || request.expect_asked()?.at_administrators {
        return Ok(());
    }
    let mut letter = requests::notices::access(desk, tx, request, News::Overridden).await?;
    letter.by = actor.account.name.clone();
    let readers = store::people::members::list_readers_of(tx, &request.organisation, &others).await?;
    letters::tell_readers(
        desk,
        tx,
        &request.organisation,
        readers,
        Some(&request.id),
        &Letter::Access(Box::new(letter)),
        actor.now(),
    )
    .await
}

/// An administrator takes a request from the queue, with a reason that the requester is told.
/// Who asked by chat is told nothing, as connectors have no words for it, and may ask again at
/// once; there the reason is a note, and may be empty.
#[tracing::instrument(name = "queue::decisions::cancel_request", skip_all)]
pub async fn cancel_request(
    desk: &Desk,
    actor: &Actor,
    member: &Membership,
    id: &RequestId,
    reason: &str,
) -> Result<()> {
    let mut tx = desk.db.begin().await?;
    let (request, decider) = lock_to_decide(&mut tx, actor, member, id).await?;
    let reason = if request.chatted().is_some() {
        resource_request::notes(reason)
    } else {
        resource_request::reason(reason)
    };
    let reason = reason.map_err(|why| Error::field("reason", why))?;
    if let Some(chatted) = request.chatted() {
        let contact = store::chat::contacts::find(&mut tx, &request.organisation, &chatted.contact).await?;
        store::chat::contacts::save(
            &mut tx,
            &Contact {
                asked_at: None,
                ..contact
            },
        )
        .await?;
    }
    let canceled = request.cancel(Cancellation::by(&decider, actor.now()).telling(reason))?;
    requests::outcomes::canceled(desk, &mut tx, &canceled, Some(actor), actor.now()).await?;
    tx.commit().await
}
