//! WhatsApp: webhooks signed by the app's secret, and the Cloud API. It has no buttons of ours and
//! no edits.
use super::reading::{at, some};
use super::signature;
use crate::chat::arrived::{
    Arrived, HookAnswer, Inbound, KnownSecrets, Message, Received, Refused, Report, Settings,
};
use crate::chat::sent::{Bases, Method, Send, SendResult, Wanted};
use crate::domain::Time;
use crate::domain::content_kind::ContentKind;
use crate::domain::delivery_failure;
use serde_json::{Value, json};
use url::form_urlencoded;

#[cfg(test)]
mod tests;

pub(super) fn receive(request: &Inbound<'_>, known: &KnownSecrets<'_>) -> Result<Received, Refused> {
    if request.get {
        return challenge(request.url, known).map(|text| Received {
            answer: HookAnswer::Text(text),
            ..Received::default()
        });
    }
    let claimed = request
        .headers
        .get("x-hub-signature-256")
        .and_then(|v| v.to_str().ok())
        .and_then(|s| s.strip_prefix("sha256="));
    let is_signed = |claimed| {
        known
            .secrets("app_secret")
            .any(|secret| signature::is_sha256_hex(secret, &[request.body], claimed))
    };
    if !claimed.is_some_and(is_signed) {
        return Err(Refused::NotSigned);
    }
    let body: Value = serde_json::from_slice(request.body).map_err(|_| Refused::Malformed)?;
    let ours = known.setting("phone_number_id");
    let changes = list(&body, "entry")
        .iter()
        .flat_map(|entry| list(entry, "changes"));
    let values = changes
        .filter(|c| matches!(at(c, "/field"), "messages" | "user_id_update"))
        .filter_map(|change| change.get("value"));
    let (values, others): (Vec<_>, Vec<_>) = values.partition(|v| at(v, "/metadata/phone_number_id") == ours);
    let not_for_us = values.is_empty() && !others.is_empty();
    let arrived = values.into_iter().flat_map(|value| {
        let messages = list(value, "messages")
            .iter()
            .filter_map(|one| message(one, list(value, "contacts")));
        let messages = messages.map(|m| Arrived::Message(Box::new(m)));
        let renamed = list(value, "messages")
            .iter()
            .filter_map(other_number)
            .chain(list(value, "user_id_update").iter().filter_map(other_id));
        renamed
            .chain(messages)
            .chain(list(value, "statuses").iter().filter_map(report))
    });
    Ok(Received {
        answer: HookAnswer::Empty,
        arrived: arrived.collect(),
        not_for_us,
    })
}

/// The answer to the platform's question whether the address is ours: that question carries no
/// signature, only the token.
fn challenge(url: &str, known: &KnownSecrets<'_>) -> Result<String, Refused> {
    let query = url.split_once('?').map_or("", |(_, query)| query);
    let of = |name: &str| {
        form_urlencoded::parse(query.as_bytes())
            .find(|(n, _)| n == name)
            .map(|(_, value)| value.into_owned())
    };
    let token = of("hub.verify_token").unwrap_or_default();
    let is_ours = known
        .secrets("verify_token")
        .any(|secret| signature::is_same(secret, &token));
    let is_asked = of("hub.mode").as_deref() == Some("subscribe");
    if is_ours && is_asked {
        of("hub.challenge").ok_or(Refused::NotSigned)
    } else {
        Err(Refused::NotSigned)
    }
}

fn message(message: &Value, contacts: &[Value]) -> Option<Message> {
    let id = some(message, "/id")?;
    let kind = at(message, "/type");
    // A change of number, a sign at a message, an open chat, or what the platform itself cannot
    // read: nobody's words.
    if matches!(kind, "system" | "reaction" | "unsupported" | "request_welcome") {
        return None;
    }
    let (from, user) = (some(message, "/from"), some(message, "/from_user_id"));
    let is_theirs = |c: &&Value| {
        (from.is_some() && some(c, "/wa_id") == from) || (user.is_some() && some(c, "/user_id") == user)
    };
    // Some countries' numbers are told differently in the two places; among several contacts one
    // would be taken for another.
    let only = || Some(contacts).filter(|c| c.len() == 1).and_then(<[Value]>::first);
    let contact = contacts.iter().find(is_theirs);
    let label = contact.or_else(only).map_or("", |c| at(c, "/profile/name"));
    let theirs = if from.is_none() && user.is_none() {
        only()
    } else {
        contact
    };
    let of_contact = |name| theirs.and_then(|c| some(c, name));
    let phone = from.or_else(|| of_contact("/wa_id"));
    let user = user.or_else(|| of_contact("/user_id"));
    let words = [
        "/text/body",
        "/button/text",
        "/interactive/button_reply/title",
        "/interactive/list_reply/title",
    ];
    let caption = || message.get(kind).and_then(|media| some(media, "/caption"));
    let seconds = some(message, "/timestamp")
        .and_then(|s| s.parse::<i64>().ok())
        .and_then(|s| s.checked_mul(1000));
    Some(Message {
        event: id.to_owned(),
        key: id.to_owned(),
        person: user.or(phone)?.to_owned(),
        also: user.and(phone).into_iter().map(str::to_owned).collect(),
        name: label.to_owned(),
        conversation: phone.or(user)?.to_owned(),
        route: json!({"to": phone, "recipient": user}).to_string(),
        text: words
            .iter()
            .find_map(|at| some(message, at))
            .or_else(caption)
            .unwrap_or_default()
            .to_owned(),
        content: content(kind),
        language: None,
        written_at: seconds.map(Time),
        stops: false,
        keyword: None,
    })
}

/// What a message of this type brings.
fn content(kind: &str) -> ContentKind {
    match kind {
        "text" | "button" | "interactive" => ContentKind::Text,
        "image" => ContentKind::Image,
        "video" => ContentKind::Video,
        "audio" | "voice" => ContentKind::Audio,
        "document" => ContentKind::File,
        "location" => ContentKind::Location,
        "contacts" => ContentKind::Contact,
        "sticker" => ContentKind::Sticker,
        _ => ContentKind::Other,
    }
}

/// Somebody took another number: what was theirs goes with them, and whoever gets the former one is
/// somebody else.
fn other_number(message: &Value) -> Option<Arrived> {
    let event = some(message, "/id")?.to_owned();
    let (former, person) = match at(message, "/system/type") {
        "user_changed_number" => (some(message, "/from")?, some(message, "/system/wa_id")?),
        _ => return None,
    };
    Some(Arrived::Renamed {
        event,
        former: former.to_owned(),
        person: person.to_owned(),
    })
}

/// The id of somebody changed, as it does with a number.
fn other_id(update: &Value) -> Option<Arrived> {
    let (former, person) = (
        some(update, "/user_id/previous")?,
        some(update, "/user_id/current")?,
    );
    Some(Arrived::Renamed {
        event: format!("renamed:{former}:{person}"),
        former: former.to_owned(),
        person: person.to_owned(),
    })
}

fn report(status: &Value) -> Option<Arrived> {
    let message = some(status, "/id")?.to_owned();
    match at(status, "/status") {
        "delivered" | "read" => Some(Arrived::Report(Report {
            message,
            ..Report::default()
        })),
        "failed" => {
            let (title, detail) = (some(status, "/errors/0/title"), some(status, "/errors/0/message"));
            let detail = detail.filter(|detail| Some(*detail) != title);
            let problem = title.into_iter().chain(detail).collect::<Vec<_>>().join(": ");
            let problem = if problem.is_empty() {
                delivery_failure::UNKNOWN.to_owned()
            } else {
                problem
            };
            let code = status.pointer("/errors/0/code").and_then(Value::as_i64);
            let (unreachable, window_over) = (code == Some(131_026), code.is_some_and(is_window_over));
            Some(Arrived::Report(Report {
                message,
                problem,
                unreachable,
                window_over,
            }))
        }
        _ => None,
    }
}

pub(super) fn wanted(settings: &Settings, bases: &Bases, send: &Send) -> Result<Wanted, String> {
    let (route, kind, content) = match send {
        Send::Text { route, text } => {
            let body: String = text.chars().take(4096).collect();
            (route, "text", json!({"body": body}))
        }
        Send::Template { route } => {
            let of = |name: &str| settings.get(name).map_or("", String::as_str);
            (
                route,
                "template",
                json!({"name": of("template"), "language": {"code": of("template_language")}}),
            )
        }
        Send::Post { .. } | Send::Edit { .. } | Send::Whisper { .. } => {
            return Err(delivery_failure::CANNOT.into());
        }
    };
    let route: Value = serde_json::from_str(route).unwrap_or_default();
    let (to, person) = match (some(&route, "/to"), some(&route, "/recipient")) {
        (Some(phone), _) => ("to", phone),
        (None, Some(user)) => ("recipient", user),
        (None, None) => return Err(delivery_failure::NOWHERE.into()),
    };
    let body = json!({"messaging_product": "whatsapp", "recipient_type": "individual", to: person,
    "type": kind, kind: content});
    let request = call(settings, bases, "/messages");
    Ok(Wanted {
        method: Method::Post,
        body: Some(("application/json", body.to_string())),
        ..request
    })
}

pub(super) fn check(settings: &Settings, bases: &Bases) -> Wanted {
    call(settings, bases, "?fields=display_phone_number")
}

fn call(settings: &Settings, bases: &Bases, rest: &str) -> Wanted {
    let setting = |name: &str| settings.get(name).map_or("", String::as_str);
    Wanted {
        method: Method::Get,
        url: format!(
            "{}/{}{rest}",
            bases.whatsapp.trim_end_matches('/'),
            setting("phone_number_id")
        ),
        headers: vec![("authorization", format!("Bearer {}", setting("access_token")))],
        body: None,
    }
}

pub(super) fn judge(status: u16, retry_after: Option<i64>, body: &[u8]) -> SendResult {
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    if matches!(status, 200 | 201) {
        return SendResult::Sent(at(&body, "/messages/0/id").to_owned());
    }
    let why = some(&body, "/error/message").map_or_else(|| delivery_failure::answered(status), str::to_owned);
    match (body.pointer("/error/code").and_then(Value::as_i64), status) {
        (Some(code), _) if is_window_over(code) => SendResult::WindowOver,
        (Some(131_026), _) => SendResult::Unreachable(why),
        (Some(130_429 | 131_056 | 80_007 | 4 | 1 | 2 | 131_000 | 131_016), _) | (_, 408 | 429 | 500..) => {
            SendResult::Later(why, retry_after)
        }
        // The token, its permissions, the account, its bill or its number.
        (Some(0 | 3 | 10 | 190 | 200..=299 | 368 | 131_005 | 131_031 | 131_042 | 133_010), _) | (_, 401) => {
            SendResult::Channel(why)
        }
        _ => SendResult::Never(why),
    }
}

/// Whether the person wrote longer ago than a text may be sent.
fn is_window_over(code: i64) -> bool {
    matches!(code, 131_047 | 470)
}

fn list<'a>(value: &'a Value, name: &str) -> &'a [Value] {
    value
        .get(name)
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}
