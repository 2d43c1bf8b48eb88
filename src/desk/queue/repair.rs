//! Requests in Error: tried again, or moved to the newest version of their flow.
use crate::desk::history::About;
use crate::desk::{Actor, Desk, access, history, queue};
use crate::domain::changes::{self, Field};
use crate::domain::event::What;
use crate::domain::ids::RequestId;
use crate::domain::member::Membership;
use crate::domain::request::{Problem, Request, Status};
use crate::domain::verdict::Verdict;
use crate::domain::{Error, Result, Time, Why};
use crate::store::{self, Tx};

/// Tries again what ended in Error: the hook once more, or the flow, if what it missed is there
/// again.
#[tracing::instrument(name = "queue::repair::retry", skip_all)]
pub async fn retry(desk: &Desk, actor: &Actor, member: &Membership, id: &RequestId) -> Result<()> {
    let mut tx = desk.db.begin().await?;
    let (request, decider) = queue::decisions::lock_to_decide(&mut tx, actor, member, id).await?;
    if !matches!(request.status_at(actor.now()), Status::Error(..)) {
        return Err(Error::Refused(Why::NotInError));
    }
    let asked = request.expect_asked()?.clone();
    let rules =
        store::access::flows::find_rules(&mut tx, &request.organisation, &asked.flow, asked.flow_number)
            .await?;
    if let Some(problem) = access::steps::problem(desk, &mut tx, &request, &rules).await? {
        return Err(Error::Refused(still(problem)));
    }
    let about = About::Thing(&request.organisation, request.id.as_str());
    history::record(desk, &mut tx, actor, What::RequestRetried, about, vec![]).await?;
    match request.decision_to_repeat(&decider) {
        Some(decision) => {
            access::grants::approve_resource(desk, &mut tx, request, decision, &actor.caller).await?
        }
        None => access::steps::advance(desk, &mut tx, request.mend(), &rules, None, &actor.caller).await?,
    }
    tx.commit().await
}

/// Has a request in Error follow the newest version of its flow. Approvals of those whom that
/// version asks too are kept.
#[tracing::instrument(name = "queue::repair::follow_newest", skip_all)]
pub async fn follow_newest(desk: &Desk, actor: &Actor, member: &Membership, id: &RequestId) -> Result<()> {
    let mut tx = desk.db.begin().await?;
    let (request, _) = queue::decisions::lock_to_decide(&mut tx, actor, member, id).await?;
    let (org, asked) = (request.organisation.clone(), request.expect_asked()?.clone());
    let flow = store::access::flows::find(&mut tx, &org, &asked.flow).await?;
    if flow.deleted || flow.number == asked.flow_number {
        return Err(Error::Refused(Why::NotInError));
    }
    let moved = request.follow(&flow.rules, flow.number, actor.now())?;
    if let Some(problem) = access::steps::problem(desk, &mut tx, &moved, &flow.rules).await? {
        return Err(Error::Refused(still(problem)));
    }
    keep_approvals(desk, &mut tx, &moved, &flow.rules, actor.now()).await?;
    history::record(
        desk,
        &mut tx,
        actor,
        What::RequestMoved,
        About::Thing(&org, id.as_str()),
        changes::turned(
            Field::Version,
            asked.flow_number.to_string(),
            flow.number.to_string(),
        ),
    )
    .await?;
    access::steps::advance(desk, &mut tx, moved, &flow.rules, None, &actor.caller).await?;
    tx.commit().await
}

/// What is missing now as it was before.
fn still(problem: Problem) -> Why {
    match problem {
        Problem::GroupGone => Why::GroupStillGone,
        Problem::RoleGone => Why::RoleStillGone,
        Problem::ResourceGone => Why::ResourceGone,
        Problem::HookFailed => Why::HookStillRefuses,
    }
}

/// Carries the approvals given so far to those steps of the new version that would ask the same
/// people.
async fn keep_approvals(
    desk: &Desk,
    tx: &mut Tx,
    moved: &Request,
    rules: &crate::domain::flow::Rules,
    now: Time,
) -> Result<()> {
    let reviews = store::access::steps::list_reviews(tx, &moved.organisation, &moved.id).await?;
    let number = moved.expect_asked()?.flow_number;
    let mut counted = std::collections::BTreeSet::new();
    for (index, step) in rules.steps.iter().enumerate() {
        let people = access::steps::people(desk, tx, moved, step, now).await?;
        let asked = step.stand(&people, &[], false);
        let crate::domain::step_state::StepState::Waits { asked, .. } = asked else {
            continue;
        };
        for review in reviews
            .iter()
            .filter(|r| r.verdict == Verdict::Approve && r.flow_number < number)
        {
            // One approval counts at one step, the first that asks whoever gave it.
            if asked.contains_key(&review.account) && counted.insert(review.account.clone()) {
                store::access::steps::vote(
                    tx,
                    moved,
                    (number, index),
                    &review.account,
                    review.away.as_ref(),
                    (Verdict::Approve, review.at),
                )
                .await?;
            }
        }
    }
    Ok(())
}
