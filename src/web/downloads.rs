//! What leaves as a file: uploads of an organisation's home page, and its export. Always saved,
//! never shown in a page of this site.
use super::render;
use crate::desk::organisation;
use crate::domain::ids::FileId;
use crate::domain::{Result, text};
use crate::site::call::Call;
use axum::body::Body;
use axum::response::{IntoResponse as _, Response};
use http::{HeaderValue, header};

/// A file of the home page.
pub async fn upload(call: Call) -> Response {
    let call = &call;
    let found = async {
        let id = FileId::try_from(call.param("file").to_owned())?;
        organisation::home_page::house_file(call.desk(), call.member()?, &id).await
    };
    match found.await {
        Ok((name, bytes)) => answer("application/pdf", &name, bytes),
        Err(e) => render::refusal(call, &e).await,
    }
}

/// The whole organisation's data.
pub async fn export(call: Call) -> Response {
    let call = &call;
    let made: Result<_> = async {
        let member = call.member()?;
        Ok((
            format!("{}.zip", member.slug),
            organisation::export::export(call.desk(), call.actor()?, member).await?,
        ))
    }
    .await;
    match made {
        Ok((name, bytes)) => answer("application/zip", &name, bytes),
        Err(e) => render::refusal(call, &e).await,
    }
}

/// A file to save.
pub(super) fn answer(kind: &'static str, name: &str, body: impl Into<Body>) -> Response {
    // RFC 6266 with the encoding of RFC 8187: everything but unreserved characters is escaped.
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-._".contains(&b);
    let name: String = text::file_name(name)
        .bytes()
        .map(|b| {
            if plain(b) {
                char::from(b).to_string()
            } else {
                format!("%{b:02X}")
            }
        })
        .collect();
    let disposition = HeaderValue::from_str(&format!("attachment; filename*=UTF-8''{name}"));
    let mut response = (
        [
            (header::CONTENT_TYPE, kind),
            (header::CACHE_CONTROL, "private, no-store"),
        ],
        body.into(),
    )
        .into_response();
    if let Ok(disposition) = disposition {
        response
            .headers_mut()
            .insert(header::CONTENT_DISPOSITION, disposition);
    }
    response
}
