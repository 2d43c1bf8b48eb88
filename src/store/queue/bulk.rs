//! Decisions about many requests at once: a job with its items, worked off one by one, also after a
//! restart.
use crate::domain::ids::{AccountId, JobId, OrganisationId, RequestId};
use crate::domain::time::Span;
use crate::domain::verdict::Verdict;
use crate::domain::{Error, Result, Time};
use crate::store::conn::Conn;
use crate::store::db::Tx;
use crate::store::rows::{Columns as _, Row, Statement as _, impossible};

/// How long a worker may hold a job before another takes it over.
pub const LEASE: Span = Span::minutes(2);

/// What is to be decided, by whom, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    pub id: JobId,
    pub organisation: OrganisationId,
    pub by: AccountId,
    /// Where from the decider called.
    pub place: String,
    pub verdict: Verdict,
    pub reason: String,
    pub begun_at: Time,
    /// When its last item was worked off.
    pub ended_at: Option<Time>,
}

/// How far a job has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct JobCounts {
    pub all: i64,
    pub done: i64,
    /// Of those done, how many were refused.
    pub refused: i64,
}

/// One request of a job, and why it was refused, if it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    pub request: RequestId,
    pub name: String,
    pub email: String,
    pub resource: Option<String>,
    /// None while it waits; then the error, if there was one.
    pub result: Option<Result<(), Error>>,
}

pub async fn begin(tx: &mut Tx, job: &Job) -> Result<()> {
    sqlx::query(
        "insert into bulk_jobs (id, org_id, by_id, place, verdict, reason, begun_at) \
         values ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(job.id.as_str())
    .bind(job.organisation.as_str())
    .bind(job.by.as_str())
    .bind(&job.place)
    .bind(job.verdict.as_str())
    .bind(&job.reason)
    .bind(job.begun_at.0)
    .insert(tx, Error::Stale)
    .await
}

/// Adds a request to a job; only one of its organisation, and each once.
pub async fn add(tx: &mut Tx, job: &Job, request: &RequestId) -> Result<()> {
    sqlx::query(
        "insert into bulk_items (job_id, org_id, request_id) select $1, r.org_id, r.id from requests r \
         where r.org_id = $2 and r.id = $3 on conflict do nothing",
    )
    .bind(job.id.as_str())
    .bind(job.organisation.as_str())
    .bind(request.as_str())
    .run(tx)
    .await
}

/// Whether any request of a job is for a resource.
pub async fn holds_resources(tx: &mut Tx, job: &Job) -> Result<bool> {
    let sql = "select 1 as found from bulk_items i join requests r on r.id = i.request_id \
        where i.org_id = $1 and i.job_id = $2 and r.kind = 'resource' limit 1";
    Ok(sqlx::query(sql)
        .bind(job.organisation.as_str())
        .bind(job.id.as_str())
        .find(tx, |_| Ok(()))
        .await?
        .is_some())
}

/// The next items of a job that wait, at most `limit`.
pub async fn list_waiting(conn: &mut Conn, job: &Job, limit: i64) -> Result<Vec<RequestId>> {
    sqlx::query(
        "select request_id from bulk_items where org_id = $1 and job_id = $2 and done = 0 \
         order by request_id limit $3",
    )
    .bind(job.organisation.as_str())
    .bind(job.id.as_str())
    .bind(limit)
    .list(conn, |r| r.parsed("request_id"))
    .await
}

/// Writes down how an item ended.
pub async fn finish(tx: &mut Tx, job: &Job, request: &RequestId, refused: Option<&Error>) -> Result<()> {
    let refused = refused
        .map(serde_json::to_string)
        .transpose()
        .map_err(|_| impossible("what is to be stored"))?;
    sqlx::query(
        "update bulk_items set done = 1, refused = $4 where org_id = $1 and job_id = $2 and request_id = $3 \
         and done = 0",
    )
    .bind(job.organisation.as_str())
    .bind(job.id.as_str())
    .bind(request.as_str())
    .bind(refused)
    .run(tx)
    .await
}

/// Ends a job whose items are all worked off.
pub async fn end(tx: &mut Tx, job: &Job, now: Time) -> Result<()> {
    sqlx::query("update bulk_jobs set ended_at = $3 where org_id = $1 and id = $2 and ended_at is null")
        .bind(job.organisation.as_str())
        .bind(job.id.as_str())
        .bind(now.0)
        .run(tx)
        .await
}

/// Takes a job that nobody works on, of any organisation; the oldest first.
pub async fn claim(tx: &mut Tx, now: Time) -> Result<Option<Job>> {
    sqlx::query(
        "update bulk_jobs set lease_until = $2 where id in (select id from bulk_jobs where ended_at is null \
         and lease_until <= $1 order by begun_at, id limit 1) and ended_at is null and lease_until <= $1 \
         returning id, org_id, by_id, place, verdict, reason, begun_at, ended_at",
    )
    .bind(now.0)
    .bind((now + LEASE).0)
    .find(tx, read)
    .await
}

/// Gives back what a server that is gone had claimed. Only where no other one can be at work.
pub async fn release_all(tx: &mut Tx) -> Result<()> {
    sqlx::query("update bulk_jobs set lease_until = 0 where ended_at is null and lease_until > 0")
        .run(tx)
        .await
}

/// Lets a job go, so that it is taken again at once.
pub async fn release(tx: &mut Tx, job: &Job) -> Result<()> {
    sqlx::query("update bulk_jobs set lease_until = 0 where org_id = $1 and id = $2")
        .bind(job.organisation.as_str())
        .bind(job.id.as_str())
        .run(tx)
        .await
}

pub async fn find(conn: &mut Conn, org: &OrganisationId, id: &JobId) -> Result<Job> {
    sqlx::query(
        "select id, org_id, by_id, place, verdict, reason, begun_at, ended_at from bulk_jobs \
         where org_id = $1 and id = $2",
    )
    .bind(org.as_str())
    .bind(id.as_str())
    .find(conn, read)
    .await?
    .ok_or(Error::NotFound)
}

pub async fn count(conn: &mut Conn, job: &Job) -> Result<JobCounts> {
    let found = sqlx::query(
        "select count(*) as n, cast(coalesce(sum(done), 0) as bigint) as finished, count(refused) as refused \
         from bulk_items where org_id = $1 and job_id = $2",
    )
    .bind(job.organisation.as_str())
    .bind(job.id.as_str())
    .find(conn, |r| {
        Ok(JobCounts {
            all: r.number("n")?,
            done: r.number("finished")?,
            refused: r.number("refused")?,
        })
    })
    .await?;
    Ok(found.unwrap_or_default())
}

/// A job's items, refused ones first, at most 500.
pub async fn list(conn: &mut Conn, job: &Job) -> Result<Vec<Item>> {
    sqlx::query(
        "select i.request_id, i.done, i.refused, r.name, coalesce(c.person, r.email) as email, \
         coalesce(s.name, n.name) as resource from bulk_items i join requests r on r.id = i.request_id \
         left join resources s on s.id = r.resource_id left join contacts c on c.id = r.contact_id \
         left join connectors n on n.id = r.connector_id where i.org_id = $1 and i.job_id = $2 order by case \
         when i.refused is null then 1 else 0 end, i.request_id limit 500",
    )
    .bind(job.organisation.as_str())
    .bind(job.id.as_str())
    .list(conn, |r| {
        let refused = r.maybe_text("refused")?;
        let refused = refused
            .map(|e| serde_json::from_str::<Error>(&e).map_err(|_| impossible("bulk_items.refused")))
            .transpose()?;
        let result = match (r.flag("done")?, refused) {
            (false, _) => None,
            (true, None) => Some(Ok(())),
            (true, Some(e)) => Some(Err(e)),
        };
        Ok(Item {
            request: r.parsed("request_id")?,
            name: r.text("name")?,
            email: r.text("email")?,
            resource: r.maybe_text("resource")?,
            result,
        })
    })
    .await
}

fn read(r: &Row) -> Result<Job> {
    Ok(Job {
        id: r.parsed("id")?,
        organisation: r.parsed("org_id")?,
        by: r.parsed("by_id")?,
        place: r.text("place")?,
        verdict: Verdict::parse(&r.text("verdict")?).ok_or_else(|| impossible("bulk_jobs.verdict"))?,
        reason: r.text("reason")?,
        begun_at: r.time("begun_at")?,
        ended_at: r.maybe_time("ended_at")?,
    })
}
