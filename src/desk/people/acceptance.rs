//! Invitations from the invited person's side: the page behind a mailed link, accepting it, asking
//! for a new one.
use crate::desk::account::sessions::Begun;
use crate::desk::account::{self, limits};
use crate::desk::history::{About, By};
use crate::desk::{Actor, Caller, Desk, history, letters, mint, organisation, people, requests};
use crate::domain::account::{Account, PROVIDER_WORD, ProvenBy};
use crate::domain::changes::{self, Field};
use crate::domain::error::Faults;
use crate::domain::event::What;
use crate::domain::ids::RequestId;
use crate::domain::invitation::Invitation;
use crate::domain::links::Origin;
use crate::domain::notice::Letter;
use crate::domain::organisation::{Organisation, Slug};
use crate::domain::request::{self, Request};
use crate::domain::role::Permission;
use crate::domain::{self, Error, Result, Time, Why, policy};
use crate::store::account::sessions::How;
use crate::store::{self, Tx};

/// What whoever holds a link may know.
pub struct InvitationView {
    pub organisation: Organisation,
    pub invitation: Invitation,
    /// The name of who invited.
    pub inviter: String,
    /// Whether there is an account with the invited address, so that signing in is the way.
    pub has_account: bool,
}

impl InvitationView {
    /// Whether the link still leads into the organisation, or why not.
    pub fn open(&self, now: Time) -> Result<()> {
        self.organisation.open(now)?;
        self.invitation.open(now)
    }
}

/// What the link leads to; a link that was used or is over still names what it was for. Changes
/// nothing.
#[tracing::instrument(name = "people::acceptance::look_at_invitation", skip_all)]
pub async fn look_at_invitation(desk: &Desk, token: &str) -> Result<InvitationView> {
    let hash = mint::hash_of_claimed(token).ok_or(Error::Refused(Why::LinkDead))?;
    let mut conn = desk.db.read().await?;
    let invitation = store::people::invitations::find_by_token(&mut conn, &hash)
        .await?
        .ok_or(Error::Refused(Why::LinkDead))?;
    let organisation = store::organisation::organisations::find(&mut conn, &invitation.organisation).await?;
    let inviter = store::account::accounts::find(&mut conn, &invitation.invited_by)
        .await?
        .name;
    let since = invitation.created_at - PROVIDER_WORD;
    let has_account = store::account::accounts::find_reached_by(&mut conn, &invitation.email, since)
        .await?
        .is_some();
    Ok(InvitationView {
        organisation,
        invitation,
        inviter,
        has_account,
    })
}

/// Accepts as a new person, who chooses name and password. The token proves the mailbox; no
/// address is taken from the form.
#[tracing::instrument(name = "people::acceptance::accept_as_new", skip_all)]
pub async fn accept_as_new(
    desk: &Desk,
    caller: &Caller,
    token: &str,
    name: &str,
    password: &str,
) -> Result<(Begun, Slug)> {
    let look = look_at_invitation(desk, token).await?;
    look.open(caller.now)?;
    if look.has_account {
        return Err(Error::SignInRequired);
    }
    let email = look.invitation.email.clone();
    let mut faults = Faults::default();
    let typed = name;
    let name = faults.take("name", domain::account::name(name));
    let organisation = &look.organisation;
    let words = [
        email.as_str(),
        typed,
        &organisation.name,
        organisation.slug.as_str(),
        &organisation.customer_number,
    ];
    faults.take("password", crate::desk::passwords::acceptable(password, &words));
    let name = faults.done(name)?;
    let zone = Some(organisation.time_zone.as_str());
    let mut account = account::accounts::new_account(desk, caller, email, name, Some(caller.now), zone);
    account.password_hash = Some(desk.passwords.hash(password).await?);
    let mut tx = begin(desk, &look).await?;
    account::addresses::holder(desk, &mut tx, caller, &account.email).await?;
    store::account::accounts::create(&mut tx, &account)
        .await
        .map_err(lost_race)?;
    history::record(
        desk,
        &mut tx,
        By::caller(caller).who(Some(&account.id)),
        What::AccountCreated,
        About::Account(&account.id),
        vec![],
    )
    .await?;
    accept(desk, &mut tx, &look, &account, caller).await?;
    let begun = account::sessions::begin(desk, &mut tx, &account, How::Invitation, caller).await?;
    tx.commit().await?;
    Ok((begun, look.organisation.slug))
}

/// Accepts as the actor, whose address must be the invited one. The session gets a new token.
#[tracing::instrument(name = "people::acceptance::accept_as", skip_all)]
pub async fn accept_as(desk: &Desk, actor: &Actor, token: &str) -> Result<(Begun, Slug)> {
    let look = look_at_invitation(desk, token).await?;
    let mut tx = begin(desk, &look).await?;
    let mut account = actor.account.clone();
    let by_mailbox = account.email_proven_at.is_some() && account.email_proven_by == ProvenBy::Mailbox;
    if !by_mailbox && account.email.key() == look.invitation.email.key() {
        account.email_proven_at = Some(actor.now());
        account.email_proven_by = ProvenBy::Mailbox;
        store::account::accounts::update(&mut tx, &account).await?;
        account.version += 1;
    }
    accept(desk, &mut tx, &look, &account, &actor.caller).await?;
    let begun = account::sessions::rotate(desk, &mut tx, actor, actor.session.factor_passed).await?;
    tx.commit().await?;
    Ok((begun, look.organisation.slug))
}

/// Begins to accept. Whoever demotes the inviter, or takes the invitation back, at this moment is
/// waited for, or waits: the turn comes before any row.
async fn begin(desk: &Desk, look: &InvitationView) -> Result<Tx> {
    let mut tx = desk.db.begin().await?;
    store::people::members::lock(&mut tx, &look.organisation.id).await?;
    Ok(tx)
}

async fn accept(
    desk: &Desk,
    tx: &mut Tx,
    look: &InvitationView,
    account: &Account,
    caller: &Caller,
) -> Result<()> {
    let (organisation, now) = (&look.organisation, caller.now);
    look.open(now)?;
    // What somebody asked is not answered to the next one at their mailbox.
    if let Some(request) = &look.invitation.request {
        let asked = store::requests::find(tx, &organisation.id, request).await?;
        if asked.account.is_some_and(|by| by != account.id) {
            return Err(Error::Refused(Why::AskedByAnother));
        }
    }
    let accepted = look.invitation.clone().accept(account, now)?;
    store::people::invitations::update(tx, &accepted)
        .await
        .map_err(|e| {
            if e == Error::Stale {
                Error::Refused(Why::LinkUsed)
            } else {
                e
            }
        })?;
    store::deliveries::letters::drop_of_invitation(tx, &organisation.id, accepted.id.as_str(), now).await?;
    let joined = store::people::members::join(tx, &organisation.id, account, now).await?;
    settle_by_joining(desk, tx, &accepted, account, now).await?;
    history::record(
        desk,
        tx,
        By::caller(caller).who(Some(&account.id)),
        What::InvitationAccepted,
        About::Thing(&organisation.id, accepted.id.as_str()),
        vec![],
    )
    .await?;
    if joined {
        let id = account.id.as_str();
        history::record(
            desk,
            tx,
            By::clock(now).who(Some(&account.id)),
            What::MemberJoined,
            About::Thing(&organisation.id, id),
            vec![],
        )
        .await?;
    }
    give_invited_roles(desk, tx, &accepted, organisation, account, now).await?;
    if joined {
        welcome(desk, tx, &accepted, organisation, account, now).await
    } else {
        Ok(())
    }
}

/// Welcomes a new member. Where they may do little so far, those who can give them more are told.
async fn welcome(
    desk: &Desk,
    tx: &mut Tx,
    accepted: &Invitation,
    organisation: &Organisation,
    account: &Account,
    now: Time,
) -> Result<()> {
    store::account::erasure::stay(tx, &account.id).await?;
    let restricted = store::people::members::find_active(tx, &organisation.slug, &account.id)
        .await?
        .is_none_or(|m| m.is_restricted());
    let roles = people::role_letters::named(tx, &organisation.id, &account.id).await?;
    organisation::organisations::welcome(desk, tx, organisation, account, (restricted, roles), now).await?;
    if restricted {
        let letter = Letter::WaitsForRights {
            organisation: organisation.name.clone(),
            slug: organisation.slug.to_string(),
            name: account.name.clone(),
            email: account.email.to_string(),
        };
        letters::tell_holders(
            desk,
            tx,
            &organisation.id,
            Permission::MembersManage,
            accepted.request.as_ref(),
            &letter,
            now,
        )
        .await?;
    }
    Ok(())
}

/// Gives whoever accepted the roles that the invitation carries. What the inviter may no longer
/// give is withheld, and the administrators are told; nothing that a member has is taken away.
async fn give_invited_roles(
    desk: &Desk,
    tx: &mut Tx,
    accepted: &Invitation,
    organisation: &Organisation,
    account: &Account,
    now: Time,
) -> Result<()> {
    let org = &organisation.id;
    let carried = store::people::invitations::list_roles(tx, org, [&accepted.id]).await?;
    if carried.is_empty() {
        return Ok(());
    }
    let inviter = store::people::members::find_active(tx, &organisation.slug, &accepted.invited_by).await?;
    let roles = store::people::roles::list(tx, org).await?;
    let mut withheld = Vec::new();
    for role in roles
        .into_iter()
        .filter(|r| carried.iter().any(|(_, id)| *id == r.id))
    {
        if inviter
            .as_ref()
            .is_none_or(|i| policy::may_give(i, role.permissions).is_err())
        {
            withheld.push(role.name);
            continue;
        }
        store::people::roles::give(tx, org, &account.id, &role.id, now).await?;
        history::record(
            desk,
            tx,
            By::clock(now).who(Some(&accepted.invited_by)),
            What::RoleGiven,
            About::Thing(org, account.id.as_str()),
            changes::made([(Field::Role, role.name)]),
        )
        .await?;
    }
    people::members::rights_changed(desk, tx, org, &account.id, &Caller::clock(now)).await?;
    if withheld.is_empty() {
        Ok(())
    } else {
        tell_withheld(
            desk,
            tx,
            accepted,
            organisation,
            account,
            &withheld.join(", "),
            now,
        )
        .await
    }
}

async fn tell_withheld(
    desk: &Desk,
    tx: &mut Tx,
    accepted: &Invitation,
    organisation: &Organisation,
    account: &Account,
    roles: &str,
    now: Time,
) -> Result<()> {
    history::record(
        desk,
        tx,
        By::clock(now),
        What::RolesWithheld,
        About::Thing(&organisation.id, accepted.id.as_str()),
        changes::made([(Field::Roles, roles.to_owned())]),
    )
    .await?;
    let inviter = store::account::accounts::find(tx, &accepted.invited_by)
        .await?
        .name;
    let letter = Letter::RolesWithheld {
        organisation: organisation.name.clone(),
        slug: organisation.slug.to_string(),
        account: account.id.clone(),
        name: account.name.clone(),
        email: account.email.to_string(),
        inviter,
        roles: roles.to_owned(),
    };
    letters::tell_holders(
        desk,
        tx,
        &organisation.id,
        Permission::MembersManage,
        None,
        &letter,
        now,
    )
    .await
}

/// Whoever joins needs no answer to an open request any more, under whatever address they
/// asked: it is approved with the invitation that let them in.
async fn settle_by_joining(
    desk: &Desk,
    tx: &mut Tx,
    accepted: &Invitation,
    account: &Account,
    now: Time,
) -> Result<()> {
    for open in
        store::requests::list_open_joins(tx, &accepted.organisation, &accepted.email, Some(&account.id))
            .await?
    {
        if open.status_at(now) != request::Status::Pending {
            continue;
        }
        let settled = open.settle_by_joining(accepted, now)?;
        store::requests::settle(tx, &settled).await?;
        let by = Some(&accepted.invited_by);
        history::record(
            desk,
            tx,
            By::clock(now).who(by),
            What::RequestApproved,
            About::Thing(&settled.organisation, settled.id.as_str()),
            vec![],
        )
        .await?;
    }
    Ok(())
}

/// Asks for a new link in place of one that ran out: a join request in the queue, marked so.
/// The old link proves the mailbox, so no address is taken from the form. Whoever asked before
/// gets the same request.
#[tracing::instrument(name = "people::acceptance::ask_new_link", skip_all)]
pub async fn ask_new_link(desk: &Desk, caller: &Caller, token: &str) -> Result<RequestId> {
    let look = look_at_invitation(desk, token).await?;
    match look.open(caller.now) {
        Err(Error::Refused(Why::LinkExpired)) => {}
        Err(e) => return Err(e),
        Ok(()) => return Err(Error::Refused(Why::LinkStillWorks)),
    }
    let InvitationView {
        organisation,
        invitation,
        ..
    } = look;
    let (org, now, email) = (&organisation.id, caller.now, &invitation.email);
    let mut tx = desk.db.begin().await?;
    if let Some(refusal) =
        account::limits::try_once(desk, &mut tx, &limits::REQUESTS, &email.key(), now).await?
    {
        tx.commit().await?;
        return Err(refusal);
    }
    store::people::members::lock(&mut tx, org).await?;
    if store::people::member_list::find_by_email(&mut tx, org, email)
        .await?
        .is_some()
    {
        return Err(Error::Refused(Why::AlreadyMember));
    }
    if let Some(open) = store::requests::find_open_join(&mut tx, org, email).await? {
        if open.status_at(now) == request::Status::Pending {
            return Ok(open.id);
        }
        requests::outcomes::expire(desk, &mut tx, open, now).await?;
    }
    let account = store::account::accounts::find_by_proven_email(&mut tx, email).await?;
    requests::submission::may_ask_again(desk, &mut tx, org, email, account.as_ref().map(|a| &a.id), now)
        .await?;
    let request = Request {
        account: account.as_ref().map(|a| a.id.clone()),
        name: account.map_or(invitation.name.clone(), |a| a.name),
        language: invitation.language,
        ..Request::new(
            desk.mint.id(now),
            &organisation,
            email.clone(),
            Origin::Invitation(invitation.id.clone()),
            now,
        )
    };
    requests::submission::submit_in(desk, &mut tx, &request, &organisation, caller).await?;
    tx.commit().await?;
    Ok(request.id)
}

/// Somebody with the same address was created in between: by this very link, or by signing in.
pub(crate) fn lost_race(e: Error) -> Error {
    if e == Error::Refused(Why::AddressTaken) {
        Error::Refused(Why::LinkUsed)
    } else {
        e
    }
}
