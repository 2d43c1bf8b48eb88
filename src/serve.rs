//! Starting and stopping: from a checked configuration to a running server, and the operator's
//! commands.
pub mod chores;
pub mod commands;
pub mod connections;
pub mod copy;
mod descriptors;
pub mod files;
mod line;
pub mod logs;
pub mod mailbox;
mod paced_body;
mod seats;
pub mod server;
