//! The queue: what all kinds of requests share above their kinds.
pub mod bulk;
pub mod decisions;
pub mod digests;
pub mod list;
mod retention;
pub mod sweep;
