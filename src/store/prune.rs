//! Throwing away what has served: ended sessions, deliveries that are over, used links and
//! codes, old drafts and counters. The history stays.
use super::db::Tx;
use super::rows::Statement as _;
use crate::domain::time::Span;
use crate::domain::{Result, Time};

/// Sessions are kept this long after their last sign of life, so that people can recognise them.
pub const SESSIONS: Span = Span::days(60);
/// What was delivered, given up or dropped: letters, calls and messages.
pub const DELIVERIES: Span = Span::days(90);
/// What came by chat: longer than any platform tries again.
pub const ARRIVALS: Span = Span::days(9);
/// Links, used or not, after their end.
pub const LINKS: Span = Span::days(30);
/// Counters of tries.
pub const TRIES: Span = Span::days(2);

/// Deletes everything past its time; the number of rows.
pub async fn run(tx: &mut Tx, now: Time) -> Result<u64> {
    let mut gone = 0;
    for (sql, before) in [
        (
            "delete from sessions where seen_at < $1 or ended_at < $1",
            now - SESSIONS,
        ),
        (
            "delete from deliveries where kind = 'arrival' and ended_at < $1",
            now - ARRIVALS,
        ),
        // A post whose request is open is still to be edited.
        (
            "delete from deliveries where kind <> 'arrival' and ended_at < $1 and state <> 'queued' \
             and (what is null or what <> 'post' or state <> 'sent' or closed = 1)",
            now - DELIVERIES,
        ),
        ("delete from chat_codes where expires_at < $1", now),
        ("delete from tokens where expires_at < $1", now - LINKS),
        ("delete from drafts where expires_at < $1", now),
        ("delete from shown_once where expires_at < $1", now),
        ("delete from identity_offers where expires_at < $1", now),
        ("delete from tries where window_start < $1", now - TRIES),
    ] {
        gone += sqlx::query(sql).bind(before.0).affected(tx).await?;
    }
    Ok(gone)
}
