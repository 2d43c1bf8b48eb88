//! The demo's one-press sign-in.
use super::{Done, Refusal};
use leptos::prelude::*;

#[cfg(feature = "ssr")]
use crate::site::call;

#[server(prefix = "/actions", endpoint = "demo_sign_in")]
pub async fn demo_sign_in(who: String) -> Result<Done, Refusal> {
    let call = call()?;
    let (begun, to) = call.desk().demo_sign_in(&call.caller, &who).await?;
    call.take_session(&begun);
    Ok(Done::to(&to))
}
