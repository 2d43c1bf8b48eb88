//! Organisations: founding, settings, the home page, what leads people to them, closing, the
//! export.
pub mod closure;
pub mod export;
pub mod home_page;
pub mod keys;
pub mod links;
pub mod organisations;
pub(crate) mod outward;
pub mod request_rules;
pub mod witness;
