//! Drafts of failed forms: kept for the browser that typed them, sealed, for minutes.
use crate::desk::faults::broken;
use crate::desk::{Desk, mint};
use crate::domain::draft::{Draft, LIFE};
use crate::domain::{Result, Time};
use crate::store;

const USAGE: &str = "draft";

/// Keeps what a failed form held, for this browser and page.
#[tracing::instrument(name = "account::drafts::keep", skip_all)]
pub async fn keep(desk: &Desk, browser: &str, page: &str, draft: &Draft, now: Time) -> Result<()> {
    let text = serde_json::to_string(draft).map_err(|_| broken())?;
    let sealed = desk.keys.seal(USAGE, &text)?;
    let mut tx = desk.db.begin().await?;
    store::account::drafts::keep(&mut tx, &mint::hash(browser), page, &sealed, now + LIFE).await?;
    tx.commit().await
}

/// The draft kept for this browser and page, if there is one.
#[tracing::instrument(name = "account::drafts::find", skip_all)]
pub async fn find(desk: &Desk, browser: &str, page: &str, now: Time) -> Result<Option<Draft>> {
    let Some(hash) = mint::hash_of_claimed(browser) else {
        return Ok(None);
    };
    let sealed = store::account::drafts::find(&mut *desk.db.read().await?, &hash, page, now).await?;
    Ok(sealed
        .and_then(|s| desk.keys.try_open(USAGE, &s))
        .and_then(|text| serde_json::from_str(&text).ok()))
}

/// Forgets the draft of this browser and page: the form succeeded.
#[tracing::instrument(name = "account::drafts::discard", skip_all)]
pub async fn discard(desk: &Desk, browser: &str, page: &str) -> Result<()> {
    let Some(hash) = mint::hash_of_claimed(browser) else {
        return Ok(());
    };
    let mut tx = desk.db.begin().await?;
    store::account::drafts::discard(&mut tx, &hash, page).await?;
    tx.commit().await
}
