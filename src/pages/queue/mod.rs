//! The queue of requests, its filter and its bulk decisions.
pub mod bulk;
pub mod filter;
pub mod list;
