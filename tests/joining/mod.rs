//! Signing up and asking to join.
mod requests;
pub mod signup;
mod status_page;
