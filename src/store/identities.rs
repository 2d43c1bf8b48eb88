//! Identities at providers: (issuer, subject) names a person there, nothing else does.
use super::db::{Conn, Tx};
use super::rows::{Columns as _, Statement as _};
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
    sqlx::query("select account_id from identities where issuer = $1 and subject = $2")
        .bind(issuer)
        .bind(subject)
        .find(conn, |r| r.parsed("account_id"))
        .await
}

/// Links an identity; if it is linked already, to whomever, that is Stale.
pub async fn link(tx: &mut Tx, i: &Identity, now: Time) -> Result<()> {
    sqlx::query("insert into identities (issuer, subject, provider, account_id, organisation, linked_at) values ($1, $2, $3, $4, $5, $6)")
        .bind(&i.issuer)
        .bind(&i.subject)
        .bind(&i.provider)
        .bind(i.account.as_str())
        .bind(&i.organisation)
        .bind(now.0)
        .insert(tx, Error::Stale)
        .await
}

/// Remembers the organisation that the provider named at the newest sign-in.
pub async fn refresh_organisation(tx: &mut Tx, issuer: &str, subject: &str, organisation: Option<&str>) -> Result<()> {
    sqlx::query("update identities set organisation = $3 where issuer = $1 and subject = $2")
        .bind(issuer)
        .bind(subject)
        .bind(organisation)
        .run(tx)
        .await
}

/// The providers that this account can sign in with.
pub async fn list_providers(conn: &mut Conn, account: &AccountId) -> Result<Vec<String>> {
    sqlx::query("select distinct provider from identities where account_id = $1 order by provider")
        .bind(account.as_str())
        .list(conn, |r| r.text("provider"))
        .await
}
