//! What pages call a platform and a connector.
use crate::domain::connector::Platform;
use crate::site::Call;

/// A platform's name.
pub fn platform(call: &Call, platform: Platform) -> String {
    call.words().say(&format!("platform-{}", platform.as_str()))
}

/// A connector by its platform and its name.
pub fn place(call: &Call, of: Platform, name: &str) -> String {
    format!("{} · {name}", platform(call, of))
}
