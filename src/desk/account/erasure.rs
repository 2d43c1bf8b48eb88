//! Deleting one's own account: asked for, seven days to change one's mind, then erased. What was
//! decided stays, under a pseudonym.
use crate::desk::account::reentry::{self, Reentry};
use crate::desk::history::{About, By};
use crate::desk::{Actor, Desk, account, history, requests, rights, unless_stale};
use crate::domain::account::{Account, Email};
use crate::domain::event::What;
use crate::domain::ids::AccountId;
use crate::domain::notice::Letter;
use crate::domain::organisation::GRACE;
use crate::domain::{Error, Result, Time, Why, policy};
use crate::store;

/// Has the actor's account erased in seven days, confirmed by a recent proof and its address. Only
/// whoever has left all organisations may: leaving each is a step of its own, which says what ends.
#[tracing::instrument(name = "account::erasure::delete_account", skip_all)]
pub async fn delete_account<'a>(
    desk: &Desk,
    actor: &Actor,
    again: impl Into<Reentry<'a>>,
    typed: &str,
) -> Result<()> {
    if !account::memberships::memberships(desk, actor).await?.is_empty() {
        return Err(Error::Refused(Why::StillAMember));
    }
    if actor.account.erases_at.is_some() {
        return Err(Error::Refused(Why::LeavesAlready));
    }
    if Email::typed(typed).map(|e| e.key()) != Ok(actor.account.email.key()) {
        return Err(Error::field("email", Why::NotYourAddress));
    }
    reentry::prove(desk, actor, again.into()).await?;
    let now = actor.now();
    let account = Account {
        erases_at: Some(now + GRACE),
        ..actor.account.clone()
    };
    let mut tx = rights::begin_own(desk, actor).await?;
    store::account::accounts::update(&mut tx, &account).await?;
    history::record(
        desk,
        &mut tx,
        actor,
        What::AccountLeaves,
        About::Account(actor.id()),
        vec![],
    )
    .await?;
    crate::desk::letters::tell_account(desk, &mut tx, &account, Letter::AccountLeaves, now).await?;
    tx.commit().await
}

/// Takes back that the account is to be erased.
#[tracing::instrument(name = "account::erasure::keep_account", skip_all)]
pub async fn keep_account(desk: &Desk, actor: &Actor) -> Result<()> {
    if actor.account.erases_at.is_none() {
        return Err(Error::Refused(Why::DoesNotLeave));
    }
    let account = Account {
        erases_at: None,
        ..actor.account.clone()
    };
    let mut tx = rights::begin_own(desk, actor).await?;
    store::account::accounts::update(&mut tx, &account).await?;
    history::record(
        desk,
        &mut tx,
        actor,
        What::AccountStays,
        About::Account(actor.id()),
        vec![],
    )
    .await?;
    tx.commit().await
}

/// Erases the accounts whose seven days are over; how many.
#[tracing::instrument(name = "account::erasure::sweep", skip_all)]
pub async fn sweep(desk: &Desk, now: Time) -> Result<usize> {
    let due = store::account::erasure::list_due(&mut *desk.db.read().await?, now).await?;
    let mut erased = 0;
    for id in due {
        erased += unless_stale(erase(desk, &id, now).await.map(|()| 1))?;
    }
    Ok(erased)
}

async fn erase(desk: &Desk, id: &AccountId, now: Time) -> Result<()> {
    // Looking for traces reads the whole history: that is done before anybody has to wait for
    // it. Only the account itself could add some.
    let (account, traces) = {
        let mut conn = desk.db.read().await?;
        let account = store::account::accounts::find(&mut conn, id).await?;
        let traces = store::account::erasure::list_traces(&mut conn, &account).await?;
        (account, traces)
    };
    let mut tx = desk.db.begin().await?;
    let memberships = store::people::members::list_of_account(&mut tx, id).await?;
    let Some(erasable) = policy::erasable(&account, &memberships, now) else {
        store::account::erasure::stay(&mut tx, id).await?;
        return tx.commit().await;
    };
    for open in store::requests::list_open_of(&mut tx, &account).await? {
        if open.expires_at <= now {
            requests::outcomes::expire(desk, &mut tx, open, now).await?;
            continue;
        }
        let canceled = open.cancel_by_erasing(&erasable, now)?;
        store::requests::settle(&mut tx, &canceled).await?;
        history::record(
            desk,
            &mut tx,
            By::clock(now).who(Some(id)),
            What::RequestCanceled,
            About::Thing(&canceled.organisation, canceled.id.as_str()),
            vec![],
        )
        .await?;
    }
    let (address, name) = pseudonym(id);
    store::account::erasure::forget_details(&mut tx, &traces.details).await?;
    store::account::erasure::forget_places(&mut tx, &traces.places).await?;
    store::account::erasure::forget(&mut tx, &account, &address, &name, now).await?;
    history::record(
        desk,
        &mut tx,
        By::clock(now),
        What::AccountErased,
        About::Account(id),
        vec![],
    )
    .await?;
    tx.commit().await
}

/// What stands in place of an erased person's address and name: it tells erased people apart and
/// nothing else.
fn pseudonym(id: &AccountId) -> (String, String) {
    let short = &id.as_str()[24..];
    (format!("{id}@erased.invalid"), format!("P-{short}"))
}
