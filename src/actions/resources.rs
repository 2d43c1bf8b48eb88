//! Resources and approval flows: creating, changing, deleting.
use crate::domain::answer::{Done, Refusal};
#[cfg(feature = "ssr")]
use crate::{
    desk::access::{self, flows, resources},
    domain::Error,
    domain::flow::STEPS,
    domain::ids::GroupId,
    site::call,
};
use leptos::prelude::*;
use std::collections::HashMap;

/// A resource as a form sends it: its fields, and `role_{id}` and `group_{id}` for each ticked box.
#[cfg(feature = "ssr")]
fn resource_draft(fields: &HashMap<String, String>) -> Result<resources::ResourceDraft, Error> {
    let text = |name: &str| fields.get(name).cloned().unwrap_or_default();
    let groups = fields
        .keys()
        .filter_map(|name| name.strip_prefix("group_"))
        .map(|id| GroupId::try_from(id.to_owned()));
    Ok(resources::ResourceDraft {
        name: text("name"),
        description: text("description"),
        icon: text("icon"),
        link: text("link"),
        owner: text("owner"),
        flow: text("flow"),
        most_days: text("most_days"),
        hook: text("hook"),
        reason_required: fields.contains_key("reason_required"),
        some: text("audience") == "some",
        roles: super::users::ticked(fields)?,
        groups: groups.collect::<Result<_, Error>>()?,
    })
}

/// A flow as its editor sends it: `step1_approvers` and so on.
#[cfg(feature = "ssr")]
fn flow_draft(fields: &HashMap<String, String>) -> flows::FlowDraft {
    let text = |name: &str| fields.get(name).cloned().unwrap_or_default();
    let step = |n: usize| {
        let of = |name: &str| text(&format!("step{n}_{name}"));
        flows::StepDraft {
            approvers: of("approvers"),
            members: of("members"),
            quorum: of("quorum"),
            number: of("number"),
            fallback: of("fallback"),
            remind_days: of("remind_days"),
            escalate_days: of("escalate_days"),
            escalate_to: of("escalate_to"),
        }
    };
    flows::FlowDraft {
        name: text("name"),
        approval: text("approval"),
        domain: text("domain"),
        steps: (1..=STEPS).map(step).collect(),
    }
}

#[server(prefix = "/actions", endpoint = "create_resource")]
pub async fn create_resource(
    org: String,
    #[server(flatten)]
    #[server(default)]
    fields: HashMap<String, String>,
) -> Result<Done, Refusal> {
    let call = call()?;
    let (actor, member) = call.enter(&org).await?;
    let (id, secret) =
        access::resources::create(call.desk(), &actor, &member, &resource_draft(&fields)?).await?;
    Ok(match secret {
        Some(secret) => Done {
            shown: vec![secret],
            ..Done::to(&format!("/{org}/resources/{id}?done=saved"))
        },
        None => Done::to(&format!("/{org}/resources?done=saved")),
    })
}

#[server(prefix = "/actions", endpoint = "change_resource")]
pub async fn change_resource(
    org: String,
    resource: String,
    #[server(flatten)]
    #[server(default)]
    fields: HashMap<String, String>,
) -> Result<Done, Refusal> {
    let call = call()?;
    let (actor, member) = call.enter(&org).await?;
    let secret = access::resources::change(
        call.desk(),
        &actor,
        &member,
        &resource.try_into()?,
        &resource_draft(&fields)?,
    )
    .await?;
    Ok(Done {
        shown: secret.into_iter().collect(),
        ..Done::default()
    })
}

/// `active`: `on`, or nothing to disable it.
#[server(prefix = "/actions", endpoint = "set_resource_state")]
pub async fn set_resource_state(
    org: String,
    resource: String,
    #[server(default)] active: String,
) -> Result<Done, Refusal> {
    let call = call()?;
    let (actor, member) = call.enter(&org).await?;
    access::resources::set_state(
        call.desk(),
        &actor,
        &member,
        &resource.try_into()?,
        active == "on",
    )
    .await?;
    Ok(Done::default())
}

#[server(prefix = "/actions", endpoint = "delete_resource")]
pub async fn delete_resource(org: String, resource: String) -> Result<Done, Refusal> {
    let call = call()?;
    let (actor, member) = call.enter(&org).await?;
    access::resources::delete(call.desk(), &actor, &member, &resource.try_into()?).await?;
    Ok(Done::to(&format!("/{org}/resources?done=deleted")))
}

#[server(prefix = "/actions", endpoint = "create_flow")]
pub async fn create_flow(
    org: String,
    #[server(flatten)]
    #[server(default)]
    fields: HashMap<String, String>,
) -> Result<Done, Refusal> {
    let call = call()?;
    let (actor, member) = call.enter(&org).await?;
    let id = access::flows::create(call.desk(), &actor, &member, &flow_draft(&fields)).await?;
    Ok(Done::to(&format!("/{org}/flows/{id}?done=saved")))
}

/// Each save is a new version.
#[server(prefix = "/actions", endpoint = "change_flow")]
pub async fn change_flow(
    org: String,
    flow: String,
    #[server(flatten)]
    #[server(default)]
    fields: HashMap<String, String>,
) -> Result<Done, Refusal> {
    let call = call()?;
    let (actor, member) = call.enter(&org).await?;
    access::flows::change(
        call.desk(),
        &actor,
        &member,
        &flow.try_into()?,
        &flow_draft(&fields),
    )
    .await?;
    Ok(Done::default())
}

#[server(prefix = "/actions", endpoint = "delete_flow")]
pub async fn delete_flow(org: String, flow: String) -> Result<Done, Refusal> {
    let call = call()?;
    let (actor, member) = call.enter(&org).await?;
    access::flows::delete(call.desk(), &actor, &member, &flow.try_into()?).await?;
    Ok(Done::to(&format!("/{org}/flows?done=deleted")))
}
