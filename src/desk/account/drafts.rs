//! Drafts of failed forms: kept for the browser and the session that typed them, sealed, for
//! minutes.
use crate::desk::faults::broken;
use crate::desk::{Desk, mint};
use crate::domain::draft::{Draft, LIFE};
use crate::domain::ids::SessionId;
use crate::domain::{Result, Time};
use crate::store;

const USAGE: &str = "draft";

/// Keeps what a failed form held, for this page in this browser, and in this session if there is
/// one.
#[tracing::instrument(name = "account::drafts::keep", skip_all)]
pub async fn keep(
    desk: &Desk,
    browser: &str,
    session: Option<&SessionId>,
    page: &str,
    draft: &Draft,
    now: Time,
) -> Result<()> {
    let text = serde_json::to_string(draft).map_err(|_| broken())?;
    let sealed = desk.keys.seal(USAGE, &text)?;
    let mut tx = desk.db.begin().await?;
    store::account::drafts::keep(&mut tx, &owner(browser, session), page, &sealed, now + LIFE).await?;
    tx.commit().await
}

/// The draft kept for this page in this browser and session, if there is one.
#[tracing::instrument(name = "account::drafts::find", skip_all)]
pub async fn find(
    desk: &Desk,
    browser: &str,
    session: Option<&SessionId>,
    page: &str,
    now: Time,
) -> Result<Option<Draft>> {
    if mint::hash_of_claimed(browser).is_none() {
        return Ok(None);
    }
    let owner = owner(browser, session);
    let sealed = store::account::drafts::find(&mut *desk.db.read().await?, &owner, page, now).await?;
    Ok(sealed
        .and_then(|s| desk.keys.try_open(USAGE, &s))
        .and_then(|text| serde_json::from_str(&text).ok()))
}

/// Whose a draft is: what somebody signed in typed is nothing to the next one at the same browser.
fn owner(browser: &str, session: Option<&SessionId>) -> String {
    mint::hash(&format!("{browser}|{}", session.map_or("", SessionId::as_str)))
}
