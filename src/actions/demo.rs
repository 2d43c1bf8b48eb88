//! The demo's one-press sign-in.
use crate::domain::answer::{Done, Refusal};
#[cfg(feature = "ssr")]
use crate::{desk::demo, site::call};
use leptos::prelude::*;

#[server(prefix = "/actions", endpoint = "demo_sign_in")]
pub async fn demo_sign_in(who: String) -> Result<Done, Refusal> {
    let call = call()?;
    let (begun, to) = demo::organisation::demo_sign_in(call.desk(), &call.caller, &who).await?;
    call.take_session(&begun);
    Ok(Done::to(&to))
}
