//! Users: their roles, inviting, and inviting again.
use super::{Done, Refusal};
use leptos::prelude::*;
use std::collections::HashMap;

#[cfg(feature = "ssr")]
use crate::{
    domain::{Error, ids::RoleId},
    web::call,
};

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
    let ids = roles.keys().filter_map(|name| name.strip_prefix("role_"));
    let wanted = ids.map(|id| RoleId::try_from(id.to_owned())).collect::<Result<Vec<_>, Error>>()?;
    call.desk().set_roles(&actor, &member, &account.try_into()?, &wanted).await?;
    Ok(Done::to(&format!("/{org}/users?done=roles")))
}

#[server(prefix = "/actions", endpoint = "invite")]
pub async fn invite(org: String, email: String) -> Result<Done, Refusal> {
    let call = call()?;
    let (actor, member) = call.enter(&org).await?;
    call.desk().invite(&actor, &member, &email).await?;
    Ok(Done::to(&format!("/{org}/users?done=invited")))
}

#[server(prefix = "/actions", endpoint = "resend_invitation")]
pub async fn resend_invitation(org: String, invitation: String) -> Result<Done, Refusal> {
    let call = call()?;
    let (actor, member) = call.enter(&org).await?;
    call.desk().resend(&actor, &member, &invitation.try_into()?).await?;
    Ok(Done::to(&format!("/{org}/users?done=resent")))
}
