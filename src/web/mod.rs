//! The edge: from a request to an actor and back to an answer. Doors, forms, webhooks, downloads,
//! headers, limits, sign-in with a provider, health.
pub mod admission;
pub mod assets;
pub mod chat_webhooks;
pub mod doors;
pub mod downloads;
mod exports;
pub mod forms;
pub mod gate;
pub mod guard;
pub mod health;
pub mod live;
pub mod policy_reports;
pub mod provider;
pub mod refusals;
pub mod render;
mod settling;
mod spelling;
pub mod trace;
