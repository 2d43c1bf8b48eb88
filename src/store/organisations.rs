//! Organisations.
use super::db::{Conn, Tx};
use super::rows::{Columns as _, Row, Statement as _};
use crate::domain::ids::OrganisationId;
use crate::domain::organisation::{Organisation, Slug};
use crate::domain::{Error, Result, Why};

macro_rules! select {
    ($rest:literal) => {
        concat!("select id, slug, name, customer_number, demands_factor, created_at, version from organisations ", $rest)
    };
}

pub async fn create(tx: &mut Tx, o: &Organisation) -> Result<()> {
    sqlx::query(
        "insert into organisations (id, slug, name, customer_number, demands_factor, created_at, version) values ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(o.id.as_str())
    .bind(o.slug.as_str())
    .bind(&o.name)
    .bind(&o.customer_number)
    .bind(i64::from(o.demands_factor))
    .bind(o.created_at.0)
    .bind(o.version).insert(tx, Error::field("slug", Why::SlugTaken)).await
}

/// Writes an organisation back if nobody changed it since it was read.
pub async fn update(tx: &mut Tx, o: &Organisation) -> Result<()> {
    sqlx::query(
        "update organisations set name = $3, customer_number = $4, demands_factor = $5, version = version + 1 where id = $1 and version = $2",
    )
    .bind(o.id.as_str())
    .bind(o.version)
    .bind(&o.name)
    .bind(&o.customer_number)
    .bind(i64::from(o.demands_factor)).run_once(tx).await
}

pub async fn find(conn: &mut Conn, id: &OrganisationId) -> Result<Organisation> {
    sqlx::query(select!("where id = $1")).bind(id.as_str()).find(conn, read).await?.ok_or(Error::NotFound)
}

pub async fn find_by_slug(conn: &mut Conn, slug: &Slug) -> Result<Option<Organisation>> {
    sqlx::query(select!("where slug = $1")).bind(slug.as_str()).find(conn, read).await
}

/// Whether there is any organisation yet.
pub async fn any(conn: &mut Conn) -> Result<bool> {
    Ok(sqlx::query("select count(*) as n from (select id from organisations limit 1) o").number(conn, "n").await? > 0)
}

fn read(row: &Row) -> Result<Organisation> {
    Ok(Organisation {
        id: row.parsed("id")?,
        slug: row.parsed("slug")?,
        name: row.text("name")?,
        customer_number: row.text("customer_number")?,
        demands_factor: row.flag("demands_factor")?,
        created_at: row.time("created_at")?,
        version: row.number("version")?,
    })
}
