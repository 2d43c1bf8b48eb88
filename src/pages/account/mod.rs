//! Pages of one's own account, and of signing in.
pub mod code;
pub mod email;
pub mod erasure;
pub mod reset;
pub mod settings;
pub mod signin;
