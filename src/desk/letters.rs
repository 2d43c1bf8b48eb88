//! Letters: owing them, making their links when they are sent, and freeing what a crashed server
//! had claimed.
use crate::desk::history::{About, By};
use crate::desk::{Desk, history, letters};
use crate::domain::account::{Account, PROVIDER_WORD};
use crate::domain::event::What;
use crate::domain::ids::{LetterId, OrganisationId, RequestId};
use crate::domain::notice::{Letter, Notice};
use crate::domain::role::Permission;
use crate::domain::time::Span;
use crate::domain::{Result, Time};
use crate::store::account::tokens::{Purpose, Token};
use crate::store::outbox::ClaimedLetter;
use crate::store::people::members::LetterReader;
use crate::store::{self, DatabaseKind, Tx};

/// What letters' secrets are sealed for.
const USAGE: &str = "letter";

/// How long a link to set a new password works.
pub const RESET_LIFE: Span = Span::hours(1);

/// How long a link that proves an address at sign-up works.
pub const SIGN_UP_LIFE: Span = Span::days(1);

/// Owes a letter in the transaction of the change that causes it. An account's own address hears
/// nothing while nobody proves that it is: another person may read that mailbox by now.
pub(crate) async fn owe(desk: &Desk, tx: &mut Tx, notice: &Notice, now: Time) -> Result<()> {
    if notice.secret.is_none()
        && let Some(account) = &notice.account
        && !store::account::accounts::may_be_told(tx, account, &notice.to).await?
    {
        return Ok(());
    }
    let id: LetterId = desk.mint.id(now);
    let sealed = notice
        .secret
        .as_deref()
        .map(|s| desk.keys.seal(USAGE, s))
        .transpose()?;
    store::outbox::owe(tx, &id, notice, sealed.as_deref(), now).await
}

/// Owes everybody who holds the permission in the organisation a letter. `request`: what it is
/// about.
pub(crate) async fn tell_holders(
    desk: &Desk,
    tx: &mut Tx,
    org: &OrganisationId,
    permission: Permission,
    request: Option<&RequestId>,
    letter: &Letter,
    now: Time,
) -> Result<()> {
    let readers = store::people::members::list_holders(tx, org, permission).await?;
    tell_readers(desk, tx, org, readers, request, letter, now).await
}

/// Owes each of these members a letter.
pub(crate) async fn tell_readers(
    desk: &Desk,
    tx: &mut Tx,
    org: &OrganisationId,
    readers: Vec<LetterReader>,
    request: Option<&RequestId>,
    letter: &Letter,
    now: Time,
) -> Result<()> {
    for reader in readers {
        let notice = Notice {
            account: Some(reader.account),
            organisation: Some(org.clone()),
            request: request.cloned(),
            ..Notice::new(reader.email, reader.language, letter.clone())
        };
        owe(desk, tx, &notice, now).await?;
    }
    Ok(())
}

/// After a crash: what the server before had claimed (letters, calls of hooks, jobs) need not
/// wait until its lease is over. SQLite alone, where there is one server.
#[tracing::instrument(name = "letters::release_leases", skip_all)]
pub async fn release_leases(desk: &Desk) -> Result<()> {
    if desk.db.kind != DatabaseKind::Sqlite {
        return Ok(());
    }
    let mut tx = desk.db.begin().await?;
    store::outbox::release(&mut tx).await?;
    store::access::provisioning::release(&mut tx).await?;
    store::queue::bulk::release_all(&mut tx).await?;
    store::chat::sends::release(&mut tx).await?;
    tx.commit().await
}

/// The secret of a letter's link; None for a letter without one.
pub fn letter_secret(desk: &Desk, sealed: Option<&str>) -> Result<Option<String>> {
    sealed.map(|s| desk.keys.open(USAGE, s)).transpose()
}

/// Makes ready a letter whose link is made only now: asking for one does the same work whether
/// or not the address has an account, and finding out is done here, away from the caller.
/// False: there is nobody to write to.
#[tracing::instrument(name = "letters::prepare_letter", skip_all)]
pub async fn prepare_letter(desk: &Desk, claimed: &mut ClaimedLetter, now: Time) -> Result<bool> {
    let (purpose, life) = match claimed.letter {
        Letter::PasswordReset => (Purpose::Reset, RESET_LIFE),
        Letter::SignUp => (Purpose::SignUp, SIGN_UP_LIFE),
        _ => return Ok(true),
    };
    if claimed.sealed.is_some() {
        return Ok(true);
    }
    let mut tx = desk.db.begin().await?;
    let since = now - PROVIDER_WORD;
    let account = store::account::accounts::find_reached_by(&mut tx, &claimed.to, since).await?;
    match (purpose, account) {
        (Purpose::SignUp, Some(account)) => {
            // Whoever has an account hears so, in the mailbox that is theirs and nowhere else.
            claimed.letter = Letter::SignUpKnown;
            claimed.language = account.language;
            return Ok(true);
        }
        (Purpose::SignUp, None) => {
            store::account::tokens::kill_of_address(&mut tx, &claimed.to, purpose).await?
        }
        (_, None) => return Ok(false),
        (_, Some(account)) => {
            store::account::tokens::kill(&mut tx, &account.id, Some(purpose)).await?;
            history::record(
                desk,
                &mut tx,
                By::clock(now),
                What::ResetAsked,
                About::Account(&account.id),
                vec![],
            )
            .await?;
            claimed.to = account.email.clone();
            claimed.language = account.language;
            claimed.account = Some(account.id);
        }
    }
    let secret = desk.mint.secret();
    let token = Token {
        id: desk.mint.id(now),
        purpose,
        account: claimed.account.clone(),
        email: Some(claimed.to.clone()),
        created_at: now,
        expires_at: now + life,
        used_at: None,
    };
    store::account::tokens::create(&mut tx, &token, &secret.hash).await?;
    claimed.sealed = Some(desk.keys.seal(USAGE, &secret.text)?);
    store::outbox::seal(&mut tx, claimed).await?;
    tx.commit().await?;
    Ok(true)
}

/// Owes the account a letter about itself.
pub(crate) async fn tell_account(
    desk: &Desk,
    tx: &mut Tx,
    account: &Account,
    letter: Letter,
    now: Time,
) -> Result<()> {
    let notice = Notice {
        account: Some(account.id.clone()),
        ..Notice::new(account.email.clone(), account.language, letter)
    };
    letters::owe(desk, tx, &notice, now).await
}
