//! The only code that runs in a browser: signals and views, no rules. Words and first data come as
//! props from the server.
pub mod banner;
#[cfg(feature = "hydrate")]
mod browser;
pub mod copy;
pub mod escape;
pub mod form;
#[cfg(feature = "hydrate")]
mod live;
pub mod modal;
pub mod progress;
pub mod queue;
pub mod when;

/// Says that one island works. When all of the page's do, `<html data-hydrated>` tells so (to
/// tests, and to the stylesheet).
fn hydrated() {
    #[cfg(feature = "hydrate")]
    leptos::prelude::Effect::new(|_| browser::count_hydrated());
}

/// Does nothing on the server, where no island ever runs.
#[cfg(not(feature = "hydrate"))]
fn unused(_: impl Sized) {}
