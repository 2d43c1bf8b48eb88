//! Signing in with a provider: what it vouches for becomes an account. Identity is (issuer,
//! subject), never the address; what is said of the address is compared at each sign-in.
use crate::desk::account::reentry::{self, Reentry};
use crate::desk::account::sessions::Begun;
use crate::desk::history::{About, By};
use crate::desk::letters::tell_account;
use crate::desk::{Actor, Caller, Desk, account, history, rights};
use crate::domain::account::{Account, Email, PROVIDER_WORD, ProvenBy};
use crate::domain::changes::{self, Field};
use crate::domain::event::What;
use crate::domain::notice::Letter;
use crate::domain::{self, Error, Result, Why, text};
use crate::store::account::identities::Identity;
use crate::store::account::sessions::How;
use crate::store::{self, Tx};
use serde::{Deserialize, Serialize};

/// Whom a provider vouches for, its signature and claims checked by the edge. The identity is
/// (issuer, subject), never the address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// The provider's id in the configuration.
    pub provider: String,
    /// `iss`: one of the provider's allowed issuers.
    pub issuer: String,
    /// `sub`: 1 to 255 bytes, no control characters; compared byte for byte.
    pub subject: String,
    /// At most 254 bytes, without spaces and control characters; otherwise as the provider spells
    /// it.
    pub email: Option<String>,
    /// The provider itself says that it has proven that very address.
    pub email_verified: bool,
    /// At most 200 characters on one line.
    pub name: Option<String>,
    /// The person's organisation there, at most 200 characters; for Webex its uuid.
    pub organisation: Option<String>,
    /// Their time zone as the provider says it (`zoneinfo`); any text.
    #[serde(default)]
    pub zone: Option<String>,
}

impl Person {
    fn address(&self) -> Option<Email> {
        self.email.as_deref().and_then(|e| Email::parse(e).ok())
    }

    /// The address that the provider vouches for.
    pub fn vouched(&self) -> Option<Email> {
        self.address().filter(|_| self.email_verified)
    }

    pub(crate) fn key(&self) -> (&str, &str) {
        (&self.issuer, &self.subject)
    }

    fn is(&self, i: &Identity) -> bool {
        (i.issuer.as_str(), i.subject.as_str()) == self.key()
    }

    fn identity_of(&self, account: &Account, caller: &Caller) -> Identity {
        Identity {
            issuer: self.issuer.clone(),
            subject: self.subject.clone(),
            provider: self.provider.clone(),
            account: account.id.clone(),
            organisation: self.organisation.clone(),
            seen_at: caller.now,
            email: self.vouched(),
        }
    }
}

/// Signs in whom the provider vouches for: by a known identity, else as a new account. Where
/// somebody has the address already that is vouched for, nobody is signed in (AddressHeld): whoever
/// it is links the identity to the account, with a proof; unless the provider is trusted for the
/// address's domain.
#[tracing::instrument(name = "account::providers::sign_in_with_provider", skip_all)]
pub async fn sign_in_with_provider(desk: &Desk, caller: &Caller, person: &Person) -> Result<Begun> {
    match try_sign_in(desk, caller, person).await {
        // Another tab brought the same person for the first time just now, or changed the account.
        Err(Error::Stale | Error::Refused(Why::AddressTaken)) => try_sign_in(desk, caller, person).await,
        tried => tried,
    }
}

async fn try_sign_in(desk: &Desk, caller: &Caller, person: &Person) -> Result<Begun> {
    let mut tx = desk.db.begin().await?;
    let (issuer, subject) = person.key();
    let account = match store::account::identities::find_account(&mut tx, issuer, subject).await? {
        Some(id) => {
            let account = store::account::accounts::find(&mut tx, &id).await?;
            came_again(desk, &mut tx, caller, account, person).await?
        }
        None => first_sign_in(desk, &mut tx, caller, person).await?,
    };
    let begun = account::sessions::begin(desk, &mut tx, &account, How::Provider, caller).await?;
    tx.commit().await?;
    Ok(begun)
}

/// Somebody known came in again: what the provider says now of their address is what counts. An
/// address that it vouches for no longer is followed by the one that it vouches for now, if that is
/// free; else it is given up. One that its own mailbox has proven, or that another provider vouches
/// for, stays.
async fn came_again(
    desk: &Desk,
    tx: &mut Tx,
    caller: &Caller,
    account: Account,
    person: &Person,
) -> Result<Account> {
    store::account::identities::seen(tx, &person.identity_of(&account, caller)).await?;
    let said = person.vouched();
    let proven = account.email_proven_at.is_some();
    let same = said.as_ref().is_some_and(|e| e.key() == account.email.key());
    if proven
        && (same
            || account.email_proven_by == ProvenBy::Mailbox
            || vouched_elsewhere(tx, &account, person).await?)
    {
        return Ok(account);
    }
    if let Some(email) = said {
        let holder = account::addresses::holder(desk, tx, caller, &email).await?;
        if holder.is_none() {
            return account::addresses::take(desk, tx, caller, &account, email, ProvenBy::Provider).await;
        }
    }
    if proven {
        let way = desk.plan.provider_label(&person.provider);
        return account::addresses::give_up(desk, tx, caller, &account, way).await;
    }
    Ok(account)
}

/// Whether another identity of the account has its address, as its provider last said.
async fn vouched_elsewhere(tx: &mut Tx, account: &Account, person: &Person) -> Result<bool> {
    let all = store::account::identities::list_of_account(tx, &account.id).await?;
    Ok(all
        .iter()
        .filter(|i| !person.is(i))
        .any(|i| has_address(i, account)))
}

fn has_address(i: &Identity, account: &Account) -> bool {
    i.email.as_ref().is_some_and(|e| e.key() == account.email.key())
}

async fn first_sign_in(desk: &Desk, tx: &mut Tx, caller: &Caller, person: &Person) -> Result<Account> {
    let email = person.address().ok_or(Error::Refused(Why::ProviderFailed))?;
    let mut holder = match person.vouched() {
        Some(email) => account::addresses::holder(desk, tx, caller, &email).await?,
        None => None,
    };
    if let Some(held) = holder.clone() {
        let (still, rival) = contradicted(desk, tx, caller, held, person).await?;
        match still {
            Some(account) if !rival && desk.plan.trusts(&person.provider, &email.domain()) => {
                link(desk, tx, caller, person, &account).await?;
                return Ok(account);
            }
            Some(_) => return Err(Error::Refused(Why::AddressHeld)),
            None => holder = None,
        }
    }
    // An address that is taken, or that nobody vouches for, is only a label: it signs nobody in and
    // claims nothing.
    let proven = (person.email_verified && holder.is_none()).then_some(caller.now);
    let name = person
        .name
        .as_deref()
        .map(|n| text::tamed(n, 100))
        .filter(|n| domain::account::name(n).is_ok());
    let name = name.unwrap_or_else(|| email.as_str().split('@').next().unwrap_or_default().to_owned());
    let account = Account {
        email_proven_by: ProvenBy::Provider,
        ..account::accounts::new_account(desk, caller, email, name, proven, person.zone.as_deref())
    };
    store::account::accounts::create(tx, &account).await?;
    let by = By::caller(caller).who(Some(&account.id));
    let about = About::Account(&account.id);
    history::record(desk, tx, by, What::AccountCreated, about, vec![]).await?;
    write_link(desk, tx, caller, person, &account).await?;
    Ok(account)
}

/// An issuer that says of an address that it is a newcomer's, says that it is not the one's of whom
/// it said so before: the mailbox has passed on. The holder, if they still are, and whether the
/// issuer knows them as somebody else.
async fn contradicted(
    desk: &Desk,
    tx: &mut Tx,
    caller: &Caller,
    holder: Account,
    person: &Person,
) -> Result<(Option<Account>, bool)> {
    let all = store::account::identities::list_of_account(tx, &holder.id).await?;
    let (rivals, others): (Vec<_>, Vec<_>) = all.into_iter().partition(|i| i.issuer == person.issuer);
    for rival in rivals.iter().filter(|i| has_address(i, &holder)) {
        store::account::identities::disown(tx, &rival.issuer, &rival.subject).await?;
    }
    let rests_on_it =
        holder.email_proven_by == ProvenBy::Provider && !others.iter().any(|i| has_address(i, &holder));
    if !rivals.is_empty() && rests_on_it {
        let way = desk.plan.provider_label(&person.provider);
        account::addresses::give_up(desk, tx, caller, &holder, way).await?;
        return Ok((None, true));
    }
    Ok((Some(holder), !rivals.is_empty()))
}

/// Adds an identity to an account, and tells its holder.
pub(crate) async fn link(
    desk: &Desk,
    tx: &mut Tx,
    caller: &Caller,
    person: &Person,
    account: &Account,
) -> Result<()> {
    write_link(desk, tx, caller, person, account).await?;
    let letter = Letter::WayInChanged {
        way: desk.plan.provider_label(&person.provider).to_owned(),
        added: true,
    };
    tell_account(desk, tx, account, letter, caller.now).await
}

async fn write_link(
    desk: &Desk,
    tx: &mut Tx,
    caller: &Caller,
    person: &Person,
    account: &Account,
) -> Result<()> {
    store::account::identities::link(tx, &person.identity_of(account, caller)).await?;
    let by = By::caller(caller).who(Some(&account.id));
    let what = changes::made([(Field::Provider, person.provider.clone())]);
    let about = About::Account(&account.id);
    history::record(desk, tx, by, What::IdentityLinked, about, what).await
}

/// The actor proves who they are at a provider, and stays who they are here. Somebody unknown
/// there becomes one more way for them to sign in, if they have just proven themselves here.
#[tracing::instrument(name = "account::providers::prove_at_provider", skip_all)]
pub async fn prove_at_provider(desk: &Desk, actor: &Actor, person: &Person) -> Result<()> {
    let mut tx = rights::begin_own(desk, actor).await?;
    let (issuer, subject) = person.key();
    match store::account::identities::find_account(&mut tx, issuer, subject).await? {
        Some(id) if id == *actor.id() => {
            let account = store::account::accounts::find(&mut tx, &id).await?;
            came_again(desk, &mut tx, &actor.caller, account, person).await?;
        }
        Some(_) => return Err(Error::Refused(Why::OtherPersonThere)),
        None if !reentry::is_recent(actor) => return Err(Error::Refused(Why::ConfirmAgain)),
        None => link(desk, &mut tx, &actor.caller, person, &actor.account).await?,
    }
    tx.commit().await
}

/// A provider that this account can sign in with.
pub struct LinkedProvider {
    pub provider: String,
    /// The address that it vouches for, where that is not the account's.
    pub other_address: Option<Email>,
}

/// The providers this account can sign in with.
#[tracing::instrument(name = "account::providers::linked_providers", skip_all)]
pub async fn linked_providers(desk: &Desk, account: &Account) -> Result<Vec<LinkedProvider>> {
    let all = store::account::identities::list_of_account(&mut *desk.db.read().await?, &account.id).await?;
    let mut linked: Vec<LinkedProvider> = Vec::new();
    for i in all {
        let other = i.email.filter(|e| e.key() != account.email.key());
        match linked.last_mut().filter(|l| l.provider == i.provider) {
            Some(known) => known.other_address = known.other_address.take().or(other),
            None => linked.push(LinkedProvider {
                provider: i.provider,
                other_address: other,
            }),
        }
    }
    Ok(linked)
}

/// Takes a provider away as a way to sign in. Another one must be left.
#[tracing::instrument(name = "account::providers::unlink", skip_all)]
pub async fn unlink<'a>(
    desk: &Desk,
    actor: &Actor,
    provider: &str,
    again: impl Into<Reentry<'a>>,
) -> Result<()> {
    reentry::prove(desk, actor, again.into()).await?;
    let mut tx = rights::begin_own(desk, actor).await?;
    let account = store::account::accounts::find(&mut tx, actor.id()).await?;
    // Whoever takes another way away at this moment waits, or was quicker.
    store::account::accounts::update(&mut tx, &account).await?;
    let all = store::account::identities::list_of_account(&mut tx, actor.id()).await?;
    let (gone, left): (Vec<_>, Vec<_>) = all.into_iter().partition(|i| i.provider == provider);
    if gone.is_empty() {
        return Err(Error::NotFound);
    }
    let by_password = account.password_hash.is_some() && account.email_proven_at.is_some();
    let rests_on_it =
        account.email_proven_by == ProvenBy::Provider && !left.iter().any(|i| has_address(i, &account));
    if left.is_empty() && (!by_password || rests_on_it) {
        return Err(Error::Refused(Why::LastWayIn));
    }
    store::account::identities::unlink(&mut tx, actor.id(), provider).await?;
    let what = changes::made([(Field::Provider, provider.to_owned())]);
    let about = About::Account(actor.id());
    history::record(desk, &mut tx, actor, What::IdentityUnlinked, about, what).await?;
    let way = desk.plan.provider_label(provider).to_owned();
    let letter = Letter::WayInChanged {
        way: way.clone(),
        added: false,
    };
    tell_account(desk, &mut tx, &account, letter, actor.now()).await?;
    if rests_on_it && account.email_proven_at.is_some() {
        let current = store::account::accounts::find(&mut tx, actor.id()).await?;
        account::addresses::give_up(desk, &mut tx, &actor.caller, &current, &way).await?;
    }
    tx.commit().await
}

/// Makes the address the account's own that one of its providers vouches for.
#[tracing::instrument(name = "account::providers::take_address", skip_all)]
pub async fn take_address<'a>(
    desk: &Desk,
    actor: &Actor,
    provider: &str,
    again: impl Into<Reentry<'a>>,
) -> Result<()> {
    reentry::prove(desk, actor, again.into()).await?;
    let mut tx = rights::begin_own(desk, actor).await?;
    let account = store::account::accounts::find(&mut tx, actor.id()).await?;
    let all = store::account::identities::list_of_account(&mut tx, actor.id()).await?;
    let since = actor.now() - PROVIDER_WORD;
    let theirs = all
        .into_iter()
        .filter(|i| i.provider == provider && i.seen_at > since);
    let mut addresses = theirs
        .filter_map(|i| i.email)
        .filter(|e| e.key() != account.email.key());
    let email = addresses.next().ok_or(Error::NotFound)?;
    account::addresses::take(desk, &mut tx, &actor.caller, &account, email, ProvenBy::Provider).await?;
    tx.commit().await
}
