//! Identities at providers: (issuer, subject) names a person there, nothing else does.
use super::db::{Conn, Tx};
use super::rows::{Columns as _, fault, is_taken};
use crate::domain::ids::AccountId;
use crate::domain::{Error, Result, Time};

/// One identity of an account.
pub struct Identity {
    pub issuer: String,
    pub subject: String,
    pub provider: String,
    pub account: AccountId,
    /// The person's organisation at the provider, where it tells one.
    pub organisation: Option<String>,
}

pub async fn find_account(conn: &mut Conn, issuer: &str, subject: &str) -> Result<Option<AccountId>> {
    let row = sqlx::query("select account_id from identities where issuer = $1 and subject = $2")
        .bind(issuer)
        .bind(subject)
        .fetch_optional(conn)
        .await
        .map_err(fault)?;
    row.map(|r| r.parsed("account_id")).transpose()
}

/// Links an identity; if it is linked already, to whomever, that is Stale.
pub async fn link(tx: &mut Tx, i: &Identity, now: Time) -> Result<()> {
    let done = sqlx::query(
        "insert into identities (issuer, subject, provider, account_id, organisation, linked_at) values ($1, $2, $3, $4, $5, $6)",
    )
    .bind(&i.issuer)
    .bind(&i.subject)
    .bind(&i.provider)
    .bind(i.account.as_str())
    .bind(&i.organisation)
    .bind(now.0)
    .execute(&mut **tx)
    .await;
    done.map(|_| ()).map_err(|e| if is_taken(&e) { Error::Stale } else { fault(e) })
}

/// Remembers the organisation that the provider named at the newest sign-in.
pub async fn refresh_organisation(tx: &mut Tx, issuer: &str, subject: &str, organisation: Option<&str>) -> Result<()> {
    sqlx::query("update identities set organisation = $3 where issuer = $1 and subject = $2")
        .bind(issuer)
        .bind(subject)
        .bind(organisation)
        .execute(&mut **tx)
        .await
        .map(|_| ())
        .map_err(fault)
}

/// The providers that this account can sign in with.
pub async fn list_providers(conn: &mut Conn, account: &AccountId) -> Result<Vec<String>> {
    let rows = sqlx::query("select distinct provider from identities where account_id = $1 order by provider")
        .bind(account.as_str())
        .fetch_all(conn)
        .await
        .map_err(fault)?;
    rows.iter().map(|r| r.text("provider")).collect()
}
