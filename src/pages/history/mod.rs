//! Insights.
pub mod insights;
