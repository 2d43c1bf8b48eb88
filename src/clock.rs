//! The clock and the random source: the only place that asks the machine for either.
use crate::desk::mint::Mint;
use crate::domain::Time;

/// This instant.
#[allow(clippy::disallowed_methods)]
pub fn now() -> Time {
    Time(chrono::Utc::now().timestamp_millis())
}

/// The operating system's randomness.
pub fn mint() -> Mint {
    Mint(fill)
}

/// # Panics
/// If the operating system has no randomness to give: no secret could be made, so nothing may go
/// on.
#[allow(clippy::disallowed_methods)]
fn fill(bytes: &mut [u8]) {
    if let Err(e) = getrandom::fill(bytes) {
        panic!("the operating system gives no random bytes: {e}");
    }
}
