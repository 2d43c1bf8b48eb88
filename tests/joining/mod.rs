//! Signing up and asking to join.
mod beginnings;
mod requests;
pub mod signup;
mod status_page;
