//! Connectors, contacts, what arrived, what is to be sent.
pub mod arrivals;
pub mod connectors;
pub mod contacts;
pub mod fates;
pub mod posts;
pub mod sends;
