//! Organisations, their home page, what links people to them, the export.
pub mod export;
pub mod exports;
pub mod home_page;
pub mod links;
pub mod organisations;
