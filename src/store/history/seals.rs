//! Checking the seals over the history: each follows from the one before and from its events, and
//! details are what they were.
use crate::domain::seal::SealHead;
use crate::domain::{Result, Time};
use crate::store::conn::Conn;
use crate::store::history::{digest, hash_of};
use crate::store::instance;
use crate::store::rows::{Columns as _, Statement as _};
use sqlx::AssertSqlSafe;

/// The first place where a chain does not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Break {
    pub chain: String,
    pub seal: i64,
    pub flaw: Flaw,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// The seal before it is missing, or is another one.
    Missing,
    /// Events say that they are in it, and there is none.
    Gone,
    /// An event is missing or one too many.
    Events,
    /// An event is not what was sealed.
    Changed,
    /// The event with this id is in no seal, though all were sealed when it was made.
    Unsealed(String),
    /// A witness saw it, and there is none of that number: seals were cut off, or a backup from before
    /// it was restored.
    CutOff,
    /// A witness saw another one in its place.
    Rewritten,
    /// The detail of the event with this id is not what was written.
    Detail(String),
}

impl std::fmt::Display for Break {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Break { chain, seal, flaw } = self;
        write!(f, "chain {chain}, seal {seal}: ")?;
        match flaw {
            Flaw::Missing => write!(f, "the seal before it is missing or is another one"),
            Flaw::Gone => write!(f, "events were sealed in it, and it is not there"),
            Flaw::Events => write!(f, "an event is missing, or there is one too many"),
            Flaw::Changed => write!(f, "an event is not what was sealed"),
            Flaw::Unsealed(event) => {
                write!(f, "event {event} is in no seal, though all up to it were sealed")
            }
            Flaw::CutOff => write!(
                f,
                "a witness saw it, and it is not there: seals were cut off, or an older backup was restored"
            ),
            Flaw::Rewritten => write!(f, "a witness saw another one in its place"),
            Flaw::Detail(event) => write!(f, "the detail of event {event} is not what was written"),
        }
    }
}

/// What holds: how much was looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Extent {
    pub chains: i64,
    pub seals: i64,
    pub events: i64,
    /// Events that wait for their seal, in each chain that they belong to; no flaw, whatever the
    /// clock says: a server that runs seals them within seconds.
    pub unsealed: i64,
    /// When the oldest of these was made.
    pub unsealed_since: Option<Time>,
    /// Events that belong to no chain, as nobody is known whom they are about: no seal holds them.
    pub unchained: i64,
}

struct Seal {
    number: i64,
    previous: String,
    hash: String,
    events: i64,
}

/// The fact about the instance that says up to which event all are sealed.
pub const SEALED: &str = "sealed_through";

/// Looks for what no chain holds, then goes through all chains; stops at the first break.
pub async fn verify(conn: &mut Conn) -> Result<(Extent, Option<Break>)> {
    let sealed = instance::find(conn, SEALED).await?;
    let sealed = sealed.and_then(|mark| mark.parse().ok()).unwrap_or(0);
    let mut extent = waiting(conn, sealed).await?;
    let broken = |chain, seal, flaw| Ok((extent, Some(Break { chain, seal, flaw })));
    if let Some((event, chain)) = find_unsealed(conn, sealed).await? {
        return broken(chain, 0, Flaw::Unsealed(event));
    }
    if let Some((chain, seal)) = find_gone(conn).await? {
        return broken(chain, seal, Flaw::Gone);
    }
    if let Some((event, chain)) = find_bare(conn).await? {
        return broken(chain, 0, Flaw::Detail(event));
    }
    let chains = sqlx::query("select distinct chain from seals order by chain")
        .list(conn, |r| r.text("chain"))
        .await?;
    for chain in chains {
        extent.chains += 1;
        if let Some(broken) = verify_chain(conn, &chain, &mut extent).await? {
            return Ok((extent, Some(broken)));
        }
    }
    Ok((extent, None))
}

/// Each event in each of its chains that is in none of that chain's seals, by its number.
const UNSEALED: &str = "from (select seq, id, at, 'o:' || org_id as chain from events \
    where org_id is not null union all select seq, id, at, 'a:' || account_id from events \
    where account_id is not null) c where not exists (select 1 from sealed_events s \
    where s.chain = c.chain and s.event_id = c.id) and c.seq";

/// How much came after the mark and waits.
async fn waiting(conn: &mut Conn, sealed: i64) -> Result<Extent> {
    let sql = format!(
        "select count(*) as n, min(c.at) as since, (select count(*) from events where org_id is null \
         and account_id is null) as unchained {UNSEALED} > $1"
    );
    let found = sqlx::query(AssertSqlSafe(sql))
        .bind(sealed)
        .find(conn, |r| {
            Ok(Extent {
                unsealed: r.number("n")?,
                unsealed_since: r.maybe_time("since")?,
                unchained: r.number("unchained")?,
                ..Extent::default()
            })
        })
        .await?;
    Ok(found.unwrap_or_default())
}

/// The first event that was sealed once, by the mark, and is not any more, with its chain.
async fn find_unsealed(conn: &mut Conn, sealed: i64) -> Result<Option<(String, String)>> {
    let sql = format!("select c.id, c.chain {UNSEALED} <= $1 order by c.seq limit 1");
    sqlx::query(AssertSqlSafe(sql))
        .bind(sealed)
        .find(conn, |r| Ok((r.text("id")?, r.text("chain")?)))
        .await
}

/// The first seal that events say they are in and that is not there, with its chain.
async fn find_gone(conn: &mut Conn) -> Result<Option<(String, i64)>> {
    sqlx::query(
        "select s.chain, s.number from sealed_events s where not exists (select 1 from seals x \
         where x.chain = s.chain and x.number = s.number) order by s.chain, s.number limit 1",
    )
    .find(conn, |r| Ok((r.text("chain")?, r.number("number")?)))
    .await
}

/// The first of the heads that a witness kept that is not what is stored.
pub async fn verify_heads(conn: &mut Conn, heads: &[SealHead]) -> Result<Option<Break>> {
    for head in heads {
        let stored = sqlx::query("select hash from seals where chain = $1 and number = $2")
            .bind(&head.chain)
            .bind(head.number)
            .find(conn, |r| r.text("hash"))
            .await?;
        let flaw = match stored {
            Some(hash) if hash == head.hash => continue,
            Some(_) => Flaw::Rewritten,
            None => Flaw::CutOff,
        };
        return Ok(Some(Break {
            chain: head.chain.clone(),
            seal: head.number,
            flaw,
        }));
    }
    Ok(None)
}

/// The newest seal of each organisation that has one made at `since` or later.
pub async fn list_heads(conn: &mut Conn, since: Time) -> Result<Vec<SealHead>> {
    sqlx::query(
        "select s.chain, s.number, s.hash from seals s join (select chain, max(number) as newest from seals \
         where at >= $1 and chain like 'o:%' group by chain) h on h.chain = s.chain and h.newest = s.number \
         order by s.chain",
    )
    .bind(since.0)
    .list(conn, |r| {
        Ok(SealHead {
            chain: r.text("chain")?,
            number: r.number("number")?,
            hash: r.text("hash")?,
        })
    })
    .await
}

/// The first event whose detail, or the place in it, is gone although nobody was ever erased, with its
/// chain.
async fn find_bare(conn: &mut Conn) -> Result<Option<(String, String)>> {
    sqlx::query(
        "select e.id, coalesce('o:' || e.org_id, 'a:' || e.account_id, '') as chain from events e \
         where not exists (select 1 from accounts where erased_at is not null) and not exists (select 1 \
         from event_details d where d.event_id = e.id and (e.place_digest is null or d.place is not null)) \
         order by e.seq limit 1",
    )
    .find(conn, |r| Ok((r.text("id")?, r.text("chain")?)))
    .await
}

async fn verify_chain(conn: &mut Conn, chain: &str, extent: &mut Extent) -> Result<Option<Break>> {
    let (mut number, mut hash) = (0, String::new());
    loop {
        let seals = sqlx::query(
            "select number, previous, hash, events from seals where chain = $1 and number > $2 \
             order by number limit 100",
        )
        .bind(chain)
        .bind(number)
        .list(conn, |r| {
            Ok(Seal {
                number: r.number("number")?,
                previous: r.text("previous")?,
                hash: r.text("hash")?,
                events: r.number("events")?,
            })
        })
        .await?;
        if seals.is_empty() {
            return Ok(None);
        }
        for seal in seals {
            let broken = |flaw| {
                Ok(Some(Break {
                    chain: chain.to_owned(),
                    seal: seal.number,
                    flaw,
                }))
            };
            if seal.number != number + 1 || seal.previous != hash {
                return broken(Flaw::Missing);
            }
            if let Some(flaw) = verify_seal(conn, chain, &seal).await? {
                return broken(flaw);
            }
            extent.seals += 1;
            extent.events += seal.events;
            (number, hash) = (seal.number, seal.hash);
        }
    }
}

async fn verify_seal(conn: &mut Conn, chain: &str, seal: &Seal) -> Result<Option<Flaw>> {
    let events = sqlx::query(
        "select e.id, e.org_id, e.account_id, e.actor_id, e.what, e.object, e.at, e.digest, e.place_digest, \
         d.salt, d.detail, d.place, d.place_salt from sealed_events s join events e on e.id = s.event_id \
         left join event_details d on d.event_id = e.id where s.chain = $1 and s.number = $2 \
         order by s.position",
    )
    .bind(chain)
    .bind(seal.number)
    .list(conn, |r| {
        // What was erased says nothing any more; what is there must be what was written.
        let (whole, place_digest) = (r.text("digest")?, r.maybe_text("place_digest")?);
        let detail = match (r.maybe_text("salt")?, r.maybe_text("detail")?, &place_digest) {
            (Some(salt), Some(detail), Some(place)) => digest(&[&salt, &detail, place]) == whole,
            (Some(salt), Some(detail), None) => digest(&[&salt, &detail]) == whole,
            _ => true,
        };
        let place = match (r.maybe_text("place_salt")?, r.maybe_text("place")?) {
            (Some(salt), Some(place)) => Some(digest(&[&salt, &place])) == place_digest,
            _ => true,
        };
        let kept = detail && place;
        Ok((r.text("id")?, hash_of(r)?, kept))
    })
    .await?;
    if events.len() as i64 != seal.events {
        return Ok(Some(Flaw::Events));
    }
    if events
        .iter()
        .fold(seal.previous.clone(), |before, (_, event, _)| {
            digest(&[&before, event])
        })
        != seal.hash
    {
        return Ok(Some(Flaw::Changed));
    }
    Ok(events
        .into_iter()
        .find(|(_, _, kept)| !kept)
        .map(|(id, _, _)| Flaw::Detail(id)))
}
