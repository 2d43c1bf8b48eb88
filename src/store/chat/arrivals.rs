//! What came by chat and is still to be worked on: written before the platform is answered, claimed
//! by workers.
use crate::domain::ids::{ConnectorId, LetterId, OrganisationId};
use crate::domain::{Result, Time};
use crate::store::db::Tx;
use crate::store::outbox::{DeliveryOutcome, EndedLetter, LEASE, QUEUED};
use crate::store::rows::{Bindings, Columns as _, Statement as _};
use sqlx::AssertSqlSafe;

/// Something that came: the platform's name of the delivery, the message's own identity, and what
/// it is, as JSON.
pub struct Arrival {
    pub event: String,
    pub message: String,
    /// Whose it is.
    pub lane: String,
    pub arrived: String,
}

/// Keeps what came, behind all that waits of its lane, whatever the clock of the server says that
/// kept that; whether it is new. The same delivery, or the same message by another one, is not.
pub async fn keep(
    tx: &mut Tx,
    id: &LetterId,
    org: &OrganisationId,
    connector: &ConnectorId,
    a: &Arrival,
    now: Time,
) -> Result<bool> {
    tx.owes = true;
    let met = sqlx::query(
        "insert into chat_events (id, org_id, connector_id, event, message, arrived, lane, number, state, \
         next_try_at, created_at) select $1, $2, $3, $4, $5, $6, $8, coalesce((select max(number) \
         from chat_events where connector_id = $3 and lane = $8 and state = 'queued'), 0) + 1, 'queued', $7, \
         $7 where true on conflict do nothing",
    )
    .bind(id.as_str())
    .bind(org.as_str())
    .bind(connector.as_str())
    .bind(&a.event)
    .bind(&a.message)
    .bind(&a.arrived)
    .bind(now.0)
    .bind(&a.lane)
    .affected(tx)
    .await?;
    Ok(met == 1)
}

/// Something that came, in a worker's hands.
#[derive(Clone, Debug)]
pub struct ClaimedArrival {
    pub id: LetterId,
    pub organisation: OrganisationId,
    pub connector: ConnectorId,
    pub arrived: String,
    pub attempts: i64,
    pub created_at: Time,
    pub lease_until: Time,
}

/// Claims up to `limit` of what came, of each person the first alone, and nothing of connectors
/// that are `busy`; the predicate stands again in the outer `where`, as for letters.
pub async fn claim(tx: &mut Tx, now: Time, limit: i64, busy: &[ConnectorId]) -> Result<Vec<ClaimedArrival>> {
    tx.read_in_order().await?;
    let mut asked = Bindings::default();
    let (at, until) = (asked.bind(now.0)?, asked.bind((now + LEASE).0)?);
    let (limit, busy) = (asked.bind(limit)?, asked.list(busy)?);
    let sql = format!(
        "update chat_events set lease_until = {until}, attempts = attempts + 1 \
         where id in (select c.id from chat_events c where c.state = 'queued' and c.next_try_at <= {at} \
         and c.lease_until <= {at} and c.connector_id not in ({busy}) and c.id = (select e.id \
         from chat_events e where e.connector_id = c.connector_id and e.lane = c.lane and e.state = 'queued' \
         order by e.number, e.id limit 1) order by c.next_try_at, c.id limit {limit}) and {QUEUED} \
         and next_try_at <= {at} and lease_until <= {at} returning id, org_id, connector_id, arrived, \
         attempts, created_at, lease_until"
    );
    let query = sqlx::query_with(AssertSqlSafe(sql), asked.0);
    let claimed = query.list(tx, |row| {
        Ok(ClaimedArrival {
            id: row.parsed("id")?,
            organisation: row.parsed("org_id")?,
            connector: row.parsed("connector_id")?,
            arrived: row.text("arrived")?,
            attempts: row.number("attempts")? - 1,
            created_at: row.time("created_at")?,
            lease_until: row.time("lease_until")?,
        })
    });
    claimed.await
}

/// Writes down how working on it ended, if this worker still holds the lease.
pub async fn finish(
    tx: &mut Tx,
    claimed: &ClaimedArrival,
    outcome: &DeliveryOutcome,
    now: Time,
) -> Result<()> {
    let EndedLetter {
        state,
        problem,
        next,
        at,
    } = outcome.ended(claimed.lease_until, now);
    sqlx::query(
        "update chat_events set state = $3, problem = $4, next_try_at = $5, ended_at = $6, lease_until = 0, \
         arrived = case when $3 = 'sent' then '' else arrived end where id = $1 and lease_until = $2 \
         and state = 'queued'",
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
