//! People at connectors: deciding what they asked, deactivating, blocking and unblocking them; and
//! what became of messages to them.
use crate::chat::sent::SendResult;
use crate::desk::history::{About, By};
use crate::desk::requests::decision_draft::DecisionDraft;
use crate::desk::{Actor, Desk, chat, cut_to, history, rights};
use crate::domain::changes::{self, Field};
use crate::domain::connector::{ConnectorState, Platform};
use crate::domain::contact::{Contact, ContactStanding};
use crate::domain::decision::Decision;
use crate::domain::delivery::DeliveryOutcome;
use crate::domain::event::What;
use crate::domain::ids::{ConnectorId, ContactId};
use crate::domain::member::Membership;
use crate::domain::policy::{self, Decider};
use crate::domain::request::Request;
use crate::domain::verdict::Verdict;
use crate::domain::{Error, Result, Time, Why, resource_request};
use crate::store::chat::connectors::Kept;
use crate::store::chat::contacts::{ContactQuery, Linked};
use crate::store::deliveries::hold::Stands;
use crate::store::deliveries::messages::{Due, MessageKind};
use crate::store::{self, Tx};
use std::collections::HashMap;

/// A page of a connector's contacts.
pub struct Contacts {
    pub kept: Kept,
    pub listed: Vec<Contact>,
    /// Of each of these that is a member's: the member's name, and their other channels.
    pub members: HashMap<ContactId, (String, Vec<Linked>)>,
    pub counts: Vec<(ContactStanding, i64)>,
    pub next: Option<(Time, ContactId)>,
}

const PAGE: usize = 50;

/// Who wrote to a connector, those first who wrote last.
#[tracing::instrument(name = "chat::contacts::list", skip_all)]
pub async fn list(
    desk: &Desk,
    member: &Membership,
    connector: &ConnectorId,
    look: &ContactQuery,
) -> Result<Contacts> {
    let kept = chat::connectors::find(desk, member, connector).await?;
    let mut conn = desk.db.read().await?;
    let mut listed =
        store::chat::contacts::list(&mut conn, &kept.organisation, connector, look, PAGE + 1).await?;
    let next = cut_to(&mut listed, PAGE).map(|c| (c.last_message_at, c.id.clone()));
    let mut members = HashMap::new();
    for contact in &listed {
        let Some(account) = &contact.member else { continue };
        let name = store::account::accounts::find(&mut conn, account).await?.name;
        let mut all = store::chat::contacts::list_of_member(&mut conn, &kept.organisation, account).await?;
        all.retain(|l| l.contact.id != contact.id);
        members.insert(contact.id.clone(), (name, all));
    }
    let counts = store::chat::contacts::counts(&mut conn, &kept.organisation, connector).await?;
    Ok(Contacts {
        kept,
        listed,
        members,
        counts,
        next,
    })
}

/// Has somebody stand otherwise: `Blocked`; `Onboarding`, which unblocks or deactivates.
/// Blocking denies what they ask just now. `was`: where the actor saw them stand; Stale if that
/// is no longer so.
#[tracing::instrument(name = "chat::contacts::put", skip_all)]
pub async fn put(
    desk: &Desk,
    actor: &Actor,
    member: &Membership,
    id: &ContactId,
    was: ContactStanding,
    standing: ContactStanding,
) -> Result<()> {
    let blocker = policy::blocker(member)?;
    let (org, now) = (blocker.organisation(), actor.now());
    let mut tx = rights::begin_for(desk, actor, member).await?;
    let before = store::chat::contacts::lock(&mut tx, org, id).await?;
    if before.standing != was && before.standing != standing {
        return Err(Error::Stale);
    }
    let open = store::requests::find_open_of_contact(&mut tx, org, id)
        .await?
        .filter(|r| r.is_open(now));
    if standing == ContactStanding::Blocked
        && let Some(request) = open
    {
        let request = store::requests::lock(&mut tx, org, &request.id).await?;
        let denied = request.deny_by_blocking(&blocker, now)?;
        store::requests::settle(&mut tx, &denied).await?;
        history::record(
            desk,
            &mut tx,
            actor,
            What::RequestDenied,
            About::Thing(org, denied.id.as_str()),
            vec![],
        )
        .await?;
    }
    let after = before.clone().put(standing)?;
    // Whoever is let out of a block, or put back, may ask again at once.
    let after = if standing == ContactStanding::Onboarding {
        Contact {
            asked_at: None,
            ..after
        }
    } else {
        after
    };
    store::chat::contacts::save(&mut tx, &after).await?;
    let changes = changes::between(&before.facts(), &after.facts());
    let about = About::Thing(&after.organisation, after.id.as_str());
    history::record(desk, &mut tx, actor, What::ContactChanged, about, changes).await?;
    tx.commit().await
}

/// Decides a request by chat, with an optional note. Whoever is approved is active with it, and
/// is owed the connector's text.
pub(crate) async fn decide_chat(
    desk: &Desk,
    tx: &mut Tx,
    actor: &Actor,
    decider: &Decider,
    request: Request,
    said: &DecisionDraft,
) -> Result<()> {
    let reason = resource_request::notes(&said.reason).map_err(|why| Error::field("reason", why))?;
    let now = actor.now();
    let chatted = request.chatted().ok_or(Error::NotFound)?.clone();
    let kept = store::chat::connectors::find(tx, &request.organisation, &chatted.connector).await?;
    let contact = store::chat::contacts::find(tx, &request.organisation, &chatted.contact).await?;
    let is_blocked = contact.standing == ContactStanding::Blocked;
    if said.verdict == Verdict::Approve {
        if is_blocked {
            return Err(Error::Refused(Why::ContactBlocked));
        }
        store::organisation::organisations::find(tx, &request.organisation)
            .await?
            .open(now)?;
    }
    let decision = Decision::by(decider, now).telling(reason.clone(), String::new());
    let blocks = said.verdict == Verdict::Reject && (said.block || is_blocked);
    let (decided, standing, what, text) = match said.verdict {
        Verdict::Approve => (
            request.activate(decision)?,
            ContactStanding::Active,
            What::RequestApproved,
            MessageKind::Approval,
        ),
        Verdict::Reject => (
            request.deny(decision)?,
            if blocks {
                ContactStanding::Blocked
            } else {
                ContactStanding::Rejected
            },
            What::RequestDenied,
            MessageKind::Rejection,
        ),
    };
    store::requests::settle(tx, &decided).await?;
    let contact = settle_contact(desk, tx, actor, contact, standing).await?;
    history::record(
        desk,
        tx,
        actor,
        what,
        About::Thing(&decided.organisation, decided.id.as_str()),
        changes::made([(Field::Reason, reason)]),
    )
    .await?;
    // Whoever is blocked hears nothing.
    if blocks {
        Ok(())
    } else {
        chat::texts::say(desk, tx, &kept, &contact, Some(&decided.id), text, now).await
    }
}

/// Has somebody stand as was decided. That they are blocked is an event of its own; the rest is
/// said by the decision.
async fn settle_contact(
    desk: &Desk,
    tx: &mut Tx,
    actor: &Actor,
    before: Contact,
    standing: ContactStanding,
) -> Result<Contact> {
    let after = Contact {
        standing,
        ..before.clone()
    };
    store::chat::contacts::save(tx, &after).await?;
    if standing == ContactStanding::Blocked && before.standing != ContactStanding::Blocked {
        let changes = changes::between(&before.facts(), &after.facts());
        let about = About::Thing(&after.organisation, after.id.as_str());
        history::record(desk, tx, actor, What::ContactChanged, about, changes).await?;
    }
    Ok(after)
}

/// The connector of something that is due, and whom it is for; None: it is not to be sent any
/// more.
#[tracing::instrument(name = "chat::contacts::due_for", skip_all)]
pub async fn due_for(desk: &Desk, due: &Due) -> Result<Option<(Kept, Option<Contact>)>> {
    let mut conn = desk.db.read().await?;
    let kept = store::chat::connectors::find(&mut conn, &due.organisation, &due.connector).await?;
    let contact = match &due.contact {
        Some(id) => Some(store::chat::contacts::find(&mut conn, &due.organisation, id).await?),
        None => None,
    };
    // What was claimed just before the connector was disabled still goes out.
    let is_owed = contact.as_ref().is_none_or(|c| still_says(due.what, c.standing));
    Ok((kept.connector.state != ConnectorState::Deleted && is_owed).then_some((kept, contact)))
}

/// Gives back what may not be sent before `until`; it is no attempt.
#[tracing::instrument(name = "chat::contacts::postpone", skip_all)]
pub async fn postpone(desk: &Desk, due: &Due, until: Time) -> Result<()> {
    let mut tx = desk.db.begin().await?;
    store::deliveries::outcomes::postpone(&mut tx, &due.hold, until).await?;
    tx.commit().await
}

/// Writes down how a try to send ended. What a person never got stands in the history, and with
/// the request that it was about. `channel`: where it was posted; empty for what went to one
/// person.
#[tracing::instrument(name = "chat::contacts::sent", skip_all)]
pub async fn sent(
    desk: &Desk,
    due: &Due,
    outcome: &DeliveryOutcome,
    fate: Option<&SendResult>,
    channel: &str,
    now: Time,
) -> Result<()> {
    let mut tx = desk.db.begin().await?;
    // What was not tried says nothing of the connector, nor does somebody who wants to hear
    // nothing more, nor an answer that came late.
    if due.what != MessageKind::Whisper
        && fate.is_some_and(|fate| !matches!(fate, SendResult::Unreachable(_)))
    {
        store::chat::connectors::note_delivery(
            &mut tx,
            &due.organisation,
            &due.connector,
            outcome.reason(),
            now,
        )
        .await?;
    }
    let reached = match fate {
        Some(SendResult::Sent(_)) => Some(""),
        Some(SendResult::Unreachable(why)) => Some(why.as_str()),
        _ => None,
    };
    if let (Some(contact), Some(why), true) = (&due.contact, reached, due.what != MessageKind::Agent) {
        store::chat::contacts::mark_unreachable(&mut tx, &due.organisation, contact, why).await?;
    }
    let about = due
        .request
        .as_ref()
        .map(ToString::to_string)
        .or(due.contact.as_ref().map(ToString::to_string));
    if let (DeliveryOutcome::Failed(why), Some(about)) = (outcome, about) {
        history::record(
            desk,
            &mut tx,
            By::clock(now),
            What::ContactUndelivered,
            About::Thing(&due.organisation, &about),
            changes::made([(Field::Failure, why.clone())]),
        )
        .await?;
    }
    let stands = match fate {
        Some(SendResult::Sent(message)) => Stands {
            message: message.clone(),
            channel: channel.to_owned(),
        },
        _ => Stands::default(),
    };
    store::deliveries::messages::finish_send(&mut tx, due, outcome, &stands, now).await?;
    tx.commit().await
}

/// Whether something that was owed to somebody is still true of where they stand.
fn still_says(what: MessageKind, standing: ContactStanding) -> bool {
    match what {
        MessageKind::Onboarding => {
            matches!(standing, ContactStanding::Onboarding | ContactStanding::Rejected)
        }
        MessageKind::Approval => standing == ContactStanding::Active,
        MessageKind::Rejection => standing == ContactStanding::Rejected,
        MessageKind::Agent | MessageKind::Post | MessageKind::Edit | MessageKind::Whisper => {
            standing != ContactStanding::Blocked
        }
    }
}

/// What a template of WhatsApp is used after: this long after the person's last message no other
/// text may be sent.
pub fn window_is_over(kept: &Kept, contact: &Contact, now: Time) -> bool {
    kept.connector.platform == Platform::WhatsApp
        && now >= contact.last_message_at + crate::domain::time::Span::hours(24)
}
