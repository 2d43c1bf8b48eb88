//! Webhooks of chat platforms: believed by their signatures, kept, answered at once. What follows
//! is done by the worker.
use crate::chat;
use crate::chat::arrived::{HookAnswer, Inbound, KnownSecrets, Received, Refused};
use crate::desk;
use crate::desk::chat::connectors::ConnectorSecrets;
use crate::domain::connector::Platform;
use crate::domain::{Error, Result};
use crate::site::call::Call;
use crate::web::refusals;
use axum::body::{Body, to_bytes};
use axum::http::Request;
use axum::response::{IntoResponse as _, Response};
use http::request::Parts;
use http::{Method, StatusCode, header};
use std::time::Duration;

/// The largest delivery; WhatsApp sends up to 1,000 messages in one.
const LARGEST: usize = 1024 * 1024;
const LARGEST_WHATSAPP: usize = 3 * 1024 * 1024;
/// How long a delivery may take to arrive.
const PATIENCE: Duration = Duration::from_secs(10);

/// Answers a request to `/hooks/{kind}/{hook}`.
pub async fn receive(call: Call, request: Request<Body>) -> Response {
    match take(&call, request).await {
        Ok(HookAnswer::Empty) => StatusCode::OK.into_response(),
        Ok(HookAnswer::Text(text)) => {
            ([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response()
        }
        Ok(HookAnswer::Xml) => {
            let silence = r#"<?xml version="1.0" encoding="UTF-8"?><Response/>"#;
            ([(header::CONTENT_TYPE, "text/xml; charset=utf-8")], silence).into_response()
        }
        Err(status) => status.into_response(),
    }
}

async fn take(call: &Call, request: Request<Body>) -> Result<HookAnswer, StatusCode> {
    let platform = Platform::parse(call.param("kind")).ok_or(StatusCode::NOT_FOUND)?;
    let kept = desk::chat::arrivals::connector_of_hook(call.desk(), platform, call.param("hook"))
        .await
        .map_err(|e| {
            if e == Error::NotFound {
                refusals::note_as(call, refusals::SIGNATURE, "unknown-hook");
            }
            status(e)
        })?;
    let most = if platform == Platform::WhatsApp {
        LARGEST_WHATSAPP
    } else {
        LARGEST
    };
    let (parts, body) = request.into_parts();
    let body = tokio::time::timeout(PATIENCE, to_bytes(body, most))
        .await
        .map_err(|_| StatusCode::REQUEST_TIMEOUT)?;
    let body = body.map_err(|_| StatusCode::PAYLOAD_TOO_LARGE)?;
    let secrets = desk::chat::connectors::knows(call.desk(), &kept, call.now()).map_err(status)?;
    let received = match believed(call, platform, &secrets, (&parts, &body), false).await {
        Err(Refused::UnknownKey) => believed(call, platform, &secrets, (&parts, &body), true).await,
        other => other,
    };
    let received = match received {
        Ok(received) => received,
        Err(refused) => {
            tracing::warn!(platform = platform.as_str(), connector = %kept.connector.id, ?refused, "a \
                delivery was refused");
            refusals::note_as(call, refusals::SIGNATURE, refused.as_str());
            desk::chat::arrivals::note_refused(call.desk(), &kept, refused, call.now())
                .await
                .map_err(status)?;
            return Err(match refused {
                Refused::NotSigned | Refused::NotForUs => StatusCode::FORBIDDEN,
                Refused::Malformed => StatusCode::BAD_REQUEST,
                Refused::UnknownKey => StatusCode::SERVICE_UNAVAILABLE,
            });
        }
    };
    if received.not_for_us {
        desk::chat::arrivals::note_refused(call.desk(), &kept, Refused::NotForUs, call.now())
            .await
            .map_err(status)?;
    } else {
        desk::chat::arrivals::keep_arrivals(call.desk(), &kept, &received.arrived, call.now())
            .await
            .map_err(status)?;
    }
    Ok(received.answer)
}

/// What a delivery brings, if its proof holds by the secrets of now or of before. `missing`: of a
/// key that was not known, so that keys are asked for anew.
async fn believed(
    call: &Call,
    platform: Platform,
    (now, before): &(ConnectorSecrets, Option<ConnectorSecrets>),
    (parts, body): (&Parts, &[u8]),
    missing: bool,
) -> Result<Received, Refused> {
    let path = parts
        .uri
        .path_and_query()
        .map_or(parts.uri.path(), |p| p.as_str());
    // The address as it is configured: what stands in Host or was added by a proxy proves nothing.
    let url = format!("{}{path}", call.site.public_url);
    let inbound = Inbound {
        get: parts.method == Method::GET,
        url: &url,
        headers: &parts.headers,
        body,
        now: call.now(),
    };
    if platform == Platform::Teams {
        call.site.chat.learn_keys(missing).await;
    }
    let keys = call.site.chat.keys.read().await;
    let known = KnownSecrets {
        now,
        before: before.as_ref(),
        keys: keys.as_ref().map(|(keys, _)| keys),
    };
    chat::receive(platform, &inbound, &known)
}

fn status(e: Error) -> StatusCode {
    StatusCode::from_u16(e.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}
