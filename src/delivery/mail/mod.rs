//! Letters: writing them, and handing them to the mail server.
pub mod letter;
pub mod letters;
pub mod session;
pub mod transport;
