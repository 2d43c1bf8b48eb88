//! Codes of the second factor: counted, and spent once.
use crate::desk::account::{self, limits};
use crate::desk::faults::broken;
use crate::desk::{Actor, Desk, mint};
use crate::domain::account::{Account, Factor};
use crate::domain::{Error, Result, Time, Why};
use crate::store::{self, Tx};
use totp_rs::{Builder, Totp};

/// What second factors' secrets are sealed for.
pub(crate) const USAGE: &str = "totp";

/// Counts a password or a code that the actor is about to show.
pub(crate) async fn count(desk: &Desk, actor: &Actor) -> Result<()> {
    let mut tx = desk.db.begin().await?;
    let counted =
        account::limits::try_once(desk, &mut tx, &limits::FACTOR, actor.id().as_str(), actor.now()).await?;
    tx.commit().await?;
    counted.map_or(Ok(()), Err)
}

/// Uses up a code of the app (each step once) or a recovery code (each once).
pub(crate) async fn spend(desk: &Desk, tx: &mut Tx, account: &Account, code: &str, now: Time) -> Result<()> {
    let Factor::On { sealed, .. } = &account.factor else {
        return Err(Error::Refused(Why::FactorNotOn));
    };
    let spent = match matching_step(&desk.keys.open(USAGE, sealed)?, code, now)? {
        Some(step) => store::account::accounts::spend_factor_step(tx, &account.id, step).await,
        None => {
            store::account::accounts::spend_recovery_code(tx, &account.id, &mint::hash(&plain(code)), now)
                .await
        }
    };
    spent.map_err(|e| {
        if e == Error::Refused(Why::WrongCode) {
            Error::field("code", Why::WrongCode)
        } else {
            e
        }
    })
}

pub(crate) fn totp(secret: &str, account: &str) -> Result<Totp> {
    let secret = totp_rs::Secret::try_from_base32(secret).map_err(|_| broken())?;
    Builder::new()
        .with_secret(secret)
        .with_account_name(account)
        .with_issuer(Some("Anteroom"))
        .build()
        .map_err(|_| broken())
}

pub(crate) fn matching_step(secret: &str, code: &str, now: Time) -> Result<Option<i64>> {
    let digits: String = code.chars().filter(|c| !c.is_whitespace()).collect();
    if digits.len() != 6 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Ok(None);
    }
    let step = totp(secret, "")?.check(&digits, u64::try_from(now.0 / 1000).unwrap_or(0));
    Ok(step.and_then(|s| i64::try_from(s).ok()))
}

/// A recovery code as typed, without what people add.
pub(crate) fn plain(code: &str) -> String {
    code.chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_lowercase())
        .collect()
}
