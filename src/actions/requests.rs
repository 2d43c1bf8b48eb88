//! Join requests: asking, withdrawing, deciding, and the queue's rows for its island.
use super::{Done, Refusal};
use crate::islands::queue::Rows;
use leptos::prelude::*;

#[cfg(feature = "ssr")]
use crate::{
    domain::{Error, Why, organisation::Slug, request::Verdict},
    pages,
    web::call,
};

#[server(prefix = "/actions", endpoint = "ask_to_join")]
pub async fn ask_to_join(org: String, #[server(default)] message: String) -> Result<Done, Refusal> {
    let call = call()?;
    let slug = Slug::parse(&org).map_err(|_| Error::NotFound)?;
    call.desk().ask_to_join(call.actor()?, &slug, &message).await?;
    Ok(Done::to("/waiting?done=asked"))
}

#[server(prefix = "/actions", endpoint = "withdraw")]
pub async fn withdraw(request: String) -> Result<Done, Refusal> {
    let call = call()?;
    call.desk().withdraw(call.actor()?, &request.try_into()?).await?;
    Ok(Done::to("/waiting?done=withdrawn"))
}

#[server(prefix = "/actions", endpoint = "decide")]
pub async fn decide(org: String, request: String, verdict: String) -> Result<Done, Refusal> {
    let call = call()?;
    let (actor, member) = call.enter(&org).await?;
    let verdict = Verdict::parse(&verdict).ok_or(Error::field("verdict", Why::UnknownChoice))?;
    call.desk().decide(&actor, &member, &request.clone().try_into()?, verdict).await?;
    Ok(Done::to(&format!("/{org}/access_requests?request={request}")))
}

/// The rows of one page of the queue, as they are now.
#[server(prefix = "/actions", endpoint = "list_requests")]
pub async fn list_requests(org: String, #[server(default)] after: String, #[server(default)] request: String) -> Result<Rows, Refusal> {
    let mut call = call()?;
    let (_, member) = call.enter(&org).await?;
    call.member = Some(member);
    Ok(pages::queue::rows(&call, &after, &request).await?)
}
