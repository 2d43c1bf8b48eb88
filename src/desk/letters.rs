//! Letters: owing them, making their links when they are sent, and freeing what a crashed server
//! had claimed.
use crate::desk::history::{About, By};
use crate::desk::{Desk, history, letters, mint};
use crate::domain::account::{Account, Email, PROVIDER_WORD};
use crate::domain::delivery::DeliveryOutcome;
use crate::domain::event::What;
use crate::domain::ids::{LetterId, OrganisationId, RequestId};
use crate::domain::notice::{Letter, News, Notice};
use crate::domain::request::ResourceRequest;
use crate::domain::role::Permission;
use crate::domain::time::Span;
use crate::domain::{Error, Result, Time, delivery_failure};
use crate::store::account::tokens::{Purpose, Token};
use crate::store::deliveries::letters::ClaimedLetter;
use crate::store::people::members::LetterReader;
use crate::store::{self, Conn, DatabaseKind, Tx};

/// What letters' secrets are sealed for.
const USAGE: &str = "letter";

/// So many requests a daily letter names.
const NAMED: i64 = 20;

/// What the secrets of links are tags for: made of the link's id, they can be mailed again without
/// being kept.
const LINK: &str = "link";
/// How long a link to set a new password works.
pub const RESET_LIFE: Span = Span::hours(1);

/// How long a link that proves an address at sign-up works.
pub const SIGN_UP_LIFE: Span = Span::days(1);

/// How long a link that proves an account's new address works.
pub const ADDRESS_LIFE: Span = Span::days(1);

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
    store::deliveries::letters::owe(tx, &id, notice, sealed.as_deref(), now).await
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

/// After a crash: what the server before had claimed (deliveries, jobs of many decisions) need not
/// wait until its lease is over. SQLite alone, where there is one server.
#[tracing::instrument(name = "letters::release_leases", skip_all)]
pub async fn release_leases(desk: &Desk) -> Result<()> {
    if desk.db.kind != DatabaseKind::Sqlite {
        return Ok(());
    }
    let mut tx = desk.db.begin().await?;
    store::deliveries::queue::release(&mut tx).await?;
    store::queue::bulk::release_all(&mut tx).await?;
    store::organisation::exports::release(&mut tx).await?;
    tx.commit().await
}

/// The secret of a letter's link; None for a letter without one.
pub fn letter_secret(desk: &Desk, sealed: Option<&str>) -> Result<Option<String>> {
    sealed.map(|s| desk.keys.open(USAGE, s)).transpose()
}

/// A letter that waited for longer than this is looked at once more before it leaves: what it says
/// may not be true any more, and its link may have run out.
const LATE: Span = Span::minutes(5);

/// Makes a letter ready to leave. Its link is made only now, where anybody may ask for one: asking
/// does the same work whether or not the address has an account, and finding out is done here, away
/// from the caller. None: it is ready; else how its delivery ends.
#[tracing::instrument(name = "letters::prepare_letter", skip_all)]
pub async fn prepare_letter(
    desk: &Desk,
    claimed: &mut ClaimedLetter,
    now: Time,
) -> Result<Option<DeliveryOutcome>> {
    if claimed.hold.is_too_late(now) {
        return Ok(Some(DeliveryOutcome::Failed(delivery_failure::TOO_LATE.into())));
    }
    let is_late = now >= claimed.hold.created_at + LATE;
    match (&claimed.letter, claimed.sealed.is_some()) {
        (Letter::PasswordReset, false) => make_link(desk, claimed, Purpose::Reset, now).await,
        (Letter::SignUp, false) => make_link(desk, claimed, Purpose::SignUp, now).await,
        (Letter::RequestsDigest { .. }, _) => fill_digest(desk, claimed).await,
        _ if is_late => look_again(desk, claimed, now).await,
        _ => Ok(None),
    }
}

async fn make_link(
    desk: &Desk,
    claimed: &mut ClaimedLetter,
    purpose: Purpose,
    now: Time,
) -> Result<Option<DeliveryOutcome>> {
    let mut tx = desk.db.begin().await?;
    let since = now - PROVIDER_WORD;
    let account = store::account::accounts::find_reached_by(&mut tx, &claimed.to, since).await?;
    match (purpose, account) {
        (Purpose::SignUp, Some(account)) => {
            // Whoever has an account hears so, in the mailbox that is theirs and nowhere else.
            claimed.letter = Letter::SignUpKnown;
            claimed.language = account.language;
            return Ok(None);
        }
        (Purpose::SignUp, None) => {}
        (_, None) => return Ok(Some(DeliveryOutcome::Dropped)),
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
    let then = now + Span(life(purpose).0 / 4 * 3);
    if let Some(text) = good_link(desk, &mut tx, purpose, &claimed.to, then).await? {
        claimed.sealed = Some(desk.keys.seal(USAGE, &text)?);
        store::deliveries::letters::seal(&mut tx, claimed).await?;
        return tx.commit().await.map(|()| None);
    }
    let token = Token {
        id: desk.mint.id(now),
        purpose,
        account: claimed.account.clone(),
        email: Some(claimed.to.clone()),
        created_at: now,
        expires_at: now + life(purpose),
        used_at: None,
    };
    let text = desk.keys.tag(LINK, token.id.as_str());
    store::account::tokens::create(&mut tx, &token, &mint::hash(&text)).await?;
    claimed.sealed = Some(desk.keys.seal(USAGE, &text)?);
    store::deliveries::letters::seal(&mut tx, claimed).await?;
    tx.commit().await?;
    Ok(None)
}

/// How long a link that was mailed works.
fn life(purpose: Purpose) -> Span {
    match purpose {
        Purpose::Reset => RESET_LIFE,
        Purpose::SignUp => SIGN_UP_LIFE,
        Purpose::Email | Purpose::Setup => ADDRESS_LIFE,
    }
}

/// Writes what is new into a daily letter.
async fn fill_digest(desk: &Desk, claimed: &mut ClaimedLetter) -> Result<Option<DeliveryOutcome>> {
    let (
        Letter::RequestsDigest {
            count,
            requests,
            since,
            until,
            ..
        },
        Some(org),
    ) = (&mut claimed.letter, &claimed.hold.organisation)
    else {
        return Ok(None);
    };
    // One of the version before was written when it was owed.
    if *until == Time::default() {
        return Ok(None);
    }
    let written = write_digest(&mut *desk.db.read().await?, org, (*since, *until)).await?;
    let Some((new, lines)) = written else {
        return Ok(Some(DeliveryOutcome::Overtaken));
    };
    (*count, *requests) = (new, lines);
    Ok(None)
}

/// What a daily letter says when it leaves: what came in its time and still waits; None: nothing.
async fn write_digest(
    conn: &mut Conn,
    org: &OrganisationId,
    (since, until): (Time, Time),
) -> Result<Option<(i64, String)>> {
    let (count, named) = store::requests::list_new(conn, org, since, until, NAMED).await?;
    let line = |one: &store::requests::New| match &one.resource {
        Some(resource) => format!("{} ({}): {resource}", one.name, one.email),
        None => format!("{} ({})", one.name, one.email),
    };
    let mut lines: Vec<String> = named.iter().map(line).collect();
    if count > NAMED {
        lines.push(format!("+{}", count - NAMED));
    }
    Ok((count > 0).then(|| (count, lines.join("\n"))))
}

/// A letter that waited for long: its link gets a full new life, or it is not true any more.
async fn look_again(desk: &Desk, claimed: &mut ClaimedLetter, now: Time) -> Result<Option<DeliveryOutcome>> {
    let mut tx = desk.db.begin().await?;
    let is_true = match &claimed.letter {
        Letter::Invitation { .. } => prolong_invitation(&mut tx, claimed, now).await?,
        Letter::PasswordReset => prolong_link(desk, &mut tx, claimed, Purpose::Reset, now).await?,
        Letter::SignUp => prolong_link(desk, &mut tx, claimed, Purpose::SignUp, now).await?,
        Letter::EmailProof { .. } => prolong_link(desk, &mut tx, claimed, Purpose::Email, now).await?,
        _ => still_true(&mut tx, claimed, now).await?,
    };
    tx.commit().await?;
    Ok((!is_true).then_some(DeliveryOutcome::Overtaken))
}

/// Whether the link is still there, which then works for its whole life from now on.
async fn prolong_link(
    desk: &Desk,
    tx: &mut Tx,
    claimed: &ClaimedLetter,
    purpose: Purpose,
    now: Time,
) -> Result<bool> {
    let Some(secret) = letter_secret(desk, claimed.sealed.as_deref())? else {
        return Ok(true);
    };
    store::account::tokens::prolong(tx, &mint::hash(&secret), now + life(purpose)).await
}

/// Whether the invitation still waits, which then works for as long as its letter says.
async fn prolong_invitation(tx: &mut Tx, claimed: &ClaimedLetter, now: Time) -> Result<bool> {
    let (Letter::Invitation { hours, .. }, Some(org), Some(id)) =
        (&claimed.letter, &claimed.hold.organisation, &claimed.invitation)
    else {
        return Ok(true);
    };
    let invitation = store::people::invitations::find(tx, org, id).await?;
    match invitation.renew(Span::hours(*hours), now) {
        Ok(renewed) => store::people::invitations::update(tx, &renewed)
            .await
            .map(|()| true),
        Err(Error::Refused(_)) => Ok(false),
        Err(e) => Err(e),
    }
}

/// Whether a letter about a request or about access says what is so.
async fn still_true(tx: &mut Tx, claimed: &ClaimedLetter, now: Time) -> Result<bool> {
    let (Some(org), Some(request)) = (&claimed.hold.organisation, &claimed.request) else {
        return Ok(true);
    };
    let asks = match &claimed.letter {
        Letter::RequestSubmitted { .. } | Letter::ContactAsks { .. } => true,
        Letter::Access(access) => match access.news {
            News::Requested | News::Turn | News::Lacking | News::Broken => true,
            News::Waits | News::Reminder | News::Question => true,
            News::Granted | News::Ends => false,
            _ => return Ok(true),
        },
        _ => return Ok(true),
    };
    match store::requests::find(tx, org, request).await {
        Ok(found) if asks => Ok(found.is_open(now)),
        Ok(found) => match found.asked() {
            Some(asked) => has_access(tx, org, asked).await,
            None => Ok(true),
        },
        Err(Error::NotFound) => Ok(false),
        Err(e) => Err(e),
    }
}

/// Whether whoever it was asked for has access now.
async fn has_access(tx: &mut Tx, org: &OrganisationId, asked: &ResourceRequest) -> Result<bool> {
    let live = store::access::grants::find_live(tx, org, &asked.resource, &asked.holder).await?;
    Ok(live.is_some())
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
