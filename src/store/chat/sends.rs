//! What is owed by chat, to people, to channels of approvers and to organisations' agents: written
//! with what causes it, claimed by workers.
use crate::domain::ids::{ConnectorId, ContactId, LetterId, OrganisationId, RequestId};
use crate::domain::word_enum::word_enum;
use crate::domain::{Result, Time};
use crate::store::conn::Conn;
use crate::store::db::Tx;
use crate::store::outbox::{DeliveryOutcome, EndedLetter, LEASE, QUEUED};
use crate::store::rows::{Bindings, Columns as _, Row, Statement as _, impossible};
use sqlx::AssertSqlSafe;

word_enum! {
    /// What is sent.
    MessageKind { Onboarding = "onboarding", Approval = "approval", Rejection = "rejection", Agent = "agent",
    Post = "post", Edit = "edit", Whisper = "whisper" }
}

/// Something to send, before it has a place in its lane.
pub struct Owed<'a> {
    pub id: LetterId,
    pub organisation: &'a OrganisationId,
    pub connector: &'a ConnectorId,
    pub contact: Option<&'a ContactId>,
    pub request: Option<&'a RequestId>,
    pub what: MessageKind,
    /// What is in one lane is sent one after the other. Whoever owes holds what the lane is about,
    /// so that numbers follow each other.
    pub lane: String,
    /// As JSON.
    pub send: String,
}

/// Owes a message, behind all others of its lane, and due no earlier than they are.
pub async fn owe(tx: &mut Tx, owed: &Owed<'_>, now: Time) -> Result<()> {
    tx.owes = true;
    sqlx::query(
        "insert into chat_sends (id, org_id, connector_id, contact_id, request_id, what, lane, number, send, \
         state, next_try_at, created_at) select $1, $2, $3, $4, $5, $6, $7, coalesce((select max(number) \
         from chat_sends where lane = $7), 0) + 1, $8, 'queued', coalesce((select l.next_try_at \
         from (select next_try_at from chat_sends where lane = $7 and state = 'queued' order by number desc \
         limit 1) l where l.next_try_at > $9), $9), $9",
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
    pub what: MessageKind,
    pub send: String,
    pub attempts: i64,
    pub created_at: Time,
    pub lease_until: Time,
}

/// To whom something goes. Each way has its own worker: none waits for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// To an organisation's agent.
    Agents,
    /// To one person.
    People,
    /// To a channel of approvers.
    Channels,
}

impl Way {
    pub const ALL: [Way; 3] = [Way::Agents, Way::People, Way::Channels];

    const fn what(self) -> &'static str {
        match self {
            Way::Agents => "'agent'",
            Way::People => "'onboarding', 'approval', 'rejection', 'whisper'",
            Way::Channels => "'post', 'edit'",
        }
    }
}

/// Claims up to `limit` messages that are due: of each lane the first alone, and none of a
/// connector that is disabled or `busy`.
pub async fn claim_sends(
    tx: &mut Tx,
    way: Way,
    now: Time,
    limit: i64,
    busy: &[ConnectorId],
) -> Result<Vec<Due>> {
    tx.read_in_order().await?;
    let mut asked = Bindings::default();
    let (at, until) = (asked.bind(now.0)?, asked.bind((now + LEASE).0)?);
    let (limit, busy, what) = (asked.bind(limit)?, asked.list(busy)?, way.what());
    let sql = format!(
        "update chat_sends set lease_until = {until}, attempts = attempts + 1 \
         where id in (select s.id from chat_sends s join connectors n on n.id = s.connector_id \
         where s.state = 'queued' and s.what in ({what}) and s.next_try_at <= {at} and s.lease_until <= {at} \
         and n.state = 'active' and s.connector_id not in ({busy}) and s.id = (select e.id from chat_sends e \
         where e.lane = s.lane and e.state = 'queued' order by e.number limit 1) \
         order by s.next_try_at, s.id limit {limit}) and {QUEUED} and next_try_at <= {at} \
         and lease_until <= {at} returning id, org_id, connector_id, contact_id, request_id, what, send, \
         attempts, created_at, lease_until"
    );
    sqlx::query_with(AssertSqlSafe(sql), asked.0)
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

/// Where a message stands that a platform has taken.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stands {
    /// Its id there; empty where the platform gave none.
    pub message: String,
    /// The channel; empty for what went to one person.
    pub channel: String,
}

/// Writes down how a try ended, if this worker still holds the lease. What is never sent again is
/// not kept: whispers, and what the agent has taken.
pub async fn finish_send(
    tx: &mut Tx,
    due: &Due,
    outcome: &DeliveryOutcome,
    stands: &Stands,
    now: Time,
) -> Result<()> {
    let EndedLetter {
        state,
        problem,
        next,
        at,
    } = outcome.ended(due.lease_until, now);
    tx.owes = true;
    let some = |text: &str| Some(text.to_owned()).filter(|t| !t.is_empty());
    sqlx::query(
        "update chat_sends set state = $3, problem = $4, next_try_at = $5, ended_at = $6, lease_until = 0, \
         message = $7, channel = $8, send = case when $3 = 'sent' and what in ('whisper', 'agent') then '' \
         else send end where id = $1 and lease_until = $2 and state = 'queued'",
    )
    .bind(due.id.as_str())
    .bind(due.lease_until.0)
    .bind(state)
    .bind(problem)
    .bind(next.0)
    .bind(at)
    .bind(some(&stands.message))
    .bind(some(&stands.channel))
    .run_once(tx)
    .await?;
    if let DeliveryOutcome::Deferred(_, until) = outcome {
        hold_lane(tx, due, *until).await
    } else {
        Ok(())
    }
}

/// Nothing of a lane is due before its first: else each claim would look at all that waits behind
/// those that are put off.
async fn hold_lane(tx: &mut Tx, due: &Due, until: Time) -> Result<()> {
    let sql = "update chat_sends set next_try_at = $3 where org_id = $1 and state = 'queued' \
        and next_try_at < $3 and lane = (select lane from chat_sends where id = $2)";
    sqlx::query(sql)
        .bind(due.organisation.as_str())
        .bind(due.id.as_str())
        .bind(until.0)
        .run(tx)
        .await
}

/// Gives a message back that was not tried: it is due later, and this was no attempt.
pub async fn postpone(tx: &mut Tx, due: &Due, until: Time) -> Result<()> {
    let sql = "update chat_sends set lease_until = 0, next_try_at = $3, attempts = attempts - 1 \
        where id = $1 and lease_until = $2 and state = 'queued'";
    sqlx::query(sql)
        .bind(due.id.as_str())
        .bind(due.lease_until.0)
        .bind(until.0)
        .run_once(tx)
        .await?;
    hold_lane(tx, due, until).await
}

/// Sends something else in place of a message that was not delivered although the platform had
/// taken it; whether it was so.
pub async fn send_instead(
    tx: &mut Tx,
    org: &OrganisationId,
    id: &LetterId,
    send: &str,
    now: Time,
) -> Result<bool> {
    tx.owes = true;
    let sql = "update chat_sends set state = 'queued', send = $3, attempts = 0, next_try_at = $4, \
        ended_at = null, message = null where org_id = $1 and id = $2 and state = 'sent'";
    Ok(sqlx::query(sql)
        .bind(org.as_str())
        .bind(id.as_str())
        .bind(send)
        .bind(now.0)
        .affected(tx)
        .await?
        == 1)
}

/// Whom a message was for that a platform had taken, and the request that it was about. None: it is
/// not known (yet).
pub async fn find_sent(
    conn: &mut Conn,
    org: &OrganisationId,
    connector: &ConnectorId,
    message: &str,
) -> Result<Option<Reported>> {
    sqlx::query(
        "select id, contact_id, request_id, send from chat_sends where org_id = $1 and connector_id = $2 \
         and message = $3",
    )
    .bind(org.as_str())
    .bind(connector.as_str())
    .bind(message)
    .find(conn, |r| {
        Ok(Reported {
            id: r.parsed("id")?,
            contact: r.maybe_parsed("contact_id")?,
            request: r.maybe_parsed("request_id")?,
            send: r.text("send")?,
        })
    })
    .await
}

/// A message about which a platform reports later.
pub struct Reported {
    pub id: LetterId,
    pub contact: Option<ContactId>,
    pub request: Option<RequestId>,
    pub send: String,
}

/// Writes down that a message was not delivered although the platform had taken it; whether that is
/// news.
pub async fn was_not_delivered(
    tx: &mut Tx,
    org: &OrganisationId,
    id: &LetterId,
    problem: &str,
    now: Time,
) -> Result<bool> {
    let sql = "update chat_sends set state = 'failed', problem = $3, ended_at = $4 where org_id = $1 \
        and id = $2 and state = 'sent'";
    Ok(sqlx::query(sql)
        .bind(org.as_str())
        .bind(id.as_str())
        .bind(problem)
        .bind(now.0)
        .affected(tx)
        .await?
        == 1)
}

/// What waits for a connector is dropped: it is deleted.
pub async fn drop_of_connector(
    tx: &mut Tx,
    org: &OrganisationId,
    connector: &ConnectorId,
    now: Time,
) -> Result<()> {
    for sql in [
        "update chat_sends set state = 'dropped', ended_at = $3 where org_id = $1 and connector_id = $2 \
         and state = 'queued'",
        "update chat_events set state = 'dropped', ended_at = $3 where org_id = $1 and connector_id = $2 \
         and state = 'queued'",
    ] {
        sqlx::query(sql)
            .bind(org.as_str())
            .bind(connector.as_str())
            .bind(now.0)
            .run(tx)
            .await?;
    }
    // Nobody can edit them any more: they are not to be kept for that.
    let sql = "update chat_sends set closed = 1 where org_id = $1 and connector_id = $2 and what = 'post' \
        and closed = 0";
    sqlx::query(sql)
        .bind(org.as_str())
        .bind(connector.as_str())
        .run(tx)
        .await
}

/// Gives back what a server that is gone had claimed. Only where no other one can be at work.
pub async fn release(tx: &mut Tx) -> Result<()> {
    sqlx::query("update chat_events set lease_until = 0 where state = 'queued' and lease_until > 0")
        .run(tx)
        .await?;
    sqlx::query("update chat_sends set lease_until = 0 where state = 'queued' and lease_until > 0")
        .run(tx)
        .await
}

pub(super) fn read_what(row: &Row) -> Result<MessageKind> {
    MessageKind::parse(&row.text("what")?).ok_or_else(|| impossible("chat_sends.what"))
}
