//! Telegram: updates that carry the webhook's secret, and the Bot API. The token is a part of its
//! addresses: no address may reach a log.
#[cfg(test)]
mod tests;

use super::reading::at;
use super::signature;
use crate::chat::arrived::{Arrived, Inbound, KnownSecrets, Message, Press, Received, Refused, Settings};
use crate::chat::sent::{Bases, Method, Send, SendResult, Wanted};
use crate::domain::account::Language;
use crate::domain::content_kind::ContentKind;
use crate::domain::delivery_failure;
use serde_json::{Value, json};

pub(super) fn receive(request: &Inbound<'_>, known: &KnownSecrets<'_>) -> Result<Received, Refused> {
    let claimed = request
        .headers
        .get("x-telegram-bot-api-secret-token")
        .and_then(|v| v.to_str().ok())
        .unwrap_or_default();
    if !known
        .secrets("webhook_secret")
        .any(|secret| signature::is_same(secret, claimed))
    {
        return Err(Refused::NotSigned);
    }
    let update: Value = serde_json::from_slice(request.body).map_err(|_| Refused::Malformed)?;
    // Each bot counts messages for itself, and a connector may be given another one.
    let bot = known.setting("bot_token").split(':').next().unwrap_or_default();
    let message = message(&update, bot).map(Box::new).map(Arrived::Message);
    let press = press(&update).map(Box::new).map(Arrived::Press);
    Ok(Received {
        arrived: message.into_iter().chain(press).chain(reach(&update)).collect(),
        ..Received::default()
    })
}

/// What makes a message somebody's own: a text, or something that they send. An animation comes with a
/// document too, and a venue with a location.
const BROUGHT: [(&str, ContentKind); 20] = [
    ("text", ContentKind::Text),
    ("animation", ContentKind::Video),
    ("audio", ContentKind::Audio),
    ("checklist", ContentKind::Other),
    ("contact", ContentKind::Contact),
    ("dice", ContentKind::Other),
    ("document", ContentKind::File),
    ("game", ContentKind::Other),
    ("gift", ContentKind::Other),
    ("location", ContentKind::Location),
    ("paid_media", ContentKind::Image),
    ("photo", ContentKind::Image),
    ("poll", ContentKind::Poll),
    ("sticker", ContentKind::Sticker),
    ("story", ContentKind::Other),
    ("venue", ContentKind::Location),
    ("video", ContentKind::Video),
    ("video_note", ContentKind::Video),
    ("voice", ContentKind::Audio),
    ("caption", ContentKind::Other),
];

/// A person's own words in a conversation with the bot; edits, bots, groups and channels are none.
fn message(update: &Value, bot: &str) -> Option<Message> {
    let message = update.get("message")?;
    // A pinned message, a timer that was set: nobody's words.
    let (_, content) = BROUGHT.iter().find(|(name, _)| message.get(name).is_some())?;
    if at(message, "/chat/type") != "private" || is_bot(message) {
        return None;
    }
    let (chat, user) = (id(message, "/chat/id")?, at(message, "/chat/username"));
    Some(Message {
        event: id(update, "/update_id")?,
        key: format!("{bot}:{chat}:{}", id(message, "/message_id")?),
        person: id(message, "/from/id")?,
        also: Vec::new(),
        name: name(message),
        conversation: if user.is_empty() {
            chat.clone()
        } else {
            format!("@{user}")
        },
        route: chat,
        text: message
            .get("text")
            .or_else(|| message.get("caption"))
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned(),
        content: *content,
        language: Language::from_tag(at(message, "/from/language_code")),
        written_at: None,
        stops: false,
        keyword: None,
    })
}

fn press(update: &Value) -> Option<Press> {
    let query = update.get("callback_query").filter(|query| !is_bot(query))?;
    let (event, chat) = (at(query, "/id"), id(query, "/message/chat/id")?);
    let value = at(query, "/data");
    if event.is_empty() || value.is_empty() {
        return None;
    }
    Some(Press {
        event: event.to_owned(),
        person: id(query, "/from/id")?,
        name: name(query),
        channel: chat.clone(),
        route: chat,
        value: value.to_owned(),
        answer_to: event.to_owned(),
    })
}

/// Somebody blocked the bot, or takes it back.
fn reach(update: &Value) -> Option<Arrived> {
    let change = update
        .get("my_chat_member")
        .filter(|change| at(change, "/chat/type") == "private")?;
    let problem = match at(change, "/new_chat_member/status") {
        "kicked" => delivery_failure::BLOCKED,
        "member" => "",
        _ => return None,
    };
    Some(Arrived::Reach {
        event: id(update, "/update_id")?,
        person: id(change, "/from/id")?,
        problem: problem.to_owned(),
    })
}

fn is_bot(of: &Value) -> bool {
    of.pointer("/from/is_bot").and_then(Value::as_bool) == Some(true)
}

fn name(of: &Value) -> String {
    let name = format!("{} {}", at(of, "/from/first_name"), at(of, "/from/last_name"));
    if name.trim().is_empty() {
        at(of, "/from/username").to_owned()
    } else {
        name.trim().to_owned()
    }
}

pub(super) fn wanted(settings: &Settings, bases: &Bases, send: &Send) -> Result<Wanted, String> {
    let (method, body) = match send {
        Send::Text { route, text } => (
            "sendMessage",
            json!({"chat_id": number(route), "text": cut(text, 4096)}),
        ),
        Send::Post {
            channel,
            text,
            approve,
            reject,
            ..
        } => {
            let button = |label: &str, value: &str| json!({"text": label, "callback_data": value});
            let keyboard = [[
                button(&approve.label, &approve.value),
                button(&reject.label, &reject.value),
            ]];
            let markup = json!({"inline_keyboard": keyboard});
            (
                "sendMessage",
                json!({"chat_id": number(channel), "text": cut(text, 4096), "reply_markup": markup}),
            )
        }
        // Without a keyboard in the edit, the post's own goes.
        Send::Edit {
            channel,
            message,
            text,
            ..
        } => (
            "editMessageText",
            json!({"chat_id": number(channel), "message_id": number(message), "text": cut(text, 4096)}),
        ),
        Send::Whisper { answer_to, text, .. } => (
            "answerCallbackQuery",
            json!({"callback_query_id": answer_to, "text": cut(text, 200), "show_alert": true}),
        ),
        Send::Template { .. } => return Err(delivery_failure::CANNOT.into()),
    };
    Ok(Wanted {
        method: Method::Post,
        body: Some(("application/json", body.to_string())),
        ..call(settings, bases, method)
    })
}

pub(super) fn check(settings: &Settings, bases: &Bases) -> Wanted {
    call(settings, bases, "getMe")
}

fn call(settings: &Settings, bases: &Bases, method: &str) -> Wanted {
    let token = settings.get("bot_token").map_or("", String::as_str);
    Wanted {
        method: Method::Get,
        url: format!("{}/bot{token}/{method}", bases.telegram.trim_end_matches('/')),
        headers: Vec::new(),
        body: None,
    }
}

pub(super) fn judge(status: u16, retry_after: Option<i64>, body: &[u8]) -> SendResult {
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    if status == 200 && body.get("ok").and_then(Value::as_bool) == Some(true) {
        return SendResult::Sent(id(&body, "/result/message_id").unwrap_or_default());
    }
    // A gateway may repeat the address, and the token with it.
    let why = Some(at(&body, "/description")).filter(|d| !d.is_empty() && !d.contains("/bot"));
    let why = why.map_or_else(|| delivery_failure::answered(status), str::to_owned);
    let moved = id(&body, "/parameters/migrate_to_chat_id");
    match (status, moved) {
        (429, _) => SendResult::Later(
            why,
            body.pointer("/parameters/retry_after")
                .and_then(Value::as_i64)
                .or(retry_after),
        ),
        // A token that it does not know is an address that is not found.
        (401 | 404, _) => SendResult::Channel(why),
        (403, _) => SendResult::Unreachable(why),
        (400, Some(chat)) => SendResult::Moved(chat),
        (400, None) if why.contains("message is not modified") => SendResult::Sent(String::new()),
        (200 | 408 | 500.., _) => SendResult::Later(why, retry_after),
        _ => SendResult::Never(why),
    }
}

/// Identities are numbers where they are, and `@name` where a channel is called so.
fn number(text: &str) -> Value {
    text.parse::<i64>().map_or_else(|_| text.into(), Value::from)
}

fn cut(text: &str, max: usize) -> String {
    text.chars().take(max).collect()
}

fn id(value: &Value, pointer: &str) -> Option<String> {
    value
        .pointer(pointer)
        .and_then(Value::as_i64)
        .map(|id| id.to_string())
}
