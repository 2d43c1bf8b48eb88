//! Letters: writing them, and handing them to the mail server.
pub mod letter;
pub mod transport;
pub mod worker;
