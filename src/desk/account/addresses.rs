//! Changing the e-mail address: the new one is inert until it is proven, the old one is told, links
//! mailed to the old one die.
use crate::desk::account::links::LinkPurpose;
use crate::desk::account::{self, limits};
use crate::desk::faults::broken;
use crate::desk::history::About;
use crate::desk::{Actor, Desk, history, letters, mint};
use crate::domain::account::{Account, Email};
use crate::domain::changes::{self, Field};
use crate::domain::event::What;
use crate::domain::notice::{Letter, Notice};
use crate::domain::{Error, Result, Why};
use crate::store;
use crate::store::account::tokens::{Purpose, Token};

/// Asks to change the address. Nothing changes yet. The answer is the same whether or not
/// somebody has the new address.
#[tracing::instrument(name = "account::addresses::ask_email_change", skip_all)]
pub async fn ask_email_change(desk: &Desk, actor: &Actor, new: &str, password: &str) -> Result<()> {
    let new = Email::parse(new).map_err(|why| Error::field("email", why))?;
    if new.key() == actor.account.email.key() && actor.account.email_proven_at.is_some() {
        return Err(Error::field("email", Why::AddressTaken));
    }
    account::sessions::prove_again(desk, actor, password).await?;
    let now = actor.now();
    let mut tx = desk.db.begin().await?;
    let mine =
        account::limits::try_once(desk, &mut tx, &limits::LETTERS_PLACE, actor.id().as_str(), now).await?;
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
    let proof = Letter::EmailProof { new: new.to_string() };
    let notice = Notice {
        account: Some(actor.id().clone()),
        secret: Some(secret.text),
        ..Notice::new(new.clone(), actor.account.language, proof)
    };
    letters::owe(desk, &mut tx, &notice, now).await?;
    crate::desk::letters::tell_account(
        desk,
        &mut tx,
        &actor.account,
        Letter::EmailChangeAsked { new: new.to_string() },
        now,
    )
    .await?;
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
    let old = actor.account.clone();
    let account = Account {
        email: email.clone(),
        email_proven_at: Some(now),
        ..old.clone()
    };
    let mut tx = desk.db.begin().await?;
    store::account::tokens::spend(&mut tx, &found.id, now).await?;
    store::account::accounts::update(&mut tx, &account).await?;
    store::account::tokens::kill(&mut tx, actor.id(), None).await?;
    store::deliveries::letters::drop_sealed_of_account(&mut tx, actor.id(), now).await?;
    store::account::sessions::end_others(&mut tx, actor.id(), Some(&actor.session.id), now).await?;
    let changes = changes::turned(Field::Email, old.email.to_string(), email.to_string());
    history::record(
        desk,
        &mut tx,
        actor,
        What::EmailChanged,
        About::Account(actor.id()),
        changes,
    )
    .await?;
    crate::desk::letters::tell_account(
        desk,
        &mut tx,
        &old,
        Letter::EmailChanged {
            new: email.to_string(),
        },
        now,
    )
    .await?;
    tx.commit().await
}
