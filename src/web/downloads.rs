//! What leaves as a file: uploads of an organisation's home page, and its export. Always saved, never shown in a page of this site.
use super::call::Call;
use super::render;
use crate::domain::ids::FileId;
use crate::domain::member::Membership;
use crate::domain::text::harmless;
use crate::domain::{Error, Result};
use crate::pages::insights;
use crate::store::insights::{Look, Shown};
use axum::body::Body;
use axum::response::{IntoResponse as _, Response};
use futures_util::stream;
use http::{HeaderValue, header};
use serde_json::json;

/// A file of the home page.
pub async fn upload(call: &Call) -> Response {
    let found = async {
        let id = FileId::try_from(call.param("file").to_owned())?;
        call.desk().house_file(call.member()?, &id).await
    };
    match found.await {
        Ok((name, bytes)) => answer("application/pdf", &name, bytes),
        Err(e) => render::refusal(call, &e).await,
    }
}

/// The whole organisation's data.
pub async fn export(call: &Call) -> Response {
    let made: Result<_> = async {
        let member = call.member()?;
        Ok((format!("{}.zip", member.slug), call.desk().export(call.actor()?, member).await?))
    }
    .await;
    match made {
        Ok((name, bytes)) => answer("application/zip", &name, bytes),
        Err(e) => render::refusal(call, &e).await,
    }
}

/// How many entries of the history are read at a time.
const CHUNK: usize = 500;

/// What is left to write of an export of the history.
struct Rest {
    call: Call,
    member: Membership,
    look: Look,
    csv: bool,
    /// The piece that goes next; None once everything was sent.
    piece: Option<String>,
    more: bool,
}

/// What insights show, all pages of it, as CSV or JSON. It is read in pieces, so that its size costs no memory.
pub async fn history(call: &Call) -> Response {
    let csv = call.asked("format") != "json";
    let made: Result<Rest> = async {
        let mut rest =
            Rest { call: call.clone(), member: call.member()?.clone(), look: insights::look(call)?, csv, piece: None, more: true };
        rest.read().await?;
        let head = if csv { "at,what,actor,actor_email,object,before,after,place,id\n" } else { "[" };
        let first = rest.piece.take().unwrap_or_default();
        // Pieces of JSON begin with the comma that parts them from the one before.
        rest.piece = Some(format!("{head}{}", if csv { first.as_str() } else { first.trim_start_matches(',') }));
        Ok(rest)
    }
    .await;
    match made {
        Ok(rest) => {
            let (kind, end) = if csv { ("text/csv; charset=utf-8", "csv") } else { ("application/json", "json") };
            let name = format!("{}-insights.{end}", rest.member.slug);
            answer(kind, &name, Body::from_stream(stream::unfold(rest, Rest::next)))
        }
        Err(e) => render::refusal(call, &e).await,
    }
}

impl Rest {
    async fn read(&mut self) -> Result<()> {
        let found = self.call.desk().insights(&self.member, &self.look, CHUNK).await?;
        self.more = found.next.is_some();
        self.look.before = found.next;
        let mut piece = found.entries.iter().map(|e| if self.csv { line(e) } else { Ok(object(e)) }).collect::<Result<String>>()?;
        if !self.more && !self.csv {
            piece += "\n]\n";
        }
        self.piece = Some(piece);
        Ok(())
    }

    async fn next(mut self) -> Option<(Result<String>, Self)> {
        let piece = self.piece.take()?;
        if self.more
            && let Err(e) = self.read().await
        {
            // What was sent cannot be taken back: the connection breaks off, and the browser says that the file is not whole.
            self.more = false;
            return Some((Err(e), self));
        }
        Some((Ok(piece), self))
    }
}

fn line(e: &Shown) -> Result<String> {
    let d = e.facts().unwrap_or_default();
    let or = |v: Option<String>| v.unwrap_or_default();
    let cells = [
        e.at.rfc3339(),
        e.what.clone(),
        e.actor.clone(),
        e.actor_email.clone(),
        e.object.clone(),
        or(d.before),
        or(d.after),
        or(d.place),
        e.id.clone(),
    ];
    let mut csv = csv::Writer::from_writer(Vec::new());
    csv.write_record(cells.map(|c| harmless(&c))).map_err(|_| Error::Internal)?;
    String::from_utf8(csv.into_inner().map_err(|_| Error::Internal)?).map_err(|_| Error::Internal)
}

fn object(e: &Shown) -> String {
    let d = e.facts().unwrap_or_default();
    let erased = e.detail.is_none();
    let object = json!({
        "at": e.at.rfc3339(), "what": e.what, "actor": e.actor, "actor_email": e.actor_email, "object": e.object,
        "before": d.before, "after": d.after, "place": d.place, "erased": erased, "id": e.id,
    });
    format!(",\n{object}")
}

fn answer(kind: &'static str, name: &str, body: impl Into<Body>) -> Response {
    // RFC 6266 with the encoding of RFC 8187: everything but unreserved characters is escaped.
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-._".contains(&b);
    let name: String = name.bytes().map(|b| if plain(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect();
    let disposition = HeaderValue::from_str(&format!("attachment; filename*=UTF-8''{name}"));
    let mut response = ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "private, no-store")], body.into()).into_response();
    if let Ok(disposition) = disposition {
        response.headers_mut().insert(header::CONTENT_DISPOSITION, disposition);
    }
    response
}
