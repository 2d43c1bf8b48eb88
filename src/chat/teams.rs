//! Microsoft Teams, by the Bot Framework: activities that come with a token, and answers that need
//! one.
#[cfg(test)]
mod tests;

use crate::chat::arrived::{Arrived, Inbound, KnownSecrets, Message, Press, Received, Refused, Settings};
use crate::chat::sent::{Bases, Button, Method, Send, SendResult, Wanted};
use crate::chat::teams_content;
use crate::domain::account::Language;
use crate::domain::content_kind::ContentKind;
use crate::domain::delivery_failure;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use openidconnect::JsonWebKey as _;
use openidconnect::core::CoreJwsSigningAlgorithm;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

const CHANNEL: &str = "msteams";

/// How far the clocks of the two may differ, in seconds.
const SKEW: i64 = 300;

/// Where an answer goes, as a message's `route` holds it.
#[derive(Serialize, Deserialize)]
struct Route {
    service: String,
    conversation: String,
    bot: String,
    user: String,
    #[serde(default)]
    activity: String,
}

/// What a good token says.
struct ActivityClaims {
    service: String,
    endorsed: bool,
}

pub(super) fn receive(request: &Inbound<'_>, known: &KnownSecrets<'_>) -> Result<Received, Refused> {
    let token = request
        .headers
        .get("authorization")
        .and_then(|v| v.to_str().ok())
        .and_then(|v| v.strip_prefix("Bearer "));
    let claims = claims(token.ok_or(Refused::NotSigned)?.trim(), request, known)?;
    let activity: Value = serde_json::from_slice(request.body).map_err(|_| Refused::Malformed)?;
    let text = |path: &str| activity.pointer(path).and_then(Value::as_str).unwrap_or_default();
    // The token says nothing of the body but where it came from: that at least must agree.
    if text("/channelId") != CHANNEL
        || !claims.endorsed
        || text("/serviceUrl").is_empty()
        || text("/serviceUrl") != claims.service
    {
        return Err(Refused::NotSigned);
    }
    // Bots of some clouds have more parts before the app's id.
    if !text("/recipient/id")
        .split(':')
        .any(|part| part == known.setting("app_id"))
    {
        return Err(Refused::NotForUs);
    }
    let tenants = ["/conversation/tenantId", "/channelData/tenant/id"].map(text);
    let tenant = known.setting("tenant");
    let said: Vec<&str> = tenants.into_iter().filter(|t| !t.is_empty()).collect();
    if said.is_empty() || tenant.is_empty() || said.iter().any(|t| *t != tenant) {
        return Err(Refused::NotForUs);
    }
    Ok(Received {
        arrived: arrived(&activity, tenant).into_iter().collect(),
        ..Received::default()
    })
}

fn claims(token: &str, request: &Inbound<'_>, known: &KnownSecrets<'_>) -> Result<ActivityClaims, Refused> {
    let refused = || Refused::NotSigned;
    let parts: Vec<&str> = token.split('.').collect();
    let [header, payload, signature] = parts[..] else {
        return Err(refused());
    };
    let decode = |part: &str| URL_SAFE_NO_PAD.decode(part).map_err(|_| refused());
    let head: Map<String, Value> = serde_json::from_slice(&decode(header)?).map_err(|_| refused())?;
    // No key is ever taken from the token itself (jwk, jku, x5u): only its name.
    if head.get("alg").and_then(Value::as_str) != Some("RS256") || head.contains_key("crit") {
        return Err(refused());
    }
    let kid = head.get("kid").and_then(Value::as_str).ok_or_else(refused)?;
    let keys = known.keys.ok_or(Refused::UnknownKey)?;
    let (key, endorsements) = keys
        .keys
        .iter()
        .find(|(key, _)| key.key_id().is_some_and(|id| id.as_str() == kid))
        .ok_or(Refused::UnknownKey)?;
    let signed = format!("{header}.{payload}");
    key.verify_signature(
        &CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
        signed.as_bytes(),
        &decode(signature)?,
    )
    .map_err(|_| refused())?;
    let claims: Map<String, Value> = serde_json::from_slice(&decode(payload)?).map_err(|_| refused())?;
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    let second = |name: &str| claims.get(name).and_then(Value::as_i64).ok_or_else(refused);
    let app = known.setting("app_id");
    // A token that is good for another app too could come from there.
    let audience = match claims.get("aud") {
        Some(Value::Array(one)) if one.len() == 1 => one.first(),
        other => other,
    };
    if app.is_empty()
        || text("iss") != Some(keys.issuer.as_str())
        || audience.and_then(Value::as_str) != Some(app)
    {
        return Err(refused());
    }
    let now = request.now.0 / 1000;
    if now >= second("exp")?.saturating_add(SKEW) || now < second("nbf")?.saturating_sub(SKEW) {
        return Err(refused());
    }
    let service = claims
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case("serviceurl"))
        .and_then(|(_, v)| v.as_str());
    Ok(ActivityClaims {
        service: service.ok_or_else(refused)?.to_owned(),
        endorsed: endorsements.iter().any(|e| e == CHANNEL),
    })
}

/// Who an activity comes from, and where answers to it go.
struct Speaker {
    /// Unique within a conversation alone.
    event: String,
    person: String,
    name: String,
    conversation: String,
    route: String,
}

fn arrived(activity: &Value, tenant: &str) -> Option<Arrived> {
    let speaker = speaker(activity, tenant)?;
    let value = activity.pointer("/value/press").and_then(Value::as_str);
    if let ("message" | "invoke", Some(value)) = (word(activity, "/type"), value) {
        return Some(pressed(activity, speaker, value));
    }
    let personal = word(activity, "/conversation/conversationType") == "personal";
    if personal && let Some(is_there) = is_installed(activity) {
        let problem = if is_there {
            ""
        } else {
            delivery_failure::UNINSTALLED
        };
        return Some(Arrived::Reach {
            event: speaker.event,
            person: speaker.person,
            problem: problem.to_owned(),
        });
    }
    let is_bare = activity.get("value").is_none_or(Value::is_null);
    if !personal || !is_bare || word(activity, "/type") != "message" {
        return None;
    }
    let (text, content) = teams_content::read(activity);
    let says = !text.is_empty() || content != ContentKind::Text;
    says.then(|| said(activity, speaker, text, content))
}

/// The text at a path of an activity; empty where there is none.
fn word<'a>(activity: &'a Value, path: &str) -> &'a str {
    activity.pointer(path).and_then(Value::as_str).unwrap_or_default()
}

fn speaker(activity: &Value, tenant: &str) -> Option<Speaker> {
    let text = |path: &str| word(activity, path);
    let (id, conversation, from) = (text("/id"), text("/conversation/id"), text("/from/id"));
    if id.is_empty() || conversation.is_empty() || from.is_empty() {
        return None;
    }
    let known = text("/from/aadObjectId");
    let who = if known.is_empty() { from } else { known };
    let route = Route {
        service: text("/serviceUrl").to_owned(),
        conversation: conversation.to_owned(),
        bot: text("/recipient/id").to_owned(),
        user: from.to_owned(),
        activity: id.to_owned(),
    };
    Some(Speaker {
        event: format!("{conversation}:{id}"),
        person: format!("{tenant}:{who}"),
        name: text("/from/name").to_owned(),
        conversation: conversation.to_owned(),
        route: serde_json::to_string(&route).ok()?,
    })
}

fn pressed(activity: &Value, speaker: Speaker, value: &str) -> Arrived {
    let channel = speaker
        .conversation
        .split(";messageid=")
        .next()
        .unwrap_or_default();
    Arrived::Press(Box::new(Press {
        channel: channel.to_owned(),
        event: speaker.event,
        person: speaker.person,
        name: speaker.name,
        route: speaker.route,
        value: value.to_owned(),
        answer_to: word(activity, "/replyToId").to_owned(),
    }))
}

fn said(activity: &Value, speaker: Speaker, text: String, content: ContentKind) -> Arrived {
    let language = word(activity, "/locale")
        .split('-')
        .next()
        .and_then(Language::from_tag);
    Arrived::Message(Box::new(Message {
        key: speaker.event.clone(),
        event: speaker.event,
        person: speaker.person,
        also: Vec::new(),
        name: speaker.name,
        conversation: speaker.conversation,
        route: speaker.route,
        text,
        content,
        language,
        written_at: None,
        stops: false,
        keyword: None,
    }))
}

/// Whether the activity tells that the bot is there from now on, or is gone; None: neither.
fn is_installed(activity: &Value) -> Option<bool> {
    let text = |path: &str| activity.pointer(path).and_then(Value::as_str).unwrap_or_default();
    let names_bot = |list: &str| {
        let members = activity.get(list).and_then(Value::as_array);
        members.is_some_and(|all| {
            all.iter()
                .any(|m| m.get("id").and_then(Value::as_str) == Some(text("/recipient/id")))
        })
    };
    match text("/type") {
        "installationUpdate" => match text("/action").split('-').next() {
            Some("add") => Some(true),
            Some("remove") => Some(false),
            _ => None,
        },
        "conversationUpdate" if names_bot("membersAdded") => Some(true),
        "conversationUpdate" if names_bot("membersRemoved") => Some(false),
        _ => None,
    }
}

/// Whether a service may be sent an access token: an https host that the operator names, or one
/// below a name that begins with a dot. A name that is a whole origin is taken as that, for a
/// gateway without TLS on this machine.
pub fn service_allowed(service: &str, bases: &Bases) -> bool {
    let Ok(url) = url::Url::parse(service) else {
        return false;
    };
    if !url.username().is_empty()
        || url.password().is_some()
        || url.query().is_some()
        || url.fragment().is_some()
    {
        return false;
    }
    let host = url.host_str().unwrap_or_default();
    let of_host = |allowed: &str| host == allowed || (allowed.starts_with('.') && host.ends_with(allowed));
    bases.teams_hosts.iter().any(
        |allowed| match url::Url::parse(allowed).ok().filter(|a| a.has_host()) {
            Some(origin) => origin.origin() == url.origin(),
            None => url.scheme() == "https" && url.port().is_none() && of_host(allowed),
        },
    )
}

/// The request for an access token: also what tells whether the credentials are good.
pub(super) fn token(settings: &Settings, bases: &Bases) -> Wanted {
    let of = |name: &str| settings.get(name).map_or("", String::as_str);
    let tenant = escaped(of("tenant"));
    let form = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("grant_type", "client_credentials")
        .append_pair("client_id", of("app_id"))
        .append_pair("client_secret", of("client_secret"))
        .append_pair("scope", &bases.teams_scope)
        .finish();
    let url = format!("{}/{tenant}/oauth2/v2.0/token", bases.teams_login);
    Wanted {
        method: Method::Post,
        url,
        headers: Vec::new(),
        body: Some(("application/x-www-form-urlencoded", form)),
    }
}

/// The token in the answer, and for how many seconds it is good: a day at the most.
pub fn token_of(body: &[u8]) -> Option<(String, i64)> {
    let answer: Value = serde_json::from_slice(body).ok()?;
    Some((
        answer.get("access_token")?.as_str()?.to_owned(),
        answer.get("expires_in")?.as_i64()?.clamp(0, 86_400),
    ))
}

pub(super) fn wanted(settings: &Settings, bases: &Bases, send: &Send, token: &str) -> Result<Wanted, String> {
    let bot = format!("28:{}", settings.get("app_id").map_or("", String::as_str));
    let (method, service, path, body) = match send {
        Send::Text { route, text } | Send::Whisper { route, text, .. } => {
            let r: Route = serde_json::from_str(route).map_err(|_| delivery_failure::NOWHERE.to_owned())?;
            let mut path = activities(&r.conversation)?;
            let mut body = json!({
                "type": "message", "text": text, "textFormat": "plain", "from": {"id": r.bot},
                "recipient": {"id": r.user},
                "conversation": {"id": r.conversation},
            });
            if !r.activity.is_empty() {
                path = format!("{path}/{}", segment(&r.activity)?);
                body["replyToId"] = json!(r.activity);
            }
            (Method::Post, r.service, path, body)
        }
        Send::Post {
            channel,
            text,
            approve,
            reject,
            open,
        } => (
            Method::Post,
            service(settings, bases),
            activities(channel)?,
            card(&bot, text, &[approve, reject], open.as_ref()),
        ),
        Send::Edit {
            channel,
            message,
            text,
            open,
        } => {
            let path = format!("{}/{}", activities(channel)?, segment(message)?);
            (
                Method::Put,
                service(settings, bases),
                path,
                card(&bot, text, &[], open.as_ref()),
            )
        }
        Send::Template { .. } => return Err(delivery_failure::CANNOT.into()),
    };
    if !service_allowed(&service, bases) {
        return Err(delivery_failure::SERVICE.into());
    }
    let url = format!("{}/{path}", service.trim_end_matches('/'));
    let headers = vec![("authorization", format!("Bearer {token}"))];
    Ok(Wanted {
        method,
        url,
        headers,
        body: Some(("application/json", body.to_string())),
    })
}

/// Where the connector posts of itself.
fn service(settings: &Settings, bases: &Bases) -> String {
    let own = settings
        .get("service")
        .filter(|s| !s.is_empty() && service_allowed(s, bases));
    own.cloned().unwrap_or_else(|| bases.teams_service.clone())
}

fn card(bot: &str, text: &str, buttons: &[&Button], open: Option<&Button>) -> Value {
    let lines: Vec<Value> = text
        .lines()
        .filter(|line| open.is_none_or(|open| open.value != *line))
        .map(|line| json!({"type": "TextBlock", "text": plain(line), "wrap": true}))
        .collect();
    let presses = buttons
        .iter()
        .map(|b| json!({"type": "Action.Submit", "title": b.label, "data": {"press": b.value}}));
    // An address among a card's words is no link.
    let opens = open.map(|o| json!({"type": "Action.OpenUrl", "title": o.label, "url": o.value}));
    let actions: Vec<Value> = presses.chain(opens).collect();
    let mut content = json!({"type": "AdaptiveCard", "version": "1.4", "body": lines});
    if !actions.is_empty() {
        content["actions"] = json!(actions);
    }
    let attachment = json!({"contentType": "application/vnd.microsoft.card.adaptive", "content": content});
    json!({"type": "message", "from": {"id": bot}, "attachments": [attachment]})
}

/// A line as a card shows it: what Markdown would take for a mark is marked as text.
fn plain(line: &str) -> String {
    line.chars()
        .flat_map(|c| {
            if "\\`*_{}[]<>()#+-.!|~".contains(c) {
                vec!['\\', c]
            } else {
                vec![c]
            }
        })
        .collect()
}

fn activities(conversation: &str) -> Result<String, String> {
    Ok(format!("v3/conversations/{}/activities", segment(conversation)?))
}

/// One part of a path; dots alone would lead out of it, encoded or not.
fn segment(raw: &str) -> Result<String, String> {
    if matches!(raw, "" | "." | "..") {
        Err(delivery_failure::NOWHERE.into())
    } else {
        Ok(escaped(raw))
    }
}

fn escaped(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes())
        .collect::<String>()
        .replace('+', "%20")
}

pub(super) fn judge(status: u16, retry_after: Option<i64>, body: &[u8]) -> SendResult {
    const GONE: [&str; 5] = [
        "BotDisabledByAdmin",
        "ConversationBlockedByUser",
        "MessageWritesBlocked",
        "BotNotInConversationRoster",
        "ConversationNotFound",
    ];
    let answer: Value = serde_json::from_slice(body).unwrap_or_default();
    let text = |path: &str| answer.pointer(path).and_then(Value::as_str);
    // The sign-in service words errors as a text, the service as an object.
    let (code, said) = (text("/error/code"), text("/error/message").or(text("/error")));
    let why = said.map_or_else(
        || delivery_failure::answered(status),
        |said| format!("{said} ({status})"),
    );
    match status {
        200..300 => SendResult::Sent(text("/id").unwrap_or_default().to_owned()),
        401 if text("/error").is_none() => SendResult::TokenRefused,
        400 | 401 if text("/error").is_some() => SendResult::Channel(why),
        403 | 404 if code.is_some_and(|c| GONE.contains(&c)) => SendResult::Unreachable(why),
        408 | 412 | 429 | 500.. => SendResult::Later(why, retry_after),
        _ => SendResult::Never(why),
    }
}
