//! Connectors, contacts, what arrived, what is to be sent, and how it fared.
pub mod arrivals;
pub mod connectors;
pub mod contacts;
pub mod fates;
pub mod posts;
pub mod sends;
