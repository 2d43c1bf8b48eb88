//! What requests of all kinds have in common: submission, outcomes, expiry, posts, and who is told.
pub mod decision_draft;
pub mod expiry;
pub mod hearers;
pub mod notices;
pub mod outcomes;
pub mod posts;
pub mod status_token;
pub mod submission;
