//! An organisation's data as one archive: each table as JSON and as CSV, the files of its home
//! page, and at the end what must be in it. It is made in the background, from one look at the database,
//! and written in pieces: its size costs time, and no memory.
use crate::desk::account::limits;
use crate::desk::history::About;
use crate::desk::{Actor, Desk, account, history, rights};
use crate::domain::event::What;
use crate::domain::ids::ExportId;
use crate::domain::member::Membership;
use crate::domain::text::{csv_head, csv_line, file_name, harmless};
use crate::domain::{Error, Result, Time, policy};
use crate::store::organisation::export::{DataTable, TABLES};
use crate::store::organisation::exports::{ExportJob, ExportState, OrganisationExport, TRIES};
use crate::store::organisation::home_page::FILE_PIECE;
use crate::store::{self, DatabaseKind};
use futures_util::StreamExt as _;
use serde_json::{Value, json};
use std::io::{self, Write};
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use zip::ZipWriter;
use zip::write::{SimpleFileOptions, StreamWriter};

/// How much of an archive is held, and handed out, at a time.
const PIECE: usize = 256 * 1024;

/// How long an export is worked on before it rests, and for how long: others who are served by the same
/// core wait for a piece of this length, not for all of it.
const WORK: Duration = Duration::from_millis(2);
const REST: Duration = Duration::from_millis(1);

/// Asks for everything that is kept of the organisation, as a zip archive. Secrets (links,
/// passwords) are in none of it. While one is being made, that is the one that was asked for.
#[tracing::instrument(name = "organisation::export::ask_export", skip_all)]
pub async fn ask_export(desk: &Desk, actor: &Actor, member: &Membership) -> Result<()> {
    let permitted = policy::administrator(member)?;
    let (org, now) = (permitted.organisation(), actor.now());
    let mut tx = rights::begin_for(desk, actor, member).await?;
    if let Some(refusal) =
        account::limits::try_once(desk, &mut tx, &limits::EXPORTS, org.as_str(), now).await?
    {
        tx.commit().await?;
        return Err(refusal);
    }
    let id: ExportId = desk.mint.id(now);
    match store::organisation::exports::ask(&mut tx, org, &id, actor.id(), now).await {
        Ok(()) => {}
        Err(Error::Stale) => return Ok(()),
        Err(e) => return Err(e),
    }
    history::record(
        desk,
        &mut tx,
        actor,
        What::OrganisationExported,
        About::Organisation(org),
        vec![],
    )
    .await?;
    tx.commit().await
}

/// The export that was asked for last, as far as the member may know of it.
#[tracing::instrument(name = "organisation::export::newest_export", skip_all)]
pub async fn newest_export(desk: &Desk, member: &Membership) -> Result<Option<OrganisationExport>> {
    let Ok(permitted) = policy::administrator(member) else {
        return Ok(None);
    };
    store::organisation::exports::newest(&mut *desk.db.read().await?, permitted.organisation()).await
}

/// An export that is ready; of one that is not, or not any more, nothing is found.
#[tracing::instrument(name = "organisation::export::find_export", skip_all)]
pub async fn find_export(
    desk: &Desk,
    member: &Membership,
    id: &ExportId,
    now: Time,
) -> Result<OrganisationExport> {
    let permitted = policy::administrator(member)?;
    let org = permitted.organisation();
    let found = store::organisation::exports::find(&mut *desk.db.read().await?, org, id).await?;
    if found.good_until().is_some_and(|until| now < until) {
        Ok(found)
    } else {
        Err(Error::NotFound)
    }
}

/// A piece of an export that was found; None past the last one.
#[tracing::instrument(name = "organisation::export::export_piece", skip_all)]
pub async fn export_piece(
    desk: &Desk,
    member: &Membership,
    id: &ExportId,
    number: i64,
) -> Result<Option<Vec<u8>>> {
    let permitted = policy::administrator(member)?;
    let org = permitted.organisation();
    store::organisation::exports::find_piece(&mut *desk.db.read().await?, org, id, number).await
}

/// Makes one that waits, and throws away those whose day is over. False: none waits.
#[tracing::instrument(name = "organisation::export::work_off", skip_all)]
pub async fn work_off(desk: &Desk, clock: fn() -> Time) -> Result<bool> {
    let mut tx = desk.db.begin().await?;
    store::organisation::exports::throw_away(&mut tx, clock()).await?;
    let claimed = store::organisation::exports::claim(&mut tx, clock()).await?;
    let Some(job) = claimed else {
        tx.commit().await?;
        return Ok(false);
    };
    store::organisation::exports::begin_anew(&mut tx, &job).await?;
    tx.commit().await?;
    let mut making = Making::new(desk, job, clock);
    let made = making.make().await;
    let state = match &made {
        Ok(()) => ExportState::Ready,
        // Another server has it.
        Err(Error::Stale) => return Ok(true),
        Err(_) if making.job.attempts >= TRIES => ExportState::Failed,
        // The lease runs out, and it is begun anew.
        Err(e) => return Err(e.clone()),
    };
    let mut tx = desk.db.begin().await?;
    store::organisation::exports::finish(&mut tx, &making.job, state, clock()).await?;
    tx.commit().await?;
    Ok(true)
}

/// What of an archive was made and is not kept yet.
#[derive(Clone, Default)]
struct UnkeptBytes(Arc<Mutex<Vec<u8>>>);

impl UnkeptBytes {
    fn len(&self) -> usize {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).len()
    }
    /// The next piece; of what is less than one nothing, unless it is the last.
    fn take(&self, last: bool) -> Option<Vec<u8>> {
        let mut bytes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if bytes.is_empty() || (bytes.len() < PIECE && !last) {
            return None;
        }
        let end = bytes.len().min(PIECE);
        let rest = bytes.split_off(end);
        Some(std::mem::replace(&mut bytes, rest))
    }
}

impl Write for UnkeptBytes {
    fn write(&mut self, more: &[u8]) -> io::Result<usize> {
        let mut bytes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        bytes.extend_from_slice(more);
        Ok(more.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// An archive in the making.
struct Making<'a> {
    desk: &'a Desk,
    clock: fn() -> Time,
    job: ExportJob,
    unkept: UnkeptBytes,
    archive: ZipWriter<StreamWriter<UnkeptBytes>>,
    pieces: i64,
    lines: i64,
    size: i64,
    rested: Instant,
}

impl<'a> Making<'a> {
    fn new(desk: &'a Desk, job: ExportJob, clock: fn() -> Time) -> Self {
        let unkept = UnkeptBytes::default();
        Self {
            desk,
            clock,
            job,
            archive: ZipWriter::new_stream(unkept.clone()),
            unkept,
            pieces: 0,
            lines: 0,
            size: 0,
            rested: Instant::now(),
        }
    }

    async fn make(&mut self) -> Result<()> {
        let mut seen = self.desk.db.snapshot().await?;
        let mut counted = serde_json::Map::new();
        for table in &TABLES {
            let rows = self.write_table(&mut seen, table, Format::Json).await?;
            self.write_table(&mut seen, table, Format::Csv).await?;
            counted.insert(table.name.to_owned(), json!(rows));
        }
        let org = self.job.organisation.clone();
        let files = store::organisation::export::list_files(&mut seen, &org).await?;
        for id in &files {
            let (name, size) = store::organisation::home_page::find_file(&mut seen, &org, id).await?;
            // Names of before were kept as they came.
            self.begin(&format!("files/{id} {}", file_name(&name)))?;
            let mut from = 0;
            while from < size {
                let piece = store::organisation::home_page::file_piece(&mut seen, &org, id, from).await?;
                self.archive.write_all(&piece).map_err(failed)?;
                from += FILE_PIECE;
                self.keep(false).await?;
                self.rest().await;
            }
        }
        // The last file: an archive without it is not whole.
        let whole = json!({ "rows": counted, "files": files.len(), "complete": true });
        self.begin("contents.json")?;
        self.archive
            .write_all(whole.to_string().as_bytes())
            .map_err(failed)?;
        let archive = std::mem::replace(&mut self.archive, ZipWriter::new_stream(UnkeptBytes::default()));
        archive.finish().map_err(failed)?;
        self.keep(true).await
    }

    /// Writes a table; how many rows it has.
    async fn write_table(
        &mut self,
        seen: &mut store::Conn,
        table: &'static DataTable,
        as_: Format,
    ) -> Result<i64> {
        let org = self.job.organisation.clone();
        self.begin(&format!("{}.{}", table.name, as_.end()))?;
        self.archive
            .write_all(as_.head(table).as_bytes())
            .map_err(failed)?;
        let mut rows = pin!(store::organisation::export::rows(seen, &org, table));
        let mut count = 0;
        while let Some(values) = rows.next().await {
            let text = as_.row(table, &values?, count == 0);
            self.archive.write_all(text.as_bytes()).map_err(failed)?;
            count += 1;
            self.lines += 1;
            self.keep(false).await?;
            self.rest().await;
        }
        self.archive.write_all(as_.foot().as_bytes()).map_err(failed)?;
        Ok(count)
    }

    /// Lets others in. Nothing is held meanwhile but the look at the database. SQLite's rows come from a
    /// thread of its own and are waited for anyway; PostgreSQL's lie ready, and would keep a core busy.
    async fn rest(&mut self) {
        if self.rested.elapsed() < WORK {
            return;
        }
        match self.desk.db.kind {
            DatabaseKind::Sqlite => tokio::task::yield_now().await,
            DatabaseKind::Postgres => tokio::time::sleep(REST).await,
        }
        self.rested = Instant::now();
    }

    fn begin(&mut self, name: &str) -> Result<()> {
        let options = SimpleFileOptions::default().large_file(true);
        self.archive.start_file(name, options).map_err(failed)
    }

    /// Keeps what has become a piece.
    async fn keep(&mut self, last: bool) -> Result<()> {
        if self.unkept.len() < PIECE && !last {
            return Ok(());
        }
        while let Some(piece) = self.unkept.take(last) {
            self.size += i64::try_from(piece.len()).unwrap_or(i64::MAX);
            let so_far = (self.lines, self.size);
            let mut tx = self.desk.db.begin().await?;
            store::organisation::exports::keep_piece(
                &mut tx,
                &mut self.job,
                self.pieces,
                &piece,
                so_far,
                (self.clock)(),
            )
            .await?;
            tx.commit().await?;
            self.pieces += 1;
        }
        Ok(())
    }
}

/// How a table is written.
#[derive(Clone, Copy)]
enum Format {
    Json,
    Csv,
}

impl Format {
    fn end(self) -> &'static str {
        match self {
            Format::Json => "json",
            Format::Csv => "csv",
        }
    }

    fn head(self, table: &DataTable) -> String {
        match self {
            Format::Json => "[".to_owned(),
            Format::Csv => csv_head(table.names().map(str::to_owned)),
        }
    }

    fn row(self, table: &DataTable, values: &[Value], first: bool) -> String {
        if let Format::Csv = self {
            return csv_line(values.iter().map(cell));
        }
        let object: serde_json::Map<String, Value> = table
            .names()
            .zip(values)
            .map(|(c, v)| (c.to_owned(), v.clone()))
            .collect();
        let begin = if first { "\n" } else { ",\n" };
        format!("{begin}{}", Value::Object(object))
    }

    fn foot(self) -> &'static str {
        match self {
            Format::Json => "\n]\n",
            Format::Csv => "",
        }
    }
}

/// A value as a cell that no spreadsheet takes for a formula.
fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => harmless(text),
        other => other.to_string(),
    }
}

fn failed(e: impl std::fmt::Display) -> Error {
    tracing::error!(cause = %e, "an export failed");
    Error::Internal
}
