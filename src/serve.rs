//! Starting and stopping: from a checked configuration to a running server, and the operator's
//! commands.
pub mod chores;
pub mod commands;
pub mod connections;
mod descriptors;
pub mod files;
pub mod logs;
mod line;
mod paced_body;
mod seats;
pub mod server;
