//! Requests of somebody, of a thing, of an organisation.
use crate::domain::account::{Account, Email};
use crate::domain::ids::{AccountId, ConnectorId, ContactId, OrganisationId};
use crate::domain::organisation::Slug;
use crate::domain::request::Request;
use crate::domain::{Result, Time};
use crate::store::conn::Conn;
use crate::store::requests::columns::{columns, read, select};
use crate::store::rows::{Columns as _, Statement as _};

/// The stored-as-open join request of this address, if there is one (it may have expired unswept).
pub async fn find_open_join(conn: &mut Conn, org: &OrganisationId, email: &Email) -> Result<Option<Request>> {
    sqlx::query(select!(
        "where r.org_id = $1 and r.email_key = $2 and r.kind = 'join' and r.status = 'pending'"
    ))
    .bind(org.as_str())
    .bind(email.key())
    .find(conn, read)
    .await
}

/// The stored-as-open join requests of this address, and of this account under other ones.
pub async fn list_open_joins(
    conn: &mut Conn,
    org: &OrganisationId,
    email: &Email,
    account: Option<&AccountId>,
) -> Result<Vec<Request>> {
    sqlx::query(select!(
        "where r.org_id = $1 and (r.email_key = $2 or r.account_id = $3) and r.kind = 'join' \
         and r.status = 'pending' order by r.submitted_at, r.id"
    ))
    .bind(org.as_str())
    .bind(email.key())
    .bind(account.map(|a| a.as_str().to_owned()))
    .list(conn, read)
    .await
}

/// The organisation's open requests, oldest first; at most 100.
pub async fn list_open(conn: &mut Conn, org: &OrganisationId) -> Result<Vec<Request>> {
    sqlx::query(select!(
        "where r.org_id = $1 and r.tab in ('pending', 'others') \
         and r.status in ('pending', 'missing_data', 'error') and r.provisioning = 0 \
         order by r.submitted_at, r.id limit 100"
    ))
    .bind(org.as_str())
    .list(conn, read)
    .await
}

/// The open requests of this account or under its address, in any organisation.
pub async fn list_open_of(conn: &mut Conn, account: &Account) -> Result<Vec<Request>> {
    sqlx::query(select!(
        "where (r.account_id = $1 or r.email_key = $2 or r.holder_id = $1) \
         and r.status in ('pending', 'missing_data', 'error') and r.provisioning = 0 \
         order by r.submitted_at, r.id"
    ))
    .bind(account.id.as_str())
    .bind(account.email.key())
    .list(conn, read)
    .await
}

/// Requests past their life that no sweep has settled, of any organisation; at most `limit`.
pub async fn list_due(conn: &mut Conn, now: Time, limit: i64) -> Result<Vec<Request>> {
    sqlx::query(select!(
        "where r.status in ('pending', 'missing_data', 'error') and r.expires_at <= $1 \
         order by r.expires_at, r.id limit $2"
    ))
    .bind(now.0)
    .bind(limit)
    .list(conn, read)
    .await
}

/// What the account has asked the organisation for, newest first, at most 50.
pub async fn list_of_member(
    conn: &mut Conn,
    org: &OrganisationId,
    account: &AccountId,
) -> Result<Vec<Request>> {
    sqlx::query(select!(
        "where r.org_id = $1 and r.account_id = $2 order by r.submitted_at desc, r.id desc limit 50"
    ))
    .bind(org.as_str())
    .bind(account.as_str())
    .list(conn, read)
    .await
}

/// The requests for resources for this member that are stored as open, oldest first.
pub async fn list_open_for(
    conn: &mut Conn,
    org: &OrganisationId,
    holder: &AccountId,
) -> Result<Vec<Request>> {
    sqlx::query(select!(
        "where r.org_id = $1 and r.holder_id = $2 and r.status in ('pending', 'missing_data', 'error') \
         order by r.submitted_at, r.id"
    ))
    .bind(org.as_str())
    .bind(holder.as_str())
    .list(conn, read)
    .await
}

/// The requests for resources that this member submitted, or that are for them, newest first, at
/// most 50, each with the resource's name and the name of whoever decided.
pub async fn list_mine(
    conn: &mut Conn,
    org: &OrganisationId,
    account: &AccountId,
) -> Result<Vec<(Request, String, Option<String>)>> {
    sqlx::query(concat!(
        "select ",
        columns!(),
        ", n.name as resource, d.name as decider from requests r join resources n on n.id = r.resource_id \
         left join accounts d on d.id = r.decided_by where r.org_id = $1 and r.id in (select id \
         from requests where org_id = $1 and holder_id = $2 union select id from requests \
         where account_id = $2 and org_id = $1) order by r.submitted_at desc, r.id desc limit 50"
    ))
    .bind(org.as_str())
    .bind(account.as_str())
    .list(conn, |r| {
        Ok((read(r)?, r.text("resource")?, r.maybe_text("decider")?))
    })
    .await
}

/// The stored-as-open request of this contact, if there is one (it may have expired unswept).
pub async fn find_open_of_contact(
    conn: &mut Conn,
    org: &OrganisationId,
    contact: &ContactId,
) -> Result<Option<Request>> {
    sqlx::query(select!(
        "where r.org_id = $1 and r.contact_id = $2 and r.kind = 'chat' and r.status = 'pending'"
    ))
    .bind(org.as_str())
    .bind(contact.as_str())
    .find(conn, read)
    .await
}

/// The stored-as-open requests that came by this connector; at most 200.
pub async fn list_open_of_connector(
    conn: &mut Conn,
    org: &OrganisationId,
    connector: &ConnectorId,
) -> Result<Vec<Request>> {
    sqlx::query(select!(
        "where r.org_id = $1 and r.connector_id = $2 and r.kind = 'chat' and r.status = 'pending' \
         order by r.submitted_at, r.id limit 200"
    ))
    .bind(org.as_str())
    .bind(connector.as_str())
    .list(conn, read)
    .await
}

/// A request to join, and what its organisation is called.
#[derive(Clone, Debug)]
pub struct OwnJoin {
    pub slug: Slug,
    pub organisation: String,
    pub request: Request,
}

/// What the account has asked to join, newest first, at most 50.
pub async fn list_own(conn: &mut Conn, account: &AccountId) -> Result<Vec<OwnJoin>> {
    sqlx::query(concat!(
        "select o.slug, o.name as org_name, ",
        columns!(),
        " from requests r join organisations o on o.id = r.org_id where r.account_id = $1 \
         and r.kind = 'join' order by r.submitted_at desc, r.id desc limit 50"
    ))
    .bind(account.as_str())
    .list(conn, |r| {
        Ok(OwnJoin {
            slug: r.parsed("slug")?,
            organisation: r.text("org_name")?,
            request: read(r)?,
        })
    })
    .await
}
