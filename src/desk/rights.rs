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
    session_stands(&mut tx, actor).await?;
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

async fn session_stands(tx: &mut Tx, actor: &Actor) -> Result<()> {
    let session = &actor.session;
    // Who decides by a button in chat has none.
    if !session.stored || store::account::sessions::stands(tx, actor.id(), &session.id).await? {
        Ok(())
    } else {
        Err(Error::SignInRequired)
    }
}

async fn read_again(tx: &mut Tx, actor: &Actor, member: &Membership) -> Result<()> {
    session_stands(tx, actor).await?;
    let found = store::people::members::find_active(tx, &member.slug, actor.id()).await?;
    let found = found.ok_or(Error::NotFound)?;
    found.open(actor.now())?;
    policy::still_holds(member, &found)
}
