//! Rows as they are stored: for states that no use case makes, and for what no use case shows.
use super::House;
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, AssertSqlSafe, Error, Row as _};

/// Runs one statement, which the database may refuse.
pub async fn try_execute(conn: &mut AnyConnection, sql: &str) -> Result<(), Error> {
    sqlx::query(AssertSqlSafe(sql.to_owned()))
        .execute(conn)
        .await
        .map(|_| ())
}

/// Runs one statement.
pub async fn execute(conn: &mut AnyConnection, sql: &str) {
    try_execute(conn, sql)
        .await
        .unwrap_or_else(|e| panic!("{e}: {sql}"));
}

pub async fn fetch(conn: &mut AnyConnection, sql: &str) -> Vec<AnyRow> {
    sqlx::query(AssertSqlSafe(sql.to_owned()))
        .fetch_all(conn)
        .await
        .unwrap_or_else(|e| panic!("{e}: {sql}"))
}

/// The number in the first column of the first row.
pub async fn count(conn: &mut AnyConnection, sql: &str) -> i64 {
    let rows = fetch(conn, sql).await;
    rows.first().expect("a row").try_get(0).expect("a number")
}

impl House {
    /// A connection beside the desk's, for looking at rows.
    pub async fn raw(&self) -> sqlx::pool::PoolConnection<sqlx::Any> {
        self.desk.db.read().await.expect("a connection")
    }

    pub async fn try_execute(&self, sql: &str) -> Result<(), Error> {
        try_execute(&mut *self.raw().await, sql).await
    }

    pub async fn execute(&self, sql: &str) {
        execute(&mut *self.raw().await, sql).await;
    }

    pub async fn fetch(&self, sql: &str) -> Vec<AnyRow> {
        fetch(&mut *self.raw().await, sql).await
    }

    pub async fn count(&self, sql: &str) -> i64 {
        count(&mut *self.raw().await, sql).await
    }
}
