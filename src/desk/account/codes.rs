//! Codes of the second factor: counted, and spent once. Recovery codes are stored as keyed hashes,
//! which nobody can look for without the instance key.
use crate::desk::account::{self, limits};
use crate::desk::faults::broken;
use crate::desk::{Actor, Desk, mint};
use crate::domain::account::{Account, Factor};
use crate::domain::ids::AccountId;
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
            let plainly = mint::hash(&plain(code));
            let keyed = keyed(desk, &account.id, &plainly);
            store::account::accounts::spend_recovery_code(tx, &account.id, &[keyed, plainly], now).await
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

/// `issuer`: what the app calls this installation.
pub(crate) fn totp(secret: &str, issuer: &str, account: &str) -> Result<Totp> {
    let secret = totp_rs::Secret::try_from_base32(secret).map_err(|_| broken())?;
    Builder::new()
        .with_secret(secret)
        .with_account_name(account)
        .with_issuer(Some(issuer))
        .build()
        .map_err(|_| broken())
}

pub(crate) fn matching_step(secret: &str, code: &str, now: Time) -> Result<Option<i64>> {
    let digits: String = code.chars().filter(|c| !c.is_whitespace()).collect();
    if digits.len() != 6 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Ok(None);
    }
    let step = totp(secret, "", "")?.check(&digits, u64::try_from(now.0 / 1000).unwrap_or(0));
    Ok(step.and_then(|s| i64::try_from(s).ok()))
}

/// What is stored of a recovery code: a tag of its hash, made with the instance key, and another
/// one for each account. `plainly`: the hash alone, which is what earlier versions stored.
fn keyed(desk: &Desk, account: &AccountId, plainly: &str) -> String {
    desk.keys.tag("recovery code", &format!("{account}:{plainly}"))
}

/// A new recovery code for this account, and what is stored of it. Sixteen letters and digits that
/// are hard to mistake for each other, in four groups: 80 random bits.
pub(crate) fn new_recovery_code(desk: &Desk, account: &AccountId) -> (String, String) {
    const ALPHABET: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz234567890";
    let letters: String = desk
        .mint
        .bytes::<16>()
        .iter()
        .map(|b| ALPHABET[usize::from(b % 32)] as char)
        .collect();
    let stored = keyed(desk, account, &mint::hash(&letters));
    let groups: Vec<&str> = (0..4).map(|n| &letters[n * 4..n * 4 + 4]).collect();
    (groups.join("-"), stored)
}

/// Gives recovery codes of earlier versions, of which a hash without a key is stored, a keyed one;
/// they go on working. How many these were.
#[tracing::instrument(name = "account::codes::harden", skip_all)]
pub async fn harden(desk: &Desk) -> Result<usize> {
    let mut all = 0;
    loop {
        let mut tx = desk.db.begin().await?;
        let old = store::account::accounts::list_plain_recovery_codes(&mut tx).await?;
        for (account, plainly) in &old {
            let keyed = keyed(desk, account, plainly);
            store::account::accounts::rehash_recovery_code(&mut tx, account, plainly, &keyed).await?;
        }
        tx.commit().await?;
        if old.is_empty() {
            return Ok(all);
        }
        all += old.len();
    }
}

/// A recovery code as typed, without what people add.
pub(crate) fn plain(code: &str) -> String {
    code.chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_lowercase())
        .collect()
}
