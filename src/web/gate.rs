//! The gate: every request becomes a [`Call`] here, with the session looked up anew, so that what
//! was revoked is revoked at once.
use crate::clock;
use crate::desk::account::accounts::known_zone;
use crate::desk::{Caller, account};
use crate::domain::account::Language;
use crate::domain::posted::PostedForm;
use crate::domain::shown_once::ShownOnce;
use crate::domain::{Error, Result, text};
use crate::site::call::Call;
use crate::site::cookies::Cookie;
use crate::site::instance::Shared;
use crate::site::place;
use crate::web::render;
use crate::web::trace::HttpRequestId;
use axum::body::Body;
use axum::extract::State;
use axum::middleware::Next;
use axum::response::Response;
use http::request::Parts;
use http::{HeaderMap, Request, header};
use std::collections::HashMap;

/// Puts the [`Call`] into the request's extensions, or answers with the reason why there is none.
pub async fn pass(State(site): State<Shared>, request: Request<Body>, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let mut call = stranger(&site, &parts);
    if let Err(e) = fill(&mut call, &parts).await {
        return render::refusal(&call, &e).await;
    }
    parts.extensions.insert(call);
    next.run(Request::from_parts(parts, body)).await
}

/// The call before anything was looked up.
fn stranger(site: &Shared, parts: &Parts) -> Call {
    let headers = &parts.headers;
    let language = language(headers, Cookie::Language.read(headers, site.secure));
    let agent = headers
        .get(header::USER_AGENT)
        .and_then(|v| v.to_str().ok())
        .unwrap_or_default();
    let caller = Caller {
        now: clock::now(),
        place: place::of_parts(parts, site.trusted_hops),
        agent: text::tamed(agent, 200),
        language,
        zone: Cookie::Zone
            .read(headers, site.secure)
            .and_then(|zone| known_zone(&zone)),
        session: None,
        posted: PostedForm::default(),
    };
    Call {
        site: site.clone(),
        caller,
        actor: None,
        half: None,
        member: None,
        path: parts.uri.path().to_owned(),
        query: HashMap::new(),
        params: HashMap::new(),
        draft: None,
        once: ShownOnce::Nothing,
        browser: Cookie::Browser.read(headers, site.secure),
        offer: Cookie::Offer.read(headers, site.secure),
        nonce: site.desk.mint.salt(),
        press: site.desk.mint.salt(),
        request_id: parts
            .extensions
            .get::<HttpRequestId>()
            .map_or_else(String::new, |id| id.0.clone()),
    }
}

async fn fill(call: &mut Call, parts: &Parts) -> Result<()> {
    if let Some(token) = Cookie::Session.read(&parts.headers, call.site.secure)
        && let Some(actor) = account::sessions::find_actor(&call.site.desk, &token, &call.caller).await?
    {
        call.caller = actor.caller.clone();
        call.site.seen.note(&actor.session, call.caller.now);
        if actor.session.factor_due {
            call.half = Some(actor)
        } else {
            call.actor = Some(actor)
        }
    }
    call.query = single_values(parts.uri.query().unwrap_or_default())?;
    // Only a page that was just redirected to looks for a draft: elsewhere an old failure would
    // only confuse.
    if call.query.contains_key("failed") {
        let (desk, now) = (&call.site.desk, call.caller.now);
        // What a stranger typed is nothing to whoever is signed in by now, nor the other way round.
        call.draft = match (&call.actor, &call.browser) {
            (Some(actor), Some(browser)) => {
                account::drafts::find(desk, actor, browser, &call.path, now).await?
            }
            (Some(_), None) => None,
            (None, _) => Cookie::Draft
                .read(&parts.headers, call.site.secure)
                .and_then(|sealed| account::drafts::carried(desk, &call.path, &sealed, now)),
        };
    }
    if let Some(key) = call.query.get("shown")
        && is_a_look(parts)
    {
        call.once = match &call.actor {
            Some(actor) => {
                account::shown_once::take(&call.site.desk, actor, key, &call.path, call.caller.now).await?
            }
            None => ShownOnce::Gone,
        };
    }
    Ok(())
}

/// Whether somebody looks at the page: not a program that asks for its head, and not a browser that
/// fetches it ahead.
fn is_a_look(parts: &Parts) -> bool {
    let ahead = ["sec-purpose", "purpose", "x-moz"].iter().any(|name| {
        let value = parts.headers.get(*name).and_then(|v| v.to_str().ok());
        value.is_some_and(|v| v.contains("prefetch") || v.contains("preview"))
    });
    parts.method == http::Method::GET && !ahead
}

/// Names and values; a name that comes twice, or as a list, is refused: whoever reads one of two
/// values reads the wrong one.
pub fn single_values(encoded: &str) -> Result<HashMap<String, String>> {
    let mut values = HashMap::new();
    for (name, value) in url::form_urlencoded::parse(encoded.as_bytes()) {
        insert_single(&mut values, name.into_owned(), value.into_owned())?;
    }
    Ok(values)
}

/// Adds one, if it is no list and none of its name is there.
pub fn insert_single(values: &mut HashMap<String, String>, name: String, value: String) -> Result<()> {
    if name.contains(['[', ']']) || values.insert(name, value).is_some() {
        return Err(Error::Malformed);
    }
    Ok(())
}

/// The chosen language, else the first one the browser asks for that there is, else English.
pub fn language(headers: &HeaderMap, chosen: Option<String>) -> Language {
    let asked = headers
        .get(header::ACCEPT_LANGUAGE)
        .and_then(|v| v.to_str().ok())
        .unwrap_or_default();
    let mut wanted: Vec<(f32, &str)> = asked
        .split(',')
        .map(|part| match part.trim().split_once(";q=") {
            Some((tag, q)) => (q.parse().unwrap_or(0.0), tag),
            None => (1.0, part.trim()),
        })
        .collect();
    wanted.sort_by(|a, b| b.0.total_cmp(&a.0));
    let asked_for = wanted
        .into_iter()
        .filter(|(q, _)| *q > 0.0)
        .find_map(|(_, tag)| Language::from_tag(tag));
    chosen
        .and_then(|c| Language::from_tag(&c))
        .or(asked_for)
        .unwrap_or_default()
}
