//! The history, as people read it.
pub mod insights;
pub mod seals;
use crate::desk::Desk;
use crate::domain::event::Event;
use crate::domain::{Result, Time};
use crate::store::history::Change;
use crate::store::{self, Tx};

/// What happened in organisations after the event with this number.
pub async fn changes_after(desk: &Desk, seq: i64) -> Result<Vec<Change>> {
    store::history::list_changes(&mut *desk.db.read().await?, seq).await
}

/// The number of the newest event.
pub async fn newest_change(desk: &Desk) -> Result<i64> {
    store::history::newest(&mut *desk.db.read().await?).await
}

/// Writes an entry of the history.
pub(crate) async fn record(desk: &Desk, tx: &mut Tx, now: Time, event: &Event) -> Result<()> {
    store::history::record(
        tx,
        &desk.mint.id(now),
        [&desk.mint.salt(), &desk.mint.salt()],
        now,
        event,
    )
    .await
}
