//! For machines: alive, ready, and metrics in Prometheus' text format.
use crate::desk::{deliveries, operator};
use crate::site::Site;
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

/// `GET /readyz`: the database answers, and the server is not about to stop. `?verbose` also tells
/// how deliveries stand, to whom the metrics are open.
pub async fn ready(call: Call, headers: HeaderMap) -> Response {
    if call.query.contains_key("verbose") {
        return match &call.site.metrics_token {
            Some(token) if is_let_in(Some(token), &headers) => verbose(&call.site).await,
            Some(_) => unknown(),
            None => StatusCode::NOT_FOUND.into_response(),
        };
    }
    readiness(&call.site).await
}

/// As [`ready`], where the metrics are served apart: to whoever may read those.
pub async fn ready_apart(
    site: &Site,
    token: Option<&SecretString>,
    headers: &HeaderMap,
    query: Option<&str>,
) -> Response {
    match query {
        Some("verbose") if is_let_in(token, headers) => verbose(site).await,
        Some("verbose") => unknown(),
        _ => readiness(site).await,
    }
}

async fn verbose(site: &Site) -> Response {
    let ready = readiness(site).await;
    let status = ready.status();
    match deliveries::standing(&site.desk).await {
        Ok(standing) => (status, standing.to_string()).into_response(),
        Err(_) => ready,
    }
}

async fn readiness(site: &Site) -> Response {
    if site.stopping.is_cancelled() {
        return (StatusCode::SERVICE_UNAVAILABLE, "stopping\n").into_response();
    }
    match operator::ping(&site.desk).await {
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
    if !is_let_in(token, headers) {
        return unknown();
    }
    (
        [(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")],
        handle.render(),
    )
        .into_response()
}

/// Whether the caller brings the token, if one is demanded.
fn is_let_in(token: Option<&SecretString>, headers: &HeaderMap) -> bool {
    let sent = headers
        .get(header::AUTHORIZATION)
        .map_or(&[][..], |a| a.as_bytes());
    let wanted = token.map(|t| format!("Bearer {}", t.expose_secret()));
    wanted.is_none_or(|w| bool::from(sent.ct_eq(w.as_bytes())))
}

fn unknown() -> Response {
    (StatusCode::UNAUTHORIZED, [(header::WWW_AUTHENTICATE, "Bearer")]).into_response()
}
