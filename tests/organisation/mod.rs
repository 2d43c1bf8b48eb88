//! What an organisation puts up, and how it ends.
pub mod closure;
pub mod export;
mod home_page;
mod links;
mod operator;
mod tour;
