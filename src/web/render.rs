//! From a page to an answer. The page's data is there before drawing begins, so status, title and
//! redirect are known at once.
use crate::desk::deliveries;
use crate::domain::member::Membership;
use crate::domain::{Error, Result};
use crate::pages::people::customers;
use crate::pages::{self, Frame, Sheet};
use crate::site::call::Call;
use crate::site::instance::Shared;
use crate::web::{policy_reports, refusals};
use axum::body::Body;
use axum::response::{IntoResponse as _, Redirect, Response};
use http::{HeaderValue, Request, StatusCode, header};
use leptos::nonce::Nonce;
use leptos::prelude::provide_context;
use std::sync::{Arc, Mutex};

/// Draws a page, or what stands in its place.
pub async fn page(call: &Call, sheet: Result<Sheet>) -> Response {
    match sheet {
        Ok(mut sheet) => {
            if let Some(member) = call
                .member
                .as_ref()
                .filter(|_| matches!(sheet.frame, Frame::House(_)))
            {
                sheet.troubled = troubled(call, member).await;
            }
            draw(call, sheet).await
        }
        // Whoever belongs nowhere any more finds nothing where they belonged.
        Err(Error::NotFound) => match gone(call).await {
            Some(goodbye) => draw(call, goodbye).await,
            None => refusal(call, &Error::NotFound).await,
        },
        Err(e) => refusal(call, &e).await,
    }
}

/// The way to `/goodbye`, for whoever is to be sent there; never a reason for an error.
async fn gone(call: &Call) -> Option<Sheet> {
    call.actor.as_ref()?;
    customers::gone(call).await.ok().flatten()
}

/// How many channels in trouble a page tells of: never a reason for the page not to come.
async fn troubled(call: &Call, member: &Membership) -> usize {
    deliveries::troubled(call.desk(), member)
        .await
        .map_or(0, |troubled| troubled.len())
}

/// The page for an error, which is written down where it is one to watch for.
pub async fn refusal(call: &Call, error: &Error) -> Response {
    refusals::note(call, error);
    let response = explained(call, error).await;
    refusals::hold(call, error).await;
    response
}

/// The page for an error: to sign-in and back for those who must sign in first, else what is wrong
/// and what to do.
pub async fn explained(call: &Call, error: &Error) -> Response {
    let back = || url::form_urlencoded::byte_serialize(whole_path(call).as_bytes()).collect::<String>();
    match error {
        Error::SignInRequired => see_other(&format!("/signin?back={}", back())),
        Error::SecondFactorDue => see_other(&format!("/signin/code?back={}", back())),
        error => {
            let mut response = draw(call, pages::trouble::sheet(call, error)).await;
            say_when(&mut response, call, error);
            response
        }
    }
}

/// Says in the answer's header after how many seconds another try makes sense, where that is known.
pub fn say_when(response: &mut Response, call: &Call, error: &Error) {
    let seconds = match error {
        Error::TooManyTries { wait_seconds } => *wait_seconds,
        Error::DayIsFull { at, .. } => (at.0 - call.now().0) / 1000,
        _ => return,
    };
    response
        .headers_mut()
        .insert(header::RETRY_AFTER, HeaderValue::from(seconds.max(1)));
}

fn whole_path(call: &Call) -> String {
    let query: String = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(&call.query)
        .finish();
    if query.is_empty() {
        call.path.clone()
    } else {
        format!("{}?{query}", call.path)
    }
}

/// "See other": the answer to a post that went well, and to a page that is elsewhere.
pub fn see_other(to: &str) -> Response {
    Redirect::to(to).into_response()
}

async fn draw(call: &Call, sheet: Sheet) -> Response {
    if let Some(to) = &sheet.elsewhere {
        return see_other(to);
    }
    let status = StatusCode::from_u16(sheet.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let (context, nonce) = (call.clone(), call.nonce.clone());
    // Leptos may call the view more than once in principle; this one is drawn exactly once.
    let once = Arc::new(Mutex::new(Some((call.clone(), sheet))));
    let view = move || {
        once.lock()
            .ok()
            .and_then(|mut s| s.take())
            .map(|(call, sheet)| pages::shell::document(&call, sheet))
    };
    let handler = leptos_axum::render_app_async_with_context(
        move || {
            provide_context(context.clone());
            provide_context(Nonce::from_value(nonce.clone()));
        },
        view,
    );
    let mut response = handler(
        Request::builder()
            .uri(call.path.as_str())
            .body(Body::empty())
            .unwrap_or_default(),
    )
    .await;
    *response.status_mut() = status;
    if let Ok(policy) = HeaderValue::from_str(&page_policy(&call.site, &call.nonce)) {
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
        let reports = format!("policy=\"{}\"", policy_reports::PATH);
        if let Ok(reports) = HeaderValue::from_str(&reports) {
            headers.insert("reporting-endpoints", reports);
        }
    }
    response
}

/// The policy of a page whose scripts carry this nonce.
pub fn page_policy(site: &Shared, nonce: &str) -> String {
    let reload = if site.watched {
        format!(
            " ws://{}:{} ws://localhost:{1}",
            site.leptos.site_addr.ip(),
            site.leptos.reload_port
        )
    } else {
        String::new()
    };
    let reports = policy_reports::PATH;
    format!(
        "default-src 'none'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; style-src 'self'; img-src \
         'self' data:; connect-src 'self'{reload}; form-action 'self'; base-uri 'none'; frame-ancestors \
         'none'; object-src 'none'; report-uri {reports}; report-to policy"
    )
}
