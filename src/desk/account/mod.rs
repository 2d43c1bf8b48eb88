//! Accounts: signing in and out, sessions, the second factor, addresses, providers, memberships,
//! limits, drafts, erasure.
pub mod accounts;
pub mod addresses;
pub mod codes;
pub mod drafts;
pub mod erasure;
pub mod factor;
pub mod limits;
pub mod links;
pub mod memberships;
pub mod providers;
pub mod prune;
pub mod sessions;
