//! What leads people to an organisation at sign-up: linked organisations of providers, and verified
//! domains.
use crate::domain::account::Account;
use crate::domain::ids::{DomainId, OrganisationId};
use crate::domain::links::{Domain, DomainName, Origin, ProviderLink};
use crate::domain::{Error, Result, Time, Why};
use crate::store::conn::Conn;
use crate::store::db::Tx;
use crate::store::rows::{Columns as _, Row, Statement as _, impossible};

/// The organisations that this account's identities and its proven address lead to, each with how.
pub async fn list_matches(conn: &mut Conn, account: &Account) -> Result<Vec<(OrganisationId, Origin)>> {
    let domain = if account.email_proven_at.is_some() {
        account.email.domain()
    } else {
        String::new()
    };
    sqlx::query(
        "select l.org_id, 'provider' as how, l.provider as what from identities i \
         join provider_links l on l.provider = i.provider and l.provider_organisation = i.organisation \
         where i.account_id = $1 union select org_id, 'domain', name from domains where name = $2 \
         and verified_at is not null order by 2 desc, 3, 1",
    )
    .bind(account.id.as_str())
    .bind(domain)
    .list(conn, |r| {
        let words = format!("{}:{}", r.text("how")?, r.text("what")?);
        Ok((
            r.parsed("org_id")?,
            Origin::parse(&words).ok_or_else(|| impossible("origin"))?,
        ))
    })
    .await
}

/// Links a provider's organisation. One that leads to an organisation already, be it this one, is
/// refused.
pub async fn link(tx: &mut Tx, l: &ProviderLink) -> Result<()> {
    sqlx::query(
        "insert into provider_links (provider, provider_organisation, org_id, linked_by, linked_at) \
         values ($1, $2, $3, $4, $5)",
    )
    .bind(&l.provider)
    .bind(&l.provider_organisation)
    .bind(l.organisation.as_str())
    .bind(l.linked_by.as_str())
    .bind(l.linked_at.0)
    .insert(tx, Error::Refused(Why::AlreadyLinked))
    .await
}

pub async fn unlink(
    tx: &mut Tx,
    org: &OrganisationId,
    provider: &str,
    provider_organisation: &str,
) -> Result<()> {
    let gone = sqlx::query(
        "delete from provider_links where org_id = $1 and provider = $2 and provider_organisation = $3",
    )
    .bind(org.as_str())
    .bind(provider)
    .bind(provider_organisation)
    .affected(tx)
    .await?;
    if gone == 1 { Ok(()) } else { Err(Error::NotFound) }
}

pub async fn list_links(conn: &mut Conn, org: &OrganisationId) -> Result<Vec<ProviderLink>> {
    sqlx::query(
        "select provider, provider_organisation, org_id, linked_by, linked_at from provider_links \
         where org_id = $1 order by provider, linked_at",
    )
    .bind(org.as_str())
    .list(conn, |r| {
        Ok(ProviderLink {
            provider: r.text("provider")?,
            provider_organisation: r.text("provider_organisation")?,
            organisation: r.parsed("org_id")?,
            linked_by: r.parsed("linked_by")?,
            linked_at: r.time("linked_at")?,
        })
    })
    .await
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "select id, org_id, name, challenge, added_at, verified_at, checked_at, missing_since, version \
             from domains ",
            $rest
        )
    };
}

/// Claims a domain for the organisation; claiming proves nothing, and others may claim it as well.
pub async fn add_domain(tx: &mut Tx, d: &Domain) -> Result<()> {
    sqlx::query(
        "insert into domains (id, org_id, name, challenge, added_at, version) \
         values ($1, $2, $3, $4, $5, $6)",
    )
    .bind(d.id.as_str())
    .bind(d.organisation.as_str())
    .bind(d.name.as_str())
    .bind(&d.challenge)
    .bind(d.added_at.0)
    .bind(d.version)
    .insert(tx, Error::field("domain", Why::AlreadyLinked))
    .await
}

/// Writes a checked domain back if nobody changed it since it was read; another organisation's
/// verified domain is refused.
pub async fn update_domain(tx: &mut Tx, d: &Domain) -> Result<()> {
    let met = sqlx::query(
        "update domains set verified_at = $4, checked_at = $5, missing_since = $6, version = version + 1 \
         where org_id = $1 and id = $2 and version = $3",
    )
    .bind(d.organisation.as_str())
    .bind(d.id.as_str())
    .bind(d.version)
    .bind(d.verified_at.map(|t| t.0))
    .bind(d.checked_at.map(|t| t.0))
    .bind(d.missing_since.map(|t| t.0))
    .unless_taken(tx, Error::Refused(Why::DomainTaken))
    .await?;
    if met == 1 { Ok(()) } else { Err(Error::Stale) }
}

pub async fn remove_domain(tx: &mut Tx, org: &OrganisationId, id: &DomainId) -> Result<()> {
    let gone = sqlx::query("delete from domains where org_id = $1 and id = $2")
        .bind(org.as_str())
        .bind(id.as_str())
        .affected(tx)
        .await?;
    if gone == 1 { Ok(()) } else { Err(Error::NotFound) }
}

pub async fn find_domain(conn: &mut Conn, org: &OrganisationId, id: &DomainId) -> Result<Domain> {
    let query = sqlx::query(select!("where org_id = $1 and id = $2"))
        .bind(org.as_str())
        .bind(id.as_str());
    query.find(conn, read).await?.ok_or(Error::NotFound)
}

pub async fn list_domains(conn: &mut Conn, org: &OrganisationId) -> Result<Vec<Domain>> {
    sqlx::query(select!("where org_id = $1 order by name"))
        .bind(org.as_str())
        .list(conn, read)
        .await
}

/// Verified domains, of any organisation, whose record was last looked for before `before`; at most
/// 20.
pub async fn list_due(conn: &mut Conn, before: Time) -> Result<Vec<Domain>> {
    sqlx::query(select!(
        "where verified_at is not null and checked_at < $1 order by checked_at limit 20"
    ))
    .bind(before.0)
    .list(conn, read)
    .await
}

fn read(row: &Row) -> Result<Domain> {
    let name = DomainName::parse(&row.text("name")?).map_err(|_| impossible("domains.name"))?;
    Ok(Domain {
        id: row.parsed("id")?,
        organisation: row.parsed("org_id")?,
        name,
        challenge: row.text("challenge")?,
        added_at: row.time("added_at")?,
        verified_at: row.maybe_time("verified_at")?,
        checked_at: row.maybe_time("checked_at")?,
        missing_since: row.maybe_time("missing_since")?,
        version: row.number("version")?,
    })
}
