//! Accounts: signing in with a password, profile, password, and a lost password.
use crate::desk::account::links::LinkPurpose;
use crate::desk::account::reentry::{self, Reentry};
use crate::desk::account::sessions::Begun;
use crate::desk::account::{self, limits};
use crate::desk::faults::broken;
use crate::desk::history::outdated::refuse_outdated;
use crate::desk::history::{About, By};
use crate::desk::letters::tell_account;
use crate::desk::{Actor, Caller, Desk, history, mint, rights};
use crate::domain::account::{Account, Email, Factor, Language, ProvenBy, Theme};
use crate::domain::error::Faults;
use crate::domain::event::What;
use crate::domain::notice::Letter;
use crate::domain::{self, Error, Result, Time, Why};
use crate::store::account::sessions::How;
use crate::store::account::tokens::Purpose;
use crate::store::{self, Tx};

/// What a person chooses about themselves.
pub struct Profile {
    pub name: String,
    pub language: String,
    pub time_zone: String,
    pub theme: String,
    pub keys: bool,
}

/// Signs in with address and password. Unknown address, wrong password and account without
/// password give the same answer for the same work.
#[tracing::instrument(name = "account::accounts::sign_in", skip_all)]
pub async fn sign_in(desk: &Desk, caller: &Caller, email: &str, password: &str) -> Result<Begun> {
    let email = Email::typed(email).map_err(|_| Error::Refused(Why::SignInFailed))?;
    let pair = format!("{}|{}", email.key(), caller.place);
    account::limits::refuse_met(desk, &limits::sign_ins_of_place(desk), &caller.place, caller.now).await?;
    account::limits::refuse_met(desk, &limits::SIGN_IN, &pair, caller.now).await?;
    let account = begin_try(desk, caller, &email, &pair).await?;
    let hash = account.as_ref().and_then(|a| a.password_hash.as_deref());
    let fits = desk.passwords.verify(hash, password).await?;
    let mut tx = desk.db.begin().await?;
    let begun = match account {
        Some(account) if fits => {
            account::limits::forget(desk, &mut tx, &limits::SIGN_IN, &pair).await?;
            let place = limits::sign_ins_of_place(desk);
            account::limits::give_back(desk, &mut tx, &place, &caller.place, caller.now).await?;
            Ok(account::sessions::begin(desk, &mut tx, &account, How::Password, caller).await?)
        }
        account => {
            note_failure(desk, &mut tx, caller, account.as_ref()).await?;
            Err(Error::Refused(Why::SignInFailed))
        }
    };
    tx.commit().await?;
    begun
}

async fn begin_try(desk: &Desk, caller: &Caller, email: &Email, pair: &str) -> Result<Option<Account>> {
    let mut tx = desk.db.begin().await?;
    let place = account::limits::try_once(
        desk,
        &mut tx,
        &limits::sign_ins_of_place(desk),
        &caller.place,
        caller.now,
    )
    .await?;
    let mine = account::limits::try_once(desk, &mut tx, &limits::SIGN_IN, pair, caller.now).await?;
    let account = store::account::accounts::find_by_proven_email(&mut tx, email).await?;
    tx.commit().await?;
    place.or(mine).map_or(Ok(account), Err)
}

/// Writes a failed sign-in into the history, unless so many stand there that one more tells
/// nothing: nobody else's history grows without an end by what strangers do.
async fn note_failure(desk: &Desk, tx: &mut Tx, caller: &Caller, account: Option<&Account>) -> Result<()> {
    let about = account.map_or(About::Nobody, |a| About::Account(&a.id));
    let whose = account.map_or("nobody", |a| a.id.as_str());
    tracing::warn!(
        account = account.map_or("", |a| a.id.as_str()),
        "a sign-in failed"
    );
    if account::limits::try_once(desk, tx, &limits::SIGN_IN_NOTED, whose, caller.now)
        .await?
        .is_some()
    {
        return Ok(());
    }
    history::record(desk, tx, By::caller(caller), What::SignInFailed, about, vec![]).await
}

/// Asks for a link to set a new password. The same is done for every address; the worker finds
/// out whether there is an account.
#[tracing::instrument(name = "account::accounts::ask_reset", skip_all)]
pub async fn ask_reset(desk: &Desk, caller: &Caller, email: &str) -> Result<()> {
    let email = Email::typed(email).map_err(|why| Error::field("email", why))?;
    account::links::owe_link(desk, caller, email, LinkPurpose::Reset, Letter::PasswordReset).await
}

/// Whether a link to set a new password still works.
#[tracing::instrument(name = "account::accounts::look_at_reset", skip_all)]
pub async fn look_at_reset(desk: &Desk, token: &str, now: Time) -> Result<Option<Email>> {
    let hash = mint::hash_of_claimed(token).ok_or(Error::Refused(Why::LinkDead))?;
    let found = store::account::tokens::find(&mut *desk.db.read().await?, Purpose::Reset, &hash).await?;
    let token = found.ok_or(Error::Refused(Why::LinkDead))?;
    token.open(now)?;
    Ok(token.email)
}

/// Sets a new password by a mailed link: all sessions end, all other links die.
#[tracing::instrument(name = "account::accounts::reset_password", skip_all)]
pub async fn reset_password(desk: &Desk, caller: &Caller, token: &str, password: &str) -> Result<()> {
    let hash = mint::hash_of_claimed(token).ok_or(Error::Refused(Why::LinkDead))?;
    let (found, mut account) = {
        let mut conn = desk.db.read().await?;
        let found = store::account::tokens::find(&mut conn, Purpose::Reset, &hash)
            .await?
            .ok_or(Error::Refused(Why::LinkDead))?;
        found.open(caller.now)?;
        let id = found.account.clone().ok_or_else(|| broken())?;
        (found, store::account::accounts::find(&mut conn, &id).await?)
    };
    // The link proves the address that it was mailed to, and only that one.
    if found.email.as_ref().map(Email::key) != Some(account.email.key()) {
        return Err(Error::Refused(Why::LinkDead));
    }
    refuse_guessable(desk, &account, password)
        .await?
        .map_err(|why| Error::field("password", why))?;
    account.password_hash = Some(desk.passwords.hash(password).await?);
    let mut tx = desk.db.begin().await?;
    store::account::accounts::turn(&mut tx, &account.id).await?;
    store::account::tokens::spend(&mut tx, &found.id, caller.now).await?;
    change_password_in(desk, &mut tx, &account, None, caller).await?;
    // The cookie of whatever session the browser holds is thrown away.
    account::sessions::leave(desk, &mut tx, caller).await?;
    tx.commit().await
}

/// Sets a new password for the actor; all other sessions end, and this one's token changes. The
/// current one is asked for however recent the last proof is.
#[tracing::instrument(name = "account::accounts::change_password", skip_all)]
pub async fn change_password<'a>(
    desk: &Desk,
    actor: &Actor,
    current: impl Into<Reentry<'a>>,
    new: &str,
) -> Result<Begun> {
    let (mut account, current) = (actor.account.clone(), current.into());
    if account.password_hash.is_some() && current.password.is_empty() {
        return Err(Error::field("current_password", Why::Missing));
    }
    let proven = reentry::prove(desk, actor, current)
        .await
        .map_err(current_password)?;
    let actor = &proven.carried_by(actor);
    refuse_guessable(desk, &account, new)
        .await?
        .map_err(|why| Error::field("new_password", why))?;
    account.password_hash = Some(desk.passwords.hash(new).await?);
    let mut tx = rights::begin_own(desk, actor).await?;
    let begun = account::sessions::rotate(desk, &mut tx, actor, actor.session.factor_passed).await?;
    change_password_in(desk, &mut tx, &account, Some(&begun), &actor.caller).await?;
    tx.commit().await?;
    Ok(begun)
}

/// Whether the account may have this password: the words of its organisations are its own too.
async fn refuse_guessable(desk: &Desk, account: &Account, password: &str) -> Result<Result<(), Why>> {
    let memberships =
        store::people::members::list_of_account(&mut *desk.db.read().await?, &account.id).await?;
    let mut words = vec![account.email.as_str(), &account.name];
    for member in &memberships {
        words.extend([
            member.slug.as_str(),
            &member.organisation_name,
            &member.customer_number,
        ]);
    }
    Ok(crate::desk::passwords::acceptable(password, &words))
}

/// The form calls the password that one has the current one.
fn current_password(e: Error) -> Error {
    match e {
        Error::Invalid(mut faults) => {
            for fault in faults.iter_mut().filter(|f| f.field == "password") {
                fault.field = "current_password".into();
            }
            Error::Invalid(faults)
        }
        other => other,
    }
}

async fn change_password_in(
    desk: &Desk,
    tx: &mut Tx,
    account: &Account,
    kept: Option<&Begun>,
    caller: &Caller,
) -> Result<()> {
    store::account::accounts::update(tx, account).await?;
    store::account::tokens::kill(tx, &account.id, Some(Purpose::Reset)).await?;
    store::account::identities::withdraw_offers(tx, &account.id).await?;
    store::deliveries::letters::drop_sealed_of_account(tx, &account.id, caller.now).await?;
    let kept = match kept {
        Some(b) => store::account::sessions::find_live(tx, &mint::hash(&b.token), caller.now)
            .await?
            .map(|s| s.id),
        None => None,
    };
    store::account::sessions::end_others(tx, &account.id, kept.as_ref(), caller.now).await?;
    history::record(
        desk,
        tx,
        By::caller(caller).who(Some(&account.id)),
        What::PasswordChanged,
        About::Account(&account.id),
        vec![],
    )
    .await?;
    tell_account(desk, tx, account, Letter::PasswordChanged, caller.now).await
}

#[tracing::instrument(name = "account::accounts::change_profile", skip_all)]
pub async fn change_profile(desk: &Desk, actor: &Actor, profile: &Profile) -> Result<()> {
    let mut faults = Faults::default();
    let name = faults.take("name", domain::account::name(&profile.name));
    let language = faults.take(
        "language",
        Language::from_tag(&profile.language).ok_or(Why::UnknownChoice),
    );
    let zone = faults.take(
        "time_zone",
        profile
            .time_zone
            .parse::<chrono_tz::Tz>()
            .map_err(|_| Why::UnknownTimeZone),
    );
    let theme = faults.take("theme", Theme::parse(&profile.theme).ok_or(Why::UnknownChoice));
    let chosen = (|| Some((name?, language?, zone?, theme?)))();
    let (name, language, zone, theme) = faults.done(chosen)?;
    let mut tx = rights::begin_own(desk, actor).await?;
    let before = store::account::accounts::find(&mut tx, actor.id()).await?;
    refuse_outdated(
        &mut tx,
        actor,
        About::Account(actor.id()),
        &before.profile_facts(),
    )
    .await?;
    let account = Account {
        name,
        language,
        time_zone: zone.name().to_owned(),
        theme,
        keys: profile.keys,
        ..actor.account.clone()
    };
    store::account::accounts::update(&mut tx, &account).await?;
    history::record(
        desk,
        &mut tx,
        actor,
        What::AccountChanged,
        About::Account(actor.id()),
        vec![],
    )
    .await?;
    tx.commit().await
}

/// The time zone of this IANA name, as it is spelled there; None: there is none.
pub fn known_zone(name: &str) -> Option<String> {
    let zone: chrono_tz::Tz = name.parse().ok()?;
    Some(zone.name().to_owned())
}

/// A new account's row; its address counts as proven by its mailbox from `proven_at` on. Its time zone is
/// the browser's, or else the one that others say: the provider, or the organisation.
pub(crate) fn new_account(
    desk: &Desk,
    caller: &Caller,
    email: Email,
    name: String,
    proven_at: Option<Time>,
    zone: Option<&str>,
) -> Account {
    let zone = caller.zone.clone().or_else(|| zone.and_then(known_zone));
    Account {
        id: desk.mint.id(caller.now),
        email,
        email_proven_at: proven_at,
        email_proven_by: ProvenBy::Mailbox,
        name,
        language: caller.language,
        time_zone: zone.unwrap_or_else(|| "UTC".into()),
        theme: Theme::System,
        keys: true,
        password_hash: None,
        factor: Factor::Off,
        created_at: caller.now,
        erases_at: None,
        version: 1,
    }
}
