//! What holds for every request: posts only from this site's own pages, security headers, limits on
//! size and time.
use super::{gate, refusals, spelling, trace};
use crate::site::instance::Shared;
use crate::words::Words;
use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::middleware::{self, Next};
use axum::response::{IntoResponse as _, Response};
use http::uri::Authority;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, StatusCode, Version, header};
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
        .layer(middleware::from_fn(spelling::respell))
        .layer(middleware::from_fn(require_host))
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
    let (parts, _) = request.into_parts();
    refusals::note_request(&site, &parts, refusals::ORIGIN, "cross-site");
    // Whoever reached the site by another address than its own sees the right one.
    let words = Words(gate::language(&parts.headers, None));
    (
        StatusCode::FORBIDDEN,
        words.tell("error-cross-site", &[("url", &site.public_url)]),
    )
        .into_response()
}

/// A request names one host, and one that can be one (RFC 9112, 3.2). Which one it is changes nothing
/// here: links and cookies come from the configured URL alone, so that health checks may use an
/// address. Where the target itself names a host, that must be the same.
async fn require_host(request: Request<Body>, next: Next) -> Response {
    let mut hosts = request.headers().get_all(header::HOST).iter();
    let named = match (hosts.next(), hosts.next()) {
        (Some(host), None) => Authority::try_from(host.as_bytes()).ok(),
        _ => None,
    };
    let target = request.uri().authority();
    let same = |host: &Authority| target.is_none_or(|t| t.as_str().eq_ignore_ascii_case(host.as_str()));
    let plain = |host: &Authority| !host.as_str().contains('@');
    // HTTP/1.0 knows no host.
    let before = request.version() < Version::HTTP_11 && !request.headers().contains_key(header::HOST);
    if before || named.as_ref().is_some_and(|host| plain(host) && same(host)) {
        return next.run(request).await;
    }
    let words = Words(gate::language(request.headers(), None));
    (StatusCode::BAD_REQUEST, words.say("error-malformed")).into_response()
}

/// How long to wait before another try where nothing else is known, in seconds: what is full or does
/// not answer seldom heals at once.
const RETRY: &str = "10";

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

/// Sets the headers that every answer has, also one that no router gives. What is there is kept:
/// pages bring a policy of their own. `https_only`: what browsers are to remember of it, where the
/// site is reached by https alone.
pub fn dress(answer: &mut HeaderMap, https_only: Option<&'static str>) {
    for (name, value) in FIXED {
        answer
            .entry(HeaderName::from_static(name))
            .or_insert(HeaderValue::from_static(value));
    }
    if let Some(told) = https_only {
        answer.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static(told));
    }
    answer
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
}

async fn headers(State(site): State<Shared>, request: Request<Body>, next: Next) -> Response {
    let mut response = next.run(request).await;
    let later = matches!(
        response.status(),
        StatusCode::SERVICE_UNAVAILABLE | StatusCode::INSUFFICIENT_STORAGE | StatusCode::TOO_MANY_REQUESTS
    );
    let answer = response.headers_mut();
    if later {
        answer
            .entry(header::RETRY_AFTER)
            .or_insert(HeaderValue::from_static(RETRY));
    }
    dress(answer, site.https_only);
    response
}
