//! What chat platforms send and what they want to be sent: signatures, bodies, answers. Pure: no IO
//! and no clock; texts from outside are taken as they are, and tamed by whoever shows or stores
//! them. What each platform does is its module; here is the table of them.
#[cfg(test)]
mod any;
pub mod arrived;
mod reading;
pub mod sent;
mod signature;
mod slack;
mod sms;
pub mod teams;
mod teams_content;
pub mod teams_keys;
mod telegram;
mod whatsapp;

pub use slack::{name_of, who};

use crate::domain::connector::Platform;
use crate::domain::text;
use arrived::{Inbound, KnownSecrets, Received, Refused, Settings};
use sent::{Bases, Beside, Send, SendResult, Wanted};

/// What a platform does.
struct Adapter {
    receive: fn(&Inbound<'_>, &KnownSecrets<'_>) -> Result<Received, Refused>,
    wanted: fn(&Settings, &Bases, &Send, Beside<'_>) -> Result<Wanted, String>,
    check: fn(&Settings, &Bases) -> Wanted,
    judge: fn(u16, Option<i64>, &[u8]) -> SendResult,
}

const fn adapter(platform: Platform) -> Adapter {
    match platform {
        Platform::Slack => Adapter {
            receive: slack::receive,
            wanted: |settings, bases, send, _| slack::wanted(settings, bases, send),
            check: slack::check,
            judge: slack::judge,
        },
        Platform::Teams => Adapter {
            receive: teams::receive,
            wanted: |settings, bases, send, beside| teams::wanted(settings, bases, send, beside.token),
            check: teams::token,
            judge: teams::judge,
        },
        Platform::Telegram => Adapter {
            receive: telegram::receive,
            wanted: |settings, bases, send, _| telegram::wanted(settings, bases, send),
            check: telegram::check,
            judge: telegram::judge,
        },
        Platform::WhatsApp => Adapter {
            receive: whatsapp::receive,
            wanted: |settings, bases, send, _| whatsapp::wanted(settings, bases, send),
            check: whatsapp::check,
            judge: whatsapp::judge,
        },
        Platform::Sms => Adapter {
            receive: sms::receive,
            wanted: |settings, bases, send, beside| sms::wanted(settings, bases, send, beside.webhook),
            check: sms::check,
            judge: sms::judge,
        },
    }
}

/// Checks and reads a request to a connector's webhook: first it is believed by its signature over
/// the bytes as they came (Teams: by its token), then its body is looked at.
pub fn receive(
    platform: Platform,
    request: &Inbound<'_>,
    known: &KnownSecrets<'_>,
) -> Result<Received, Refused> {
    (adapter(platform).receive)(request, known)
}

/// The request for a message. An error says in plain words what cannot be sent.
pub fn wanted(
    platform: Platform,
    settings: &Settings,
    bases: &Bases,
    send: &Send,
    beside: Beside<'_>,
) -> Result<Wanted, String> {
    (adapter(platform).wanted)(settings, bases, send, beside)
}

/// The request that tells whether a connector's credentials are good; it sends nothing to anybody.
pub fn check(platform: Platform, settings: &Settings, bases: &Bases) -> Wanted {
    (adapter(platform).check)(settings, bases)
}

/// A platform's id of a message, as it is kept: any text may stand in an answer or a report.
pub fn message_id(raw: &str) -> String {
    text::tamed(raw, 500)
}

/// What an answer means: its status, its `Retry-After` in seconds, its body. Also for [`check`].
pub fn judge(platform: Platform, status: u16, retry_after: Option<i64>, body: &[u8]) -> SendResult {
    (adapter(platform).judge)(status, retry_after, body)
}
