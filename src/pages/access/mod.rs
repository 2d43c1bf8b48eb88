//! Pages of access: catalogue, requests, approvals, applications, resources, flows.
pub mod applications;
pub mod approvals;
pub mod catalog;
mod flow_form;
pub mod flows;
pub mod my_requests;
pub mod progress;
pub mod resources;
