//! The second factor: TOTP (RFC 6238) by `totp-rs`, with ten recovery codes that work once.
use crate::desk::account::codes::USAGE;
use crate::desk::account::codes::{count, matching_step, plain, spend, totp};
use crate::desk::account::sessions::Begun;
use crate::desk::account::{self, limits};
use crate::desk::faults::broken;
use crate::desk::history::{About, By};
use crate::desk::{Actor, Desk, history, mint};
use crate::domain::account::{Account, Factor};
use crate::domain::event::What;
use crate::domain::notice::Letter;
use crate::domain::{Error, Result, Why};
use crate::store::{self, Tx};

const RECOVERY_CODES: usize = 10;

/// What the authenticator app must learn.
pub struct Setup {
    /// Base32, for typing in.
    pub secret: String,
    /// `otpauth://` address, for the QR code.
    pub url: String,
}

/// Begins to switch the second factor on: makes its secret, which counts for nothing until a
/// code of it was given.
#[tracing::instrument(name = "account::factor::begin", skip_all)]
pub async fn begin(desk: &Desk, actor: &Actor, password: &str) -> Result<()> {
    if actor.account.factor.is_on() {
        return Err(Error::Refused(Why::FactorAlreadyOn));
    }
    account::sessions::prove_again(desk, actor, password).await?;
    let secret = totp_rs::Secret::from(desk.mint.bytes::<20>().to_vec()).to_base32();
    let sealed = desk.keys.seal(USAGE, &secret)?;
    let account = Account {
        factor: Factor::Begun { sealed },
        ..actor.account.clone()
    };
    let mut tx = desk.db.begin().await?;
    store::account::accounts::update(&mut tx, &account).await?;
    tx.commit().await
}

/// What to show while the second factor is being switched on; None when it is not.
pub fn setup(desk: &Desk, account: &Account) -> Result<Option<Setup>> {
    let Factor::Begun { sealed } = &account.factor else {
        return Ok(None);
    };
    let secret = desk.keys.open(USAGE, sealed)?;
    let url = totp(&secret, account.email.as_str())?
        .to_url()
        .map_err(|_| broken())?;
    Ok(Some(Setup { secret, url }))
}

/// Switches the second factor on with its first code. The recovery codes are shown now and
/// never again.
#[tracing::instrument(name = "account::factor::confirm", skip_all)]
pub async fn confirm(desk: &Desk, actor: &Actor, code: &str) -> Result<(Begun, Vec<String>)> {
    let Factor::Begun { sealed } = &actor.account.factor else {
        return Err(Error::Refused(Why::FactorNotOn));
    };
    let secret = desk.keys.open(USAGE, sealed)?;
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
    let codes: Vec<String> = (0..RECOVERY_CODES).map(|_| recovery_code(desk.mint)).collect();
    let hashes: Vec<String> = codes.iter().map(|c| mint::hash(&plain(c))).collect();
    let mut tx = desk.db.begin().await?;
    store::account::accounts::update(&mut tx, &account).await?;
    store::account::accounts::replace_recovery_codes(&mut tx, actor.id(), &hashes).await?;
    let begun = account::sessions::rotate(desk, &mut tx, actor, true).await?;
    let kept = store::account::sessions::find_live(&mut tx, &mint::hash(&begun.token), actor.now())
        .await?
        .map(|s| s.id);
    store::account::sessions::end_others(&mut tx, actor.id(), kept.as_ref(), actor.now()).await?;
    changed(desk, &mut tx, actor, true).await?;
    tx.commit().await?;
    Ok((begun, codes))
}

/// Switches the second factor off; needs the password (or a fresh sign-in) and a code. Refused
/// while an organisation demands it.
#[tracing::instrument(name = "account::factor::end", skip_all)]
pub async fn end(desk: &Desk, actor: &Actor, password: &str, code: &str) -> Result<()> {
    if demanded(desk, actor).await? {
        return Err(Error::Refused(Why::FactorDemanded));
    }
    account::sessions::prove_again(desk, actor, password).await?;
    count(desk, actor).await?;
    let mut tx = desk.db.begin().await?;
    spend(desk, &mut tx, &actor.account, code, actor.now()).await?;
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
    let mut tx = desk.db.begin().await?;
    let spent = spend(desk, &mut tx, &actor.account, code, actor.now()).await;
    if let Err(e) = spent {
        drop(tx);
        let mut tx = desk.db.begin().await?;
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

/// Ten letters and digits that are hard to mistake for each other, in two groups: 50 random bits.
fn recovery_code(mint: mint::Mint) -> String {
    const ALPHABET: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz234567890";
    let letters: String = mint
        .bytes::<10>()
        .iter()
        .map(|b| ALPHABET[usize::from(b % 32)] as char)
        .collect();
    format!("{}-{}", &letters[..5], &letters[5..])
}
