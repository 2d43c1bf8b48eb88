//! This instance and the call at hand, as pages, actions and doors see them: who calls, from where,
//! with what cookies.
pub mod call;
pub mod cookies;
pub mod hub;
pub mod instance;
pub mod place;
pub mod presses;
pub mod seen;
pub mod shares;
pub mod told;
pub mod upload;

pub use call::{Call, call};
pub use instance::Site;
