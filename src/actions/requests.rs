//! Requests: asking to join, withdrawing, deciding one or many of any kind, and the rows that the
//! queue's island fetches.
use crate::domain::answer::{Done, Refusal};
use crate::islands::queue::{RowDetails, Rows};
#[cfg(feature = "ssr")]
use crate::{
    desk::joining, desk::queue, desk::queue::bulk::Which, desk::requests::decision_draft::DecisionDraft,
    domain::Error, domain::Why, domain::ids::RequestId, domain::organisation::Slug, domain::verdict::Verdict,
    pages, site::call,
};
use leptos::prelude::*;
use std::collections::HashMap;

/// `organisation`: its slug, which only somebody who was matched with it has seen.
#[server(prefix = "/actions", endpoint = "request_access")]
pub async fn request_access(
    organisation: String,
    #[server(default)] message: String,
) -> Result<Done, Refusal> {
    let call = call()?;
    let slug = Slug::parse(&organisation).map_err(|_| Error::NotFound)?;
    let id = joining::requests::request_access(call.desk(), call.actor()?, &slug, &message).await?;
    Ok(Done::to(&format!(
        "/requests/{}?done=requested",
        crate::desk::requests::status_token::make(call.desk(), &id)
    )))
}

#[server(prefix = "/actions", endpoint = "withdraw")]
pub async fn withdraw(request: String) -> Result<Done, Refusal> {
    let call = call()?;
    joining::requests::withdraw(call.desk(), call.actor()?, &request.try_into()?).await?;
    // Where to go next the form says: it stands on two pages.
    Ok(Done::default())
}

/// `notes`: for administrators alone, in Insights. `block`: of chat, nothing that they write makes
/// a request any more.
#[server(prefix = "/actions", endpoint = "decide")]
pub async fn decide(
    org: String,
    request: String,
    verdict: String,
    #[server(default)] reason: String,
    #[server(default)] next_steps: String,
    #[server(default)] notes: String,
    #[server(default)] block: String,
) -> Result<Done, Refusal> {
    let call = call()?;
    let (actor, member) = call.enter(&org).await?;
    let verdict = Verdict::parse(&verdict).ok_or(Error::field("verdict", Why::UnknownChoice))?;
    let said = DecisionDraft {
        verdict,
        reason,
        next_steps,
        notes,
        block: !block.is_empty(),
    };
    queue::decisions::decide_with(call.desk(), &actor, &member, &request.try_into()?, &said).await?;
    Ok(Done::default())
}

#[server(prefix = "/actions", endpoint = "cancel_request")]
pub async fn cancel_request(
    org: String,
    request: String,
    #[server(default)] reason: String,
) -> Result<Done, Refusal> {
    let call = call()?;
    let (actor, member) = call.enter(&org).await?;
    queue::decisions::cancel_request(call.desk(), &actor, &member, &request.try_into()?, &reason).await?;
    Ok(Done::default())
}

/// Tries again what ended in Error.
#[server(prefix = "/actions", endpoint = "retry_request")]
pub async fn retry_request(org: String, request: String) -> Result<Done, Refusal> {
    let call = call()?;
    let (actor, member) = call.enter(&org).await?;
    queue::repair::retry(call.desk(), &actor, &member, &request.try_into()?).await?;
    Ok(Done::default())
}

/// Has a request in Error follow the newest version of its flow.
#[server(prefix = "/actions", endpoint = "follow_newest")]
pub async fn follow_newest(org: String, request: String) -> Result<Done, Refusal> {
    let call = call()?;
    let (actor, member) = call.enter(&org).await?;
    queue::repair::follow_newest(call.desk(), &actor, &member, &request.try_into()?).await?;
    Ok(Done::default())
}

/// Decides everything that is ticked (`pick_ID`), or with `all` everything that the queue lists for
/// `query`, the page's own.
#[server(prefix = "/actions", endpoint = "decide_many")]
pub async fn decide_many(
    org: String,
    verdict: String,
    #[server(default)] reason: String,
    #[server(default)] all: String,
    #[server(default)] query: String,
    #[server(flatten)]
    #[server(default)]
    picks: HashMap<String, String>,
) -> Result<Done, Refusal> {
    let mut call = call()?;
    let (actor, member) = call.enter(&org).await?;
    let verdict = Verdict::parse(&verdict).ok_or(Error::field("verdict", Why::UnknownChoice))?;
    let which = if all == "on" {
        call.query = url::form_urlencoded::parse(query.as_bytes())
            .into_owned()
            .collect();
        Which::Matching(Box::new(pages::queue::list::look(&call)?))
    } else {
        let ids = picks
            .keys()
            .filter_map(|name| name.strip_prefix("pick_"))
            .map(|id| RequestId::try_from(id.to_owned()));
        Which::These(ids.collect::<Result<_, Error>>()?)
    };
    let job = queue::bulk::decide_many(call.desk(), &actor, &member, which, verdict, &reason).await?;
    Ok(Done::to(&format!("/{org}/access_requests/bulk/{job}")))
}

/// Lets a rejected person ask again before a day is over.
#[server(prefix = "/actions", endpoint = "allow_again")]
pub async fn allow_again(org: String, request: String) -> Result<Done, Refusal> {
    let call = call()?;
    let (actor, member) = call.enter(&org).await?;
    joining::decisions::allow_again(call.desk(), &actor, &member, &request.try_into()?).await?;
    Ok(Done::default())
}

/// The rows with these ids (parted by spaces) as they are now, and the numbers on the tabs.
#[server(prefix = "/actions", endpoint = "look_again")]
pub async fn look_again(org: String, #[server(default)] ids: String) -> Result<Rows, Refusal> {
    let mut call = call()?;
    let (_, member) = call.enter(&org).await?;
    call.member = Some(member);
    let ids: Vec<RequestId> = ids
        .split_whitespace()
        .take(100)
        .map(|id| id.to_owned().try_into())
        .collect::<Result<_, Error>>()?;
    Ok(pages::queue::list::look_again(&call, &ids).await?)
}

/// What stands below a row that is opened.
#[server(prefix = "/actions", endpoint = "request_details")]
pub async fn request_details(org: String, request: String) -> Result<RowDetails, Refusal> {
    let call = call()?;
    let (_, member) = call.enter(&org).await?;
    Ok(pages::queue::details::details(&call, &member, &request.try_into()?).await?)
}
