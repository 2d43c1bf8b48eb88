//! The queue, bulk decisions, retention.
mod bulk;
mod list;
mod retention;
