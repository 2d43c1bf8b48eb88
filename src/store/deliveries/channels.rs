//! Channels in trouble: since when, why, and until when nothing is tried on them.
use super::hold::Hold;
use super::lanes::lock;
use crate::domain::delivery::{Channel, FIRST_PAUSE, LONGEST_PAUSE};
use crate::domain::ids::OrganisationId;
use crate::domain::{Result, Time};
use crate::store::conn::Conn;
use crate::store::db::Tx;
use crate::store::rows::{Bindings, Columns as _, Row, Statement as _};
use sqlx::AssertSqlSafe;
use std::collections::HashMap;

/// A channel in trouble.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    pub channel: Channel,
    /// Whose it is; None: the mail server, which all share.
    pub organisation: Option<OrganisationId>,
    pub reason: String,
    pub since: Time,
    pub paused_until: Time,
}

/// Lets the channel rest, each time twice as long; failures that come while it rests add nothing.
/// What waits on it is due at the end.
pub(super) async fn pause(tx: &mut Tx, hold: &Hold, reason: &str, now: Time) -> Result<()> {
    let of = if hold.channel == Channel::mail() {
        None
    } else {
        hold.organisation.as_ref()
    };
    sqlx::query(
        "insert into channels (name, org_id, reason, since, delay, paused_until) \
         values ($1, $2, $3, $4, $5, $4 + $5) on conflict (name) do update set reason = excluded.reason, \
         delay = case when channels.delay * 2 > $6 then $6 else channels.delay * 2 end, \
         paused_until = $4 + case when channels.delay * 2 > $6 then $6 else channels.delay * 2 end \
         where channels.paused_until <= $4",
    )
    .bind(hold.channel.as_str())
    .bind(of.map(|o| o.as_str().to_owned()))
    .bind(reason.to_owned())
    .bind(now.0)
    .bind(FIRST_PAUSE.0)
    .bind(LONGEST_PAUSE.0)
    .run(tx)
    .await?;
    sqlx::query(
        "update deliveries set due_at = (select paused_until from channels where name = $1) \
         where channel = $1 and state = 'queued' and lease_until = 0 \
         and due_at < (select paused_until from channels where name = $1)",
    )
    .bind(hold.channel.as_str())
    .run(tx)
    .await
}

/// The trouble is over, or somebody believes so: what waits for the end of the pause is due now,
/// and what was put off for reasons of its own stays so. Whether the channel was in any.
pub async fn resume(tx: &mut Tx, channel: &Channel, now: Time) -> Result<bool> {
    let Some(trouble) = find(tx, channel).await? else {
        return Ok(false);
    };
    tx.owes = true;
    lock(tx, "channel = $1", channel.as_str()).await?;
    sqlx::query(
        "update deliveries set due_at = $2 where channel = $1 and state = 'queued' and due_at > $2 \
         and due_at <= $3",
    )
    .bind(channel.as_str())
    .bind(now.0)
    .bind(trouble.paused_until.0)
    .run(tx)
    .await?;
    sqlx::query("delete from channels where name = $1")
        .bind(channel.as_str())
        .run(tx)
        .await?;
    Ok(true)
}

/// Forgets the trouble of channels by which nothing waits to go; how many they were.
pub async fn forget_idle(tx: &mut Tx, now: Time) -> Result<u64> {
    sqlx::query(
        "delete from channels where paused_until <= $1 and not exists (select 1 from deliveries d \
         where d.channel = channels.name and d.state = 'queued')",
    )
    .bind(now.0)
    .affected(tx)
    .await
}

/// Whether the channel is in trouble.
pub async fn find(conn: &mut Conn, channel: &Channel) -> Result<Option<Trouble>> {
    sqlx::query("select name, org_id, reason, since, paused_until from channels where name = $1")
        .bind(channel.as_str())
        .find(conn, read)
        .await
}

/// All channels in trouble, for whoever runs the instance.
pub async fn list_all(conn: &mut Conn) -> Result<Vec<Trouble>> {
    sqlx::query(
        "select name, org_id, reason, since, paused_until from channels order by since, name limit 1000",
    )
    .list(conn, read)
    .await
}

/// The organisation's channels in trouble, and the one of letters.
pub async fn list(conn: &mut Conn, org: &OrganisationId) -> Result<Vec<Trouble>> {
    sqlx::query(
        "select name, org_id, reason, since, paused_until from channels where org_id = $1 or org_id is null \
         order by since, name limit 200",
    )
    .bind(org.as_str())
    .list(conn, read)
    .await
}

/// What these resources and connectors of the organisation are called.
pub async fn list_names(
    conn: &mut Conn,
    org: &OrganisationId,
    ids: &[&str],
) -> Result<HashMap<String, String>> {
    let mut asked = Bindings::default();
    let (org, ids) = (asked.bind(org.to_string())?, asked.list(ids)?);
    let sql = format!(
        "select id, name from resources where org_id = {org} and id in ({ids}) union all \
         select id, name from connectors where org_id = {org} and id in ({ids})"
    );
    let named =
        sqlx::query_with(AssertSqlSafe(sql), asked.0).list(conn, |r| Ok((r.text("id")?, r.text("name")?)));
    Ok(named.await?.into_iter().collect())
}

fn read(row: &Row) -> Result<Trouble> {
    Ok(Trouble {
        channel: row.parsed("name")?,
        organisation: row.maybe_parsed("org_id")?,
        reason: row.text("reason")?,
        since: row.time("since")?,
        paused_until: row.time("paused_until")?,
    })
}
