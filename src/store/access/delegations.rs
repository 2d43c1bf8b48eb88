//! Who decides for whom while they are away.
use crate::domain::ids::{AccountId, OrganisationId};
use crate::domain::{Error, Result, Time};
use crate::store::conn::Conn;
use crate::store::db::Tx;
use crate::store::rows::{Columns as _, Statement as _};
use std::collections::BTreeMap;

/// That a member is away, from one instant to another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delegation {
    pub organisation: OrganisationId,
    pub account: AccountId,
    pub delegate: AccountId,
    pub delegate_name: String,
    pub from: Time,
    pub until: Time,
}

/// Names a delegate, in place of whomever the member had named before.
pub async fn set(tx: &mut Tx, d: &Delegation, now: Time) -> Result<()> {
    sqlx::query(
        "insert into delegations (org_id, account_id, delegate_id, from_at, until_at, begun) \
         values ($1, $2, $3, $4, $5, $6) \
         on conflict (org_id, account_id) do update set delegate_id = excluded.delegate_id, \
         from_at = excluded.from_at, until_at = excluded.until_at, begun = excluded.begun",
    )
    .bind(d.organisation.as_str())
    .bind(d.account.as_str())
    .bind(d.delegate.as_str())
    .bind(d.from.0)
    .bind(d.until.0)
    .bind(i64::from(d.from <= now))
    .run(tx)
    .await
}

/// Ends a member's delegation; false if there was none.
pub async fn end(tx: &mut Tx, org: &OrganisationId, account: &AccountId) -> Result<bool> {
    let met = sqlx::query("delete from delegations where org_id = $1 and account_id = $2")
        .bind(org.as_str())
        .bind(account.as_str())
        .affected(tx)
        .await?;
    Ok(met == 1)
}

/// Whoever leaves decides for nobody any more, and nobody for them; for whom somebody else had to
/// decide until then.
pub async fn end_of_member(tx: &mut Tx, org: &OrganisationId, account: &AccountId) -> Result<()> {
    sqlx::query("delete from delegations where org_id = $1 and (account_id = $2 or delegate_id = $2)")
        .bind(org.as_str())
        .bind(account.as_str())
        .run(tx)
        .await
}

/// The open items of a delegation that has begun were moved.
pub async fn begun(tx: &mut Tx, d: &Delegation) -> Result<()> {
    sqlx::query(
        "update delegations set begun = 1 where org_id = $1 and account_id = $2 and from_at = $3 \
         and begun = 0",
    )
    .bind(d.organisation.as_str())
    .bind(d.account.as_str())
    .bind(d.from.0)
    .run_once(tx)
    .await
}

/// Whom a member has named; also for days that lie ahead.
pub async fn find(conn: &mut Conn, org: &OrganisationId, account: &AccountId) -> Result<Option<Delegation>> {
    sqlx::query(
        "select d.org_id, d.account_id, d.delegate_id, a.name, d.from_at, d.until_at from delegations d \
         join accounts a on a.id = d.delegate_id where d.org_id = $1 and d.account_id = $2",
    )
    .bind(org.as_str())
    .bind(account.as_str())
    .find(conn, read)
    .await
}

/// Who is away at `now`, each with their delegate.
pub async fn list_away(
    conn: &mut Conn,
    org: &OrganisationId,
    now: Time,
) -> Result<BTreeMap<AccountId, AccountId>> {
    let found = sqlx::query(
        "select account_id, delegate_id from delegations where org_id = $1 and from_at <= $2 \
         and until_at > $2",
    )
    .bind(org.as_str())
    .bind(now.0)
    .list(conn, |r| Ok((r.parsed("account_id")?, r.parsed("delegate_id")?)))
    .await?;
    Ok(found.into_iter().collect())
}

/// Delegations of any organisation that begin, or are over, and whose open items were not moved; at
/// most `limit`.
pub async fn list_due(conn: &mut Conn, now: Time, limit: i64) -> Result<Vec<Delegation>> {
    sqlx::query(
        "select d.org_id, d.account_id, d.delegate_id, a.name, d.from_at, d.until_at from delegations d \
         join accounts a on a.id = d.delegate_id where (d.from_at <= $1 and d.begun = 0) or d.until_at <= $1 \
         order by d.until_at limit $2",
    )
    .bind(now.0)
    .bind(limit)
    .list(conn, read)
    .await
}

/// Ends a delegation whose days are over, if it is still the one that was read.
pub async fn lapse(tx: &mut Tx, d: &Delegation) -> Result<()> {
    sqlx::query("delete from delegations where org_id = $1 and account_id = $2 and until_at = $3")
        .bind(d.organisation.as_str())
        .bind(d.account.as_str())
        .bind(d.until.0)
        .affected(tx)
        .await
        .and_then(|met| if met == 1 { Ok(()) } else { Err(Error::Stale) })
}

fn read(r: &crate::store::rows::Row) -> Result<Delegation> {
    Ok(Delegation {
        organisation: r.parsed("org_id")?,
        account: r.parsed("account_id")?,
        delegate: r.parsed("delegate_id")?,
        delegate_name: r.text("name")?,
        from: r.time("from_at")?,
        until: r.time("until_at")?,
    })
}
