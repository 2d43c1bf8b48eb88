//! Setting up the first organisation; an organisation's settings, its name, and closing it.
#[cfg(feature = "ssr")]
use crate::desk::organisation;
#[cfg(feature = "ssr")]
use crate::desk::organisation::organisations::{Founder, NewOrganisation};
#[cfg(feature = "ssr")]
use crate::desk::organisation::request_rules::TypedRules;
use crate::domain::answer::{Done, Refusal};
#[cfg(feature = "ssr")]
use crate::site::call;
use leptos::prelude::*;

#[server(prefix = "/actions", endpoint = "set_up")]
pub async fn set_up(
    token: String,
    slug: String,
    organisation: String,
    customer_number: String,
    your_name: String,
    email: String,
    password: String,
) -> Result<Done, Refusal> {
    let call = call()?;
    let (plan, founder) = (
        NewOrganisation {
            slug,
            name: organisation,
            customer_number,
        },
        Founder {
            name: your_name,
            email,
            password,
        },
    );
    let (begun, slug) =
        organisation::organisations::set_up(call.desk(), &call.caller, &token, &plan, &founder).await?;
    call.take_session(&begun);
    Ok(Done::to(&format!("/{slug}")))
}

/// `tells_rejected`: `on` as a ticked box sends it, anything else is off.
#[server(prefix = "/actions", endpoint = "change_welcome")]
pub async fn change_welcome(
    org: String,
    #[server(default)] admin_contact: String,
    #[server(default)] support_contact: String,
    #[server(default)] tells_rejected: String,
) -> Result<Done, Refusal> {
    let call = call()?;
    let (actor, member) = call.enter(&org).await?;
    organisation::organisations::change_welcome(
        call.desk(),
        &actor,
        &member,
        [&admin_contact, &support_contact],
        tells_rejected == "on",
    )
    .await?;
    Ok(Done::to(&format!("/{org}/settings?done=saved")))
}

/// `mails_requests`: `on` as a ticked box sends it; `mails_when`: `each` or `daily`; `mails_group`:
/// a group's id or nothing; `request_days` 1 to 365; `retention_days` 30 to 3650 or nothing.
#[server(prefix = "/actions", endpoint = "change_request_rules")]
pub async fn change_request_rules(
    org: String,
    request_days: String,
    #[server(default)] mails_requests: String,
    #[server(default)] mails_when: String,
    #[server(default)] mails_group: String,
    #[server(default)] retention_days: String,
) -> Result<Done, Refusal> {
    let call = call()?;
    let (actor, member) = call.enter(&org).await?;
    let (mails, daily) = (mails_requests == "on", mails_when == "daily");
    let typed = TypedRules {
        mails,
        daily,
        group: mails_group,
        life: request_days,
        retention: retention_days,
    };
    organisation::request_rules::change_request_rules(call.desk(), &actor, &member, &typed).await?;
    Ok(Done::to(&format!("/{org}/settings?done=saved#requests")))
}

/// `invitation_hours` 1 to 720, `invitations_a_day` 1 to 20,000, `time_zone` by name.
#[server(prefix = "/actions", endpoint = "change_invitation_rules")]
pub async fn change_invitation_rules(
    org: String,
    invitation_hours: String,
    invitations_a_day: String,
    time_zone: String,
) -> Result<Done, Refusal> {
    let call = call()?;
    let (actor, member) = call.enter(&org).await?;
    organisation::organisations::change_invitation_rules(
        call.desk(),
        &actor,
        &member,
        &invitation_hours,
        &invitations_a_day,
        &time_zone,
    )
    .await?;
    Ok(Done::to(&format!("/{org}/settings?done=saved#invitations")))
}

#[server(prefix = "/actions", endpoint = "rename_organisation")]
pub async fn rename_organisation(
    org: String,
    organisation: String,
    customer_number: String,
) -> Result<Done, Refusal> {
    let call = call()?;
    let (actor, member) = call.enter(&org).await?;
    organisation::closure::rename(call.desk(), &actor, &member, &organisation, &customer_number).await?;
    Ok(Done::to(&format!("/{org}/settings?done=saved")))
}

/// `customer_number`: typed as a confirmation.
#[server(prefix = "/actions", endpoint = "close_organisation")]
pub async fn close_organisation(org: String, customer_number: String) -> Result<Done, Refusal> {
    let call = call()?;
    let (actor, member) = call.enter(&org).await?;
    organisation::closure::close_organisation(call.desk(), &actor, &member, &customer_number).await?;
    Ok(Done::to(&format!("/{org}/settings?done=closes#close")))
}

#[server(prefix = "/actions", endpoint = "keep_organisation")]
pub async fn keep_organisation(org: String) -> Result<Done, Refusal> {
    let call = call()?;
    let (actor, member) = call.enter(&org).await?;
    organisation::closure::keep_organisation(call.desk(), &actor, &member).await?;
    Ok(Done::to(&format!("/{org}/settings?done=stays#close")))
}

/// `demand`: `on` as a ticked box sends it, anything else is off.
#[server(prefix = "/actions", endpoint = "demand_factor")]
pub async fn demand_factor(org: String, #[server(default)] demand: String) -> Result<Done, Refusal> {
    let call = call()?;
    let (actor, member) = call.enter(&org).await?;
    organisation::organisations::demand_factor(call.desk(), &actor, &member, demand == "on").await?;
    Ok(Done::to(&format!("/{org}/settings?done=saved")))
}

/// Asks for all data of the organisation, which is then made in the background.
#[server(prefix = "/actions", endpoint = "ask_export")]
pub async fn ask_export(org: String) -> Result<Done, Refusal> {
    let call = call()?;
    let (actor, member) = call.enter(&org).await?;
    organisation::export::ask_export(call.desk(), &actor, &member).await?;
    Ok(Done::to(&format!("/{org}/settings?done=export#export")))
}
