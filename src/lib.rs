//! Anteroom: where people wait, briefly, before they are let in.
//!
//! The rooms: `domain`, `actions` and `islands` are compiled for the server and the browser; every
//! other one exists on the server alone. docs/architecture.md walks through them.
// What the browser needs is written by macros of wasm-bindgen, and is unsafe there.
#![cfg_attr(feature = "ssr", forbid(unsafe_code))]
#![recursion_limit = "512"]

pub mod actions;
pub mod domain;
pub mod islands;

#[cfg(feature = "ssr")]
pub mod chat;
#[cfg(feature = "ssr")]
pub mod clock;
#[cfg(feature = "ssr")]
pub mod config;
#[cfg(feature = "ssr")]
pub mod delivery;
#[cfg(feature = "ssr")]
pub mod desk;
#[cfg(feature = "ssr")]
pub mod oidc;
#[cfg(feature = "ssr")]
pub mod pages;
#[cfg(feature = "ssr")]
pub mod serve;
#[cfg(feature = "ssr")]
pub mod site;
#[cfg(feature = "ssr")]
pub mod store;
#[cfg(feature = "ssr")]
pub mod trust;
#[cfg(feature = "ssr")]
pub mod web;
#[cfg(feature = "ssr")]
pub mod words;

/// Called by the page's script once the wasm is there; Leptos then hydrates each island.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_islands();
}
