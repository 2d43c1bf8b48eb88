//! The demo: an organisation with people and requests, and its mailbox.
mod chat;
pub mod organisation;
mod people;
mod portal;
