//! The second factor.
use super::{Done, Refusal};
use leptos::prelude::*;

#[cfg(feature = "ssr")]
use crate::{domain::Error, domain::path, site::call};

#[server(prefix = "/actions", endpoint = "pass_factor")]
pub async fn pass_factor(code: String, #[server(default)] back: String) -> Result<Done, Refusal> {
    let call = call()?;
    let begun = call
        .desk()
        .pass_factor(call.half.as_ref().ok_or(Error::SignInRequired)?, &code)
        .await?;
    call.take_session(&begun);
    Ok(Done::to(path::own_or(&back, "/")))
}

#[server(prefix = "/actions", endpoint = "begin_factor")]
pub async fn begin_factor(#[server(default)] password: String) -> Result<Done, Refusal> {
    let call = call()?;
    call.desk().begin_factor(call.actor()?, &password).await?;
    Ok(Done::to("/settings#factor"))
}

#[server(prefix = "/actions", endpoint = "confirm_factor")]
pub async fn confirm_factor(code: String) -> Result<Done, Refusal> {
    let call = call()?;
    let (begun, codes) = call.desk().confirm_factor(call.actor()?, &code).await?;
    call.take_session(&begun);
    Ok(Done {
        to: Some("/settings#factor".into()),
        shown: codes,
    })
}

#[server(prefix = "/actions", endpoint = "end_factor")]
pub async fn end_factor(#[server(default)] password: String, code: String) -> Result<Done, Refusal> {
    let call = call()?;
    call.desk().end_factor(call.actor()?, &password, &code).await?;
    Ok(Done::to("/settings?done=factor#factor"))
}
