//! Signing up: proving an address, becoming an account, creating an organisation.
#[cfg(feature = "ssr")]
use crate::desk::joining;
#[cfg(feature = "ssr")]
use crate::desk::organisation::organisations::NewOrganisation;
use crate::domain::answer::{Done, Refusal};
#[cfg(feature = "ssr")]
use crate::site::call;
use leptos::prelude::*;

#[server(prefix = "/actions", endpoint = "ask_sign_up")]
pub async fn ask_sign_up(email: String) -> Result<Done, Refusal> {
    let call = call()?;
    joining::signup::ask_sign_up(call.desk(), &call.caller, &email).await?;
    Ok(Done::to("/signup?done=asked"))
}

#[server(prefix = "/actions", endpoint = "sign_up")]
pub async fn sign_up(token: String, name: String, password: String) -> Result<Done, Refusal> {
    let call = call()?;
    let begun = joining::signup::sign_up(call.desk(), &call.caller, &token, &name, &password).await?;
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
    let slug = joining::signup::create_organisation(
        call.desk(),
        call.actor()?,
        &NewOrganisation {
            slug,
            name: organisation,
            customer_number,
        },
    )
    .await?;
    Ok(Done::to(&format!("/{slug}")))
}
