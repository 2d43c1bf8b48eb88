//! What is shown once, sealed with the instance key: of one session, until its first look.
use crate::domain::shown_once::{LIFE, WAITING};
use crate::domain::{Error, Result, Time};
use crate::store::account::sessions::Session;
use crate::store::conn::Conn;
use crate::store::db::Tx;
use crate::store::rows::{Columns as _, Statement as _};

/// Keeps it for a session that has not ended, under this id; what waited longest makes room.
pub async fn keep(tx: &mut Tx, id: &str, of: &Session, page: &str, sealed: &str, now: Time) -> Result<()> {
    sqlx::query(
        "delete from shown_once where session_id = $1 and id not in (select id from shown_once \
         where session_id = $1 order by expires_at desc, id limit $2)",
    )
    .bind(of.id.as_str())
    .bind(WAITING - 1)
    .run(tx)
    .await?;
    let kept = sqlx::query(
        "insert into shown_once (id, session_id, account_id, page, sealed, expires_at) \
         select $1, s.id, s.account_id, $4, $5, $6 from sessions s \
         where s.id = $2 and s.account_id = $3 and s.ended_at is null",
    )
    .bind(id)
    .bind(of.id.as_str())
    .bind(of.account.as_str())
    .bind(page)
    .bind(sealed)
    .bind((now + LIFE).0)
    .affected(tx)
    .await?;
    if kept == 1 {
        Ok(())
    } else {
        Err(Error::SignInRequired)
    }
}

/// Takes what waits under this id for the session on this page: whoever comes second finds nothing.
pub async fn take(tx: &mut Tx, id: &str, of: &Session, page: &str, now: Time) -> Result<Option<String>> {
    let conn: &mut Conn = tx;
    sqlx::query(
        "delete from shown_once where id = $1 and session_id = $2 and account_id = $3 and page = $4 \
         and expires_at > $5 returning sealed",
    )
    .bind(id)
    .bind(of.id.as_str())
    .bind(of.account.as_str())
    .bind(page)
    .bind(now.0)
    .find(conn, |r| r.text("sealed"))
    .await
}
