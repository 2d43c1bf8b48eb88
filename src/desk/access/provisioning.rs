//! Provisioning hooks: where a call goes that is due, and what its answer makes of the request.
use crate::desk::access::hook_calls::USAGE;
use crate::desk::history::{About, By};
use crate::desk::{Caller, Desk, access, history};
use crate::domain::changes::{self, Field};
use crate::domain::event::What;
use crate::domain::ids::LetterId;
use crate::domain::request::{Request, Status};
use crate::domain::resource::{HookCall, HookKind};
use crate::domain::{Result, Time};
use crate::store::access::provisioning::ClaimedCall;
use crate::store::outbox::DeliveryOutcome;
use crate::store::{self, Tx};

/// Where a claimed call goes, and the secret that signs it; None if the resource has no hook
/// any more, or if what it is to give is not to be given any more.
#[tracing::instrument(name = "access::provisioning::hook_target", skip_all)]
pub async fn hook_target(desk: &Desk, claimed: &ClaimedCall) -> Result<Option<(String, String)>> {
    let mut conn = desk.db.read().await?;
    if claimed.call.kind == HookKind::Grant {
        let request = store::requests::find(&mut conn, &claimed.organisation, &claimed.call.request).await?;
        if !matches!(request.status, Status::Provisioning(_)) {
            return Ok(None);
        }
    }
    let found =
        store::access::provisioning::find_target(&mut conn, &claimed.organisation, &claimed.call.resource)
            .await?;
    found
        .map(|(url, sealed)| Ok((url, desk.keys.open(USAGE, &sealed)?)))
        .transpose()
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
    if claimed.call.kind == HookKind::Grant && !matches!(outcome, DeliveryOutcome::Deferred(..)) {
        let request = access::steps::lock(desk, &mut tx, org, &claimed.call.request).await?;
        if matches!(request.status, Status::Provisioning(_)) {
            provisioned(desk, &mut tx, request, outcome, now).await?;
        } else if *outcome == DeliveryOutcome::Sent && !matches!(request.status, Status::Approved { .. }) {
            // It has begun there, and is not to be given any more.
            let end = HookCall {
                kind: HookKind::End,
                days: None,
                at: now,
                ..claimed.call.clone()
            };
            let id: LetterId = desk.mint.id(now);
            store::access::provisioning::owe(&mut tx, &id, org, &end, now).await?;
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
    store::access::provisioning::finish(&mut tx, claimed, outcome, now).await?;
    tx.commit().await
}

async fn provisioned(
    desk: &Desk,
    tx: &mut Tx,
    request: Request,
    outcome: &DeliveryOutcome,
    now: Time,
) -> Result<()> {
    let caller = Caller::clock(now);
    if let DeliveryOutcome::Failed(why) = outcome {
        let organisation = store::organisation::organisations::find(tx, &request.organisation).await?;
        let failed = request.hook_failed(organisation.requests.life, now)?;
        store::requests::settle(tx, &failed).await?;
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
