//! An organisation's data as one archive: each table as JSON and as CSV, and the files of its home
//! page.
use crate::desk::history::About;
use crate::desk::{Actor, Desk, history};
use crate::domain::event::What;
use crate::domain::ids::OrganisationId;
use crate::domain::member::Membership;
use crate::domain::text::{file_name, harmless};
use crate::domain::{Error, Result, policy};
use crate::store;
use crate::store::organisation::export::{DataTable, TABLES};
use serde_json::Value;
use std::io::{Cursor, Write as _};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

type Archive = ZipWriter<Cursor<Vec<u8>>>;

/// Everything that is kept of the organisation, as a zip archive. Secrets (links, passwords)
/// are in none of it.
#[tracing::instrument(name = "organisation::export::export", skip_all)]
pub async fn export(desk: &Desk, actor: &Actor, member: &Membership) -> Result<Vec<u8>> {
    let permitted = policy::administrator(member)?;
    let org = permitted.organisation();
    let mut tx = desk.db.begin().await?;
    history::record(
        desk,
        &mut tx,
        actor,
        What::OrganisationExported,
        About::Organisation(org),
        vec![],
    )
    .await?;
    tx.commit().await?;
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for table in &TABLES {
        export_table(desk, &mut archive, org, table).await?;
    }
    let mut conn = desk.db.read().await?;
    for id in store::organisation::export::list_files(&mut conn, org).await? {
        let (name, bytes) = store::organisation::home_page::find_file(&mut conn, org, &id).await?;
        // Names of before were kept as they came.
        begin(&mut archive, &format!("files/{id} {}", file_name(&name)))?;
        archive.write_all(&bytes).map_err(failed)?;
    }
    Ok(archive.finish().map_err(failed)?.into_inner())
}

/// Writes a table twice; it is read page by page, each of its rows as it is then.
async fn export_table(
    desk: &Desk,
    archive: &mut Archive,
    org: &OrganisationId,
    table: &DataTable,
) -> Result<()> {
    let mut csv = csv::Writer::from_writer(Vec::new());
    csv.write_record(table.names()).map_err(failed)?;
    begin(archive, &format!("{}.json", table.name))?;
    archive.write_all(b"[").map_err(failed)?;
    let (mut after, mut first) = (String::new(), true);
    loop {
        let rows = store::organisation::export::list(&mut *desk.db.read().await?, org, table, &after).await?;
        let Some(last) = rows.last() else { break };
        after = last.key.clone();
        for row in &rows {
            let object: serde_json::Map<String, Value> = table
                .names()
                .zip(&row.values)
                .map(|(c, v)| (c.to_owned(), v.clone()))
                .collect();
            archive
                .write_all(if first { b"\n" } else { b",\n" })
                .map_err(failed)?;
            serde_json::to_writer(&mut *archive, &object).map_err(failed)?;
            first = false;
            csv.write_record(row.values.iter().map(cell)).map_err(failed)?;
        }
    }
    archive.write_all(b"\n]\n").map_err(failed)?;
    begin(archive, &format!("{}.csv", table.name))?;
    archive
        .write_all(&csv.into_inner().map_err(failed)?)
        .map_err(failed)
}

fn begin(archive: &mut Archive, name: &str) -> Result<()> {
    archive
        .start_file(name, SimpleFileOptions::default())
        .map_err(failed)
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
