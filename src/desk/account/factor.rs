//! The second factor: TOTP (RFC 6238) by `totp-rs`, with ten recovery codes that work once.
use crate::desk::account::codes::USAGE;
use crate::desk::account::codes::{count, matching_step, new_recovery_code, spend, totp};
use crate::desk::account::reentry::{self, FRESH, Reentry};
use crate::desk::account::sessions::Begun;
use crate::desk::account::{self, limits};
use crate::desk::faults::broken;
use crate::desk::history::{About, By};
use crate::desk::{Actor, Desk, history, mint, rights};
use crate::domain::account::{Account, Factor};
use crate::domain::event::What;
use crate::domain::ids::SessionId;
use crate::domain::notice::Letter;
use crate::domain::{Error, Result, Time, Why};
use crate::store::{self, Tx};
use serde::{Deserialize, Serialize};

const RECOVERY_CODES: usize = 10;

/// What the authenticator app must learn.
pub struct Setup {
    /// Base32, for typing in.
    pub secret: String,
    /// `otpauth://` address, for the QR code.
    pub url: String,
}

/// What the secret of a factor is sealed for that is being switched on: it is shown to the session
/// that began, for as long as a proof is recent.
const BEGUN: &str = "totp begun";

/// A secret that the app is to learn.
#[derive(Serialize, Deserialize)]
struct BegunFactor {
    session: SessionId,
    at: Time,
    secret: String,
}

/// Begins to switch the second factor on: makes its secret, which counts for nothing until a
/// code of it was given.
#[tracing::instrument(name = "account::factor::begin", skip_all)]
pub async fn begin<'a>(desk: &Desk, actor: &Actor, again: impl Into<Reentry<'a>>) -> Result<()> {
    if actor.account.factor.is_on() {
        return Err(Error::Refused(Why::FactorAlreadyOn));
    }
    reentry::prove(desk, actor, again.into()).await?;
    let begun = BegunFactor {
        session: actor.session.id.clone(),
        at: actor.now(),
        secret: totp_rs::Secret::from(desk.mint.bytes::<20>().to_vec()).to_base32(),
    };
    let text = serde_json::to_string(&begun).map_err(|_| broken())?;
    let sealed = desk.keys.seal(BEGUN, &text)?;
    let account = Account {
        factor: Factor::Begun { sealed },
        ..actor.account.clone()
    };
    let mut tx = rights::begin_own(desk, actor).await?;
    store::account::accounts::update(&mut tx, &account).await?;
    tx.commit().await
}

/// The secret that this session is switching the factor on with.
fn begun_here(desk: &Desk, actor: &Actor) -> Option<String> {
    let Factor::Begun { sealed } = &actor.account.factor else {
        return None;
    };
    let text = desk.keys.try_open(BEGUN, sealed)?;
    let begun: BegunFactor = serde_json::from_str(&text).ok()?;
    let counts = begun.session == actor.session.id && actor.now() < begun.at + FRESH;
    counts.then_some(begun.secret)
}

/// What to show while this session is switching the second factor on; None when it is not.
pub fn setup(desk: &Desk, actor: &Actor) -> Result<Option<Setup>> {
    let Some(secret) = begun_here(desk, actor) else {
        return Ok(None);
    };
    let url = totp(&secret, &desk.plan.installation, actor.account.email.as_str())?
        .to_url()
        .map_err(|_| broken())?;
    Ok(Some(Setup { secret, url }))
}

/// Switches the second factor on with its first code. The recovery codes are shown now and
/// never again.
#[tracing::instrument(name = "account::factor::confirm", skip_all)]
pub async fn confirm<'a>(
    desk: &Desk,
    actor: &Actor,
    code: &str,
    again: impl Into<Reentry<'a>>,
) -> Result<(Begun, Vec<String>)> {
    let secret = begun_here(desk, actor).ok_or(Error::Refused(Why::FactorNotOn))?;
    let actor = &reentry::prove(desk, actor, again.into()).await?.carried_by(actor);
    count(desk, actor).await?;
    let step = matching_step(&secret, code, actor.now())?.ok_or(Error::field("code", Why::WrongCode))?;
    let sealed = desk.keys.seal(USAGE, &secret)?;
    let account = Account {
        factor: Factor::On {
            sealed,
            last_step: step,
        },
        ..actor.account.clone()
    };
    let mut tx = rights::begin_own(desk, actor).await?;
    store::account::accounts::update(&mut tx, &account).await?;
    let codes = make_codes(desk, &mut tx, actor).await?;
    let begun = account::sessions::rotate(desk, &mut tx, actor, true).await?;
    let kept = store::account::sessions::find_live(&mut tx, &mint::hash(&begun.token), actor.now())
        .await?
        .map(|s| s.id);
    store::account::sessions::end_others(&mut tx, actor.id(), kept.as_ref(), actor.now()).await?;
    changed(desk, &mut tx, actor, true).await?;
    tx.commit().await?;
    Ok((begun, codes))
}

async fn make_codes(desk: &Desk, tx: &mut Tx, actor: &Actor) -> Result<Vec<String>> {
    let made = (0..RECOVERY_CODES).map(|_| new_recovery_code(desk, actor.id()));
    let (codes, hashes): (Vec<String>, Vec<String>) = made.unzip();
    store::account::accounts::replace_recovery_codes(tx, actor.id(), &hashes).await?;
    Ok(codes)
}

/// Makes ten new recovery codes, which are shown now and never again; the former ones work no
/// longer. Needs a recent proof.
#[tracing::instrument(name = "account::factor::renew_codes", skip_all)]
pub async fn renew_codes<'a>(
    desk: &Desk,
    actor: &Actor,
    again: impl Into<Reentry<'a>>,
) -> Result<Vec<String>> {
    if !actor.account.factor.is_on() {
        return Err(Error::Refused(Why::FactorNotOn));
    }
    reentry::prove(desk, actor, again.into()).await?;
    let mut tx = rights::begin_own(desk, actor).await?;
    let current = store::account::accounts::find(&mut tx, actor.id()).await?;
    // Whoever switches it off at this moment waits, or was quicker.
    if !current.factor.is_on() {
        return Err(Error::Refused(Why::FactorNotOn));
    }
    store::account::accounts::update(&mut tx, &current).await?;
    let codes = make_codes(desk, &mut tx, actor).await?;
    let about = About::Account(actor.id());
    history::record(desk, &mut tx, actor, What::CodesRenewed, about, vec![]).await?;
    let letter = Letter::CodesRenewed;
    crate::desk::letters::tell_account(desk, &mut tx, &current, letter, actor.now()).await?;
    tx.commit().await?;
    Ok(codes)
}

/// Switches the second factor off; needs a recent proof and a code, which may be one and the same.
/// Refused while an organisation demands it.
#[tracing::instrument(name = "account::factor::end", skip_all)]
pub async fn end(desk: &Desk, actor: &Actor, password: &str, code: &str) -> Result<()> {
    if demanded(desk, actor).await? {
        return Err(Error::Refused(Why::FactorDemanded));
    }
    let proven = reentry::prove(desk, actor, (password, code).into()).await?;
    if code.is_empty() {
        return Err(Error::field("code", Why::Missing));
    }
    if !proven.by_code {
        count(desk, actor).await?;
    }
    let mut tx = rights::begin_own(desk, actor).await?;
    if !proven.by_code {
        spend(desk, &mut tx, &actor.account, code, actor.now()).await?;
    }
    let current = store::account::accounts::find(&mut tx, actor.id()).await?;
    store::account::accounts::update(
        &mut tx,
        &Account {
            factor: Factor::Off,
            ..current
        },
    )
    .await?;
    store::account::accounts::replace_recovery_codes(&mut tx, actor.id(), &[]).await?;
    changed(desk, &mut tx, actor, false).await?;
    tx.commit().await
}

/// Whether an organisation demands the second factor of this person.
#[tracing::instrument(name = "account::factor::demanded", skip_all)]
pub async fn demanded(desk: &Desk, actor: &Actor) -> Result<bool> {
    let mut conn = desk.db.read().await?;
    for m in store::people::members::list_of_account(&mut conn, actor.id()).await? {
        if m.administers()
            && store::organisation::organisations::find(&mut conn, &m.organisation)
                .await?
                .demands_factor
        {
            return Ok(true);
        }
    }
    Ok(false)
}

/// How many recovery codes are left.
#[tracing::instrument(name = "account::factor::recovery_codes_left", skip_all)]
pub async fn recovery_codes_left(desk: &Desk, actor: &Actor) -> Result<i64> {
    store::account::accounts::count_recovery_codes(&mut *desk.db.read().await?, actor.id()).await
}

/// Shows the second factor at sign-in: a code of the app or a recovery code. The session gets a
/// new token.
#[tracing::instrument(name = "account::factor::pass", skip_all)]
pub async fn pass(desk: &Desk, actor: &Actor, code: &str) -> Result<Begun> {
    if !actor.session.factor_due {
        return Err(Error::Refused(Why::FactorNotOn));
    }
    count(desk, actor).await?;
    let mut tx = rights::begin_own(desk, actor).await?;
    let spent = spend(desk, &mut tx, &actor.account, code, actor.now()).await;
    if let Err(e) = spent {
        history::record(
            desk,
            &mut tx,
            By::caller(&actor.caller),
            What::SignInFailed,
            About::Account(actor.id()),
            vec![],
        )
        .await?;
        tx.commit().await?;
        return Err(e);
    }
    account::limits::forget(desk, &mut tx, &limits::FACTOR, actor.id().as_str()).await?;
    let begun = account::sessions::rotate(desk, &mut tx, actor, true).await?;
    tx.commit().await?;
    Ok(begun)
}

async fn changed(desk: &Desk, tx: &mut Tx, actor: &Actor, on: bool) -> Result<()> {
    let what = if on { What::FactorOn } else { What::FactorOff };
    history::record(desk, tx, actor, what, About::Account(actor.id()), vec![]).await?;
    crate::desk::letters::tell_account(
        desk,
        tx,
        &actor.account,
        Letter::FactorChanged { on },
        actor.now(),
    )
    .await
}
