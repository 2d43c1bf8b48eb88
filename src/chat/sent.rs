//! What we send, as a request that the platform wants, and what became of it.
use crate::domain::delivery_failure;

/// An address of a platform, as the operator may set it: a setting of the server.
pub struct Address {
    pub key: &'static str,
    /// It is a list of hosts, parted by spaces, and no URL.
    pub hosts: bool,
    pub default: &'static str,
    pub help: &'static str,
}

/// What an address is in use.
trait Base {
    const HOSTS: bool;
    fn of(text: &str) -> Self;
}

impl Base for String {
    const HOSTS: bool = false;
    fn of(text: &str) -> Self {
        text.to_owned()
    }
}

impl Base for Vec<String> {
    const HOSTS: bool = true;
    fn of(text: &str) -> Self {
        text.split(' ').map(str::to_owned).collect()
    }
}

macro_rules! bases {
    ($($(#[$doc:meta])* $field:ident: $kind:ty = $key:literal, $default:literal, $help:literal;)+) => {
        /// Where the platforms are; the operator may name others, as a gateway.
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct Bases { $($(#[$doc])* pub $field: $kind),+ }

        pub const ADDRESSES: [Address; [$($key),+].len()] = [$(Address {
            key: $key,
            hosts: <$kind as Base>::HOSTS,
            default: $default,
            help: $help,
        }),+];

        impl Bases {
            /// As given by the key of each.
            pub fn given(mut by: impl FnMut(&str) -> String) -> Self {
                Self { $($field: Base::of(&by($key))),+ }
            }
        }

        impl Default for Bases {
            fn default() -> Self {
                Self { $($field: Base::of($default)),+ }
            }
        }
    };
}

bases! {
    slack: String = "slack_url", "https://slack.com/api", "Where the Slack Web API is";
    teams_login: String = "teams_login_url", "https://login.microsoftonline.com",
        "Where Teams connectors get their access tokens";
    teams_keys: String = "teams_keys_url", "https://login.botframework.com/v1/.well-known/keys",
        "Where the Bot Framework publishes its keys";
    teams_issuer: String = "teams_issuer", "https://api.botframework.com",
        "Who signs what comes from Teams, as its tokens say";
    teams_scope: String = "teams_scope", "https://api.botframework.com/.default",
        "What Teams connectors ask access tokens for";
    /// The only hosts (or, beginning with a dot, domains) and the scheme that a Teams service
    /// address may have.
    teams_hosts: Vec<String> = "teams_hosts", "smba.trafficmanager.net .botframework.com",
        "Hosts that an activity of Teams may name as its service; a dot before one takes all below it";
    /// Where a Teams connector posts of itself, before any activity said where.
    teams_service: String = "teams_service_url", "https://smba.trafficmanager.net/teams",
        "Where Teams connectors post in channels of approvers";
    telegram: String = "telegram_url", "https://api.telegram.org", "Where the Telegram Bot API is";
    whatsapp: String = "whatsapp_url", "https://graph.facebook.com/v23.0",
        "Where the WhatsApp Cloud API is, with its version";
    sms: String = "sms_url", "https://api.twilio.com/2010-04-01", "Where the Twilio API is, with its version";
}

/// Something to send.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(tag = "send", rename_all = "snake_case")]
pub enum Send {
    /// A text to whoever wrote; `route` as a message brought it.
    Text { route: String, text: String },
    /// The approved template of the connector's settings, where a text may not be sent any more:
    /// WhatsApp alone.
    Template { route: String },
    /// A text with two buttons in a channel of approvers. `open`: where the request is to be seen (its
    /// value is the address), for platforms on which an address in a text opens nothing; in `text` it is
    /// a line of its own.
    Post {
        channel: String,
        text: String,
        approve: Button,
        reject: Button,
        open: Option<Button>,
    },
    /// The same post without its buttons: it was decided.
    Edit {
        channel: String,
        message: String,
        text: String,
        open: Option<Button>,
    },
    /// A word to whoever pressed a button, seen by them alone where the platform can.
    Whisper {
        route: String,
        person: String,
        answer_to: String,
        text: String,
    },
}

/// A button: what stands on it, and the value that a press brings back (at most 64 bytes).
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Button {
    pub label: String,
    pub value: String,
}

impl Send {
    /// The chat where it goes, as its route or channel names it.
    pub fn chat(&self) -> &str {
        match self {
            Send::Text { route, .. } | Send::Template { route } | Send::Whisper { route, .. } => route,
            Send::Post { channel, .. } | Send::Edit { channel, .. } => channel,
        }
    }
}

/// What a message needs beside the connector's settings.
#[derive(Clone, Copy, Debug, Default)]
pub struct Beside<'a> {
    /// An access token, for Teams alone.
    pub token: &'a str,
    /// The address of the connector's webhook, for SMS alone: there it is told what becomes of the
    /// message.
    pub webhook: &'a str,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    Get,
    Post,
    Put,
}

/// A request to a platform.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    pub method: Method,
    pub url: String,
    /// Names and values; the authorisation is among them.
    pub headers: Vec<(&'static str, String)>,
    /// Content type and body; none for a GET.
    pub body: Option<(&'static str, String)>,
}

/// What a platform's answer means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SendResult {
    /// It has it; the message's id there, for edits and reports; may be empty.
    Sent(String),
    /// Try again; why, and after how many seconds if it says so.
    Later(String, Option<i64>),
    /// The platform cannot be reached, or refuses our account there: every message would meet it;
    /// why.
    Channel(String),
    /// Never; why.
    Never(String),
    /// As [`SendResult::Never`]: this person cannot be reached any more (has blocked the bot, opted
    /// out).
    Unreachable(String),
    /// The channel has another id now; it may be tried there: Telegram alone.
    Moved(String),
    /// The token was refused, and a new one may do: Teams alone.
    TokenRefused,
    /// The person wrote too long ago for a text; a template may do: WhatsApp alone.
    WindowOver,
}

impl SendResult {
    /// What went wrong, in plain words; empty where nothing did.
    pub fn why(&self) -> String {
        match self {
            SendResult::Sent(_) => String::new(),
            SendResult::Later(why, _)
            | SendResult::Channel(why)
            | SendResult::Never(why)
            | SendResult::Unreachable(why) => why.clone(),
            SendResult::Moved(to) => delivery_failure::with(delivery_failure::MOVED, to),
            SendResult::TokenRefused => delivery_failure::TOKEN_REFUSED.to_owned(),
            SendResult::WindowOver => delivery_failure::WINDOW_OVER.to_owned(),
        }
    }
}
