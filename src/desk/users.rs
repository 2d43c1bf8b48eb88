//! Users: the members of an organisation with their roles, and those who are invited.
use super::{Actor, Desk, organisation_event};
use crate::domain::account::Email;
use crate::domain::event::{Detail, What};
use crate::domain::ids::{AccountId, RoleId};
use crate::domain::invitation::Invitation;
use crate::domain::member::Membership;
use crate::domain::request::Status;
use crate::domain::role::{Permission, Role};
use crate::domain::{Error, Result, Why, policy, text};
use crate::store;
use crate::store::members::Listed;

/// A member with the roles they have.
pub struct User {
    pub listed: Listed,
    pub roles: Vec<RoleId>,
}

/// A page of users.
pub struct Users {
    pub users: Vec<User>,
    /// Invitations that have not ended; on the first page only.
    pub invited: Vec<Invitation>,
    pub roles: Vec<Role>,
    /// After whom the next page begins.
    pub next: Option<(String, AccountId)>,
}

const PAGE: usize = 50;

impl Desk {
    /// A page of the organisation's members by name, with the invited before them. `search`: a part of name or address.
    pub async fn users(&self, member: &Membership, search: &str, after: Option<&(String, AccountId)>) -> Result<Users> {
        let permitted = policy::permitted(member, Permission::MembersManage)?;
        let (org, search) = (permitted.organisation(), text::fold(search));
        let mut conn = self.db.read().await?;
        let mut listed = store::members::list(&mut conn, org, &search, after, PAGE as i64 + 1).await?;
        let more = listed.len() > PAGE;
        listed.truncate(PAGE);
        let next = listed.last().filter(|_| more).map(|l| (l.sorts_as.clone(), l.account.clone()));
        let mut users = Vec::with_capacity(listed.len());
        for one in listed {
            let roles = store::roles::list_of_member(&mut conn, org, &one.account).await?;
            users.push(User { listed: one, roles });
        }
        let invited = if after.is_none() { store::invitations::list_open(&mut conn, org, &search).await? } else { Vec::new() };
        Ok(Users { users, invited, roles: store::roles::list(&mut conn, org).await?, next })
    }

    /// Sets which roles a member has. Nobody gives what they do not hold, and the last administrator stays one.
    pub async fn set_roles(&self, actor: &Actor, member: &Membership, account: &AccountId, wanted: &[RoleId]) -> Result<()> {
        let permitted = policy::permitted(member, Permission::MembersManage)?;
        let org = permitted.organisation();
        let mut tx = self.db.begin().await?;
        // Two administrators who take the role from each other at once: the second one waits, and then is the last.
        store::members::take_turn(&mut tx, org).await?;
        store::members::find_active(&mut tx, &member.slug, account).await?.ok_or(Error::NotFound)?;
        let all = store::roles::list(&mut tx, org).await?;
        if wanted.iter().any(|id| !all.iter().any(|r| r.id == *id)) {
            return Err(Error::NotFound);
        }
        let has = store::roles::list_of_member(&mut tx, org, account).await?;
        for role in &all {
            let what = match (has.contains(&role.id), wanted.contains(&role.id)) {
                (false, true) => {
                    policy::may_give(member, role)?;
                    store::roles::give(&mut tx, org, account, &role.id).await?;
                    What::RoleGiven
                }
                (true, false) => {
                    store::roles::take(&mut tx, org, account, &role.id).await?;
                    if role.built_in && store::roles::count_holders(&mut tx, org, &role.id).await? == 0 {
                        return Err(Error::Refused(Why::LastAdministrator));
                    }
                    What::RoleTaken
                }
                _ => continue,
            };
            let detail = Detail { after: Some(role.name.clone()), place: Some(actor.caller.place.clone()), ..Detail::default() };
            self.record(&mut tx, actor.now(), &organisation_event(what, org, Some(actor.id()), account.as_str(), detail)).await?;
        }
        tx.commit().await
    }

    /// Invites an address. Somebody who has asked to join is approved by that, if the actor may decide it.
    pub async fn invite(&self, actor: &Actor, member: &Membership, email: &str) -> Result<()> {
        let permitted = policy::permitted(member, Permission::InvitationsSend)?;
        let email = Email::parse(email).map_err(|why| Error::field("email", why))?;
        let (org, now) = (permitted.organisation(), actor.now());
        let mut tx = self.db.begin().await?;
        store::requests::take_turn(&mut tx, org).await?;
        let organisation = store::organisations::find(&mut tx, org).await?;
        if organisation.closed_at.is_some() {
            return Err(Error::Refused(Why::OrganisationClosed));
        }
        if store::members::has_email(&mut tx, org, &email).await? {
            return Err(Error::field("email", Why::AlreadyMember));
        }
        let open = store::requests::find_open_join(&mut tx, org, &email).await?;
        if let Some(request) = open.filter(|r| r.status_at(now) == Status::Pending) {
            if !member.may(Permission::RequestsDecide) {
                return Err(Error::field("email", Why::RequestIsOpen));
            }
            let decider = policy::decider(member, &actor.account.email, &request)?;
            self.approve_in(&mut tx, actor, &decider, request).await?;
            return tx.commit().await;
        }
        let invited = store::invitations::find_open(&mut tx, org, &email).await?;
        if invited.is_some_and(|i| i.open(now).is_ok()) {
            return Err(Error::field("email", Why::AlreadyInvited));
        }
        let id = self.mint.id(now);
        let invitation = Invitation::new(id, organisation.id.clone(), email, actor.account.language, actor.id().clone(), now);
        self.send_invitation(&mut tx, actor, &organisation, &invitation).await?;
        tx.commit().await
    }
}
