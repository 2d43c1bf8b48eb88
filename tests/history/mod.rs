//! The history and Insights.
mod history;
mod insights;
