//! What came by chat and is still to be worked on, and what is owed there: both written before anybody is answered, claimed by workers.
use super::connectors;
use super::db::{Conn, Tx};
use super::outbox::{Ended, LEASE, Outcome};
use super::rows::{Columns as _, Row, Statement as _, impossible};
use crate::domain::ids::{ConnectorId, ContactId, LetterId, OrganisationId, RequestId};
use crate::domain::request::words;
use crate::domain::{Error, Result, Time};
use serde::{Deserialize, Serialize};
use sqlx::AssertSqlSafe;

words! {
    /// What is sent.
    What { Onboarding = "onboarding", Approval = "approval", Rejection = "rejection", Agent = "agent", Post = "post", Edit = "edit", Whisper = "whisper" }
}

/// Something that came: the platform's name of the delivery, the message's own identity, and what it is, as JSON.
pub struct Arrival {
    pub event: String,
    pub message: String,
    /// Whose it is.
    pub lane: String,
    /// Its place in its delivery.
    pub number: i64,
    pub arrived: String,
}

/// Keeps what came; whether it is new. The same delivery, or the same message by another one, is not.
pub async fn keep(tx: &mut Tx, id: &LetterId, org: &OrganisationId, connector: &ConnectorId, a: &Arrival, now: Time) -> Result<bool> {
    tx.owes = true;
    let met = sqlx::query(
        "insert into chat_events (id, org_id, connector_id, event, message, arrived, lane, number, state, next_try_at, created_at) \
         values ($1, $2, $3, $4, $5, $6, $8, $9, 'queued', $7, $7) on conflict do nothing",
    )
    .bind(id.as_str())
    .bind(org.as_str())
    .bind(connector.as_str())
    .bind(&a.event)
    .bind(&a.message)
    .bind(&a.arrived)
    .bind(now.0)
    .bind(&a.lane)
    .bind(a.number)
    .affected(tx)
    .await?;
    Ok(met == 1)
}

/// Something that came, in a worker's hands.
#[derive(Clone, Debug)]
pub struct Claimed {
    pub id: LetterId,
    pub organisation: OrganisationId,
    pub connector: ConnectorId,
    pub arrived: String,
    pub attempts: i64,
    pub created_at: Time,
    pub lease_until: Time,
}

/// Claims up to `limit` of what came, of each person the first alone; the predicate stands again in the outer `where`, as for letters.
pub async fn claim(tx: &mut Tx, now: Time, limit: i64) -> Result<Vec<Claimed>> {
    sqlx::query(
        "update chat_events set lease_until = $2, attempts = attempts + 1 where id in \
         (select c.id from chat_events c where c.state = 'queued' and c.next_try_at <= $1 and c.lease_until <= $1 \
          and not exists (select 1 from chat_events e where e.connector_id = c.connector_id and e.lane = c.lane and e.state = 'queued' \
          and (e.created_at < c.created_at or (e.created_at = c.created_at and (e.number < c.number or (e.number = c.number and e.id < c.id))))) \
          order by c.next_try_at, c.id limit $3) \
         and state = 'queued' and next_try_at <= $1 and lease_until <= $1 returning id, org_id, connector_id, arrived, attempts, created_at, lease_until",
    )
    .bind(now.0)
    .bind((now + LEASE).0)
    .bind(limit)
    .list(tx, |row| {
        Ok(Claimed {
            id: row.parsed("id")?,
            organisation: row.parsed("org_id")?,
            connector: row.parsed("connector_id")?,
            arrived: row.text("arrived")?,
            attempts: row.number("attempts")? - 1,
            created_at: row.time("created_at")?,
            lease_until: row.time("lease_until")?,
        })
    })
    .await
}

/// Writes down how working on it ended, if this worker still holds the lease.
pub async fn finish(tx: &mut Tx, claimed: &Claimed, outcome: &Outcome, now: Time) -> Result<()> {
    let Ended { state, problem, next, at } = outcome.ended(claimed.lease_until, now);
    sqlx::query(
        "update chat_events set state = $3, problem = $4, next_try_at = $5, ended_at = $6, lease_until = 0, \
         arrived = case when $3 = 'sent' then '' else arrived end where id = $1 and lease_until = $2 and state = 'queued'",
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

/// Something to send, before it has a place in its lane.
pub struct Owed<'a> {
    pub id: LetterId,
    pub organisation: &'a OrganisationId,
    pub connector: &'a ConnectorId,
    pub contact: Option<&'a ContactId>,
    pub request: Option<&'a RequestId>,
    pub what: What,
    /// What is in one lane is sent one after the other. Whoever owes holds what the lane is about, so that numbers follow each other.
    pub lane: String,
    /// As JSON.
    pub send: String,
}

/// Owes a message, behind all others of its lane.
pub async fn owe(tx: &mut Tx, owed: &Owed<'_>, now: Time) -> Result<()> {
    tx.owes = true;
    sqlx::query(
        "insert into chat_sends (id, org_id, connector_id, contact_id, request_id, what, lane, number, send, state, next_try_at, created_at) \
         select $1, $2, $3, $4, $5, $6, $7, coalesce((select max(number) from chat_sends where lane = $7), 0) + 1, $8, 'queued', $9, $9",
    )
    .bind(owed.id.as_str())
    .bind(owed.organisation.as_str())
    .bind(owed.connector.as_str())
    .bind(owed.contact.map(|c| c.as_str().to_owned()))
    .bind(owed.request.map(|r| r.as_str().to_owned()))
    .bind(owed.what.as_str())
    .bind(&owed.lane)
    .bind(&owed.send)
    .bind(now.0)
    .run(tx)
    .await
}

/// Something to send, in a worker's hands.
#[derive(Clone, Debug)]
pub struct Due {
    pub id: LetterId,
    pub organisation: OrganisationId,
    pub connector: ConnectorId,
    pub contact: Option<ContactId>,
    pub request: Option<RequestId>,
    pub what: What,
    pub send: String,
    pub attempts: i64,
    pub created_at: Time,
    pub lease_until: Time,
}

/// To whom something goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    Agents,
    Platforms,
}

/// Claims up to `limit` messages that are due: of each lane the first alone, and none of a connector that is disabled.
pub async fn claim_sends(tx: &mut Tx, way: Way, now: Time, limit: i64) -> Result<Vec<Due>> {
    let is = if way == Way::Agents { "=" } else { "<>" };
    let sql = format!(
        "update chat_sends set lease_until = $2, attempts = attempts + 1 where id in \
         (select s.id from chat_sends s join connectors n on n.id = s.connector_id \
          where s.state = 'queued' and s.what {is} 'agent' and s.next_try_at <= $1 and s.lease_until <= $1 and n.state = 'active' \
          and not exists (select 1 from chat_sends e where e.lane = s.lane and e.state = 'queued' and e.number < s.number) \
          order by s.next_try_at, s.id limit $3) \
         and state = 'queued' and next_try_at <= $1 and lease_until <= $1 \
         returning id, org_id, connector_id, contact_id, request_id, what, send, attempts, created_at, lease_until"
    );
    sqlx::query(AssertSqlSafe(sql))
        .bind(now.0)
        .bind((now + LEASE).0)
        .bind(limit)
        .list(tx, |row| {
            Ok(Due {
                id: row.parsed("id")?,
                organisation: row.parsed("org_id")?,
                connector: row.parsed("connector_id")?,
                contact: row.maybe_parsed("contact_id")?,
                request: row.maybe_parsed("request_id")?,
                what: read_what(row)?,
                send: row.text("send")?,
                attempts: row.number("attempts")? - 1,
                created_at: row.time("created_at")?,
                lease_until: row.time("lease_until")?,
            })
        })
        .await
}

/// Writes down how a try ended, if this worker still holds the lease. `message`: the platform's id of what was sent. What is never sent again
/// is not kept: whispers, and what the agent has taken.
pub async fn finish_send(tx: &mut Tx, due: &Due, outcome: &Outcome, message: &str, now: Time) -> Result<()> {
    let Ended { state, problem, next, at } = outcome.ended(due.lease_until, now);
    tx.owes = true;
    connectors::note_delivery(tx, &due.connector, problem.map(String::as_str), now).await?;
    sqlx::query(
        "update chat_sends set state = $3, problem = $4, next_try_at = $5, ended_at = $6, lease_until = 0, message = $7, \
         send = case when $3 = 'sent' and what in ('whisper', 'agent') then '' else send end \
         where id = $1 and lease_until = $2 and state = 'queued'",
    )
    .bind(due.id.as_str())
    .bind(due.lease_until.0)
    .bind(state)
    .bind(problem)
    .bind(next.0)
    .bind(at)
    .bind(Some(message.to_owned()).filter(|m| !m.is_empty()))
    .run_once(tx)
    .await
}

/// Whom a message was for that a platform had taken, and the request that it was about. None: it is not known (yet).
pub async fn find_sent(conn: &mut Conn, org: &OrganisationId, connector: &ConnectorId, message: &str) -> Result<Option<Reported>> {
    sqlx::query("select id, contact_id, request_id from chat_sends where org_id = $1 and connector_id = $2 and message = $3")
        .bind(org.as_str())
        .bind(connector.as_str())
        .bind(message)
        .find(conn, |r| {
            Ok(Reported { id: r.parsed("id")?, contact: r.maybe_parsed("contact_id")?, request: r.maybe_parsed("request_id")? })
        })
        .await
}

/// A message about which a platform reports later.
pub struct Reported {
    pub id: LetterId,
    pub contact: Option<ContactId>,
    pub request: Option<RequestId>,
}

/// Writes down that a message was not delivered although the platform had taken it; whether that is news.
pub async fn was_not_delivered(tx: &mut Tx, id: &LetterId, problem: &str, now: Time) -> Result<bool> {
    let met = sqlx::query("update chat_sends set state = 'failed', problem = $2, ended_at = $3 where id = $1 and state = 'sent'")
        .bind(id.as_str())
        .bind(problem)
        .bind(now.0)
        .affected(tx)
        .await?;
    Ok(met == 1)
}

/// A post whose request is over, with its buttons still there.
pub struct OldPost {
    pub id: LetterId,
    pub organisation: OrganisationId,
    pub connector: ConnectorId,
    pub request: RequestId,
}

/// Posts that were sent, whose request is decided or over.
pub async fn list_posts_to_close(conn: &mut Conn, now: Time, limit: i64) -> Result<Vec<OldPost>> {
    sqlx::query(
        "select s.id, s.org_id, s.connector_id, s.request_id from chat_sends s join requests r on r.id = s.request_id \
         join connectors n on n.id = s.connector_id and n.state <> 'deleted' \
         where s.what = 'post' and s.closed = 0 and s.state = 'sent' and s.message is not null \
         and (r.status not in ('pending', 'missing_data', 'error') or r.provisioning = 1 or r.expires_at <= $1) order by s.created_at limit $2",
    )
    .bind(now.0)
    .bind(limit)
    .list(conn, |r| {
        Ok(OldPost {
            id: r.parsed("id")?,
            organisation: r.parsed("org_id")?,
            connector: r.parsed("connector_id")?,
            request: r.parsed("request_id")?,
        })
    })
    .await
}

/// Writes down that a post is edited; Stale if it was already.
pub async fn close_post(tx: &mut Tx, id: &LetterId) -> Result<()> {
    sqlx::query("update chat_sends set closed = 1 where id = $1 and closed = 0").bind(id.as_str()).run_once(tx).await
}

/// The platform's id of a message that was sent.
pub async fn find_message(conn: &mut Conn, org: &OrganisationId, id: &LetterId) -> Result<String> {
    let found = sqlx::query("select message from chat_sends where org_id = $1 and id = $2")
        .bind(org.as_str())
        .bind(id.as_str())
        .find(conn, |r| r.maybe_text("message"));
    found.await?.flatten().ok_or(Error::NotFound)
}

/// What waits for a connector is dropped: it is deleted.
pub async fn drop_of_connector(tx: &mut Tx, org: &OrganisationId, connector: &ConnectorId, now: Time) -> Result<()> {
    for sql in [
        "update chat_sends set state = 'dropped', ended_at = $3 where org_id = $1 and connector_id = $2 and state = 'queued'",
        "update chat_events set state = 'dropped', ended_at = $3 where org_id = $1 and connector_id = $2 and state = 'queued'",
    ] {
        sqlx::query(sql).bind(org.as_str()).bind(connector.as_str()).bind(now.0).run(tx).await?;
    }
    Ok(())
}

/// Gives back what a server that is gone had claimed. Only where no other one can be at work.
pub async fn release(tx: &mut Tx) -> Result<()> {
    sqlx::query("update chat_events set lease_until = 0 where state = 'queued' and lease_until > 0").run(tx).await?;
    sqlx::query("update chat_sends set lease_until = 0 where state = 'queued' and lease_until > 0").run(tx).await
}

/// How one message fares, for the page of the request that it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fate {
    pub id: LetterId,
    pub what: What,
    pub state: String,
    pub attempts: i64,
    pub problem: Option<String>,
    pub next_try_at: Time,
    pub ended_at: Option<Time>,
}

/// How the messages about a request fare, oldest first.
pub async fn list_of_request(conn: &mut Conn, org: &OrganisationId, request: &RequestId) -> Result<Vec<Fate>> {
    sqlx::query("select id, what, state, attempts, problem, next_try_at, ended_at from chat_sends where org_id = $1 and request_id = $2 order by id limit 100")
        .bind(org.as_str())
        .bind(request.as_str())
        .list(conn, |r| {
            Ok(Fate {
                id: r.parsed("id")?,
                what: read_what(r)?,
                state: r.text("state")?,
                attempts: r.number("attempts")?,
                problem: r.maybe_text("problem")?,
                next_try_at: r.time("next_try_at")?,
                ended_at: r.maybe_time("ended_at")?,
            })
        })
        .await
}

/// How many of a connector's messages were given up.
pub async fn count_failed(conn: &mut Conn, org: &OrganisationId, connector: &ConnectorId) -> Result<i64> {
    let sql = "select count(*) as n from chat_sends where org_id = $1 and connector_id = $2 and state = 'failed'";
    sqlx::query(sql).bind(org.as_str()).bind(connector.as_str()).number(conn, "n").await
}

/// Makes all of a connector's messages due at once that were given up; how many. They keep their places.
pub async fn try_all_again(tx: &mut Tx, org: &OrganisationId, connector: &ConnectorId, now: Time) -> Result<u64> {
    tx.owes = true;
    let sql = "update chat_sends set state = 'queued', attempts = 0, next_try_at = $3, ended_at = null \
         where org_id = $1 and connector_id = $2 and state = 'failed'";
    sqlx::query(sql).bind(org.as_str()).bind(connector.as_str()).bind(now.0).affected(tx).await
}

/// Makes a message due at once that could not be sent. One that is under way, or was sent, stays as it is.
pub async fn try_again(tx: &mut Tx, org: &OrganisationId, id: &LetterId, now: Time) -> Result<()> {
    tx.owes = true;
    let met = sqlx::query(
        "update chat_sends set state = 'queued', attempts = 0, next_try_at = $3, ended_at = null \
         where org_id = $1 and id = $2 and state in ('queued', 'failed') and lease_until <= $3 \
         and exists (select 1 from connectors n where n.id = chat_sends.connector_id and n.state <> 'deleted')",
    )
    .bind(org.as_str())
    .bind(id.as_str())
    .bind(now.0)
    .affected(tx)
    .await?;
    if met == 1 { Ok(()) } else { Err(Error::NotFound) }
}

fn read_what(row: &Row) -> Result<What> {
    What::parse(&row.text("what")?).ok_or_else(|| impossible("chat_sends.what"))
}
