//! Requests for resources, flows, grants, hooks.
mod flows;
mod provisioning;
pub mod requests;
mod states;
mod steering;
