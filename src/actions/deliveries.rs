//! Trying deliveries again.
use crate::domain::answer::{Done, Refusal};
#[cfg(feature = "ssr")]
use crate::{desk::people, domain::delivery::Channel, site::call};
use leptos::prelude::*;

/// Has a delivery tried again that did not reach its reader.
#[server(prefix = "/actions", endpoint = "try_again")]
pub async fn try_again(org: String, delivery: String) -> Result<Done, Refusal> {
    let call = call()?;
    let (actor, member) = call.enter(&org).await?;
    people::undelivered::try_again(call.desk(), &actor, &member, &delivery.try_into()?).await?;
    Ok(Done::default())
}

/// Has all of the organisation's deliveries on a channel tried again.
#[server(prefix = "/actions", endpoint = "try_all_again")]
pub async fn try_all_again(org: String, channel: String) -> Result<Done, Refusal> {
    let call = call()?;
    let (actor, member) = call.enter(&org).await?;
    people::undelivered::try_all_again(call.desk(), &actor, &member, &Channel::try_from(channel)?).await?;
    Ok(Done::default())
}
