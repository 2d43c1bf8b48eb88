//! Groups: creating, renaming, deleting them; who is in them.
use crate::desk::history::About;
use crate::desk::history::outdated::refuse_outdated;
use crate::desk::{Actor, Desk, access, history, rights};
use crate::domain::changes::{self, Field};
use crate::domain::event::What;
use crate::domain::group::{self, Group};
use crate::domain::ids::{AccountId, GroupId};
use crate::domain::member::Membership;
use crate::domain::role::Permission;
use crate::domain::{Error, Result, policy};
use crate::store::access::steps::Concerned;
use crate::store::people::groups::InGroup;
use crate::store::{self, Tx};

/// What hangs on a group.
pub struct GroupUse {
    /// Names of the flows that ask it, and of the resources that its members may ask for.
    pub flows: Vec<String>,
    pub resources: Vec<String>,
    /// How many open requests follow a version that names it.
    pub requests: i64,
}

/// The organisation's groups by name, each with how many members it has.
#[tracing::instrument(name = "people::groups::list", skip_all)]
pub async fn list(desk: &Desk, member: &Membership) -> Result<Vec<(Group, i64)>> {
    let permitted = policy::permitted(member, Permission::GroupsManage)?;
    store::people::groups::list(&mut *desk.db.read().await?, permitted.organisation()).await
}

/// What a group is used for.
#[tracing::instrument(name = "people::groups::group_use", skip_all)]
pub async fn group_use(desk: &Desk, member: &Membership, id: &GroupId) -> Result<GroupUse> {
    let permitted = policy::permitted(member, Permission::GroupsManage)?;
    let mut conn = desk.db.read().await?;
    let org = permitted.organisation();
    let requests =
        store::access::steps::list_concerned(&mut conn, org, &Concerned::Naming("group", id.as_str()))
            .await?;
    Ok(GroupUse {
        flows: store::access::flows::list_naming(&mut conn, org, "group", id.as_str()).await?,
        resources: store::access::resources::list_open_to(&mut conn, org, "group", id.as_str()).await?,
        requests: requests.len() as i64,
    })
}

/// A group with who is in it.
#[tracing::instrument(name = "people::groups::find", skip_all)]
pub async fn find(desk: &Desk, member: &Membership, id: &GroupId) -> Result<(Group, Vec<InGroup>)> {
    let permitted = policy::permitted(member, Permission::GroupsManage)?;
    let mut conn = desk.db.read().await?;
    let group = store::people::groups::find(&mut conn, permitted.organisation(), id).await?;
    Ok((
        group,
        store::people::groups::list_members(&mut conn, permitted.organisation(), id).await?,
    ))
}

#[tracing::instrument(name = "people::groups::create", skip_all)]
pub async fn create(desk: &Desk, actor: &Actor, member: &Membership, name: &str) -> Result<GroupId> {
    let permitted = policy::permitted(member, Permission::GroupsManage)?;
    let name = group::name(name).map_err(|why| Error::field("name", why))?;
    let group = Group {
        id: desk.mint.id(actor.now()),
        name,
        version: 1,
    };
    let mut tx = rights::begin_for(desk, actor, member).await?;
    store::people::groups::create(&mut tx, permitted.organisation(), &group).await?;
    history::record(
        desk,
        &mut tx,
        actor,
        What::GroupCreated,
        About::Thing(permitted.organisation(), group.id.as_str()),
        changes::made([(Field::Name, group.name)]),
    )
    .await?;
    tx.commit().await?;
    Ok(group.id)
}

#[tracing::instrument(name = "people::groups::rename", skip_all)]
pub async fn rename(desk: &Desk, actor: &Actor, member: &Membership, id: &GroupId, name: &str) -> Result<()> {
    let permitted = policy::permitted(member, Permission::GroupsManage)?;
    let name = group::name(name).map_err(|why| Error::field("name", why))?;
    let mut tx = rights::begin_for(desk, actor, member).await?;
    let before = store::people::groups::find(&mut tx, permitted.organisation(), id).await?;
    let about = About::Thing(permitted.organisation(), id.as_str());
    refuse_outdated(&mut tx, actor, about, &before.facts()).await?;
    store::people::groups::rename(
        &mut tx,
        permitted.organisation(),
        &Group {
            name: name.clone(),
            ..before.clone()
        },
    )
    .await?;
    history::record(
        desk,
        &mut tx,
        actor,
        What::GroupChanged,
        About::Thing(permitted.organisation(), id.as_str()),
        changes::turned(Field::Name, before.name, name),
    )
    .await?;
    tx.commit().await
}

#[tracing::instrument(name = "people::groups::delete", skip_all)]
pub async fn delete(desk: &Desk, actor: &Actor, member: &Membership, id: &GroupId) -> Result<()> {
    let permitted = policy::permitted(member, Permission::GroupsManage)?;
    let mut tx = rights::begin_alone_for(desk, actor, member).await?;
    let group = store::people::groups::find(&mut tx, permitted.organisation(), id).await?;
    store::people::groups::delete(&mut tx, permitted.organisation(), id).await?;
    history::record(
        desk,
        &mut tx,
        actor,
        What::GroupDeleted,
        About::Thing(permitted.organisation(), id.as_str()),
        changes::gone([(Field::Name, group.name)]),
    )
    .await?;
    changed(desk, &mut tx, actor, member, id).await?;
    tx.commit().await
}

/// Puts the member whose name or address was typed into a group; somebody who is in it already
/// stays.
#[tracing::instrument(name = "people::groups::add", skip_all)]
pub async fn add(desk: &Desk, actor: &Actor, member: &Membership, id: &GroupId, typed: &str) -> Result<()> {
    let permitted = policy::permitted(member, Permission::GroupsManage)?;
    let org = permitted.organisation();
    let mut tx = rights::begin_alone_for(desk, actor, member).await?;
    // Whoever removes this member, or the group, at this moment is waited for, or waits.
    store::people::groups::find(&mut tx, org, id).await?;
    let account = crate::desk::lookup::typed_member(&mut tx, org, "person", typed).await?;
    if store::people::groups::add(&mut tx, org, id, &account).await? {
        history::record(
            desk,
            &mut tx,
            actor,
            What::GroupJoined,
            About::Thing(permitted.organisation(), id.as_str()),
            changes::made([(Field::Member, account.to_string())]),
        )
        .await?;
        changed(desk, &mut tx, actor, member, id).await?;
    }
    tx.commit().await
}

/// Takes a member out of a group.
#[tracing::instrument(name = "people::groups::remove", skip_all)]
pub async fn remove(
    desk: &Desk,
    actor: &Actor,
    member: &Membership,
    id: &GroupId,
    account: &AccountId,
) -> Result<()> {
    let permitted = policy::permitted(member, Permission::GroupsManage)?;
    let org = permitted.organisation();
    let mut tx = rights::begin_alone_for(desk, actor, member).await?;
    store::people::groups::find(&mut tx, org, id).await?;
    if !store::people::groups::remove(&mut tx, org, id, account).await? {
        return Err(Error::NotFound);
    }
    history::record(
        desk,
        &mut tx,
        actor,
        What::GroupLeft,
        About::Thing(permitted.organisation(), id.as_str()),
        changes::gone([(Field::Member, account.to_string())]),
    )
    .await?;
    changed(desk, &mut tx, actor, member, id).await?;
    tx.commit().await
}

/// Looks again at the requests whose flow names the group.
async fn changed(desk: &Desk, tx: &mut Tx, actor: &Actor, member: &Membership, id: &GroupId) -> Result<()> {
    access::steps::reconsider(
        desk,
        tx,
        &member.organisation,
        Concerned::Naming("group", id.as_str()),
        &actor.caller,
    )
    .await
}
