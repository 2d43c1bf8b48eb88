//! The queue: its list and its numbers, bulk decisions, retention.
pub mod bulk;
pub mod list;
pub mod query;
pub mod retention;
pub mod shelves;
