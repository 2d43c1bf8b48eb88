//! Calls of provisioning hooks.
pub mod provisioning;
