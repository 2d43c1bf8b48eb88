//! Connectors, contacts, what arrived, what is to be sent, and how it fared.
pub mod connectors;
pub mod contacts;
