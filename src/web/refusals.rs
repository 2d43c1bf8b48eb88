//! What was refused for want of a right, a proof or measure is logged and counted: who by the
//! account's id, where from by a mark that the instance key makes of the address, never the address.
use crate::domain::{Error, Why};
use crate::site::call::Call;
use crate::site::instance::Site;
use crate::site::place;
use http::request::Parts;
use std::time::Duration;

/// The kinds of refusals, as the log and the metric name them.
pub const AUTHORIZATION: &str = "authorization";
pub const AUTHENTICATION: &str = "authentication";
pub const LIMIT: &str = "limit";
pub const SIGNATURE: &str = "signature";
pub const ORIGIN: &str = "origin";

/// Writes down that a call was refused with this error, if it is one that an operator wants to see.
pub fn note(call: &Call, error: &Error) {
    if let Some(kind) = kind(error) {
        note_as(call, kind, &error.key());
    }
}

/// How long the answer is held back that somebody comes too often.
pub const HELD: Duration = Duration::from_secs(1);

/// Keeps the answer back from those who come too often: whoever asks again with each answer then costs
/// others little. Where many are held already, or the server is to stop, nobody is. To be called once
/// the answer is drawn, as many may be let go together.
pub async fn hold(call: &Call, error: &Error) {
    if matches!(error, Error::TooManyTries { .. })
        && let Ok(_held) = call.site.shares.held_refusals.try_acquire()
    {
        let _ = tokio::time::timeout(HELD, call.site.stopping.cancelled()).await;
    }
}

/// Writes down that somebody signed in asked for an organisation that is not theirs, or is none.
pub fn note_foreign(call: &Call) {
    note_as(call, AUTHORIZATION, "no-member");
}

/// Writes down that a call was refused. `reason`: a word of ours, nothing that came with the call.
pub fn note_as(call: &Call, kind: &'static str, reason: &str) {
    let who = call.actor.as_ref().or(call.half.as_ref());
    let account = who.map(|actor| actor.id().as_str()).unwrap_or_default();
    tell(&call.site, &call.caller.place, (kind, reason, account));
}

/// As [`note_as`], for what is refused before there is a call.
pub fn note_request(site: &Site, parts: &Parts, kind: &'static str, reason: &str) {
    let place = place::of_parts(parts, site.trusted_hops);
    tell(site, &place, (kind, reason, ""));
}

fn tell(site: &Site, place: &str, (kind, reason, account): (&'static str, &str, &str)) {
    metrics::counter!("anteroom_refusals_total", "kind" => kind).increment(1);
    let place = place::mark(&site.desk.keys, place);
    if site.refusals.may_tell(kind, &place, crate::clock::now()) {
        tracing::warn!(kind, reason, account, place, "refused");
    }
}

fn kind(error: &Error) -> Option<&'static str> {
    let unproven = |why: &Why| {
        matches!(
            why,
            Why::SignInFailed
                | Why::WrongPassword
                | Why::WrongCode
                | Why::LinkDead
                | Why::OtherAccount
                | Why::ProviderDenied
                | Why::ProviderFailed
                | Why::AttemptGone
        )
    };
    match error {
        Error::Forbidden | Error::SecondFactorDemanded => Some(AUTHORIZATION),
        Error::TooManyTries { .. } | Error::DayIsFull { .. } => Some(LIMIT),
        Error::Refused(why) if unproven(why) => Some(AUTHENTICATION),
        Error::Invalid(faults) if faults.iter().any(|fault| unproven(&fault.why)) => Some(AUTHENTICATION),
        _ => None,
    }
}
