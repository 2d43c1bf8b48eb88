//! Trying a flow before it is used: whom it would ask. Nothing is written.
use crate::desk::access::flows::live;
use crate::desk::{Actor, Desk, access, rights};
use crate::domain::flow::{Missing, Step};
use crate::domain::ids::{AccountId, FlowId, ResourceId};
use crate::domain::links::Origin;
use crate::domain::member::Membership;
use crate::domain::policy::{self};
use crate::domain::request::{Matter, Request, ResourceRequest};
use crate::domain::role::Permission;
use crate::domain::step_state::StepState;
use crate::domain::{Result, Time};
use crate::store::{self, Tx};
use std::collections::BTreeSet;

/// What a step would do, if somebody asked now.
pub struct Tried {
    pub step: Step,
    /// The group's name, or the named members'.
    pub names: Vec<String>,
    /// Names of whom it asks, and how many of them must approve.
    pub asked: Vec<String>,
    pub needed: usize,
    pub missing: Option<Missing>,
}

/// What a flow would do.
pub struct Trial {
    pub automatic: bool,
    pub steps: Vec<Tried>,
    /// How many different people would get letters in all.
    pub notified: usize,
}

/// Resources to try a flow with: the first hundred by name.
#[tracing::instrument(name = "access::trial::resources_to_try", skip_all)]
pub async fn resources_to_try(desk: &Desk, member: &Membership) -> Result<Vec<(ResourceId, String)>> {
    let permitted = policy::permitted(member, Permission::FlowsManage)?;
    let found = store::access::resources::list(
        &mut *desk.db.read().await?,
        permitted.organisation(),
        &Default::default(),
        100,
    )
    .await?;
    Ok(found
        .into_iter()
        .map(|l| (l.resource.id, l.resource.name))
        .collect())
}

/// Whom a flow would ask if this member (by name or address) asked for this resource now.
/// Nothing is written.
#[tracing::instrument(name = "access::trial::try_flow", skip_all)]
pub async fn try_flow(
    desk: &Desk,
    actor: &Actor,
    member: &Membership,
    id: &FlowId,
    person: &str,
    resource: &ResourceId,
) -> Result<Trial> {
    let permitted = policy::permitted(member, Permission::FlowsManage)?;
    let (org, now) = (permitted.organisation(), actor.now());
    let mut tx = rights::begin_for(desk, actor, member).await?;
    let flow = live(&mut tx, org, id).await?;
    let account = crate::desk::lookup::typed_member(&mut tx, org, "person", person).await?;
    let of = store::account::accounts::find(&mut tx, &account).await?;
    store::access::resources::find(&mut tx, org, resource).await?;
    let organisation = store::organisation::organisations::find(&mut tx, org).await?;
    let asked = ResourceRequest::new(resource.clone(), account.clone(), &flow);
    let (id, email) = (desk.mint.id(now), of.email.clone());
    let request = Request {
        account: Some(account),
        matter: Matter::Resource(Box::new(asked)),
        ..Request::new(id, &organisation, email, Origin::Unknown, now)
    };
    let mut steps = Vec::new();
    let mut everybody = BTreeSet::new();
    for step in &flow.rules.steps {
        let (tried, asked) = try_step(desk, &mut tx, &request, step, now).await?;
        steps.push(tried);
        everybody.extend(asked);
    }
    let met = access::submission::condition_met(desk, &mut tx, member, &flow.rules, &of).await?;
    let automatic = met.is_some();
    let notified = if automatic { 0 } else { everybody.len() };
    Ok(Trial {
        automatic,
        steps,
        notified,
    })
}

/// What a step would do for this request, and whom it asks.
async fn try_step(
    desk: &Desk,
    tx: &mut Tx,
    request: &Request,
    step: &Step,
    now: Time,
) -> Result<(Tried, Vec<AccountId>)> {
    let people = access::steps::people(desk, tx, request, step, now).await?;
    let (names, _) = access::progress::names(desk, tx, request, &step.approvers).await?;
    let nobody = Tried {
        step: step.clone(),
        names,
        asked: Vec::new(),
        needed: 0,
        missing: None,
    };
    Ok(match step.stand(&people, &[], false) {
        StepState::Waits { asked, needed } => {
            let ids: Vec<AccountId> = asked.into_keys().collect();
            let asked = store::account::accounts::list_names(tx, &ids).await?;
            let tried = Tried {
                asked,
                needed,
                ..nobody
            };
            (tried, ids)
        }
        StepState::Missing(missing) => {
            let tried = Tried {
                missing: Some(missing),
                ..nobody
            };
            (tried, Vec::new())
        }
        StepState::Met => (nobody, Vec::new()),
    })
}
