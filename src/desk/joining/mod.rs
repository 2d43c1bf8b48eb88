//! Joining: signing up, asking to join, and what the requester sees of it.
pub mod decisions;
pub mod invitations;
pub mod requests;
pub mod signup;
