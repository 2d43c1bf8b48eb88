//! Exports of organisations: asked for, made in the background, kept in pieces until their day is
//! over. The pieces are in the database, so that whichever server made one, each can hand it out.
use crate::domain::ids::{AccountId, ExportId, OrganisationId};
use crate::domain::time::Span;
use crate::domain::{Error, Result, Time};
use crate::store::conn::Conn;
use crate::store::db::Tx;
use crate::store::rows::{Columns as _, Row, Statement as _, fault, impossible};
use sqlx::Row as _;

/// How long a server may be silent about an export before another begins it anew.
pub const LEASE: Span = Span::minutes(5);

/// How long one is kept.
pub const KEPT: Span = Span::days(1);

/// How often one is begun before it is given up.
pub const TRIES: i64 = 3;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExportState {
    /// Not begun, or being made.
    Waiting,
    Ready,
    Failed,
}

impl ExportState {
    fn as_str(self) -> &'static str {
        match self {
            ExportState::Waiting => "waiting",
            ExportState::Ready => "ready",
            ExportState::Failed => "failed",
        }
    }
}

/// An export as an administrator sees it.
#[derive(Clone, Debug)]
pub struct OrganisationExport {
    pub id: ExportId,
    pub state: ExportState,
    pub asked_at: Time,
    /// Rows written so far.
    pub lines: i64,
    /// Bytes.
    pub size: i64,
    pub ended_at: Option<Time>,
}

impl OrganisationExport {
    /// Until when it can be fetched; None: it cannot.
    pub fn good_until(&self) -> Option<Time> {
        let ended = self.ended_at.filter(|_| self.state == ExportState::Ready);
        ended.map(|at| at + KEPT)
    }
}

/// An export that this server makes.
#[derive(Clone, Debug)]
pub struct ExportJob {
    pub id: ExportId,
    pub organisation: OrganisationId,
    pub attempts: i64,
    pub lease_until: Time,
}

/// Asks for one; Stale if one is being made.
pub async fn ask(tx: &mut Tx, org: &OrganisationId, id: &ExportId, by: &AccountId, now: Time) -> Result<()> {
    sqlx::query(
        "insert into exports (id, org_id, asked_by, asked_at, state) values ($1, $2, $3, $4, 'waiting')",
    )
    .bind(id.as_str())
    .bind(org.as_str())
    .bind(by.as_str())
    .bind(now.0)
    .insert(tx, Error::Stale)
    .await
}

/// The one that was asked for last.
pub async fn newest(conn: &mut Conn, org: &OrganisationId) -> Result<Option<OrganisationExport>> {
    sqlx::query(
        "select id, state, asked_at, lines, size, ended_at from exports where org_id = $1 \
         order by asked_at desc, id desc limit 1",
    )
    .bind(org.as_str())
    .find(conn, read)
    .await
}

pub async fn find(conn: &mut Conn, org: &OrganisationId, id: &ExportId) -> Result<OrganisationExport> {
    sqlx::query(
        "select id, state, asked_at, lines, size, ended_at from exports where org_id = $1 and id = $2",
    )
    .bind(org.as_str())
    .bind(id.as_str())
    .find(conn, read)
    .await?
    .ok_or(Error::NotFound)
}

/// Claims one that waits and that no other server is at.
pub async fn claim(tx: &mut Tx, now: Time) -> Result<Option<ExportJob>> {
    let until = now + LEASE;
    sqlx::query(
        "update exports set lease_until = $2, attempts = attempts + 1, lines = 0, size = 0 \
         where id in (select id from exports where state = 'waiting' and lease_until <= $1 \
         order by asked_at, id limit 1) and state = 'waiting' and lease_until <= $1 \
         returning id, org_id, attempts",
    )
    .bind(now.0)
    .bind(until.0)
    .find(tx, |r| {
        Ok(ExportJob {
            id: r.parsed("id")?,
            organisation: r.parsed("org_id")?,
            attempts: r.number("attempts")?,
            lease_until: until,
        })
    })
    .await
}

/// Gives back what a server that is gone had claimed. Only where no other one can be at work.
pub async fn release(tx: &mut Tx) -> Result<()> {
    sqlx::query("update exports set lease_until = 0 where state = 'waiting' and lease_until > 0")
        .run(tx)
        .await
}

/// Throws away what an earlier try left.
pub async fn begin_anew(tx: &mut Tx, job: &ExportJob) -> Result<()> {
    sqlx::query("delete from export_pieces where org_id = $1 and export_id = $2")
        .bind(job.organisation.as_str())
        .bind(job.id.as_str())
        .run(tx)
        .await
}

/// Keeps a piece and the lease; Stale if another server has taken over. `lines`, `size`: of all so
/// far.
pub async fn keep_piece(
    tx: &mut Tx,
    job: &mut ExportJob,
    number: i64,
    bytes: &[u8],
    (lines, size): (i64, i64),
    now: Time,
) -> Result<()> {
    // A clock that stands still must not make two leases alike.
    let until = (now + LEASE).max(job.lease_until + Span(1));
    sqlx::query(
        "update exports set lease_until = $4, lines = $5, size = $6 where org_id = $1 and id = $2 \
         and lease_until = $3 and state = 'waiting'",
    )
    .bind(job.organisation.as_str())
    .bind(job.id.as_str())
    .bind(job.lease_until.0)
    .bind(until.0)
    .bind(lines)
    .bind(size)
    .run_once(tx)
    .await?;
    job.lease_until = until;
    sqlx::query("insert into export_pieces (org_id, export_id, number, bytes) values ($1, $2, $3, $4)")
        .bind(job.organisation.as_str())
        .bind(job.id.as_str())
        .bind(number)
        .bind(bytes)
        .run(tx)
        .await
}

/// Writes down how it ended; of those before it none is kept.
pub async fn finish(tx: &mut Tx, job: &ExportJob, state: ExportState, now: Time) -> Result<()> {
    sqlx::query(
        "update exports set state = $4, ended_at = $5, lease_until = 0 where org_id = $1 and id = $2 \
         and lease_until = $3 and state = 'waiting'",
    )
    .bind(job.organisation.as_str())
    .bind(job.id.as_str())
    .bind(job.lease_until.0)
    .bind(state.as_str())
    .bind(now.0)
    .run_once(tx)
    .await?;
    if state == ExportState::Failed {
        return begin_anew(tx, job).await;
    }
    for sql in [
        "delete from export_pieces where org_id = $1 and export_id <> $2",
        "delete from exports where org_id = $1 and id <> $2",
    ] {
        sqlx::query(sql)
            .bind(job.organisation.as_str())
            .bind(job.id.as_str())
            .run(tx)
            .await?;
    }
    Ok(())
}

/// A piece; None past the last one.
pub async fn find_piece(
    conn: &mut Conn,
    org: &OrganisationId,
    id: &ExportId,
    number: i64,
) -> Result<Option<Vec<u8>>> {
    sqlx::query("select bytes from export_pieces where org_id = $1 and export_id = $2 and number = $3")
        .bind(org.as_str())
        .bind(id.as_str())
        .bind(number)
        .find(conn, |r| r.try_get("bytes").map_err(fault))
        .await
}

/// Throws away those whose day is over, some of them; how many.
pub async fn throw_away(tx: &mut Tx, now: Time) -> Result<usize> {
    let over = sqlx::query("select org_id, id from exports where ended_at <= $1 order by ended_at limit 20")
        .bind((now - KEPT).0)
        .list(tx, |r| Ok((r.text("org_id")?, r.text("id")?)))
        .await?;
    for (org, id) in &over {
        for sql in [
            "delete from export_pieces where org_id = $1 and export_id = $2",
            "delete from exports where org_id = $1 and id = $2",
        ] {
            sqlx::query(sql)
                .bind(org.as_str())
                .bind(id.as_str())
                .run(tx)
                .await?;
        }
    }
    Ok(over.len())
}

fn read(row: &Row) -> Result<OrganisationExport> {
    let state = match row.text("state")?.as_str() {
        "waiting" => ExportState::Waiting,
        "ready" => ExportState::Ready,
        "failed" => ExportState::Failed,
        _ => return Err(impossible("exports.state")),
    };
    Ok(OrganisationExport {
        id: row.parsed("id")?,
        state,
        asked_at: row.time("asked_at")?,
        lines: row.number("lines")?,
        size: row.number("size")?,
        ended_at: row.maybe_time("ended_at")?,
    })
}
