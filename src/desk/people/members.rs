//! Users: the members of an organisation with their roles and their work, those who are invited,
//! and removing a member.
use crate::desk::history::About;
use crate::desk::history::outdated::refuse_outdated;
use crate::desk::lookup::typed_member;
use crate::desk::people::administrators::keep_an_administrator;
use crate::desk::people::departure::Reach;
use crate::desk::{Actor, Caller, Desk, access, cut_to, history, letters, people, rights};
use crate::domain::changes::{self, Field};
use crate::domain::error::Faults;
use crate::domain::event::What;
use crate::domain::group::Group;
use crate::domain::ids::{AccountId, OrganisationId, RoleId, SessionId};
use crate::domain::invitation::Invitation;
use crate::domain::member::{self, Employment, Membership};
use crate::domain::notice::{Letter, Notice};
use crate::domain::request::Request;
use crate::domain::role::{Permission, Permissions, Role};
use crate::domain::{Error, Result, Why, policy};
use crate::store::access::steps::Concerned;
use crate::store::account::sessions::Session;
use crate::store::chat::contacts::Linked;
use crate::store::history::Entry;
use crate::store::people::member_list::{ListedMember, MemberQuery, Ties};
use crate::store::{self, Tx};

/// A member with the roles they have.
pub struct User {
    pub listed: ListedMember,
    pub roles: Vec<RoleId>,
}

/// A page of users.
pub struct Users {
    pub users: Vec<User>,
    /// Invitations that have not ended; where members are not filtered, on the first page only.
    pub invited: Vec<Invitation>,
    pub roles: Vec<Role>,
    /// How many members wait for rights.
    pub waiting: i64,
    /// After whom the next page begins.
    pub next: Option<(String, AccountId)>,
}

/// A member's own page.
pub struct MemberDetails {
    pub user: User,
    pub all_roles: Vec<Role>,
    pub groups: Vec<Group>,
    pub sessions: Vec<Session>,
    pub requests: Vec<Request>,
    /// Their channels at connectors, proven or noted; for whoever manages connectors.
    pub channels: Vec<Linked>,
    pub history: Vec<Entry>,
    /// What ends when the membership ends.
    pub ties: Ties,
    pub reach: Reach,
}

/// A member's work as typed.
#[derive(Clone, Debug, Default)]
pub struct Work {
    /// The manager's name or address, or empty.
    pub manager: String,
    pub job_title: String,
    pub department: String,
}

const PAGE: usize = 50;

/// A page of the organisation's members by name, with the invited before them.
#[tracing::instrument(name = "people::members::list", skip_all)]
pub async fn list(desk: &Desk, member: &Membership, look: &MemberQuery) -> Result<Users> {
    let permitted = policy::permitted(member, Permission::MembersManage)?;
    let org = permitted.organisation();
    let mut conn = desk.db.read().await?;
    let mut listed = store::people::member_list::list(&mut conn, org, look, PAGE + 1).await?;
    let next = cut_to(&mut listed, PAGE).map(|l| (l.sorts_as.clone(), l.account.clone()));
    let held =
        store::people::roles::list_of_members(&mut conn, org, listed.iter().map(|l| &l.account)).await?;
    let roles_of = |l: &ListedMember| {
        held.iter()
            .filter(|(a, _)| *a == l.account)
            .map(|(_, r)| r.clone())
            .collect()
    };
    let users = listed
        .into_iter()
        .map(|l| User {
            roles: roles_of(&l),
            listed: l,
        })
        .collect();
    let with_invited = look.after.is_none() && look.role.is_none() && !look.waiting;
    let invited = if with_invited {
        store::people::invitations::list_open(&mut conn, org, &look.search).await?
    } else {
        Vec::new()
    };
    let waiting = store::people::member_list::count_waiting(&mut conn, org).await?;
    Ok(Users {
        users,
        invited,
        roles: store::people::roles::list(&mut conn, org).await?,
        waiting,
        next,
    })
}

/// Members whose name or address begins with what is typed, to choose from; at most 20.
#[tracing::instrument(name = "people::members::find_members", skip_all)]
pub async fn find_members(
    desk: &Desk,
    member: &Membership,
    permission: Permission,
    search: &str,
) -> Result<Vec<ListedMember>> {
    let permitted = policy::permitted(member, permission)?;
    let look = MemberQuery {
        search: search.to_owned(),
        ..MemberQuery::default()
    };
    store::people::member_list::list(&mut *desk.db.read().await?, permitted.organisation(), &look, 20).await
}

/// One member with all that their page shows.
#[tracing::instrument(name = "people::members::find", skip_all)]
pub async fn find(
    desk: &Desk,
    actor: &Actor,
    member: &Membership,
    account: &AccountId,
) -> Result<MemberDetails> {
    let permitted = policy::permitted(member, Permission::MembersManage)?;
    let org = permitted.organisation();
    let mut conn = desk.db.read().await?;
    let listed = store::people::member_list::find(&mut conn, org, account).await?;
    let roles = store::people::roles::list_of_member(&mut conn, org, account).await?;
    let may_see = member.may(Permission::ConnectorsManage);
    let channels = if may_see {
        store::chat::contacts::list_of_member(&mut conn, org, account).await?
    } else {
        Vec::new()
    };
    Ok(MemberDetails {
        channels,
        user: User { listed, roles },
        all_roles: store::people::roles::list(&mut conn, org).await?,
        groups: store::people::groups::list_of_member(&mut conn, org, account).await?,
        sessions: store::account::sessions::list_live(&mut conn, account, actor.now()).await?,
        requests: store::requests::list_of_member(&mut conn, org, account).await?,
        history: store::history::list_of_objects(&mut conn, org, account.as_str(), "").await?,
        ties: store::people::member_list::ties(&mut conn, org, account).await?,
        reach: crate::desk::people::departure::reach(&mut conn, org, account, actor.now()).await?,
    })
}

/// Sets which roles a member has. Nobody gives or takes what they do not hold, and the last
/// administrator stays one.
#[tracing::instrument(name = "people::members::set_roles", skip_all)]
pub async fn set_roles(
    desk: &Desk,
    actor: &Actor,
    member: &Membership,
    account: &AccountId,
    wanted: &[RoleId],
) -> Result<()> {
    let permitted = policy::permitted(member, Permission::MembersManage)?;
    let (org, now) = (permitted.organisation(), actor.now());
    let mut tx = rights::begin_alone_for(desk, actor, member).await?;
    // Two administrators who take the role from each other at once: the second one waits, and
    // then is the last.
    store::people::member_list::find(&mut tx, org, account).await?;
    let all = store::people::roles::list(&mut tx, org).await?;
    if wanted.iter().any(|id| !all.iter().any(|r| r.id == *id)) {
        return Err(Error::NotFound);
    }
    let has = store::people::roles::list_of_member(&mut tx, org, account).await?;
    let about = About::Thing(org, account.as_str());
    refuse_outdated(&mut tx, actor, about, &member::role_facts(&has)).await?;
    let (mut given, mut taken) = (Vec::new(), Vec::new());
    for role in &all {
        let name = [(Field::Role, role.name.clone())];
        let (what, changes) = match (has.contains(&role.id), wanted.contains(&role.id)) {
            (false, true) => {
                policy::may_give(member, role.permissions)?;
                store::people::roles::give(&mut tx, org, account, &role.id, now).await?;
                given.push(role.name.clone());
                (What::RoleGiven, changes::made(name))
            }
            (true, false) => {
                policy::may_give(member, role.permissions)?;
                store::people::roles::take(&mut tx, org, account, &role.id, now).await?;
                taken.push(role.name.clone());
                (What::RoleTaken, changes::gone(name))
            }
            _ => continue,
        };
        history::record(
            desk,
            &mut tx,
            actor,
            what,
            About::Thing(org, account.as_str()),
            changes,
        )
        .await?;
    }
    keep_an_administrator(&mut tx, member).await?;
    rights_changed(desk, &mut tx, org, account, &actor.caller).await?;
    if account != actor.id() {
        people::role_letters::tell(desk, &mut tx, org, account, [&given, &taken], now).await?;
    }
    tx.commit().await
}

/// Looks again at what waits for a member whose rights changed, and at what waits for anybody
/// who has them.
pub(crate) async fn rights_changed(
    desk: &Desk,
    tx: &mut Tx,
    org: &OrganisationId,
    account: &AccountId,
    caller: &Caller,
) -> Result<()> {
    for concerned in [
        Concerned::Assigned(account),
        Concerned::Administrators,
        Concerned::Missing,
    ] {
        access::steps::reconsider(desk, tx, org, concerned, caller).await?;
    }
    Ok(())
}

/// Writes down a member's manager, job title and department. Nobody manages themselves,
/// directly or by others.
#[tracing::instrument(name = "people::members::set_employment", skip_all)]
pub async fn set_employment(
    desk: &Desk,
    actor: &Actor,
    member: &Membership,
    account: &AccountId,
    work: &Work,
) -> Result<()> {
    let permitted = policy::permitted(member, Permission::MembersManage)?;
    let org = permitted.organisation();
    let mut faults = Faults::default();
    let job_title = faults.take("job_title", member::work(&work.job_title));
    let department = faults.take("department", member::work(&work.department));
    let (job_title, department) = faults.done(job_title.zip(department))?;
    let mut tx = rights::begin_alone_for(desk, actor, member).await?;
    let before = store::people::member_list::find(&mut tx, org, account).await?;
    let about = About::Thing(org, account.as_str());
    refuse_outdated(&mut tx, actor, about, &before.employment.facts()).await?;
    // Left as it stood: the name of who is the manager already, who need not be the only one of
    // that name.
    let manager = match work.manager.trim() {
        "" => None,
        same if before.manager.as_deref() == Some(same) => before.employment.manager.clone(),
        typed => Some(typed_member(&mut tx, org, "manager", typed).await?),
    };
    if let Some(manager) = &manager {
        may_manage(&mut tx, member, manager, account).await?;
    }
    let next = Employment {
        manager,
        job_title,
        department,
    };
    store::people::members::employ(&mut tx, org, account, &next).await?;
    history::record(
        desk,
        &mut tx,
        actor,
        What::MemberChanged,
        About::Thing(org, account.as_str()),
        changes::between(&before.employment.facts(), &next.facts()),
    )
    .await?;
    if next.manager != before.employment.manager {
        access::steps::reconsider(desk, &mut tx, org, Concerned::Holder(account), &actor.caller).await?;
    }
    tx.commit().await
}

/// Removes a member: the membership ends at once, on every device, and the person is told.
#[tracing::instrument(name = "people::members::remove", skip_all)]
pub async fn remove(desk: &Desk, actor: &Actor, member: &Membership, account: &AccountId) -> Result<()> {
    let permitted = policy::permitted(member, Permission::MembersManage)?;
    let (org, now) = (permitted.organisation(), actor.now());
    if account == actor.id() {
        return Err(Error::Refused(Why::OwnMembership));
    }
    let mut tx = rights::begin_alone_for(desk, actor, member).await?;
    store::people::member_list::find(&mut tx, org, account).await?;
    let departure = policy::removal(member, account, held(&mut tx, member, account).await?)?;
    people::departure::end_member(desk, &mut tx, actor, &departure).await?;
    keep_an_administrator(&mut tx, member).await?;
    history::record(
        desk,
        &mut tx,
        actor,
        What::MemberRemoved,
        About::Thing(org, account.as_str()),
        vec![],
    )
    .await?;
    let organisation = store::organisation::organisations::find(&mut tx, org).await?;
    let gone = store::account::accounts::find(&mut tx, account).await?;
    let letter = Letter::Removed {
        organisation: organisation.name,
        customer_number: organisation.customer_number,
        contact: organisation.admin_contact,
    };
    let notice = Notice {
        account: Some(gone.id),
        organisation: Some(org.clone()),
        ..Notice::new(gone.email, gone.language, letter)
    };
    letters::owe(desk, &mut tx, &notice, now).await?;
    tx.commit().await
}

/// Ends one of a member's sessions.
#[tracing::instrument(name = "people::members::end_session_of", skip_all)]
pub async fn end_session_of(
    desk: &Desk,
    actor: &Actor,
    member: &Membership,
    account: &AccountId,
    session: &SessionId,
) -> Result<()> {
    let permitted = policy::permitted(member, Permission::MembersManage)?;
    let org = permitted.organisation();
    let mut tx = rights::begin_for(desk, actor, member).await?;
    store::people::member_list::find(&mut tx, org, account).await?;
    policy::may_give(member, held(&mut tx, member, account).await?)?;
    if !store::account::sessions::end(&mut tx, account, session, actor.now()).await? {
        return Err(Error::NotFound);
    }
    history::record(
        desk,
        &mut tx,
        actor,
        What::MemberSignedOut,
        About::Thing(org, account.as_str()),
        vec![],
    )
    .await?;
    tx.commit().await
}

/// What a member's roles allow together.
async fn held(tx: &mut Tx, member: &Membership, account: &AccountId) -> Result<Permissions> {
    let theirs = store::people::members::find_active(tx, &member.slug, account).await?;
    Ok(theirs.map_or(Permissions::NONE, |m| m.permissions))
}

/// Whether `manager` can be the manager of `account`: a member, not the same person, and not
/// managed by them through others.
async fn may_manage(
    tx: &mut Tx,
    member: &Membership,
    manager: &AccountId,
    account: &AccountId,
) -> Result<()> {
    let org = &member.organisation;
    if manager == account {
        return Err(Error::field("manager", Why::OwnManager));
    }
    store::people::member_list::find(tx, org, manager)
        .await
        .map_err(|e| match e {
            Error::NotFound => Error::field("manager", Why::UnknownPerson),
            e => e,
        })?;
    let mut above = store::people::member_list::manager_of(tx, org, manager).await?;
    while let Some(next) = above {
        if next == *account {
            return Err(Error::field("manager", Why::ManagerCircle));
        }
        above = store::people::member_list::manager_of(tx, org, &next).await?;
    }
    Ok(())
}
