//! The only code that runs in a browser: signals and views, no rules. Words and first data come as
//! props from the server.
pub mod banner;
#[cfg(feature = "hydrate")]
mod browser;
pub mod copy;
pub mod form;
#[cfg(feature = "hydrate")]
mod live;
pub mod modal;
pub mod progress;
pub mod queue;

/// Says that one island works. When all of the page's do, `<html data-hydrated>` tells so (to
/// tests, and to the stylesheet).
fn hydrated() {
    #[cfg(feature = "hydrate")]
    leptos::prelude::Effect::new(|_| browser::count_hydrated());
}

/// Does nothing on the server, where no island ever runs.
#[cfg(not(feature = "hydrate"))]
fn unused(_: impl Sized) {}

/// A value as it may stand in a query.
fn escape(value: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b'~');
    value
        .bytes()
        .map(|b| {
            if plain(b) {
                char::from(b).to_string()
            } else {
                format!("%{b:02X}")
            }
        })
        .collect()
}
