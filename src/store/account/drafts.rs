//! Drafts of failed forms, one for each browser and page, sealed with the instance key.
use crate::domain::{Result, Time};
use crate::store::conn::Conn;
use crate::store::db::Tx;
use crate::store::rows::{Columns as _, Statement as _};

/// Keeps a draft in place of the one before.
pub async fn keep(tx: &mut Tx, browser_hash: &str, page: &str, sealed: &str, expires_at: Time) -> Result<()> {
    sqlx::query(
        "insert into drafts (browser_hash, page, sealed, expires_at) values ($1, $2, $3, $4) \
         on conflict (browser_hash, page) do update set sealed = excluded.sealed, \
         expires_at = excluded.expires_at",
    )
    .bind(browser_hash)
    .bind(page)
    .bind(sealed)
    .bind(expires_at.0)
    .run(tx)
    .await?;
    // A browser has few pages that failed at once.
    sqlx::query(
        "delete from drafts where browser_hash = $1 and page not in (select page from drafts \
         where browser_hash = $1 order by expires_at desc, page limit 20)",
    )
    .bind(browser_hash)
    .run(tx)
    .await
}

pub async fn find(conn: &mut Conn, browser_hash: &str, page: &str, now: Time) -> Result<Option<String>> {
    sqlx::query("select sealed from drafts where browser_hash = $1 and page = $2 and expires_at > $3")
        .bind(browser_hash)
        .bind(page)
        .bind(now.0)
        .find(conn, |r| r.text("sealed"))
        .await
}
