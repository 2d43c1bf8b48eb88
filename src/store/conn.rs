//! The connection that statements run on.

/// A connection to read from, in or out of a transaction.
pub type Conn = sqlx::AnyConnection;
