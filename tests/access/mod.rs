//! Requests for resources, flows, grants, hooks.
mod flows;
mod grants;
mod last_word;
pub mod portal;
mod provisioning;
mod requester;
pub mod requests;
mod states;
mod steering;
