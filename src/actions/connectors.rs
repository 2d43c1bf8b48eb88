//! Connectors, the people who write to them, and members' own channels.
#[cfg(feature = "ssr")]
use crate::clock;
#[cfg(feature = "ssr")]
use crate::desk::chat;
#[cfg(feature = "ssr")]
use crate::desk::chat::connectors::ConnectorDraft;
use crate::domain::answer::{Done, Refusal};
#[cfg(feature = "ssr")]
use crate::domain::connector::Platform;
#[cfg(feature = "ssr")]
use crate::domain::contact::ContactStanding;
#[cfg(feature = "ssr")]
use crate::domain::{Error, Why};
#[cfg(feature = "ssr")]
use crate::site::call;
use leptos::prelude::*;
use std::collections::HashMap;

#[server(prefix = "/actions", endpoint = "create_connector")]
pub async fn create_connector(
    org: String,
    platform: String,
    #[server(flatten)]
    #[server(default)]
    fields: HashMap<String, String>,
) -> Result<Done, Refusal> {
    let call = call()?;
    let (actor, member) = call.enter(&org).await?;
    let platform = Platform::parse(&platform).ok_or(Error::field("platform", Why::UnknownChoice))?;
    let (id, shown) =
        chat::connectors::create(call.desk(), &actor, &member, platform, &ConnectorDraft(&fields)).await?;
    Ok(Done {
        shown,
        ..Done::to(&format!("/{org}/connectors/{id}?done=saved"))
    })
}

#[server(prefix = "/actions", endpoint = "change_connector")]
pub async fn change_connector(
    org: String,
    connector: String,
    #[server(flatten)]
    #[server(default)]
    fields: HashMap<String, String>,
) -> Result<Done, Refusal> {
    let call = call()?;
    let (actor, member) = call.enter(&org).await?;
    let shown = chat::connectors::change(
        call.desk(),
        &actor,
        &member,
        &connector.clone().try_into()?,
        &ConnectorDraft(&fields),
    )
    .await?;
    Ok(Done {
        shown,
        ..Done::to(&format!("/{org}/connectors/{connector}?done=saved"))
    })
}

/// Asks the platform whether the credentials are good; what it says against them then stands on the
/// connector's page.
#[server(prefix = "/actions", endpoint = "check_connector")]
pub async fn check_connector(org: String, connector: String) -> Result<Done, Refusal> {
    let call = call()?;
    let (_, member) = call.enter(&org).await?;
    let kept = chat::connectors::find(call.desk(), &member, &connector.clone().try_into()?).await?;
    let (known, _) = chat::connectors::knows(call.desk(), &kept, clock::now())?;
    let problem = call.site.chat.check(kept.connector.platform, &known).await.err();
    chat::connectors::note_check(
        call.desk(),
        &member,
        &kept.connector.id,
        problem.as_deref(),
        clock::now(),
    )
    .await?;
    match problem {
        None => Ok(Done::to(&format!("/{org}/connectors/{connector}?done=checked"))),
        Some(_) => Err(Error::Refused(Why::PlatformRefused).into()),
    }
}

/// `active`: `on`, or nothing to disable it.
#[server(prefix = "/actions", endpoint = "set_connector_state")]
pub async fn set_connector_state(
    org: String,
    connector: String,
    #[server(default)] active: String,
) -> Result<Done, Refusal> {
    let call = call()?;
    let (actor, member) = call.enter(&org).await?;
    chat::connectors::set_state(
        call.desk(),
        &actor,
        &member,
        &connector.try_into()?,
        active == "on",
    )
    .await?;
    Ok(Done::default())
}

/// Sends everything again that was given up.
#[server(prefix = "/actions", endpoint = "send_all_again")]
pub async fn send_all_again(org: String, connector: String) -> Result<Done, Refusal> {
    let call = call()?;
    let (actor, member) = call.enter(&org).await?;
    chat::connectors::send_all_again(call.desk(), &actor, &member, &connector.try_into()?).await?;
    Ok(Done::default())
}

#[server(prefix = "/actions", endpoint = "delete_connector")]
pub async fn delete_connector(org: String, connector: String) -> Result<Done, Refusal> {
    let call = call()?;
    let (actor, member) = call.enter(&org).await?;
    chat::retirement::delete(call.desk(), &actor, &member, &connector.try_into()?).await?;
    Ok(Done::to(&format!("/{org}/connectors?done=deleted")))
}

/// `was`: where they stood on the page; `standing`: `blocked`; `onboarding`, which unblocks or
/// deactivates.
#[server(prefix = "/actions", endpoint = "put_contact")]
pub async fn put_contact(
    org: String,
    contact: String,
    was: String,
    standing: String,
) -> Result<Done, Refusal> {
    let call = call()?;
    let (actor, member) = call.enter(&org).await?;
    let standing = ContactStanding::parse(&standing)
        .filter(|s| matches!(s, ContactStanding::Blocked | ContactStanding::Onboarding));
    let standing = standing.ok_or(Error::field("standing", Why::UnknownChoice))?;
    let was = ContactStanding::parse(&was).ok_or(Error::field("was", Why::UnknownChoice))?;
    chat::contacts::put(call.desk(), &actor, &member, &contact.try_into()?, was, standing).await?;
    Ok(Done::default())
}

/// Notes whose channel a contact is; `person`: a member's name or address; `unlink`: `on` for
/// nobody's.
#[server(prefix = "/actions", endpoint = "note_member")]
pub async fn note_member(
    org: String,
    contact: String,
    #[server(default)] person: String,
    #[server(default)] unlink: String,
) -> Result<Done, Refusal> {
    let call = call()?;
    let (actor, member) = call.enter(&org).await?;
    let typed = (unlink != "on").then_some(person.as_str());
    chat::identities::note_member(call.desk(), &actor, &member, &contact.try_into()?, typed).await?;
    Ok(Done::default())
}

/// A code that links one's own identity in chat, shown once.
#[server(prefix = "/actions", endpoint = "make_chat_code")]
pub async fn make_chat_code(
    #[server(default)] password: String,
    #[server(default)] code: String,
) -> Result<Done, Refusal> {
    let call = call()?;
    let again = (password.as_str(), code.as_str());
    let code = chat::identities::make_chat_code(call.desk(), call.actor()?, again).await?;
    Ok(Done {
        to: Some("/settings?chat=code#chat".into()),
        shown: vec![code],
    })
}

/// Gives up one of one's own identities in chat.
#[server(prefix = "/actions", endpoint = "unlink_chat")]
pub async fn unlink_chat(
    contact: String,
    #[server(default)] password: String,
    #[server(default)] code: String,
) -> Result<Done, Refusal> {
    let call = call()?;
    let again = (password.as_str(), code.as_str());
    chat::identities::unlink_chat(call.desk(), call.actor()?, &contact.try_into()?, again).await?;
    Ok(Done::to("/settings#chat"))
}
