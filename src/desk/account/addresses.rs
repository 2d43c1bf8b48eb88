//! Changing the e-mail address: the new one is inert until it is proven, the old one is told, links
//! mailed to the old one die.
use crate::desk::account::links::LinkPurpose;
use crate::desk::account::reentry::{self, Reentry};
use crate::desk::account::{self, limits};
use crate::desk::faults::broken;
use crate::desk::history::{About, By};
use crate::desk::{Actor, Caller, Desk, history, letters, mint, rights};
use crate::domain::account::{Account, Email, PROVIDER_WORD, ProvenBy};
use crate::domain::changes::{self, Field};
use crate::domain::event::What;
use crate::domain::notice::{Letter, Notice};
use crate::domain::{Error, Result, Why};
use crate::store::account::tokens::{Purpose, Token};
use crate::store::{self, Tx};

/// Asks to change the address. Nothing changes yet. The answer is the same whether or not
/// somebody has the new address.
#[tracing::instrument(name = "account::addresses::ask_email_change", skip_all)]
pub async fn ask_email_change<'a>(
    desk: &Desk,
    actor: &Actor,
    new: &str,
    again: impl Into<Reentry<'a>>,
) -> Result<()> {
    let new = Email::typed(new).map_err(|why| Error::field("email", why))?;
    let own = new.key() == actor.account.email.key() && actor.account.email_proven_at.is_some();
    // Of an address that a provider vouches for, the mailbox can be proven as well.
    if own && actor.account.email_proven_by == ProvenBy::Mailbox {
        return Err(Error::field("email", Why::AddressTaken));
    }
    reentry::prove(desk, actor, again.into()).await?;
    let now = actor.now();
    let mut tx = rights::begin_own(desk, actor).await?;
    let mine = account::limits::try_once(
        desk,
        &mut tx,
        &limits::letters_of_place(desk),
        actor.id().as_str(),
        now,
    )
    .await?;
    let refusal = match mine {
        Some(refusal) => Some(refusal),
        None => {
            account::links::pause(desk, &mut tx, &new, LinkPurpose::Email, actor.id().as_str(), now).await?
        }
    };
    if let Some(refusal) = refusal {
        tx.commit().await?;
        return Err(refusal);
    }
    store::account::tokens::kill(&mut tx, actor.id(), Some(Purpose::Email)).await?;
    store::deliveries::letters::drop_sealed_of_account(&mut tx, actor.id(), now).await?;
    let secret = desk.mint.secret();
    let token = Token {
        id: desk.mint.id(now),
        purpose: Purpose::Email,
        account: Some(actor.id().clone()),
        email: Some(new.clone()),
        created_at: now,
        expires_at: now + letters::ADDRESS_LIFE,
        used_at: None,
    };
    store::account::tokens::create(&mut tx, &token, &secret.hash).await?;
    tell_both(desk, &mut tx, actor, &new, secret.text).await?;
    history::record(
        desk,
        &mut tx,
        actor,
        What::EmailChangeAsked,
        About::Account(actor.id()),
        vec![],
    )
    .await?;
    tx.commit().await
}

/// The new address gets the link, the old one hears of it.
async fn tell_both(desk: &Desk, tx: &mut Tx, actor: &Actor, new: &Email, secret: String) -> Result<()> {
    let proof = Letter::EmailProof { new: new.to_string() };
    let notice = Notice {
        account: Some(actor.id().clone()),
        secret: Some(secret),
        ..Notice::new(new.clone(), actor.account.language, proof)
    };
    letters::owe(desk, tx, &notice, actor.now()).await?;
    let asked = Letter::EmailChangeAsked { new: new.to_string() };
    letters::tell_account(desk, tx, &actor.account, asked, actor.now()).await
}

/// The address that a mailed link would make the actor's own.
#[tracing::instrument(name = "account::addresses::look_at_email_proof", skip_all)]
pub async fn look_at_email_proof(desk: &Desk, actor: &Actor, token: &str) -> Result<Email> {
    Ok(email_proof(desk, actor, token).await?.1)
}

async fn email_proof(desk: &Desk, actor: &Actor, token: &str) -> Result<(Token, Email)> {
    let hash = mint::hash_of_claimed(token).ok_or(Error::Refused(Why::LinkDead))?;
    let found = store::account::tokens::find(&mut *desk.db.read().await?, Purpose::Email, &hash).await?;
    let found = found.ok_or(Error::Refused(Why::LinkDead))?;
    if found.account.as_ref() != Some(actor.id()) {
        return Err(Error::Refused(Why::OtherAccount));
    }
    found.open(actor.now())?;
    let email = found.email.clone().ok_or_else(|| broken())?;
    Ok((found, email))
}

/// Makes the address that the link was mailed to the actor's own. It is the link's address,
/// whatever else was asked meanwhile.
#[tracing::instrument(name = "account::addresses::prove_email", skip_all)]
pub async fn prove_email(desk: &Desk, actor: &Actor, token: &str) -> Result<()> {
    let (found, email) = email_proof(desk, actor, token).await?;
    let now = actor.now();
    let mut tx = rights::begin_own(desk, actor).await?;
    store::account::tokens::spend(&mut tx, &found.id, now).await?;
    take(
        desk,
        &mut tx,
        &actor.caller,
        &actor.account,
        email,
        ProvenBy::Mailbox,
    )
    .await?;
    store::account::sessions::end_others(&mut tx, actor.id(), Some(&actor.session.id), now).await?;
    tx.commit().await
}

/// Who has this address for whoever proves it now. An account that only a provider's word of long
/// ago gave it to gives it up.
pub(crate) async fn holder(
    desk: &Desk,
    tx: &mut Tx,
    caller: &Caller,
    email: &Email,
) -> Result<Option<Account>> {
    let Some(account) = store::account::accounts::find_by_proven_email(tx, email).await? else {
        return Ok(None);
    };
    let since = caller.now - PROVIDER_WORD;
    if store::account::accounts::find_reached_by(tx, email, since)
        .await?
        .is_some()
    {
        return Ok(Some(account));
    }
    let identities = store::account::identities::list_of_account(tx, &account.id).await?;
    let way = identities
        .first()
        .map_or("", |i| desk.plan.provider_label(&i.provider));
    give_up(desk, tx, caller, &account, way).await?;
    Ok(None)
}

/// Makes a proven address the account's own: the old one is told, and links that were mailed to it
/// die.
pub(crate) async fn take(
    desk: &Desk,
    tx: &mut Tx,
    caller: &Caller,
    old: &Account,
    email: Email,
    proven_by: ProvenBy,
) -> Result<Account> {
    let now = caller.now;
    let account = Account {
        email,
        email_proven_at: Some(now),
        email_proven_by: proven_by,
        ..old.clone()
    };
    // Before it is another one's: what is not proven hears nothing.
    if old.email.key() != account.email.key() {
        let letter = Letter::EmailChanged {
            new: account.email.to_string(),
        };
        letters::tell_account(desk, tx, old, letter, now).await?;
    }
    replace(desk, tx, caller, old, &account, What::EmailChanged).await?;
    Ok(Account {
        version: old.version + 1,
        ..account
    })
}

/// The account's address counts no longer: nobody proves that it is theirs. It stays as a label,
/// signs nobody in, and no link goes there. `way`: the provider that says otherwise.
pub(crate) async fn give_up(
    desk: &Desk,
    tx: &mut Tx,
    caller: &Caller,
    old: &Account,
    way: &str,
) -> Result<Account> {
    let account = Account {
        email_proven_at: None,
        ..old.clone()
    };
    let letter = Letter::EmailDropped { way: way.to_owned() };
    letters::tell_account(desk, tx, old, letter, caller.now).await?;
    replace(desk, tx, caller, old, &account, What::EmailDropped).await?;
    Ok(Account {
        version: old.version + 1,
        ..account
    })
}

async fn replace(
    desk: &Desk,
    tx: &mut Tx,
    caller: &Caller,
    old: &Account,
    account: &Account,
    what: What,
) -> Result<()> {
    store::account::accounts::update(tx, account).await?;
    store::account::tokens::kill(tx, &account.id, None).await?;
    store::account::identities::withdraw_offers(tx, &account.id).await?;
    store::deliveries::letters::drop_sealed_of_account(tx, &account.id, caller.now).await?;
    let now = account
        .email_proven_at
        .map_or_else(String::new, |_| account.email.to_string());
    let changes = changes::turned(Field::Email, old.email.to_string(), now);
    let by = By::caller(caller).who(Some(&account.id));
    history::record(desk, tx, by, what, About::Account(&account.id), changes).await
}
