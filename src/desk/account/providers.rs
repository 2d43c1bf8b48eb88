//! Signing in with a provider: what it vouches for becomes an account. Identity is (issuer,
//! subject), never the address.
use crate::desk::account::sessions::{Begun, FRESH};
use crate::desk::history::{About, By};
use crate::desk::{Actor, Caller, Desk, account, history};
use crate::domain::account::{Account, Email};
use crate::domain::event::What;
use crate::domain::{self, Error, Result, Why, text};
use crate::store::account::identities::Identity;
use crate::store::account::sessions::How;
use crate::store::{self, Tx};

/// Whom a provider vouches for, its signature and claims checked by the edge. The identity is
/// (issuer, subject), never the address.
#[derive(Clone, Debug, PartialEq, Eq)]
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
}

/// Signs in whom the provider vouches for: by a known identity, else by an address that both
/// sides have proven, else as a new account.
#[tracing::instrument(name = "account::providers::sign_in_with_provider", skip_all)]
pub async fn sign_in_with_provider(desk: &Desk, caller: &Caller, person: &Person) -> Result<Begun> {
    let mut tx = desk.db.begin().await?;
    let account =
        match store::account::identities::find_account(&mut tx, &person.issuer, &person.subject).await? {
            Some(id) => {
                let organisation = person.organisation.as_deref();
                store::account::identities::seen(
                    &mut tx,
                    &person.issuer,
                    &person.subject,
                    organisation,
                    caller.now,
                )
                .await?;
                store::account::accounts::find(&mut tx, &id).await?
            }
            None => first_sign_in(desk, &mut tx, caller, person).await?,
        };
    let begun = account::sessions::begin(desk, &mut tx, &account, How::Provider, caller).await?;
    tx.commit().await?;
    Ok(begun)
}

async fn first_sign_in(desk: &Desk, tx: &mut Tx, caller: &Caller, person: &Person) -> Result<Account> {
    let email = person
        .email
        .as_deref()
        .and_then(|e| Email::parse(e).ok())
        .ok_or(Error::Refused(Why::ProviderFailed))?;
    let holder = store::account::accounts::find_by_proven_email(tx, &email).await?;
    let account = match holder {
        Some(holder) if person.email_verified => holder,
        holder => {
            // An address that is taken, or that nobody vouches for, is only a label: it signs
            // nobody in and claims nothing.
            let proven = (person.email_verified && holder.is_none()).then_some(caller.now);
            let name = person
                .name
                .as_deref()
                .map(|n| text::tamed(n, 100))
                .filter(|n| domain::account::name(n).is_ok());
            let name =
                name.unwrap_or_else(|| email.as_str().split('@').next().unwrap_or_default().to_owned());
            let account =
                account::accounts::new_account(desk, email, name, caller.language, proven, caller.now);
            store::account::accounts::create(tx, &account).await?;
            history::record(
                desk,
                tx,
                By::caller(caller).who(Some(&account.id)),
                What::AccountCreated,
                About::Account(&account.id),
                vec![],
            )
            .await?;
            account
        }
    };
    link_identity(desk, tx, caller, person, &account).await?;
    Ok(account)
}

async fn link_identity(
    desk: &Desk,
    tx: &mut Tx,
    caller: &Caller,
    person: &Person,
    account: &Account,
) -> Result<()> {
    let identity = Identity {
        issuer: person.issuer.clone(),
        subject: person.subject.clone(),
        provider: person.provider.clone(),
        account: account.id.clone(),
        organisation: person.organisation.clone(),
        seen_at: caller.now,
    };
    store::account::identities::link(tx, &identity).await?;
    history::record(
        desk,
        tx,
        By::caller(caller).who(Some(&account.id)),
        What::IdentityLinked,
        About::Account(&account.id),
        vec![],
    )
    .await
}

/// The actor proves who they are at a provider, and stays who they are here. Somebody unknown
/// there becomes one more way for them to sign in: if the provider vouches for the address of
/// their account, or else if they have just proven themselves here.
#[tracing::instrument(name = "account::providers::prove_at_provider", skip_all)]
pub async fn prove_at_provider(desk: &Desk, actor: &Actor, person: &Person) -> Result<()> {
    let (caller, now) = (&actor.caller, actor.now());
    let mut tx = desk.db.begin().await?;
    match store::account::identities::find_account(&mut tx, &person.issuer, &person.subject).await? {
        Some(id) if id == *actor.id() => {
            store::account::identities::seen(
                &mut tx,
                &person.issuer,
                &person.subject,
                person.organisation.as_deref(),
                now,
            )
            .await?;
        }
        Some(_) => return Err(Error::Refused(Why::OtherPersonThere)),
        None => {
            let email = person.email.as_deref().and_then(|e| Email::parse(e).ok());
            let same = person.email_verified && email.is_some_and(|e| e.key() == actor.account.email.key());
            if !(same && actor.account.email_proven_at.is_some()) && now >= actor.session.proven_at + FRESH {
                return Err(Error::Refused(Why::ConfirmAgain));
            }
            link_identity(desk, &mut tx, caller, person, &actor.account).await?;
        }
    }
    tx.commit().await
}

/// The providers this account can sign in with.
#[tracing::instrument(name = "account::providers::linked_providers", skip_all)]
pub async fn linked_providers(desk: &Desk, account: &Account) -> Result<Vec<String>> {
    let mut all: Vec<String> =
        store::account::identities::list_of_account(&mut *desk.db.read().await?, &account.id)
            .await?
            .into_iter()
            .map(|i| i.provider)
            .collect();
    all.dedup();
    Ok(all)
}
