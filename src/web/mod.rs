//! The edge: from a request to an actor and back to an answer. Cookies, origin checks, headers,
//! limits, sign-in, health.
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
pub mod provider;
pub mod render;
pub mod trace;
