//! The queue as its readers see it: a page of requests with what each reader may do, and the
//! details of one.
use crate::desk::access::progress::Progress;
use crate::desk::{Actor, Desk, access, cut_to};
use crate::domain::connector::Platform;
use crate::domain::ids::{ConnectorId, InvitationId, RequestId};
use crate::domain::member::Membership;
use crate::domain::request::{Outcome, Request, Status};
use crate::domain::role::Permission;
use crate::domain::verdict::Verdict;
use crate::domain::{Result, Time, policy};
use crate::store;
use crate::store::deliveries::fates::Fate;
use crate::store::history::Entry;
use crate::store::queue::list::{ChatSource, ListedRequest};
use crate::store::queue::query::{QueuePlace, QueueQuery};
use crate::store::queue::shelves::Counts;

/// One request as the queue shows it.
pub struct RequestRow {
    pub request: Request,
    /// What it is at this instant.
    pub status: Status,
    /// Who decided, by name.
    pub decided_by: Option<String>,
    /// The buttons that this reader has.
    pub actions: Vec<Verdict>,
    /// Whether this reader may let the rejected person ask again.
    pub may_allow_again: bool,
    /// Its invitation, while nobody has accepted or deleted it.
    pub open_invitation: Option<InvitationId>,
    /// The name of the resource that it asks for.
    pub resource: Option<String>,
    /// Where it came from, if that is a connector.
    pub chat: Option<ChatSource>,
}

/// A page of the queue.
pub struct Page {
    pub rows: Vec<RequestRow>,
    /// The place after which the next page begins, if there is one.
    pub next: Option<QueuePlace>,
    pub counts: Counts,
}

/// A connector by which the queue can be filtered.
pub struct ConnectorChoice {
    pub id: ConnectorId,
    pub name: String,
    pub platform: Platform,
}

/// What stands below a row that is opened.
pub struct RequestDetails {
    pub row: RequestRow,
    pub history: Vec<Entry>,
    /// Letters, messages to whoever asked by chat, and calls of the resource's provisioning hook.
    pub deliveries: Vec<Fate>,
    pub progress: Progress,
    /// Of whom it is for: their manager, and who submitted it in their place.
    pub manager: Option<String>,
    pub submitter: Option<String>,
    /// The reader is asked to vote on it: a vote in Approvals keeps the flow going.
    pub is_asked: bool,
}

const PAGE: usize = 25;

/// A page of the queue. `picked` stands first, whatever page, tab or search it would be under.
#[tracing::instrument(name = "queue::list::page", skip_all)]
pub async fn page(
    desk: &Desk,
    actor: &Actor,
    member: &Membership,
    look: &QueueQuery,
    picked: Option<&RequestId>,
) -> Result<Page> {
    let permitted = policy::permitted(member, Permission::RequestsView)?;
    let (org, now) = (permitted.organisation(), actor.now());
    let mut conn = desk.db.read().await?;
    let shelves = store::queue::shelves::shelves(&mut conn, org, now).await?;
    let mut listed = store::queue::list::list(&mut conn, org, look, &shelves, now, PAGE + 1).await?;
    let next = cut_to(&mut listed, PAGE).map(place);
    if let Some(id) = picked {
        let found = store::queue::list::find(&mut conn, org, id).await?;
        listed.retain(|r| r.request.id != found.request.id);
        listed.insert(0, found);
    }
    let counts = shelves.counts();
    let rows = listed
        .into_iter()
        .map(|one| row(actor, member, one, now))
        .collect();
    Ok(Page { rows, next, counts })
}

/// The organisation's connectors that are not deleted, for the queue's filter.
#[tracing::instrument(name = "queue::list::queue_sources", skip_all)]
pub async fn queue_sources(desk: &Desk, member: &Membership) -> Result<Vec<ConnectorChoice>> {
    let permitted = policy::permitted(member, Permission::RequestsView)?;
    let kept = store::chat::connectors::list(&mut *desk.db.read().await?, permitted.organisation()).await?;
    Ok(kept
        .into_iter()
        .map(|k| ConnectorChoice {
            id: k.connector.id,
            name: k.connector.name,
            platform: k.connector.platform,
        })
        .collect())
}

/// A piece of what the queue lists, as its readers may have it; where the next piece begins.
#[tracing::instrument(name = "queue::list::queue_piece", skip_all)]
pub async fn queue_piece(
    desk: &Desk,
    member: &Membership,
    look: &QueueQuery,
    now: Time,
    most: usize,
) -> Result<(Vec<RequestRow>, Option<QueuePlace>)> {
    let permitted = policy::permitted(member, Permission::RequestsView)?;
    let mut conn = desk.db.read().await?;
    let shelves = store::queue::shelves::shelves(&mut conn, permitted.organisation(), now).await?;
    let mut listed =
        store::queue::list::list(&mut conn, permitted.organisation(), look, &shelves, now, most + 1).await?;
    let next = cut_to(&mut listed, most).map(place);
    let rows = listed.into_iter().map(
        |ListedRequest {
             request,
             decided_by,
             open_invitation,
             resource,
             chat,
             ..
         }| {
            let status = request.status_at(now);
            RequestRow {
                request,
                status,
                decided_by,
                actions: Vec::new(),
                may_allow_again: false,
                open_invitation,
                resource,
                chat,
            }
        },
    );
    Ok((rows.collect(), next))
}

/// These requests as they are now, those that exist, and the numbers: what an open page asks
/// for when something has changed.
#[tracing::instrument(name = "queue::list::look_again", skip_all)]
pub async fn look_again(desk: &Desk, actor: &Actor, member: &Membership, ids: &[RequestId]) -> Result<Page> {
    let permitted = policy::permitted(member, Permission::RequestsView)?;
    let mut conn = desk.db.read().await?;
    let listed = store::queue::list::list_of_ids(&mut conn, permitted.organisation(), ids).await?;
    let counts = store::queue::shelves::shelves(&mut conn, permitted.organisation(), actor.now())
        .await?
        .counts();
    let rows = listed
        .into_iter()
        .map(|one| row(actor, member, one, actor.now()))
        .collect();
    Ok(Page {
        rows,
        next: None,
        counts,
    })
}

/// One request with its history and the delivery of its letters.
#[tracing::instrument(name = "queue::list::request_details", skip_all)]
pub async fn request_details(
    desk: &Desk,
    actor: &Actor,
    member: &Membership,
    id: &RequestId,
) -> Result<RequestDetails> {
    let permitted = policy::permitted(member, Permission::RequestsView)?;
    let org = permitted.organisation();
    let mut conn = desk.db.read().await?;
    let listed = store::queue::list::find(&mut conn, org, id).await?;
    let invitation = match &listed.request.status {
        Status::Approved {
            outcome: Outcome::Invitation(id),
            ..
        } => Some(id),
        _ => None,
    };
    let history =
        store::history::list_of_objects(&mut conn, org, id.as_str(), invitation.map_or("", |i| i.as_str()))
            .await?;
    let deliveries = store::deliveries::fates::list_of_request(&mut conn, org, id, invitation).await?;
    let progress = access::progress::progress(desk, &mut conn, &listed.request).await?;
    let is_asked = access::votes::is_asked(desk, &mut conn, actor, member, &listed.request).await?;
    let (mut manager, mut submitter) = (None, None);
    if let Some(asked) = listed.request.asked() {
        if let Some(account) = store::people::member_list::manager_of(&mut conn, org, &asked.holder).await? {
            manager = Some(store::account::accounts::find(&mut conn, &account).await?.name);
        }
        if let Some(account) = listed.request.account.as_ref().filter(|a| **a != asked.holder) {
            submitter = Some(store::account::accounts::find(&mut conn, account).await?.name);
        }
    }
    Ok(RequestDetails {
        row: row(actor, member, listed, actor.now()),
        history,
        deliveries,
        progress,
        manager,
        submitter,
        is_asked,
    })
}

fn place(listed: &ListedRequest) -> QueuePlace {
    QueuePlace {
        time: listed.request.submitted_at,
        name: listed.sorts_as.clone(),
        id: listed.request.id.clone(),
    }
}

fn row(actor: &Actor, member: &Membership, listed: ListedRequest, now: Time) -> RequestRow {
    let ListedRequest {
        request,
        decided_by,
        open_invitation,
        resource,
        chat,
        ..
    } = listed;
    let status = request.status_at(now);
    let own = chat
        .as_ref()
        .is_some_and(|c| c.member.as_ref() == Some(actor.id()));
    let actions = if own {
        Vec::new()
    } else {
        policy::actions(member, &actor.account.email, &request, now)
    };
    let may_allow_again =
        request.pause(now).is_some() && policy::decider(member, &actor.account.email, &request).is_ok();
    RequestRow {
        request,
        status,
        decided_by,
        actions,
        may_allow_again,
        open_invitation,
        resource,
        chat,
    }
}
