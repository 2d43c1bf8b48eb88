//! Outbound: letters, messages by chat, calls of provisioning hooks, by one queue; and questions to
//! the DNS.
pub mod busy;
pub mod chat;
pub mod dns;
pub mod hooks;
pub mod mail;
pub mod queue;
pub mod tries;
