//! What came by a webhook, and what is needed to believe it.
use crate::chat::teams_keys::TeamsKeys;
use crate::domain::Time;
use crate::domain::account::Language;
use crate::domain::content_kind::ContentKind;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Settings and secrets of a connector by the names in [`crate::domain::connector::fields`].
pub type Settings = BTreeMap<String, String>;

/// A request to a connector's webhook, as it came. `url`: the address as configured, with the query
/// as it came; never made of `Host`.
pub struct Inbound<'a> {
    pub get: bool,
    pub url: &'a str,
    pub headers: &'a http::HeaderMap,
    pub body: &'a [u8],
    pub now: Time,
}

/// What a connector knows: its settings with the secrets in force, and the secrets before them
/// while those still count.
pub struct KnownSecrets<'a> {
    pub now: &'a Settings,
    pub before: Option<&'a Settings>,
    /// The Bot Framework's keys; Teams alone.
    pub keys: Option<&'a TeamsKeys>,
}

impl KnownSecrets<'_> {
    /// The values of a secret that count, the newest first. An empty one never does.
    pub fn secrets(&self, name: &str) -> impl Iterator<Item = &str> {
        [Some(self.now), self.before]
            .into_iter()
            .flatten()
            .filter_map(move |s| s.get(name))
            .map(String::as_str)
            .filter(|s| !s.is_empty())
    }
    /// A setting; empty if there is none.
    pub fn setting(&self, name: &str) -> &str {
        self.now.get(name).map_or("", String::as_str)
    }
}

/// Why a request to a webhook is not believed or not understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// No signature, a wrong one, one that is too old, or no secret to check it by.
    NotSigned,
    /// Signed, and for somebody else: another app, tenant or account.
    NotForUs,
    /// Signed by a key that is not known yet: Teams alone.
    UnknownKey,
    /// Believed, and not understood.
    Malformed,
}

impl Refused {
    /// As it is stored, and named in `locales/`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotSigned => "not-signed",
            Self::NotForUs => "not-for-us",
            Self::UnknownKey => "unknown-key",
            Self::Malformed => "malformed",
        }
    }
}

/// What a webhook is answered at once, and what came by it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Received {
    pub answer: HookAnswer,
    pub arrived: Vec<Arrived>,
    /// All of it was for others, and is no reason for the platform to try again: WhatsApp tells an
    /// app of all its numbers.
    pub not_for_us: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum HookAnswer {
    #[default]
    Empty,
    /// A challenge, given back as plain text.
    Text(String),
    /// TwiML that says nothing.
    Xml,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Arrived {
    Message(Box<Message>),
    Press(Box<Press>),
    Report(Report),
    /// The platform tells that nothing reaches somebody any more, and why; empty: that it does
    /// again.
    Reach {
        event: String,
        person: String,
        problem: String,
    },
    /// The platform tells that somebody is known under another identity from now on.
    Renamed {
        event: String,
        former: String,
        person: String,
    },
}

/// The platform tells later how a message fared that it had taken.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// The message's id at the platform.
    pub message: String,
    /// Why it was not delivered; empty: it was.
    pub problem: String,
    pub unreachable: bool,
    /// As [`SendResult::WindowOver`].
    #[serde(default)]
    pub window_over: bool,
}

/// Somebody wrote to the bot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// The platform's name of this delivery; retries of it have the same.
    pub event: String,
    /// The message's own identity: the same message in another delivery has the same.
    pub key: String,
    /// Who, as the platform identifies people: never a name.
    pub person: String,
    /// Other identities under which the same person may be known already, as a telephone number.
    pub also: Vec<String>,
    /// The label beside the identity; empty where the platform tells none.
    pub name: String,
    /// The channel or chat, as the platform names it.
    pub conversation: String,
    /// What an answer needs, made and read by the platform's module alone.
    pub route: String,
    pub text: String,
    /// What it brings; words may be missing where that is not `Text`.
    #[serde(default)]
    pub content: ContentKind,
    pub language: Option<Language>,
    /// When it was written, where the platform counts from that how long it may be answered:
    /// WhatsApp alone.
    #[serde(default)]
    pub written_at: Option<Time>,
    /// It asks to be sent nothing more: SMS alone.
    #[serde(default)]
    pub stops: bool,
    /// Another word that the platform answers by itself: SMS alone.
    #[serde(default)]
    pub keyword: Option<Keyword>,
}

/// What some words mean to a platform, whatever they were meant for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Keyword {
    /// It asks to be sent everything again.
    Starts,
    /// As `Starts` where somebody had asked to be sent nothing; else an answer like any other.
    SaysYes,
    /// It asks who this is; the platform says so.
    AsksForHelp,
}

/// Somebody pressed a button of ours.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Press {
    pub event: String,
    pub person: String,
    pub name: String,
    /// The channel in which the buttons stand.
    pub channel: String,
    /// What an answer needs, as for a message.
    pub route: String,
    /// The button's value, as [`Send::Post`] gave it.
    pub value: String,
    /// What answering the press itself needs; may be empty.
    pub answer_to: String,
}
