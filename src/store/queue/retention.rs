//! Decided requests whose time is over: finding them, and deleting each with everything that is
//! about it alone.
use crate::domain::ids::{OrganisationId, RequestId};
use crate::domain::time::Span;
use crate::domain::{Error, Result, Time};
use crate::store::conn::Conn;
use crate::store::counts::Shelf;
use crate::store::db::Tx;
use crate::store::rows::{Columns as _, Statement as _};
use sqlx::AssertSqlSafe;

/// What keeps a request `r` whatever its age: access that holds, an invitation that waits, a
/// delivery that is still owed, a job that is under way.
const NEEDED: &str = "exists (select 1 from grants g where g.id = r.grant_id and g.ended_at is null) \
    or exists (select 1 from invitations i where i.org_id = r.org_id and i.id = r.invitation_id \
    and i.status = 'pending') or exists (select 1 from deliveries d where d.org_id = r.org_id \
    and d.request_id = r.id and d.state = 'queued') or exists (select 1 from bulk_items b \
    join bulk_jobs j on j.id = b.job_id where b.request_id = r.id and j.ended_at is null)";

/// The organisations that do not keep decided requests for ever, and for how long they do.
pub async fn list_organisations(conn: &mut Conn) -> Result<Vec<(OrganisationId, Span)>> {
    sqlx::query(
        "select id, request_retention from organisations where request_retention is not null order by id",
    )
    .list(conn, |r| {
        Ok((r.parsed("id")?, Span(r.number("request_retention")?)))
    })
    .await
}

/// The organisation's requests that were decided before `before` and that nothing needs any more,
/// the oldest first.
pub async fn list_due(
    conn: &mut Conn,
    org: &OrganisationId,
    before: Time,
    limit: i64,
) -> Result<Vec<RequestId>> {
    let sql = format!(
        "select r.id from requests r where r.org_id = $1 \
         and r.status in ('approved', 'denied', 'canceled', 'expired') and r.decided_at < $2 \
         and not ({NEEDED}) order by r.decided_at limit {limit}"
    );
    sqlx::query(AssertSqlSafe(sql))
        .bind(org.as_str().to_owned())
        .bind(before.0)
        .list(conn, |r| r.parsed("id"))
        .await
}

/// Deletes one of them. Stale if it is needed again, or is gone.
pub async fn delete(tx: &mut Tx, org: &OrganisationId, id: &RequestId, before: Time) -> Result<()> {
    let request = crate::store::requests::lock(tx, org, id).await.map_err(|e| {
        if matches!(e, Error::NotFound) {
            Error::Stale
        } else {
            e
        }
    })?;
    for sql in [
        "delete from request_terms where org_id = $1 and request_id = $2",
        "delete from assignments where org_id = $1 and request_id = $2",
        "delete from reviews where org_id = $1 and request_id = $2",
        "delete from questions where org_id = $1 and request_id = $2",
        "delete from grants where org_id = $1 and request_id = $2 and ended_at is not null",
        "delete from deliveries where org_id = $1 and request_id = $2 and state <> 'queued'",
        "delete from bulk_items where org_id = $1 and request_id = $2 and done = 1",
        "update invitations set request_id = null where org_id = $1 and request_id = $2 \
         and status <> 'pending'",
    ] {
        sqlx::query(sql)
            .bind(org.as_str())
            .bind(id.as_str())
            .run(tx)
            .await?;
    }
    let sql = format!(
        "delete from requests where org_id = $1 and id = $2 and decided_at < $3 \
         and status in ('approved', 'denied', 'canceled', 'expired') and not exists (select 1 \
         from requests r where r.org_id = $1 and r.id = $2 and ({NEEDED}))"
    );
    sqlx::query(AssertSqlSafe(sql))
        .bind(org.as_str().to_owned())
        .bind(id.to_string())
        .bind(before.0)
        .run_once(tx)
        .await?;
    tx.count(org, Shelf::of(&request), -1);
    Ok(())
}
