//! Calls of provisioning hooks that are owed: written in the transaction that causes them, claimed
//! and made by the worker, as letters are.
use crate::domain::ids::{LetterId, OrganisationId, RequestId, ResourceId};
use crate::domain::resource::{HookCall, HookKind};
use crate::domain::{Result, Time};
use crate::store::conn::Conn;
use crate::store::db::Tx;
use crate::store::outbox::{DeliveryOutcome, EndedLetter, LEASE, QUEUED};
use crate::store::rows::{Columns as _, Row, Statement as _, impossible};
use sqlx::AssertSqlSafe;

/// Owes a call.
pub async fn owe(tx: &mut Tx, id: &LetterId, org: &OrganisationId, call: &HookCall, now: Time) -> Result<()> {
    let text = serde_json::to_string(call).map_err(|_| impossible("what is to be stored"))?;
    tx.owes = true;
    sqlx::query(
        "insert into hook_calls (id, org_id, resource_id, request_id, call, state, next_try_at, created_at) \
         values ($1, $2, $3, $4, $5, 'queued', $6, $6)",
    )
    .bind(id.as_str())
    .bind(org.as_str())
    .bind(call.resource.as_str())
    .bind(call.request.as_str())
    .bind(text)
    .bind(now.0)
    .run(tx)
    .await
}

/// A call that the worker holds.
#[derive(Clone, Debug)]
pub struct ClaimedCall {
    pub id: LetterId,
    pub organisation: OrganisationId,
    pub call: HookCall,
    /// Tries before this one.
    pub attempts: i64,
    pub lease_until: Time,
}

/// Claims up to `limit` calls that are due; the predicate stands again in the outer `where`, as for
/// letters.
pub async fn claim(tx: &mut Tx, now: Time, limit: i64) -> Result<Vec<ClaimedCall>> {
    tx.read_in_order().await?;
    let sql = format!(
        "update hook_calls set lease_until = $2, attempts = attempts + 1 \
         where id in (select id from hook_calls where state = 'queued' and next_try_at <= $1 \
         and lease_until <= $1 order by next_try_at, id limit $3) and {QUEUED} and next_try_at <= $1 \
         and lease_until <= $1 returning id, org_id, call, attempts, lease_until"
    );
    sqlx::query(AssertSqlSafe(sql))
        .bind(now.0)
        .bind((now + LEASE).0)
        .bind(limit)
        .list(tx, read)
        .await
}

/// Gives back what a server that is gone had claimed. Only where no other one can be at work.
pub async fn release(tx: &mut Tx) -> Result<()> {
    sqlx::query("update hook_calls set lease_until = 0 where state = 'queued' and lease_until > 0")
        .run(tx)
        .await
}

/// Writes down how a try ended, if this worker still holds the lease.
pub async fn finish(tx: &mut Tx, claimed: &ClaimedCall, outcome: &DeliveryOutcome, now: Time) -> Result<()> {
    let EndedLetter {
        state,
        problem,
        next,
        at,
    } = outcome.ended(claimed.lease_until, now);
    sqlx::query(
        "update hook_calls set state = $3, problem = $4, next_try_at = $5, ended_at = $6, lease_until = 0 \
         where id = $1 and lease_until = $2 and state = 'queued'",
    )
    .bind(claimed.id.as_str())
    .bind(claimed.lease_until.0)
    .bind(state)
    .bind(problem)
    .bind(next.0)
    .bind(at)
    .run_once(tx)
    .await
}

/// How one call fares, for the page of the request that it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallFate {
    pub kind: HookKind,
    pub state: String,
    pub attempts: i64,
    pub problem: Option<String>,
}

/// How the calls about a request fare, oldest first.
pub async fn list_of_request(
    conn: &mut Conn,
    org: &OrganisationId,
    request: &RequestId,
) -> Result<Vec<CallFate>> {
    let read = |r: &Row| {
        let call: HookCall =
            serde_json::from_str(&r.text("call")?).map_err(|_| impossible("hook_calls.call"))?;
        Ok(CallFate {
            kind: call.kind,
            state: r.text("state")?,
            attempts: r.number("attempts")?,
            problem: r.maybe_text("problem")?,
        })
    };
    sqlx::query(
        "select call, state, attempts, problem from hook_calls where org_id = $1 and request_id = $2 \
         order by id limit 100",
    )
    .bind(org.as_str())
    .bind(request.as_str())
    .list(conn, read)
    .await
}

/// Where a resource's hook is, and its sealed secret; None if it has none.
pub async fn find_target(
    conn: &mut Conn,
    org: &OrganisationId,
    resource: &ResourceId,
) -> Result<Option<(String, String)>> {
    let found = sqlx::query("select hook_url, hook_secret from resources where org_id = $1 and id = $2")
        .bind(org.as_str())
        .bind(resource.as_str())
        .find(conn, |r| Ok((r.text("hook_url")?, r.maybe_text("hook_secret")?)))
        .await?;
    Ok(match found {
        Some((url, Some(secret))) if !url.is_empty() => Some((url, secret)),
        _ => None,
    })
}

/// Keeps a resource's new secret, sealed.
pub async fn set_secret(
    tx: &mut Tx,
    org: &OrganisationId,
    resource: &ResourceId,
    sealed: &str,
) -> Result<()> {
    sqlx::query("update resources set hook_secret = $3 where org_id = $1 and id = $2")
        .bind(org.as_str())
        .bind(resource.as_str())
        .bind(sealed)
        .run_once(tx)
        .await
}

fn read(row: &Row) -> Result<ClaimedCall> {
    Ok(ClaimedCall {
        id: row.parsed("id")?,
        organisation: row.parsed("org_id")?,
        call: serde_json::from_str(&row.text("call")?).map_err(|_| impossible("hook_calls.call"))?,
        attempts: row.number("attempts")? - 1,
        lease_until: row.time("lease_until")?,
    })
}
