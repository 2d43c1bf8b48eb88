//! The queue of requests, its filter and its bulk decisions.
pub mod bulk;
pub mod details;
pub mod filter;
pub mod list;
