//! What all kinds of requests share and call themselves: submitted, settled, expired, and who is told.
pub mod decision_draft;
pub mod expiry;
pub mod hearers;
pub mod notices;
pub mod outcomes;
pub mod posts;
pub mod status_token;
pub mod submission;
