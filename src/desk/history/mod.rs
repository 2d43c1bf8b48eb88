//! The history, as people read it.
pub mod insights;
