//! How deliveries fare: what pages show of them, and trying them again.
use super::hook_calls::read_call;
use super::lanes::lock;
use super::letters::read_letter;
use super::messages::MessageKind;
use super::outcomes::LANE_OF;
use crate::domain::delivery::{Channel, DeliveryState, JobKind};
use crate::domain::ids::{ConnectorId, InvitationId, LetterId, OrganisationId, RequestId};
use crate::domain::resource::HookKind;
use crate::domain::{Error, Result, Time};
use crate::store::conn::Conn;
use crate::store::db::Tx;
use crate::store::rows::{Bindings, Columns as _, Row, Statement as _, impossible};
use sqlx::AssertSqlSafe;

/// What a delivery says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Says {
    /// A letter, by the stem of its words.
    Letter(&'static str),
    HookCall(HookKind),
    Message(MessageKind),
    Arrival,
}

/// How one delivery fares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fate {
    pub id: LetterId,
    pub says: Says,
    pub channel: Channel,
    /// A letter's reader; the name of whom a message is for.
    pub to: Option<String>,
    pub state: DeliveryState,
    pub attempts: i64,
    pub reason: Option<String>,
    pub due_at: Time,
    pub ended_at: Option<Time>,
}

impl Fate {
    /// Whether it was tried in vain and waits for its next try.
    pub fn is_deferred(&self) -> bool {
        self.state == DeliveryState::Queued && self.reason.is_some()
    }

    /// Whether it may be tried again by hand.
    pub fn is_undelivered(&self) -> bool {
        self.is_deferred() || self.state == DeliveryState::Failed
    }
}

/// The columns that [`read`] reads, of `d` and the contact `c`.
const COLUMNS: &str = "d.id, d.kind, d.channel, d.job, d.what, coalesce(d.recipient, c.name) as reader, \
    d.state, d.attempts, d.reason, d.due_at, d.ended_at as fate_ended_at \
    from deliveries d left join contacts c on c.id = d.contact_id";

pub(crate) fn read(r: &Row) -> Result<Fate> {
    let says = match JobKind::parse(&r.text("kind")?).ok_or_else(|| impossible("deliveries.kind"))? {
        JobKind::Letter => Says::Letter(read_letter(&r.text("job")?)?.key()),
        JobKind::HookCall => Says::HookCall(read_call(&r.text("job")?)?.kind),
        JobKind::Message => {
            Says::Message(MessageKind::parse(&r.text("what")?).ok_or_else(|| impossible("deliveries.what"))?)
        }
        JobKind::Arrival => Says::Arrival,
    };
    Ok(Fate {
        id: r.parsed("id")?,
        says,
        channel: r.parsed("channel")?,
        to: r.maybe_text("reader")?,
        state: DeliveryState::parse(&r.text("state")?).ok_or_else(|| impossible("deliveries.state"))?,
        attempts: r.number("attempts")?,
        reason: r.maybe_text("reason")?,
        due_at: r.time("due_at")?,
        ended_at: r.maybe_time("fate_ended_at")?,
    })
}

/// How what was owed about a request and its invitation fares, oldest first.
pub async fn list_of_request(
    conn: &mut Conn,
    org: &OrganisationId,
    request: &RequestId,
    invitation: Option<&InvitationId>,
) -> Result<Vec<Fate>> {
    let sql = format!(
        "select {COLUMNS} where d.org_id = $1 and (d.request_id = $2 or d.invitation_id = $3) \
         order by d.id limit 300"
    );
    sqlx::query(AssertSqlSafe(sql))
        .bind(org.to_string())
        .bind(request.to_string())
        .bind(invitation.map(ToString::to_string))
        .list(conn, read)
        .await
}

/// The newest letter of each of these invitations.
pub async fn list_newest_of_invitations(
    conn: &mut Conn,
    org: &OrganisationId,
    invitations: &[InvitationId],
) -> Result<Vec<(InvitationId, Fate)>> {
    let mut asked = Bindings::default();
    let (org, list) = (asked.bind(org.to_string())?, asked.list(invitations)?);
    let sql = format!(
        "select d.invitation_id, {COLUMNS} where d.org_id = {org} and d.invitation_id in ({list}) \
         and d.kind = 'letter' and d.id = (select max(n.id) from deliveries n where n.org_id = d.org_id \
         and n.invitation_id = d.invitation_id)"
    );
    sqlx::query_with(AssertSqlSafe(sql), asked.0)
        .list(conn, |r| Ok((r.parsed("invitation_id")?, read(r)?)))
        .await
}

/// What a connector sent last, the latest first.
pub async fn list_latest(
    conn: &mut Conn,
    org: &OrganisationId,
    connector: &ConnectorId,
    limit: i64,
) -> Result<Vec<Fate>> {
    let sql = format!(
        "select {COLUMNS} where d.org_id = $1 and d.connector_id = $2 and d.kind = 'message' \
         order by d.created_at desc, d.id desc limit $3"
    );
    sqlx::query(AssertSqlSafe(sql))
        .bind(org.to_string())
        .bind(connector.to_string())
        .bind(limit)
        .list(conn, read)
        .await
}

/// Those of an organisation that are asked for.
#[derive(Clone, Debug)]
pub struct FateQuery {
    pub kinds: Vec<JobKind>,
    pub channel: Option<Channel>,
    /// Failed alone, or what waits.
    pub state: Option<DeliveryState>,
    /// The id after which a page begins.
    pub after: Option<LetterId>,
}

/// What an organisation's people should know of, the newest first: what waits and what was given
/// up; an answer to a press that nobody waits for any more is neither.
pub async fn list(
    conn: &mut Conn,
    org: &OrganisationId,
    look: &FateQuery,
    limit: usize,
) -> Result<Vec<Fate>> {
    let mut asked = Bindings::default();
    let org = asked.bind(org.to_string())?;
    let kinds = asked.list(look.kinds.iter().map(|kind| kind.as_str()))?;
    let mut sql = format!(
        "select {COLUMNS} where d.org_id = {org} and d.kind in ({kinds}) \
         and (d.what is null or d.what <> 'whisper')"
    );
    sql += &match look.state {
        Some(state) => format!(" and d.state = {}", asked.bind(state.as_str().to_owned())?),
        None => " and d.state in ('queued', 'failed')".to_owned(),
    };
    if let Some(channel) = &look.channel {
        sql += &format!(" and d.channel = {}", asked.bind(channel.to_string())?);
    }
    if let Some(after) = &look.after {
        sql += &format!(" and d.id < {}", asked.bind(after.to_string())?);
    }
    sql += &format!(" order by d.id desc limit {limit}");
    sqlx::query_with(AssertSqlSafe(sql), asked.0)
        .list(conn, read)
        .await
}

/// How many deliveries of one channel wait, wait after a try in vain, and were given up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChannelCount {
    pub organisation: Option<OrganisationId>,
    pub channel: Channel,
    pub waiting: i64,
    pub deferred: i64,
    pub failed: i64,
    /// Since when the oldest that waits does.
    pub oldest: Option<Time>,
}

const COUNTS: &str = "count(case when state = 'queued' and reason is null then 1 end) as waiting, \
    count(case when state = 'queued' and reason is not null then 1 end) as deferred, \
    count(case when state = 'failed' then 1 end) as failed, \
    min(case when state = 'queued' then waits_since else null end) as oldest \
    from deliveries where state in ('queued', 'failed') and (what is null or what <> 'whisper')";

fn read_count(r: &Row) -> Result<ChannelCount> {
    Ok(ChannelCount {
        organisation: r.maybe_parsed("org_id")?,
        channel: r.parsed("channel")?,
        waiting: r.number("waiting")?,
        deferred: r.number("deferred")?,
        failed: r.number("failed")?,
        oldest: r.maybe_time("oldest")?,
    })
}

/// The organisation's numbers by channel, of these kinds.
pub async fn count_by_channel(
    conn: &mut Conn,
    org: &OrganisationId,
    kinds: &[JobKind],
) -> Result<Vec<ChannelCount>> {
    let mut asked = Bindings::default();
    let org = asked.bind(org.to_string())?;
    let kinds = asked.list(kinds.iter().map(|kind| kind.as_str()))?;
    let sql = format!(
        "select org_id, channel, {COUNTS} and org_id = {org} and kind in ({kinds}) group by org_id, channel \
         order by channel"
    );
    sqlx::query_with(AssertSqlSafe(sql), asked.0)
        .list(conn, read_count)
        .await
}

/// All numbers, for whoever runs the instance.
pub async fn count_all(conn: &mut Conn) -> Result<Vec<ChannelCount>> {
    let sql = format!(
        "select org_id, channel, {COUNTS} group by org_id, channel order by channel, org_id limit 10000"
    );
    sqlx::query(AssertSqlSafe(sql)).list(conn, read_count).await
}

/// How many messages of a connector's channels were given up.
pub async fn count_failed(conn: &mut Conn, org: &OrganisationId, connector: &ConnectorId) -> Result<i64> {
    sqlx::query(
        "select count(*) as n from deliveries where org_id = $1 and state = 'failed' \
         and channel in ('platform:' || $2, 'agent:' || $2) and what <> 'whisper'",
    )
    .bind(org.as_str())
    .bind(connector.as_str())
    .number(conn, "n")
    .await
}

/// A delivery that was not delivered: its kind, whether it was given up, and the invitation whose
/// link a letter carries.
pub struct Undelivered {
    pub kind: JobKind,
    pub failed: bool,
    pub invitation: Option<InvitationId>,
}

/// The organisation's delivery with this id, unless it has been delivered or dropped.
pub async fn find_undelivered(conn: &mut Conn, org: &OrganisationId, id: &LetterId) -> Result<Undelivered> {
    sqlx::query(
        "select kind, state, invitation_id from deliveries where org_id = $1 and id = $2 \
         and state in ('queued', 'failed')",
    )
    .bind(org.as_str())
    .bind(id.as_str())
    .find(conn, |r| {
        Ok(Undelivered {
            kind: JobKind::parse(&r.text("kind")?).ok_or_else(|| impossible("deliveries.kind"))?,
            failed: r.text("state")? == DeliveryState::Failed.as_str(),
            invitation: r.maybe_parsed("invitation_id")?,
        })
    })
    .await?
    .ok_or(Error::NotFound)
}

/// Open invitations of the organisation whose newest letter was given up, the longest waiting first.
pub async fn list_invitations_given_up(
    conn: &mut Conn,
    org: &OrganisationId,
    limit: i64,
) -> Result<Vec<InvitationId>> {
    sqlx::query(
        "select d.invitation_id from deliveries d join invitations i on i.id = d.invitation_id \
         and i.org_id = d.org_id and i.status = 'pending' where d.org_id = $1 and d.kind = 'letter' \
         and d.state = 'failed' and not exists (select 1 from deliveries n where n.org_id = d.org_id \
         and n.invitation_id = d.invitation_id and n.kind = 'letter' and n.id > d.id) order by d.id limit $2",
    )
    .bind(org.as_str())
    .bind(limit)
    .list(conn, |r| r.parsed("invitation_id"))
    .await
}

/// What has a newer word about the same person and resource stays as it is; so does what goes by a
/// connector that is gone.
const STILL_COUNTS: &str = "lease_until <= $1 and (kind <> 'hook_call' or not exists (select 1 \
    from deliveries n where n.lane = deliveries.lane and n.number > deliveries.number)) \
    and (connector_id is null or exists (select 1 from connectors n where n.id = deliveries.connector_id \
    and n.state <> 'deleted'))";

/// Makes a delivery due at once that was not delivered, with all its tries before it, and what is
/// held behind it. One that is under way, or was delivered, stays as it is: NotFound.
pub async fn try_again(tx: &mut Tx, org: &OrganisationId, id: &LetterId, now: Time) -> Result<()> {
    tx.owes = true;
    lock(tx, LANE_OF, id.as_str()).await?;
    let sql = format!(
        "update deliveries set state = 'queued', attempts = 0, overtaken = 0, due_at = $1, waits_since = $1, \
         ended_at = null where org_id = $2 and id = $3 and state in ('queued', 'failed') and {STILL_COUNTS}"
    );
    let met = sqlx::query(AssertSqlSafe(sql))
        .bind(now.0)
        .bind(org.to_string())
        .bind(id.to_string())
        .affected(tx)
        .await?;
    if met == 0 {
        return Err(Error::NotFound);
    }
    sqlx::query(
        "update deliveries set due_at = $3 where org_id = $1 and state = 'queued' and due_at > $3 \
         and lane = (select lane from deliveries where id = $2)",
    )
    .bind(org.as_str())
    .bind(id.as_str())
    .bind(now.0)
    .run(tx)
    .await
}

/// Makes all of an organisation's deliveries on a channel due at once; how many were given up. They
/// keep their places. Letters whose link was erased when they failed stay: each needs a new one.
pub async fn try_all_again(tx: &mut Tx, org: &OrganisationId, channel: &Channel, now: Time) -> Result<u64> {
    tx.owes = true;
    lock(tx, "channel = $1", channel.as_str()).await?;
    let sql = format!(
        "update deliveries set state = 'queued', attempts = 0, overtaken = 0, due_at = $1, waits_since = $1, \
         ended_at = null where org_id = $2 and channel = $3 and state = 'failed' \
         and (what is null or what <> 'whisper') and invitation_id is null and {STILL_COUNTS}"
    );
    let met = sqlx::query(AssertSqlSafe(sql))
        .bind(now.0)
        .bind(org.to_string())
        .bind(channel.to_string())
        .affected(tx)
        .await?;
    // What was held behind them, and what was put off: whoever asks believes that it works again.
    sqlx::query(
        "update deliveries set due_at = $1 where org_id = $2 and channel = $3 and state = 'queued' \
         and due_at > $1",
    )
    .bind(now.0)
    .bind(org.as_str())
    .bind(channel.as_str())
    .run(tx)
    .await?;
    Ok(met)
}

/// What the sample data owes is to be sent as from this instant, however long ago its stories are:
/// nobody has waited for it.
pub async fn wait_from(tx: &mut Tx, now: Time) -> Result<()> {
    sqlx::query("update deliveries set waits_since = $1 where state = 'queued' and waits_since < $1")
        .bind(now.0)
        .run(tx)
        .await
}
