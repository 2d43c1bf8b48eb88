//! The home page's links, questions and answers; feedback; the tour; and whether the reader still
//! waits for rights.
#[cfg(feature = "ssr")]
use crate::desk::organisation;
#[cfg(feature = "ssr")]
use crate::desk::organisation::home_page::TypedLink;
#[cfg(feature = "ssr")]
use crate::domain::account::Language;
use crate::domain::answer::{Done, Refusal};
#[cfg(feature = "ssr")]
use crate::domain::home_page::Area;
#[cfg(feature = "ssr")]
use crate::domain::{Error, Why};
use crate::islands::banner::MemberStanding;
#[cfg(feature = "ssr")]
use crate::site::upload::Upload;
#[cfg(feature = "ssr")]
use crate::site::{Call, call};
use leptos::prelude::*;

/// Whether the reader's access is restricted.
#[server(prefix = "/actions", endpoint = "standing")]
pub async fn look_at_standing(org: String) -> Result<MemberStanding, Refusal> {
    let call = call()?;
    let (_, member) = call.enter(&org).await?;
    Ok(MemberStanding {
        restricted: member.is_restricted(),
    })
}

/// `areas`: words parted by spaces; the tour has shown them.
#[server(prefix = "/actions", endpoint = "see_areas")]
pub async fn see_areas(org: String, areas: String) -> Result<Done, Refusal> {
    let call = call()?;
    let (actor, member) = call.enter(&org).await?;
    let areas: Option<Vec<Area>> = areas.split_whitespace().map(Area::parse).collect();
    organisation::home_page::toured(
        call.desk(),
        &actor,
        &member,
        &areas.ok_or(Error::field("areas", Why::UnknownChoice))?,
    )
    .await?;
    Ok(Done::to(&format!("/{org}#tour")))
}

#[server(prefix = "/actions", endpoint = "give_feedback")]
pub async fn give_feedback(org: String, message: String) -> Result<Done, Refusal> {
    let call = call()?;
    let (actor, member) = call.enter(&org).await?;
    organisation::home_page::give_feedback(call.desk(), &actor, &member, &message).await?;
    Ok(Done::to(&format!("/{org}/feedback?done=feedback")))
}

/// An empty address: feedback goes to whoever may change the settings.
#[server(prefix = "/actions", endpoint = "change_feedback_address")]
pub async fn change_feedback_address(
    org: String,
    #[server(default)] feedback_address: String,
) -> Result<Done, Refusal> {
    let call = call()?;
    let (actor, member) = call.enter(&org).await?;
    organisation::organisations::change_feedback_address(call.desk(), &actor, &member, &feedback_address)
        .await?;
    Ok(Done::to(&format!("/{org}/settings?done=saved#house")))
}

/// `body`: Markdown; empty: no page in this language.
#[server(prefix = "/actions", endpoint = "write_faq")]
pub async fn write_faq(
    org: String,
    language: String,
    #[server(default)] body: String,
) -> Result<Done, Refusal> {
    let call = call()?;
    let (actor, member) = call.enter(&org).await?;
    let language = Language::from_tag(&language).ok_or(Error::field("language", Why::UnknownChoice))?;
    organisation::home_page::write_faq(call.desk(), &actor, &member, language, &body).await?;
    Ok(Done::to(&format!("/{org}/settings?done=saved#faq")))
}

/// Fields `org`, `title`, and either `url` or a file.
#[cfg(feature = "ssr")]
pub async fn add_link(call: Call, upload: Upload) -> Result<Done, Error> {
    let org = upload.field("org")?.to_owned();
    let (actor, member) = call.enter(&org).await?;
    let (title, url) = (
        upload.field("title")?.to_owned(),
        upload.optional("url").to_owned(),
    );
    let file = upload.file.map(|f| (f.name, f.bytes));
    organisation::home_page::add_link(call.desk(), &actor, &member, TypedLink { title, url, file }).await?;
    Ok(Done::to(&format!("/{org}/settings?done=saved#links")))
}

#[server(prefix = "/actions", endpoint = "change_link")]
pub async fn change_link(
    org: String,
    link: String,
    title: String,
    #[server(default)] url: String,
) -> Result<Done, Refusal> {
    let call = call()?;
    let (actor, member) = call.enter(&org).await?;
    organisation::home_page::change_link(call.desk(), &actor, &member, &link.try_into()?, &title, &url)
        .await?;
    Ok(Done::to(&format!("/{org}/settings?done=saved#links")))
}

#[server(prefix = "/actions", endpoint = "raise_link")]
pub async fn raise_link(org: String, link: String) -> Result<Done, Refusal> {
    let call = call()?;
    let (actor, member) = call.enter(&org).await?;
    organisation::home_page::raise_link(call.desk(), &actor, &member, &link.try_into()?).await?;
    Ok(Done::to(&format!("/{org}/settings?done=saved#links")))
}

#[server(prefix = "/actions", endpoint = "remove_link")]
pub async fn remove_link(org: String, link: String) -> Result<Done, Refusal> {
    let call = call()?;
    let (actor, member) = call.enter(&org).await?;
    organisation::home_page::remove_link(call.desk(), &actor, &member, &link.try_into()?).await?;
    Ok(Done::to(&format!("/{org}/settings?done=saved#links")))
}
