//! Resources: creating, changing, disabling and deleting what members may ask for.
use crate::desk::history::About;
use crate::desk::history::outdated::refuse_outdated;
use crate::desk::{Actor, Desk, access, cut_to, history, rights};
use crate::domain::changes;
use crate::domain::error::Faults;
use crate::domain::event::What;
use crate::domain::ids::{FlowId, GroupId, OrganisationId, ResourceId, RoleId};
use crate::domain::member::Membership;
use crate::domain::policy::{self, Permitted};
use crate::domain::resource::{self, Audience, Grant, GrantEnd, Resource, ResourceState};
use crate::domain::role::Permission;
use crate::domain::{Error, Result, Why, home_page};
use crate::store::access::resources::{ListedResource, ResourceQuery};
use crate::store::access::steps::Concerned;
use crate::store::{self, Tx};

/// A resource as typed.
#[derive(Clone, Debug, Default)]
pub struct ResourceDraft {
    pub name: String,
    pub description: String,
    pub icon: String,
    pub link: String,
    /// A member's name or address, or empty.
    pub owner: String,
    /// A flow's id, or empty.
    pub flow: String,
    /// Days, or empty for ever.
    pub most_days: String,
    /// The provisioning hook's web address, or empty.
    pub hook: String,
    pub reason_required: bool,
    /// Whether only the roles and groups below may ask.
    pub some: bool,
    pub roles: Vec<RoleId>,
    pub groups: Vec<GroupId>,
}

/// A page of resources.
pub struct Resources {
    pub listed: Vec<ListedResource>,
    pub next: Option<(String, ResourceId)>,
}

const PAGE: usize = 50;

/// What a resource's form offers.
pub struct ResourceChoices {
    pub flows: Vec<(FlowId, String)>,
    pub roles: Vec<crate::domain::role::Role>,
    pub groups: Vec<crate::domain::group::Group>,
}

/// The organisation's resources by name.
#[tracing::instrument(name = "access::resources::list", skip_all)]
pub async fn list(
    desk: &Desk,
    member: &Membership,
    search: &str,
    after: Option<(String, ResourceId)>,
) -> Result<Resources> {
    let permitted = policy::permitted(member, Permission::ResourcesManage)?;
    let look = ResourceQuery {
        search,
        for_member: None,
        after,
    };
    let mut listed = store::access::resources::list(
        &mut *desk.db.read().await?,
        permitted.organisation(),
        &look,
        PAGE + 1,
    )
    .await?;
    let next = cut_to(&mut listed, PAGE).map(|l| (l.sorts_as.clone(), l.resource.id.clone()));
    Ok(Resources { listed, next })
}

/// One resource that is not deleted.
#[tracing::instrument(name = "access::resources::find", skip_all)]
pub async fn find(desk: &Desk, member: &Membership, id: &ResourceId) -> Result<ListedResource> {
    let permitted = policy::permitted(member, Permission::ResourcesManage)?;
    live(&mut *desk.db.read().await?, permitted.organisation(), id).await
}

/// What a resource's form offers: flows, roles and groups, each with its id and name.
#[tracing::instrument(name = "access::resources::choices", skip_all)]
pub async fn choices(desk: &Desk, member: &Membership) -> Result<ResourceChoices> {
    let permitted = policy::permitted(member, Permission::ResourcesManage)?;
    let mut conn = desk.db.read().await?;
    let flows = store::access::flows::list(&mut conn, permitted.organisation()).await?;
    Ok(ResourceChoices {
        flows: flows.into_iter().map(|f| (f.id, f.name)).collect(),
        roles: store::people::roles::list(&mut conn, permitted.organisation()).await?,
        groups: store::people::groups::list(&mut conn, permitted.organisation())
            .await?
            .into_iter()
            .map(|(g, _)| g)
            .collect(),
    })
}

/// Creates a resource; its id, and the secret of its hook, which is shown once.
#[tracing::instrument(name = "access::resources::create", skip_all)]
pub async fn create(
    desk: &Desk,
    actor: &Actor,
    member: &Membership,
    draft: &ResourceDraft,
) -> Result<(ResourceId, Option<String>)> {
    let permitted = policy::permitted(member, Permission::ResourcesManage)?;
    let mut tx = rights::begin_alone_for(desk, actor, member).await?;
    let fresh = Resource {
        id: desk.mint.id(actor.now()),
        name: String::new(),
        description: String::new(),
        icon: String::new(),
        link: String::new(),
        owner: None,
        flow: None,
        most_days: None,
        reason_required: false,
        hook: String::new(),
        audience: Audience::Everyone,
        state: ResourceState::Active,
        version: 1,
    };
    let resource = checked(&mut tx, &permitted, draft, fresh, None).await?;
    store::access::resources::create(&mut tx, permitted.organisation(), &resource).await?;
    history::record(
        desk,
        &mut tx,
        actor,
        What::ResourceCreated,
        About::Thing(permitted.organisation(), resource.id.as_str()),
        changes::made(resource.facts()),
    )
    .await?;
    let secret = secret_of(desk, &mut tx, &permitted, &resource, "").await?;
    tx.commit().await?;
    Ok((resource.id, secret))
}

/// Changes a resource. A hook at another address gets another secret, which is shown once.
#[tracing::instrument(name = "access::resources::change", skip_all)]
pub async fn change(
    desk: &Desk,
    actor: &Actor,
    member: &Membership,
    id: &ResourceId,
    draft: &ResourceDraft,
) -> Result<Option<String>> {
    let permitted = policy::permitted(member, Permission::ResourcesManage)?;
    let org = permitted.organisation();
    let mut tx = rights::begin_alone_for(desk, actor, member).await?;
    let ListedResource {
        resource: before,
        owner,
        ..
    } = live(&mut tx, org, id).await?;
    refuse_outdated(&mut tx, actor, About::Thing(org, id.as_str()), &before.facts()).await?;
    let after = checked(&mut tx, &permitted, draft, before.clone(), owner.as_deref()).await?;
    if after == before {
        return Ok(None);
    }
    store::access::resources::save(&mut tx, org, &after).await?;
    history::record(
        desk,
        &mut tx,
        actor,
        What::ResourceChanged,
        About::Thing(permitted.organisation(), id.as_str()),
        changes::between(&before.facts(), &after.facts()),
    )
    .await?;
    if after.owner != before.owner {
        access::steps::reconsider(desk, &mut tx, org, Concerned::Resource(id), &actor.caller).await?;
    }
    let secret = secret_of(desk, &mut tx, &permitted, &after, &before.hook).await?;
    tx.commit().await?;
    Ok(secret)
}

/// The new secret of a resource whose hook is at another address than before.
async fn secret_of(
    desk: &Desk,
    tx: &mut Tx,
    permitted: &Permitted,
    resource: &Resource,
    before: &str,
) -> Result<Option<String>> {
    if resource.hook.is_empty() || resource.hook == before {
        return Ok(None);
    }
    crate::desk::access::hook_calls::renew_secret(desk, tx, permitted.organisation(), &resource.id)
        .await
        .map(Some)
}

/// Disables a resource, or enables it again. Open requests for what is disabled end in Error.
#[tracing::instrument(name = "access::resources::set_state", skip_all)]
pub async fn set_state(
    desk: &Desk,
    actor: &Actor,
    member: &Membership,
    id: &ResourceId,
    active: bool,
) -> Result<()> {
    let permitted = policy::permitted(member, Permission::ResourcesManage)?;
    let mut tx = rights::begin_alone_for(desk, actor, member).await?;
    let before = live(&mut tx, permitted.organisation(), id).await?.resource;
    let about = About::Thing(permitted.organisation(), id.as_str());
    refuse_outdated(&mut tx, actor, about, &before.facts()).await?;
    let state = if active {
        ResourceState::Active
    } else {
        ResourceState::Disabled
    };
    if before.state != state {
        put(
            desk,
            &mut tx,
            actor,
            &permitted,
            before,
            state,
            What::ResourceChanged,
        )
        .await?;
    }
    tx.commit().await
}

/// Deletes a resource: whoever has it loses it and is told; open requests for it end in Error.
#[tracing::instrument(name = "access::resources::delete", skip_all)]
pub async fn delete(desk: &Desk, actor: &Actor, member: &Membership, id: &ResourceId) -> Result<()> {
    let permitted = policy::permitted(member, Permission::ResourcesManage)?;
    let (org, now) = (permitted.organisation(), actor.now());
    let mut tx = rights::begin_alone_for(desk, actor, member).await?;
    let before = live(&mut tx, org, id).await?.resource;
    loop {
        let held = store::access::grants::list_of_resource(&mut tx, org, id).await?;
        if held.is_empty() {
            break;
        }
        for listed in held {
            let ended = GrantEnd {
                at: now,
                by: Some(actor.id().clone()),
            };
            access::grants::revoke(
                desk,
                &mut tx,
                actor,
                Grant {
                    ended: Some(ended),
                    ..listed.grant.clone()
                },
                &listed,
            )
            .await?;
        }
    }
    put(
        desk,
        &mut tx,
        actor,
        &permitted,
        before,
        ResourceState::Deleted,
        What::ResourceDeleted,
    )
    .await?;
    tx.commit().await
}

async fn put(
    desk: &Desk,
    tx: &mut Tx,
    actor: &Actor,
    permitted: &Permitted,
    before: Resource,
    state: ResourceState,
    what: What,
) -> Result<()> {
    let after = Resource {
        state,
        ..before.clone()
    };
    store::access::resources::save(tx, permitted.organisation(), &after).await?;
    let changes = if state == ResourceState::Deleted {
        changes::gone(before.facts())
    } else {
        changes::between(&before.facts(), &after.facts())
    };
    history::record(
        desk,
        tx,
        actor,
        what,
        About::Thing(permitted.organisation(), after.id.as_str()),
        changes,
    )
    .await?;
    access::steps::reconsider(
        desk,
        tx,
        permitted.organisation(),
        Concerned::Resource(&after.id),
        &actor.caller,
    )
    .await
}

async fn live(conn: &mut store::Conn, org: &OrganisationId, id: &ResourceId) -> Result<ListedResource> {
    let found = store::access::resources::find(conn, org, id).await?;
    if found.resource.state == ResourceState::Deleted {
        Err(Error::NotFound)
    } else {
        Ok(found)
    }
}

/// The draft as a resource, with everything that it names in the organisation. `owner`: the name of
/// whoever owns it so far.
async fn checked(
    tx: &mut Tx,
    permitted: &Permitted,
    draft: &ResourceDraft,
    before: Resource,
    owner: Option<&str>,
) -> Result<Resource> {
    let org = permitted.organisation();
    let mut faults = Faults::default();
    let name = faults.take("name", resource::name(&draft.name));
    let description = faults.take("description", resource::description(&draft.description));
    let icon = faults.take("icon", resource::icon(&draft.icon));
    let link = faults.take("link", maybe_web_address(&draft.link));
    let hook = faults.take("hook", maybe_web_address(&draft.hook));
    let most_days = faults.take("most_days", resource::most_days(&draft.most_days));
    let chosen = if draft.some && draft.roles.is_empty() && draft.groups.is_empty() {
        Err(Why::ChoiceNeeded)
    } else {
        Ok(())
    };
    faults.take("audience", chosen);
    let found = name.zip(description).zip(icon).zip(link).zip(hook).zip(most_days);
    let (((((name, description), icon), link), hook), most_days) = faults.done(found)?;
    let owner = match draft.owner.trim() {
        "" => None,
        same if owner == Some(same) => before.owner.clone(),
        typed => Some(crate::desk::lookup::typed_member(tx, org, "owner", typed).await?),
    };
    let flow = match draft.flow.as_str() {
        "" => None,
        id => Some(chosen_flow(tx, org, id).await?),
    };
    for role in &draft.roles {
        store::people::roles::find(tx, org, role).await?;
    }
    for group in &draft.groups {
        store::people::groups::find(tx, org, group).await?;
    }
    let audience = audience(draft);
    let reason_required = draft.reason_required;
    Ok(Resource {
        name,
        description,
        icon,
        link,
        owner,
        flow,
        most_days,
        reason_required,
        hook,
        audience,
        ..before
    })
}

/// A web address, or nothing.
fn maybe_web_address(typed: &str) -> Result<String, Why> {
    if typed.trim().is_empty() {
        Ok(String::new())
    } else {
        home_page::web_address(typed)
    }
}

/// The flow with this id, if requests may still follow it.
async fn chosen_flow(tx: &mut Tx, org: &OrganisationId, id: &str) -> Result<FlowId> {
    let unknown = || Error::field("flow", Why::UnknownChoice);
    let id = FlowId::try_from(id.to_owned()).map_err(|_| unknown())?;
    let flow = store::access::flows::find(tx, org, &id)
        .await
        .map_err(|e| if e == Error::NotFound { unknown() } else { e })?;
    if flow.deleted { Err(unknown()) } else { Ok(id) }
}

/// Who may ask, in one order however it was typed.
fn audience(draft: &ResourceDraft) -> Audience {
    if !draft.some {
        return Audience::Everyone;
    }
    let (mut roles, mut groups) = (draft.roles.clone(), draft.groups.clone());
    roles.sort();
    groups.sort();
    Audience::Some { roles, groups }
}
