//! Whether a PostgreSQL server can be used at all, asked before a pool tries again and again.
use sqlx::any::AnyConnectOptions;
use sqlx::{AnyConnection, Connection as _};
use std::str::FromStr as _;
use std::time::Duration;

/// Connects to a PostgreSQL server once, and asks it for nothing; why that is not possible, in its own
/// words or the system's, without the URL.
pub async fn try_postgres(url: &str) -> std::result::Result<(), String> {
    sqlx::any::install_default_drivers();
    let options = AnyConnectOptions::from_str(url).map_err(|e| e.to_string())?;
    let mut last = format!("no answer within {} seconds", FIRST.as_secs());
    let trying = async {
        loop {
            match AnyConnection::connect_with(&options).await {
                Ok(conn) => return conn.close().await.map_err(|e| e.to_string()),
                Err(sqlx::Error::Database(e)) if !is_passing(&*e) => return Err(e.message().to_owned()),
                // It may be about to start, as whatever is started with us.
                Err(e) => last = e.to_string(),
            }
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
    };
    let said = tokio::time::timeout(FIRST, trying).await;
    said.unwrap_or(Err(last))
}

/// How long PostgreSQL may take to be there at a start.
const FIRST: Duration = Duration::from_secs(10);

/// Whether the server says that it starts, stops, or has no connection left: all of it may be otherwise soon.
fn is_passing(said: &dyn sqlx::error::DatabaseError) -> bool {
    said.code()
        .is_some_and(|code| code.starts_with("57P") || code.starts_with("53"))
}
