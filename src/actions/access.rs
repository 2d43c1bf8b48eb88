//! Access to resources: asking for it, one's own requests and grants, voting, questions, and being
//! away.
use crate::domain::answer::{Done, Refusal};
#[cfg(feature = "ssr")]
use crate::{
    desk::access, desk::access::submission::Wish, desk::requests::decision_draft::DecisionDraft,
    domain::Error, domain::Why, domain::verdict::Verdict, pages::parts, site::call,
};
use leptos::prelude::*;

/// `days`: how long, or nothing; `holder`: the id of whom it is for, if not oneself.
#[server(prefix = "/actions", endpoint = "ask_for")]
pub async fn ask_for(
    org: String,
    resource: String,
    #[server(default)] reason: String,
    #[server(default)] days: String,
    #[server(default)] holder: String,
) -> Result<Done, Refusal> {
    let call = call()?;
    let (actor, member) = call.enter(&org).await?;
    let id = access::submission::ask_for(
        call.desk(),
        &actor,
        &member,
        &resource.try_into()?,
        &Wish { reason, days, holder },
    )
    .await?;
    Ok(Done::to(&format!(
        "/{org}/my_requests?request={id}&done=requested"
    )))
}

/// `verdict`: `approve` or `reject`, which needs a reason.
#[server(prefix = "/actions", endpoint = "vote")]
pub async fn vote(
    org: String,
    request: String,
    verdict: String,
    #[server(default)] reason: String,
    #[server(default)] next_steps: String,
) -> Result<Done, Refusal> {
    let call = call()?;
    let (actor, member) = call.enter(&org).await?;
    let verdict = Verdict::parse(&verdict).ok_or(Error::field("verdict", Why::UnknownChoice))?;
    let said = DecisionDraft {
        reason,
        next_steps,
        ..verdict.into()
    };
    access::votes::vote(call.desk(), &actor, &member, &request.try_into()?, &said).await?;
    Ok(Done::default())
}

#[server(prefix = "/actions", endpoint = "reword")]
pub async fn reword(
    org: String,
    request: String,
    #[server(default)] reason: String,
) -> Result<Done, Refusal> {
    let call = call()?;
    let (actor, member) = call.enter(&org).await?;
    access::my_requests::reword(call.desk(), &actor, &member, &request.try_into()?, &reason).await?;
    Ok(Done::default())
}

/// Reminds those who have not voted, once a day.
#[server(prefix = "/actions", endpoint = "nudge")]
pub async fn nudge(org: String, request: String) -> Result<Done, Refusal> {
    let call = call()?;
    let (actor, member) = call.enter(&org).await?;
    access::my_requests::nudge(call.desk(), &actor, &member, &request.try_into()?).await?;
    Ok(Done::default())
}

#[server(prefix = "/actions", endpoint = "ask_requester")]
pub async fn ask_requester(
    org: String,
    request: String,
    #[server(default)] question: String,
) -> Result<Done, Refusal> {
    let call = call()?;
    let (actor, member) = call.enter(&org).await?;
    access::my_requests::question(call.desk(), &actor, &member, &request.try_into()?, &question).await?;
    Ok(Done::default())
}

#[server(prefix = "/actions", endpoint = "answer_question")]
pub async fn answer_question(
    org: String,
    question: String,
    #[server(default)] answer: String,
) -> Result<Done, Refusal> {
    let call = call()?;
    let (actor, member) = call.enter(&org).await?;
    access::my_requests::answer(call.desk(), &actor, &member, &question.try_into()?, &answer).await?;
    Ok(Done::default())
}

#[server(prefix = "/actions", endpoint = "end_grant")]
pub async fn end_grant(org: String, grant: String) -> Result<Done, Refusal> {
    let call = call()?;
    let (actor, member) = call.enter(&org).await?;
    access::grants::end(call.desk(), &actor, &member, &grant.try_into()?).await?;
    Ok(Done::default())
}

/// `delegate`: a member's name or address as typed; `from` and `until`: days (`2026-11-22`), the
/// last one included.
#[server(prefix = "/actions", endpoint = "delegate")]
pub async fn delegate(
    org: String,
    #[server(default)] delegate: String,
    #[server(default)] from: String,
    #[server(default)] until: String,
) -> Result<Done, Refusal> {
    let call = call()?;
    let (actor, member) = call.enter(&org).await?;
    let begins = parts::day(&call, &from)
        .map_err(|_| Error::field("from", Why::NotADay))?
        .begins;
    let ends = parts::day(&call, &until)
        .map_err(|_| Error::field("until", Why::NotADay))?
        .ends;
    access::delegations::delegate(call.desk(), &actor, &member, &delegate, begins, ends).await?;
    Ok(Done::default())
}

#[server(prefix = "/actions", endpoint = "come_back")]
pub async fn come_back(org: String) -> Result<Done, Refusal> {
    let call = call()?;
    let (actor, member) = call.enter(&org).await?;
    access::delegations::come_back(call.desk(), &actor, &member).await?;
    Ok(Done::default())
}
