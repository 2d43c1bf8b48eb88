//! Starting and stopping: from a checked configuration to a running server, and the operator's
//! commands.
pub mod chores;
pub mod commands;
pub mod connections;
mod descriptors;
pub mod files;
mod line;
pub mod logs;
mod paced_body;
mod seats;
pub mod server;
