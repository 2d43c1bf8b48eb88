//! The edge: from a request to an actor and back to an answer. Cookies, origin checks, headers,
//! limits, sign-in, health.
pub mod assets;
pub mod call;
pub mod clock;
pub mod cookies;
pub mod doors;
pub mod downloads;
pub mod forms;
pub mod gate;
pub mod guard;
pub mod health;
pub mod hooks;
pub mod live;
pub mod oidc;
pub mod place;
pub mod provider;
pub mod render;
pub mod seen;
pub mod site;
mod tables;

pub use call::{Call, call};
pub use site::Site;
