//! Calls of provisioning hooks that are owed, and the secrets that sign them.
use crate::desk::history::{About, By};
use crate::desk::mint::Mint;
use crate::desk::{Desk, history};
use crate::domain::event::What;
use crate::domain::ids::{LetterId, OrganisationId, ResourceId};
use crate::domain::request::Request;
use crate::domain::resource::{HookCall, HookKind, Resource};
use crate::domain::{Result, Time};
use crate::store::access::grants::ListedGrant;
use crate::store::{self, Tx};

/// What hooks' secrets are sealed for.
pub(crate) const USAGE: &str = "hook";

/// How a secret begins that is made for Standard Webhooks.
pub(crate) const PREFIX: &str = "whsec_";

/// Makes a resource's secret anew; the text to hand over, which is shown once.
pub(crate) async fn renew_secret(
    desk: &Desk,
    tx: &mut Tx,
    org: &OrganisationId,
    resource: &ResourceId,
) -> Result<String> {
    let text = fresh_secret(desk.mint);
    store::access::provisioning::set_secret(tx, org, resource, &desk.keys.seal(USAGE, &text)?).await?;
    Ok(text)
}

/// Owes the call that access begins with.
pub(crate) async fn owe_begin(
    desk: &Desk,
    tx: &mut Tx,
    request: &Request,
    resource: &Resource,
    now: Time,
) -> Result<()> {
    let asked = request.expect_asked()?;
    let call = HookCall {
        kind: HookKind::Grant,
        request: request.id.clone(),
        resource: resource.id.clone(),
        resource_name: resource.name.clone(),
        account: asked.holder.clone(),
        email: request.email.as_str().to_owned(),
        name: request.name.clone(),
        days: asked.days,
        at: now,
    };
    let id: LetterId = desk.mint.id(now);
    store::deliveries::hook_calls::owe(tx, &id, &request.organisation, &call, now).await?;
    history::record(
        desk,
        tx,
        By::clock(now),
        What::RequestProvisioning,
        About::Thing(&request.organisation, request.id.as_str()),
        vec![],
    )
    .await
}

/// Owes the call that access ends with, if the resource has a hook. Where the same access is just
/// being given again, it goes on there, and nothing is to be said.
pub(crate) async fn owe_end(desk: &Desk, tx: &mut Tx, listed: &ListedGrant, now: Time) -> Result<()> {
    if store::access::provisioning::find_target(tx, &listed.organisation, &listed.grant.resource)
        .await?
        .is_none()
    {
        return Ok(());
    }
    let (org, grant) = (&listed.organisation, &listed.grant);
    if store::requests::is_provisioning(tx, org, &grant.resource, &grant.account).await? {
        return Ok(());
    }
    let call = HookCall {
        kind: HookKind::End,
        request: listed.grant.request.clone(),
        resource: listed.grant.resource.clone(),
        resource_name: listed.resource.clone(),
        account: listed.grant.account.clone(),
        email: listed.email.clone(),
        name: listed.holder.clone(),
        days: None,
        at: now,
    };
    let id: LetterId = desk.mint.id(now);
    store::deliveries::hook_calls::owe(tx, &id, &listed.organisation, &call, now).await
}

/// A new secret for Standard Webhooks.
pub(crate) fn fresh_secret(mint: Mint) -> String {
    use base64::Engine as _;
    format!(
        "{PREFIX}{}",
        base64::engine::general_purpose::STANDARD.encode(mint.bytes::<32>())
    )
}
