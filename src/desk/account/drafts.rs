//! Drafts of failed forms, sealed, for minutes: of those who are signed in kept for the browser and
//! the session that typed them; of strangers carried by that browser itself, so that they make
//! nothing grow.
use crate::desk::account::limits;
use crate::desk::faults::broken;
use crate::desk::{Actor, Desk, mint};
use crate::domain::draft::{Draft, LIFE};
use crate::domain::ids::SessionId;
use crate::domain::{Result, Time};
use crate::store;
use serde::{Deserialize, Serialize};

const USAGE: &str = "draft";
const CARRIED: &str = "carried-draft";

/// The longest text that browsers take as a cookie, with room for its name.
const LONGEST: usize = 3600;

/// A draft on its way, for one page.
#[derive(Serialize, Deserialize)]
struct CarriedDraft {
    page: String,
    until: Time,
    draft: Draft,
}

/// The draft as a cookie's value. What was typed is left out where it is too long for one; None:
/// the rest is too.
pub fn carry(desk: &Desk, page: &str, draft: Draft, now: Time) -> Result<Option<String>> {
    let mut carried = CarriedDraft {
        page: page.to_owned(),
        until: now + LIFE,
        draft,
    };
    for _ in 0..2 {
        let text = serde_json::to_string(&carried).map_err(|_| broken())?;
        let sealed = desk.keys.seal(CARRIED, &text)?;
        if sealed.len() <= LONGEST {
            return Ok(Some(sealed));
        }
        carried.draft.fields.clear();
    }
    Ok(None)
}

/// The draft that a browser carries for this page.
pub fn carried(desk: &Desk, page: &str, sealed: &str, now: Time) -> Option<Draft> {
    let text = desk.keys.try_open(CARRIED, sealed)?;
    let carried: CarriedDraft = serde_json::from_str(&text).ok()?;
    (carried.page == page && carried.until > now).then_some(carried.draft)
}

/// Keeps what a failed form held, for this page in this browser, and in this session if there is
/// one.
#[tracing::instrument(name = "account::drafts::keep", skip_all)]
pub async fn keep(
    desk: &Desk,
    actor: &Actor,
    browser: &str,
    page: &str,
    draft: &Draft,
    now: Time,
) -> Result<()> {
    limits::refuse_met(desk, &limits::DRAFTS, actor.id().as_str(), now).await?;
    let text = serde_json::to_string(draft).map_err(|_| broken())?;
    let sealed = desk.keys.seal(USAGE, &text)?;
    let mut tx = desk.db.begin().await?;
    limits::try_once(desk, &mut tx, &limits::DRAFTS, actor.id().as_str(), now).await?;
    let owner = owner(browser, &actor.session.id);
    store::account::drafts::keep(&mut tx, &owner, page, &sealed, now + LIFE).await?;
    tx.commit().await
}

/// The draft kept for this page in this browser and the actor's session, if there is one.
#[tracing::instrument(name = "account::drafts::find", skip_all)]
pub async fn find(desk: &Desk, actor: &Actor, browser: &str, page: &str, now: Time) -> Result<Option<Draft>> {
    if mint::hash_of_claimed(browser).is_none() {
        return Ok(None);
    }
    let owner = owner(browser, &actor.session.id);
    let sealed = store::account::drafts::find(&mut *desk.db.read().await?, &owner, page, now).await?;
    Ok(sealed
        .and_then(|s| desk.keys.try_open(USAGE, &s))
        .and_then(|text| serde_json::from_str(&text).ok()))
}

/// Whose a draft is: what somebody signed in typed is nothing to the next one at the same browser.
fn owner(browser: &str, session: &SessionId) -> String {
    mint::hash(&format!("{browser}|{session}"))
}
