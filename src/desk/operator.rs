//! What the operator does from the command line: set-up links, help for locked-out people. Also
//! whether the database answers, is a demo's, and fits the instance key.
use super::{Desk, mint};
use crate::desk::history;
use crate::desk::history::{About, By};
use crate::domain::account::Email;
use crate::domain::changes::{self, Field};
use crate::domain::event::What;
use crate::domain::organisation::Slug;
use crate::domain::time::Span;
use crate::domain::{Error, Result, Time};
use crate::store;
use crate::store::account::tokens::{Purpose, Token};

/// How long the set-up link works; a new one is printed at each start until there is an
/// organisation.
const SETUP_LIFE: Span = Span::days(7);

/// A new one-time link's token to create the first organisation; None once there is one. Older
/// ones die.
#[tracing::instrument(name = "operator::setup_token", skip_all)]
pub async fn setup_token(desk: &Desk, now: Time) -> Result<Option<String>> {
    let mut tx = desk.db.begin().await?;
    if store::organisation::organisations::any(&mut tx).await? {
        return Ok(None);
    }
    store::account::tokens::kill_setup(&mut tx).await?;
    let secret = desk.mint.secret();
    let token = Token {
        id: desk.mint.id(now),
        purpose: Purpose::Setup,
        account: None,
        email: None,
        created_at: now,
        expires_at: now + SETUP_LIFE,
        used_at: None,
    };
    store::account::tokens::create(&mut tx, &token, &secret.hash).await?;
    tx.commit().await?;
    Ok(Some(secret.text))
}

/// A token to set a new password for the account with this proven address, to be handed over by
/// the operator.
#[tracing::instrument(name = "operator::operator_reset_token", skip_all)]
pub async fn operator_reset_token(desk: &Desk, email: &Email, now: Time) -> Result<String> {
    let mut tx = desk.db.begin().await?;
    let account = store::account::accounts::find_by_proven_email(&mut tx, email)
        .await?
        .ok_or(Error::NotFound)?;
    store::account::tokens::kill(&mut tx, &account.id, Some(Purpose::Reset)).await?;
    let secret = desk.mint.secret();
    let token = Token {
        id: desk.mint.id(now),
        purpose: Purpose::Reset,
        account: Some(account.id.clone()),
        email: Some(account.email.clone()),
        created_at: now,
        expires_at: now + Span::days(1),
        used_at: None,
    };
    store::account::tokens::create(&mut tx, &token, &secret.hash).await?;
    history::record(
        desk,
        &mut tx,
        By::operator(now),
        What::ResetAsked,
        About::Account(&account.id),
        vec![],
    )
    .await?;
    tx.commit().await?;
    Ok(secret.text)
}

/// Makes the account with this proven address an administrator of the organisation, a member
/// first if need be.
#[tracing::instrument(name = "operator::make_admin", skip_all)]
pub async fn make_admin(desk: &Desk, slug: &Slug, email: &Email, now: Time) -> Result<()> {
    let mut tx = desk.db.begin().await?;
    let organisation = store::organisation::organisations::find_by_slug(&mut tx, slug)
        .await?
        .ok_or(Error::NotFound)?;
    let account = store::account::accounts::find_by_proven_email(&mut tx, email)
        .await?
        .ok_or(Error::NotFound)?;
    let role = store::people::roles::find_administrator(&mut tx, &organisation.id).await?;
    store::people::members::join(&mut tx, &organisation.id, &account, now).await?;
    store::people::roles::give(&mut tx, &organisation.id, &account.id, &role.id, now).await?;
    history::record(
        desk,
        &mut tx,
        By::operator(now),
        What::RoleGiven,
        About::Thing(&organisation.id, account.id.as_str()),
        changes::made([(Field::Role, role.name)]),
    )
    .await?;
    tx.commit().await
}

/// Vouches for an organisation: it may send as many mails as one that is not young.
#[tracing::instrument(name = "operator::vouch", skip_all)]
pub async fn vouch(desk: &Desk, slug: &Slug, now: Time) -> Result<()> {
    let mut tx = desk.db.begin().await?;
    let organisation = store::organisation::organisations::find_by_slug(&mut tx, slug)
        .await?
        .ok_or(Error::NotFound)?;
    store::organisation::organisations::vouch(&mut tx, &organisation.id, now).await?;
    history::record(
        desk,
        &mut tx,
        By::operator(now),
        What::OrganisationChanged,
        About::Organisation(&organisation.id),
        vec![],
    )
    .await?;
    tx.commit().await
}

/// Marks the database as a demo's.
#[tracing::instrument(name = "operator::mark_demo", skip_all)]
pub async fn mark_demo(desk: &Desk) -> Result<()> {
    let mut tx = desk.db.begin().await?;
    store::instance::keep(&mut tx, "demo", "1").await?;
    tx.commit().await
}

/// Whether the database is a demo's, and whether it holds an organisation.
#[tracing::instrument(name = "operator::demo_state", skip_all)]
pub async fn demo_state(desk: &Desk) -> Result<(bool, bool)> {
    let mut conn = desk.db.read().await?;
    Ok((
        store::instance::find(&mut conn, "demo").await?.is_some(),
        store::organisation::organisations::any(&mut conn).await?,
    ))
}

/// Whether the instance key is the one this database was used with; kept at first use.
#[tracing::instrument(name = "operator::check_key", skip_all)]
pub async fn check_key(desk: &Desk) -> Result<bool> {
    const CANARY: &str = "anteroom";
    let found = store::instance::find(&mut *desk.db.read().await?, "key_check").await?;
    if let Some(sealed) = found {
        return Ok(desk.keys.try_open("key_check", &sealed).as_deref() == Some(CANARY));
    }
    let mut tx = desk.db.begin().await?;
    store::instance::keep(&mut tx, "key_check", &desk.keys.seal("key_check", CANARY)?).await?;
    tx.commit().await?;
    Ok(true)
}

/// Asks the database for an answer, for the readiness check.
#[tracing::instrument(name = "operator::ping", skip_all)]
pub async fn ping(desk: &Desk) -> Result<()> {
    store::instance::ping(&mut *desk.db.read().await?).await
}

/// Whether a claimed token has the form of ours at all.
pub fn is_token(text: &str) -> bool {
    mint::hash_of_claimed(text).is_some()
}
