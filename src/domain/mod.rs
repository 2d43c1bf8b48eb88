//! The nouns of Anteroom and their rules: pure values, no IO, no clock, no SQL, no framework. Who
//! may do what is decided in [`policy`]; when it may happen, by the methods of the nouns
//! themselves.
pub mod account;
pub mod answer;
pub mod changes;
pub mod connector;
pub mod contact;
pub mod content_kind;
pub mod decision;
pub mod delivery;
pub mod delivery_failure;
pub mod draft;
pub mod error;
pub mod event;
pub mod flow;
pub mod group;
pub mod home_page;
pub mod ids;
pub mod invitation;
pub mod links;
pub mod member;
pub mod notice;
pub mod notice_rows;
pub mod organisation;
pub mod path;
pub mod policy;
pub mod posted;
pub mod request;
pub mod resource;
pub mod resource_request;
pub mod role;
pub mod seal;
pub mod shown_once;
pub mod step_state;
pub mod text;
pub mod time;
pub mod verdict;
pub mod word_enum;

pub use error::{Error, Fault, Result, Why};
pub use time::Time;
