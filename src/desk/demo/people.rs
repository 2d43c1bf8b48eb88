//! Who is in the demo, and how the demo acts as them.
use crate::desk::faults::broken;
use crate::desk::{Actor, Caller, Desk, account};
use crate::domain::account::{Account, Email};
use crate::domain::member::Membership;
use crate::domain::organisation::Slug;
use crate::domain::{Error, Result, Time};
use crate::store::account::sessions::{How, Session};
use crate::store::{self, Tx};

/// The colleague whom the demo lets visitors be: a manager and an approver.
pub const COLLEAGUE: &str = "ruth.almeida@northlight.test";

pub(crate) async fn demo_member(desk: &Desk, actor: &Actor) -> Result<Membership> {
    account::memberships::membership(
        desk,
        actor,
        &Slug::parse(crate::desk::demo::people::SLUG).map_err(|_| broken())?,
    )
    .await
}

/// One of the demo's people, as they were at this instant; without a session of theirs.
pub(crate) async fn demo_actor(desk: &Desk, email: &str, now: Time) -> Result<Actor> {
    let email = Email::parse(email).map_err(|_| broken())?;
    let account = store::account::accounts::find_by_proven_email(&mut *desk.db.read().await?, &email)
        .await?
        .ok_or(Error::NotFound)?;
    let session = Session::of_nobody(desk.mint.id(now), &account, How::Demo, now);
    Ok(Actor {
        account,
        session,
        caller: Caller::clock(now),
    })
}

pub const SLUG: &str = "northlight";

pub(crate) const ADMINISTRATOR: &str = "ivo.brandt@northlight.test";

pub(crate) async fn demo_account(
    desk: &Desk,
    tx: &mut Tx,
    name: &str,
    email: &str,
    at: Time,
) -> Result<Account> {
    let email = Email::parse(email).map_err(|_| broken())?;
    let account =
        account::accounts::new_account(desk, &Caller::clock(at), email, name.to_owned(), Some(at), None);
    store::account::accounts::create(tx, &account).await?;
    Ok(account)
}
