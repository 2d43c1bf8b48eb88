//! Owing a delivery, behind all others of its lane, and what a newer one takes the place of.
use crate::domain::delivery::{Channel, JobKind};
use crate::domain::ids::{LetterId, OrganisationId};
use crate::domain::{Result, Time};
use crate::store::db::{DatabaseKind, Tx};
use crate::store::rows::{Bindings, Columns as _, Row, Statement as _};
use crate::store::turns::locking;
use sqlx::AssertSqlSafe;

/// A new delivery, before it has a place in its lane.
pub(super) struct Fresh<'a> {
    pub id: &'a LetterId,
    pub kind: JobKind,
    pub organisation: Option<&'a OrganisationId>,
    pub channel: Channel,
    pub lane: &'a str,
    /// As JSON.
    pub job: String,
    /// Further columns, and what stands in them.
    pub beside: Vec<(&'static str, Option<String>)>,
}

/// Writes a delivery behind all others of its lane, due no earlier than they are; false: a unique
/// index holds it already. Where two servers owe in one lane at the same moment, their ids say which
/// comes first.
pub(super) async fn owe(tx: &mut Tx, fresh: Fresh<'_>, now: Time) -> Result<bool> {
    tx.owes = true;
    let mut asked = Bindings::default();
    let mut columns = String::from("id, kind, org_id, channel, lane, job, created_at, waits_since");
    let mut values = vec![
        asked.bind(fresh.id.to_string())?,
        asked.bind(fresh.kind.as_str().to_owned())?,
        asked.bind(fresh.organisation.map(ToString::to_string))?,
        asked.bind(fresh.channel.to_string())?,
    ];
    let lane = asked.bind(fresh.lane.to_owned())?;
    values.push(lane.clone());
    values.push(asked.bind(fresh.job)?);
    let at = asked.bind(now.0)?;
    values.extend([at.clone(), at.clone()]);
    for (column, value) in fresh.beside {
        columns += ", ";
        columns += column;
        values.push(asked.bind(value)?);
    }
    let sql = format!(
        "insert into deliveries ({columns}, state, number, due_at) select {}, 'queued', \
         coalesce((select max(number) from deliveries where lane = {lane}), 0) + 1, \
         coalesce((select l.due_at from (select due_at from deliveries where lane = {lane} \
         and state = 'queued' order by number desc limit 1) l where l.due_at > {at}), {at}) \
         where true on conflict do nothing",
        values.join(", ")
    );
    let met = sqlx::query_with(AssertSqlSafe(sql), asked.0).affected(tx).await?;
    Ok(met == 1)
}

/// Locks what waits or was given up of `which` (a column and `= $1`), in the order of ids, as
/// whoever changes several deliveries does first: two who took them in different orders would wait
/// for each other on PostgreSQL. SQLite has one writer anyway.
pub(super) async fn lock(tx: &mut Tx, which: &str, of: &str) -> Result<()> {
    if tx.kind == DatabaseKind::Sqlite {
        return Ok(());
    }
    let sql = format!(
        "select count(*) as n from (select id from deliveries where state in ('queued', 'failed') \
         and {which} order by id for update) locked"
    );
    let locked = sqlx::query(AssertSqlSafe(sql)).bind(of.to_owned());
    locked.number(tx, "n").await.map(drop)
}

/// Something newer is to be said in place of what waits in the lane: that is not tried again. What
/// is under way ends as it ends, and is not tried again either.
pub(super) async fn overtake(tx: &mut Tx, id: &LetterId, now: Time) -> Result<()> {
    sqlx::query(
        "update deliveries set overtaken = 1, sealed = null, \
         state = case when lease_until = 0 then 'overtaken' else state end, \
         ended_at = case when lease_until = 0 then $2 else ended_at end \
         where id = $1 and state = 'queued'",
    )
    .bind(id.as_str())
    .bind(now.0)
    .run(tx)
    .await
}

/// What waits in a lane, the first first: its ids and jobs. Nobody else changes it before this
/// transaction ends.
pub(super) async fn list_waiting(tx: &mut Tx, lane: &str) -> Result<Vec<(LetterId, String)>> {
    let lock = locking(tx, "for update");
    // Locked in the order of ids, as everywhere.
    let sql = format!(
        "select number, id, job from deliveries where lane = $1 and state = 'queued' order by id {lock}"
    );
    let waiting = sqlx::query(AssertSqlSafe(sql)).bind(lane.to_owned());
    let read = |r: &Row| Ok((r.number("number")?, r.parsed("id")?, r.text("job")?));
    let mut waiting: Vec<(i64, LetterId, String)> = waiting.list(tx, read).await?;
    // They come by their ids: those of one number stay so.
    waiting.sort_by_key(|(number, ..)| *number);
    Ok(waiting.into_iter().map(|(_, id, job)| (id, job)).collect())
}
