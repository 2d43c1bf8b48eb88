//! Rights in their turn: whoever acts is still signed in and still has them when their transaction
//! begins, and until it ends nobody takes them away. What the web read is of a moment before.
use crate::desk::{Actor, Desk};
use crate::domain::member::Membership;
use crate::domain::{Error, Result, policy};
use crate::store::{self, Tx};

/// A transaction for a change by a person of what is their own, alone among those of their account.
/// SignInRequired: the session has ended since it was looked up.
pub(crate) async fn begin_own(desk: &Desk, actor: &Actor) -> Result<Tx> {
    let mut tx = desk.db.begin().await?;
    store::account::accounts::turn(&mut tx, actor.id()).await?;
    // Who decides by a button in chat, or fills a demo, has no session that could end.
    let session = &actor.session;
    if session.stored && !store::account::sessions::stands(&mut tx, actor.id(), &session.id).await? {
        return Err(Error::SignInRequired);
    }
    Ok(tx)
}

/// A transaction for a change by this member. Others of the organisation may hold one at the same
/// time, but nobody changes members and roles. SignInRequired: the session has ended since it was
/// looked up; Stale: rights were taken since they were read; NotFound: the membership has ended.
pub(crate) async fn begin_for(desk: &Desk, actor: &Actor, member: &Membership) -> Result<Tx> {
    let mut tx = desk.db.begin().await?;
    hold(&mut tx, actor, member).await?;
    Ok(tx)
}

/// As [`begin_for`], alone in the organisation: for whatever changes members, roles and rights, or
/// asks who has them and relies on it.
pub(crate) async fn begin_alone_for(desk: &Desk, actor: &Actor, member: &Membership) -> Result<Tx> {
    let mut tx = desk.db.begin().await?;
    alone(&mut tx, actor, member).await?;
    Ok(tx)
}

/// As [`begin_for`], in a transaction that is open and has changed nothing yet.
pub(crate) async fn hold(tx: &mut Tx, actor: &Actor, member: &Membership) -> Result<()> {
    store::people::members::hold(tx, &member.organisation).await?;
    read_again(tx, actor, member).await
}

/// As [`begin_alone_for`], in a transaction that is open and has changed nothing yet.
pub(crate) async fn alone(tx: &mut Tx, actor: &Actor, member: &Membership) -> Result<()> {
    store::people::members::lock(tx, &member.organisation).await?;
    read_again(tx, actor, member).await
}

async fn read_again(tx: &mut Tx, actor: &Actor, member: &Membership) -> Result<()> {
    let session = actor.session.stored.then_some(&actor.session.id);
    let found = store::people::members::find_rights(tx, &member.organisation, actor.id(), session).await?;
    let found = found.ok_or(Error::NotFound)?;
    if !found.signed_in {
        return Err(Error::SignInRequired);
    }
    found.open(actor.now())?;
    policy::still_holds(member, &found)
}
