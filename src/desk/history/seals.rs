//! Sealing the history: the clock's work, safe to run by several instances at once.
use crate::desk::Desk;
use crate::desk::unless_stale;
use crate::domain::{Result, Time};
use crate::store;
use crate::store::history::Window;
use crate::store::history::seals::SEALED;

/// How often a chain of an organisation has its newest seal in the log, at most.
const TOLD: i64 = 10 * 60_000;

/// How far the mark stays behind the newest event: PostgreSQL numbers events before their
/// transactions end, so a smaller number may appear a little later.
pub(crate) const MARGIN: i64 = 5000;

/// How much of the history is looked at in one go, so that a long backlog is not gone through again
/// and again.
pub(crate) const WINDOW: i64 = 2 * MARGIN;

/// Seals what the history holds unsealed; how many events. Up to a mark everything is sealed
/// and is not looked at again.
#[tracing::instrument(name = "history::seals::sweep", skip_all)]
pub async fn sweep(desk: &Desk, now: Time) -> Result<usize> {
    let mut conn = desk.db.read().await?;
    let mut mark = store::instance::find(&mut conn, SEALED)
        .await?
        .and_then(|m| m.parse().ok())
        .unwrap_or(0);
    let newest = store::history::newest(&mut conn).await?;
    let (window, chains) = loop {
        let window = Window {
            after: mark,
            through: mark + WINDOW,
        };
        let chains = store::history::list_unsealed_chains(&mut conn, window).await?;
        if !chains.is_empty() || window.through >= newest {
            break (window, chains);
        }
        mark = window.through.min(newest - MARGIN);
        let mut tx = desk.db.begin().await?;
        store::instance::keep(&mut tx, SEALED, &mark.to_string()).await?;
        tx.commit().await?;
    };
    drop(conn);
    let mut sealed = 0;
    for chain in chains {
        sealed += unless_stale(seal_chain(desk, &chain, window, now).await)?;
    }
    Ok(sealed)
}

async fn seal_chain(desk: &Desk, chain: &str, window: Window, now: Time) -> Result<usize> {
    let mut tx = desk.db.begin().await?;
    let Some(sealed) = store::history::seal(&mut tx, chain, window, now).await? else {
        return Ok(0);
    };
    tx.commit().await?;
    // Whoever keeps the log elsewhere can tell later whether seals were cut off or made anew.
    let period = |at: Time| at.0.div_euclid(TOLD);
    if chain.starts_with("o:") && sealed.before.is_none_or(|before| period(before) != period(now)) {
        tracing::info!("{}", sealed.head);
    }
    Ok(sealed.events)
}
