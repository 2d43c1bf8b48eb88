//! What the operator does from the command line: set-up links, help for locked-out people. Also
//! whether the database answers, is a demo's, and fits the instance key.
use super::{Caller, Desk, account, history, mint, organisation};
use crate::desk::history::{About, By};
use crate::desk::organisation::organisations::NewOrganisation;
use crate::domain::account::{Account, Email};
use crate::domain::changes::{self, Field};
use crate::domain::error::Faults;
use crate::domain::event::What;
use crate::domain::organisation::{Organisation, Slug};
use crate::domain::time::Span;
use crate::domain::{Error, Result, Time};
use crate::store::account::tokens::{Purpose, Token};
use crate::store::organisation::organisations::OrganisationOverview;
use crate::store::{self, Db, Tx};

/// How long the set-up link works; a start prints the one of before, as long as it works for a day
/// or more, until there is an organisation.
const SETUP_LIFE: Span = Span::days(7);

/// The fact about the instance, and the use of the key, under which the link's token is kept.
const SETUP_LINK: &str = "setup_link";

/// The one-time link's token to create the first organisation; None once there is one. Somebody may
/// have been given the link that was printed before, so that one is not replaced while it works.
#[tracing::instrument(name = "operator::setup_token", skip_all)]
pub async fn setup_token(desk: &Desk, now: Time) -> Result<Option<String>> {
    let mut tx = desk.db.begin().await?;
    if store::organisation::organisations::any(&mut tx).await? {
        return Ok(None);
    }
    if let Some(kept) = kept_setup_token(desk, &mut tx, now).await? {
        return Ok(Some(kept));
    }
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
    let sealed = desk.keys.seal(SETUP_LINK, &secret.text)?;
    store::instance::keep(&mut tx, SETUP_LINK, &sealed).await?;
    tx.commit().await?;
    Ok(Some(secret.text))
}

/// The token that was made at an earlier start, if it works for another day.
async fn kept_setup_token(desk: &Desk, tx: &mut Tx, now: Time) -> Result<Option<String>> {
    let sealed = store::instance::find(tx, SETUP_LINK).await?;
    let text = sealed.and_then(|sealed| desk.keys.try_open(SETUP_LINK, &sealed));
    let Some((hash, text)) = text.and_then(|text| Some((mint::hash_of_claimed(&text)?, text))) else {
        return Ok(None);
    };
    let token = store::account::tokens::find(tx, Purpose::Setup, &hash).await?;
    let works = token.is_some_and(|token| token.open(now + Span::days(1)).is_ok());
    Ok(works.then_some(text))
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

/// All organisations, by their ids.
#[tracing::instrument(name = "operator::list_organisations", skip_all)]
pub async fn list_organisations(desk: &Desk) -> Result<Vec<OrganisationOverview>> {
    store::organisation::organisations::list_all(&mut *desk.db.read().await?).await
}

/// Creates an organisation whose administrator has this address. Who has no account that has proven it gets
/// one, and the operator vouches for the address: the token sets their password.
#[tracing::instrument(name = "operator::create_organisation", skip_all)]
pub async fn create_organisation(
    desk: &Desk,
    plan: &NewOrganisation,
    email: &Email,
    now: Time,
) -> Result<(Slug, Option<String>)> {
    let caller = Caller::clock(now);
    let mut faults = Faults::default();
    let organisation = organisation::organisations::check(desk, plan, &caller, &mut faults);
    let organisation = Organisation {
        admin_contact: email.to_string(),
        ..faults.done(organisation)?
    };
    let mut tx = desk.db.begin().await?;
    let holder = account::addresses::holder(desk, &mut tx, &caller, email).await?;
    let is_new = holder.is_none();
    let administrator = match holder {
        Some(account) => account,
        None => create_account(desk, &mut tx, &caller, email).await?,
    };
    organisation::organisations::found(desk, &mut tx, &organisation, &administrator, now).await?;
    store::organisation::organisations::vouch(&mut tx, &organisation.id, now).await?;
    tx.commit().await?;
    let token = match is_new {
        true => Some(operator_reset_token(desk, email, now).await?),
        false => None,
    };
    Ok((organisation.slug, token))
}

async fn create_account(desk: &Desk, tx: &mut Tx, caller: &Caller, email: &Email) -> Result<Account> {
    let name = email.as_str().split('@').next().unwrap_or_default().to_owned();
    let account = account::accounts::new_account(desk, caller, email.clone(), name, Some(caller.now), None);
    store::account::accounts::create(tx, &account).await?;
    history::record(
        desk,
        tx,
        By::operator(caller.now),
        What::AccountCreated,
        About::Account(&account.id),
        vec![],
    )
    .await?;
    Ok(account)
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

/// Whether nobody has used this database yet: no key belongs to it, and no organisation is in it.
pub async fn is_unused(db: &Db) -> Result<bool> {
    let mut conn = db.read().await?;
    Ok(store::instance::find(&mut conn, KEY_CHECK).await?.is_none()
        && !store::organisation::organisations::any(&mut conn).await?)
}

/// Whether an instance key belongs to this database.
pub async fn has_key(db: &Db) -> Result<bool> {
    let found = store::instance::find(&mut *db.read().await?, KEY_CHECK).await?;
    Ok(found.is_some())
}

/// The fact about the instance that only its key opens.
const KEY_CHECK: &str = "key_check";

/// Whether the instance key is the one this database was used with; kept at first use.
#[tracing::instrument(name = "operator::check_key", skip_all)]
pub async fn check_key(desk: &Desk) -> Result<bool> {
    const CANARY: &str = "anteroom";
    let found = store::instance::find(&mut *desk.db.read().await?, KEY_CHECK).await?;
    if let Some(sealed) = found {
        return Ok(desk.keys.try_open(KEY_CHECK, &sealed).as_deref() == Some(CANARY));
    }
    let mut tx = desk.db.begin().await?;
    store::instance::keep(&mut tx, KEY_CHECK, &desk.keys.seal(KEY_CHECK, CANARY)?).await?;
    tx.commit().await?;
    Ok(true)
}

/// Asks the database for an answer, for the readiness check.
#[tracing::instrument(name = "operator::ping", skip_all)]
pub async fn ping(desk: &Desk) -> Result<()> {
    store::instance::ping(&desk.db).await
}

/// Whether a claimed token has the form of ours at all.
pub fn is_token(text: &str) -> bool {
    mint::hash_of_claimed(text).is_some()
}
