//! Connectors, contacts, messages.
mod agent;
mod any_body;
mod buttons;
mod connectors;
mod contacts;
mod crash;
mod deliveries;
mod guards;
mod intake;
mod messages;
mod pages;
mod posts;
mod races;
pub mod room;
mod webhooks;
mod wordless;
