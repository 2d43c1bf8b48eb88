//! Limits on how often something may be tried, counted in the database so that a restart forgets nothing.
use super::Desk;
use crate::domain::time::Span;
use crate::domain::{Error, Result, Time};
use crate::store::{self, Tx};

/// At most `most` tries in each `window`.
pub struct Limit {
    pub name: &'static str,
    pub most: i64,
    pub window: Span,
}

/// Wrong passwords from one place for one address. Bound to the place, so that nobody can lock another person out.
pub const SIGN_IN: Limit = Limit { name: "signin", most: 10, window: Span::minutes(15) };
/// Sign-ins from one place, whoever for.
pub const SIGN_IN_PLACE: Limit = Limit { name: "signin-place", most: 100, window: Span::minutes(15) };
/// Codes of the second factor for one account.
pub const FACTOR: Limit = Limit { name: "factor", most: 10, window: Span::minutes(15) };
/// Letters with a link to one address that anybody can ask for.
pub const LETTERS: Limit = Limit { name: "letters", most: 3, window: Span::days(1) };
/// Letters asked for from one place.
pub const LETTERS_PLACE: Limit = Limit { name: "letters-place", most: 20, window: Span::hours(1) };
/// Requests submitted by one account.
pub const REQUESTS: Limit = Limit { name: "requests", most: 20, window: Span::days(1) };

/// Organisations created by one account.
pub const ORGANISATIONS: Limit = Limit { name: "organisations", most: 3, window: Span::days(1) };

impl Desk {
    /// Counts one try; the refusal, if it is one too many. The caller commits either way, so that the count stays.
    pub(crate) async fn try_once(&self, tx: &mut Tx, limit: &Limit, subject: &str, now: Time) -> Result<Option<Error>> {
        let count = store::tries::count(tx, &key(limit, subject), limit.window, now).await?;
        if count > limit.most {
            let wait = limit.window.0 - now.0.rem_euclid(limit.window.0);
            tracing::warn!(limit = limit.name, "a limit was met");
            return Ok(Some(Error::TooManyTries { wait_seconds: (wait / 1000).max(1) }));
        }
        Ok(None)
    }

    /// Forgets the tries, after one succeeded.
    pub(crate) async fn forget_tries(&self, tx: &mut Tx, limit: &Limit, subject: &str) -> Result<()> {
        store::tries::forget(tx, &key(limit, subject)).await
    }
}

fn key(limit: &Limit, subject: &str) -> String {
    format!("{}:{subject}", limit.name)
}
