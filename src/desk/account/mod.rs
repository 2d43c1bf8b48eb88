//! Accounts: signing in and out, sessions, the second factor, addresses, providers, memberships,
//! limits, drafts, what is shown once, erasure.
pub mod accounts;
pub mod addresses;
pub mod codes;
pub mod drafts;
pub mod erasure;
pub mod factor;
pub mod limits;
pub mod links;
pub mod memberships;
pub mod offers;
pub mod providers;
pub mod prune;
pub mod reentry;
pub mod sessions;
pub mod shown_once;
