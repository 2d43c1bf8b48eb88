//! The queue: requests of all kinds, listed and decided one by one or many at once; repair, daily
//! letters, and how long requests are kept.
pub mod bulk;
pub mod decisions;
pub mod digests;
pub mod list;
pub mod repair;
pub mod retention;
