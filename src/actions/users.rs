//! Users: their roles, their work, their sessions, removing them.
use crate::domain::answer::{Done, Refusal};
#[cfg(feature = "ssr")]
use crate::{desk::people, desk::people::members::Work, domain::Error, domain::ids::RoleId, site::call};
use leptos::prelude::*;
use std::collections::HashMap;

/// The roles whose boxes (`role_ID`) are ticked.
#[cfg(feature = "ssr")]
pub fn ticked(boxes: &HashMap<String, String>) -> Result<Vec<RoleId>, Error> {
    boxes
        .keys()
        .filter_map(|name| name.strip_prefix("role_"))
        .map(|id| RoleId::try_from(id.to_owned()))
        .collect()
}

/// `roles`: a field `role_{id}` for each ticked box.
#[server(prefix = "/actions", endpoint = "set_roles")]
pub async fn set_roles(
    org: String,
    account: String,
    #[server(flatten)]
    #[server(default)]
    roles: HashMap<String, String>,
) -> Result<Done, Refusal> {
    let call = call()?;
    let (actor, member) = call.enter(&org).await?;
    people::members::set_roles(
        call.desk(),
        &actor,
        &member,
        &account.try_into()?,
        &ticked(&roles)?,
    )
    .await?;
    // Where to go next the form says: it stands on two pages.
    Ok(Done::default())
}

/// `manager`: a member's name or address as typed; empty for none.
#[server(prefix = "/actions", endpoint = "set_employment")]
pub async fn set_employment(
    org: String,
    account: String,
    #[server(default)] manager: String,
    #[server(default)] job_title: String,
    #[server(default)] department: String,
) -> Result<Done, Refusal> {
    let call = call()?;
    let (actor, member) = call.enter(&org).await?;
    people::members::set_employment(
        call.desk(),
        &actor,
        &member,
        &account.try_into()?,
        &Work {
            manager,
            job_title,
            department,
        },
    )
    .await?;
    Ok(Done::default())
}

#[server(prefix = "/actions", endpoint = "remove_member")]
pub async fn remove_member(org: String, account: String) -> Result<Done, Refusal> {
    let call = call()?;
    let (actor, member) = call.enter(&org).await?;
    people::members::remove(call.desk(), &actor, &member, &account.try_into()?).await?;
    Ok(Done::to(&format!("/{org}/users?done=removed")))
}

#[server(prefix = "/actions", endpoint = "end_member_session")]
pub async fn end_member_session(org: String, account: String, session: String) -> Result<Done, Refusal> {
    let call = call()?;
    let (actor, member) = call.enter(&org).await?;
    people::members::end_session_of(
        call.desk(),
        &actor,
        &member,
        &account.try_into()?,
        &session.try_into()?,
    )
    .await?;
    Ok(Done::default())
}
