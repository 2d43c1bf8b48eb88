//! Invitations from the administrators' side: inviting one or many, within the day's limits;
//! sending again, deleting, copying a link.
use crate::desk::account::limits;
use crate::desk::{Actor, Desk, organisation_event};
use crate::domain::account::Email;
use crate::domain::event::{Detail, What};
use crate::domain::ids::{InvitationId, LetterId, RoleId};
use crate::domain::invitation::Invitation;
use crate::domain::member::Membership;
use crate::domain::notice::{Letter, Notice};
use crate::domain::organisation::Organisation;
use crate::domain::policy::{self, Permitted};
use crate::domain::request;
use crate::domain::role::{Permission, Role};
use crate::domain::time::Span;
use crate::domain::{Error, Result, Time, Why, account, text};
use crate::store::people::invitations::{Listed, Look};
use crate::store::{self, Tx};

/// One address to invite, as given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Invitee {
    /// Where it stands in what was given, from 1.
    pub line: usize,
    pub email: String,
    /// May be empty.
    pub name: String,
    /// Names of roles.
    pub roles: Vec<String>,
}

/// What became of one address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
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

/// A page of invitations.
pub struct Invitations {
    pub listed: Vec<(Listed, Vec<RoleId>)>,
    pub roles: Vec<Role>,
    /// After which the next page begins.
    pub next: Option<(Time, InvitationId)>,
    /// Open ones that could not be delivered.
    pub undelivered: i64,
}

/// Rows of one transaction, so that others get their turn in between.
const BATCH: usize = 100;
const PAGE: usize = 50;

impl Desk {
    /// Invites one address, without roles.
    pub async fn invite(&self, actor: &Actor, member: &Membership, email: &str) -> Result<()> {
        let one = Invitee {
            line: 1,
            email: email.to_owned(),
            ..Invitee::default()
        };
        let outcomes = self.invite_all(actor, member, &[one], &[]).await?;
        outcomes
            .into_iter()
            .next()
            .ok_or(Error::Internal)?
            .result
            .map(|_| ())
    }

    /// Invites many: each row for itself, so that bad ones stop no good one. `roles` are given to
    /// all, besides those a row names.
    pub async fn invite_all(
        &self,
        actor: &Actor,
        member: &Membership,
        rows: &[Invitee],
        roles: &[RoleId],
    ) -> Result<Vec<Outcome>> {
        let permitted = policy::permitted(member, Permission::InvitationsSend)?;
        let mut outcomes = Vec::with_capacity(rows.len());
        for batch in rows.chunks(BATCH) {
            let invited = self.invite_batch(actor, member, &permitted, batch, roles).await;
            match invited {
                Ok(results) => outcomes.extend(results),
                // Nothing of this batch was written.
                Err(e) if rows.len() > 1 => {
                    outcomes.extend(batch.iter().map(|row| row.outcome(Err(e.clone()))))
                }
                Err(e) => return Err(e),
            }
        }
        Ok(outcomes)
    }

    async fn invite_batch(
        &self,
        actor: &Actor,
        member: &Membership,
        permitted: &Permitted,
        batch: &[Invitee],
        roles: &[RoleId],
    ) -> Result<Vec<Outcome>> {
        let mut tx = self.db.begin().await?;
        store::people::members::take_turn(&mut tx, permitted.organisation()).await?;
        let organisation =
            store::organisation::organisations::find(&mut tx, permitted.organisation()).await?;
        organisation.open(actor.now())?;
        let all = store::people::roles::list(&mut tx, permitted.organisation()).await?;
        let mut outcomes = Vec::with_capacity(batch.len());
        for row in batch {
            let result = match row.check(member, &all, roles) {
                Ok(checked) => {
                    self.invite_in(&mut tx, actor, member, &organisation, checked)
                        .await
                }
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
        &self,
        tx: &mut Tx,
        actor: &Actor,
        member: &Membership,
        organisation: &Organisation,
        new: Checked,
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
            self.count_invitation(tx, actor, organisation, email).await?;
            let invitation = self.approve_in(tx, actor, &decider, request).await?;
            for role in &new.roles {
                store::people::invitations::add_role(tx, org, &invitation, role).await?;
            }
            return Ok(Sent::Approved);
        }
        let invited = store::people::invitations::find_open(tx, org, email).await?;
        if invited.is_some_and(|i| i.open(now).is_ok()) {
            return Err(Error::field("email", Why::AlreadyInvited));
        }
        self.count_invitation(tx, actor, organisation, email).await?;
        let id: InvitationId = self.mint.id(now);
        // In the language of whoever has an account; else in that of whoever invites.
        let account = store::account::accounts::find_by_proven_email(tx, email).await?;
        let language = account.map_or(actor.account.language, |a| a.language);
        let invitation = Invitation::new(id, organisation, new.email, language, actor.id().clone(), now);
        let invitation = Invitation {
            name: new.name,
            ..invitation
        };
        self.send_invitation(tx, actor, organisation, &invitation).await?;
        for role in &new.roles {
            store::people::invitations::add_role(tx, org, &invitation.id, role).await?;
        }
        Ok(Sent::Invited)
    }

    /// Counts an invitation of today, and a letter to this address; refuses past either limit,
    /// before it counts.
    async fn count_invitation(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        organisation: &Organisation,
        to: &Email,
    ) -> Result<()> {
        let (mine, today) = (
            of_today(organisation, actor),
            limits::day_of(&organisation.time_zone, actor.now()),
        );
        if store::account::limits::so_far(tx, &mine, today.begins).await? >= organisation.invitations_a_day {
            return Err(Error::DayIsFull {
                most: organisation.invitations_a_day,
                at: today.ends,
            });
        }
        let theirs = format!("{}:{}:{}", limits::INVITATIONS.name, organisation.id, to.key());
        if store::account::limits::so_far(tx, &theirs, today.begins).await? >= limits::INVITATIONS.most {
            return Err(Error::field("email", Why::TooManyLetters));
        }
        store::account::limits::count_since(tx, &mine, today.begins).await?;
        store::account::limits::count_since(tx, &theirs, today.begins)
            .await
            .map(|_| ())
    }

    /// How many invitations the actor may still send today.
    pub async fn invitations_left(&self, actor: &Actor, member: &Membership) -> Result<i64> {
        let permitted = policy::permitted(member, Permission::InvitationsSend)?;
        let mut conn = self.db.read().await?;
        let organisation =
            store::organisation::organisations::find(&mut conn, permitted.organisation()).await?;
        let today = limits::day_of(&organisation.time_zone, actor.now());
        let sent =
            store::account::limits::so_far(&mut conn, &of_today(&organisation, actor), today.begins).await?;
        Ok((organisation.invitations_a_day - sent).max(0))
    }

    /// A page of the organisation's invitations, newest first.
    pub async fn invitations(&self, actor: &Actor, member: &Membership, look: &Look) -> Result<Invitations> {
        let permitted = policy::permitted(member, Permission::InvitationsSend)?;
        let org = permitted.organisation();
        let mut conn = self.db.read().await?;
        let mut listed =
            store::people::invitations::list(&mut conn, org, look, actor.now(), PAGE + 1).await?;
        let more = listed.len() > PAGE;
        listed.truncate(PAGE);
        let next = listed
            .last()
            .filter(|_| more)
            .map(|l| (l.invitation.created_at, l.invitation.id.clone()));
        let carried =
            store::people::invitations::list_roles(&mut conn, org, listed.iter().map(|l| &l.invitation.id))
                .await?;
        let roles_of = |l: &Listed| {
            carried
                .iter()
                .filter(|(i, _)| *i == l.invitation.id)
                .map(|(_, r)| r.clone())
                .collect()
        };
        let listed = listed.into_iter().map(|l| (l.clone(), roles_of(&l))).collect();
        let undelivered = store::people::invitations::count_undelivered(&mut conn, org).await?;
        Ok(Invitations {
            listed,
            roles: store::people::roles::list(&mut conn, org).await?,
            next,
            undelivered,
        })
    }

    /// Deletes an invitation that nobody accepted; its link then explains itself.
    pub async fn delete_invitation(
        &self,
        actor: &Actor,
        member: &Membership,
        id: &InvitationId,
    ) -> Result<()> {
        let permitted = policy::permitted(member, Permission::InvitationsSend)?;
        let mut tx = self.db.begin().await?;
        let invitation = store::people::invitations::find(&mut tx, permitted.organisation(), id).await?;
        self.delete_in(&mut tx, actor, invitation).await?;
        tx.commit().await
    }

    pub(crate) async fn delete_in(&self, tx: &mut Tx, actor: &Actor, invitation: Invitation) -> Result<()> {
        let deleted = invitation.delete(actor.now())?;
        store::people::invitations::update(tx, &deleted).await?;
        store::outbox::drop_of_invitation(tx, &deleted.organisation, deleted.id.as_str(), actor.now())
            .await?;
        let detail = Detail {
            before: Some(deleted.email.to_string()),
            ..Detail::default()
        };
        let event = organisation_event(
            What::InvitationDeleted,
            &deleted.organisation,
            Some(actor.id()),
            deleted.id.as_str(),
            detail,
        );
        self.record(tx, actor.now(), &event).await
    }

    /// Writes a new invitation with its letter and its entry in the history.
    pub(crate) async fn send_invitation(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        organisation: &Organisation,
        new: &Invitation,
    ) -> Result<()> {
        self.retire_open_invitation(tx, new, actor.now()).await?;
        let secret = self.mint.secret();
        store::people::invitations::create(tx, new, &secret.hash).await?;
        self.owe_invitation(tx, actor, organisation, new, secret.text)
            .await?;
        let detail = Detail {
            after: Some(new.email.to_string()),
            ..Detail::default()
        };
        let event = organisation_event(
            What::InvitationSent,
            &organisation.id,
            Some(actor.id()),
            new.id.as_str(),
            detail,
        );
        self.record(tx, actor.now(), &event).await
    }

    /// An older open invitation to the same address gives way to the new one: its link dies.
    async fn retire_open_invitation(&self, tx: &mut Tx, new: &Invitation, now: Time) -> Result<()> {
        let Some(old) = store::people::invitations::find_open(tx, &new.organisation, &new.email).await?
        else {
            return Ok(());
        };
        let id = old.id.clone();
        store::people::invitations::update(tx, &old.delete(now)?).await?;
        store::outbox::drop_of_invitation(tx, &new.organisation, id.as_str(), now).await
    }

    /// Owes the letter with an invitation's link.
    async fn owe_invitation(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        organisation: &Organisation,
        i: &Invitation,
        secret: String,
    ) -> Result<()> {
        let letter = Letter::Invitation {
            organisation: organisation.name.clone(),
            customer_number: organisation.customer_number.clone(),
            inviter: actor.account.name.clone(),
            hours: organisation.invitation_life.0 / Span::hours(1).0,
        };
        let notice = Notice {
            organisation: Some(organisation.id.clone()),
            request: i.request.clone(),
            invitation: Some(i.id.clone()),
            secret: Some(secret),
            ..Notice::new(i.email.clone(), i.language, letter)
        };
        self.owe(tx, &notice, actor.now()).await
    }

    /// Sends an open invitation again: a new link with a full new life, in a new letter; the link
    /// before dies.
    pub async fn resend(&self, actor: &Actor, member: &Membership, id: &InvitationId) -> Result<()> {
        let permitted = policy::permitted(member, Permission::InvitationsSend)?;
        let now = actor.now();
        let mut tx = self.db.begin().await?;
        store::people::members::take_turn(&mut tx, permitted.organisation()).await?;
        let organisation =
            store::organisation::organisations::find(&mut tx, permitted.organisation()).await?;
        organisation.open(actor.now())?;
        let (invitation, secret) = self.renew(&mut tx, &organisation, id, now).await?;
        self.count_invitation(&mut tx, actor, &organisation, &invitation.email)
            .await?;
        self.owe_invitation(&mut tx, actor, &organisation, &invitation, secret)
            .await?;
        let event = organisation_event(
            What::InvitationRenewed,
            &organisation.id,
            Some(actor.id()),
            id.as_str(),
            Detail::default(),
        );
        self.record(&mut tx, now, &event).await?;
        tx.commit().await
    }

    /// A new link for a pending invitation, with its secret; the link and the letters before it are
    /// dead.
    async fn renew(
        &self,
        tx: &mut Tx,
        o: &Organisation,
        id: &InvitationId,
        now: Time,
    ) -> Result<(Invitation, String)> {
        let org = &o.id;
        let renewed = store::people::invitations::find(tx, org, id)
            .await?
            .renew(o.invitation_life, now)?;
        store::people::invitations::update(tx, &renewed).await?;
        let secret = self.mint.secret();
        store::people::invitations::replace_link(tx, org, id, &secret.hash).await?;
        store::outbox::drop_of_invitation(tx, org, id.as_str(), now).await?;
        Ok((renewed, secret.text))
    }

    /// Tries to deliver a letter again now. A letter whose link was erased when it failed is
    /// replaced by a new one with a new link.
    pub async fn try_letter_again(&self, actor: &Actor, member: &Membership, id: &LetterId) -> Result<()> {
        let permitted = policy::permitted(member, Permission::RequestsDecide)?;
        let org = permitted.organisation();
        let letter = store::outbox::find_undelivered(&mut *self.db.read().await?, org, id).await?;
        if let (true, Some(invitation)) = (letter.failed, &letter.invitation) {
            return self.resend(actor, member, invitation).await;
        }
        let mut tx = self.db.begin().await?;
        store::outbox::try_again(&mut tx, org, id, actor.now()).await?;
        let event = organisation_event(
            What::LetterTriedAgain,
            org,
            Some(actor.id()),
            id.as_str(),
            Detail::default(),
        );
        self.record(&mut tx, actor.now(), &event).await?;
        tx.commit().await
    }

    /// Makes a new link for an open invitation, to be handed over by hand, where no mail server is
    /// configured. The link before dies, and the letter that waits with it is dropped.
    pub async fn copy_link(&self, actor: &Actor, member: &Membership, id: &InvitationId) -> Result<String> {
        let permitted = policy::permitted(member, Permission::InvitationsSend)?;
        if self.plan.delivers_mail {
            return Err(Error::Refused(Why::MailIsConfigured));
        }
        let now = actor.now();
        let mut tx = self.db.begin().await?;
        let organisation =
            store::organisation::organisations::find(&mut tx, permitted.organisation()).await?;
        let (_, secret) = self.renew(&mut tx, &organisation, id, now).await?;
        let event = organisation_event(
            What::InvitationRenewed,
            permitted.organisation(),
            Some(actor.id()),
            id.as_str(),
            Detail::default(),
        );
        self.record(&mut tx, now, &event).await?;
        tx.commit().await?;
        Ok(secret)
    }
}

/// Under which name the actor's invitations of a day are counted.
fn of_today(organisation: &Organisation, actor: &Actor) -> String {
    format!("invitations:{}:{}", organisation.id, actor.id())
}

/// A row that can be invited.
struct Checked {
    email: Email,
    name: String,
    roles: Vec<RoleId>,
}

impl Invitee {
    fn outcome(&self, result: Result<Sent>) -> Outcome {
        Outcome {
            line: self.line,
            email: self.email.clone(),
            result,
        }
    }

    /// Address, name and roles as they can be taken: roles exist, and whoever invites may give
    /// them.
    fn check(&self, giver: &Membership, all: &[Role], given: &[RoleId]) -> Result<Checked> {
        let email = Email::parse(&self.email).map_err(|why| Error::field("email", why))?;
        let name = if self.name.trim().is_empty() {
            String::new()
        } else {
            account::name(&self.name).map_err(|why| Error::field("name", why))?
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
        Ok(Checked {
            email,
            name,
            roles: roles.into_iter().map(|r| r.id.clone()).collect(),
        })
    }
}
