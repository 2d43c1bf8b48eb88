//! Counters of tries in windows of time, shared by all instances.
use crate::domain::time::Span;
use crate::domain::{Result, Time};
use crate::store::conn::Conn;
use crate::store::db::Tx;
use crate::store::rows::{Columns as _, Statement as _};

/// Counts one try of `subject` in the window that holds `now`; the count with it.
pub async fn count(tx: &mut Tx, subject: &str, window: Span, now: Time) -> Result<i64> {
    count_since(tx, subject, Time(now.0 - now.0.rem_euclid(window.0))).await
}

/// Counts one try of `subject` in the window that began at `start`; the count with it.
pub async fn count_since(tx: &mut Tx, subject: &str, start: Time) -> Result<i64> {
    sqlx::query(
        "insert into tries (subject, window_start, count) values ($1, $2, 1) \
         on conflict (subject, window_start) do update set count = tries.count + 1 returning count",
    )
    .bind(subject)
    .bind(start.0)
    .number(tx, "count")
    .await
}

/// How many tries of `subject` were counted in the window that began at `start`.
pub async fn so_far(conn: &mut Conn, subject: &str, start: Time) -> Result<i64> {
    let found = sqlx::query("select count from tries where subject = $1 and window_start = $2")
        .bind(subject)
        .bind(start.0)
        .find(conn, |r| r.number("count"))
        .await?;
    Ok(found.unwrap_or(0))
}

/// Counts one try of `subject` less in the window that began at `start`.
pub async fn give_back(tx: &mut Tx, subject: &str, start: Time) -> Result<()> {
    sqlx::query("update tries set count = count - 1 where subject = $1 and window_start = $2 and count > 0")
        .bind(subject)
        .bind(start.0)
        .run(tx)
        .await
}

/// Forgets the tries of a subject, as after a sign-in that succeeded.
pub async fn forget(tx: &mut Tx, subject: &str) -> Result<()> {
    sqlx::query("delete from tries where subject = $1")
        .bind(subject)
        .run(tx)
        .await
}
