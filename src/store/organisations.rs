//! Organisations.
use super::db::{Conn, Tx, one};
use super::rows::{Columns as _, Row, fault, is_taken};
use crate::domain::ids::OrganisationId;
use crate::domain::organisation::{Organisation, Slug};
use crate::domain::{Error, Result, Why};

macro_rules! select {
    ($rest:literal) => {
        concat!("select id, slug, name, customer_number, demands_factor, created_at, version from organisations ", $rest)
    };
}

pub async fn create(tx: &mut Tx, o: &Organisation) -> Result<()> {
    let done = sqlx::query(
        "insert into organisations (id, slug, name, customer_number, demands_factor, created_at, version) values ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(o.id.as_str())
    .bind(o.slug.as_str())
    .bind(&o.name)
    .bind(&o.customer_number)
    .bind(i64::from(o.demands_factor))
    .bind(o.created_at.0)
    .bind(o.version)
    .execute(&mut **tx)
    .await;
    done.map(|_| ()).map_err(|e| if is_taken(&e) { Error::field("slug", Why::SlugTaken) } else { fault(e) })
}

/// Writes an organisation back if nobody changed it since it was read.
pub async fn update(tx: &mut Tx, o: &Organisation) -> Result<()> {
    let done = sqlx::query(
        "update organisations set name = $3, customer_number = $4, demands_factor = $5, version = version + 1 where id = $1 and version = $2",
    )
    .bind(o.id.as_str())
    .bind(o.version)
    .bind(&o.name)
    .bind(&o.customer_number)
    .bind(i64::from(o.demands_factor))
    .execute(&mut **tx)
    .await
    .map_err(fault)?;
    one(done)
}

pub async fn find(conn: &mut Conn, id: &OrganisationId) -> Result<Organisation> {
    let row = sqlx::query(select!("where id = $1")).bind(id.as_str()).fetch_optional(conn).await.map_err(fault)?;
    row.as_ref().map(read).transpose()?.ok_or(Error::NotFound)
}

pub async fn find_by_slug(conn: &mut Conn, slug: &Slug) -> Result<Option<Organisation>> {
    let row = sqlx::query(select!("where slug = $1")).bind(slug.as_str()).fetch_optional(conn).await.map_err(fault)?;
    row.as_ref().map(read).transpose()
}

/// Whether there is any organisation yet.
pub async fn any(conn: &mut Conn) -> Result<bool> {
    let row = sqlx::query("select count(*) as n from (select id from organisations limit 1) o").fetch_one(conn).await.map_err(fault)?;
    Ok(row.number("n")? > 0)
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
