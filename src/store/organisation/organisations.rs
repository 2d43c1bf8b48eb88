//! Organisations.
use crate::domain::account::Email;
use crate::domain::ids::{AccountId, GroupId, OrganisationId};
use crate::domain::organisation::{Mails, Organisation, RequestRules, Slug};
use crate::domain::time::Span;
use crate::domain::{Error, Result, Time, Why};
use crate::store::conn::Conn;
use crate::store::db::Tx;
use crate::store::rows::{Bindings, Cell, Columns as _, Row, Statement as _, Written as _, impossible};
use sqlx::AssertSqlSafe;

/// What the columns of an organisation hold beside `id`, `slug`, `created_at` and `version`: each
/// is named once, is read in [`read`], and leaves with the export unless it is held back. When it
/// closes leaves too, as the last columns.
macro_rules! columns {
    (
        $all:pat =>
        exported { $($name:literal: $value:expr,)+ }
        held_back { $($other:literal: $own:expr,)+ }
    ) => {
        /// The columns that leave with the export.
        pub(super) const EXPORTED: &[&str] =
            &["id", "slug", $($name,)+ "created_at", "closes_at", "closed_at"];
        const NAMES: &[&str] = &[$($name,)+ $($other,)+];
        const SELECT: &str = concat!(
            "select id, slug, created_at, version", $(", ", $name,)+ $(", ", $other,)+ " from organisations"
        );

        fn written($all: &Organisation) -> Vec<Cell> {
            vec![$($value.cell(),)+ $($own.cell(),)+]
        }
    };
}

columns! {
    Organisation {
        id: _, slug: _, created_at: _, version: _, name, customer_number, demands_factor, admin_contact,
        support_contact, tells_rejected,
        requests: RequestRules { mails, mails_group, life, retention }, invitation_life,
        invitations_a_day, time_zone, feedback_address, closes_at, closed_by, closed_at,
    } =>
    exported {
        "name": name,
        "customer_number": customer_number,
        "demands_factor": demands_factor,
        "admin_contact": admin_contact,
        "support_contact": support_contact,
        "tells_rejected": tells_rejected,
        "invitation_life": invitation_life,
        "invitations_a_day": invitations_a_day,
        "mails_requests": (*mails != Mails::Never),
        "request_life": life,
        "request_retention": retention,
        "digest_at": digest(*mails).map(|(next, _)| next),
        "mails_group": mails_group.as_ref().map(GroupId::as_str),
        "time_zone": time_zone,
        "feedback_address": feedback_address.as_ref().map_or("", Email::as_str),
    }
    held_back {
        "digest_since": digest(*mails).map(|(_, since)| since),
        "closes_at": closes_at,
        "closed_by": closed_by.as_ref().map(AccountId::as_str),
        "closed_at": closed_at,
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
        support_contact: row.text("support_contact")?,
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

fn feedback(stored: &str) -> Result<Option<Email>> {
    if stored.is_empty() {
        Ok(None)
    } else {
        Email::parse(stored)
            .map(Some)
            .map_err(|_| impossible("organisations.feedback_address"))
    }
}

fn digest(mails: Mails) -> Option<(Time, Time)> {
    match mails {
        Mails::Daily { next, since } => Some((next, since)),
        Mails::Never | Mails::Each => None,
    }
}

pub async fn create(tx: &mut Tx, o: &Organisation) -> Result<()> {
    let mut values = Bindings::default();
    let mut places = vec![
        values.bind(o.id.to_string())?,
        values.bind(o.slug.to_string())?,
        values.bind(o.created_at.0)?,
        values.bind(o.version)?,
    ];
    for cell in written(o) {
        places.push(values.cell(cell)?);
    }
    let (names, places) = (NAMES.join(", "), places.join(", "));
    let sql = format!("insert into organisations (id, slug, created_at, version, {names}) values ({places})");
    sqlx::query_with(AssertSqlSafe(sql), values.0)
        .insert(tx, Error::field("slug", Why::SlugTaken))
        .await
}

/// Who founded an organisation, where that counts, and whether the operator vouches for it.
pub struct Founded {
    pub by: Option<AccountId>,
    pub vouched: bool,
}

pub async fn founded(conn: &mut Conn, org: &OrganisationId) -> Result<Founded> {
    sqlx::query("select founded_by, vouched_at from organisations where id = $1")
        .bind(org.as_str())
        .find(conn, |r| {
            Ok(Founded {
                by: r.maybe_parsed("founded_by")?,
                vouched: r.maybe_time("vouched_at")?.is_some(),
            })
        })
        .await?
        .ok_or(Error::NotFound)
}

/// Writes down who founded an organisation by themselves.
pub async fn founded_by(tx: &mut Tx, org: &OrganisationId, founder: &AccountId) -> Result<()> {
    sqlx::query("update organisations set founded_by = $2 where id = $1")
        .bind(org.as_str())
        .bind(founder.as_str())
        .run_once(tx)
        .await
}

/// The operator vouches for an organisation.
pub async fn vouch(tx: &mut Tx, org: &OrganisationId, now: Time) -> Result<()> {
    sqlx::query("update organisations set vouched_at = $2 where id = $1")
        .bind(org.as_str())
        .bind(now.0)
        .run_once(tx)
        .await
}

/// Writes an organisation back if nobody changed it since it was read.
pub async fn update(tx: &mut Tx, o: &Organisation) -> Result<()> {
    let mut values = Bindings::default();
    let (id, version) = (values.bind(o.id.to_string())?, values.bind(o.version)?);
    let mut set = String::new();
    for (name, cell) in NAMES.iter().zip(written(o)) {
        set += &format!("{name} = {}, ", values.cell(cell)?);
    }
    let sql = format!(
        "update organisations set {set}version = version + 1 where id = {id} and version = {version}"
    );
    sqlx::query_with(AssertSqlSafe(sql), values.0).run_once(tx).await
}

pub async fn find(conn: &mut Conn, id: &OrganisationId) -> Result<Organisation> {
    sqlx::query(AssertSqlSafe(format!("{SELECT} where id = $1")))
        .bind(id.as_str())
        .find(conn, read)
        .await?
        .ok_or(Error::NotFound)
}

pub async fn find_by_slug(conn: &mut Conn, slug: &Slug) -> Result<Option<Organisation>> {
    sqlx::query(AssertSqlSafe(format!("{SELECT} where slug = $1")))
        .bind(slug.as_str())
        .find(conn, read)
        .await
}

/// The next organisations after this one, whatever their state, by id; at most 100.
pub async fn list_after(conn: &mut Conn, after: &str) -> Result<Vec<OrganisationId>> {
    sqlx::query("select id from organisations where id > $1 order by id limit 100")
        .bind(after)
        .list(conn, |r| r.parsed("id"))
        .await
}

/// What the operator sees of an organisation.
pub struct OrganisationOverview {
    pub slug: String,
    pub name: String,
    pub customer_number: String,
    pub members: i64,
    /// Open requests of all kinds.
    pub waiting: i64,
    pub created_at: Time,
    /// It is closed, or a day is set.
    pub closing: bool,
}

/// All organisations, by their slugs.
pub async fn list_all(conn: &mut Conn) -> Result<Vec<OrganisationOverview>> {
    sqlx::query(
        "select o.slug, o.name, o.customer_number, o.created_at, o.closes_at, \
         (select count(*) from members m where m.org_id = o.id and m.state = 'active') as members, \
         (select cast(coalesce(sum(n), 0) as bigint) from request_counts c where c.org_id = o.id \
         and c.status in ('pending', 'missing_data', 'error')) as waiting \
         from organisations o order by o.slug",
    )
    .list(conn, |r| {
        Ok(OrganisationOverview {
            slug: r.text("slug")?,
            name: r.text("name")?,
            customer_number: r.text("customer_number")?,
            members: r.number("members")?,
            waiting: r.number("waiting")?,
            created_at: r.time("created_at")?,
            closing: r.maybe_time("closes_at")?.is_some(),
        })
    })
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
        "update organisations set closed_at = $2, version = version + 1 where id = $1 and closes_at <= $2 \
         and closed_at is null",
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
