//! Joining: signing up, asking to join, deciding requests to join, and inviting.
pub mod decisions;
pub mod invitations;
pub mod requests;
pub mod signup;
