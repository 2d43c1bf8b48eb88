//! Pages of chat: connectors and contacts.
pub mod connector_form;
pub mod connectors;
pub mod contacts;
pub mod names;
