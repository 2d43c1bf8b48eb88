//! Pages of those who are not members yet.
pub mod signup;
pub mod status;
pub mod waiting;
