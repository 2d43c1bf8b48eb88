//! For machines: alive, ready, and metrics in Prometheus' text format.
use crate::desk::operator;
use crate::site::call::Call;
use crate::web::refusals;
use axum::response::{IntoResponse as _, Response};
use http::{HeaderMap, StatusCode, header};
use metrics_exporter_prometheus::PrometheusHandle;
use secrecy::{ExposeSecret as _, SecretString};
use subtle::ConstantTimeEq as _;

/// `GET /healthz`: the process answers.
pub async fn alive() -> Response {
    "ok\n".into_response()
}

/// `GET /readyz`: the database answers, and the server is not about to stop.
pub async fn ready(call: Call) -> Response {
    if call.site.stopping.is_cancelled() {
        return (StatusCode::SERVICE_UNAVAILABLE, "stopping\n").into_response();
    }
    match operator::ping(call.desk()).await {
        Ok(()) => "ready\n".into_response(),
        Err(_) => (
            StatusCode::SERVICE_UNAVAILABLE,
            [(header::RETRY_AFTER, "5")],
            "the database does not answer\n",
        )
            .into_response(),
    }
}

/// `GET /metrics` on the main address: only with the configured bearer token; without one
/// configured it does not exist here.
pub async fn metrics(call: Call, headers: HeaderMap) -> Response {
    match &call.site.metrics_token {
        Some(token) => {
            let answer = guarded(&call.site.metrics, Some(token), &headers);
            if answer.status() == StatusCode::UNAUTHORIZED {
                refusals::note_as(&call, refusals::AUTHENTICATION, "metrics-token");
            }
            answer
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// The metrics, for who brings the token, if one is demanded.
pub fn guarded(handle: &PrometheusHandle, token: Option<&SecretString>, headers: &HeaderMap) -> Response {
    let sent = headers
        .get(header::AUTHORIZATION)
        .map_or(&[][..], |a| a.as_bytes());
    let wanted = token.map(|t| format!("Bearer {}", t.expose_secret()));
    if wanted.is_some_and(|w| !bool::from(sent.ct_eq(w.as_bytes()))) {
        return (StatusCode::UNAUTHORIZED, [(header::WWW_AUTHENTICATE, "Bearer")]).into_response();
    }
    (
        [(header::CONTENT_TYPE, "text/plain; version=0.0.4")],
        handle.render(),
    )
        .into_response()
}
