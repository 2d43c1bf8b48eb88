//! Approvals: what waits for a member, and voting on it. A vote keeps the flow going; a decision in
//! the queue overrides it.
use crate::desk::access::progress::Progress;
use crate::desk::history::About;
use crate::desk::requests::decision_draft::DecisionDraft;
use crate::desk::requests::outcomes::already;
use crate::desk::{Actor, Desk, access, history, requests, rights};
use crate::domain::changes::{self, Field};
use crate::domain::decision::Decision;
use crate::domain::event::What;
use crate::domain::ids::RequestId;
use crate::domain::member::Membership;
use crate::domain::policy::{self, Approver};
use crate::domain::request::Request;
use crate::domain::role::Permission;
use crate::domain::verdict::Verdict;
use crate::domain::{Error, Result, Why};
use crate::store::{self, Tx};

/// Something that waits for a member.
pub struct Waiting {
    pub request: Request,
    pub resource: String,
    /// For whom they stand, while that one is away.
    pub instead_of: Option<String>,
    pub progress: Progress,
}

/// As many as the page of approvals shows.
const PAGE: i64 = 50;

/// What waits for the actor, oldest first, and how much in all. `picked` stands first; it may
/// wait no more.
#[tracing::instrument(name = "access::votes::list", skip_all)]
pub async fn list(
    desk: &Desk,
    actor: &Actor,
    member: &Membership,
    picked: Option<&RequestId>,
) -> Result<(Vec<Waiting>, i64)> {
    policy::voter(member)?;
    let (org, now) = (&member.organisation, actor.now());
    let mut conn = desk.db.read().await?;
    let mut found = store::access::steps::list_waiting_for(&mut conn, org, actor.id(), now, PAGE).await?;
    let all = store::access::steps::count_waiting_for(&mut conn, org, actor.id(), now).await?;
    if let Some(id) = picked {
        let place = found.iter().position(|(r, ..)| r.id == *id);
        let first = match place {
            Some(n) => Some(found.remove(n)),
            None => over(desk, &mut conn, actor, member, id).await?,
        };
        found.splice(0..0, first);
    }
    let mut waiting = Vec::new();
    for (request, resource, instead_of) in found {
        let progress = access::progress::progress(desk, &mut conn, &request).await?;
        waiting.push(Waiting {
            request,
            resource,
            instead_of,
            progress,
        });
    }
    Ok((waiting, all))
}

/// A request that asked the actor and waits for them no more: it is shown as it is.
async fn over(
    _desk: &Desk,
    conn: &mut store::Conn,
    actor: &Actor,
    member: &Membership,
    id: &RequestId,
) -> Result<Option<(Request, String, Option<String>)>> {
    let org = &member.organisation;
    store::access::steps::find_assignment(conn, org, id, actor.id())
        .await?
        .ok_or(Error::NotFound)?;
    let listed = store::queue::list::find(conn, org, id).await?;
    Ok(Some((listed.request, listed.resource.unwrap_or_default(), None)))
}

/// Votes on the current step of a request that asks the actor.
#[tracing::instrument(name = "access::votes::vote", skip_all)]
pub async fn vote(
    desk: &Desk,
    actor: &Actor,
    member: &Membership,
    id: &RequestId,
    said: &DecisionDraft,
) -> Result<()> {
    policy::voter(member)?;
    let said = said.checked()?;
    let org = &member.organisation;
    let mut tx = rights::begin_alone_for(desk, actor, member).await?;
    let request = store::requests::lock(&mut tx, org, id).await?;
    let assignment = store::access::steps::find_assignment(&mut tx, org, id, actor.id()).await?;
    let approver = policy::approver(
        member,
        &actor.account.email,
        &request,
        assignment.as_ref().map(|a| a.instead_of.clone()),
    )?;
    if let Some(told) = already(&mut tx, &request).await? {
        return Err(told);
    }
    if assignment.is_none_or(|a| a.over) {
        return Err(Error::Refused(Why::NotAsked));
    }
    if !request.is_open(actor.now()) {
        return Err(Error::Refused(Why::NotPending));
    }
    vote_in(desk, &mut tx, actor, &approver, request, said).await?;
    tx.commit().await
}

async fn vote_in(
    desk: &Desk,
    tx: &mut Tx,
    actor: &Actor,
    approver: &Approver,
    request: Request,
    said: DecisionDraft,
) -> Result<()> {
    let now = actor.now();
    let asked = request.expect_asked()?.clone();
    let at_step = (asked.flow_number, asked.step);
    store::access::steps::vote(
        tx,
        &request,
        at_step,
        approver.account(),
        approver.instead_of(),
        (said.verdict, now),
    )
    .await?;
    let away = approver.instead_of().map(ToString::to_string);
    let changes = changes::made([
        (Field::Verdict, said.verdict.as_str().to_owned()),
        (Field::Step, (asked.step + 1).to_string()),
        (Field::InsteadOf, away.unwrap_or_default()),
    ]);
    history::record(
        desk,
        tx,
        actor,
        What::RequestVoted,
        About::Thing(&request.organisation, request.id.as_str()),
        changes,
    )
    .await?;
    if said.verdict == Verdict::Reject {
        let decision = Decision::by(approver, now).telling(said.reason, said.next_steps);
        let denied = request.deny(decision)?;
        return requests::outcomes::denied(desk, tx, actor, &denied, None).await;
    }
    let organisation = store::organisation::organisations::find(tx, &request.organisation).await?;
    let rules =
        store::access::flows::find_rules(tx, &request.organisation, &asked.flow, asked.flow_number).await?;
    access::steps::advance(
        desk,
        tx,
        request.live_on(organisation.requests.life, now),
        &rules,
        Some(approver.account()),
        &actor.caller,
    )
    .await
}

/// Whether the member may vote on this request now: for the hint in the queue.
pub(crate) async fn is_asked(
    _desk: &Desk,
    conn: &mut store::Conn,
    actor: &Actor,
    member: &Membership,
    request: &Request,
) -> Result<bool> {
    if !request.is_open(actor.now()) || !member.may(Permission::RequestsDecide) {
        return Ok(false);
    }
    let found =
        store::access::steps::find_assignment(conn, &member.organisation, &request.id, actor.id()).await?;
    Ok(found.is_some_and(|a| !a.over))
}
