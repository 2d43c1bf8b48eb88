//! Joining: signing up, asking to join, and what the requester sees of it.
pub mod requests;
pub mod signup;
