//! Messages by chat that are owed: to people, to channels of approvers and to organisations'
//! agents.
use super::hold::{Hold, Stands};
use super::lanes::{Fresh, lock, owe as owe_fresh};
use super::outcomes::finish_at;
use crate::domain::delivery::{Channel, DeliveryOutcome, JobKind};
use crate::domain::ids::{ConnectorId, ContactId, LetterId, OrganisationId, RequestId};
use crate::domain::word_enum::word_enum;
use crate::domain::{Result, Time};
use crate::store::conn::Conn;
use crate::store::db::Tx;
use crate::store::rows::{Columns as _, Row, Statement as _, impossible};

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
    /// What is in one lane is sent one after the other.
    pub lane: String,
    /// As JSON.
    pub send: String,
}

/// Owes a message.
pub async fn owe(tx: &mut Tx, owed: &Owed<'_>, now: Time) -> Result<()> {
    let channel = match owed.what {
        MessageKind::Agent => Channel::agent(owed.connector),
        _ => Channel::platform(owed.connector),
    };
    let fresh = Fresh {
        id: &owed.id,
        kind: JobKind::Message,
        organisation: Some(owed.organisation),
        channel,
        lane: &owed.lane,
        job: owed.send.clone(),
        beside: vec![
            ("connector_id", Some(owed.connector.to_string())),
            ("contact_id", owed.contact.map(ToString::to_string)),
            ("request_id", owed.request.map(ToString::to_string)),
            ("what", Some(owed.what.as_str().to_owned())),
        ],
    };
    owe_fresh(tx, fresh, now).await.map(drop)
}

/// A message in a worker's hands.
#[derive(Clone, Debug)]
pub struct Due {
    pub hold: Hold,
    pub organisation: OrganisationId,
    pub connector: ConnectorId,
    pub contact: Option<ContactId>,
    pub request: Option<RequestId>,
    pub what: MessageKind,
    pub send: String,
}

pub(super) fn read(row: &Row, hold: Hold) -> Result<Due> {
    Ok(Due {
        organisation: hold.owner()?,
        hold,
        connector: row.parsed("connector_id")?,
        contact: row.maybe_parsed("contact_id")?,
        request: row.maybe_parsed("request_id")?,
        what: MessageKind::parse(&row.text("what")?).ok_or_else(|| impossible("deliveries.what"))?,
        send: row.text("job")?,
    })
}

/// Writes down how a try to send ended, and where the message stands now.
pub async fn finish_send(
    tx: &mut Tx,
    due: &Due,
    outcome: &DeliveryOutcome,
    stands: &Stands,
    now: Time,
) -> Result<()> {
    finish_at(tx, &due.hold, outcome, stands, now).await
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
    let sql = "update deliveries set state = 'queued', job = $3, attempts = 0, due_at = $4, \
        ended_at = null, message = null where org_id = $1 and id = $2 and kind = 'message' \
        and state = 'sent'";
    Ok(sqlx::query(sql)
        .bind(org.as_str())
        .bind(id.as_str())
        .bind(send)
        .bind(now.0)
        .affected(tx)
        .await?
        == 1)
}

/// A message about which a platform reports later.
pub struct Reported {
    pub id: LetterId,
    pub contact: Option<ContactId>,
    pub request: Option<RequestId>,
    pub send: String,
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
        "select id, contact_id, request_id, job from deliveries where org_id = $1 and connector_id = $2 \
         and kind = 'message' and message = $3",
    )
    .bind(org.as_str())
    .bind(connector.as_str())
    .bind(message)
    .find(conn, |r| {
        Ok(Reported {
            id: r.parsed("id")?,
            contact: r.maybe_parsed("contact_id")?,
            request: r.maybe_parsed("request_id")?,
            send: r.text("job")?,
        })
    })
    .await
}

/// Writes down that a message was not delivered although the platform had taken it; whether that is
/// news.
pub async fn was_not_delivered(
    tx: &mut Tx,
    org: &OrganisationId,
    id: &LetterId,
    reason: &str,
    now: Time,
) -> Result<bool> {
    let sql = "update deliveries set state = 'failed', reason = $3, ended_at = $4 where org_id = $1 \
        and id = $2 and kind = 'message' and state = 'sent'";
    Ok(sqlx::query(sql)
        .bind(org.as_str())
        .bind(id.as_str())
        .bind(reason)
        .bind(now.0)
        .affected(tx)
        .await?
        == 1)
}

/// What waits for a connector is dropped, what came and what is to be sent: it is deleted.
pub async fn drop_of_connector(
    tx: &mut Tx,
    org: &OrganisationId,
    connector: &ConnectorId,
    now: Time,
) -> Result<()> {
    lock(tx, "connector_id = $1", connector.as_str()).await?;
    sqlx::query(
        "update deliveries set state = 'dropped', ended_at = $3 where org_id = $1 and state = 'queued' \
         and channel in ('platform:' || $2, 'agent:' || $2, 'arrivals:' || $2)",
    )
    .bind(org.as_str())
    .bind(connector.as_str())
    .bind(now.0)
    .run(tx)
    .await?;
    // Nobody can edit them any more: they are not to be kept for that.
    for sql in [
        "update deliveries set closed = 1 where org_id = $1 and connector_id = $2 and what = 'post' \
         and closed = 0",
        "delete from channels where org_id = $1 and name in ('platform:' || $2, 'agent:' || $2)",
    ] {
        sqlx::query(sql)
            .bind(org.as_str())
            .bind(connector.as_str())
            .run(tx)
            .await?;
    }
    Ok(())
}
