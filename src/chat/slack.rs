//! Slack: events and presses signed by the signing secret, and the Web API.
#[cfg(test)]
mod tests;

use super::reading::{at, some};
use super::signature;
use crate::chat::arrived::{
    Arrived, HookAnswer, Inbound, KnownSecrets, Message, Press, Received, Refused, Settings,
};
use crate::chat::sent::{Bases, Method, Send, SendResult, Wanted};
use crate::domain::content_kind::ContentKind;
use crate::domain::delivery_failure;
use serde_json::{Value, json};
use url::form_urlencoded;

/// How far a signature's time may be from ours, in seconds.
const WINDOW: u64 = 300;

pub(super) fn receive(request: &Inbound<'_>, known: &KnownSecrets<'_>) -> Result<Received, Refused> {
    if !is_signed(request, known) {
        return Err(Refused::NotSigned);
    }
    // Presses come as a form, all else as JSON. Told by the first bytes: a form anywhere in a JSON
    // is somebody's words.
    let form = if request.body.starts_with(b"payload=") {
        request.body
    } else {
        b""
    };
    let pressed = form_urlencoded::parse(form)
        .next()
        .map(|(_, json)| json.into_owned());
    let body: Value = match &pressed {
        Some(json) => serde_json::from_str(json),
        None => serde_json::from_slice(request.body),
    }
    .map_err(|_| Refused::Malformed)?;
    Ok(match at(&body, "/type") {
        "url_verification" => Received {
            answer: HookAnswer::Text(at(&body, "/challenge").to_owned()),
            ..Received::default()
        },
        "event_callback" => arrived(message(&body).map(Box::new).map(Arrived::Message)),
        "block_actions" => arrived(press(&body).map(Box::new).map(Arrived::Press)),
        _ => Received::default(),
    })
}

fn is_signed(request: &Inbound<'_>, known: &KnownSecrets<'_>) -> bool {
    let header = |name: &str| request.headers.get(name).and_then(|v| v.to_str().ok());
    let Some(time) = header("x-slack-request-timestamp") else {
        return false;
    };
    let Some(claimed) = header("x-slack-signature").and_then(|s| s.strip_prefix("v0=")) else {
        return false;
    };
    let is_fresh = time
        .parse::<i64>()
        .is_ok_and(|time| request.now.0.div_euclid(1000).abs_diff(time) <= WINDOW);
    let parts: [&[u8]; 4] = [b"v0:", time.as_bytes(), b":", request.body];
    is_fresh
        && known
            .secrets("signing_secret")
            .any(|secret| signature::is_sha256_hex(secret, &parts, claimed))
}

fn arrived(one: Option<Arrived>) -> Received {
    Received {
        arrived: one.into_iter().collect(),
        ..Received::default()
    }
}

/// A person's own words in a conversation with the bot; edits, bots and channels are none.
fn message(body: &Value) -> Option<Message> {
    let event = body.get("event")?;
    let of_bot = event.get("bot_id").is_some_and(|v| !v.is_null());
    // A file that somebody sends is theirs, by whatever name the event goes.
    let is_own = matches!(at(event, "/subtype"), "" | "file_share") && !of_bot;
    if at(event, "/type") != "message" || at(event, "/channel_type") != "im" || !is_own {
        return None;
    }
    let first_file = event.pointer("/files/0");
    let (id, person) = (some(body, "/event_id")?, some(event, "/user")?);
    let (channel, ts) = (some(event, "/channel")?, some(event, "/ts")?);
    let team = some(body, "/team_id").unwrap_or_else(|| at(event, "/team"));
    Some(Message {
        event: id.to_owned(),
        key: format!("{team}:{channel}:{ts}"),
        person: person.to_owned(),
        also: Vec::new(),
        name: String::new(),
        conversation: channel.to_owned(),
        route: channel.to_owned(),
        text: at(event, "/text")
            .replace("&lt;", "<")
            .replace("&gt;", ">")
            .replace("&amp;", "&"),
        content: first_file.map_or(ContentKind::Text, |f| ContentKind::of_media(at(f, "/mimetype"))),
        language: None,
        written_at: None,
        stops: false,
        keyword: None,
    })
}

fn press(body: &Value) -> Option<Press> {
    let of_message = || {
        Some(format!(
            "{}:{}",
            some(body, "/container/message_ts")?,
            some(body, "/actions/0/action_ts")?
        ))
    };
    let channel = some(body, "/channel/id")?;
    Some(Press {
        event: some(body, "/trigger_id").map(str::to_owned).or_else(of_message)?,
        person: some(body, "/user/id")?.to_owned(),
        name: at(body, "/user/name").to_owned(),
        channel: channel.to_owned(),
        route: channel.to_owned(),
        value: some(body, "/actions/0/value")?.to_owned(),
        answer_to: String::new(),
    })
}

pub(super) fn wanted(settings: &Settings, bases: &Bases, send: &Send) -> Result<Wanted, String> {
    let (method, body) = match send {
        Send::Text { route, text } => (
            "chat.postMessage",
            json!({"channel": route, "text": escaped(text), "unfurl_links": false}),
        ),
        Send::Post {
            channel,
            text,
            approve,
            reject,
            ..
        } => {
            let button = |id: &str, style: &str, label: &str, value: &str| {
                json!({"type": "button",
            "action_id": id, "style": style, "value": value, "text": plain(label, 75)})
            };
            let buttons = [
                button("approve", "primary", &approve.label, &approve.value),
                button("reject", "danger", &reject.label, &reject.value),
            ];
            let blocks = [section(text), json!({"type": "actions", "elements": buttons})];
            (
                "chat.postMessage",
                json!({"channel": channel, "text": escaped(text), "unfurl_links": false, "blocks": blocks}),
            )
        }
        Send::Edit {
            channel,
            message,
            text,
            ..
        } => (
            "chat.update",
            json!({"channel": channel, "ts": message, "text": escaped(text), "blocks": [section(text)]}),
        ),
        Send::Whisper {
            route, person, text, ..
        } => (
            "chat.postEphemeral",
            json!({"channel": route, "user": person, "text": escaped(text)}),
        ),
        Send::Template { .. } => return Err(delivery_failure::CANNOT.into()),
    };
    let request = call(settings, bases, method);
    Ok(Wanted {
        method: Method::Post,
        body: Some(("application/json; charset=utf-8", body.to_string())),
        ..request
    })
}

pub(super) fn check(settings: &Settings, bases: &Bases) -> Wanted {
    call(settings, bases, "auth.test")
}

/// The request that asks for a person's name; [`name_of`] reads its answer.
pub fn who(settings: &Settings, bases: &Bases, person: &str) -> Wanted {
    let person: String = form_urlencoded::byte_serialize(person.as_bytes()).collect();
    call(settings, bases, &format!("users.info?user={person}"))
}

/// The name that somebody goes by, if the answer tells one.
pub fn name_of(body: &[u8]) -> Option<String> {
    let body: Value = serde_json::from_slice(body).ok()?;
    let names = [
        "/user/profile/display_name",
        "/user/profile/real_name",
        "/user/real_name",
    ];
    names
        .iter()
        .map(|name| at(&body, name).trim())
        .find(|name| !name.is_empty())
        .map(str::to_owned)
}

fn call(settings: &Settings, bases: &Bases, method: &str) -> Wanted {
    let token = settings.get("bot_token").map_or("", String::as_str);
    Wanted {
        method: Method::Get,
        url: format!("{}/{method}", bases.slack.trim_end_matches('/')),
        headers: vec![("authorization", format!("Bearer {token}"))],
        body: None,
    }
}

pub(super) fn judge(status: u16, retry_after: Option<i64>, body: &[u8]) -> SendResult {
    match status {
        429 => return SendResult::Later("ratelimited".into(), retry_after),
        200 => {}
        408 | 500.. => return SendResult::Later(delivery_failure::answered(status), retry_after),
        401 | 403 => return SendResult::Channel(delivery_failure::answered(status)),
        _ => return SendResult::Never(delivery_failure::answered(status)),
    }
    let Ok(body) = serde_json::from_slice::<Value>(body) else {
        return SendResult::Later(delivery_failure::NOT_UNDERSTOOD.into(), retry_after);
    };
    if body.get("ok").and_then(Value::as_bool) == Some(true) {
        return SendResult::Sent(at(&body, "/ts").to_owned());
    }
    let error = some(&body, "/error")
        .unwrap_or(delivery_failure::UNKNOWN)
        .to_owned();
    match error.as_str() {
        "ratelimited" | "internal_error" | "fatal_error" | "service_unavailable" | "request_timeout" => {
            SendResult::Later(error, retry_after)
        }
        "cannot_dm_bot" | "user_not_found" | "user_disabled" => SendResult::Unreachable(error),
        of_account if OF_ACCOUNT.contains(&of_account) => SendResult::Channel(error),
        _ => SendResult::Never(error),
    }
}

/// What Slack says of a token or an account that it does not take, whatever is sent.
const OF_ACCOUNT: [&str; 14] = [
    "access_denied",
    "account_inactive",
    "accesslimited",
    "ekm_access_denied",
    "enterprise_is_restricted",
    "invalid_auth",
    "invalid_token",
    "missing_scope",
    "not_allowed_token_type",
    "not_authed",
    "org_login_required",
    "team_access_not_granted",
    "token_expired",
    "token_revoked",
];

/// In Slack's texts these three would make mentions and links.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

fn plain(text: &str, max: usize) -> Value {
    json!({"type": "plain_text", "text": text.chars().take(max).collect::<String>(), "emoji": false})
}

fn section(text: &str) -> Value {
    json!({"type": "section", "text": plain(text, 3000)})
}
