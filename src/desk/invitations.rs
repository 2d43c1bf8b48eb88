//! Invitations: the page behind a mailed link, accepting it, and copying a link where no mail server is.
use super::sessions::Begun;
use super::{Actor, Caller, Desk, account_event, mint, organisation_event};
use crate::domain::account::{self, Account};
use crate::domain::error::Faults;
use crate::domain::event::{Detail, What};
use crate::domain::ids::{InvitationId, LetterId, OrganisationId};
use crate::domain::invitation::{Invitation, Status};
use crate::domain::member::Membership;
use crate::domain::notice::{Letter, Notice};
use crate::domain::organisation::{Organisation, Slug};
use crate::domain::request;
use crate::domain::role::Permission;
use crate::domain::{Error, Result, Time, Why, policy};
use crate::store::sessions::How;
use crate::store::{self, Tx};

/// What whoever holds a link may know.
pub struct Look {
    pub organisation: Organisation,
    pub invitation: Invitation,
    /// The name of who invited.
    pub inviter: String,
    /// Whether there is an account with the invited address, so that signing in is the way.
    pub has_account: bool,
}

impl Look {
    /// Whether the link still leads into the organisation, or why not.
    pub fn open(&self, now: Time) -> Result<()> {
        if self.organisation.closed_at.is_some() {
            return Err(Error::Refused(Why::OrganisationClosed));
        }
        self.invitation.open(now)
    }
}

impl Desk {
    /// What the link leads to; a link that was used or is over still names what it was for. Changes nothing.
    pub async fn look_at_invitation(&self, token: &str) -> Result<Look> {
        let hash = mint::hash_of_claimed(token).ok_or(Error::Refused(Why::LinkDead))?;
        let mut conn = self.db.read().await?;
        let invitation = store::invitations::find_by_token(&mut conn, &hash).await?.ok_or(Error::Refused(Why::LinkDead))?;
        let organisation = store::organisations::find(&mut conn, &invitation.organisation).await?;
        let inviter = store::accounts::find(&mut conn, &invitation.invited_by).await?.name;
        let has_account = store::accounts::find_by_proven_email(&mut conn, &invitation.email).await?.is_some();
        Ok(Look { organisation, invitation, inviter, has_account })
    }

    /// Accepts as a new person, who chooses name and password. The token proves the mailbox; no address is taken from the form.
    pub async fn accept_as_new(&self, caller: &Caller, token: &str, name: &str, password: &str) -> Result<(Begun, Slug)> {
        let look = self.look_at_invitation(token).await?;
        look.open(caller.now)?;
        if look.has_account {
            return Err(Error::SignInRequired);
        }
        let email = look.invitation.email.clone();
        let mut faults = Faults::default();
        let name = faults.take("name", account::name(name));
        let words = [email.as_str(), look.organisation.name.as_str()];
        faults.take("password", super::passwords::acceptable(password, &words));
        let name = faults.done(name)?;
        let mut account = self.new_account(email, name, caller.language, Some(caller.now), caller.now);
        account.password_hash = Some(self.passwords.hash(password).await?);
        let mut tx = self.db.begin().await?;
        store::accounts::create(&mut tx, &account).await.map_err(lost_race)?;
        self.record(&mut tx, caller.now, &account_event(What::AccountCreated, &account.id, Some(&account.id), &caller.place)).await?;
        self.accept(&mut tx, &look, &account, caller).await?;
        let begun = self.begin_session(&mut tx, &account, How::Invitation, caller).await?;
        tx.commit().await?;
        Ok((begun, look.organisation.slug))
    }

    /// Accepts as the actor, whose address must be the invited one. The session gets a new token.
    pub async fn accept_as(&self, actor: &Actor, token: &str) -> Result<(Begun, Slug)> {
        let look = self.look_at_invitation(token).await?;
        let mut tx = self.db.begin().await?;
        let mut account = actor.account.clone();
        if account.email_proven_at.is_none() && account.email.key() == look.invitation.email.key() {
            account.email_proven_at = Some(actor.now());
            store::accounts::update(&mut tx, &account).await?;
        }
        self.accept(&mut tx, &look, &account, &actor.caller).await?;
        let begun = self.rotate_session(&mut tx, actor, actor.session.factor_passed).await?;
        tx.commit().await?;
        Ok((begun, look.organisation.slug))
    }

    async fn accept(&self, tx: &mut Tx, look: &Look, account: &Account, caller: &Caller) -> Result<()> {
        let (organisation, now) = (&look.organisation, caller.now);
        look.open(now)?;
        let accepted = look.invitation.clone().accept(account, now)?;
        store::invitations::update(tx, &accepted).await.map_err(|e| if e == Error::Stale { Error::Refused(Why::LinkUsed) } else { e })?;
        store::outbox::drop_of_invitation(tx, &organisation.id, accepted.id.as_str(), now).await?;
        let joined = store::members::join(tx, &organisation.id, &account.id, now).await?;
        self.settle_by_joining(tx, &accepted, now).await?;
        let place = Detail { place: Some(caller.place.clone()), ..Detail::default() };
        let event = organisation_event(What::InvitationAccepted, &organisation.id, Some(&account.id), accepted.id.as_str(), place);
        self.record(tx, now, &event).await?;
        if !joined {
            return Ok(());
        }
        let event = organisation_event(What::MemberJoined, &organisation.id, Some(&account.id), account.id.as_str(), Detail::default());
        self.record(tx, now, &event).await?;
        let restricted = store::members::find_active(tx, &organisation.slug, &account.id).await?.is_none_or(|m| m.is_restricted());
        self.welcome(tx, organisation, account, restricted, now).await?;
        if restricted {
            self.tell_administrators(tx, organisation, accepted.request.as_ref(), now, |_| Letter::WaitsForRights {
                organisation: organisation.name.clone(),
                slug: organisation.slug.to_string(),
                name: account.name.clone(),
                email: account.email.to_string(),
            })
            .await?;
        }
        Ok(())
    }

    /// Whoever joins needs no answer to an open request any more: it is approved with the invitation that let them in.
    async fn settle_by_joining(&self, tx: &mut Tx, accepted: &Invitation, now: Time) -> Result<()> {
        let Some(open) = store::requests::find_open_join(tx, &accepted.organisation, &accepted.email).await? else { return Ok(()) };
        if open.status_at(now) != request::Status::Pending {
            return Ok(());
        }
        let settled = open.settle_by_joining(accepted, now)?;
        store::requests::settle(tx, &settled).await?;
        let by = Some(&accepted.invited_by);
        let event = organisation_event(What::RequestApproved, &settled.organisation, by, settled.id.as_str(), Detail::default());
        self.record(tx, now, &event).await
    }

    /// Writes a new invitation with its letter and its entry in the history.
    pub(crate) async fn send_invitation(&self, tx: &mut Tx, actor: &Actor, organisation: &Organisation, new: &Invitation) -> Result<()> {
        self.retire_open_invitation(tx, new, actor.now()).await?;
        let secret = self.mint.secret();
        store::invitations::create(tx, new, &secret.hash).await?;
        self.owe_invitation(tx, actor, organisation, new, secret.text).await?;
        let detail = Detail { after: Some(new.email.to_string()), ..Detail::default() };
        let event = organisation_event(What::InvitationSent, &organisation.id, Some(actor.id()), new.id.as_str(), detail);
        self.record(tx, actor.now(), &event).await
    }

    /// An older open invitation to the same address gives way to the new one: its link dies.
    async fn retire_open_invitation(&self, tx: &mut Tx, new: &Invitation, now: Time) -> Result<()> {
        let Some(old) = store::invitations::find_open(tx, &new.organisation, &new.email).await? else { return Ok(()) };
        let id = old.id.clone();
        store::invitations::update(tx, &Invitation { status: Status::Deleted { at: now }, ..old }).await?;
        store::outbox::drop_of_invitation(tx, &new.organisation, id.as_str(), now).await
    }

    /// Owes the letter with an invitation's link.
    async fn owe_invitation(&self, tx: &mut Tx, actor: &Actor, organisation: &Organisation, i: &Invitation, secret: String) -> Result<()> {
        let letter = Letter::Invitation {
            organisation: organisation.name.clone(),
            customer_number: organisation.customer_number.clone(),
            inviter: actor.account.name.clone(),
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

    /// Sends an open invitation again: a new link with a full new life, in a new letter; the link before dies.
    pub async fn resend(&self, actor: &Actor, member: &Membership, id: &InvitationId) -> Result<()> {
        let permitted = policy::permitted(member, Permission::InvitationsSend)?;
        let now = actor.now();
        let mut tx = self.db.begin().await?;
        let renewed = self.renew(&mut tx, permitted.organisation(), id, now).await?;
        let organisation = store::organisations::find(&mut tx, permitted.organisation()).await?;
        let (invitation, secret) = renewed;
        self.owe_invitation(&mut tx, actor, &organisation, &invitation, secret).await?;
        let event = organisation_event(What::InvitationRenewed, &organisation.id, Some(actor.id()), id.as_str(), Detail::default());
        self.record(&mut tx, now, &event).await?;
        tx.commit().await
    }

    /// A new link for a pending invitation, with its secret; the link and the letters before it are dead.
    async fn renew(&self, tx: &mut Tx, org: &OrganisationId, id: &InvitationId, now: Time) -> Result<(Invitation, String)> {
        let renewed = store::invitations::find(tx, org, id).await?.renew(now)?;
        store::invitations::update(tx, &renewed).await?;
        let secret = self.mint.secret();
        store::invitations::replace_link(tx, org, id, &secret.hash).await?;
        store::outbox::drop_of_invitation(tx, org, id.as_str(), now).await?;
        Ok((renewed, secret.text))
    }

    /// Tries to deliver a letter again now. A letter whose link was erased when it failed is replaced by a new one with a new link.
    pub async fn try_letter_again(&self, actor: &Actor, member: &Membership, id: &LetterId) -> Result<()> {
        let permitted = policy::permitted(member, Permission::RequestsDecide)?;
        let org = permitted.organisation();
        let letter = store::outbox::find_undelivered(&mut *self.db.read().await?, org, id).await?;
        if let (true, Some(invitation)) = (letter.failed, &letter.invitation) {
            return self.resend(actor, member, invitation).await;
        }
        let mut tx = self.db.begin().await?;
        store::outbox::try_again(&mut tx, org, id, actor.now()).await?;
        let event = organisation_event(What::LetterTriedAgain, org, Some(actor.id()), id.as_str(), Detail::default());
        self.record(&mut tx, actor.now(), &event).await?;
        tx.commit().await
    }

    /// Makes a new link for an open invitation, to be handed over by hand, where no mail server is configured. The link before dies,
    /// and the letter that waits with it is dropped.
    pub async fn copy_link(&self, actor: &Actor, member: &Membership, id: &InvitationId) -> Result<String> {
        let permitted = policy::permitted(member, Permission::InvitationsSend)?;
        if self.plan.delivers_mail {
            return Err(Error::Refused(Why::MailIsConfigured));
        }
        let now = actor.now();
        let mut tx = self.db.begin().await?;
        let (_, secret) = self.renew(&mut tx, permitted.organisation(), id, now).await?;
        let event = organisation_event(What::InvitationRenewed, permitted.organisation(), Some(actor.id()), id.as_str(), Detail::default());
        self.record(&mut tx, now, &event).await?;
        tx.commit().await?;
        Ok(secret)
    }
}

/// Somebody with the same address was created in between: by this very link, or by signing in.
pub(crate) fn lost_race(e: Error) -> Error {
    if e == Error::Refused(Why::AddressTaken) { Error::Refused(Why::LinkUsed) } else { e }
}
