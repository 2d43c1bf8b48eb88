//! Asking for a resource: who may, for whom, and whether the flow approves it by itself.
use crate::desk::account::{self, limits};
use crate::desk::history::About;
use crate::desk::{Actor, Desk, access, history, requests, rights};
use crate::domain::changes::{self, Field};
use crate::domain::decision::Decision;
use crate::domain::error::Faults;
use crate::domain::event::What;
use crate::domain::flow::{Approval, Rules};
use crate::domain::ids::{AccountId, RequestId, ResourceId};
use crate::domain::links::Origin;
use crate::domain::member::Membership;
use crate::domain::notice::News;
use crate::domain::request::{ApprovalType, Matter, Request, ResourceRequest};
use crate::domain::resource::{Resource, ResourceState};
use crate::domain::role::Permission;
use crate::domain::step_state::Met;
use crate::domain::{Error, Result, Why, policy};
use crate::store::{self, Tx};

/// What somebody asks for, as typed.
#[derive(Clone, Debug, Default)]
pub struct Wish {
    pub reason: String,
    /// Days, or nothing.
    pub days: String,
    /// Whom it is for, if not oneself: the id of a member whose manager one is.
    pub holder: String,
}

/// Asks for a resource; the request's id.
#[tracing::instrument(name = "access::submission::ask_for", skip_all)]
pub async fn ask_for(
    desk: &Desk,
    actor: &Actor,
    member: &Membership,
    id: &ResourceId,
    wish: &Wish,
) -> Result<RequestId> {
    let permitted = policy::permitted(member, Permission::PortalUse)?;
    let (org, now) = (permitted.organisation(), actor.now());
    let mut tx = rights::begin_alone_for(desk, actor, member).await?;
    if let Some(refusal) =
        account::limits::try_once(desk, &mut tx, &limits::RESOURCES, actor.id().as_str(), now).await?
    {
        tx.commit().await?;
        return Err(refusal);
    }
    // Whoever changes the resource, its flow or its people at this moment is waited for, or
    // waits.
    let organisation = store::organisation::organisations::find(&mut tx, org).await?;
    organisation.open(now)?;
    let resource = store::access::resources::find(&mut tx, org, id).await?.resource;
    may_ask_for(&mut tx, member, actor.id(), &resource).await?;
    let mut faults = Faults::default();
    let reason = faults.take("reason", resource.reason(&wish.reason));
    let days = faults.take("days", resource.days(&wish.days));
    let (reason, days) = faults.done(reason.zip(days))?;
    let holder = holder(desk, &mut tx, actor, member, &wish.holder).await?;
    nothing_open(desk, &mut tx, member, &resource, &holder, actor).await?;
    let flow = store::access::flows::find(
        &mut tx,
        org,
        resource.flow.as_ref().ok_or(Error::Refused(Why::NobodyCanAsk))?,
    )
    .await?;
    let of = store::account::accounts::find(&mut tx, &holder).await?;
    let met = condition_met(desk, &mut tx, member, &flow.rules, &of).await?;
    let approval = if met.is_some() {
        ApprovalType::Automatic
    } else {
        ApprovalType::Manual
    };
    let asked = ResourceRequest {
        days,
        approval,
        ..ResourceRequest::new(resource.id.clone(), holder, &flow)
    };
    let request = Request {
        account: Some(actor.id().clone()),
        matter: Matter::Resource(Box::new(asked)),
        name: of.name,
        message: reason,
        language: of.language,
        ..Request::new(desk.mint.id(now), &organisation, of.email, Origin::Unknown, now)
    };
    let id = request.id.clone();
    submit_resource(desk, &mut tx, actor, request, met, &resource, &flow.rules).await?;
    tx.commit().await?;
    Ok(id)
}

async fn submit_resource(
    desk: &Desk,
    tx: &mut Tx,
    actor: &Actor,
    request: Request,
    met: Option<Met>,
    resource: &Resource,
    rules: &Rules,
) -> Result<()> {
    let now = actor.now();
    let request = request.begin_step(rules, 0, now)?;
    store::requests::submit(tx, &request, &resource.name).await?;
    history::record(
        desk,
        tx,
        actor,
        What::RequestSubmitted,
        About::Thing(&request.organisation, request.id.as_str()),
        changes::made([(Field::Resource, resource.name.clone())]),
    )
    .await?;
    if let Some(met) = met {
        let decision = Decision::by(&met, now);
        return access::grants::approve_resource(desk, tx, request, decision, &actor.caller).await;
    }
    requests::posts::post_for_approvers(desk, tx, &request, now).await?;
    // Administrators hear of every new request, if they want to; where the first step asks
    // them, that step's letters are these.
    let organisation = store::organisation::organisations::find(tx, &request.organisation).await?;
    if !request.expect_asked()?.at_administrators {
        let mut readers = requests::hearers::hearers_of_each(desk, tx, &organisation).await?;
        readers.retain(|r| Some(&r.account) != request.account.as_ref());
        requests::notices::tell_of(desk, tx, &request, News::Requested, readers, now).await?;
    }
    access::steps::advance(desk, tx, request, rules, None, &actor.caller).await
}

/// Whom it is for: the actor, or one of those whose manager they are.
async fn holder(
    _desk: &Desk,
    tx: &mut Tx,
    actor: &Actor,
    member: &Membership,
    typed: &str,
) -> Result<AccountId> {
    if typed.trim().is_empty() || typed == actor.id().as_str() {
        return Ok(actor.id().clone());
    }
    let holder = AccountId::try_from(typed.trim().to_owned())
        .map_err(|_| Error::field("holder", Why::UnknownPerson))?;
    match store::people::member_list::manager_of(tx, &member.organisation, &holder).await? {
        Some(manager) if manager == *actor.id() => Ok(holder),
        _ => Err(Error::field("holder", Why::NotTheirManager)),
    }
}

/// Refuses a second live request for the same thing; one whose life is over is settled first.
async fn nothing_open(
    desk: &Desk,
    tx: &mut Tx,
    member: &Membership,
    resource: &Resource,
    holder: &AccountId,
    actor: &Actor,
) -> Result<()> {
    for open in store::requests::list_open_for(tx, &member.organisation, holder).await? {
        if open.asked().is_none_or(|a| a.resource != resource.id) {
            continue;
        }
        if open.is_open(actor.now()) || !open.status.is_open() {
            return Err(Error::Refused(Why::AlreadyAsked));
        }
        requests::outcomes::expire(desk, tx, open, actor.now()).await?;
    }
    let grant = store::access::grants::find_live(tx, &member.organisation, &resource.id, holder).await?;
    match grant {
        Some(had) if had.grant.holds(actor.now()) && had.grant.ends_at.is_none() => {
            Err(Error::Refused(Why::HasItAlready))
        }
        _ => Ok(()),
    }
}

/// The proof that the rules approve by themselves what is for this person; None: people decide.
pub(crate) async fn condition_met(
    _desk: &Desk,
    tx: &mut Tx,
    member: &Membership,
    rules: &Rules,
    of: &crate::domain::account::Account,
) -> Result<Option<Met>> {
    let Approval::Automatic(condition) = &rules.approval else {
        return Ok(None);
    };
    let org = &member.organisation;
    let roles = store::people::roles::list_of_member(tx, org, &of.id).await?;
    let groups = store::people::groups::list_of_member(tx, org, &of.id).await?;
    let groups: Vec<_> = groups.into_iter().map(|g| g.id).collect();
    Ok(condition.met(of, &roles, &groups))
}

/// Whether the member may ask for this: it is there, has a flow, and they are among those who may.
/// Anything else is not found.
pub(crate) async fn may_ask_for(
    conn: &mut store::Conn,
    member: &Membership,
    account: &AccountId,
    resource: &Resource,
) -> Result<()> {
    let org = &member.organisation;
    let roles = store::people::roles::list_of_member(conn, org, account).await?;
    let groups: Vec<_> = store::people::groups::list_of_member(conn, org, account)
        .await?
        .into_iter()
        .map(|g| g.id)
        .collect();
    if resource.state != ResourceState::Active || !resource.audience.has(&roles, &groups) {
        return Err(Error::NotFound);
    }
    if resource.flow.is_none() {
        Err(Error::Refused(Why::NobodyCanAsk))
    } else {
        Ok(())
    }
}
