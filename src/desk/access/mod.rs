//! Access: the catalogue, resources, requests, flows and their steps, votes, grants, delegations,
//! provisioning hooks.
pub mod catalog;
pub mod delegations;
pub mod flows;
pub mod grants;
pub mod hook_calls;
pub mod my_requests;
pub mod progress;
pub mod provisioning;
pub mod resources;
pub mod steps;
pub mod submission;
pub mod trial;
pub mod votes;
