//! Outbound: letters, messages by chat, calls of provisioning hooks, and questions to the DNS.
pub mod chat;
pub mod dns;
pub mod hooks;
pub mod mail;
