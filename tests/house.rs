//! One binary for all tests of the whole, as each binary links everything. Most run on SQLite and
//! on PostgreSQL.
#[macro_use]
mod harness;

mod access;
mod accounts;
mod attacks;
mod bad_input;
mod bulk;
mod chat;
mod chat_any;
mod chat_crash;
mod chat_fates;
mod chat_guards;
mod chat_more;
mod chat_pages;
mod chat_races;
mod chat_room;
mod chat_wire;
mod crash;
mod doors;
mod endings;
mod everybody;
mod flows;
mod history;
mod hooks;
mod insights;
mod invitations;
mod keeping;
mod links;
mod migrations;
mod model;
mod operator;
mod outbox;
mod pages;
mod people;
mod people_roles;
mod plans;
mod queue;
mod races;
mod requests;
mod rooms;
mod signup;
mod states;
mod steering;
mod users;
mod words;
