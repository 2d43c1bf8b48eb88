//! The history: events that are never changed, details that can be erased, seals that chain them.
pub mod insights;
pub mod objects;
pub mod seals;

use super::db::Tx;
use super::rows::{Columns as _, Row, Statement as _, impossible};
use crate::domain::changes::Field;
use crate::domain::event::{Detail, Event};
use crate::domain::ids::{AccountId, EventId, OrganisationId};
use crate::domain::seal::SealHead;
use crate::domain::{Error, Result, Time};
use crate::store::conn::Conn;
use sha2::{Digest as _, Sha256};

/// Lower-case hex of SHA-256 over the parts, each with its length before it, so that no two lists
/// of parts share a hash.
pub fn digest(parts: &[&str]) -> String {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update((part.len() as u64).to_be_bytes());
        hasher.update(part.as_bytes());
    }
    hasher
        .finalize()
        .iter()
        .fold(String::with_capacity(64), |hex, b| hex + &format!("{b:02x}"))
}

/// Writes an event with its detail and, apart from it, the place: either can be erased without the
/// other. `press`: the name of the press that it is the first event of; DoneAlready where there is one
/// of that name. The salts are random, so that what was erased cannot be guessed from its digest.
pub async fn record(
    tx: &mut Tx,
    id: &EventId,
    [salt, place_salt]: [&str; 2],
    at: Time,
    press: Option<&str>,
    event: &Event,
) -> Result<()> {
    let place = event.detail.place.as_deref().unwrap_or_default();
    let detail = serde_json::to_string(&Detail {
        place: None,
        ..event.detail.clone()
    })
    .map_err(|_| impossible("what is to be stored"))?;
    let place_digest = digest(&[place_salt, place]);
    sqlx::query(
        "insert into events (id, org_id, account_id, actor_id, what, object, at, digest, place_digest, \
         press) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    )
    .bind(id.as_str())
    .bind(event.organisation.as_ref().map(|o| o.as_str().to_owned()))
    .bind(event.account.as_ref().map(|a| a.as_str().to_owned()))
    .bind(event.actor.as_ref().map(|a| a.as_str().to_owned()))
    .bind(event.what.as_str())
    .bind(&event.object)
    .bind(at.0)
    .bind(digest(&[salt, &detail, &place_digest]))
    .bind(place_digest)
    .bind(press.map(str::to_owned))
    .insert(tx, Error::DoneAlready)
    .await?;
    sqlx::query(
        "insert into event_details (event_id, salt, detail, place, place_salt) values ($1, $2, $3, $4, $5)",
    )
    .bind(id.as_str())
    .bind(salt)
    .bind(detail)
    .bind(place)
    .bind(place_salt)
    .run(tx)
    .await
}

/// Whether an event names this press.
pub async fn was_pressed(conn: &mut Conn, press: &str) -> Result<bool> {
    let sql = "select count(*) as n from events where press = $1";
    Ok(sqlx::query(sql).bind(press).number(conn, "n").await? > 0)
}

/// One line of the history of a thing.
#[derive(Clone, Debug)]
pub struct Entry {
    pub what: String,
    pub at: Time,
    /// The actor's name now, where there was one.
    pub actor: Option<String>,
    /// The role that was given or taken, as it was called then.
    pub role: Option<String>,
}

/// What happened to one thing of the organisation, and to another that belongs to it (empty for
/// none), oldest first, at most 100.
pub async fn list_of_objects(
    conn: &mut Conn,
    org: &OrganisationId,
    object: &str,
    other: &str,
) -> Result<Vec<Entry>> {
    sqlx::query(
        "select e.what, e.at, a.name, d.detail from events e left join accounts a on a.id = e.actor_id \
         left join event_details d on d.event_id = e.id \
         where e.org_id = $1 and e.object in ($2, $3) order by e.seq limit 100",
    )
    .bind(org.as_str())
    .bind(object)
    .bind(other)
    .list(conn, read_entry)
    .await
}

/// What happened last to one thing of the organisation.
pub async fn find_latest(conn: &mut Conn, org: &OrganisationId, object: &str) -> Result<Option<Entry>> {
    sqlx::query(
        "select e.what, e.at, a.name, d.detail from events e left join accounts a on a.id = e.actor_id \
         left join event_details d on d.event_id = e.id \
         where e.org_id = $1 and e.object = $2 order by e.seq desc limit 1",
    )
    .bind(org.as_str())
    .bind(object)
    .find(conn, read_entry)
    .await
}

/// What happened last to an account itself.
pub async fn find_latest_of_account(conn: &mut Conn, account: &AccountId) -> Result<Option<Entry>> {
    sqlx::query(
        "select e.what, e.at, a.name, d.detail from events e left join accounts a on a.id = e.actor_id \
         left join event_details d on d.event_id = e.id \
         where e.account_id = $1 and e.what = 'account.changed' order by e.seq desc limit 1",
    )
    .bind(account.as_str())
    .find(conn, read_entry)
    .await
}

fn role_of(detail: &str) -> Option<String> {
    let detail: Detail = serde_json::from_str(detail).ok()?;
    let role = detail.changes.into_iter().find(|c| c.field == Field::Role)?;
    role.after.or(role.before)
}

fn read_entry(r: &Row) -> Result<Entry> {
    Ok(Entry {
        what: r.text("what")?,
        at: r.time("at")?,
        actor: r.maybe_text("name")?,
        role: r.maybe_text("detail")?.and_then(|detail| role_of(&detail)),
    })
}

/// Something that happened in an organisation.
#[derive(Clone, Debug)]
pub struct OrganisationChange {
    /// Its number, growing; on PostgreSQL a smaller one may appear later.
    pub seq: i64,
    pub organisation: OrganisationId,
    pub what: String,
    pub object: String,
}

/// What happened in organisations after `seq`, at most 1,000, in order.
pub async fn list_changes(conn: &mut Conn, seq: i64) -> Result<Vec<OrganisationChange>> {
    sqlx::query(
        "select seq, org_id, what, object from events where seq > $1 and org_id is not null order by seq \
         limit 1000",
    )
    .bind(seq)
    .list(conn, |r| {
        Ok(OrganisationChange {
            seq: r.number("seq")?,
            organisation: r.parsed("org_id")?,
            what: r.text("what")?,
            object: r.text("object")?,
        })
    })
    .await
}

/// The number of the newest event; 0 if there is none.
pub async fn newest(conn: &mut Conn) -> Result<i64> {
    sqlx::query("select coalesce(max(seq), 0) as n from events")
        .number(conn, "n")
        .await
}

/// How many events of a type there are about a thing.
pub async fn count(conn: &mut Conn, what: &str, object: &str) -> Result<i64> {
    sqlx::query("select count(*) as n from events where what = $1 and object = $2")
        .bind(what)
        .bind(object)
        .number(conn, "n")
        .await
}

/// A part of the history by the events' numbers: those greater than `after`, up to and with
/// `through`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    pub after: i64,
    pub through: i64,
}

/// Chains that hold events in `window` without a seal: `o:` and the organisation, or `a:` and the
/// account.
pub async fn list_unsealed_chains(conn: &mut Conn, window: Window) -> Result<Vec<String>> {
    sqlx::query(
        "select distinct c.chain from (select id, 'o:' || org_id as chain from events where seq > $1 \
         and seq <= $2 and org_id is not null union all select id, 'a:' || account_id from events \
         where seq > $1 and seq <= $2 and account_id is not null) c \
         where not exists (select 1 from sealed_events s where s.chain = c.chain and s.event_id = c.id) \
         limit 100",
    )
    .bind(window.after)
    .bind(window.through)
    .list(conn, |r| r.text("chain"))
    .await
}

/// A seal that was made.
pub struct NewSeal {
    pub head: SealHead,
    /// How many events it holds.
    pub events: usize,
    /// When the one before it was made.
    pub before: Option<Time>,
}

/// Seals what a chain holds unsealed in `window`, up to 500 events. Two sealers at once: one seals,
/// the other does nothing.
pub async fn seal(tx: &mut Tx, chain: &str, window: Window, now: Time) -> Result<Option<NewSeal>> {
    let events = unsealed(tx, chain, window).await?;
    if events.is_empty() {
        return Ok(None);
    }
    let (number, previous, before) = last_seal(tx, chain).await?;
    let hash = events
        .iter()
        .fold(previous.clone(), |before, (_, event)| digest(&[&before, event]));
    sqlx::query(
        "insert into seals (chain, number, previous, hash, events, at) values ($1, $2, $3, $4, $5, $6)",
    )
    .bind(chain)
    .bind(number + 1)
    .bind(previous)
    .bind(&hash)
    .bind(events.len() as i64)
    .bind(now.0)
    .insert(tx, Error::Stale)
    .await?;
    for (position, (id, _)) in events.iter().enumerate() {
        sqlx::query("insert into sealed_events (event_id, chain, number, position) values ($1, $2, $3, $4)")
            .bind(id)
            .bind(chain)
            .bind(number + 1)
            .bind(position as i64)
            .insert(tx, Error::Stale)
            .await?;
    }
    Ok(Some(NewSeal {
        head: SealHead {
            chain: chain.to_owned(),
            number: number + 1,
            hash,
        },
        events: events.len(),
        before,
    }))
}

/// Ids and hashes of a chain's unsealed events, in order.
async fn unsealed(tx: &mut Tx, chain: &str, window: Window) -> Result<Vec<(String, String)>> {
    let (organisation, account) = match chain.split_once(':') {
        Some(("o", id)) => (id, ""),
        Some(("a", id)) => ("", id),
        _ => return Err(impossible("a chain")),
    };
    sqlx::query(
        "select e.id, e.org_id, e.account_id, e.actor_id, e.what, e.object, e.at, e.digest from events e \
         where e.seq > $4 and e.seq <= $5 and (e.org_id = $1 or e.account_id = $2) and not exists (select 1 \
         from sealed_events s where s.chain = $3 and s.event_id = e.id) order by e.seq limit 500",
    )
    .bind(organisation)
    .bind(account)
    .bind(chain)
    .bind(window.after)
    .bind(window.through)
    .list(tx, |r| Ok((r.text("id")?, hash_of(r)?)))
    .await
}

/// The hash of an event row: all its columns but the sequence, which a restored database may number
/// anew.
pub(super) fn hash_of(row: &super::rows::Row) -> Result<String> {
    let (org, account, actor) = (
        row.maybe_text("org_id")?,
        row.maybe_text("account_id")?,
        row.maybe_text("actor_id")?,
    );
    let at = row.number("at")?.to_string();
    let (id, what, object, digested) = (
        row.text("id")?,
        row.text("what")?,
        row.text("object")?,
        row.text("digest")?,
    );
    let or = |v: &Option<String>| v.clone().unwrap_or_default();
    Ok(digest(&[
        &id,
        &or(&org),
        &or(&account),
        &or(&actor),
        &what,
        &object,
        &at,
        &digested,
    ]))
}

async fn last_seal(tx: &mut Tx, chain: &str) -> Result<(i64, String, Option<Time>)> {
    let last =
        sqlx::query("select number, hash, at from seals where chain = $1 order by number desc limit 1")
            .bind(chain)
            .find(tx, |r| {
                Ok((r.number("number")?, r.text("hash")?, Some(r.time("at")?)))
            })
            .await?;
    Ok(last.unwrap_or_default())
}
