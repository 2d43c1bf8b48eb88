//! Facts about this instance: whether it is a demo, and whether the database answers. Also copies
//! of the SQLite file.
use super::db::{DatabaseKind, Db, Tx};
use super::rows::{Columns as _, Statement as _};
use crate::domain::{Error, Result};
use crate::store::conn::Conn;
use crate::store::watch::writes;

/// The fact that is written to see whether changes are taken.
const WRITABLE: &str = "writable";

pub async fn find(conn: &mut Conn, name: &str) -> Result<Option<String>> {
    sqlx::query("select value from instance where name = $1")
        .bind(name)
        .find(conn, |r| r.text("value"))
        .await
}

pub async fn keep(tx: &mut Tx, name: &str, value: &str) -> Result<()> {
    sqlx::query(
        "insert into instance (name, value) values ($1, $2) \
         on conflict (name) do update set value = excluded.value",
    )
    .bind(name)
    .bind(value)
    .run(tx)
    .await
}

/// Writes a fact in the place of the one that was read, or of none; Stale if somebody was quicker.
pub async fn turn(tx: &mut Tx, name: &str, from: Option<&str>, to: &str) -> Result<()> {
    let Some(from) = from else {
        return sqlx::query("insert into instance (name, value) values ($1, $2)")
            .bind(name)
            .bind(to)
            .insert(tx, Error::Stale)
            .await;
    };
    sqlx::query("update instance set value = $3 where name = $1 and value = $2")
        .bind(name)
        .bind(from)
        .bind(to)
        .run_once(tx)
        .await
}

/// Asks the database for anything at all, and whether it takes changes: PostgreSQL may only read, a file
/// may not be where it was opened, and where something failed for want of a disk or of the writer it is
/// tried whether a change is taken again.
pub async fn ping(db: &Db) -> Result<()> {
    db.require_standing()?;
    let mut conn = db.read().await?;
    sqlx::query("select name from instance limit 1")
        .find(&mut conn, |_| Ok(()))
        .await?;
    if db.kind == DatabaseKind::Postgres && !writes(&mut conn).await? {
        return Err(Error::Unavailable);
    }
    db.require_place()?;
    drop(conn);
    db.settle_doubts(async || {
        let mut tx = db.begin().await?;
        keep(&mut tx, WRITABLE, "1").await?;
        tx.commit().await
    })
    .await
}

/// Writes a consistent copy of the SQLite database to a file that does not exist yet, while others
/// go on writing.
pub async fn copy_to(db: &Db, file: &str) -> Result<()> {
    if db.kind != DatabaseKind::Sqlite {
        return Err(Error::Refused(crate::domain::Why::NotAllowedHere));
    }
    // SQLite takes an empty file as none, and keeps its rights.
    super::db::make_private(std::path::Path::new(file)).map_err(|e| {
        tracing::error!(cause = %e, "the copy cannot be made");
        Error::Unavailable
    })?;
    let mut conn = db.writer().await?;
    sqlx::query("vacuum into $1").bind(file).run(&mut conn).await
}

/// Asks SQLite to check the whole file; true if it found nothing wrong.
pub async fn is_sound(conn: &mut Conn) -> Result<bool> {
    let said = sqlx::query("pragma integrity_check")
        .find(conn, |r| r.text("integrity_check"))
        .await?;
    Ok(said.as_deref() == Some("ok"))
}
