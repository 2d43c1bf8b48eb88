//! The steps of requests for resources: whom they ask now, what votes and changes of people make of
//! them, reminders and escalations.
use crate::desk::faults::broken;
use crate::desk::history::{About, By};
use crate::desk::{Actor, Caller, Desk, access, history, requests};
use crate::domain::changes::{self, Field};
use crate::domain::decision::Decision;
use crate::domain::event::What;
use crate::domain::flow::{Approvers, Missing, Rules, Step};
use crate::domain::ids::{AccountId, OrganisationId, RequestId};
use crate::domain::notice::News;
use crate::domain::organisation::Mails;
use crate::domain::request::{Problem, Request, Status};
use crate::domain::resource::ResourceState;
use crate::domain::role::Permission;
use crate::domain::step_state::{Approved, People, StepState, chain};
use crate::domain::verdict::Verdict;
use crate::domain::{Error, Result, Time};
use crate::store::access::steps::{Concerned, Review};
use crate::store::{self, Tx};
use std::collections::{BTreeMap, BTreeSet};

/// Alone with the organisation's people and this request until the transaction ends, so that
/// what is read stays true.
pub(crate) async fn lock(_desk: &Desk, tx: &mut Tx, org: &OrganisationId, id: &RequestId) -> Result<Request> {
    store::people::members::lock(tx, org).await?;
    store::requests::lock(tx, org, id).await
}

/// The people whom a step of this request may name, as they are now.
pub(crate) async fn people(
    _desk: &Desk,
    tx: &mut Tx,
    request: &Request,
    step: &Step,
    now: Time,
) -> Result<People> {
    let (org, asked) = (&request.organisation, request.expect_asked()?);
    let mut people = People::default();
    for approvers in step.all_approvers() {
        match approvers {
            Approvers::Administrators => {
                let holders =
                    store::people::members::list_holders(tx, org, Permission::RequestsDecide).await?;
                people.administrators = holders.into_iter().map(|r| r.account).collect();
            }
            Approvers::Manager => {
                people.manager = store::people::member_list::manager_of(tx, org, &asked.holder).await?
            }
            Approvers::Owner => {
                people.owner = store::access::resources::find(tx, org, &asked.resource)
                    .await?
                    .resource
                    .owner
            }
            Approvers::Group(id) => {
                people.groups.insert(
                    id.clone(),
                    store::access::steps::list_in_group(tx, org, id).await?,
                );
            }
            Approvers::Members(_) => {}
        }
    }
    people.delegates = store::access::delegations::list_away(tx, org, now).await?;
    let mut all = named(&people, step);
    all.retain(|a| Some(a) != request.account.as_ref() && *a != asked.holder);
    people.eligible = store::access::steps::list_eligible(tx, org, &all).await?;
    Ok(people)
}

/// Everybody whom a step may name, and who decides for those of them who are away.
fn named(people: &People, step: &Step) -> BTreeSet<AccountId> {
    let by_name = step.all_approvers().filter_map(|a| match a {
        Approvers::Members(ids) => Some(ids.iter()),
        _ => None,
    });
    let mut all: BTreeSet<AccountId> = by_name.flatten().cloned().collect();
    all.extend(people.administrators.iter().cloned());
    all.extend(people.groups.values().flatten().cloned());
    all.extend(people.manager.iter().chain(&people.owner).cloned());
    let stand_in: Vec<AccountId> = all.iter().flat_map(|a| chain(&people.delegates, a)).collect();
    all.extend(stand_in);
    all
}

/// Brings an open request to where its votes and its people put it: on to the next steps, to a
/// pause, or to its end. Whoever is newly asked is told. `voter`: who has just voted, and so
/// decides if that was the last vote needed.
pub(crate) async fn advance(
    desk: &Desk,
    tx: &mut Tx,
    request: Request,
    rules: &Rules,
    voter: Option<&AccountId>,
    caller: &Caller,
) -> Result<()> {
    let now = caller.now;
    if let Some(problem) = problem(desk, tx, &request, rules).await? {
        return break_off(desk, tx, request, problem, caller).await;
    }
    let reviews = store::access::steps::list_reviews(tx, &request.organisation, &request.id).await?;
    let mut request = request;
    loop {
        let asked = request.expect_asked()?;
        let (number, index, escalated) = (asked.flow_number, asked.step, asked.escalated);
        let step = rules.steps.get(index).ok_or_else(|| broken())?;
        let people = people(desk, tx, &request, step, now).await?;
        let approved = approvals(&reviews, number, index);
        let said: Vec<Approved> = approved
            .iter()
            .map(|r| Approved {
                by: r.account.clone(),
                instead_of: r.away.clone(),
            })
            .collect();
        let last = voter
            .or(approved.iter().max_by_key(|r| r.at).map(|r| &r.account))
            .cloned();
        let standing = step.stand(&people, &said, escalated);
        if standing == StepState::Met {
            if index + 1 == rules.steps.len() {
                let met = last.and_then(|by| standing.met(&by)).ok_or_else(|| broken())?;
                let decision = Decision::by(&met, now);
                return access::grants::approve_resource(desk, tx, request, decision, caller).await;
            }
            request = request.begin_step(rules, index + 1, now)?;
            continue;
        }
        return stand(desk, tx, request, &standing, caller).await;
    }
}

/// Writes down how the current step stands, and tells whoever is newly asked.
async fn stand(
    desk: &Desk,
    tx: &mut Tx,
    request: Request,
    standing: &StepState,
    caller: &Caller,
) -> Result<()> {
    let (now, before) = (caller.now, request.missing());
    let standing_now = request.stand(standing, now)?;
    store::requests::settle(tx, &standing_now).await?;
    let (org, id) = (&standing_now.organisation, &standing_now.id);
    let what = match (before, standing_now.missing()) {
        (None, Some(_)) => Some(What::RequestMissing),
        (Some(_), None) => Some(What::RequestResumed),
        _ => None,
    };
    let word = |missing: Option<Missing>| missing.map_or("", Missing::as_str);
    if let Some(what) = what {
        history::record(
            desk,
            tx,
            By::clock(now),
            what,
            About::Thing(org, id.as_str()),
            changes::turned(Field::Missing, word(before), word(standing_now.missing())),
        )
        .await?;
    }
    ask(desk, tx, &standing_now, standing, now).await
}

/// Has the request wait for whom its step asks, and tells those who were not asked before.
pub(crate) async fn ask(
    desk: &Desk,
    tx: &mut Tx,
    request: &Request,
    standing: &StepState,
    now: Time,
) -> Result<()> {
    let none = BTreeMap::new();
    let asked = if let StepState::Waits { asked, .. } = standing {
        asked
    } else {
        &none
    };
    let new = store::access::steps::assign(tx, &request.organisation, &request.id, asked, now).await?;
    if new.is_empty() {
        return Ok(());
    }
    // Letters to administrators are a setting.
    let (news, readers) = if request.expect_asked()?.at_administrators {
        // What is new stands in the daily letter; what comes to them later does not.
        let first = request.expect_asked()?.step == 0;
        let organisation = store::organisation::organisations::find(tx, &request.organisation).await?;
        let news = match (request.missing(), first) {
            (Some(_), _) => News::Lacking,
            (None, true) => News::Requested,
            (None, false) => News::Turn,
        };
        (
            news,
            requests::hearers::hearers_among(desk, tx, &organisation, &new, first).await?,
        )
    } else {
        (
            News::Waits,
            store::people::members::list_readers_of(tx, &request.organisation, &new).await?,
        )
    };
    requests::notices::tell_of(desk, tx, request, news, readers, now).await
}

/// Looks again at every open request that a change of people or things concerns, in the
/// transaction of that change. `by`: who made it.
pub(crate) async fn reconsider(
    desk: &Desk,
    tx: &mut Tx,
    org: &OrganisationId,
    concerned: Concerned<'_>,
    caller: &Caller,
) -> Result<()> {
    let ids = store::access::steps::list_concerned(tx, org, &concerned).await?;
    reconsider_all(desk, tx, org, &ids, caller).await
}

/// As [`reconsider`], of requests that were found before the change.
pub(crate) async fn reconsider_all(
    desk: &Desk,
    tx: &mut Tx,
    org: &OrganisationId,
    ids: &[RequestId],
    caller: &Caller,
) -> Result<()> {
    for id in ids {
        let request = store::requests::lock(tx, org, id).await?;
        let asked = request.expect_asked()?.clone();
        let rules = store::access::flows::find_rules(tx, org, &asked.flow, asked.flow_number).await?;
        if matches!(request.status, Status::Provisioning(_)) {
            // Its approval stands; what cannot be given any more is not given, whatever the
            // hook still answers.
            if problem(desk, tx, &request, &rules).await? == Some(Problem::ResourceGone) {
                break_off(desk, tx, request, Problem::ResourceGone, caller).await?;
            }
        } else if request.is_open(caller.now) && !matches!(request.status, Status::Error(..)) {
            advance(desk, tx, request, &rules, None, caller).await?;
        }
    }
    Ok(())
}

/// What the request's version names that is no longer there.
pub(crate) async fn problem(
    _desk: &Desk,
    tx: &mut Tx,
    request: &Request,
    rules: &Rules,
) -> Result<Option<Problem>> {
    let (org, asked) = (&request.organisation, request.expect_asked()?);
    if store::access::resources::find(tx, org, &asked.resource)
        .await?
        .resource
        .state
        != ResourceState::Active
    {
        return Ok(Some(Problem::ResourceGone));
    }
    let there = |found: Result<()>| match found {
        Ok(()) => Ok(true),
        Err(Error::NotFound) => Ok(false),
        Err(e) => Err(e),
    };
    for group in rules.groups() {
        if !there(store::people::groups::find(tx, org, &group).await.map(|_| ()))? {
            return Ok(Some(Problem::GroupGone));
        }
    }
    match rules.role() {
        Some(role) if !there(store::people::roles::find(tx, org, role).await.map(|_| ()))? => {
            Ok(Some(Problem::RoleGone))
        }
        _ => Ok(None),
    }
}

async fn break_off(
    desk: &Desk,
    tx: &mut Tx,
    request: Request,
    problem: Problem,
    caller: &Caller,
) -> Result<()> {
    let organisation = store::organisation::organisations::find(tx, &request.organisation).await?;
    let broken = request.break_off(problem, organisation.requests.life, caller.now)?;
    store::requests::settle(tx, &broken).await?;
    history::record(
        desk,
        tx,
        By::clock(caller.now),
        What::RequestBroken,
        About::Thing(&broken.organisation, broken.id.as_str()),
        changes::made([(Field::Problem, problem.as_str().to_owned())]),
    )
    .await?;
    ask(desk, tx, &broken, &StepState::Met, caller.now).await?;
    if organisation.requests.mails == Mails::Never {
        return Ok(());
    }
    let readers = requests::hearers::hearers(desk, tx, &organisation).await?;
    requests::notices::tell_of(desk, tx, &broken, News::Broken, readers, caller.now).await
}

/// Reminds those who have not voted, and begins escalations, where the days of a step are over;
/// how many requests it concerned.
#[tracing::instrument(name = "access::steps::sweep", skip_all)]
pub async fn sweep(desk: &Desk, now: Time) -> Result<usize> {
    let due = store::access::steps::list_due(&mut *desk.db.read().await?, now, 50).await?;
    for (org, id) in &due {
        let mut tx = desk.db.begin().await?;
        let request = lock(desk, &mut tx, org, id).await?;
        sweep_step(desk, &mut tx, request, now).await?;
        tx.commit().await?;
    }
    Ok(due.len())
}

async fn sweep_step(desk: &Desk, tx: &mut Tx, request: Request, now: Time) -> Result<()> {
    if !request.is_open(now) {
        return if request.status.is_open() {
            requests::outcomes::expire(desk, tx, request, now).await
        } else {
            Ok(())
        };
    }
    let asked = request.expect_asked()?.clone();
    let caller = Caller::clock(now);
    let is_due = |at: Option<Time>| at.is_some_and(|at| at <= now);
    let (org, id) = (request.organisation.clone(), request.id.clone());
    let mut request = request;
    if is_due(asked.remind_at) {
        remind(desk, tx, &request, None, now).await?;
        request = request.reminded();
    }
    if is_due(asked.escalate_at) {
        request = request.escalate();
        history::record(
            desk,
            tx,
            By::clock(now),
            What::RequestEscalated,
            About::Thing(&org, id.as_str()),
            vec![],
        )
        .await?;
    }
    if matches!(request.status, Status::Error(..)) {
        return store::requests::settle(tx, &request).await;
    }
    let rules = store::access::flows::find_rules(tx, &org, &asked.flow, asked.flow_number).await?;
    advance(desk, tx, request, &rules, None, &caller).await
}

/// Writes to all who have not voted; how many. `by`: the requester; None: the clock.
pub(crate) async fn remind(
    desk: &Desk,
    tx: &mut Tx,
    request: &Request,
    by: Option<&Actor>,
    now: Time,
) -> Result<usize> {
    let waiting = store::access::steps::list_assigned(tx, &request.organisation, &request.id).await?;
    let accounts: Vec<AccountId> = waiting.into_iter().map(|a| a.account).collect();
    let readers = store::people::members::list_readers_of(tx, &request.organisation, &accounts).await?;
    let count = readers.len();
    requests::notices::tell_of(desk, tx, request, News::Reminder, readers, now).await?;
    history::record(
        desk,
        tx,
        By::actor_or_clock(by, now),
        What::RequestReminded,
        About::Thing(&request.organisation, request.id.as_str()),
        vec![],
    )
    .await?;
    Ok(count)
}

/// The approvals of one step of one version.
pub(crate) fn approvals(reviews: &[Review], number: i64, step: usize) -> Vec<&Review> {
    reviews
        .iter()
        .filter(|r| (r.flow_number, r.step, r.verdict) == (number, step, Verdict::Approve))
        .collect()
}
