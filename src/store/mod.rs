//! The only SQL. Every function takes a connection or a transaction and says what it reads or
//! writes; no policy, no mail. One text serves SQLite and PostgreSQL. What reads an organisation's
//! row takes the organisation.
pub mod accounts;
pub mod arrivals;
pub mod bulk;
pub mod chat;
pub mod connectors;
pub mod contacts;
pub mod counts;
pub mod db;
pub mod delegations;
pub mod demo;
pub mod drafts;
pub mod erasure;
pub mod export;
pub mod flows;
pub mod grants;
pub mod groups;
pub mod history;
pub mod hooks;
pub mod house;
pub mod identities;
pub mod insights;
pub mod instance;
pub mod invitations;
pub mod keeping;
pub mod linking;
pub mod members;
pub mod migrations;
pub mod organisations;
pub mod outbox;
pub mod people;
pub mod prune;
pub mod questions;
pub mod queue;
mod request_rows;
pub mod requests;
pub mod resources;
pub mod roles;
mod rows;
pub mod seals;
pub mod sessions;
pub mod steps;
pub mod tokens;
pub mod tries;

pub use db::{Conn, Db, Kind, Tx};
