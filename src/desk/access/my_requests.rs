//! One's own requests for resources: listing and rewording them, reminding approvers; what
//! requesters are asked, and their answers.
use crate::desk::access::progress::Progress;
use crate::desk::history::About;
use crate::desk::history::outdated::refuse_outdated;
use crate::desk::{Actor, Desk, access, history, letters, requests, rights};
use crate::domain::changes::{self, Field};
use crate::domain::event::What;
use crate::domain::ids::{AccountId, QuestionId, RequestId};
use crate::domain::member::Membership;
use crate::domain::notice::{Letter, News};
use crate::domain::request::{Request, Status};
use crate::domain::role::Permission;
use crate::domain::time::Span;
use crate::domain::{Error, Result, Why, policy, resource_request};
use crate::store::access::questions::Question;
use crate::store::{self, Tx};

/// One of one's own requests.
pub struct Mine {
    pub request: Request,
    pub status: Status,
    pub resource: String,
    pub decided_by: Option<String>,
    pub progress: Progress,
}

/// How often the requester may remind the approvers.
pub(crate) const NUDGE: Span = Span::days(1);

/// The actor's requests for resources, and those for them, newest first; at most 50. `picked`
/// stands first.
#[tracing::instrument(name = "access::my_requests::list", skip_all)]
pub async fn list(
    desk: &Desk,
    actor: &Actor,
    member: &Membership,
    picked: Option<&RequestId>,
) -> Result<Vec<Mine>> {
    let permitted = policy::permitted(member, Permission::PortalUse)?;
    let org = permitted.organisation();
    let mut conn = desk.db.read().await?;
    let mut all = store::requests::list_mine(&mut conn, org, actor.id()).await?;
    if let Some(place) = picked.and_then(|id| all.iter().position(|l| l.0.id == *id)) {
        let first = all.remove(place);
        all.insert(0, first);
    }
    let mut mine = Vec::new();
    for (request, resource, decided_by) in all {
        let progress = access::progress::progress(desk, &mut conn, &request).await?;
        mine.push(Mine {
            status: request.status_at(actor.now()),
            request,
            resource,
            decided_by,
            progress,
        });
    }
    Ok(mine)
}

/// Changes the reason of one's own open request; those who have voted keep their votes.
#[tracing::instrument(name = "access::my_requests::reword", skip_all)]
pub async fn reword(
    desk: &Desk,
    actor: &Actor,
    member: &Membership,
    id: &RequestId,
    reason: &str,
) -> Result<()> {
    let mut tx = rights::begin_alone_for(desk, actor, member).await?;
    let request = lock_own(&mut tx, actor, member, id).await?;
    let (org, before) = (request.organisation.clone(), request.message.clone());
    let shown = vec![(Field::Reason, before.clone())];
    refuse_outdated(&mut tx, actor, About::Thing(&org, id.as_str()), &shown).await?;
    let resource = store::access::resources::find(&mut tx, &org, &request.expect_asked()?.resource)
        .await?
        .resource;
    let reason = resource
        .reason(reason)
        .map_err(|why| Error::field("reason", why))?;
    let organisation = store::organisation::organisations::find(&mut tx, &org).await?;
    let reworded = request
        .reword(reason.clone(), actor.now())?
        .live_on(organisation.requests.life, actor.now());
    store::requests::settle(&mut tx, &reworded).await?;
    history::record(
        desk,
        &mut tx,
        actor,
        What::RequestChanged,
        About::Thing(&org, id.as_str()),
        changes::turned(Field::Reason, before, reason),
    )
    .await?;
    tx.commit().await
}

/// Reminds those who have not voted on one's own request, once a day.
#[tracing::instrument(name = "access::my_requests::nudge", skip_all)]
pub async fn nudge(desk: &Desk, actor: &Actor, member: &Membership, id: &RequestId) -> Result<()> {
    let mut tx = rights::begin_alone_for(desk, actor, member).await?;
    let request = lock_own(&mut tx, actor, member, id).await?;
    if !request.is_open(actor.now()) {
        return Err(Error::Refused(Why::NotPending));
    }
    if !store::requests::nudge(&mut tx, &request, actor.now(), actor.now() - NUDGE).await? {
        return Err(Error::Refused(Why::RemindedToday));
    }
    if access::steps::remind(desk, &mut tx, &request, Some(actor), actor.now()).await? == 0 {
        return Err(Error::Refused(Why::NobodyIsAsked));
    }
    tx.commit().await
}

/// One's own request, held, in a transaction that is alone; whoever it is for has it too.
async fn lock_own(tx: &mut Tx, actor: &Actor, member: &Membership, id: &RequestId) -> Result<Request> {
    policy::permitted(member, Permission::PortalUse)?;
    let request = store::requests::lock(tx, &member.organisation, id).await?;
    policy::requester(actor.id(), &request)?;
    Ok(request)
}

/// Asks the requester something: as one who is asked to vote, or as who decides.
#[tracing::instrument(name = "access::my_requests::question", skip_all)]
pub async fn question(
    desk: &Desk,
    actor: &Actor,
    member: &Membership,
    id: &RequestId,
    text: &str,
) -> Result<()> {
    policy::voter(member)?;
    let text = resource_request::reason(text).map_err(|why| Error::field("question", why))?;
    let (org, now) = (&member.organisation, actor.now());
    let mut tx = rights::begin_alone_for(desk, actor, member).await?;
    // Who neither is asked nor decides hears the same of any request, and of none.
    if !is_asked(&mut tx, actor, member, id).await? {
        policy::permitted(member, Permission::RequestsDecide).map_err(|_| Error::NotFound)?;
    }
    let request = store::requests::lock(&mut tx, org, id).await?;
    if !is_asked(&mut tx, actor, member, id).await? {
        policy::decider(member, &actor.account.email, &request)?;
    }
    request.expect_asked()?;
    if !request.is_open(now) {
        return Err(Error::Refused(Why::NotPending));
    }
    let question = Question {
        id: desk.mint.id(now),
        request: id.clone(),
        asked_by: actor.id().clone(),
        asked_by_name: actor.account.name.clone(),
        asked_at: now,
        question: text.clone(),
        answer: None,
    };
    store::access::questions::ask(&mut tx, org, &question).await?;
    history::record(
        desk,
        &mut tx,
        actor,
        What::RequestQuestioned,
        About::Thing(org, id.as_str()),
        changes::made([(Field::Question, text.clone())]),
    )
    .await?;
    let mut access = requests::notices::access(desk, &mut tx, &request, News::Question).await?;
    (access.by, access.text) = (actor.account.name.clone(), text);
    let submitter: Vec<AccountId> = request.account.iter().cloned().collect();
    let readers = store::people::members::list_readers_of(&mut tx, org, &submitter).await?;
    letters::tell_readers(
        desk,
        &mut tx,
        org,
        readers,
        Some(id),
        &Letter::Access(Box::new(access)),
        now,
    )
    .await?;
    tx.commit().await
}

/// Whether the request asks the actor to vote.
async fn is_asked(tx: &mut Tx, actor: &Actor, member: &Membership, id: &RequestId) -> Result<bool> {
    let found = store::access::steps::find_assignment(tx, &member.organisation, id, actor.id()).await?;
    Ok(found.is_some_and(|a| !a.over))
}

/// Answers a question about one's own request; whoever asked is told.
#[tracing::instrument(name = "access::my_requests::answer", skip_all)]
pub async fn answer(
    desk: &Desk,
    actor: &Actor,
    member: &Membership,
    id: &QuestionId,
    text: &str,
) -> Result<()> {
    policy::permitted(member, Permission::PortalUse)?;
    let text = resource_request::reason(text).map_err(|why| Error::field("answer", why))?;
    let (org, now) = (&member.organisation, actor.now());
    let mut tx = rights::begin_alone_for(desk, actor, member).await?;
    let question = store::access::questions::find(&mut tx, id).await?;
    let request = lock_own(&mut tx, actor, member, &question.request).await?;
    store::access::questions::answer(&mut tx, org, id, &text, now).await?;
    let organisation = store::organisation::organisations::find(&mut tx, org).await?;
    if request.is_open(now) {
        store::requests::settle(&mut tx, &request.clone().live_on(organisation.requests.life, now)).await?;
    }
    history::record(
        desk,
        &mut tx,
        actor,
        What::RequestAnswered,
        About::Thing(org, request.id.as_str()),
        changes::made([(Field::Answer, text.clone())]),
    )
    .await?;
    let mut access = requests::notices::access(desk, &mut tx, &request, News::Answer).await?;
    (access.by, access.text) = (actor.account.name.clone(), text);
    access.in_queue = store::access::steps::find_assignment(&mut tx, org, &request.id, &question.asked_by)
        .await?
        .is_none();
    let readers =
        store::people::members::list_readers_of(&mut tx, org, std::slice::from_ref(&question.asked_by))
            .await?;
    letters::tell_readers(
        desk,
        &mut tx,
        org,
        readers,
        Some(&request.id),
        &Letter::Access(Box::new(access)),
        now,
    )
    .await?;
    tx.commit().await
}
