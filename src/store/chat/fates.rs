//! How messages fared: what pages show of them, and trying them again.
use crate::domain::ids::{ConnectorId, LetterId, OrganisationId, RequestId};
use crate::domain::{Error, Result, Time};
use crate::store::chat::sends::{MessageKind, read_what};
use crate::store::conn::Conn;
use crate::store::db::Tx;
use crate::store::rows::{Columns as _, Row, Statement as _};

/// How one message fares, for the page of the request that it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessageFate {
    pub id: LetterId,
    pub what: MessageKind,
    pub state: String,
    pub attempts: i64,
    pub problem: Option<String>,
    pub next_try_at: Time,
    pub ended_at: Option<Time>,
}

impl MessageFate {
    /// Whether it was tried in vain and waits for its next try.
    pub fn is_deferred(&self) -> bool {
        self.state == "queued" && self.problem.is_some()
    }
}

/// How the messages about a request fare, oldest first.
pub async fn list_of_request(
    conn: &mut Conn,
    org: &OrganisationId,
    request: &RequestId,
) -> Result<Vec<MessageFate>> {
    sqlx::query(
        "select id, what, state, attempts, problem, next_try_at, ended_at from chat_sends where org_id = $1 \
         and request_id = $2 order by id limit 100",
    )
    .bind(org.as_str())
    .bind(request.as_str())
    .list(conn, read_fate)
    .await
}

pub(crate) fn read_fate(r: &Row) -> Result<MessageFate> {
    Ok(MessageFate {
        id: r.parsed("id")?,
        what: read_what(r)?,
        state: r.text("state")?,
        attempts: r.number("attempts")?,
        problem: r.maybe_text("problem")?,
        next_try_at: r.time("next_try_at")?,
        ended_at: r.maybe_time("ended_at")?,
    })
}

/// What a connector sent last, the latest first, with the names of whom it went to; those for
/// approvers have none.
pub async fn list_latest(
    conn: &mut Conn,
    org: &OrganisationId,
    connector: &ConnectorId,
    limit: i64,
) -> Result<Vec<(Option<String>, MessageFate)>> {
    let sql = "select s.id, s.what, s.state, s.attempts, s.problem, s.next_try_at, s.ended_at, c.name \
        from chat_sends s left join contacts c on c.id = s.contact_id where s.org_id = $1 \
        and s.connector_id = $2 order by s.created_at desc, s.id desc limit $3";
    let query = sqlx::query(sql)
        .bind(org.as_str())
        .bind(connector.as_str())
        .bind(limit);
    query
        .list(conn, |r| Ok((r.maybe_text("name")?, read_fate(r)?)))
        .await
}

/// How many of a connector's messages were given up; an answer to a press that nobody waits for any
/// more is none.
pub async fn count_failed(conn: &mut Conn, org: &OrganisationId, connector: &ConnectorId) -> Result<i64> {
    let sql = "select count(*) as n from chat_sends where org_id = $1 and connector_id = $2 \
        and state = 'failed' and what <> 'whisper'";
    sqlx::query(sql)
        .bind(org.as_str())
        .bind(connector.as_str())
        .number(conn, "n")
        .await
}

/// Makes all of a connector's messages due at once; how many were given up. They keep their places.
pub async fn try_all_again(
    tx: &mut Tx,
    org: &OrganisationId,
    connector: &ConnectorId,
    now: Time,
) -> Result<u64> {
    tx.owes = true;
    let sql = "update chat_sends set state = 'queued', attempts = 0, next_try_at = $3, ended_at = null \
        where org_id = $1 and connector_id = $2 and state = 'failed' and what <> 'whisper'";
    let met = sqlx::query(sql)
        .bind(org.as_str())
        .bind(connector.as_str())
        .bind(now.0)
        .affected(tx)
        .await?;
    // What was held behind them, and what was put off: whoever asks believes that it works again.
    let sql = "update chat_sends set next_try_at = $3 where org_id = $1 and connector_id = $2 \
        and state = 'queued' and next_try_at > $3";
    sqlx::query(sql)
        .bind(org.as_str())
        .bind(connector.as_str())
        .bind(now.0)
        .run(tx)
        .await?;
    Ok(met)
}

/// Makes a message due at once that could not be sent, with what is held behind it. One that is
/// under way, or was sent, stays as it is.
pub async fn try_again(tx: &mut Tx, org: &OrganisationId, id: &LetterId, now: Time) -> Result<()> {
    tx.owes = true;
    let met = sqlx::query(
        "update chat_sends set state = 'queued', attempts = 0, next_try_at = $3, ended_at = null \
         where org_id = $1 and id = $2 and state in ('queued', 'failed') and lease_until <= $3 \
         and exists (select 1 from connectors n where n.id = chat_sends.connector_id \
         and n.state <> 'deleted')",
    )
    .bind(org.as_str())
    .bind(id.as_str())
    .bind(now.0)
    .affected(tx)
    .await?;
    if met == 0 {
        return Err(Error::NotFound);
    }
    let sql = "update chat_sends set next_try_at = $3 where org_id = $1 and state = 'queued' \
        and next_try_at > $3 and lane = (select lane from chat_sends where id = $2)";
    sqlx::query(sql)
        .bind(org.as_str())
        .bind(id.as_str())
        .bind(now.0)
        .run(tx)
        .await
}
