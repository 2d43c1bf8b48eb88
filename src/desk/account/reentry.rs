//! Proving anew who one is. What changes how one signs in, or ends an account or a session, asks
//! here for a proof of the last minutes: the whole sign-in, or password and code once more.
use crate::desk::account::{self, limits};
use crate::desk::{Actor, Desk};
use crate::domain::time::Span;
use crate::domain::{Error, Result, Time, Why};
use crate::store;

/// How long a proof of who one is counts for such changes.
pub const FRESH: Span = Span::minutes(10);

/// What the person typed to prove it; empty where nothing was.
#[derive(Clone, Copy, Default)]
pub struct Reentry<'a> {
    pub password: &'a str,
    /// Of the second factor: from the app, or a recovery code.
    pub code: &'a str,
}

impl<'a> From<&'a str> for Reentry<'a> {
    /// The password alone.
    fn from(password: &'a str) -> Self {
        Self { password, code: "" }
    }
}

impl<'a> From<(&'a str, &'a str)> for Reentry<'a> {
    /// Password and code.
    fn from((password, code): (&'a str, &'a str)) -> Self {
        Self { password, code }
    }
}

/// The actor has proven who they are, with everything that their sign-in takes.
pub(crate) struct Proven {
    /// A code of the second factor was shown just now, and is spent.
    pub by_code: bool,
    /// When the whole proof was given.
    at: Time,
}

impl Proven {
    /// The actor, with the proof in their session.
    pub fn carried_by(&self, actor: &Actor) -> Actor {
        let mut carried = actor.clone();
        carried.session.proven_at = self.at;
        carried.session.factor_passed |= self.by_code;
        carried
    }
}

/// Whether the last proof is recent and holds the second factor, if there is one.
pub fn is_recent(actor: &Actor) -> bool {
    let (now, proven_at) = (actor.now(), actor.session.proven_at);
    // A proof of the future comes from a clock that was wrong.
    let in_time = now < proven_at + FRESH && proven_at < now + FRESH;
    in_time && (!actor.account.factor.is_on() || actor.session.factor_passed)
}

/// Whether the password is asked for, as the last proof is not recent.
pub fn asks_password(actor: &Actor) -> bool {
    actor.account.password_hash.is_some() && !is_recent(actor)
}

/// Whether a code of the second factor is asked for with it.
pub fn asks_code(actor: &Actor) -> bool {
    asks_password(actor) && actor.account.factor.is_on()
}

/// Demands a recent proof, or takes what was typed for one. A wrong password is refused even where
/// none was needed. Whoever has no password signs in again with their provider.
pub(crate) async fn prove(desk: &Desk, actor: &Actor, again: Reentry<'_>) -> Result<Proven> {
    let recent = is_recent(actor);
    let hash = actor.account.password_hash.as_deref();
    let before = actor.session.proven_at;
    let nothing = Proven {
        by_code: false,
        at: before,
    };
    match hash {
        None if recent => return Ok(nothing),
        None => return Err(Error::Refused(Why::ConfirmAgain)),
        Some(_) if again.password.is_empty() && recent => return Ok(nothing),
        Some(_) if again.password.is_empty() => return Err(Error::field("password", Why::Missing)),
        Some(_) => {}
    }
    let code_due = actor.account.factor.is_on() && !recent;
    if code_due && again.code.is_empty() {
        return Err(Error::field("code", Why::Missing));
    }
    account::codes::count(desk, actor).await?;
    if !desk.passwords.verify(hash, again.password).await? {
        return Err(Error::field("password", Why::WrongPassword));
    }
    let mut tx = desk.db.begin().await?;
    if code_due {
        account::codes::spend(desk, &mut tx, &actor.account, again.code, actor.now()).await?;
    }
    account::limits::forget(desk, &mut tx, &limits::FACTOR, actor.id().as_str()).await?;
    // A password alone makes no proof last longer where there is a second factor.
    let whole = code_due || !actor.account.factor.is_on();
    if whole {
        store::account::sessions::proven(&mut tx, &actor.session.id, code_due, actor.now()).await?;
    }
    tx.commit().await?;
    Ok(Proven {
        by_code: code_due,
        at: if whole { actor.now() } else { before },
    })
}
