//! Chat: what is sent to platforms and agents, and the work on what arrived.
mod calls;
mod pace;
mod texts;
pub mod workers;
