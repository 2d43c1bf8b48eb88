//! The catalogue: what a member may ask for, and the earlier request that a new one begins with.
use crate::desk::access::submission::may_ask_for;
use crate::desk::{Actor, Desk, cut_to};
use crate::domain::ids::{AccountId, RequestId, ResourceId};
use crate::domain::member::Membership;
use crate::domain::request::Request;
use crate::domain::role::Permission;
use crate::domain::{Result, policy};
use crate::store::access::resources::ListedResource;
use crate::store::{self};

/// One thing of the catalogue.
pub struct Offered {
    pub listed: ListedResource,
    /// The actor's open request for it.
    pub open: Option<RequestId>,
    /// The actor has it.
    pub has: bool,
}

/// A page of the catalogue.
pub struct Catalog {
    pub offered: Vec<Offered>,
    pub next: Option<(String, ResourceId)>,
    /// Those whose manager the actor is, for whom they may ask: id and name.
    pub reports: Vec<(AccountId, String)>,
}

const PAGE: usize = 24;

/// What the actor may ask for, by name.
#[tracing::instrument(name = "access::catalog::list", skip_all)]
pub async fn list(
    desk: &Desk,
    actor: &Actor,
    member: &Membership,
    search: &str,
    after: Option<(String, ResourceId)>,
) -> Result<Catalog> {
    let permitted = policy::permitted(member, Permission::PortalUse)?;
    let (org, now) = (permitted.organisation(), actor.now());
    let mut conn = desk.db.read().await?;
    let look = store::access::resources::ResourceQuery {
        search,
        for_member: Some(actor.id()),
        after,
    };
    let mut found = store::access::resources::list(&mut conn, org, &look, PAGE + 1).await?;
    let next = cut_to(&mut found, PAGE).map(|l| (l.sorts_as.clone(), l.resource.id.clone()));
    let open = store::requests::list_open_for(&mut conn, org, actor.id()).await?;
    let has = store::access::grants::list_of_member(&mut conn, org, actor.id()).await?;
    let offered = found.into_iter().map(|listed| {
        let id = &listed.resource.id;
        let open = open
            .iter()
            .find(|r| r.is_open(now) && r.asked().is_some_and(|a| a.resource == *id))
            .map(|r| r.id.clone());
        let has = has.iter().any(|g| g.grant.resource == *id && g.grant.holds(now));
        Offered { open, has, listed }
    });
    let offered = offered.collect();
    Ok(Catalog {
        offered,
        next,
        reports: store::people::member_list::list_reports(&mut conn, org, actor.id()).await?,
    })
}

/// One thing that the actor may ask for.
#[tracing::instrument(name = "access::catalog::offered", skip_all)]
pub async fn offered(
    desk: &Desk,
    actor: &Actor,
    member: &Membership,
    id: &ResourceId,
) -> Result<ListedResource> {
    let permitted = policy::permitted(member, Permission::PortalUse)?;
    let mut conn = desk.db.read().await?;
    let listed = store::access::resources::find(&mut conn, permitted.organisation(), id).await?;
    may_ask_for(&mut conn, member, actor.id(), &listed.resource).await?;
    Ok(listed)
}

/// One of the actor's own requests, or one for them, as what another one begins with. None:
/// there is none.
#[tracing::instrument(name = "access::catalog::like", skip_all)]
pub async fn like(
    desk: &Desk,
    actor: &Actor,
    member: &Membership,
    id: &RequestId,
) -> Result<Option<Request>> {
    policy::permitted(member, Permission::PortalUse)?;
    let found = store::requests::find_own(&mut *desk.db.read().await?, actor.id(), id).await?;
    Ok(found.filter(|r| r.organisation == member.organisation))
}
