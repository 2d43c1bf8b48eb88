//! What is to be delivered, and how it fares.
pub mod fates;
pub mod list;
