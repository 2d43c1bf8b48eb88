//! What goes wrong: crashes, races, attacks, bad input; and a model.
mod attacks;
mod bad_input;
pub mod crash;
mod edge;
mod mailboxes;
mod model;
mod races;
