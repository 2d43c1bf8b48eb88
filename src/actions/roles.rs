//! Roles: creating, changing, deleting.
use crate::domain::answer::{Done, Refusal};
#[cfg(feature = "ssr")]
use crate::{
    desk::people,
    desk::people::roles::OnInvitations,
    domain::role::{Permission, Permissions},
    site::call,
};
use leptos::prelude::*;
use std::collections::HashMap;

/// The permissions whose boxes (`may_…`) are ticked.
#[cfg(feature = "ssr")]
fn ticked(boxes: &HashMap<String, String>) -> Permissions {
    Permission::ALL
        .into_iter()
        .filter(|p| boxes.contains_key(&format!("may_{}", p.as_str())))
        .collect()
}

/// `boxes`: a field `may_{permission}` for each ticked box.
#[server(prefix = "/actions", endpoint = "create_role")]
pub async fn create_role(
    org: String,
    name: String,
    #[server(flatten)]
    #[server(default)]
    boxes: HashMap<String, String>,
) -> Result<Done, Refusal> {
    let call = call()?;
    let (actor, member) = call.enter(&org).await?;
    people::roles::create(call.desk(), &actor, &member, &name, ticked(&boxes)).await?;
    Ok(Done::to(&format!("/{org}/roles?done=saved")))
}

/// `invitations`: `keep`, `drop` or `delete`, where open invitations carry the role.
#[server(prefix = "/actions", endpoint = "change_role")]
pub async fn change_role(
    org: String,
    role: String,
    name: String,
    #[server(default)] invitations: String,
    #[server(flatten)]
    #[server(default)]
    boxes: HashMap<String, String>,
) -> Result<Done, Refusal> {
    let call = call()?;
    let (actor, member) = call.enter(&org).await?;
    let then = OnInvitations::parse(&invitations);
    people::roles::change(
        call.desk(),
        &actor,
        &member,
        &role.try_into()?,
        &name,
        ticked(&boxes),
        then,
    )
    .await?;
    Ok(Done::to(&format!("/{org}/roles?done=saved")))
}

/// `invitations`: `drop` or `delete`, where open invitations carry the role.
#[server(prefix = "/actions", endpoint = "delete_role")]
pub async fn delete_role(
    org: String,
    role: String,
    #[server(default)] invitations: String,
) -> Result<Done, Refusal> {
    let call = call()?;
    let (actor, member) = call.enter(&org).await?;
    people::roles::delete(
        call.desk(),
        &actor,
        &member,
        &role.try_into()?,
        OnInvitations::parse(&invitations),
    )
    .await?;
    Ok(Done::to(&format!("/{org}/roles?done=deleted")))
}
