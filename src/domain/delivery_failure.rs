//! Why something did not reach its reader, as it is stored beside it: in our words as a key of
//! `locales/`, with what belongs into them behind a space; else as the other side said it.
use crate::domain::text;

pub const ADDRESS: &str = "undelivered-address";
/// With the status of the answer.
pub const ANSWERED: &str = "undelivered-answered";
pub const BLOCKED: &str = "undelivered-blocked";
pub const CANNOT: &str = "undelivered-cannot";
/// With the platform's number of the error.
pub const CODE: &str = "undelivered-code";
pub const LETTER: &str = "undelivered-letter";
/// With the channel's new id.
pub const MOVED: &str = "undelivered-moved";
pub const NO_AGENT: &str = "undelivered-no-agent";
pub const NO_ANSWER: &str = "undelivered-no-answer";
pub const NO_TOKEN: &str = "undelivered-no-token";
pub const NOT_REACHABLE: &str = "undelivered-not-reachable";
pub const NOT_UNDERSTOOD: &str = "undelivered-not-understood";
pub const NOWHERE: &str = "undelivered-nowhere";
pub const OPTED_OUT: &str = "undelivered-opted-out";
pub const PRIVATE: &str = "undelivered-private";
/// With the status of the answer.
pub const REDIRECT: &str = "undelivered-redirect";
pub const SECRET: &str = "undelivered-secret";
pub const SERVICE: &str = "undelivered-service";
pub const TOKEN_REFUSED: &str = "undelivered-token-refused";
pub const TOO_MUCH: &str = "undelivered-too-much";
/// The app was taken away.
pub const UNINSTALLED: &str = "undelivered-uninstalled";
pub const UNKNOWN: &str = "undelivered-unknown";
pub const WINDOW_OVER: &str = "undelivered-window-over";

/// A reason of ours with what belongs into its words.
pub fn with(key: &str, what: impl std::fmt::Display) -> String {
    format!("{key} {what}")
}

/// What the other side said, as it is kept: any text may come.
pub fn said(raw: &str) -> String {
    text::visible(raw, 300)
}

/// It was answered with this status, and nothing that says more.
pub fn answered(status: u16) -> String {
    with(ANSWERED, status)
}

/// The key of our words and what belongs into them; None: the other side said it.
pub fn ours(why: &str) -> Option<(&str, &str)> {
    why.starts_with("undelivered-")
        .then(|| why.split_once(' ').unwrap_or((why, "")))
}
