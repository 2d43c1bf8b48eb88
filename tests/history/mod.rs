//! The history and Insights.
mod insights;
mod seals;
