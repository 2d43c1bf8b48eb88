//! Organisations.
use super::db::{Conn, Tx};
use super::rows::{Columns as _, Row, Statement as _};
use crate::domain::ids::OrganisationId;
use crate::domain::organisation::{Organisation, Slug};
use crate::domain::time::Span;
use crate::domain::{Error, Result, Why};

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "select id, slug, name, customer_number, demands_factor, admin_contact, tells_rejected, invitation_life, \
             invitations_a_day, time_zone, created_at, closed_at, version from organisations ",
            $rest
        )
    };
}

pub async fn create(tx: &mut Tx, o: &Organisation) -> Result<()> {
    sqlx::query(
        "insert into organisations (id, slug, name, customer_number, demands_factor, admin_contact, tells_rejected, \
         created_at, closed_at, version, invitation_life, invitations_a_day, time_zone) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
    )
    .bind(o.id.as_str())
    .bind(o.slug.as_str())
    .bind(&o.name)
    .bind(&o.customer_number)
    .bind(i64::from(o.demands_factor))
    .bind(&o.admin_contact)
    .bind(i64::from(o.tells_rejected))
    .bind(o.created_at.0)
    .bind(o.closed_at.map(|t| t.0))
    .bind(o.version)
    .bind(o.invitation_life.0)
    .bind(o.invitations_a_day)
    .bind(&o.time_zone)
    .insert(tx, Error::field("slug", Why::SlugTaken))
    .await
}

/// Writes an organisation back if nobody changed it since it was read.
pub async fn update(tx: &mut Tx, o: &Organisation) -> Result<()> {
    sqlx::query(
        "update organisations set name = $3, customer_number = $4, demands_factor = $5, admin_contact = $6, tells_rejected = \
         $7, closed_at = $8, invitation_life = $9, invitations_a_day = $10, time_zone = $11, \
         version = version + 1 where id = $1 and version = $2",
    )
    .bind(o.id.as_str())
    .bind(o.version)
    .bind(&o.name)
    .bind(&o.customer_number)
    .bind(i64::from(o.demands_factor))
    .bind(&o.admin_contact)
    .bind(i64::from(o.tells_rejected))
    .bind(o.closed_at.map(|t| t.0))
    .bind(o.invitation_life.0)
    .bind(o.invitations_a_day)
    .bind(&o.time_zone)
    .run_once(tx)
    .await
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
        admin_contact: row.text("admin_contact")?,
        tells_rejected: row.flag("tells_rejected")?,
        invitation_life: Span(row.number("invitation_life")?),
        invitations_a_day: row.number("invitations_a_day")?,
        time_zone: row.text("time_zone")?,
        created_at: row.time("created_at")?,
        closed_at: row.maybe_time("closed_at")?,
        version: row.number("version")?,
    })
}
