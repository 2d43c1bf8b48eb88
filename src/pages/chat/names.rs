//! What pages call a platform, a connector, and how a message fares there.
use crate::domain::connector::Platform;
use crate::site::Call;
use crate::store;

/// A platform's name.
pub fn platform(call: &Call, platform: Platform) -> String {
    call.words().say(&format!("platform-{}", platform.as_str()))
}

/// A connector by its platform and its name.
pub fn place(call: &Call, of: Platform, name: &str) -> String {
    format!("{} · {name}", platform(call, of))
}

/// How a message by chat fares, in a sentence.
pub fn fares(call: &Call, s: &store::chat::fates::MessageFate) -> String {
    let words = call.words();
    let name = words.say(&format!("chat-what-{}", s.what.as_str()));
    let state = if s.is_deferred() {
        "deferred"
    } else {
        s.state.as_str()
    };
    let why = words.undelivered(s.problem.as_deref().unwrap_or_default());
    let when = words.ago(s.ended_at.unwrap_or(s.next_try_at), call.now());
    words.tell(
        &format!("chat-send-{state}"),
        &[("what", &name), ("when", &when), ("why", &why)],
    )
}
