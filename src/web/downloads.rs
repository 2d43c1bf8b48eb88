//! What leaves as a file: uploads of an organisation's home page, and its export, piece by piece.
//! Always saved, never shown in a page of this site.
use super::render;
use crate::desk::organisation;
use crate::domain::ids::{ExportId, FileId};
use crate::domain::{Error, Result, text};
use crate::site::call::Call;
use crate::site::shares::AccountShare;
use axum::body::Body;
use axum::response::{IntoResponse as _, Response};
use futures_util::stream;
use http::{HeaderValue, header};
use std::future::Future;

/// A file of the home page.
pub async fn upload(call: Call) -> Response {
    let found = async {
        let share = call.site.shares.files.take(call.actor()?.id())?;
        let (id, member) = (
            FileId::try_from(call.param("file").to_owned())?,
            call.member()?.clone(),
        );
        let (name, size) = organisation::home_page::house_file(call.desk(), &member, &id).await?;
        Ok((share, id, member, name, size))
    };
    match found.await {
        Ok((share, id, member, name, size)) => {
            let desk = call.desk().clone();
            let pieces = in_pieces(size, share, move |number| {
                let (desk, member, id) = (desk.clone(), member.clone(), id.clone());
                async move { organisation::home_page::house_file_piece(&desk, &member, &id, number).await }
            });
            sized(answer("application/pdf", &name, pieces), size)
        }
        Err(e) => render::refusal(&call, &e).await,
    }
}

/// The organisation's data, once it was made.
pub async fn export(call: Call) -> Response {
    let found = async {
        let share = call.site.shares.files.take(call.actor()?.id())?;
        let (id, member) = (
            ExportId::try_from(call.param("export").to_owned())?,
            call.member()?.clone(),
        );
        let found = organisation::export::find_export(call.desk(), &member, &id, call.now()).await?;
        Ok((share, found, member))
    };
    match found.await {
        Ok((share, found, member)) => {
            let (desk, name) = (call.desk().clone(), format!("{}.zip", member.slug));
            let size = found.size;
            let pieces = in_pieces(size, share, move |number| {
                let (desk, member, id) = (desk.clone(), member.clone(), found.id.clone());
                async move { organisation::export::export_piece(&desk, &member, &id, number).await }
            });
            sized(answer("application/zip", &name, pieces), size)
        }
        Err(e) => render::refusal(&call, &e).await,
    }
}

/// A body of `size` bytes in pieces by their numbers, each read when the one before it was taken; the
/// share is given back with the last, or when the reader is gone.
/// Where one is missing the connection breaks off: what came must not look whole.
fn in_pieces<F>(size: i64, share: AccountShare, read: impl Fn(i64) -> F + Send + 'static) -> Body
where
    F: Future<Output = Result<Option<Vec<u8>>>> + Send + 'static,
{
    Body::from_stream(stream::try_unfold(
        (read, share, 0, size),
        async move |(read, share, number, left)| {
            if left <= 0 {
                return Ok(None);
            }
            let piece = read(number).await?.ok_or(Error::Unavailable)?;
            let left = left - i64::try_from(piece.len()).unwrap_or(i64::MAX);
            Ok::<_, Error>(Some((piece, (read, share, number + 1, left))))
        },
    ))
}

/// Says how much comes: whoever gets less knows that it is not whole.
fn sized(mut response: Response, bytes: i64) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(bytes));
    response
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
