//! Invitations: the page behind a mailed link, accepting it, and copying a link where no mail server is.
use super::sessions::Begun;
use super::{Actor, Caller, Desk, account_event, mint, organisation_event};
use crate::domain::account::{self, Account};
use crate::domain::error::Faults;
use crate::domain::event::{Detail, What};
use crate::domain::ids::InvitationId;
use crate::domain::invitation::{Invitation, Status};
use crate::domain::member::Membership;
use crate::domain::notice::{Letter, Notice};
use crate::domain::organisation::{Organisation, Slug};
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
        look.invitation.open(caller.now)?;
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
        store::accounts::create(&mut tx, &account).await.map_err(|e| self.lost_race(e))?;
        self.record(&mut tx, caller.now, &account_event(What::AccountCreated, &account.id, Some(&account.id), &caller.place)).await?;
        self.accept(&mut tx, &look, &account, caller).await?;
        let begun = self.begin_session(&mut tx, &account, How::Invitation, caller).await?;
        tx.commit().await?;
        Ok((begun, look.organisation.slug))
    }

    /// Somebody with the same address was created in between: by this very link, or by signing in.
    fn lost_race(&self, e: Error) -> Error {
        if e == Error::Refused(Why::AddressTaken) { Error::Refused(Why::LinkUsed) } else { e }
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
        let accepted = look.invitation.clone().accept(account, now)?;
        store::invitations::update(tx, &accepted).await.map_err(|e| if e == Error::Stale { Error::Refused(Why::LinkUsed) } else { e })?;
        store::outbox::drop_of_invitation(tx, &organisation.id, accepted.id.as_str(), now).await?;
        let joined = store::members::join(tx, &organisation.id, &account.id, now).await?;
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

    /// An older open invitation to the same address gives way to the new one: its link dies.
    pub(crate) async fn retire_open_invitation(&self, tx: &mut Tx, new: &Invitation, now: Time) -> Result<()> {
        let Some(old) = store::invitations::find_open(tx, &new.organisation, &new.email).await? else { return Ok(()) };
        let id = old.id.clone();
        store::invitations::update(tx, &Invitation { status: Status::Deleted { at: now }, ..old }).await?;
        store::outbox::drop_of_invitation(tx, &new.organisation, id.as_str(), now).await
    }

    /// Owes the letter with an invitation's link.
    pub(crate) async fn owe_invitation(
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

    /// Makes a new link for an open invitation, to be handed over by hand, where no mail server is configured. The link before dies,
    /// and the letter that waits with it is dropped.
    pub async fn copy_link(&self, actor: &Actor, member: &Membership, id: &InvitationId) -> Result<String> {
        let permitted = policy::permitted(member, Permission::InvitationsSend)?;
        if self.plan.delivers_mail {
            return Err(Error::Refused(Why::MailIsConfigured));
        }
        let now = actor.now();
        let mut tx = self.db.begin().await?;
        let renewed = store::invitations::find(&mut tx, permitted.organisation(), id).await?.renew(now)?;
        store::invitations::update(&mut tx, &renewed).await?;
        let secret = self.mint.secret();
        store::invitations::replace_link(&mut tx, permitted.organisation(), id, &secret.hash).await?;
        store::outbox::drop_of_invitation(&mut tx, permitted.organisation(), id.as_str(), now).await?;
        let event = organisation_event(What::InvitationRenewed, permitted.organisation(), Some(actor.id()), id.as_str(), Detail::default());
        self.record(&mut tx, now, &event).await?;
        tx.commit().await?;
        Ok(secret.text)
    }
}
