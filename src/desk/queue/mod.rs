//! The queue: what all kinds of requests share above their kinds.
pub mod bulk;
pub mod decisions;
pub mod digests;
pub mod list;
pub mod repair;
pub mod retention;
