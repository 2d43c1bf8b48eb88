//! Accounts: identities, sessions, one-time tokens, limits, drafts, what is shown once, erasure,
//! and the words by which members are found.
pub mod accounts;
pub mod drafts;
pub mod erasure;
pub mod identities;
pub mod limits;
pub mod member_terms;
pub mod sessions;
pub mod shown_once;
pub mod tokens;
