//! The site's files: in release builds part of the binary, in debug builds read from the site
//! folder, so that a watched stylesheet shows. Files come precompressed where the build made them
//! so, with an ETag of their content.
use crate::domain::Error;
use crate::site::call::Call;
use crate::web::render;
use axum::body::{Body, Bytes};
use axum::response::{IntoResponse as _, Response};
use http::Request;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use rust_embed::{Embed, EmbeddedFile};
use std::borrow::Cow;

#[derive(Embed)]
#[folder = "$ANTEROOM_SITE"]
#[allow_missing = true]
struct Files;

/// The file at `path` (without the slash before it), if there is one.
pub fn serve(path: &str, headers: &HeaderMap) -> Option<Response> {
    let plain = Files::get(path)?;
    let etag = etag(&plain);
    let known = headers
        .get(header::IF_NONE_MATCH)
        .is_some_and(|v| v.as_bytes() == etag.as_bytes());
    let mut response = if known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        whole(path, plain, headers)
    };
    let answer = response.headers_mut();
    answer.insert(header::ETAG, etag);
    answer.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    answer.insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static("public, no-cache"),
    );
    Some(response)
}

fn whole(path: &str, plain: EmbeddedFile, headers: &HeaderMap) -> Response {
    let accepted = headers
        .get(header::ACCEPT_ENCODING)
        .and_then(|v| v.to_str().ok())
        .unwrap_or_default();
    let takes = |name: &str| {
        accepted
            .split(',')
            .any(|part| part.split(';').next().map(str::trim) == Some(name) && !part.contains("q=0"))
    };
    let packed = [("br", "br"), ("gzip", "gz")]
        .into_iter()
        .filter(|(name, _)| takes(name))
        .find_map(|(name, end)| Some((name, Files::get(&format!("{path}.{end}"))?)));
    let (encoding, file) = packed.map_or((None, plain), |(name, file)| (Some(name), file));
    // Those that are part of the binary are sent from there: however many readers take their time, no
    // copy is held.
    let content = match file.data {
        Cow::Borrowed(bytes) => Bytes::from_static(bytes),
        Cow::Owned(bytes) => Bytes::from(bytes),
    };
    let mut response = ([(header::CONTENT_TYPE, kind(path))], content).into_response();
    if let Some(name) = encoding {
        response
            .headers_mut()
            .insert(header::CONTENT_ENCODING, HeaderValue::from_static(name));
    }
    response
}

fn etag(file: &EmbeddedFile) -> HeaderValue {
    let hex: String = file.metadata.sha256_hash()[..12]
        .iter()
        .map(|b| format!("{b:02x}"))
        .collect();
    HeaderValue::from_str(&format!("\"{hex}\"")).unwrap_or(HeaderValue::from_static("\"\""))
}

fn kind(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or_default() {
        "js" => "text/javascript; charset=utf-8",
        "wasm" => "application/wasm",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml; charset=utf-8",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "txt" => "text/plain; charset=utf-8",
        "webmanifest" => "application/manifest+json",
        _ => "application/octet-stream",
    }
}

/// Answers with the file of the site that a request names, or says that there is none.
pub async fn answer(call: Call, request: Request<Body>) -> Response {
    let path = request.uri().path().trim_start_matches('/');
    if matches!(*request.method(), http::Method::GET | http::Method::HEAD)
        && !path.is_empty()
        && let Some(file) = serve(path, request.headers())
    {
        return file;
    }
    if request.method() != http::Method::GET && request.method() != http::Method::HEAD {
        return StatusCode::NOT_FOUND.into_response();
    }
    render::refusal(&call, &Error::NotFound).await
}
