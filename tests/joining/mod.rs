//! Signing up and asking to join.
mod requests;
mod signup;
