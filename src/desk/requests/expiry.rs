//! The clock's work on requests: those whose life is over are settled.
use crate::desk::{Desk, requests, unless_stale};
use crate::domain::request::Request;
use crate::domain::{Result, Time};
use crate::store;

/// Settles requests whose life is over; how many. Reading is right without it: a request
/// expires at its instant.
#[tracing::instrument(name = "requests::expiry::sweep", skip_all)]
pub async fn sweep(desk: &Desk, now: Time) -> Result<usize> {
    let due = store::requests::list_due(&mut *desk.db.read().await?, now, 100).await?;
    let mut settled = 0;
    for request in due {
        settled += unless_stale(expire_one(desk, request, now).await.map(|()| 1))?;
    }
    Ok(settled)
}

async fn expire_one(desk: &Desk, request: Request, now: Time) -> Result<()> {
    let mut tx = desk.db.begin().await?;
    requests::outcomes::expire(desk, &mut tx, request, now).await?;
    tx.commit().await
}
