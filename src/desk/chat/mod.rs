//! Chat: connectors, contacts, what arrives, what is sent, and the buttons that decide.
pub mod arrivals;
pub mod buttons;
pub mod connectors;
pub mod contacts;
pub mod identities;
pub mod intake;
pub mod retirement;
pub mod secrets;
pub mod texts;
