//! What we send: each message as the request that the platform wants, and what its answer means.
use super::{slack, sms, teams, telegram, whatsapp};
use crate::chat::arrived::Settings;
use crate::chat::sent::Bases;
use crate::chat::sent::Beside;
use crate::chat::sent::Send;
use crate::chat::sent::SendResult;
use crate::chat::sent::Wanted;
use crate::domain::connector::Platform;
use crate::domain::text;

/// The request for a message. An error says in plain words what cannot be sent.
pub fn wanted(
    platform: Platform,
    settings: &Settings,
    bases: &Bases,
    send: &Send,
    beside: Beside<'_>,
) -> Result<Wanted, String> {
    match platform {
        Platform::Slack => slack::wanted(settings, bases, send),
        Platform::Teams => teams::wanted(settings, bases, send, beside.token),
        Platform::Telegram => telegram::wanted(settings, bases, send),
        Platform::WhatsApp => whatsapp::wanted(settings, bases, send),
        Platform::Sms => sms::wanted(settings, bases, send, beside.webhook),
    }
}

/// The request that tells whether a connector's credentials are good; it sends nothing to anybody.
pub fn check(platform: Platform, settings: &Settings, bases: &Bases) -> Wanted {
    match platform {
        Platform::Slack => slack::check(settings, bases),
        Platform::Teams => teams::token(settings, bases),
        Platform::Telegram => telegram::check(settings, bases),
        Platform::WhatsApp => whatsapp::check(settings, bases),
        Platform::Sms => sms::check(settings, bases),
    }
}

/// A platform's id of a message, as it is kept: any text may stand in an answer or a report.
pub fn message_id(raw: &str) -> String {
    text::tamed(raw, 500)
}

/// What an answer means: its status, its `Retry-After` in seconds, its body. Also for [`check`].
pub fn judge(platform: Platform, status: u16, retry_after: Option<i64>, body: &[u8]) -> SendResult {
    match platform {
        Platform::Slack => slack::judge(status, retry_after, body),
        Platform::Teams => teams::judge(status, retry_after, body),
        Platform::Telegram => telegram::judge(status, retry_after, body),
        Platform::WhatsApp => whatsapp::judge(status, retry_after, body),
        Platform::Sms => sms::judge(status, retry_after, body),
    }
}
