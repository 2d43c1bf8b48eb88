//! Starting and stopping: from a checked configuration to a running server, and the operator's
//! commands.
pub mod chores;
pub mod commands;
pub mod files;
pub mod logs;
pub mod server;
