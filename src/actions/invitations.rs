//! Accepting invitations, and copying a link.
use super::{Done, Refusal};
use leptos::prelude::*;

#[cfg(feature = "ssr")]
use crate::web::call;

#[server(prefix = "/actions", endpoint = "accept_as_new")]
pub async fn accept_as_new(token: String, name: String, password: String) -> Result<Done, Refusal> {
    let call = call()?;
    let (begun, slug) = call.desk().accept_as_new(&call.caller, &token, &name, &password).await?;
    call.take_session(&begun);
    Ok(Done::to(&format!("/{slug}")))
}

#[server(prefix = "/actions", endpoint = "accept_invitation")]
pub async fn accept_invitation(token: String) -> Result<Done, Refusal> {
    let call = call()?;
    let (begun, slug) = call.desk().accept_as(call.actor()?, &token).await?;
    call.take_session(&begun);
    Ok(Done::to(&format!("/{slug}")))
}

#[server(prefix = "/actions", endpoint = "try_letter_again")]
pub async fn try_letter_again(org: String, letter: String) -> Result<Done, Refusal> {
    let call = call()?;
    let (actor, member) = call.enter(&org).await?;
    call.desk().try_letter_again(&actor, &member, &letter.try_into()?).await?;
    Ok(Done::default())
}

/// Where no mail server is configured: a new link to hand over, shown once.
#[server(prefix = "/actions", endpoint = "copy_link")]
pub async fn copy_link(org: String, invitation: String) -> Result<Done, Refusal> {
    let call = call()?;
    let (actor, member) = call.enter(&org).await?;
    let token = call.desk().copy_link(&actor, &member, &invitation.try_into()?).await?;
    let link = format!("{}/invitations/{token}", call.site.public_url);
    Ok(Done { to: None, shown: vec![link] })
}
