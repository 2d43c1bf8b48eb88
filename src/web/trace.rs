//! Every request has an id: around all that is logged for it, in its answer's header, and on the
//! page that says that something went wrong.
use crate::clock;
use crate::site::instance::Shared;
use axum::body::Body;
use axum::extract::{MatchedPath, State};
use axum::middleware::Next;
use axum::response::Response;
use http::{HeaderMap, HeaderName, HeaderValue, Request};
use tracing::Instrument as _;
use tracing::field::Empty;

/// The header that carries it, here and at most proxies.
const HEADER: HeaderName = HeaderName::from_static("x-request-id");

/// The most characters that are taken over from a proxy.
const LONGEST: usize = 64;

/// The id of an HTTP request, in its extensions: 32 hex digits, or what the proxy calls it.
#[derive(Clone)]
pub struct HttpRequestId(pub String);

/// Answers within a span that names the route, never the path: that may hold a link's secret or
/// what somebody typed.
pub async fn traced(State(site): State<Shared>, mut request: Request<Body>, next: Next) -> Response {
    let given = (site.trusted_hops > 0)
        .then(|| given(request.headers()))
        .flatten();
    let id = given.unwrap_or_else(|| site.desk.mint.salt());
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or("none", |path| path.as_str());
    // Whoever finds out which organisation it is adds that.
    let span =
        tracing::info_span!("http", request_id = id, method = %request.method(), route, organisation = Empty);
    request.extensions_mut().insert(HttpRequestId(id.clone()));
    let begun = clock::now();
    let answered = async {
        let response = next.run(request).await;
        let (status, ms) = (response.status(), clock::now().0 - begun.0);
        let code = status.as_u16();
        // What is our fault is in any log.
        if status.is_server_error() {
            tracing::warn!(status = code, ms, "answered");
        } else {
            tracing::debug!(status = code, ms, "answered");
        }
        response
    };
    let mut response = answered.instrument(span).await;
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(HEADER, value);
    }
    response
}

/// What a proxy calls the request, if that can stand in a log as it is.
fn given(headers: &HeaderMap) -> Option<String> {
    let id = headers.get(HEADER)?.to_str().ok()?;
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | ':' | '=' | '+' | '/');
    ((1..=LONGEST).contains(&id.len()) && id.chars().all(plain)).then(|| id.to_owned())
}
