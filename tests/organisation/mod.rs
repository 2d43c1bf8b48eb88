//! What an organisation puts up, and how it ends.
pub mod closure;
mod home_page;
mod operator;
