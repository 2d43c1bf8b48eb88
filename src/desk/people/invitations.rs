//! Invitations from the administrators' side: listing, sending within the day's limits, sending
//! again, deleting, copying a link.
use crate::desk::account::limits;
use crate::desk::history::About;
use crate::desk::organisation::outward;
use crate::desk::{Actor, Desk, cut_to, history, letters, rights};
use crate::domain::account::Email;
use crate::domain::changes::{self, Field};
use crate::domain::event::What;
use crate::domain::ids::{InvitationId, RoleId};
use crate::domain::invitation::Invitation;
use crate::domain::member::Membership;
use crate::domain::notice::{Letter, Notice};
use crate::domain::organisation::Organisation;
use crate::domain::policy::{self};
use crate::domain::role::{Permission, Role};
use crate::domain::time::Span;
use crate::domain::{Error, Result, Time, Why};
use crate::store::people::invitations::{InvitationQuery, ListedInvitation};
use crate::store::{self, Tx};

/// A page of invitations.
pub struct Invitations {
    pub listed: Vec<(ListedInvitation, Vec<RoleId>)>,
    pub roles: Vec<Role>,
    /// After which the next page begins.
    pub next: Option<(Time, InvitationId)>,
    /// Open ones that could not be delivered.
    pub undelivered: i64,
}

const PAGE: usize = 50;

/// A page of the organisation's invitations, newest first.
#[tracing::instrument(name = "people::invitations::list", skip_all)]
pub async fn list(
    desk: &Desk,
    actor: &Actor,
    member: &Membership,
    look: &InvitationQuery,
) -> Result<Invitations> {
    let permitted = policy::permitted(member, Permission::InvitationsSend)?;
    let org = permitted.organisation();
    let mut conn = desk.db.read().await?;
    let mut listed = store::people::invitations::list(&mut conn, org, look, actor.now(), PAGE + 1).await?;
    let next = cut_to(&mut listed, PAGE).map(|l| (l.invitation.created_at, l.invitation.id.clone()));
    let carried =
        store::people::invitations::list_roles(&mut conn, org, listed.iter().map(|l| &l.invitation.id))
            .await?;
    let roles_of = |l: &ListedInvitation| {
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
#[tracing::instrument(name = "people::invitations::delete", skip_all)]
pub async fn delete(desk: &Desk, actor: &Actor, member: &Membership, id: &InvitationId) -> Result<()> {
    let permitted = policy::permitted(member, Permission::InvitationsSend)?;
    let mut tx = rights::begin_for(desk, actor, member).await?;
    let invitation = store::people::invitations::find(&mut tx, permitted.organisation(), id).await?;
    delete_in(desk, &mut tx, actor, invitation).await?;
    tx.commit().await
}

pub(crate) async fn delete_in(desk: &Desk, tx: &mut Tx, actor: &Actor, invitation: Invitation) -> Result<()> {
    let deleted = invitation.delete(actor.now())?;
    store::people::invitations::update(tx, &deleted).await?;
    store::deliveries::letters::drop_of_invitation(
        tx,
        &deleted.organisation,
        deleted.id.as_str(),
        actor.now(),
    )
    .await?;
    history::record(
        desk,
        tx,
        actor,
        What::InvitationDeleted,
        About::Thing(&deleted.organisation, deleted.id.as_str()),
        changes::gone([(Field::Email, deleted.email.to_string())]),
    )
    .await
}

/// Writes a new invitation with its letter and its entry in the history.
pub(crate) async fn send(
    desk: &Desk,
    tx: &mut Tx,
    actor: &Actor,
    organisation: &Organisation,
    new: &Invitation,
) -> Result<()> {
    retire_open_invitation(desk, tx, new, actor.now()).await?;
    let secret = desk.mint.secret();
    store::people::invitations::create(tx, new, &secret.hash).await?;
    owe_invitation(desk, tx, actor, organisation, new, secret.text).await?;
    history::record(
        desk,
        tx,
        actor,
        What::InvitationSent,
        About::Thing(&organisation.id, new.id.as_str()),
        changes::made([(Field::Email, new.email.to_string())]),
    )
    .await
}

/// An older open invitation to the same address gives way to the new one: its link dies.
async fn retire_open_invitation(_desk: &Desk, tx: &mut Tx, new: &Invitation, now: Time) -> Result<()> {
    let Some(old) = store::people::invitations::find_open(tx, &new.organisation, &new.email).await? else {
        return Ok(());
    };
    let id = old.id.clone();
    store::people::invitations::update(tx, &old.delete(now)?).await?;
    store::deliveries::letters::drop_of_invitation(tx, &new.organisation, id.as_str(), now).await
}

/// Owes the letter with an invitation's link.
async fn owe_invitation(
    desk: &Desk,
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
    letters::owe(desk, tx, &notice, actor.now()).await
}

/// Sends an open invitation again: a new link with a full new life, in a new letter; the link
/// before dies.
#[tracing::instrument(name = "people::invitations::resend", skip_all)]
pub async fn resend(desk: &Desk, actor: &Actor, member: &Membership, id: &InvitationId) -> Result<()> {
    let permitted = policy::permitted(member, Permission::InvitationsSend)?;
    let now = actor.now();
    let mut tx = rights::begin_alone_for(desk, actor, member).await?;
    let organisation = store::organisation::organisations::find(&mut tx, permitted.organisation()).await?;
    organisation.open(actor.now())?;
    let (invitation, secret) = renew(desk, &mut tx, &organisation, id, now).await?;
    count_invitation(desk, &mut tx, actor, &organisation, &invitation.email).await?;
    owe_invitation(desk, &mut tx, actor, &organisation, &invitation, secret).await?;
    history::record(
        desk,
        &mut tx,
        actor,
        What::InvitationRenewed,
        About::Thing(&organisation.id, id.as_str()),
        vec![],
    )
    .await?;
    tx.commit().await
}

/// A new link for a pending invitation, with its secret; the link and the letters before it are
/// dead.
async fn renew(
    desk: &Desk,
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
    let secret = desk.mint.secret();
    store::people::invitations::replace_link(tx, org, id, &secret.hash).await?;
    store::deliveries::letters::drop_of_invitation(tx, org, id.as_str(), now).await?;
    Ok((renewed, secret.text))
}

/// Makes a new link for an open invitation, to be handed over by hand, where no mail server is
/// configured. The link before dies, and the letter that waits with it is dropped.
#[tracing::instrument(name = "people::invitations::copy_link", skip_all)]
pub async fn copy_link(desk: &Desk, actor: &Actor, member: &Membership, id: &InvitationId) -> Result<String> {
    let permitted = policy::permitted(member, Permission::InvitationsSend)?;
    if desk.plan.delivers_mail {
        return Err(Error::Refused(Why::MailIsConfigured));
    }
    let now = actor.now();
    let mut tx = rights::begin_for(desk, actor, member).await?;
    let organisation = store::organisation::organisations::find(&mut tx, permitted.organisation()).await?;
    let (_, secret) = renew(desk, &mut tx, &organisation, id, now).await?;
    history::record(
        desk,
        &mut tx,
        actor,
        What::InvitationRenewed,
        About::Thing(permitted.organisation(), id.as_str()),
        vec![],
    )
    .await?;
    tx.commit().await?;
    Ok(secret)
}

/// Counts an invitation of today, and a letter to this address; refuses past either limit,
/// before it counts.
pub(crate) async fn count_invitation(
    desk: &Desk,
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
    outward::count_outward(desk, tx, organisation, actor.now()).await?;
    store::account::limits::count_since(tx, &mine, today.begins).await?;
    store::account::limits::count_since(tx, &theirs, today.begins)
        .await
        .map(|_| ())
}

/// Under which name the actor's invitations of a day are counted.
pub(crate) fn of_today(organisation: &Organisation, actor: &Actor) -> String {
    format!("invitations:{}:{}", organisation.id, actor.id())
}
