//! Signing in with a provider: a link that leaves with a short-lived sealed cookie, and the way
//! back in. Attempts of one browser stand beside each other, each with a cookie of its own.
use super::{refusals, render};
use crate::desk::account::{self, providers::Person};
use crate::desk::faults::broken;
use crate::domain::ids::AccountId;
use crate::domain::time::Span;
use crate::domain::{Error, Result, Time, Why, path};
use crate::oidc::attempt::{Attempt, label_of};
use crate::oidc::{Callback, OidcError};
use crate::pages;
use crate::site::call::Call;
use crate::site::cookies::Cookie;
use axum::response::Response;
use http::{HeaderMap, HeaderValue, header};
use serde::{Deserialize, Serialize};
use std::time::Duration;

const USAGE: &str = "attempt";
const LIFE: Span = Span::minutes(10);
/// How many attempts of one browser are kept; the oldest make room.
const BESIDE: usize = 4;
/// The longest way back that is kept, bytes: the cookies of four attempts go with each request. Of a
/// longer one the page is kept, without its filters.
const BACK: usize = 1024;
/// How long the provider may take for everything that follows the return.
const PATIENCE: Duration = Duration::from_secs(25);

/// What the cookie of an attempt holds, sealed.
#[derive(Serialize, Deserialize)]
struct Leaving {
    /// None once it is finished: its callback then only leads on.
    attempt: Option<Attempt>,
    provider: String,
    back: String,
    at: Time,
    /// The account that wants to prove who it is there, and stays signed in here; None for signing
    /// in.
    #[serde(default)]
    proves: Option<AccountId>,
}

/// Where an attempt has led.
enum ProviderReturn {
    /// Signed in: the session's token, and where to go.
    SignedIn(String, String),
    /// Proven, or finished before: where to go.
    On(String),
    /// Somebody has an account with the address; a proof is owed that it is theirs.
    Held(Box<Person>),
}

/// `GET /signin/{provider}`: to the provider. Changes nothing but the cookies that bind attempts to
/// this browser.
pub async fn leave(call: Call, headers: HeaderMap) -> Response {
    // A provider that asks nothing would sign in whoever follows another site's link: such a one
    // leads to the page with the button.
    if headers
        .get("sec-fetch-site")
        .is_some_and(|site| site == "cross-site")
    {
        let back = path::own(call.asked("back")).unwrap_or("/");
        let back: String = url::form_urlencoded::byte_serialize(back.as_bytes()).collect();
        return render::see_other(&format!("/signin?back={back}"));
    }
    match start(&call, &headers).await {
        Ok((url, cookies)) => with_cookies(render::see_other(&url), cookies),
        Err(e) => trouble(&call, &e).await,
    }
}

async fn start(call: &Call, headers: &HeaderMap) -> Result<(String, Vec<HeaderValue>)> {
    let provider = call.param("provider");
    let (url, attempt) = call.site.oidc.start(provider).await.map_err(explain)?;
    let proves = match &call.actor {
        Some(actor) if call.asked("prove") == "1" => Some(actor.id().clone()),
        _ => None,
    };
    let back = path::own(call.asked("back")).map(|b| match b.split_once('?') {
        Some((page, _)) if b.len() > BACK => page,
        _ => b,
    });
    let back = back.filter(|b| b.len() <= BACK);
    let label = attempt.label();
    let there = under_way(call, headers);
    // Each is younger than those before it, be they of the same moment.
    let newest = there.last().map_or(Time(0), |(at, _)| *at);
    let leaving = Leaving {
        attempt: Some(attempt),
        provider: provider.to_owned(),
        back: back.unwrap_or("/").to_owned(),
        at: call.now().max(Time(newest.0 + 1)),
        proves,
    };
    let mut cookies = make_room(call, there);
    cookies.extend(leaving.cookie(call, &label)?);
    Ok((url, cookies))
}

/// When this browser's attempts began, and their labels, the oldest first; one that is over began
/// at the beginning of time.
fn under_way(call: &Call, headers: &HeaderMap) -> Vec<(Time, String)> {
    let labels = Cookie::Attempt.labels(headers, call.site.secure).into_iter();
    let began = |label: &str| Leaving::read(call, headers, label).map_or(Time(0), |l| l.at);
    let mut there: Vec<(Time, String)> = labels.map(|label| (began(&label), label)).collect();
    there.sort();
    there
}

/// Removes attempts of this browser until there is room for one more: those that are over, then the
/// oldest.
fn make_room(call: &Call, mut there: Vec<(Time, String)>) -> Vec<HeaderValue> {
    let secure = call.site.secure;
    let kept = there
        .iter()
        .filter(|(at, _)| *at > Time(0))
        .count()
        .min(BESIDE - 1);
    there.truncate(there.len() - kept);
    there
        .iter()
        .filter_map(|(_, label)| Cookie::Attempt.set_labelled(label, "", secure))
        .collect()
}

impl Leaving {
    /// The cookie that keeps it, under this label.
    fn cookie(&self, call: &Call, label: &str) -> Result<Option<HeaderValue>> {
        let text = serde_json::to_string(self).map_err(|_| broken())?;
        let sealed = call.desk().keys.seal(USAGE, &text)?;
        Ok(Cookie::Attempt.set_labelled(label, &sealed, call.site.secure))
    }

    /// What the browser kept under this label, while it counts.
    fn read(call: &Call, headers: &HeaderMap, label: &str) -> Option<Self> {
        let sealed = Cookie::Attempt.read_labelled(label, headers, call.site.secure)?;
        let text = call.desk().keys.try_open(USAGE, &sealed)?;
        let leaving: Self = serde_json::from_str(&text).ok()?;
        (call.now() < leaving.at + LIFE).then_some(leaving)
    }
}

/// `GET /signin/{provider}/callback`: back from the provider, with what it vouches for.
pub async fn arrive(mut call: Call, headers: HeaderMap) -> Response {
    let label = label_of(call.asked("state"));
    let found = Leaving::read(&call, &headers, &label).filter(|l| l.provider == call.param("provider"));
    // Whatever goes wrong from here on, the next try leads where this one was to lead.
    let back = found
        .as_ref()
        .map_or("/", |l| path::own_or(&l.back, "/"))
        .to_owned();
    let proves = found.as_ref().is_some_and(|l| l.proves.is_some());
    let at = found.as_ref().map_or(call.now(), |l| l.at);
    let known = found.is_some();
    let arrived = finish(&call, found, &back).await;
    call.query.insert("back".into(), back.clone());
    let done = Leaving {
        attempt: None,
        provider: call.param("provider").to_owned(),
        back: back.clone(),
        at,
        proves: None,
    };
    let kept = match known {
        true => done.cookie(&call, &label).ok().flatten(),
        false => None,
    };
    let secure = call.site.secure;
    match arrived {
        Ok(ProviderReturn::SignedIn(token, to)) => {
            let cookies = kept.into_iter().chain(Cookie::Session.set(&token, secure));
            with_cookies(render::see_other(&to), cookies)
        }
        Ok(ProviderReturn::On(to)) => with_cookies(render::see_other(&to), kept),
        Ok(ProviderReturn::Held(person)) => {
            let offer = account::offers::seal(call.desk(), &person, &back, call.now());
            let offer = offer.ok().and_then(|o| Cookie::Offer.set(&o, secure));
            with_cookies(render::see_other("/signin/link"), kept.into_iter().chain(offer))
        }
        Err(e) => {
            let gone = Cookie::Attempt.set_labelled(&label, "", secure);
            let response = if proves {
                render::refusal(&call, &e).await
            } else {
                trouble(&call, &e).await
            };
            with_cookies(response, gone)
        }
    }
}

async fn finish(call: &Call, leaving: Option<Leaving>, back: &str) -> Result<ProviderReturn> {
    // A callback that is opened again, whatever is left of its attempt, leads whoever is signed in
    // on.
    let gone = || match &call.actor {
        Some(_) => Ok(ProviderReturn::On(back.to_owned())),
        None => Err(Error::Refused(Why::AttemptGone)),
    };
    let Some(leaving) = leaving else {
        return gone();
    };
    let Some(attempt) = leaving.attempt else {
        return gone();
    };
    let asked = |name: &str| call.query.get(name).cloned();
    let callback = Callback {
        state: asked("state"),
        code: asked("code"),
        error: asked("error"),
        iss: asked("iss"),
    };
    let person = tokio::time::timeout(PATIENCE, call.site.oidc.finish(attempt, callback))
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
        return Ok(ProviderReturn::On(back.to_owned()));
    }
    let begun = match account::providers::sign_in_with_provider(call.desk(), &call.caller, &person).await {
        Err(Error::Refused(Why::AddressHeld)) => return Ok(ProviderReturn::Held(Box::new(person))),
        begun => begun?,
    };
    let to = if begun.factor_due {
        let back: String = url::form_urlencoded::byte_serialize(back.as_bytes()).collect();
        format!("/signin/code?back={back}")
    } else {
        back.to_owned()
    };
    Ok(ProviderReturn::SignedIn(begun.token, to))
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

fn with_cookies(mut response: Response, cookies: impl IntoIterator<Item = HeaderValue>) -> Response {
    for cookie in cookies {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}
