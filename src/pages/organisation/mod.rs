//! Pages of an organisation: home, FAQs, settings, set-up.
pub mod faq;
pub mod home;
mod panels;
pub mod settings;
pub mod setup;
mod tour;
