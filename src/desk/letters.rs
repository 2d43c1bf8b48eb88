//! Owing letters: a notice becomes a row of the outbox, its secret sealed.
use super::{Desk, account_event};
use crate::domain::event::What;
use crate::domain::ids::{LetterId, TokenId};
use crate::domain::notice::{Letter, Notice};
use crate::domain::time::Span;
use crate::domain::{Result, Time};
use crate::store::outbox::Claimed;
use crate::store::tokens::{Purpose, Token};
use crate::store::{self, Tx};

/// What letters' secrets are sealed for.
const USAGE: &str = "letter";
/// How long a link to set a new password works.
pub const RESET_LIFE: Span = Span::hours(1);

impl Desk {
    /// Owes a letter in the transaction of the change that causes it.
    pub(crate) async fn owe(&self, tx: &mut Tx, notice: &Notice, now: Time) -> Result<()> {
        let id: LetterId = self.mint.id(now);
        let sealed = notice.secret.as_deref().map(|s| self.keys.seal(USAGE, s)).transpose()?;
        store::outbox::owe(tx, &id, notice, sealed.as_deref(), now).await
    }

    /// The secret of a letter's link; None for a letter without one.
    pub fn letter_secret(&self, sealed: Option<&str>) -> Result<Option<String>> {
        sealed.map(|s| self.keys.open(USAGE, s)).transpose()
    }

    /// Makes ready a letter whose link is made only now: asking for a new password does the same work whether or not the address has an
    /// account, and finding out is done here, away from the caller. False: there is nobody to write to.
    pub async fn prepare_letter(&self, claimed: &mut Claimed, now: Time) -> Result<bool> {
        if claimed.letter != Letter::PasswordReset || claimed.sealed.is_some() {
            return Ok(true);
        }
        let mut tx = self.db.begin().await?;
        let Some(account) = store::accounts::find_by_proven_email(&mut tx, &claimed.to).await? else {
            return Ok(false);
        };
        store::tokens::kill(&mut tx, &account.id, Some(Purpose::Reset)).await?;
        let secret = self.mint.secret();
        let id: TokenId = self.mint.id(now);
        let token = Token {
            id,
            purpose: Purpose::Reset,
            account: Some(account.id.clone()),
            email: Some(account.email.clone()),
            created_at: now,
            expires_at: now + RESET_LIFE,
            used_at: None,
        };
        store::tokens::create(&mut tx, &token, &secret.hash).await?;
        let sealed = self.keys.seal(USAGE, &secret.text)?;
        store::outbox::seal(&mut tx, claimed, &sealed, account.language, &account.id).await?;
        self.record(&mut tx, now, &account_event(What::ResetAsked, &account.id, None, "")).await?;
        tx.commit().await?;
        claimed.sealed = Some(sealed);
        claimed.to = account.email;
        claimed.language = account.language;
        Ok(true)
    }
}
