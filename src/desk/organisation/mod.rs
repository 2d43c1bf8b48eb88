//! Organisations: founding, settings, the home page, links to people, closing, the export.
pub mod closure;
pub mod export;
pub mod home_page;
pub mod links;
pub mod organisations;
pub mod request_rules;
