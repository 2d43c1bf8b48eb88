//! Outbound: the outbox worker, letters and their delivery, and the work of the clock.
pub mod chat;
mod chat_calls;
mod chat_pace;
mod chat_words;
pub mod chores;
pub mod dns;
pub mod hooks;
pub mod letter;
pub mod transport;
pub mod worker;
