//! What is shown once: kept sealed for the session that it was made for, and given at its first
//! look. It goes with the session, however that ends.
use crate::desk::faults::broken;
use crate::desk::{Actor, Desk};
use crate::domain::shown_once::{MadeOnce, ShownOnce};
use crate::domain::{Result, Time};
use crate::store;

/// Keeps what was made for the holder of this session, to be shown on this page; the key by which
/// the page's address asks for it, worth nothing to any other session.
#[tracing::instrument(name = "account::shown_once::keep", skip_all)]
pub async fn keep(desk: &Desk, holder: &Actor, page: &str, made: &MadeOnce, now: Time) -> Result<String> {
    let text = serde_json::to_string(made).map_err(|_| broken())?;
    let sealed = desk.keys.seal(&usage(holder), &text)?;
    let key = desk.mint.salt();
    let mut tx = desk.db.begin().await?;
    store::account::shown_once::keep(&mut tx, &key, &holder.session, page, &sealed, now).await?;
    tx.commit().await?;
    Ok(key)
}

/// What the page's address asks for, if the session has not looked at it before.
#[tracing::instrument(name = "account::shown_once::take", skip_all)]
pub async fn take(desk: &Desk, holder: &Actor, key: &str, page: &str, now: Time) -> Result<ShownOnce> {
    if key.len() != 32 || !key.bytes().all(|b| b.is_ascii_hexdigit()) {
        return Ok(ShownOnce::Gone);
    }
    let mut tx = desk.db.begin().await?;
    let sealed = store::account::shown_once::take(&mut tx, key, &holder.session, page, now).await?;
    tx.commit().await?;
    let opened = sealed
        .and_then(|s| desk.keys.try_open(&usage(holder), &s))
        .and_then(|text| serde_json::from_str(&text).ok());
    Ok(opened.map_or(ShownOnce::Gone, ShownOnce::Now))
}

/// Sealed for one session, so that a row that is moved to another one does not open there.
fn usage(holder: &Actor) -> String {
    format!("shown once:{}", holder.session.id)
}
