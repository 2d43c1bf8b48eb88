//! Pages of one's own account, and of signing in.
pub mod code;
pub mod email;
pub mod erasure;
pub mod link;
pub mod reset;
pub mod settings;
pub mod signin;
pub mod ways_in;
