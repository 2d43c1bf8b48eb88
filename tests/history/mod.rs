//! The history and Insights.
mod changes;
mod insights;
mod seals;
