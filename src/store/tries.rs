//! Counters of tries in windows of time, shared by all instances.
use super::db::Tx;
use super::rows::Statement as _;
use crate::domain::time::Span;
use crate::domain::{Result, Time};

/// Counts one try of `subject` in the window that holds `now`; the count with it.
pub async fn count(tx: &mut Tx, subject: &str, window: Span, now: Time) -> Result<i64> {
    let start = now.0 - now.0.rem_euclid(window.0);
    sqlx::query(
        "insert into tries (subject, window_start, count) values ($1, $2, 1) \
         on conflict (subject, window_start) do update set count = tries.count + 1 returning count",
    )
    .bind(subject)
    .bind(start)
    .number(tx, "count")
    .await
}

/// Forgets the tries of a subject, as after a sign-in that succeeded.
pub async fn forget(tx: &mut Tx, subject: &str) -> Result<()> {
    sqlx::query("delete from tries where subject = $1").bind(subject).run(tx).await
}
