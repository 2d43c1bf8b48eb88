//! Where somebody signed in is a member, and what somebody who asked earlier may do now.
use crate::desk::{Actor, Caller, Desk};
use crate::domain::ids::{AccountId, OrganisationId};
use crate::domain::member::Membership;
use crate::domain::organisation::Slug;
use crate::domain::{Error, Result, Time};
use crate::store::account::sessions::{How, Session};
use crate::store::{self, Conn};

/// The actor's active membership; an organisation that one does not belong to is not found.
#[tracing::instrument(name = "account::memberships::membership", skip_all)]
pub async fn membership(desk: &Desk, actor: &Actor, slug: &Slug) -> Result<Membership> {
    let found = store::people::members::find_active(&mut *desk.db.read().await?, slug, actor.id()).await?;
    let member = found.ok_or(Error::NotFound)?;
    member.open(actor.now()).map(|()| member)
}

/// All memberships of the actor in organisations that are not closed.
#[tracing::instrument(name = "account::memberships::memberships", skip_all)]
pub async fn memberships(desk: &Desk, actor: &Actor) -> Result<Vec<Membership>> {
    let all = store::people::members::list_of_account(&mut *desk.db.read().await?, actor.id()).await?;
    Ok(all.into_iter().filter(|m| m.open(actor.now()).is_ok()).collect())
}

/// Somebody who asked for something earlier, or by another way, with what they may do now;
/// `place`: from where. None: they are no member of the organisation any more.
pub(crate) async fn on_behalf_of(
    desk: &Desk,
    conn: &mut Conn,
    org: &OrganisationId,
    account: &AccountId,
    place: &str,
    now: Time,
) -> Result<Option<(Actor, Membership)>> {
    let account = store::account::accounts::find(conn, account).await?;
    let organisation = store::organisation::organisations::find(conn, org).await?;
    let Some(member) = store::people::members::find_active(conn, &organisation.slug, &account.id).await?
    else {
        return Ok(None);
    };
    let caller = Caller {
        place: place.to_owned(),
        ..Caller::clock(now)
    };
    let session = Session::of_nobody(desk.mint.id(now), &account, How::Password, now);
    Ok(Some((
        Actor {
            account,
            session,
            caller,
        },
        member,
    )))
}
