//! Deciding many requests at once: one reason, each request by the same guarded path as a single
//! decision, a result for each. Few are decided at once, many in the background, where a restart
//! takes them up again.
use crate::desk::requests::decision_draft::DecisionDraft;
use crate::desk::{Actor, Desk, account, queue, rights};
use crate::domain::ids::{JobId, RequestId};
use crate::domain::member::Membership;
use crate::domain::role::Permission;
use crate::domain::verdict::Verdict;
use crate::domain::{Error, Result, Time, Why, policy, resource_request};
use crate::store;
use crate::store::queue::bulk::{Item, Job, JobCounts};
use crate::store::queue::query::QueueQuery;

/// As many requests one job may be about.
pub const MOST: usize = 10_000;

/// As many are decided before the answer to whoever begins it.
const AT_ONCE: i64 = 20;

/// As many are decided in the background between two looks at whether to stop.
const BATCH: i64 = 20;

/// Which requests a job is about.
pub enum Which {
    These(Vec<RequestId>),
    /// Everything that the queue lists so.
    Matching(Box<QueueQuery>),
}

/// A job as its page shows it.
pub struct ShownJob {
    pub job: Job,
    pub by: String,
    pub counts: JobCounts,
    pub items: Vec<Item>,
}

/// Begins to decide all these requests; the job's id.
#[tracing::instrument(name = "queue::bulk::decide_many", skip_all)]
pub async fn decide_many(
    desk: &Desk,
    actor: &Actor,
    member: &Membership,
    which: Which,
    verdict: Verdict,
    reason: &str,
) -> Result<JobId> {
    let permitted = policy::permitted(member, Permission::RequestsDecide)?;
    let reason = resource_request::notes(reason).map_err(|why| Error::field("reason", why))?;
    let ids = match which {
        Which::These(ids) => ids,
        Which::Matching(look) => matching(desk, member, *look, actor.now()).await?,
    };
    if ids.is_empty() {
        return Err(Error::Refused(Why::NothingPicked));
    }
    if ids.len() > MOST {
        return Err(Error::Refused(Why::TooManyPicked));
    }
    let job = Job {
        id: desk.mint.id(actor.now()),
        organisation: permitted.organisation().clone(),
        by: actor.id().clone(),
        place: actor.caller.place.clone(),
        verdict,
        reason,
        begun_at: actor.now(),
        ended_at: None,
    };
    let mut tx = rights::begin_for(desk, actor, member).await?;
    store::queue::bulk::begin(&mut tx, &job).await?;
    for id in &ids {
        store::queue::bulk::add(&mut tx, &job, id).await?;
    }
    if verdict == Verdict::Reject
        && job.reason.is_empty()
        && store::queue::bulk::holds_resources(&mut tx, &job).await?
    {
        return Err(Error::field("reason", Why::Missing));
    }
    tx.commit().await?;
    work_on(desk, &job, AT_ONCE, actor.now()).await?;
    Ok(job.id)
}

/// The ids of everything that the queue lists so, at most one more than a job may hold.
async fn matching(desk: &Desk, member: &Membership, look: QueueQuery, now: Time) -> Result<Vec<RequestId>> {
    let mut look = QueueQuery { after: None, ..look };
    let mut ids = Vec::new();
    loop {
        let (rows, next) = queue::list::queue_piece(desk, member, &look, now, 500).await?;
        ids.extend(rows.into_iter().map(|r| r.request.id));
        if next.is_none() || ids.len() > MOST {
            return Ok(ids);
        }
        look.after = next;
    }
}

/// Decides up to `most` of a job's requests that wait; whether any is left. Whoever began it
/// must still be allowed to.
async fn work_on(desk: &Desk, job: &Job, most: i64, now: Time) -> Result<bool> {
    let waiting = store::queue::bulk::list_waiting(&mut *desk.db.read().await?, job, most).await?;
    let decider = decider_of(desk, job, now).await?;
    for id in &waiting {
        let said = DecisionDraft {
            reason: job.reason.clone(),
            ..job.verdict.into()
        };
        let done = match &decider {
            Some((actor, member)) => decide_one(desk, job, actor, member, id, &said).await,
            None => Err(Error::Forbidden),
        };
        match done {
            // What passes is tried again by the next round.
            Ok(()) | Err(Error::Unavailable | Error::Stale) => {}
            Err(refused) => {
                let mut tx = desk.db.begin().await?;
                store::queue::bulk::finish(&mut tx, job, id, Some(&refused)).await?;
                tx.commit().await?;
            }
        }
    }
    let left = !store::queue::bulk::list_waiting(&mut *desk.db.read().await?, job, 1)
        .await?
        .is_empty();
    if !left {
        let mut tx = desk.db.begin().await?;
        store::queue::bulk::end(&mut tx, job, now).await?;
        tx.commit().await?;
    }
    Ok(left)
}

/// Decides one and writes it down as done in one: a server that dies in between finds no decision of
/// its own that somebody seems to have made before.
async fn decide_one(
    desk: &Desk,
    job: &Job,
    actor: &Actor,
    member: &Membership,
    id: &RequestId,
    said: &DecisionDraft,
) -> Result<()> {
    let mut tx = desk.db.begin().await?;
    queue::decisions::decide_in(desk, &mut tx, actor, member, id, said).await?;
    store::queue::bulk::finish(&mut tx, job, id, None).await?;
    tx.commit().await
}

/// Whoever began a job, with what they may do now; None: they are no member any more.
async fn decider_of(desk: &Desk, job: &Job, now: Time) -> Result<Option<(Actor, Membership)>> {
    account::memberships::on_behalf_of(
        desk,
        &mut *desk.db.read().await?,
        &job.organisation,
        &job.by,
        &job.place,
        now,
    )
    .await
}

/// Works on one job that waits, of any organisation; whether there was one.
#[tracing::instrument(name = "queue::bulk::work_off", skip_all)]
pub async fn work_off(desk: &Desk, now: Time) -> Result<bool> {
    let mut tx = desk.db.begin().await?;
    let Some(job) = store::queue::bulk::claim(&mut tx, now).await? else {
        return Ok(false);
    };
    tx.commit().await?;
    let left = work_on(desk, &job, BATCH, now).await;
    let mut tx = desk.db.begin().await?;
    store::queue::bulk::release(&mut tx, &job).await?;
    tx.commit().await?;
    left.map(|_| true)
}

/// How far a job has come, and what became of each request.
#[tracing::instrument(name = "queue::bulk::bulk_job", skip_all)]
pub async fn bulk_job(desk: &Desk, member: &Membership, id: &JobId) -> Result<ShownJob> {
    let permitted = policy::permitted(member, Permission::RequestsDecide)?;
    let mut conn = desk.db.read().await?;
    let job = store::queue::bulk::find(&mut conn, permitted.organisation(), id).await?;
    let by = store::account::accounts::find(&mut conn, &job.by).await?.name;
    Ok(ShownJob {
        by,
        counts: store::queue::bulk::count(&mut conn, &job).await?,
        items: store::queue::bulk::list(&mut conn, &job).await?,
        job,
    })
}
