//! Accounts: signing in and out, sessions, the second factor, addresses, providers, limits, erasure.
pub mod accounts;
pub mod addresses;
pub mod drafts;
pub mod erasure;
pub mod factor;
pub mod limits;
pub mod passwords;
pub mod providers;
pub mod sessions;
