//! Groups: creating, renaming, deleting, and who is in them.
use crate::domain::answer::{Done, Refusal};
#[cfg(feature = "ssr")]
use crate::{desk::people, site::call};
use leptos::prelude::*;

#[server(prefix = "/actions", endpoint = "create_group")]
pub async fn create_group(org: String, name: String) -> Result<Done, Refusal> {
    let call = call()?;
    let (actor, member) = call.enter(&org).await?;
    let id = people::groups::create(call.desk(), &actor, &member, &name).await?;
    Ok(Done::to(&format!("/{org}/groups/{id}")))
}

#[server(prefix = "/actions", endpoint = "rename_group")]
pub async fn rename_group(org: String, group: String, name: String) -> Result<Done, Refusal> {
    let call = call()?;
    let (actor, member) = call.enter(&org).await?;
    people::groups::rename(call.desk(), &actor, &member, &group.try_into()?, &name).await?;
    Ok(Done::default())
}

#[server(prefix = "/actions", endpoint = "delete_group")]
pub async fn delete_group(org: String, group: String) -> Result<Done, Refusal> {
    let call = call()?;
    let (actor, member) = call.enter(&org).await?;
    people::groups::delete(call.desk(), &actor, &member, &group.try_into()?).await?;
    Ok(Done::to(&format!("/{org}/groups?done=deleted")))
}

/// `person`: a member's name or address as typed.
#[server(prefix = "/actions", endpoint = "add_to_group")]
pub async fn add_to_group(org: String, group: String, person: String) -> Result<Done, Refusal> {
    let call = call()?;
    let (actor, member) = call.enter(&org).await?;
    people::groups::add(call.desk(), &actor, &member, &group.try_into()?, &person).await?;
    Ok(Done::default())
}

#[server(prefix = "/actions", endpoint = "remove_from_group")]
pub async fn remove_from_group(org: String, group: String, account: String) -> Result<Done, Refusal> {
    let call = call()?;
    let (actor, member) = call.enter(&org).await?;
    people::groups::remove(
        call.desk(),
        &actor,
        &member,
        &group.try_into()?,
        &account.try_into()?,
    )
    .await?;
    Ok(Done::default())
}
