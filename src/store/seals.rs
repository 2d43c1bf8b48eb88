//! Checking the seals over the history: each follows from the one before and from its events, and details are what they were.
use super::db::Conn;
use super::history::{digest, hash_of};
use super::rows::{Columns as _, Statement as _};
use crate::domain::Result;

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
    /// An event is missing or one too many.
    Events,
    /// An event is not what was sealed.
    Changed,
    /// The detail of the event with this id is not what was written.
    Detail(String),
}

impl std::fmt::Display for Break {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Break { chain, seal, flaw } = self;
        write!(f, "chain {chain}, seal {seal}: ")?;
        match flaw {
            Flaw::Missing => write!(f, "the seal before it is missing or is another one"),
            Flaw::Events => write!(f, "an event is missing, or there is one too many"),
            Flaw::Changed => write!(f, "an event is not what was sealed"),
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
}

struct Seal {
    number: i64,
    previous: String,
    hash: String,
    events: i64,
}

/// Goes through all chains; stops at the first break.
pub async fn verify(conn: &mut Conn) -> Result<(Extent, Option<Break>)> {
    let mut extent = Extent::default();
    let chains = sqlx::query("select distinct chain from seals order by chain").list(conn, |r| r.text("chain")).await?;
    for chain in chains {
        extent.chains += 1;
        if let Some(broken) = verify_chain(conn, &chain, &mut extent).await? {
            return Ok((extent, Some(broken)));
        }
    }
    Ok((extent, None))
}

async fn verify_chain(conn: &mut Conn, chain: &str, extent: &mut Extent) -> Result<Option<Break>> {
    let (mut number, mut hash) = (0, String::new());
    loop {
        let seals =
            sqlx::query("select number, previous, hash, events from seals where chain = $1 and number > $2 order by number limit 100")
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
            let broken = |flaw| Ok(Some(Break { chain: chain.to_owned(), seal: seal.number, flaw }));
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
        "select e.id, e.org_id, e.account_id, e.actor_id, e.what, e.object, e.at, e.digest, d.salt, d.detail from sealed_events s \
         join events e on e.id = s.event_id left join event_details d on d.event_id = e.id \
         where s.chain = $1 and s.number = $2 order by s.position",
    )
    .bind(chain)
    .bind(seal.number)
    .list(conn, |r| {
        // What was erased says nothing any more; what is there must be what was written.
        let kept = match (r.maybe_text("salt")?, r.maybe_text("detail")?) {
            (Some(salt), Some(detail)) => digest(&[&salt, &detail]) == r.text("digest")?,
            _ => true,
        };
        Ok((r.text("id")?, hash_of(r)?, kept))
    })
    .await?;
    if events.len() as i64 != seal.events {
        return Ok(Some(Flaw::Events));
    }
    if events.iter().fold(seal.previous.clone(), |before, (_, event, _)| digest(&[&before, event])) != seal.hash {
        return Ok(Some(Flaw::Changed));
    }
    Ok(events.into_iter().find(|(_, _, kept)| !kept).map(|(id, _, _)| Flaw::Detail(id)))
}
