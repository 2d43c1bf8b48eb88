//! Grants: made when a request is approved, ended by their date, their holder or an administrator;
//! and what holders are told.
use crate::desk::history::{About, By};
use crate::desk::{Actor, Caller, Desk, history, letters, requests, rights};
use crate::domain::changes::{self, Field};
use crate::domain::decision::Decision;
use crate::domain::event::What;
use crate::domain::ids::{AccountId, GrantId, OrganisationId, ResourceId};
use crate::domain::member::Membership;
use crate::domain::notice::{Access, Letter, News};
use crate::domain::request::Request;
use crate::domain::resource::{Grant, GrantEnd};
use crate::domain::role::Permission;
use crate::domain::time::Span;
use crate::domain::{Error, Result, Time, policy};
use crate::store::access::grants::ListedGrant;
use crate::store::{self, Tx};

/// Carries an approval out: the grant is made, or made longer, and whoever asked is told. Where
/// the resource has a hook, it is called first.
pub(crate) async fn approve_resource(
    desk: &Desk,
    tx: &mut Tx,
    request: Request,
    decision: Decision,
    caller: &Caller,
) -> Result<()> {
    let resource =
        store::access::resources::find(tx, &request.organisation, &request.expect_asked()?.resource)
            .await?
            .resource;
    if !resource.hook.is_empty() {
        let provisioning = request.provision(decision)?;
        store::requests::settle(tx, &provisioning).await?;
        return crate::desk::access::hook_calls::owe_begin(desk, tx, &provisioning, &resource, caller.now)
            .await;
    }
    let grant = grant_for(desk, tx, &request, caller).await?;
    let approved = request.grant(decision, grant.id.clone())?;
    store::requests::settle(tx, &approved).await?;
    keep(desk, tx, &approved, grant, caller).await
}

/// The grant that a request leads to: what its holder has already, made longer, or a new one.
/// Not written yet.
pub(crate) async fn grant_for(desk: &Desk, tx: &mut Tx, request: &Request, caller: &Caller) -> Result<Grant> {
    let (org, asked, now) = (&request.organisation, request.expect_asked()?, caller.now);
    match store::access::grants::find_live(tx, org, &asked.resource, &asked.holder).await? {
        Some(had) if had.grant.holds(now) => return Ok(had.grant.extend(asked.days, &request.id, now)),
        Some(had) => lapse(desk, tx, had, now).await?,
        None => {}
    }
    Ok(Grant {
        id: desk.mint.id(now),
        resource: asked.resource.clone(),
        account: asked.holder.clone(),
        request: request.id.clone(),
        granted_at: now,
        ends_at: asked.days.map(|d| now + Span::days(d)),
        ended: None,
        version: 0,
    })
}

/// Writes an approval down with the grant that it made or extended, and tells whoever asked.
pub(crate) async fn keep(
    desk: &Desk,
    tx: &mut Tx,
    approved: &Request,
    grant: Grant,
    caller: &Caller,
) -> Result<()> {
    let (org, now) = (&approved.organisation, caller.now);
    let decision = approved.status.decision();
    let by = match decision.and_then(|d| d.by.as_ref()) {
        Some(by) => By::caller(caller).who(Some(by)),
        None => By::clock(now),
    };
    let overrides = decision.is_some_and(|d| d.overrides).then(|| true.to_string());
    let changes = changes::made([(Field::Override, overrides.unwrap_or_default())]);
    let about = About::Thing(org, approved.id.as_str());
    history::record(desk, tx, by, What::RequestApproved, about, changes).await?;
    let what = put(tx, org, &grant, now).await?;
    let ends_at = grant.ends_at.map(Time::rfc3339);
    let changes = changes::made([(Field::EndsAt, ends_at.unwrap_or_default())]);
    let about = About::Thing(org, grant.id.as_str());
    history::record(desk, tx, by, what, about, changes).await?;
    let mut access = requests::notices::access(desk, tx, approved, News::Granted).await?;
    access.until = grant.ends_at;
    requests::notices::tell_people_of(desk, tx, approved, access, now).await
}

/// Writes a grant, and says what that is.
async fn put(tx: &mut Tx, org: &OrganisationId, grant: &Grant, now: Time) -> Result<What> {
    if grant.version == 0 {
        let first = Grant {
            version: 1,
            ..grant.clone()
        };
        store::access::grants::create(tx, org, &first).await?;
        Ok(What::GrantMade)
    } else {
        store::access::grants::save(tx, org, grant, now).await?;
        Ok(What::GrantExtended)
    }
}

/// What the actor has, as it is now.
#[tracing::instrument(name = "access::grants::list_own", skip_all)]
pub async fn list_own(desk: &Desk, actor: &Actor, member: &Membership) -> Result<Vec<ListedGrant>> {
    policy::permitted(member, Permission::PortalUse)?;
    let all =
        store::access::grants::list_of_member(&mut *desk.db.read().await?, &member.organisation, actor.id())
            .await?;
    Ok(all.into_iter().filter(|l| l.grant.holds(actor.now())).collect())
}

/// Who has a resource, as it is now.
#[tracing::instrument(name = "access::grants::holders", skip_all)]
pub async fn holders(
    desk: &Desk,
    actor: &Actor,
    member: &Membership,
    resource: &ResourceId,
) -> Result<Vec<ListedGrant>> {
    let permitted = policy::permitted(member, Permission::ResourcesManage)?;
    let all = store::access::grants::list_of_resource(
        &mut *desk.db.read().await?,
        permitted.organisation(),
        resource,
    )
    .await?;
    Ok(all.into_iter().filter(|l| l.grant.holds(actor.now())).collect())
}

/// Ends a grant early: one's own, or as who manages resources.
#[tracing::instrument(name = "access::grants::end", skip_all)]
pub async fn end(desk: &Desk, actor: &Actor, member: &Membership, id: &GrantId) -> Result<()> {
    policy::permitted(member, Permission::PortalUse)
        .or_else(|_| policy::permitted(member, Permission::ResourcesManage))?;
    let (org, now) = (&member.organisation, actor.now());
    let mut tx = rights::begin_for(desk, actor, member).await?;
    let listed = store::access::grants::find(&mut tx, org, id).await?;
    let ended = listed.grant.clone().end(member, now)?;
    revoke(desk, &mut tx, actor, ended, &listed).await?;
    tx.commit().await
}

/// Writes down that somebody ended a grant, and tells its holder.
pub(crate) async fn revoke(
    desk: &Desk,
    tx: &mut Tx,
    actor: &Actor,
    ended: Grant,
    listed: &ListedGrant,
) -> Result<()> {
    let (org, now) = (&listed.organisation, actor.now());
    store::access::grants::save(tx, org, &ended, now).await?;
    history::record(
        desk,
        tx,
        actor,
        What::GrantEnded,
        About::Thing(org, ended.id.as_str()),
        changes::gone([(Field::Resource, listed.resource.clone())]),
    )
    .await?;
    crate::desk::access::hook_calls::owe_end(desk, tx, listed, now).await?;
    if ended.account == *actor.id() {
        return Ok(());
    }
    tell_holder(desk, tx, listed, News::Revoked, &actor.account.name, now).await
}

/// Ends all that a member has, as their membership ends: the letter about that says enough.
pub(crate) async fn end_all_of(
    desk: &Desk,
    tx: &mut Tx,
    actor: &Actor,
    org: &OrganisationId,
    account: &AccountId,
) -> Result<()> {
    loop {
        let held = store::access::grants::list_of_member(tx, org, account).await?;
        if held.is_empty() {
            return Ok(());
        }
        for listed in held {
            let ended = Some(GrantEnd {
                at: actor.now(),
                by: Some(actor.id().clone()),
            });
            store::access::grants::save(
                tx,
                org,
                &Grant {
                    ended,
                    ..listed.grant.clone()
                },
                actor.now(),
            )
            .await?;
            crate::desk::access::hook_calls::owe_end(desk, tx, &listed, actor.now()).await?;
            history::record(
                desk,
                tx,
                actor,
                What::GrantEnded,
                About::Thing(org, listed.grant.id.as_str()),
                changes::gone([(Field::Resource, listed.resource)]),
            )
            .await?;
        }
    }
}

/// Writes down the ends of grants whose time is over, and tells holders of those that end soon;
/// how many it was.
#[tracing::instrument(name = "access::grants::sweep", skip_all)]
pub async fn sweep(desk: &Desk, now: Time) -> Result<usize> {
    let (over, soon) = {
        let mut conn = desk.db.read().await?;
        (
            store::access::grants::list_over(&mut conn, now, 50).await?,
            store::access::grants::list_to_notice(&mut conn, now, 50).await?,
        )
    };
    let count = over.len() + soon.len();
    for listed in over {
        let mut tx = desk.db.begin().await?;
        if unless_stale(lapse(desk, &mut tx, listed, now).await)? {
            tx.commit().await?;
        }
    }
    for listed in soon.into_iter().filter(|l| l.grant.holds(now)) {
        let mut tx = desk.db.begin().await?;
        if unless_stale(store::access::grants::noticed(&mut tx, &listed).await)? {
            tell_holder(desk, &mut tx, &listed, News::Ends, "", now).await?;
            tx.commit().await?;
        }
    }
    Ok(count)
}

async fn lapse(desk: &Desk, tx: &mut Tx, listed: ListedGrant, now: Time) -> Result<()> {
    let lapsed = listed.grant.clone().lapse(now)?;
    store::access::grants::save(tx, &listed.organisation, &lapsed, now).await?;
    history::record(
        desk,
        tx,
        By::clock(now),
        What::GrantEnded,
        About::Thing(&listed.organisation, listed.grant.id.as_str()),
        changes::gone([(Field::Resource, listed.resource.clone())]),
    )
    .await?;
    crate::desk::access::hook_calls::owe_end(desk, tx, &listed, now).await?;
    tell_holder(desk, tx, &listed, News::Ended, "", now).await
}

async fn tell_holder(
    desk: &Desk,
    tx: &mut Tx,
    listed: &ListedGrant,
    news: News,
    by: &str,
    now: Time,
) -> Result<()> {
    let organisation = store::organisation::organisations::find(tx, &listed.organisation).await?;
    let access = Access {
        news,
        organisation: organisation.name,
        slug: organisation.slug.to_string(),
        request: listed.grant.request.clone(),
        resource: listed.grant.resource.clone(),
        resource_name: listed.resource.clone(),
        name: listed.holder.clone(),
        by: by.to_owned(),
        text: String::new(),
        next_steps: String::new(),
        until: listed.grant.ends_at,
        in_queue: false,
    };
    let readers = store::people::members::list_readers_of(
        tx,
        &listed.organisation,
        std::slice::from_ref(&listed.grant.account),
    )
    .await?;
    letters::tell_readers(
        desk,
        tx,
        &listed.organisation,
        readers,
        Some(&listed.grant.request),
        &Letter::Access(Box::new(access)),
        now,
    )
    .await
}

/// Whether it was done; somebody who was quicker is no fault.
fn unless_stale(done: Result<()>) -> Result<bool> {
    match done {
        Ok(()) => Ok(true),
        Err(Error::Stale) => Ok(false),
        Err(e) => Err(e),
    }
}
