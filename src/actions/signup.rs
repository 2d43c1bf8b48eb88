//! Signing up: proving an address, becoming an account, creating an organisation.
use super::{Done, Refusal};
use leptos::prelude::*;

#[cfg(feature = "ssr")]
use crate::{desk::organisation::organisations::Plan, site::call};

#[server(prefix = "/actions", endpoint = "ask_sign_up")]
pub async fn ask_sign_up(email: String) -> Result<Done, Refusal> {
    let call = call()?;
    call.desk().ask_sign_up(&call.caller, &email).await?;
    Ok(Done::to("/signup?done=asked"))
}

#[server(prefix = "/actions", endpoint = "sign_up")]
pub async fn sign_up(token: String, name: String, password: String) -> Result<Done, Refusal> {
    let call = call()?;
    let begun = call
        .desk()
        .sign_up(&call.caller, &token, &name, &password)
        .await?;
    call.take_session(&begun);
    Ok(Done::to("/signup"))
}

#[server(prefix = "/actions", endpoint = "create_organisation")]
pub async fn create_organisation(
    slug: String,
    organisation: String,
    customer_number: String,
) -> Result<Done, Refusal> {
    let call = call()?;
    let slug = call
        .desk()
        .create_organisation(
            call.actor()?,
            &Plan {
                slug,
                name: organisation,
                customer_number,
            },
        )
        .await?;
    Ok(Done::to(&format!("/{slug}")))
}
