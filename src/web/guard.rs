//! What holds for every request: posts only from this site's own pages, security headers, limits on
//! size and time.
use super::{gate, trace};
use crate::site::instance::Shared;
use crate::words::Words;
use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::middleware::{self, Next};
use axum::response::{IntoResponse as _, Response};
use http::{HeaderName, HeaderValue, Method, Request, StatusCode, header};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::csrf::CsrfLayer;

/// The largest body of a post.
pub const BODY_LIMIT: usize = 64 * 1024;

/// Wraps the router in the guards that need nothing of the call.
pub fn guard(router: Router, site: &Shared) -> Router {
    let csrf = CsrfLayer::new()
        .add_trusted_origin(&site.public_url)
        .unwrap_or_else(|_| CsrfLayer::new());
    router
        .layer(middleware::from_fn_with_state(site.clone(), require_evidence))
        .layer(csrf)
        // The last resort: a panic ends one request, not the connection, and tells nothing.
        .layer(CatchPanicLayer::custom(|_: Box<dyn std::any::Any + Send>| {
            tracing::error!("a request panicked");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }))
        .layer(middleware::from_fn_with_state(site.clone(), headers))
        .layer(middleware::from_fn_with_state(site.clone(), trace::traced))
}

/// `CsrfLayer` lets a post pass that has neither `Origin` nor `Sec-Fetch-Site`, for programs. Here
/// such a post is refused, except under `/hooks/`, whose callers sign, and with a bearer token,
/// which no other site can make a browser send.
async fn require_evidence(State(site): State<Shared>, request: Request<Body>, next: Next) -> Response {
    let safe = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    let h = request.headers();
    let program = request.uri().path().starts_with("/hooks/")
        || h.get(header::AUTHORIZATION)
            .is_some_and(|a| a.as_bytes().starts_with(b"Bearer "));
    let origin = h
        .get(header::ORIGIN)
        .map(|o| o.as_bytes() == site.public_url.as_bytes());
    let same_site = h.get("sec-fetch-site").map(|s| s.as_bytes() == b"same-origin");
    // An origin that is there must be ours, whatever the Host header pretends; without one the
    // browser's own word must say so.
    if safe || program || origin.unwrap_or(same_site == Some(true)) && same_site.unwrap_or(true) {
        return next.run(request).await;
    }
    // Whoever reached the site by another address than its own sees the right one.
    let words = Words(gate::language(h, None));
    (
        StatusCode::FORBIDDEN,
        words.tell("error-cross-site", &[("url", &site.public_url)]),
    )
        .into_response()
}

const FIXED: [(&str, &str); 7] = [
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "same-origin"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("x-frame-options", "DENY"),
    (
        "permissions-policy",
        "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    ),
    (
        "content-security-policy",
        "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    ),
];

/// Sets the headers that every answer has. Pages bring a policy of their own, which is kept.
async fn headers(State(site): State<Shared>, request: Request<Body>, next: Next) -> Response {
    let mut response = next.run(request).await;
    let busy = response.status() == StatusCode::SERVICE_UNAVAILABLE;
    let answer = response.headers_mut();
    for (name, value) in FIXED {
        answer
            .entry(HeaderName::from_static(name))
            .or_insert(HeaderValue::from_static(value));
    }
    if busy {
        answer
            .entry(header::RETRY_AFTER)
            .or_insert(HeaderValue::from_static("5"));
    }
    if site.secure {
        answer.insert(
            header::STRICT_TRANSPORT_SECURITY,
            HeaderValue::from_static("max-age=31536000; includeSubDomains"),
        );
    }
    answer
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
    response
}
