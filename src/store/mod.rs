//! The only SQL. Every function takes a connection or a transaction and says what it reads or
//! writes; no policy, no mail. One text serves SQLite and PostgreSQL. What reads an organisation's
//! row takes the organisation.
pub mod access;
pub mod account;
pub mod chat;
pub mod conn;
pub mod copy;
pub mod counts;
pub mod db;
pub mod deliveries;
pub mod demo;
mod given_up;
pub mod history;
pub mod instance;
pub mod keys;
pub mod migrations;
pub mod organisation;
pub mod people;
mod permissions;
pub mod prune;
pub mod queue;
pub mod reach;
pub mod renewal;
pub mod requests;
mod rows;
mod turns;
mod watch;

pub use conn::Conn;
pub use db::{DatabaseKind, Db, Tx};
