//! Posts to server functions, the same with and without scripts. With scripts the answer is JSON.
//! Without, success goes on to a path of this site, and failure goes back to the form's page, which
//! shows the reason and what was typed: both wait in a draft of this browser. What was made and is
//! shown once waits for the session that it was made for.
use super::guard::BODY_LIMIT;
use super::settling::{FormOutcome, Settled, bare, marked, once, press};
use super::{admission, gate, refusals, render};
use crate::desk::account;
use crate::desk::faults::broken;
use crate::domain::answer::{Done, Refusal};
use crate::domain::draft::{self, Draft};
use crate::domain::posted::{FormPress, PostedForm};
use crate::domain::{Error, Result, path};
use crate::site::call::Call;
use crate::site::cookies::Cookie;
use crate::site::shares::AccountShare;
use crate::site::upload::{PostedFile, Upload};
use crate::web::doors::door::{Door, Needs};
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{DefaultBodyLimit, FromRequest as _, Multipart};
use axum::response::{IntoResponse as _, Response};
use http::response::Parts;
use http::{HeaderValue, Request, StatusCode, header, request};
use leptos::prelude::provide_context;
use std::collections::HashMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

/// The largest answer of a server function.
const ANSWER_LIMIT: usize = 4 * 1024 * 1024;

/// What changes something by a form that may bring a file.
type FormHandler = fn(Call, Upload) -> Pin<Box<dyn Future<Output = Result<Done>> + Send>>;

/// Answers a post to the server function behind a door.
pub async fn post(call: Call, request: Request<Body>, door: &Door) -> Response {
    let as_page = wants_page(&request);
    let (parts, body) = request.into_parts();
    let room = room(&call, &parts, door.limit);
    let taken = match &room {
        Ok(_) => encoded(&call, &parts, body, door.limit).await,
        Err(e) => Err(e.clone()),
    };
    let (fields, settled) = match taken.map_err(|e| before_all(&call, door, e)) {
        Ok((encoded, fields)) => {
            let press = press(&call, &fields, &encoded);
            let settled = once(&call, &fields, press.as_deref(), || async {
                match admitted(&call, door, &fields, press.clone()).await {
                    Ok(inside) => run(&inside, parts.uri.clone(), encoded).await,
                    Err(e) => FormOutcome::refused(Refusal::new(e, &call)),
                }
            });
            let settled = settled.await;
            (fields, settled)
        }
        Err(e) => (HashMap::new(), Settled::refused(Refusal::new(e, &call))),
    };
    answer(&call, as_page, &fields, settled).await
}

/// Answers a post that may bring a file.
pub async fn upload(call: Call, request: Request<Body>, door: &Door, change: FormHandler) -> Response {
    let as_page = wants_page(&request);
    let (parts, body) = request.into_parts();
    let room = room(&call, &parts, door.limit);
    let taken = match &room {
        Ok(_) => posted(&call, &parts, body, door.limit).await,
        Err(e) => Err(e.clone()),
    };
    let (fields, settled) = match taken.map_err(|e| before_all(&call, door, e)) {
        Ok(upload) => {
            let fields = upload.fields.clone();
            let press = press(&call, &fields, &upload.content());
            let settled = once(&call, &fields, press.as_deref(), || async {
                let changed = match admitted(&call, door, &fields, press.clone()).await {
                    Ok(inside) => change(inside, upload).await,
                    Err(e) => Err(e),
                };
                FormOutcome {
                    answer: changed.map_err(|e| Refusal::new(e, &call)),
                    cookies: Vec::new(),
                }
            });
            let settled = settled.await;
            (fields, settled)
        }
        Err(e) => (HashMap::new(), Settled::refused(Refusal::new(e, &call))),
    };
    answer(&call, as_page, &fields, settled).await
}

/// What whoever lacks an account hears at a door that needs one, whatever else is wrong with what they
/// sent: a session that ended while a file was chosen is not a file in a wrong format.
fn before_all(call: &Call, door: &Door, e: Error) -> Error {
    match door.needs {
        Needs::Nobody | Needs::Demo | Needs::HalfSignedIn => e,
        _ => call.actor().err().unwrap_or(e),
    }
}

/// The call as it is behind the door, which may be an organisation's that the form names, with what
/// the form says of itself.
async fn admitted(
    call: &Call,
    door: &Door,
    fields: &HashMap<String, String>,
    press: Option<Arc<FormPress>>,
) -> Result<Call> {
    drawn_for(call, fields.get("as").map_or("", String::as_str))?;
    let mut inside = call.clone();
    admission::admit(&mut inside, door.needs, fields.get("org").map(String::as_str)).await?;
    let posted = PostedForm {
        seen: fields.get("seen").cloned().unwrap_or_default(),
        press,
    };
    for caller in [
        inside.actor.as_mut().map(|a| &mut a.caller),
        inside.half.as_mut().map(|a| &mut a.caller),
        Some(&mut inside.caller),
    ]
    .into_iter()
    .flatten()
    {
        caller.posted = posted.clone();
    }
    Ok(inside)
}

/// Refuses what comes from a page that was drawn for another account than the one that is signed in by now.
pub(super) fn drawn_for(call: &Call, whom: &str) -> Result<()> {
    match call.actor.as_ref().or(call.half.as_ref()) {
        Some(actor) if !whom.is_empty() && whom != actor.id().as_str() => Err(Error::OtherPerson {
            name: actor.account.name.clone(),
        }),
        _ => Ok(()),
    }
}

/// A form as it stands, with its file if it brings one. Whoever is not signed in brings none.
async fn posted(call: &Call, parts: &request::Parts, body: Body, limit: usize) -> Result<Upload> {
    if media(parts) != Some("multipart/form-data") {
        let (_, fields) = encoded(call, parts, body, limit).await?;
        return Ok(Upload { fields, file: None });
    }
    if call.actor.is_none() {
        return Err(Error::UnsupportedMedia);
    }
    let bytes = to_bytes(body, least(call, limit))
        .await
        .map_err(|_| Error::TooLarge)?;
    let mut whole = Request::new(Body::from(bytes));
    *whole.headers_mut() = parts.headers.clone();
    // It was limited above, by what this form may bring.
    DefaultBodyLimit::disable().apply(&mut whole);
    let mut form = Multipart::from_request(whole, &())
        .await
        .map_err(|_| Error::Malformed)?;
    let mut upload = Upload::default();
    while let Some(field) = form.next_field().await.map_err(|_| Error::Malformed)? {
        let name = field.name().ok_or(Error::Malformed)?.to_owned();
        let file_name = field.file_name().map(str::to_owned);
        let bytes = field.bytes().await.map_err(|_| Error::Malformed)?;
        match file_name {
            // A browser posts a file that was not chosen as an empty one without a name.
            Some(none) if none.is_empty() && bytes.is_empty() => {}
            Some(name) if upload.file.is_none() => {
                upload.file = Some(PostedFile {
                    name,
                    bytes: bytes.to_vec(),
                });
            }
            Some(_) => return Err(Error::Malformed),
            None => {
                let value = String::from_utf8_lossy(&bytes).into_owned();
                gate::insert_single(&mut upload.fields, name, value)?;
            }
        }
    }
    Ok(upload)
}

fn wants_page(request: &Request<Body>) -> bool {
    let accepts = request
        .headers()
        .get(header::ACCEPT)
        .and_then(|a| a.to_str().ok());
    accepts.is_some_and(|a| a.contains("text/html"))
}

/// The content's type, without its parameters.
fn media(parts: &request::Parts) -> Option<&str> {
    let kind = parts.headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
    kind.split(';').next().map(str::trim)
}

/// Whoever is not signed in sends nothing large.
fn least(call: &Call, limit: usize) -> usize {
    if call.actor.is_some() {
        limit
    } else {
        limit.min(BODY_LIMIT)
    }
}

/// A share of what is held of large bodies, to be kept until the form was answered; None where the body
/// may not be large, or says that it is not.
fn room(call: &Call, parts: &request::Parts, limit: usize) -> Result<Option<AccountShare>> {
    let told = parts.headers.get(header::CONTENT_LENGTH);
    let told = told.and_then(|n| n.to_str().ok()?.parse::<usize>().ok());
    if least(call, limit) <= BODY_LIMIT || told.is_some_and(|n| n <= BODY_LIMIT) {
        return Ok(None);
    }
    call.site.shares.uploads.take(call.actor()?.id()).map(Some)
}

async fn answer(call: &Call, as_page: bool, fields: &HashMap<String, String>, settled: Settled) -> Response {
    let (refusal, cookies) = match settled.0 {
        Ok(went) if as_page => return with_cookies(render::see_other(&went.to), went.cookies, Vec::new()),
        Ok(went) => {
            let done = serde_json::to_string(&Done::to(&went.to));
            return with_cookies(json(StatusCode::OK, done), went.cookies, Vec::new());
        }
        Err(refused) => refused,
    };
    let error = refusal.error.clone();
    refusals::note(call, &error);
    let response = refused(call, as_page, fields, refusal, cookies).await;
    refusals::hold(call, &error).await;
    response
}

async fn refused(
    call: &Call,
    as_page: bool,
    fields: &HashMap<String, String>,
    refusal: Refusal,
    cookies: Vec<HeaderValue>,
) -> Response {
    if as_page {
        let mut extra = Vec::new();
        let response = fail(call, fields, refusal, &mut extra).await;
        return with_cookies(response, cookies, extra);
    }
    let status = StatusCode::from_u16(refusal.error.status()).unwrap_or(StatusCode::BAD_REQUEST);
    let mut response = json(status, serde_json::to_string(&refusal));
    render::say_when(&mut response, call, &refusal.error);
    with_cookies(response, cookies, Vec::new())
}

fn json(status: StatusCode, text: serde_json::Result<String>) -> Response {
    let kind = [(header::CONTENT_TYPE, "application/json")];
    (status, kind, text.unwrap_or_default()).into_response()
}

/// An encoded form, as it came and by its fields.
async fn encoded(
    call: &Call,
    parts: &request::Parts,
    body: Body,
    limit: usize,
) -> Result<(String, HashMap<String, String>)> {
    if media(parts) != Some("application/x-www-form-urlencoded") {
        return Err(Error::UnsupportedMedia);
    }
    let bytes = to_bytes(body, least(call, limit))
        .await
        .map_err(|_| Error::TooLarge)?;
    let encoded = String::from_utf8(bytes.to_vec()).map_err(|_| Error::Malformed)?;
    let fields = gate::single_values(&encoded)?;
    Ok((encoded, fields))
}

async fn run(call: &Call, uri: http::Uri, encoded: String) -> FormOutcome {
    let (parts, bytes) = function(call, uri, encoded).await;
    let cookies = parts
        .headers
        .get_all(header::SET_COOKIE)
        .iter()
        .cloned()
        .collect();
    let answer = if parts.status.is_success() {
        serde_json::from_slice(&bytes).map_err(|_| Refusal::new(broken(), call))
    } else {
        Err(serde_json::from_slice(&bytes).unwrap_or_else(|_| Refusal::new(Error::Malformed, call)))
    };
    FormOutcome { answer, cookies }
}

/// Runs the server function at this path; its answer in JSON.
async fn function(call: &Call, uri: http::Uri, encoded: String) -> (Parts, Bytes) {
    let mut request = Request::new(Body::from(encoded));
    *request.method_mut() = http::Method::POST;
    *request.uri_mut() = uri;
    request.headers_mut().insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/x-www-form-urlencoded"),
    );
    request
        .headers_mut()
        .insert(header::ACCEPT, HeaderValue::from_static("application/json"));
    // It was limited where it was read.
    DefaultBodyLimit::disable().apply(&mut request);
    let context = call.clone();
    let response =
        leptos_axum::handle_server_fns_with_context(move || provide_context(context.clone()), request)
            .await
            .into_response();
    let (parts, body) = response.into_parts();
    (parts, to_bytes(body, ANSWER_LIMIT).await.unwrap_or_default())
}

/// Answers a read by an island: what the server function says, as it stands.
pub async fn read(call: Call, request: Request<Body>, door: &Door) -> Response {
    let (parts, body) = request.into_parts();
    let read = async {
        let taken = encoded(&call, &parts, body, door.limit).await;
        let (encoded, fields) = taken.map_err(|e| before_all(&call, door, e))?;
        let inside = admitted(&call, door, &fields, None).await?;
        Ok(function(&inside, parts.uri.clone(), encoded).await)
    };
    match read.await {
        Ok((answer, bytes)) => {
            (answer.status, [(header::CONTENT_TYPE, "application/json")], bytes).into_response()
        }
        Err(e) => {
            let settled = Settled::refused(Refusal::new(e, &call));
            answer(&call, false, &HashMap::new(), settled).await
        }
    }
}

/// Back to the form's page with a draft; where that cannot be, a page that says what is wrong.
async fn fail(
    call: &Call,
    fields: &HashMap<String, String>,
    refusal: Refusal,
    extra: &mut Vec<HeaderValue>,
) -> Response {
    let page = fields.get("page").map(String::as_str).and_then(path::own);
    let stays = matches!(
        refusal.error,
        Error::Invalid(_)
            | Error::Refused(_)
            | Error::AlreadyDecided { .. }
            | Error::Stale
            | Error::Outdated { .. }
            | Error::TooManyTries { .. }
            | Error::DayIsFull { .. }
            | Error::AskAgainLater { .. }
    );
    let (Some(page), true) = (page, stays) else {
        let here = Call {
            path: bare(page.unwrap_or("/")).to_owned(),
            ..call.clone()
        };
        return render::explained(&here, &refusal.error).await;
    };
    // A file is not typed: it is chosen anew.
    let typed = fields
        .iter()
        .filter(|(name, _)| !draft::is_secret(name) && !name.starts_with("file"))
        .map(|(n, v)| (n.clone(), v.clone()))
        .collect();
    let draft = Draft {
        action: call.path.clone(),
        error: Some(refusal.error.clone()),
        fields: typed,
    };
    match keep(call, page, &draft, extra).await {
        Ok(()) => render::see_other(&marked(page, "failed", "1")),
        Err(_) => render::explained(call, &refusal.error).await,
    }
}

async fn keep(call: &Call, page: &str, draft: &Draft, extra: &mut Vec<HeaderValue>) -> Result<()> {
    let Some(actor) = &call.actor else {
        let sealed = account::drafts::carry(call.desk(), bare(page), draft.clone(), call.now())?;
        let sealed = sealed.ok_or(Error::TooLarge)?;
        extra.extend(Cookie::Draft.set(&sealed, call.site.secure));
        return Ok(());
    };
    let browser = match call
        .browser
        .clone()
        .filter(|b| crate::desk::operator::is_token(b))
    {
        Some(browser) => browser,
        None => call.desk().mint.secret().text,
    };
    account::drafts::keep(call.desk(), actor, &browser, bare(page), draft, call.now()).await?;
    extra.extend(Cookie::Browser.set(&browser, call.site.secure));
    Ok(())
}

fn with_cookies(mut response: Response, cookies: Vec<HeaderValue>, extra: Vec<HeaderValue>) -> Response {
    for cookie in cookies.into_iter().chain(extra) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}
