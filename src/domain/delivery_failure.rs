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
/// The mail server does not take our name and password; with what it says. So the others.
pub const MAIL_ACCOUNT: &str = "undelivered-mail-account";
/// It does not greet us, or does not take what we say first.
pub const MAIL_GREETING: &str = "undelivered-mail-greeting";
pub const MAIL_SENDER: &str = "undelivered-mail-sender";
pub const MAIL_SILENT: &str = "undelivered-mail-silent";
pub const MAIL_TLS: &str = "undelivered-mail-tls";
/// No access token for our account was given; with why.
pub const MAIL_TOKEN: &str = "undelivered-mail-token";
pub const MAIL_UNREACHABLE: &str = "undelivered-mail-unreachable";
/// With the channel's new id.
pub const MOVED: &str = "undelivered-moved";
pub const NO_AGENT: &str = "undelivered-no-agent";
pub const NO_ANSWER: &str = "undelivered-no-answer";
pub const NO_TOKEN: &str = "undelivered-no-token";
pub const NOT_KNOWN_YET: &str = "undelivered-not-known-yet";
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
/// It waited for so long that sending it would only surprise.
pub const TOO_LATE: &str = "undelivered-too-late";
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

/// What may stand in a log: the key, and the other side's number where it begins with one. Whatever
/// else it said may name people.
pub fn loggable(why: &str) -> (&str, String) {
    let (key, rest) = ours(why).unwrap_or(("said", why));
    let digits = |c: &char| c.is_ascii_digit();
    let code: String = rest
        .chars()
        .skip_while(|c| !c.is_ascii_digit())
        .take_while(digits)
        .take(3)
        .collect();
    (key, code)
}

/// The key of our words and what belongs into them; None: the other side said it.
pub fn ours(why: &str) -> Option<(&str, &str)> {
    why.starts_with("undelivered-")
        .then(|| why.split_once(' ').unwrap_or((why, "")))
}
