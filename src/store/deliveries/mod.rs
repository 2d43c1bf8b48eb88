//! The one queue of deliveries: letters, calls of hooks, messages by chat, and what came by it.
//! Each is written in the transaction that causes it, claimed by a worker, and finished.
pub mod arrivals;
pub mod channels;
pub mod fates;
pub mod hold;
pub mod hook_calls;
mod lanes;
pub mod letters;
pub mod messages;
pub mod outcomes;
pub mod posts;
pub mod queue;
