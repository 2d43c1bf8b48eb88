//! Resources, flows, steps, questions, grants, delegations, calls of provisioning hooks.
pub mod delegations;
pub mod flows;
pub mod grants;
pub mod provisioning;
pub mod questions;
pub mod resources;
pub mod steps;
