//! Provisioning hooks: where a call goes that is due, and what its answer makes of the request.
use crate::desk::access::hook_calls::USAGE;
use crate::desk::history::{About, By};
use crate::desk::{Caller, Desk, access, history};
use crate::domain::changes::{self, Field};
use crate::domain::delivery::DeliveryOutcome;
use crate::domain::event::What;
use crate::domain::request::{Request, Status};
use crate::domain::resource::{HookCall, HookKind};
use crate::domain::{Result, Time};
use crate::store::deliveries::hook_calls::ClaimedCall;
use crate::store::{self, Tx};

/// Where a call goes that is due.
pub enum HookTarget {
    /// To this address, signed with this secret.
    At(String, String),
    /// The resource has no hook any more.
    Nowhere,
    /// What it says is not so any more: the last word is how things stand.
    NotSo,
}

/// Where a claimed call goes.
#[tracing::instrument(name = "access::provisioning::hook_target", skip_all)]
pub async fn hook_target(desk: &Desk, claimed: &ClaimedCall) -> Result<HookTarget> {
    let mut conn = desk.db.read().await?;
    let (org, call) = (&claimed.organisation, &claimed.call);
    let is_so = match call.kind {
        HookKind::Grant => {
            let request = store::requests::find(&mut conn, org, &call.request).await?;
            matches!(request.status, Status::Provisioning(_))
        }
        HookKind::End => store::access::grants::find_live(&mut conn, org, &call.resource, &call.account)
            .await?
            .is_none(),
    };
    if !is_so {
        return Ok(HookTarget::NotSo);
    }
    let found = store::access::provisioning::find_target(&mut conn, org, &call.resource).await?;
    match found {
        Some((url, sealed)) => Ok(HookTarget::At(url, desk.keys.open(USAGE, &sealed)?)),
        None => Ok(HookTarget::Nowhere),
    }
}

/// Writes down how a call ended, and what follows: the grant, or an error that an administrator
/// sees.
#[tracing::instrument(name = "access::provisioning::hook_answered", skip_all)]
pub async fn hook_answered(
    desk: &Desk,
    claimed: &ClaimedCall,
    outcome: &DeliveryOutcome,
    now: Time,
) -> Result<()> {
    let mut tx = desk.db.begin().await?;
    let org = &claimed.organisation;
    if claimed.call.kind == HookKind::Grant
        && !matches!(
            outcome,
            DeliveryOutcome::Deferred(..) | DeliveryOutcome::Paused(_)
        )
    {
        let request = access::steps::lock(desk, &mut tx, org, &claimed.call.request).await?;
        if matches!(request.status, Status::Provisioning(_)) {
            provisioned(desk, &mut tx, request, &claimed.call, outcome, now).await?;
        } else if *outcome == DeliveryOutcome::Sent && !matches!(request.status, Status::Approved { .. }) {
            // It has begun there, and is not to be given any more.
            let end = ending(&claimed.call, now);
            store::deliveries::hook_calls::owe(&mut tx, &desk.mint.id(now), org, &end, now).await?;
        }
    } else if let DeliveryOutcome::Failed(why) = outcome {
        history::record(
            desk,
            &mut tx,
            By::clock(now),
            What::HookFailed,
            About::Thing(org, claimed.call.request.as_str()),
            changes::made([(Field::Failure, why.clone())]),
        )
        .await?;
    }
    store::deliveries::outcomes::finish(&mut tx, &claimed.hold, outcome, now).await?;
    tx.commit().await
}

/// Access that was given before, and whose end was not told as it was just being given again, has
/// ended after all.
async fn end_what_was(desk: &Desk, tx: &mut Tx, call: &HookCall, failed: &Request, now: Time) -> Result<()> {
    let org = &failed.organisation;
    if !store::access::grants::has_had(tx, org, &call.resource, &call.account).await? {
        return Ok(());
    }
    let end = ending(call, now);
    store::deliveries::hook_calls::owe(tx, &desk.mint.id(now), org, &end, now).await
}

/// The call that takes back what this one gives.
fn ending(call: &HookCall, now: Time) -> HookCall {
    HookCall {
        kind: HookKind::End,
        days: None,
        at: now,
        ..call.clone()
    }
}

async fn provisioned(
    desk: &Desk,
    tx: &mut Tx,
    request: Request,
    call: &HookCall,
    outcome: &DeliveryOutcome,
    now: Time,
) -> Result<()> {
    let caller = Caller::clock(now);
    if let DeliveryOutcome::Failed(why) = outcome {
        let organisation = store::organisation::organisations::find(tx, &request.organisation).await?;
        let failed = request.hook_failed(organisation.requests.life, now)?;
        store::requests::settle(tx, &failed).await?;
        end_what_was(desk, tx, call, &failed, now).await?;
        return history::record(
            desk,
            tx,
            By::clock(now),
            What::HookFailed,
            About::Thing(&failed.organisation, failed.id.as_str()),
            changes::made([(Field::Failure, why.clone())]),
        )
        .await;
    }
    let grant = access::grants::grant_for(desk, tx, &request, &caller).await?;
    let approved = request.provisioned(grant.id.clone())?;
    store::requests::settle(tx, &approved).await?;
    access::grants::keep(desk, tx, &approved, grant, &caller).await
}
