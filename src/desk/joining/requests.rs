//! Join requests from the requester's side: asking, the status page, withdrawing.
use crate::desk::account::{self, limits};
use crate::desk::history::About;
use crate::desk::requests::status_token::USAGE;
use crate::desk::{Actor, Desk, history, requests, rights};
use crate::domain::event::What;
use crate::domain::ids::RequestId;
use crate::domain::invitation::Invitation;
use crate::domain::organisation::{Organisation, Slug};
use crate::domain::policy::{self, Matched};
use crate::domain::request::{self, Outcome, Request, Status};
use crate::domain::{Error, Result, Time, Why};
use crate::store::requests::OwnJoin;
use crate::store::{self, Tx};

/// A request as its requester sees it.
pub struct Own {
    pub request: Request,
    /// What it is at this instant.
    pub status: Status,
    pub organisation: Organisation,
    /// Once approved: the invitation.
    pub invitation: Option<Invitation>,
    /// Whether the invitation's newest letter could not be delivered.
    pub undelivered: bool,
}

/// Asks to join an organisation that answers to the actor's provider or address; any other is
/// not found.
#[tracing::instrument(name = "joining::requests::request_access", skip_all)]
pub async fn request_access(desk: &Desk, actor: &Actor, slug: &Slug, message: &str) -> Result<RequestId> {
    let message = request::message(message).map_err(|why| Error::field("message", why))?;
    let mut tx = rights::begin_own(desk, actor).await?;
    if let Some(refusal) =
        account::limits::try_once(desk, &mut tx, &limits::REQUESTS, actor.id().as_str(), actor.now()).await?
    {
        tx.commit().await?;
        return Err(refusal);
    }
    let organisation = store::organisation::organisations::find_by_slug(&mut tx, slug)
        .await?
        .ok_or(Error::NotFound)?;
    let links = store::organisation::links::list_matches(&mut tx, &actor.account).await?;
    let matched = policy::matched(actor.id(), &organisation.id, &links)?;
    let id = submit(desk, &mut tx, actor, &organisation, &matched, message).await?;
    tx.commit().await?;
    Ok(id)
}

async fn submit(
    desk: &Desk,
    tx: &mut Tx,
    actor: &Actor,
    organisation: &Organisation,
    matched: &Matched,
    message: String,
) -> Result<RequestId> {
    let now = actor.now();
    // Whoever invites this person at the same moment takes the same turn, so that one of the
    // two sees what the other did.
    store::people::members::lock(tx, matched.organisation()).await?;
    may_ask(desk, tx, actor, organisation).await?;
    for open in
        store::requests::list_open_joins(tx, matched.organisation(), &actor.account.email, Some(actor.id()))
            .await?
    {
        if open.status_at(now) == Status::Pending {
            return Err(Error::Refused(Why::AlreadyAsked));
        }
        requests::outcomes::expire(desk, tx, open, now).await?;
    }
    let (origin, email) = (matched.origin().clone(), actor.account.email.clone());
    let request = Request {
        account: Some(matched.account().clone()),
        name: actor.account.name.clone(),
        message,
        language: actor.account.language,
        ..Request::new(desk.mint.id(now), organisation, email, origin, now)
    };
    requests::submission::submit_in(desk, tx, &request, organisation, &actor.caller).await?;
    Ok(request.id)
}

/// Refuses who is in already, is invited already, was rejected just now, or asks an
/// organisation that is closed.
async fn may_ask(desk: &Desk, tx: &mut Tx, actor: &Actor, organisation: &Organisation) -> Result<()> {
    let (email, now) = (&actor.account.email, actor.now());
    organisation.open(now)?;
    // The answer goes to this address: without proof somebody else may hold it, who never
    // asked.
    if actor.account.email_proven_at.is_none() {
        return Err(Error::Refused(Why::AddressUnproven));
    }
    if store::people::members::find_active(tx, &organisation.slug, actor.id())
        .await?
        .is_some()
    {
        return Err(Error::Refused(Why::AlreadyMember));
    }
    let invitation = store::people::invitations::find_open(tx, &organisation.id, email).await?;
    if invitation.is_some_and(|i| i.open(now).is_ok()) {
        return Err(Error::Refused(Why::InvitationWaits));
    }
    requests::submission::may_ask_again(desk, tx, &organisation.id, email, Some(actor.id()), now).await
}

/// The actor's own requests, newest first, with what they are at this instant and the slug of
/// the organisation.
#[tracing::instrument(name = "joining::requests::own_requests", skip_all)]
pub async fn own_requests(desk: &Desk, actor: &Actor) -> Result<Vec<OwnJoin>> {
    let own = store::requests::list_own(&mut *desk.db.read().await?, actor.id()).await?;
    Ok(own
        .into_iter()
        .map(|own| OwnJoin {
            request: Request {
                status: own.request.status_at(actor.now()),
                ..own.request
            },
            ..own
        })
        .collect())
}

/// The request that a status page's address names. Whoever has the address may look; nothing
/// can be done with it.
#[tracing::instrument(name = "joining::requests::look_at_status", skip_all)]
pub async fn look_at_status(desk: &Desk, token: &str, now: Time) -> Result<Own> {
    let (id, tag) = token.split_once('.').ok_or(Error::NotFound)?;
    let id = RequestId::try_from(id.to_owned())?;
    if !desk.keys.has_tag(USAGE, id.as_str(), tag) {
        return Err(Error::NotFound);
    }
    let mut conn = desk.db.read().await?;
    let request = store::requests::find_anywhere(&mut conn, &id).await?;
    let organisation = store::organisation::organisations::find(&mut conn, &request.organisation).await?;
    let invitation = match &request.status {
        Status::Approved {
            outcome: Outcome::Invitation(invitation),
            ..
        } => Some(store::people::invitations::find(&mut conn, &organisation.id, invitation).await?),
        _ => None,
    };
    let undelivered = match &invitation {
        Some(i) => store::people::invitations::is_undelivered(&mut conn, &organisation.id, &i.id).await?,
        None => false,
    };
    Ok(Own {
        status: request.status_at(now),
        request,
        organisation,
        invitation,
        undelivered,
    })
}

/// Takes back one's own open request.
#[tracing::instrument(name = "joining::requests::withdraw", skip_all)]
pub async fn withdraw(desk: &Desk, actor: &Actor, id: &RequestId) -> Result<()> {
    let now = actor.now();
    let mut tx = rights::begin_own(desk, actor).await?;
    let request = store::requests::find_own(&mut tx, actor.id(), id)
        .await?
        .ok_or(Error::NotFound)?;
    let proof = policy::requester(actor.id(), &request)?;
    let withdrawn = request.withdraw(&proof, now)?;
    store::requests::settle(&mut tx, &withdrawn).await?;
    history::record(
        desk,
        &mut tx,
        actor,
        What::RequestCanceled,
        About::Thing(&withdrawn.organisation, id.as_str()),
        vec![],
    )
    .await?;
    tx.commit().await
}
