//! What goes wrong: crashes, races, attacks, bad input; and a model.
mod at_once;
mod attacks;
mod bad_input;
mod connections;
pub mod crash;
mod database;
mod edge;
mod files;
mod floods;
mod mailboxes;
mod model;
mod proxy;
mod races;
mod watch;
