//! The second factor.
use crate::domain::answer::{Done, Refusal};
#[cfg(feature = "ssr")]
use crate::{
    desk::account,
    domain::{Error, path},
    site::call,
};
use leptos::prelude::*;

#[server(prefix = "/actions", endpoint = "pass_factor")]
pub async fn pass_factor(code: String, #[server(default)] back: String) -> Result<Done, Refusal> {
    let call = call()?;
    let begun = account::factor::pass(
        call.desk(),
        call.half.as_ref().ok_or(Error::SignInRequired)?,
        &code,
    )
    .await?;
    call.take_session(&begun);
    Ok(Done::to(path::own_or(&back, "/")))
}

#[server(prefix = "/actions", endpoint = "begin_factor")]
pub async fn begin_factor(#[server(default)] password: String) -> Result<Done, Refusal> {
    let call = call()?;
    account::factor::begin(call.desk(), call.actor()?, password.as_str()).await?;
    Ok(Done::to("/settings#factor"))
}

#[server(prefix = "/actions", endpoint = "confirm_factor")]
pub async fn confirm_factor(code: String, #[server(default)] password: String) -> Result<Done, Refusal> {
    let call = call()?;
    let (begun, codes) =
        account::factor::confirm(call.desk(), call.actor()?, &code, password.as_str()).await?;
    call.take_session(&begun);
    Ok(Done {
        to: Some("/settings#factor".into()),
        shown: codes,
    })
}

#[server(prefix = "/actions", endpoint = "end_factor")]
pub async fn end_factor(
    #[server(default)] password: String,
    #[server(default)] code: String,
) -> Result<Done, Refusal> {
    let call = call()?;
    account::factor::end(call.desk(), call.actor()?, &password, &code).await?;
    Ok(Done::to("/settings?done=factor#factor"))
}

/// New recovery codes in place of the former ones, shown once.
#[server(prefix = "/actions", endpoint = "renew_codes")]
pub async fn renew_codes(
    #[server(default)] password: String,
    #[server(default)] code: String,
) -> Result<Done, Refusal> {
    let call = call()?;
    let again = (password.as_str(), code.as_str());
    let codes = account::factor::renew_codes(call.desk(), call.actor()?, again).await?;
    Ok(Done {
        to: Some("/settings#factor".into()),
        shown: codes,
    })
}
