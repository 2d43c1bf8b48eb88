//! SMS by way of Twilio: webhooks signed by the auth token over the address and the form, and the
//! messages API.
#[cfg(test)]
mod tests;

use super::signature;
use crate::chat::arrived::{
    Arrived, HookAnswer, Inbound, Keyword, KnownSecrets, Message, Received, Refused, Report, Settings,
};
use crate::chat::sent::{Bases, Method, Send, SendResult, Wanted};
use crate::domain::content_kind::ContentKind;
use crate::domain::delivery_failure;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use url::form_urlencoded;

/// The fields of a form, each with its values in order and once each.
type SmsForm = BTreeMap<String, BTreeSet<String>>;

pub(super) fn receive(request: &Inbound<'_>, known: &KnownSecrets<'_>) -> Result<Received, Refused> {
    let hash = of_body(request.url);
    // A JSON is not among what is signed, but its hash stands in the address.
    let is_json = hash.is_some();
    let form = if is_json {
        SmsForm::new()
    } else {
        form(request.body)
    };
    if !is_signed(request, known, &form)
        || hash.is_some_and(|hash| !signature::is_same(&hash, &hash_of(request.body)))
    {
        return Err(Refused::NotSigned);
    }
    if is_json {
        serde_json::from_slice::<serde::de::IgnoredAny>(request.body).map_err(|_| Refused::Malformed)?;
        return Ok(Received {
            answer: HookAnswer::Xml,
            ..Received::default()
        });
    }
    if field(&form, "AccountSid").is_none_or(|sid| sid != known.setting("account_sid")) {
        return Err(Refused::NotForUs);
    }
    let token = request
        .headers
        .get("i-twilio-idempotency-token")
        .and_then(|v| v.to_str().ok())
        .filter(|token| !token.is_empty());
    let one = if form.contains_key("Body") || form.contains_key("NumMedia") {
        message(&form, token)
    } else {
        report(&form)
    };
    Ok(Received {
        answer: HookAnswer::Xml,
        arrived: one.into_iter().collect(),
        ..Received::default()
    })
}

fn is_signed(request: &Inbound<'_>, known: &KnownSecrets<'_>, form: &SmsForm) -> bool {
    let claimed = request
        .headers
        .get("x-twilio-signature")
        .and_then(|v| STANDARD.decode(v.as_bytes()).ok());
    let Some(claimed) = claimed else { return false };
    let params: String = form
        .iter()
        .flat_map(|(name, values)| {
            values
                .iter()
                .flat_map(move |value| [name.as_str(), value.as_str()])
        })
        .collect();
    let texts: Vec<String> = [Some(request.url.to_owned()), with_other_port(request.url)]
        .into_iter()
        .flatten()
        .map(|url| url + &params)
        .collect();
    known.secrets("auth_token").any(|secret| {
        texts
            .iter()
            .any(|text| signature::is_sha1(secret, text.as_bytes(), &claimed))
    })
}

fn form(body: &[u8]) -> SmsForm {
    let mut form = SmsForm::new();
    for (name, value) in form_urlencoded::parse(body) {
        form.entry(name.into_owned())
            .or_default()
            .insert(value.into_owned());
    }
    form
}

/// The same address with the scheme's own port if it names none, and without it if it names it:
/// senders differ in this.
fn with_other_port(url: &str) -> Option<String> {
    let (scheme, rest) = url.split_once("://")?;
    let (host, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    let port = match scheme {
        "https" => ":443",
        "http" => ":80",
        _ => return None,
    };
    let names_one = host
        .rsplit_once(':')
        .is_some_and(|(_, port)| port.bytes().all(|b| b.is_ascii_digit()));
    match host.strip_suffix(port) {
        Some(host) => Some(format!("{scheme}://{host}{path}")),
        None if names_one => None,
        None => Some(format!("{scheme}://{host}{port}{path}")),
    }
}

/// The hash that an address says its body has.
fn of_body(url: &str) -> Option<String> {
    let (_, query) = url.split_once('?')?;
    form_urlencoded::parse(query.as_bytes())
        .find(|(name, _)| name == "bodySHA256")
        .map(|(_, hash)| hash.to_ascii_lowercase())
}

fn hash_of(body: &[u8]) -> String {
    Sha256::digest(body)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

fn field<'a>(form: &'a SmsForm, name: &str) -> Option<&'a str> {
    form.get(name)
        .and_then(BTreeSet::first)
        .map(String::as_str)
        .filter(|value| !value.is_empty())
}

fn message(form: &SmsForm, token: Option<&str>) -> Option<Arrived> {
    let (id, from) = (field(form, "MessageSid")?, field(form, "From")?);
    let own = |name| field(form, name).unwrap_or_default().to_owned();
    Some(Arrived::Message(Box::new(Message {
        event: token.unwrap_or(id).to_owned(),
        key: id.to_owned(),
        person: from.to_owned(),
        also: Vec::new(),
        name: own("ProfileName"),
        conversation: own("To"),
        route: from.to_owned(),
        written_at: None,
        stops: stops(form),
        keyword: keyword(form),
        text: own("Body"),
        content: content(form),
        language: None,
    })))
}

/// What came with an MMS.
fn content(form: &SmsForm) -> ContentKind {
    if field(form, "NumMedia").is_none_or(|n| n == "0") {
        return ContentKind::Text;
    }
    field(form, "MediaContentType0").map_or(ContentKind::Other, ContentKind::of_media)
}

/// Whether it opts out: Twilio says so, or it is one of the words after which Twilio delivers
/// nothing more.
fn stops(form: &SmsForm) -> bool {
    const WORDS: [&str; 8] = [
        "STOP",
        "STOPALL",
        "UNSUBSCRIBE",
        "CANCEL",
        "END",
        "QUIT",
        "REVOKE",
        "OPTOUT",
    ];
    let said = field(form, "Body").unwrap_or_default().trim();
    field(form, "OptOutType").map_or_else(
        || WORDS.iter().any(|w| said.eq_ignore_ascii_case(w)),
        |kind| kind == "STOP",
    )
}

/// What else it means to Twilio, which then answers by itself.
fn keyword(form: &SmsForm) -> Option<Keyword> {
    let said = field(form, "Body")
        .unwrap_or_default()
        .trim()
        .to_ascii_uppercase();
    match (field(form, "OptOutType"), said.as_str()) {
        (Some("START"), _) | (None, "START" | "UNSTOP") => Some(Keyword::Starts),
        (Some("HELP"), _) | (None, "HELP" | "INFO") => Some(Keyword::AsksForHelp),
        (None, "YES") => Some(Keyword::SaysYes),
        _ => None,
    }
}

fn report(form: &SmsForm) -> Option<Arrived> {
    let (message, status) = (
        field(form, "MessageSid")?.to_owned(),
        field(form, "MessageStatus")?,
    );
    let code = field(form, "ErrorCode");
    match status {
        "delivered" => Some(Arrived::Report(Report {
            message,
            ..Report::default()
        })),
        "failed" | "undelivered" => {
            let problem = code.map_or_else(
                || delivery_failure::UNKNOWN.to_owned(),
                |code| delivery_failure::with(delivery_failure::CODE, code),
            );
            Some(Arrived::Report(Report {
                message,
                problem,
                unreachable: matches!(code, Some("21610" | "30005" | "30006")),
                window_over: false,
            }))
        }
        _ => None,
    }
}

pub(super) fn wanted(
    settings: &Settings,
    bases: &Bases,
    send: &Send,
    webhook: &str,
) -> Result<Wanted, String> {
    let (route, text) = match send {
        Send::Text { route, text } => (route, text.chars().take(1600).collect::<String>()),
        Send::Template { .. } | Send::Post { .. } | Send::Edit { .. } | Send::Whisper { .. } => {
            return Err(delivery_failure::CANNOT.into());
        }
    };
    let sender = setting(settings, "sender");
    let from = if sender.starts_with("MG") {
        "MessagingServiceSid"
    } else {
        "From"
    };
    let form = [
        ("To", route.as_str()),
        (from, sender),
        ("Body", &text),
        ("StatusCallback", webhook),
    ];
    let body = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(form)
        .finish();
    Ok(Wanted {
        method: Method::Post,
        body: Some(("application/x-www-form-urlencoded", body)),
        ..call(settings, bases, "/Messages.json")
    })
}

pub(super) fn check(settings: &Settings, bases: &Bases) -> Wanted {
    call(settings, bases, ".json")
}

fn call(settings: &Settings, bases: &Bases, rest: &str) -> Wanted {
    let sid = setting(settings, "account_sid");
    let login = STANDARD.encode(format!("{sid}:{}", setting(settings, "auth_token")));
    Wanted {
        method: Method::Get,
        url: format!("{}/Accounts/{sid}{rest}", bases.sms.trim_end_matches('/')),
        headers: vec![("authorization", format!("Basic {login}"))],
        body: None,
    }
}

fn setting<'a>(settings: &'a Settings, name: &str) -> &'a str {
    settings.get(name).map_or("", String::as_str)
}

pub(super) fn judge(status: u16, retry_after: Option<i64>, body: &[u8]) -> SendResult {
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    let text = |name| {
        body.get(name)
            .and_then(Value::as_str)
            .filter(|text| !text.is_empty())
            .map(str::to_owned)
    };
    if matches!(status, 200 | 201) {
        return SendResult::Sent(text("sid").unwrap_or_default());
    }
    let why = text("message").unwrap_or_else(|| delivery_failure::answered(status));
    match (body.get("code").and_then(Value::as_i64), status) {
        (Some(21_610), _) => SendResult::Unreachable(why),
        (_, 408 | 429 | 500..) => SendResult::Later(why, retry_after),
        // Who we are there, and whether the account may do anything.
        (Some(20_003 | 20_005 | 20_006 | 20_008), _) | (_, 401) => SendResult::Channel(why),
        _ => SendResult::Never(why),
    }
}
