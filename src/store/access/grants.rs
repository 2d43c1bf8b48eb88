//! Grants: who has which resource, and until when.
use crate::domain::ids::{AccountId, GrantId, OrganisationId, ResourceId};
use crate::domain::resource::{Grant, GrantEnd, NOTICES};
use crate::domain::{Error, Result, Time};
use crate::store::conn::Conn;
use crate::store::db::Tx;
use crate::store::rows::{Columns as _, Row, Statement as _};

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "select g.id, g.org_id, g.resource_id, g.account_id, g.request_id, g.granted_at, g.ends_at, \
             g.ended_at, g.ended_by, g.noticed, g.version, s.name, s.icon, s.link, s.description, s.state, \
             s.flow_id, a.name as holder, a.email from grants g join resources s on s.id = g.resource_id \
             join accounts a on a.id = g.account_id ",
            $rest
        )
    };
}

/// A grant with what lists show beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedGrant {
    pub grant: Grant,
    pub organisation: OrganisationId,
    pub resource: String,
    pub icon: String,
    pub link: String,
    pub description: String,
    /// Whether it can be asked for now.
    pub offered: bool,
    pub holder: String,
    pub email: String,
    /// How many of the letters before its end were sent.
    pub noticed: usize,
}

/// When the letter after so many is due.
fn next_notice(grant: &Grant, noticed: usize) -> Option<Time> {
    Some(grant.ends_at? - *NOTICES.get(noticed)?)
}

/// Writes a new grant; a second one of the same thing is Stale.
pub async fn create(tx: &mut Tx, org: &OrganisationId, g: &Grant) -> Result<()> {
    let noticed = passed(g);
    sqlx::query(
        "insert into grants (id, org_id, resource_id, account_id, request_id, granted_at, ends_at, noticed, \
         notice_at, version) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    )
    .bind(g.id.as_str())
    .bind(org.as_str())
    .bind(g.resource.as_str())
    .bind(g.account.as_str())
    .bind(g.request.as_str())
    .bind(g.granted_at.0)
    .bind(g.ends_at.map(|t| t.0))
    .bind(noticed as i64)
    .bind(next_notice(g, noticed).map(|t| t.0))
    .bind(g.version)
    .insert(tx, Error::Stale)
    .await
}

/// The letters whose time is over already when a grant begins: nobody is told "in seven days" of
/// one that lasts three.
fn passed(g: &Grant) -> usize {
    let Some(end) = g.ends_at else { return 0 };
    NOTICES
        .iter()
        .filter(|before| end - **before <= g.granted_at)
        .count()
}

/// Writes a grant back, made longer or ended, if nobody changed it since it was read. `now`:
/// letters that were due before are passed over.
pub async fn save(tx: &mut Tx, org: &OrganisationId, g: &Grant, now: Time) -> Result<()> {
    let noticed = g.ends_at.map_or(0, |end| {
        NOTICES.iter().filter(|before| end - **before <= now).count()
    });
    let notice = if g.ended.is_none() {
        next_notice(g, noticed)
    } else {
        None
    };
    sqlx::query(
        "update grants set request_id = $4, ends_at = $5, ended_at = $6, ended_by = $7, noticed = $8, \
         notice_at = $9, version = version + 1 where org_id = $1 and id = $2 and version = $3 \
         and ended_at is null",
    )
    .bind(org.as_str())
    .bind(g.id.as_str())
    .bind(g.version)
    .bind(g.request.as_str())
    .bind(g.ends_at.map(|t| t.0))
    .bind(g.ended.as_ref().map(|e| e.at.0))
    .bind(
        g.ended
            .as_ref()
            .and_then(|e| e.by.as_ref())
            .map(|a| a.as_str().to_owned()),
    )
    .bind(noticed as i64)
    .bind(notice.map(|t| t.0))
    .run_once(tx)
    .await
}

/// Writes down that a letter before its end was sent, once.
pub async fn noticed(tx: &mut Tx, listed: &ListedGrant) -> Result<()> {
    let next = next_notice(&listed.grant, listed.noticed + 1);
    sqlx::query(
        "update grants set noticed = noticed + 1, notice_at = $4 where org_id = $1 and id = $2 \
         and noticed = $3 and ended_at is null",
    )
    .bind(listed.organisation.as_str())
    .bind(listed.grant.id.as_str())
    .bind(listed.noticed as i64)
    .bind(next.map(|t| t.0))
    .run_once(tx)
    .await
}

pub async fn find(conn: &mut Conn, org: &OrganisationId, id: &GrantId) -> Result<ListedGrant> {
    sqlx::query(select!("where g.org_id = $1 and g.id = $2"))
        .bind(org.as_str())
        .bind(id.as_str())
        .find(conn, read)
        .await?
        .ok_or(Error::NotFound)
}

/// What this member has of this resource, as stored: its time may be over.
pub async fn find_live(
    conn: &mut Conn,
    org: &OrganisationId,
    resource: &ResourceId,
    account: &AccountId,
) -> Result<Option<ListedGrant>> {
    sqlx::query(select!(
        "where g.org_id = $1 and g.resource_id = $2 and g.account_id = $3 and g.ended_at is null"
    ))
    .bind(org.as_str())
    .bind(resource.as_str())
    .bind(account.as_str())
    .find(conn, read)
    .await
}

/// Whether this member has had this resource at any time.
pub async fn has_had(
    conn: &mut Conn,
    org: &OrganisationId,
    resource: &ResourceId,
    account: &AccountId,
) -> Result<bool> {
    let sql = "select count(*) as n from grants where org_id = $1 and resource_id = $2 and account_id = $3";
    let n = sqlx::query(sql)
        .bind(org.as_str())
        .bind(resource.as_str())
        .bind(account.as_str())
        .number(conn, "n");
    Ok(n.await? > 0)
}

/// What this member has, by name, at most 200.
pub async fn list_of_member(
    conn: &mut Conn,
    org: &OrganisationId,
    account: &AccountId,
) -> Result<Vec<ListedGrant>> {
    sqlx::query(select!(
        "where g.org_id = $1 and g.account_id = $2 and g.ended_at is null order by s.sorts_as, g.id limit 200"
    ))
    .bind(org.as_str())
    .bind(account.as_str())
    .list(conn, read)
    .await
}

/// Who has this resource, newest first, at most 200.
pub async fn list_of_resource(
    conn: &mut Conn,
    org: &OrganisationId,
    resource: &ResourceId,
) -> Result<Vec<ListedGrant>> {
    sqlx::query(select!(
        "where g.org_id = $1 and g.resource_id = $2 and g.ended_at is null \
         order by g.granted_at desc, g.id desc limit 200"
    ))
    .bind(org.as_str())
    .bind(resource.as_str())
    .list(conn, read)
    .await
}

/// Grants of any organisation whose time is over and whose end no sweep has written down; at most
/// `limit`.
pub async fn list_over(conn: &mut Conn, now: Time, limit: i64) -> Result<Vec<ListedGrant>> {
    sqlx::query(select!(
        "where g.ends_at <= $1 and g.ended_at is null order by g.ends_at, g.id limit $2"
    ))
    .bind(now.0)
    .bind(limit)
    .list(conn, read)
    .await
}

/// Grants of any organisation whose holder is to be told that they end; at most `limit`.
pub async fn list_to_notice(conn: &mut Conn, now: Time, limit: i64) -> Result<Vec<ListedGrant>> {
    sqlx::query(select!(
        "where g.notice_at <= $1 and g.ended_at is null order by g.notice_at, g.id limit $2"
    ))
    .bind(now.0)
    .bind(limit)
    .list(conn, read)
    .await
}

fn read(row: &Row) -> Result<ListedGrant> {
    let ended = match row.maybe_time("ended_at")? {
        Some(at) => Some(GrantEnd {
            at,
            by: row.maybe_parsed("ended_by")?,
        }),
        None => None,
    };
    let grant = Grant {
        id: row.parsed("id")?,
        resource: row.parsed("resource_id")?,
        account: row.parsed("account_id")?,
        request: row.parsed("request_id")?,
        granted_at: row.time("granted_at")?,
        ends_at: row.maybe_time("ends_at")?,
        ended,
        version: row.number("version")?,
    };
    Ok(ListedGrant {
        grant,
        organisation: row.parsed("org_id")?,
        resource: row.text("name")?,
        icon: row.text("icon")?,
        link: row.text("link")?,
        description: row.text("description")?,
        offered: row.text("state")? == "active" && row.maybe_text("flow_id")?.is_some(),
        holder: row.text("holder")?,
        email: row.text("email")?,
        noticed: row.number("noticed")?.max(0) as usize,
    })
}
