//! Outbound: the outbox worker, letters and their delivery, and the work of the clock.
pub mod chat;
pub mod dns;
pub mod hooks;
pub mod mail;
