//! Letters: owing them, making their links when they are sent, and freeing what a crashed server
//! had claimed.
use crate::desk::history::{About, By};
use crate::desk::{Desk, history, letters, mint};
use crate::domain::account::{Account, Email};
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

/// What the secrets of links are tags for: made of the link's id, they can be mailed again without
/// being kept.
const LINK: &str = "link";

/// How long a link to set a new password works.
pub const RESET_LIFE: Span = Span::hours(1);

/// How long a link that proves an address at sign-up works.
pub const SIGN_UP_LIFE: Span = Span::days(1);

/// Owes a letter in the transaction of the change that causes it.
pub(crate) async fn owe(desk: &Desk, tx: &mut Tx, notice: &Notice, now: Time) -> Result<()> {
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
    store::organisation::exports::release(&mut tx).await?;
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
    let account = store::account::accounts::find_by_proven_email(&mut tx, &claimed.to).await?;
    match (purpose, account) {
        (Purpose::SignUp, Some(account)) => {
            // Whoever has an account hears so, in the mailbox that is theirs and nowhere else.
            claimed.letter = Letter::SignUpKnown;
            claimed.language = account.language;
            return Ok(true);
        }
        (Purpose::SignUp, None) => {}
        (_, None) => return Ok(false),
        (_, Some(account)) => {
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
    if let Some(text) = good_link(desk, &mut tx, purpose, &claimed.to, now + Span(life.0 / 4 * 3)).await? {
        claimed.sealed = Some(desk.keys.seal(USAGE, &text)?);
        store::outbox::seal(&mut tx, claimed).await?;
        return tx.commit().await.map(|()| true);
    }
    let token = Token {
        id: desk.mint.id(now),
        purpose,
        account: claimed.account.clone(),
        email: Some(claimed.to.clone()),
        created_at: now,
        expires_at: now + life,
        used_at: None,
    };
    let text = desk.keys.tag(LINK, token.id.as_str());
    store::account::tokens::create(&mut tx, &token, &mint::hash(&text)).await?;
    claimed.sealed = Some(desk.keys.seal(USAGE, &text)?);
    store::outbox::seal(&mut tx, claimed).await?;
    tx.commit().await?;
    Ok(true)
}

/// The secret of a link to this address that still works at `then`. Whoever asks once more, be it a
/// stranger, takes no link from a mailbox: the one that is good for a while yet goes again, and an
/// older one stays until its end.
async fn good_link(
    desk: &Desk,
    tx: &mut Tx,
    purpose: Purpose,
    email: &Email,
    then: Time,
) -> Result<Option<String>> {
    let good = store::account::tokens::find_good(tx, purpose, email, then).await?;
    Ok(good.and_then(|(id, hash)| {
        let text = desk.keys.tag(LINK, id.as_str());
        (mint::hash(&text) == hash).then_some(text)
    }))
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
