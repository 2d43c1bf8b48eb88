//! Organisations.
use crate::domain::account::Email;
use crate::domain::ids::OrganisationId;
use crate::domain::organisation::{Mails, Organisation, RequestRules, Slug};
use crate::domain::time::Span;
use crate::domain::{Error, Result, Time, Why};
use crate::store::conn::Conn;
use crate::store::db::Tx;
use crate::store::rows::{Columns as _, Row, Statement as _, impossible};

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "select id, slug, name, customer_number, demands_factor, admin_contact, tells_rejected, \
             invitation_life, \
             invitations_a_day, time_zone, created_at, closed_at, closes_at, closed_by, feedback_address, \
             mails_requests, request_life, \
             request_retention, digest_at, digest_since, mails_group, version from organisations ",
            $rest
        )
    };
}

pub async fn create(tx: &mut Tx, o: &Organisation) -> Result<()> {
    sqlx::query(
        "insert into organisations (id, slug, name, customer_number, demands_factor, admin_contact, \
         tells_rejected, \
         created_at, version, invitation_life, invitations_a_day, time_zone, mails_requests, request_life) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
    )
    .bind(o.id.as_str())
    .bind(o.slug.as_str())
    .bind(&o.name)
    .bind(&o.customer_number)
    .bind(i64::from(o.demands_factor))
    .bind(&o.admin_contact)
    .bind(i64::from(o.tells_rejected))
    .bind(o.created_at.0)
    .bind(o.version)
    .bind(o.invitation_life.0)
    .bind(o.invitations_a_day)
    .bind(&o.time_zone)
    .bind(i64::from(o.requests.mails != Mails::Never))
    .bind(o.requests.life.0)
    .insert(tx, Error::field("slug", Why::SlugTaken))
    .await
}

/// Writes an organisation back if nobody changed it since it was read.
pub async fn update(tx: &mut Tx, o: &Organisation) -> Result<()> {
    let digest = match o.requests.mails {
        Mails::Daily { next, since } => Some((next, since)),
        Mails::Never | Mails::Each => None,
    };
    sqlx::query(
        "update organisations set name = $3, customer_number = $4, demands_factor = $5, admin_contact = $6, \
         tells_rejected = \
         $7, closed_at = $8, invitation_life = $9, invitations_a_day = $10, time_zone = $11, \
         closes_at = $12, closed_by = $13, feedback_address = $14, mails_requests = $15, request_life = $16, \
         request_retention = $17, digest_at = $18, digest_since = $19, mails_group = $20, version = version \
         + 1 where id = $1 and version = $2",
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
    .bind(o.closes_at.map(|t| t.0))
    .bind(o.closed_by.as_ref().map(|a| a.as_str().to_owned()))
    .bind(
        o.feedback_address
            .as_ref()
            .map(|e| e.as_str().to_owned())
            .unwrap_or_default(),
    )
    .bind(i64::from(o.requests.mails != Mails::Never))
    .bind(o.requests.life.0)
    .bind(o.requests.retention.map(|s| s.0))
    .bind(digest.map(|(next, _)| next.0))
    .bind(digest.map(|(_, since)| since.0))
    .bind(o.requests.mails_group.as_ref().map(|g| g.as_str().to_owned()))
    .run_once(tx)
    .await
}

pub async fn find(conn: &mut Conn, id: &OrganisationId) -> Result<Organisation> {
    sqlx::query(select!("where id = $1"))
        .bind(id.as_str())
        .find(conn, read)
        .await?
        .ok_or(Error::NotFound)
}

pub async fn find_by_slug(conn: &mut Conn, slug: &Slug) -> Result<Option<Organisation>> {
    sqlx::query(select!("where slug = $1"))
        .bind(slug.as_str())
        .find(conn, read)
        .await
}

/// Organisations whose closing has come and from which nothing has followed yet; at most 20.
pub async fn list_closing(conn: &mut Conn, now: Time) -> Result<Vec<OrganisationId>> {
    sqlx::query(
        "select id from organisations where closes_at <= $1 and closed_at is null order by closes_at \
        limit 20",
    )
    .bind(now.0)
    .list(conn, |r| r.parsed("id"))
    .await
}

/// Organisations whose daily letter about new requests is due; at most 20.
pub async fn list_digests_due(conn: &mut Conn, now: Time) -> Result<Vec<OrganisationId>> {
    sqlx::query(
        "select id from organisations where digest_at <= $1 and closed_at is null order by digest_at \
        limit 20",
    )
    .bind(now.0)
    .list(conn, |r| r.parsed("id"))
    .await
}

/// Writes down that what follows from closing was done.
pub async fn closed(tx: &mut Tx, id: &OrganisationId, now: Time) -> Result<()> {
    sqlx::query(
        "update organisations set closed_at = $2, version = version + 1 where id = $1 and closes_at \
        <= $2 and closed_at is null",
    )
    .bind(id.as_str())
    .bind(now.0)
    .run_once(tx)
    .await
}

/// Whether there is any organisation yet.
pub async fn any(conn: &mut Conn) -> Result<bool> {
    Ok(
        sqlx::query("select count(*) as n from (select id from organisations limit 1) o")
            .number(conn, "n")
            .await?
            > 0,
    )
}

fn feedback(stored: &str) -> Result<Option<Email>> {
    if stored.is_empty() {
        Ok(None)
    } else {
        Email::parse(stored)
            .map(Some)
            .map_err(|_| impossible("organisations.feedback_address"))
    }
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
        requests: RequestRules {
            mails: match (
                row.flag("mails_requests")?,
                row.maybe_time("digest_at")?,
                row.maybe_time("digest_since")?,
            ) {
                (false, ..) => Mails::Never,
                (true, Some(next), Some(since)) => Mails::Daily { next, since },
                (true, ..) => Mails::Each,
            },
            mails_group: row.maybe_parsed("mails_group")?,
            life: Span(row.number("request_life")?),
            retention: row.maybe_number("request_retention")?.map(Span),
        },
        invitation_life: Span(row.number("invitation_life")?),
        invitations_a_day: row.number("invitations_a_day")?,
        time_zone: row.text("time_zone")?,
        created_at: row.time("created_at")?,
        closed_at: row.maybe_time("closed_at")?,
        closes_at: row.maybe_time("closes_at")?,
        closed_by: row.maybe_parsed("closed_by")?,
        feedback_address: feedback(&row.text("feedback_address")?)?,
        version: row.number("version")?,
    })
}
