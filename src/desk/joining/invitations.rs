//! Inviting people, one or thousands. If somebody invited has an open request to join, it is
//! approved.
use crate::desk::account::limits;
use crate::desk::faults::broken;
use crate::desk::people::invitations::{count_invitation, of_today};
use crate::desk::people::people_file::Invitee;
use crate::desk::{Actor, Desk, joining, people, rights};
use crate::domain::account::{self, Email};
use crate::domain::ids::{InvitationId, RoleId};
use crate::domain::invitation::Invitation;
use crate::domain::member::Membership;
use crate::domain::organisation::Organisation;
use crate::domain::policy::{self, Permitted};
use crate::domain::role::{Permission, Role};
use crate::domain::{Error, Result, Why, request, text};
use crate::store::{self, Tx};

/// What became of one address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InviteOutcome {
    pub line: usize,
    pub email: String,
    pub result: Result<Sent>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sent {
    Invited,
    /// There was an open request to join, which is approved by this.
    Approved,
}

/// Rows of one transaction, so that others get their turn in between.
pub(crate) const BATCH: usize = 100;

/// A row that can be invited.
pub(crate) struct CheckedInvitee {
    email: Email,
    name: String,
    roles: Vec<RoleId>,
}

/// Invites one address, without roles.
#[tracing::instrument(name = "joining::invitations::invite", skip_all)]
pub async fn invite(desk: &Desk, actor: &Actor, member: &Membership, email: &str) -> Result<()> {
    let one = Invitee {
        line: 1,
        email: email.to_owned(),
        ..Invitee::default()
    };
    let outcomes = invite_all(desk, actor, member, &[one], &[]).await?;
    outcomes
        .into_iter()
        .next()
        .ok_or_else(|| broken())?
        .result
        .map(|_| ())
}

/// Invites many: each row for itself, so that bad ones stop no good one. `roles` are given to
/// all, besides those a row names.
#[tracing::instrument(name = "joining::invitations::invite_all", skip_all)]
pub async fn invite_all(
    desk: &Desk,
    actor: &Actor,
    member: &Membership,
    rows: &[Invitee],
    roles: &[RoleId],
) -> Result<Vec<InviteOutcome>> {
    let permitted = policy::permitted(member, Permission::InvitationsSend)?;
    let mut outcomes = Vec::with_capacity(rows.len());
    for batch in rows.chunks(BATCH) {
        let invited = invite_batch(desk, actor, member, &permitted, batch, roles).await;
        match invited {
            Ok(results) => outcomes.extend(results),
            // Nothing of this batch was written.
            Err(e) if rows.len() > 1 => outcomes.extend(batch.iter().map(|row| row.outcome(Err(e.clone())))),
            Err(e) => return Err(e),
        }
    }
    Ok(outcomes)
}

async fn invite_batch(
    desk: &Desk,
    actor: &Actor,
    member: &Membership,
    permitted: &Permitted,
    batch: &[Invitee],
    roles: &[RoleId],
) -> Result<Vec<InviteOutcome>> {
    let mut tx = rights::begin_alone_for(desk, actor, member).await?;
    let organisation = store::organisation::organisations::find(&mut tx, permitted.organisation()).await?;
    organisation.open(actor.now())?;
    let all = store::people::roles::list(&mut tx, permitted.organisation()).await?;
    let mut outcomes = Vec::with_capacity(batch.len());
    for row in batch {
        let result = match row.check(member, &all, roles) {
            Ok(checked) => invite_in(desk, &mut tx, actor, member, &organisation, checked).await,
            Err(e) => Err(e),
        };
        match result {
            // The transaction may be broken; what is no refusal ends the batch.
            Err(e @ (Error::Stale | Error::Unavailable | Error::Internal)) => return Err(e),
            result => outcomes.push(row.outcome(result)),
        }
    }
    tx.commit().await?;
    Ok(outcomes)
}

/// Invites one address. Whatever is refused is refused before anything is written.
async fn invite_in(
    desk: &Desk,
    tx: &mut Tx,
    actor: &Actor,
    member: &Membership,
    organisation: &Organisation,
    new: CheckedInvitee,
) -> Result<Sent> {
    let (org, now, email) = (&organisation.id, actor.now(), &new.email);
    if store::people::member_list::find_by_email(tx, org, email)
        .await?
        .is_some()
    {
        return Err(Error::field("email", Why::IsMember));
    }
    let open = store::requests::find_open_join(tx, org, email).await?;
    if let Some(request) = open.filter(|r| r.status_at(now) == request::Status::Pending) {
        if !member.may(Permission::RequestsDecide) {
            return Err(Error::field("email", Why::RequestIsOpen));
        }
        let decider = policy::decider(member, &actor.account.email, &request)?;
        count_invitation(desk, tx, actor, organisation, email).await?;
        let invitation = joining::decisions::approve_in(desk, tx, actor, &decider, request).await?;
        for role in &new.roles {
            store::people::invitations::add_role(tx, org, &invitation, role).await?;
        }
        return Ok(Sent::Approved);
    }
    let invited = store::people::invitations::find_open(tx, org, email).await?;
    if invited.is_some_and(|i| i.open(now).is_ok()) {
        return Err(Error::field("email", Why::AlreadyInvited));
    }
    count_invitation(desk, tx, actor, organisation, email).await?;
    let id: InvitationId = desk.mint.id(now);
    // In the language of whoever has an account; else in that of whoever invites.
    let account = store::account::accounts::find_by_proven_email(tx, email).await?;
    let language = account.map_or(actor.account.language, |a| a.language);
    let invitation = Invitation::new(id, organisation, new.email, language, actor.id().clone(), now);
    let invitation = Invitation {
        name: new.name,
        ..invitation
    };
    people::invitations::send(desk, tx, actor, organisation, &invitation).await?;
    for role in &new.roles {
        store::people::invitations::add_role(tx, org, &invitation.id, role).await?;
    }
    Ok(Sent::Invited)
}

/// How many invitations the actor may still send today.
#[tracing::instrument(name = "joining::invitations::left", skip_all)]
pub async fn left(desk: &Desk, actor: &Actor, member: &Membership) -> Result<i64> {
    let permitted = policy::permitted(member, Permission::InvitationsSend)?;
    let mut conn = desk.db.read().await?;
    let organisation = store::organisation::organisations::find(&mut conn, permitted.organisation()).await?;
    let today = limits::day_of(&organisation.time_zone, actor.now());
    let sent =
        store::account::limits::so_far(&mut conn, &of_today(&organisation, actor), today.begins).await?;
    Ok((organisation.invitations_a_day - sent).max(0))
}

impl Invitee {
    fn outcome(&self, result: Result<Sent>) -> InviteOutcome {
        InviteOutcome {
            line: self.line,
            email: self.email.clone(),
            result,
        }
    }

    /// Address, name and roles as they can be taken: roles exist, and whoever invites may give
    /// them.
    fn check(&self, giver: &Membership, all: &[Role], given: &[RoleId]) -> Result<CheckedInvitee> {
        let email = Email::typed(&self.email).map_err(|why| Error::field("email", why))?;
        let name = if self.name.trim().is_empty() {
            String::new()
        } else {
            // Only proposed: what stands beside an address in an address book costs nobody the invitation.
            match account::name(&self.name) {
                Err(Why::NotAName | Why::TooLong(_)) => String::new(),
                name => name.map_err(|why| Error::field("name", why))?,
            }
        };
        let mut roles = Vec::new();
        for id in given {
            roles.push(
                all.iter()
                    .find(|r| r.id == *id)
                    .ok_or(Error::field("roles", Why::UnknownRole))?,
            );
        }
        for named in &self.roles {
            let role = all.iter().find(|r| text::fold(&r.name) == text::fold(named));
            roles.push(role.ok_or(Error::field("roles", Why::UnknownRole))?);
        }
        for role in &roles {
            policy::may_give(giver, role.permissions)?;
        }
        Ok(CheckedInvitee {
            email,
            name,
            roles: roles.into_iter().map(|r| r.id.clone()).collect(),
        })
    }
}
