//! Turns: locks of no row, until the transaction ends, for those who must not change the same things
//! at once. On PostgreSQL they are advisory; SQLite has one writer anyway. Also what a read says that
//! locks its rows.
use crate::domain::Result;
use crate::store::db::{DatabaseKind, Tx, Waits};
use crate::store::rows::Statement as _;
use sqlx::AssertSqlSafe;

/// The end of a read that locks the rows that it finds, e.g. `for update`: as given on PostgreSQL,
/// empty on SQLite, which has one writer anyway and knows no such words.
pub(super) fn locking(tx: &Tx, clause: &'static str) -> &'static str {
    match tx.kind {
        DatabaseKind::Sqlite => "",
        DatabaseKind::Postgres => clause,
    }
}

/// How a turn is held.
#[derive(Clone, Copy)]
pub(super) enum Sharing {
    /// By nobody else at the same time.
    Alone,
    /// By others who share it too.
    Together,
}

/// Waits for the turn at `what`, and has it until the transaction ends.
pub(super) async fn take(tx: &mut Tx, what: &str, held: Sharing) -> Result<()> {
    if tx.kind == DatabaseKind::Sqlite {
        return Ok(());
    }
    let _waits = Waits::of(&tx.waiting);
    let lock = match held {
        Sharing::Alone => "pg_advisory_xact_lock",
        Sharing::Together => "pg_advisory_xact_lock_shared",
    };
    let sql = format!("select 1 from (select {lock}(hashtextextended($1, 0))) turn");
    sqlx::query(AssertSqlSafe(sql))
        .bind(what)
        .find(tx, |_| Ok(()))
        .await
        .map(drop)
}
