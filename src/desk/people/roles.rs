//! Roles: creating, changing, deleting them, with what that does to members and open invitations.
use crate::desk::history::About;
use crate::desk::history::outdated::refuse_outdated;
use crate::desk::{Actor, Desk, access, history, people, rights};
use crate::domain::changes::{self, Field};
use crate::domain::error::Faults;
use crate::domain::event::What;
use crate::domain::ids::{RequestId, RoleId};
use crate::domain::invitation::Invitation;
use crate::domain::member::Membership;
use crate::domain::role::{self, Permission, Permissions, Role};
use crate::domain::{Error, Result, Why, policy};
use crate::store::access::steps::Concerned;
use crate::store::{self, Conn, Tx};

/// A role with who has it and which open invitations carry it.
pub struct UsedRole {
    pub role: Role,
    pub holders: i64,
    /// Their names, at most 20.
    pub names: Vec<String>,
    pub invitations: Vec<Invitation>,
    /// How many open requests follow a flow that names it.
    pub requests: i64,
}

/// What becomes of the open invitations that carry a role which is changed or deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnInvitations {
    /// They carry the role as it is then.
    Keep,
    /// They lose the role.
    Drop,
    /// They are deleted.
    Delete,
}

impl OnInvitations {
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "keep" => Some(OnInvitations::Keep),
            "drop" => Some(OnInvitations::Drop),
            "delete" => Some(OnInvitations::Delete),
            _ => None,
        }
    }
}

/// The organisation's roles with who uses them.
#[tracing::instrument(name = "people::roles::list", skip_all)]
pub async fn list(desk: &Desk, member: &Membership) -> Result<Vec<UsedRole>> {
    let permitted = policy::permitted(member, Permission::RolesManage)?;
    let mut conn = desk.db.read().await?;
    let mut used = Vec::new();
    for role in store::people::roles::list(&mut conn, permitted.organisation()).await? {
        used.push(use_of(&mut conn, member, role).await?);
    }
    Ok(used)
}

/// One role with who uses it.
#[tracing::instrument(name = "people::roles::find", skip_all)]
pub async fn find(desk: &Desk, member: &Membership, id: &RoleId) -> Result<UsedRole> {
    let permitted = policy::permitted(member, Permission::RolesManage)?;
    let mut conn = desk.db.read().await?;
    let role = store::people::roles::find(&mut conn, permitted.organisation(), id).await?;
    use_of(&mut conn, member, role).await
}

/// Creates a role. Nobody makes one with a permission that they do not hold.
#[tracing::instrument(name = "people::roles::create", skip_all)]
pub async fn create(
    desk: &Desk,
    actor: &Actor,
    member: &Membership,
    name: &str,
    permissions: Permissions,
) -> Result<RoleId> {
    let permitted = policy::permitted(member, Permission::RolesManage)?;
    let name = role::name(name).map_err(|why| Error::field("name", why))?;
    policy::may_give(member, permissions)?;
    let role = Role {
        id: desk.mint.id(actor.now()),
        name,
        permissions,
        built_in: false,
        version: 1,
    };
    let mut tx = rights::begin_for(desk, actor, member).await?;
    store::people::roles::create(&mut tx, permitted.organisation(), &role).await?;
    history::record(
        desk,
        &mut tx,
        actor,
        What::RoleCreated,
        About::Thing(permitted.organisation(), role.id.as_str()),
        changes::made(role.facts()),
    )
    .await?;
    tx.commit().await?;
    Ok(role.id)
}

/// Changes a role's name and permissions. Where open invitations carry it, `then` says what
/// becomes of them.
#[tracing::instrument(name = "people::roles::change", skip_all)]
pub async fn change(
    desk: &Desk,
    actor: &Actor,
    member: &Membership,
    id: &RoleId,
    name: &str,
    permissions: Permissions,
    then: Option<OnInvitations>,
) -> Result<()> {
    let permitted = policy::permitted(member, Permission::RolesManage)?;
    let mut faults = Faults::default();
    let name = faults.take("name", role::name(name));
    let name = faults.done(name)?;
    let mut tx = rights::begin_alone_for(desk, actor, member).await?;
    let before = store::people::roles::find(&mut tx, permitted.organisation(), id).await?;
    let about = About::Thing(permitted.organisation(), id.as_str());
    refuse_outdated(&mut tx, actor, about, &before.facts()).await?;
    if before.built_in {
        return Err(Error::Refused(Why::BuiltIn));
    }
    let after = Role {
        name,
        permissions,
        ..before.clone()
    };
    policy::may_give(member, after.permissions.without(before.permissions))?;
    policy::may_give(member, before.permissions.without(after.permissions))?;
    if after == before {
        return Ok(());
    }
    settle_invitations(desk, &mut tx, actor, member, &before, then).await?;
    let waiting =
        store::access::steps::list_concerned(&mut tx, permitted.organisation(), &Concerned::Role(id)).await?;
    store::people::roles::update(&mut tx, permitted.organisation(), &after, actor.now()).await?;
    history::record(
        desk,
        &mut tx,
        actor,
        What::RoleChanged,
        About::Thing(permitted.organisation(), id.as_str()),
        changes::between(&before.facts(), &after.facts()),
    )
    .await?;
    changed(desk, &mut tx, actor, member, id, &waiting).await?;
    tx.commit().await
}

/// Deletes a role: its members lose it. Where open invitations carry it, `then` says whether
/// they only lose it or are deleted.
#[tracing::instrument(name = "people::roles::delete", skip_all)]
pub async fn delete(
    desk: &Desk,
    actor: &Actor,
    member: &Membership,
    id: &RoleId,
    then: Option<OnInvitations>,
) -> Result<()> {
    let permitted = policy::permitted(member, Permission::RolesManage)?;
    let mut tx = rights::begin_alone_for(desk, actor, member).await?;
    let role = store::people::roles::find(&mut tx, permitted.organisation(), id).await?;
    if role.built_in {
        return Err(Error::Refused(Why::BuiltIn));
    }
    policy::may_give(member, role.permissions)?;
    settle_invitations(
        desk,
        &mut tx,
        actor,
        member,
        &role,
        then.filter(|t| *t != OnInvitations::Keep),
    )
    .await?;
    let waiting =
        store::access::steps::list_concerned(&mut tx, permitted.organisation(), &Concerned::Role(id)).await?;
    people::role_letters::tell_of_end(desk, &mut tx, actor, permitted.organisation(), &role).await?;
    store::people::roles::delete(&mut tx, permitted.organisation(), id, actor.now()).await?;
    history::record(
        desk,
        &mut tx,
        actor,
        What::RoleDeleted,
        About::Thing(permitted.organisation(), id.as_str()),
        changes::gone(role.facts()),
    )
    .await?;
    changed(desk, &mut tx, actor, member, id, &waiting).await?;
    tx.commit().await
}

/// Does to the open invitations that carry the role what was chosen. Without a choice, where
/// there are any, it asks for one.
async fn settle_invitations(
    desk: &Desk,
    tx: &mut Tx,
    actor: &Actor,
    member: &Membership,
    role: &Role,
    then: Option<OnInvitations>,
) -> Result<()> {
    let carrying = store::people::invitations::list_carrying(tx, &member.organisation, &role.id).await?;
    if carrying.is_empty() {
        return Ok(());
    }
    match then {
        None => Err(Error::field("invitations", Why::ChoiceNeeded)),
        Some(OnInvitations::Keep) => Ok(()),
        Some(OnInvitations::Drop) => {
            store::people::invitations::drop_role(tx, &member.organisation, &role.id).await?;
            for invitation in carrying {
                history::record(
                    desk,
                    tx,
                    actor,
                    What::InvitationChanged,
                    About::Thing(&member.organisation, invitation.id.as_str()),
                    changes::gone([
                        (Field::Role, role.name.clone()),
                        (Field::RoleId, role.id.to_string()),
                    ]),
                )
                .await?;
            }
            Ok(())
        }
        Some(OnInvitations::Delete) => {
            for invitation in carrying {
                people::invitations::delete_in(desk, tx, actor, invitation).await?;
            }
            Ok(())
        }
    }
}

/// Looks again at the requests that a change of a role concerns. `waiting`: those that waited
/// for whoever had it before.
async fn changed(
    desk: &Desk,
    tx: &mut Tx,
    actor: &Actor,
    member: &Membership,
    id: &RoleId,
    waiting: &[RequestId],
) -> Result<()> {
    access::steps::reconsider_all(desk, tx, &member.organisation, waiting, &actor.caller).await?;
    for concerned in [
        Concerned::Naming("role", id.as_str()),
        Concerned::Administrators,
        Concerned::Missing,
    ] {
        access::steps::reconsider(desk, tx, &member.organisation, concerned, &actor.caller).await?;
    }
    Ok(())
}

async fn use_of(conn: &mut Conn, member: &Membership, role: Role) -> Result<UsedRole> {
    let org = &member.organisation;
    Ok(UsedRole {
        holders: store::people::roles::count_holders(conn, org, &role.id).await?,
        names: store::people::roles::list_holders(conn, org, &role.id).await?,
        invitations: store::people::invitations::list_carrying(conn, org, &role.id).await?,
        requests: store::access::steps::list_concerned(
            conn,
            org,
            &Concerned::Naming("role", role.id.as_str()),
        )
        .await?
        .len() as i64,
        role,
    })
}
