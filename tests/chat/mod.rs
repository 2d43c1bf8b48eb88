//! Connectors, contacts, messages.
mod any_body;
mod contacts;
mod crash;
mod guards;
mod intake;
mod messages;
mod pages;
mod races;
pub mod room;
mod webhooks;
