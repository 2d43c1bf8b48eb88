//! Claiming what is due, alike for all kinds of deliveries, and giving back what nobody holds any
//! more. What is in one lane goes one after the other.
use super::arrivals::ClaimedArrival;
use super::hold::Hold;
use super::hook_calls::ClaimedCall;
use super::letters::ClaimedLetter;
use super::messages::Due;
use crate::domain::delivery::{Channel, FURTHEST, JobKind, LEASE};
use crate::domain::ids::OrganisationId;
use crate::domain::{Result, Time};
use crate::store::conn::Conn;
use crate::store::db::Tx;
use crate::store::rows::{Bindings, Columns as _, Row, Statement as _, impossible};
use crate::store::turns::locking;
use sqlx::AssertSqlSafe;

/// A delivery in a worker's hands.
#[derive(Clone, Debug)]
pub enum Claimed {
    Letter(Box<ClaimedLetter>),
    HookCall(Box<ClaimedCall>),
    Message(Box<Due>),
    Arrival(Box<ClaimedArrival>),
}

impl Claimed {
    pub fn hold(&self) -> &Hold {
        match self {
            Claimed::Letter(letter) => &letter.hold,
            Claimed::HookCall(call) => &call.hold,
            Claimed::Message(due) => &due.hold,
            Claimed::Arrival(arrival) => &arrival.hold,
        }
    }
}

/// What a worker has hands for.
#[derive(Clone, Debug)]
pub struct Room {
    pub kinds: Vec<JobKind>,
    pub limit: usize,
    /// These have their share under way.
    pub channels: Vec<Channel>,
    pub organisations: Vec<(JobKind, OrganisationId)>,
}

impl Room {
    fn has_for(&self, kind: JobKind, channel: &Channel, organisation: Option<&OrganisationId>) -> bool {
        let full = |of: &OrganisationId| self.organisations.iter().any(|(k, o)| *k == kind && o == of);
        self.kinds.contains(&kind) && !self.channels.contains(channel) && !organisation.is_some_and(full)
    }
}

/// What waits, in the outer `where` of a claim, as no index knows it: the row is to be found by its
/// id. To PostgreSQL's statistics, which are of a moment when nothing waited, an index of what
/// waits looks as short as a list of ids.
const QUEUED: &str = "state || '' = 'queued'";

/// Whose turn a delivery waits for: an organisation's at a channel. As in the index
/// `deliveries_turns`, word by word.
macro_rules! turn_of {
    ($row:literal) => {
        concat!("(", $row, ".channel || ' ' || coalesce(", $row, ".org_id, ''))")
    };
}

/// The first of what waits, of which something more holds, in the order of the index.
macro_rules! first_waiting {
    ($more:expr) => {
        concat!(
            "(select d.id from deliveries d where d.state = 'queued' ",
            $more,
            " order by ",
            turn_of!("d"),
            ", d.due_at, d.id limit 1)"
        )
    };
}

/// The turns at which something is due, those first where it was due first. What waits at each is not
/// gone through: the index is entered once for each turn. Nothing of a channel that rests, nor a message
/// of a connector that is disabled.
const TURNS: &str = concat!(
    "with recursive turns (id) as (select ",
    first_waiting!(""),
    " union all select ",
    first_waiting!(concat!(
        "and ",
        turn_of!("d"),
        " > (select ",
        turn_of!("f"),
        " from deliveries f where f.id = turns.id)"
    )),
    " from turns where turns.id is not null) \
     select d.kind, d.channel, d.org_id, ",
    turn_of!("d"),
    " as turn from turns join deliveries d on d.id = turns.id where d.due_at <= $1 \
     and not exists (select 1 from channels c where c.name = d.channel and c.paused_until > $1) \
     and (d.kind <> 'message' or exists (select 1 from connectors n where n.id = d.connector_id \
     and n.state = 'active')) order by d.due_at, d.id",
);

/// Claims what is due, of each lane the first alone; nothing for which there is no room, nor what
/// somebody else holds at this moment.
pub async fn claim(tx: &mut Tx, now: Time, room: &Room) -> Result<Vec<Claimed>> {
    tx.read_in_order().await?;
    // A turn that cannot be read keeps no other one waiting.
    let turns = sqlx::query(TURNS).bind(now.0);
    let turns = turns.list(tx, |row| Ok(turn_with_room(row, room).ok().flatten()));
    let mut claimed = Vec::new();
    for turn in turns.await?.into_iter().flatten() {
        if claimed.len() >= room.limit {
            break;
        }
        claimed.extend(claim_at(tx, now, &turn, room.limit - claimed.len()).await?);
    }
    Ok(claimed)
}

/// The turn of a row of [`TURNS`]; None: there is no room for it.
fn turn_with_room(row: &Row, room: &Room) -> Result<Option<String>> {
    let kind = JobKind::parse(&row.text("kind")?).ok_or_else(|| impossible("deliveries.kind"))?;
    let (channel, organisation) = (row.parsed("channel")?, row.maybe_parsed("org_id")?);
    let has_room = room.has_for(kind, &channel, organisation.as_ref());
    has_room.then(|| row.text("turn")).transpose()
}

/// As [`claim`], of one turn. The predicate stands again in the outer `where`: without it two workers
/// on PostgreSQL claim the same.
async fn claim_at(tx: &mut Tx, now: Time, turn: &str, limit: usize) -> Result<Vec<Claimed>> {
    let skip = locking(tx, "for update of d skip locked");
    let of_turn = turn_of!("d");
    let sql = format!(
        "update deliveries set lease_until = $2, attempts = attempts + 1 \
         where id in (select d.id from deliveries d where d.state = 'queued' and {of_turn} = $3 \
         and d.due_at <= $1 and d.lease_until <= $1 \
         and d.id = (select e.id from deliveries e where e.lane = d.lane \
         and e.state = 'queued' order by e.number, e.id limit 1) \
         order by d.due_at, d.id limit $4 {skip}) \
         and {QUEUED} and due_at <= $1 and lease_until <= $1 \
         returning id, kind, org_id, channel, job, sealed, recipient, language, what, attempts, lease_until, \
         created_at, waits_since, account_id, request_id, invitation_id, connector_id, contact_id"
    );
    let claimed = sqlx::query(AssertSqlSafe(sql))
        .bind(now.0)
        .bind((now + LEASE).0)
        .bind(turn.to_owned())
        .bind(i64::try_from(limit).unwrap_or(i64::MAX));
    // A row that cannot be read is looked at again after its lease; it keeps no other one waiting.
    let claimed = claimed.list(tx, |row| Ok(read(row).ok()));
    Ok(claimed.await?.into_iter().flatten().collect())
}

fn read(row: &Row) -> Result<Claimed> {
    let kind = JobKind::parse(&row.text("kind")?).ok_or_else(|| impossible("deliveries.kind"))?;
    let hold = Hold {
        id: row.parsed("id")?,
        kind,
        organisation: row.maybe_parsed("org_id")?,
        channel: row.parsed("channel")?,
        attempts: row.number("attempts")? - 1,
        created_at: row.time("created_at")?,
        waits_since: row.time("waits_since")?,
        lease_until: row.time("lease_until")?,
    };
    Ok(match kind {
        JobKind::Letter => Claimed::Letter(Box::new(super::letters::read(row, hold)?)),
        JobKind::HookCall => Claimed::HookCall(Box::new(super::hook_calls::read(row, hold)?)),
        JobKind::Message => Claimed::Message(Box::new(super::messages::read(row, hold)?)),
        JobKind::Arrival => Claimed::Arrival(Box::new(super::arrivals::read(row, hold)?)),
    })
}

/// Gives back what a server that is gone had claimed. Only where no other one can be at work.
pub async fn release(tx: &mut Tx) -> Result<()> {
    sqlx::query("update deliveries set lease_until = 0 where state = 'queued' and lease_until > 0")
        .run(tx)
        .await
}

/// Brings back what a clock that was wrong put far ahead: due times, leases and pauses. How much it
/// was. What somebody else holds at this moment is brought back the next time.
pub async fn bring_back(tx: &mut Tx, now: Time) -> Result<u64> {
    let mut met = 0;
    let skip = locking(tx, "for update skip locked");
    let deliveries = format!(
        "update deliveries set due_at = case when due_at > $2 then $1 else due_at end, \
         lease_until = case when lease_until > $2 then 0 else lease_until end \
         where id in (select id from deliveries where state = 'queued' \
         and (due_at > $2 or lease_until > $2) {skip})"
    );
    for sql in [
        deliveries.as_str(),
        "update channels set paused_until = $1, since = $1 where paused_until > $2",
    ] {
        met += sqlx::query(AssertSqlSafe(sql.to_owned()))
            .bind(now.0)
            .bind((now + FURTHEST).0)
            .affected(tx)
            .await?;
    }
    tx.owes |= met > 0;
    Ok(met)
}

/// How many deliveries of these kinds wait.
pub async fn count_queued(conn: &mut Conn, kinds: &[JobKind]) -> Result<i64> {
    let mut asked = Bindings::default();
    let kinds = asked.list(kinds.iter().map(|kind| kind.as_str()))?;
    let sql = format!("select count(*) as n from deliveries where state = 'queued' and kind in ({kinds})");
    sqlx::query_with(AssertSqlSafe(sql), asked.0)
        .number(conn, "n")
        .await
}
