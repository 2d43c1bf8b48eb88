//! Deciding requests to join, and letting a rejected person ask again.
use crate::desk::history::About;
use crate::desk::{Actor, Desk, history, people, requests, rights};
use crate::domain::account::Email;
use crate::domain::decision::Decision;
use crate::domain::event::What;
use crate::domain::ids::{InvitationId, RequestId};
use crate::domain::invitation::Invitation;
use crate::domain::member::Membership;
use crate::domain::notice::Letter;
use crate::domain::policy::{self, Decider};
use crate::domain::request::Request;
use crate::domain::role::Permission;
use crate::domain::{Error, Result, Time, Why};
use crate::store::{self, Tx};

/// Approves: the invitation and its letter are owed with it.
pub(crate) async fn approve_in(
    desk: &Desk,
    tx: &mut Tx,
    actor: &Actor,
    decider: &Decider,
    request: Request,
) -> Result<InvitationId> {
    let organisation = store::organisation::organisations::find(tx, &request.organisation).await?;
    organisation.open(actor.now())?;
    let id: InvitationId = desk.mint.id(actor.now());
    let approved = request.approve(decider, id.clone(), actor.now())?;
    store::requests::settle(tx, &approved).await?;
    let about = About::Thing(&approved.organisation, approved.id.as_str());
    history::record(desk, tx, actor, What::RequestApproved, about, vec![]).await?;
    let (email, by) = (address_of(tx, &approved).await?, actor.id().clone());
    let invitation = Invitation {
        name: approved.name.clone(),
        request: Some(approved.id.clone()),
        ..Invitation::new(id, &organisation, email, approved.language, by, actor.now())
    };
    people::invitations::send(desk, tx, actor, &organisation, &invitation).await?;
    Ok(invitation.id)
}

/// Where whoever asked is reached now: the mailbox by which they asked may be another person's.
async fn address_of(tx: &mut Tx, request: &Request) -> Result<Email> {
    let Some(id) = &request.account else {
        return Ok(request.email.clone());
    };
    let account = store::account::accounts::find(tx, id).await?;
    match account.email_proven_at {
        Some(_) => Ok(account.email),
        None => Err(Error::Refused(Why::RequesterUnproven)),
    }
}

pub(crate) async fn deny_in(
    desk: &Desk,
    tx: &mut Tx,
    actor: &Actor,
    decider: &Decider,
    request: Request,
) -> Result<()> {
    let denied = request.deny(Decision::by(decider, actor.now()))?;
    store::requests::settle(tx, &denied).await?;
    let about = About::Thing(&denied.organisation, denied.id.as_str());
    history::record(desk, tx, actor, What::RequestDenied, about, vec![]).await?;
    tell_rejected(desk, tx, &denied, actor.now()).await
}

/// A rejected person is told nothing, unless their organisation chose to send a short letter.
async fn tell_rejected(desk: &Desk, tx: &mut Tx, request: &Request, now: Time) -> Result<()> {
    let organisation = store::organisation::organisations::find(tx, &request.organisation).await?;
    if !organisation.tells_rejected {
        return Ok(());
    }
    let letter = Letter::RequestRejected {
        organisation: organisation.name,
        contact: organisation.admin_contact,
    };
    requests::notices::tell_about(desk, tx, request, letter, now).await
}

/// Lets a rejected person ask again before the pause is over.
#[tracing::instrument(name = "joining::decisions::allow_again", skip_all)]
pub async fn allow_again(desk: &Desk, actor: &Actor, member: &Membership, id: &RequestId) -> Result<()> {
    policy::permitted(member, Permission::RequestsDecide)?;
    let mut tx = rights::begin_for(desk, actor, member).await?;
    let request = store::requests::find(&mut tx, &member.organisation, id).await?;
    let decider = policy::decider(member, &actor.account.email, &request)?;
    let allowed = request.allow_again(&decider)?;
    store::requests::allow_again(&mut tx, &allowed).await?;
    let about = About::Thing(&allowed.organisation, allowed.id.as_str());
    history::record(desk, &mut tx, actor, What::RequestAllowedAgain, about, vec![]).await?;
    tx.commit().await
}
