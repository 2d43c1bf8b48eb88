//! What comes in: first believed by its signature over the bytes as they came, then read.
use super::{slack, sms, teams, telegram, whatsapp};
use crate::chat::arrived::{Inbound, KnownSecrets, Received, Refused};
use crate::domain::connector::Platform;

/// Checks and reads a request to a connector's webhook. Nothing of the body is looked at before the
/// signature is good (Teams: before the token is).
pub fn receive(
    platform: Platform,
    request: &Inbound<'_>,
    known: &KnownSecrets<'_>,
) -> Result<Received, Refused> {
    match platform {
        Platform::Slack => slack::receive(request, known),
        Platform::Teams => teams::receive(request, known),
        Platform::Telegram => telegram::receive(request, known),
        Platform::WhatsApp => whatsapp::receive(request, known),
        Platform::Sms => sms::receive(request, known),
    }
}
