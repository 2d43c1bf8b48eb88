//! Signing in with a provider: a link that leaves with a short-lived sealed cookie, and the way
//! back in.
use super::{refusals, render};
use crate::desk::account;
use crate::desk::faults::broken;
use crate::domain::ids::AccountId;
use crate::domain::time::Span;
use crate::domain::{Error, Result, Time, Why, path};
use crate::oidc::attempt::Attempt;
use crate::oidc::{Callback, OidcError};
use crate::pages;
use crate::site::call::Call;
use crate::site::cookies::Cookie;
use axum::response::Response;
use http::{HeaderMap, header};
use serde::{Deserialize, Serialize};
use std::time::Duration;

const USAGE: &str = "attempt";
const LIFE: Span = Span::minutes(10);
/// How long the provider may take for everything that follows the return.
const PATIENCE: Duration = Duration::from_secs(25);

/// What the cookie of an attempt holds, sealed.
#[derive(Serialize, Deserialize)]
struct Leaving {
    attempt: Attempt,
    back: String,
    at: Time,
    /// The account that wants to prove who it is there, and stays signed in here; None for signing
    /// in.
    #[serde(default)]
    proves: Option<AccountId>,
}

/// `GET /signin/{provider}`: to the provider. Changes nothing but the cookie that binds the attempt
/// to this browser.
pub async fn leave(call: Call) -> Response {
    match start(&call).await {
        Ok((url, cookie)) => with_attempt(&call, render::see_other(&url), &cookie),
        Err(e) => trouble(&call, &e).await,
    }
}

async fn start(call: &Call) -> Result<(String, String)> {
    let (url, attempt) = call
        .site
        .oidc
        .start(call.param("provider"))
        .await
        .map_err(explain)?;
    let proves = match &call.actor {
        Some(actor) if call.asked("prove") == "1" => Some(actor.id().clone()),
        _ => None,
    };
    let leaving = Leaving {
        attempt,
        back: path::own_or(call.asked("back"), "/").to_owned(),
        at: call.now(),
        proves,
    };
    let text = serde_json::to_string(&leaving).map_err(|_| broken())?;
    Ok((url, call.desk().keys.seal(USAGE, &text)?))
}

/// `GET /signin/{provider}/callback`: back from the provider, with what it vouches for.
pub async fn arrive(mut call: Call, headers: HeaderMap) -> Response {
    let leaving = unseal(&call, &headers);
    // Whatever goes wrong from here on, the next try leads where this one was to lead.
    let back = leaving.as_ref().map_or("/", |l| &l.back).to_owned();
    let proves = leaving.as_ref().is_ok_and(|l| l.proves.is_some());
    let arrived = finish(&call, leaving).await;
    call.query.insert("back".into(), back);
    match arrived {
        Ok((token, to)) => {
            let mut response = with_attempt(&call, render::see_other(&to), "");
            if let Some(cookie) = token.and_then(|t| Cookie::Session.set(&t, call.site.secure)) {
                response.headers_mut().append(header::SET_COOKIE, cookie);
            }
            response
        }
        Err(e) if proves => with_attempt(&call, render::refusal(&call, &e).await, ""),
        Err(e) => with_attempt(&call, trouble(&call, &e).await, ""),
    }
}

/// The attempt that this browser left with.
fn unseal(call: &Call, headers: &HeaderMap) -> Result<Leaving> {
    let sealed = Cookie::Attempt
        .read(headers, call.site.secure)
        .ok_or(Error::Refused(Why::AttemptGone))?;
    let text = call
        .desk()
        .keys
        .try_open(USAGE, &sealed)
        .ok_or(Error::Refused(Why::AttemptGone))?;
    let leaving: Leaving = serde_json::from_str(&text).map_err(|_| Error::Refused(Why::AttemptGone))?;
    if call.now() >= leaving.at + LIFE || leaving.attempt.provider != call.param("provider") {
        return Err(Error::Refused(Why::AttemptGone));
    }
    Ok(leaving)
}

/// The token of the session that was begun, if one was, and where to go.
async fn finish(call: &Call, leaving: Result<Leaving>) -> Result<(Option<String>, String)> {
    let leaving = leaving?;
    let asked = |name: &str| call.query.get(name).cloned();
    let callback = Callback {
        state: asked("state"),
        code: asked("code"),
        error: asked("error"),
        iss: asked("iss"),
    };
    let finishing = call.site.oidc.finish(leaving.attempt, callback);
    let person = tokio::time::timeout(PATIENCE, finishing)
        .await
        .map_err(|_| Error::Refused(Why::ProviderUnreachable))?
        .map_err(explain)?;
    if let Some(proves) = &leaving.proves {
        let actor = call
            .actor
            .as_ref()
            .filter(|a| a.id() == proves)
            .ok_or(Error::Refused(Why::AttemptGone))?;
        account::providers::prove_at_provider(call.desk(), actor, &person).await?;
        return Ok((None, path::own_or(&leaving.back, "/").to_owned()));
    }
    let begun = account::providers::sign_in_with_provider(call.desk(), &call.caller, &person).await?;
    // Whoever was signed in before in this browser is not any more: that session's cookie is about
    // to be replaced.
    if let Some(before) = call.actor.as_ref().or(call.half.as_ref()) {
        account::accounts::sign_out(call.desk(), before).await?;
    }
    let back = path::own_or(&leaving.back, "/").to_owned();
    let to = if begun.factor_due {
        format!(
            "/signin/code?back={}",
            url::form_urlencoded::byte_serialize(back.as_bytes()).collect::<String>()
        )
    } else {
        back
    };
    Ok((Some(begun.token), to))
}

fn explain(e: OidcError) -> Error {
    tracing::warn!(cause = %e, "a sign-in with a provider failed");
    match e {
        OidcError::UnknownProvider => Error::NotFound,
        OidcError::Unreachable(_) => Error::Refused(Why::ProviderUnreachable),
        OidcError::Denied => Error::Refused(Why::ProviderDenied),
        OidcError::Refused(_) => Error::Refused(Why::ProviderFailed),
    }
}

/// The sign-in page with the reason, so that the next try is one click away.
async fn trouble(call: &Call, e: &Error) -> Response {
    match e {
        Error::Refused(_) => {
            refusals::note(call, e);
            render::page(call, pages::account::signin::after_failure(call, e).await).await
        }
        e => render::refusal(call, e).await,
    }
}

fn with_attempt(call: &Call, mut response: Response, value: &str) -> Response {
    if let Some(cookie) = Cookie::Attempt.set(value, call.site.secure) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}
