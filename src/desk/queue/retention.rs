//! How long decided requests are kept: for ever, or for as long as the organisation sets. The
//! history keeps what was done with them.
use crate::desk::history::{About, By};
use crate::desk::unless_stale;
use crate::desk::{Desk, history};
use crate::domain::event::What;
use crate::domain::ids::{OrganisationId, RequestId};
use crate::domain::{Result, Time};
use crate::store;

/// So many requests of an organisation go at a time; at six times an hour more than any comes by.
const ROUND: i64 = 2000;

/// Deletes decided requests that were kept for as long as their organisation wants, with
/// everything that is about them alone; how many. Access that still holds keeps the request
/// from which it came, and so does an invitation that nobody has accepted.
#[tracing::instrument(name = "queue::retention::sweep", skip_all)]
pub async fn sweep(desk: &Desk, now: Time) -> Result<usize> {
    let ending = store::queue::retention::list_organisations(&mut *desk.db.read().await?).await?;
    let mut gone = 0;
    for (org, retention) in ending {
        let due =
            store::queue::retention::list_due(&mut *desk.db.read().await?, &org, now - retention, ROUND)
                .await?;
        for id in due {
            gone += unless_stale(forget(desk, &org, &id, now, now - retention).await.map(|()| 1))?;
        }
    }
    Ok(gone)
}

async fn forget(desk: &Desk, org: &OrganisationId, id: &RequestId, now: Time, before: Time) -> Result<()> {
    let mut tx = desk.db.begin().await?;
    store::queue::retention::delete(&mut tx, org, id, before).await?;
    history::record(
        desk,
        &mut tx,
        By::clock(now),
        What::RequestDeleted,
        About::Thing(org, id.as_str()),
        vec![],
    )
    .await?;
    tx.commit().await
}
