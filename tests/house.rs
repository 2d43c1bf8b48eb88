//! One binary for all tests of the whole, as each binary links everything. Most run on SQLite and
//! on PostgreSQL.
#[macro_use]
mod harness;

mod access;
mod account;
mod chat;
mod delivery;
mod faults;
mod history;
mod joining;
mod organisation;
mod people;
mod queue;
mod walls;
