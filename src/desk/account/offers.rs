//! Somebody came in by a provider whose address an account here has already. They link the two with
//! a proof: they sign in to the account by its own means, or open a link that is mailed to the
//! address, in the browser that they came with.
use crate::desk::account::providers::{self, Person};
use crate::desk::account::reentry;
use crate::desk::account::sessions::Begun;
use crate::desk::account::{self, limits};
use crate::desk::faults::broken;
use crate::desk::{Actor, Caller, Desk, letters, mint, rights};
use crate::domain::account::{Account, Email, PROVIDER_WORD};
use crate::domain::notice::{Letter, Notice};
use crate::domain::time::Span;
use crate::domain::{Error, Result, Time, Why};
use crate::store;
use crate::store::account::sessions::How;
use serde::{Deserialize, Serialize};

const USAGE: &str = "identity offer";
/// How long one has for the proof.
pub const LIFE: Span = Span::minutes(30);

/// Whom a provider vouched for in this browser, and what they were about to do.
#[derive(Clone, Serialize, Deserialize)]
pub struct IdentityOffer {
    pub person: Person,
    /// Where they were to arrive, a path of this site.
    pub back: String,
    at: Time,
}

impl IdentityOffer {
    /// The address that both have.
    pub fn email(&self) -> Result<Email> {
        self.person.vouched().ok_or(Error::Refused(Why::AttemptGone))
    }
}

/// Seals it for the browser that the person came with.
pub fn seal(desk: &Desk, person: &Person, back: &str, now: Time) -> Result<String> {
    let offer = IdentityOffer {
        // A cookie holds little.
        person: Person {
            name: None,
            ..person.clone()
        },
        back: back.to_owned(),
        at: now,
    };
    let text = serde_json::to_string(&offer).map_err(|_| broken())?;
    desk.keys.seal(USAGE, &text)
}

/// What this browser holds, if its time is not over.
pub fn open(desk: &Desk, sealed: Option<&str>, now: Time) -> Result<IdentityOffer> {
    let text = sealed.and_then(|s| desk.keys.try_open(USAGE, s));
    let offer: Option<IdentityOffer> = text.and_then(|t| serde_json::from_str(&t).ok());
    let open = offer.filter(|o| now < o.at + LIFE && o.at < now + LIFE);
    open.ok_or(Error::Refused(Why::AttemptGone))
}

/// Whether the actor is the one whose address it is.
pub fn is_holder(offer: &IdentityOffer, account: &Account) -> bool {
    let email = offer.person.vouched();
    account.email_proven_at.is_some() && email.is_some_and(|e| e.key() == account.email.key())
}

/// Links the identity to the actor's account, who has just signed in to it with all that takes.
#[tracing::instrument(name = "account::offers::accept", skip_all)]
pub async fn accept(desk: &Desk, actor: &Actor, offer: &IdentityOffer) -> Result<()> {
    if !reentry::is_recent(actor) {
        return Err(Error::Refused(Why::ConfirmAgain));
    }
    let mut tx = rights::begin_own(desk, actor).await?;
    let (issuer, subject) = offer.person.key();
    let linked = store::account::identities::find_account(&mut tx, issuer, subject).await?;
    if linked.as_ref() == Some(actor.id()) {
        return Ok(());
    }
    let account = store::account::accounts::find(&mut tx, actor.id()).await?;
    if !is_holder(offer, &account) {
        return Err(Error::Refused(Why::OtherAccount));
    }
    providers::link(desk, &mut tx, &actor.caller, &offer.person, &account).await?;
    tx.commit().await
}

/// Mails a link to the address. It works in this browser alone, and only for this identity. Where
/// the provider knows the holder as somebody else, the mailbox has passed on and proves nothing: no
/// letter goes.
#[tracing::instrument(name = "account::offers::mail", skip_all)]
pub async fn mail(desk: &Desk, caller: &Caller, offer: &IdentityOffer) -> Result<()> {
    let (email, now) = (offer.email()?, caller.now);
    let mut tx = desk.db.begin().await?;
    let place = limits::try_once(desk, &mut tx, &limits::letters_of_place(desk), &caller.place, now).await?;
    let mine = limits::try_once(desk, &mut tx, &limits::LETTERS, &email.key(), now).await?;
    let since = now - PROVIDER_WORD;
    let holder = store::account::accounts::find_reached_by(&mut tx, &email, since).await?;
    if let Some(holder) = holder
        && place.is_none()
        && mine.is_none()
        && !is_known_otherwise(&mut tx, &holder, &offer.person).await?
    {
        let secret = desk.mint.secret();
        let identity = offer.person.key();
        store::account::identities::offer(&mut tx, identity, &holder.id, &secret.hash, now + LIFE).await?;
        let letter = Letter::LinkProof {
            way: desk.plan.provider_label(&offer.person.provider).to_owned(),
        };
        let notice = Notice {
            account: Some(holder.id.clone()),
            secret: Some(secret.text),
            ..Notice::new(holder.email, holder.language, letter)
        };
        letters::owe(desk, &mut tx, &notice, now).await?;
    }
    tx.commit().await?;
    place.map_or(Ok(()), Err)
}

async fn is_known_otherwise(conn: &mut store::Conn, holder: &Account, person: &Person) -> Result<bool> {
    let all = store::account::identities::list_of_account(conn, &holder.id).await?;
    Ok(all.iter().any(|i| i.issuer == person.issuer))
}

/// The account that the mailed link leads to, in the browser that asked for it.
#[tracing::instrument(name = "account::offers::look", skip_all)]
pub async fn look(desk: &Desk, token: &str, offer: &IdentityOffer, now: Time) -> Result<Account> {
    let hash = mint::hash_of_claimed(token).ok_or(Error::Refused(Why::LinkDead))?;
    let mut conn = desk.db.read().await?;
    let identity = offer.person.key();
    let id = store::account::identities::find_offer(&mut conn, identity, &hash, now).await?;
    let account =
        store::account::accounts::find(&mut conn, &id.ok_or(Error::Refused(Why::LinkDead))?).await?;
    if is_holder(offer, &account) {
        Ok(account)
    } else {
        Err(Error::Refused(Why::LinkDead))
    }
}

/// Links the identity to the account whose mailbox the link was mailed to, and signs in.
#[tracing::instrument(name = "account::offers::accept_by_mail", skip_all)]
pub async fn accept_by_mail(
    desk: &Desk,
    caller: &Caller,
    token: &str,
    offer: &IdentityOffer,
) -> Result<Begun> {
    let found = look(desk, token, offer, caller.now).await?;
    let mut tx = desk.db.begin().await?;
    let used = |e| {
        if e == Error::Stale {
            Error::Refused(Why::LinkUsed)
        } else {
            e
        }
    };
    store::account::identities::spend_offer(&mut tx, offer.person.key(), &mint::hash(token))
        .await
        .map_err(used)?;
    let account = store::account::accounts::find(&mut tx, &found.id).await?;
    if !is_holder(offer, &account) || is_known_otherwise(&mut tx, &account, &offer.person).await? {
        return Err(Error::Refused(Why::LinkDead));
    }
    providers::link(desk, &mut tx, caller, &offer.person, &account).await?;
    let begun = account::sessions::begin(desk, &mut tx, &account, How::Provider, caller).await?;
    tx.commit().await?;
    Ok(begun)
}
