//! What each value may be, and how it is shown. Every check answers the value, or a reason or rule
//! that people can act on.
use super::{Database, LogFormat, OrganisationCreation, SupportContact};
use crate::config::address::is_loopback_host;
use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use secrecy::SecretString;
use std::net::SocketAddr;
use std::path::PathBuf;
use url::Url;

/// What a discovery document's address ends with.
pub(super) const DISCOVERY_PATH: &str = "/.well-known/openid-configuration";

pub(super) fn socket(text: &str) -> Result<SocketAddr, String> {
    let rule = "allowed is an IP address with a port, such as 127.0.0.1:3000 or [::]:3000";
    text.parse().map_err(|_| rule.to_owned())
}

pub(super) fn folder(text: &str) -> Result<PathBuf, String> {
    if text.is_empty() {
        return Err("allowed is the path of a folder, such as /var/lib/anteroom".to_owned());
    }
    Ok(PathBuf::from(text))
}

pub(super) fn number(text: &str, least: usize, most: usize) -> Result<usize, String> {
    let number = text.parse().ok().filter(|n| (least..=most).contains(n));
    number.ok_or_else(|| format!("allowed is a whole number from {least} to {most}"))
}

/// The beginning of a platform's addresses, without a slash at its end.
pub(super) fn base(text: &str) -> Result<String, String> {
    let parsed = url::Url::parse(text)
        .ok()
        .filter(|u| matches!(u.scheme(), "https" | "http") && u.has_host() && u.query().is_none());
    parsed
        .map(|_| text.trim_end_matches('/').to_owned())
        .ok_or_else(|| "allowed is an https or http URL".to_owned())
}

/// Hosts, parted by spaces or commas; as parted by single spaces.
pub(super) fn hosts(text: &str) -> Result<String, String> {
    let hosts: Vec<&str> = text.split([' ', ',']).filter(|h| !h.is_empty()).collect();
    if hosts.is_empty() {
        Err("allowed are host names, parted by spaces".to_owned())
    } else {
        Ok(hosts.join(" "))
    }
}

pub(super) fn switch(text: &str) -> Result<bool, String> {
    match text {
        "true" | "1" => Ok(true),
        "false" | "0" => Ok(false),
        _ => Err("allowed are true and false".to_owned()),
    }
}

pub(super) fn log_format(text: &str) -> Result<LogFormat, String> {
    match text {
        "text" => Ok(LogFormat::Text),
        "json" => Ok(LogFormat::Json),
        _ => Err("allowed are text and json".to_owned()),
    }
}

pub(super) fn organisation_creation(text: &str) -> Result<OrganisationCreation, String> {
    match text {
        "operator" => Ok(OrganisationCreation::Operator),
        "everyone" => Ok(OrganisationCreation::Everyone),
        _ => Err("allowed are operator and everyone".to_owned()),
    }
}

pub(super) fn host_name(text: &str) -> Result<String, String> {
    let is_part = |part: &str| {
        !part.is_empty() && part.len() < 64 && part.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
    };
    if text.len() < 254 && text.split('.').all(is_part) {
        Ok(text.to_ascii_lowercase())
    } else {
        Err("allowed is a host name, e.g. access.example.org".to_owned())
    }
}

pub(super) fn email(text: &str) -> Result<String, String> {
    // A domain of other letters goes over the wire in ASCII, as it does in the addresses of people.
    let wire = match text.rsplit_once('@') {
        Some((local, domain)) if !domain.is_ascii() => {
            crate::domain::text::domain(domain).map(|domain| format!("{local}@{domain}"))
        }
        _ => Ok(text.to_owned()),
    };
    match wire {
        Ok(wire) if wire.is_ascii() && wire.parse::<lettre::Address>().is_ok() => Ok(wire),
        _ => Err("allowed is an e-mail address alone, such as access@example.org".to_owned()),
    }
}

/// A line for people or a name for machines: not empty, short, nothing that could break a mail's
/// header.
pub(super) fn name(text: &str) -> Result<String, String> {
    let fits = (1..=200).contains(&text.chars().count()) && text.trim() == text;
    if !fits || text.chars().any(crate::domain::text::is_hostile) {
        let rule = "allowed are 1 to 200 characters without line breaks and outer spaces";
        return Err(rule.to_owned());
    }
    Ok(text.to_owned())
}

/// The name of an installation: authenticator apps part it from the account by a colon.
pub(super) fn issuer(text: &str) -> Result<String, String> {
    if text.contains([':', '%']) || text.chars().count() > 60 {
        return Err("allowed are 1 to 60 characters without : and %".to_owned());
    }
    name(text)
}

pub(super) fn support_contact(text: &str) -> Result<SupportContact, String> {
    if let Ok(address) = email(text) {
        return Ok(SupportContact::Mail(address));
    }
    // Browsers show a host in its own letters, and ask for it in ASCII.
    let ascii = Url::parse(text).map_or_else(|_| text.to_owned(), |url| url.to_string());
    let page = web_url(&ascii).ok().filter(|url| url.scheme() == "https");
    let rule = "allowed is an e-mail address or a URL that begins with https://";
    page.map(|url| SupportContact::Page(url.into()))
        .ok_or_else(|| rule.to_owned())
}

/// Printable ASCII without spaces, so that it fits into a header or a list.
pub(super) fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic())
}

pub(super) fn token(text: &str) -> Result<SecretString, String> {
    if !is_token(text) {
        return Err("allowed is one word of ASCII letters, digits and signs".to_owned());
    }
    Ok(text.into())
}

pub(super) fn secret(text: &str) -> Result<SecretString, String> {
    if text.is_empty() {
        return Err("it is empty; leave it out if there is none".to_owned());
    }
    Ok(text.into())
}

pub(super) fn secret_key(text: &str) -> Result<SecretString, String> {
    let Some(key) = decode_key(text) else {
        return Err("allowed are 32 bytes, as 64 hex digits or in base64".to_owned());
    };
    Ok(key.map(|byte| format!("{byte:02x}")).concat().into())
}

/// The key that 64 hex digits or the base64 of 32 bytes stand for (either alphabet, padded or not).
pub fn decode_key(text: &str) -> Option<[u8; 32]> {
    if text.len() == 64 {
        return decode_hex(text);
    }
    let standard = text.trim_end_matches('=').replace('-', "+").replace('_', "/");
    STANDARD_NO_PAD.decode(standard).ok()?.try_into().ok()
}

fn decode_hex(text: &str) -> Option<[u8; 32]> {
    let digit = |byte: &u8| {
        char::from(*byte)
            .to_digit(16)
            .and_then(|digit| u8::try_from(digit).ok())
    };
    let digits = text.as_bytes().iter().map(digit).collect::<Option<Vec<u8>>>()?;
    let bytes: Vec<u8> = digits
        .chunks_exact(2)
        .map(|pair| pair[0] << 4 | pair[1])
        .collect();
    bytes.try_into().ok()
}

pub(super) fn provider_id(text: &str) -> Result<String, String> {
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if text.is_empty() || text.len() > 32 || !text.bytes().all(allowed) {
        return Err("allowed are 1 to 32 of the characters a-z, 0-9 and -".to_owned());
    }
    if text == "code" || text == "link" {
        return Err(format!(
            "/signin/{text} is a page of the site; allowed is any other word"
        ));
    }
    Ok(text.to_owned())
}

/// The text as it is, because issuers are compared letter by letter.
pub(super) fn provider_url(text: &str) -> Result<String, String> {
    let url = web_url(text)?;
    if url.scheme() != "https" && !url.host_str().is_some_and(is_loopback_host) {
        return Err("allowed is https only, save for this machine itself".to_owned());
    }
    Ok(text.to_owned())
}

pub(super) fn discovery_url(text: &str) -> Result<String, String> {
    let address = provider_url(text)?;
    if !web_url(text)?.path().ends_with(DISCOVERY_PATH) {
        return Err(format!(
            "allowed is the whole address, whose path ends with {DISCOVERY_PATH}"
        ));
    }
    Ok(address)
}

/// A http or https URL without user, password and fragment.
pub(super) fn web_url(text: &str) -> Result<Url, String> {
    let rule = "allowed is a URL that begins with https:// (or http://)";
    let plain = text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    let url = Url::parse(text).map_err(|error| format!("{error}; {rule}"))?;
    if !plain || !matches!(url.scheme(), "http" | "https") || !text.contains("://") {
        return Err(rule.to_owned());
    }
    if !url.username().is_empty() || url.password().is_some() || url.fragment().is_some() {
        return Err("allowed is a URL without user, password and #fragment".to_owned());
    }
    Ok(url)
}

/// A value as `check-config` shows it.
pub(super) trait Shown {
    fn shown(&self) -> String;
}

macro_rules! as_displayed {
    ($($kind:ty),+) => {
        $(impl Shown for $kind {
            fn shown(&self) -> String {
                self.to_string()
            }
        })+
    };
}

as_displayed!(SocketAddr, bool, usize, String);

impl Shown for SecretString {
    fn shown(&self) -> String {
        "(set)".to_owned()
    }
}

impl Shown for PathBuf {
    fn shown(&self) -> String {
        self.display().to_string()
    }
}

impl Shown for SupportContact {
    fn shown(&self) -> String {
        self.text().to_owned()
    }
}

impl Shown for Database {
    fn shown(&self) -> String {
        match self {
            Database::Sqlite { path } => format!("sqlite:{}", path.display()),
            Database::Postgres { .. } => "postgres (set)".to_owned(),
        }
    }
}

impl Shown for OrganisationCreation {
    fn shown(&self) -> String {
        match self {
            OrganisationCreation::Operator => "operator".to_owned(),
            OrganisationCreation::Everyone => "everyone".to_owned(),
        }
    }
}

impl Shown for LogFormat {
    fn shown(&self) -> String {
        match self {
            LogFormat::Text => "text".to_owned(),
            LogFormat::Json => "json".to_owned(),
        }
    }
}
