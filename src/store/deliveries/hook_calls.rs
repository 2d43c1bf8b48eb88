//! Calls of provisioning hooks that are owed. Those about one person and one resource go in their
//! order, and the newest is the word that counts.
use super::hold::Hold;
use super::lanes::{Fresh, list_waiting, overtake, owe as owe_fresh};
use crate::domain::delivery::{Channel, JobKind};
use crate::domain::ids::{LetterId, OrganisationId};
use crate::domain::resource::HookCall;
use crate::domain::{Result, Time};
use crate::store::db::Tx;
use crate::store::rows::{Columns as _, Row, impossible};

/// A call that the worker holds.
#[derive(Clone, Debug)]
pub struct ClaimedCall {
    pub hold: Hold,
    pub organisation: OrganisationId,
    pub call: HookCall,
}

/// Owes a call; what waits for the same person and resource is overtaken by it.
pub async fn owe(tx: &mut Tx, id: &LetterId, org: &OrganisationId, call: &HookCall, now: Time) -> Result<()> {
    let lane = format!("hook:{}:{}", call.resource, call.account);
    for (waiting, _) in list_waiting(tx, &lane).await? {
        overtake(tx, &waiting, now).await?;
    }
    let fresh = Fresh {
        id,
        kind: JobKind::HookCall,
        organisation: Some(org),
        channel: Channel::hook(&call.resource),
        lane: &lane,
        job: serde_json::to_string(call).map_err(|_| impossible("what is to be stored"))?,
        beside: vec![
            ("account_id", Some(call.account.to_string())),
            ("request_id", Some(call.request.to_string())),
            ("resource_id", Some(call.resource.to_string())),
        ],
    };
    owe_fresh(tx, fresh, now).await.map(drop)
}

pub(super) fn read_call(job: &str) -> Result<HookCall> {
    serde_json::from_str(job).map_err(|_| impossible("deliveries.job"))
}

pub(super) fn read(row: &Row, hold: Hold) -> Result<ClaimedCall> {
    Ok(ClaimedCall {
        organisation: hold.owner()?,
        hold,
        call: read_call(&row.text("job")?)?,
    })
}
