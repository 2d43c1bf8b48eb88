//! Throwing away what has served its time.
use crate::desk::Desk;
use crate::domain::{Result, Time};
use crate::store;

/// Throws away what has served its time.
#[tracing::instrument(name = "account::prune::run", skip_all)]
pub async fn run(desk: &Desk, now: Time) -> Result<u64> {
    let mut tx = desk.db.begin().await?;
    let gone = store::prune::run(&mut tx, now).await?;
    tx.commit().await?;
    Ok(gone)
}
