//! Providers as ways to sign in: linking one with a proof, taking one away, and its address.
use crate::domain::answer::{Done, Refusal};
#[cfg(feature = "ssr")]
use crate::{desk::account, desk::account::offers, domain::path, site::call, site::cookies::Cookie};
use leptos::prelude::*;

/// Whoever has just signed in to the account with the address links the provider that they came by.
#[server(prefix = "/actions", endpoint = "link_identity")]
pub async fn link_identity() -> Result<Done, Refusal> {
    let call = call()?;
    let actor = call.actor()?;
    let offer = offers::open(call.desk(), call.offer.as_deref(), call.now())?;
    offers::accept(call.desk(), actor, &offer).await?;
    call.set_cookie(Cookie::Offer, "");
    Ok(Done::to(path::own_or(&offer.back, "/")))
}

/// Asks for a link to the address that the provider vouches for.
#[server(prefix = "/actions", endpoint = "mail_link")]
pub async fn mail_link() -> Result<Done, Refusal> {
    let call = call()?;
    let offer = offers::open(call.desk(), call.offer.as_deref(), call.now())?;
    offers::mail(call.desk(), &call.caller, &offer).await?;
    Ok(Done::to("/signin/link?done=asked"))
}

#[server(prefix = "/actions", endpoint = "link_by_mail")]
pub async fn link_by_mail(token: String) -> Result<Done, Refusal> {
    let call = call()?;
    let offer = offers::open(call.desk(), call.offer.as_deref(), call.now())?;
    let begun = offers::accept_by_mail(call.desk(), &call.caller, &token, &offer).await?;
    call.take_session(&begun);
    call.set_cookie(Cookie::Offer, "");
    let back = path::own_or(&offer.back, "/");
    if begun.factor_due {
        let kept: String = url::form_urlencoded::byte_serialize(back.as_bytes()).collect();
        return Ok(Done::to(&format!("/signin/code?back={kept}")));
    }
    Ok(Done::to(back))
}

#[server(prefix = "/actions", endpoint = "unlink_identity")]
pub async fn unlink_identity(
    provider: String,
    #[server(default)] password: String,
    #[server(default)] code: String,
) -> Result<Done, Refusal> {
    let call = call()?;
    let again = (password.as_str(), code.as_str());
    account::providers::unlink(call.desk(), call.actor()?, &provider, again).await?;
    Ok(Done::to("/settings?done=unlinked#ways"))
}

/// The address that a linked provider vouches for becomes the account's.
#[server(prefix = "/actions", endpoint = "take_address")]
pub async fn take_address(
    provider: String,
    #[server(default)] password: String,
    #[server(default)] code: String,
) -> Result<Done, Refusal> {
    let call = call()?;
    let again = (password.as_str(), code.as_str());
    account::providers::take_address(call.desk(), call.actor()?, &provider, again).await?;
    Ok(Done::to("/settings?done=address#email"))
}
