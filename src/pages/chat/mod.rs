//! Pages of chat: connectors and contacts.
pub mod connectors;
pub mod contacts;
pub mod names;
