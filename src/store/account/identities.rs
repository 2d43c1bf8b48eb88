//! Identities at providers: (issuer, subject) names a person there, nothing else does.
use crate::domain::ids::AccountId;
use crate::domain::{Error, Result, Time};
use crate::store::conn::Conn;
use crate::store::db::Tx;
use crate::store::rows::{Columns as _, Statement as _};

/// One identity of an account.
pub struct Identity {
    pub issuer: String,
    pub subject: String,
    pub provider: String,
    pub account: AccountId,
    /// The person's organisation at the provider, where it tells one.
    pub organisation: Option<String>,
    /// When the person last came in with it.
    pub seen_at: Time,
}

pub async fn find_account(conn: &mut Conn, issuer: &str, subject: &str) -> Result<Option<AccountId>> {
    sqlx::query("select account_id from identities where issuer = $1 and subject = $2")
        .bind(issuer)
        .bind(subject)
        .find(conn, |r| r.parsed("account_id"))
        .await
}

/// Links an identity; if it is linked already, to whomever, that is Stale.
pub async fn link(tx: &mut Tx, i: &Identity) -> Result<()> {
    sqlx::query(
        "insert into identities (issuer, subject, provider, account_id, organisation, linked_at, seen_at) \
         values ($1, $2, $3, $4, $5, $6, $6)",
    )
    .bind(&i.issuer)
    .bind(&i.subject)
    .bind(&i.provider)
    .bind(i.account.as_str())
    .bind(&i.organisation)
    .bind(i.seen_at.0)
    .insert(tx, Error::Stale)
    .await
}

/// Remembers when the person came in, and the organisation that the provider named then.
pub async fn seen(
    tx: &mut Tx,
    issuer: &str,
    subject: &str,
    organisation: Option<&str>,
    now: Time,
) -> Result<()> {
    sqlx::query("update identities set organisation = $3, seen_at = $4 where issuer = $1 and subject = $2")
        .bind(issuer)
        .bind(subject)
        .bind(organisation)
        .bind(now.0)
        .run(tx)
        .await
}

/// The identities of this account.
pub async fn list_of_account(conn: &mut Conn, account: &AccountId) -> Result<Vec<Identity>> {
    sqlx::query(
        "select issuer, subject, provider, account_id, organisation, seen_at from identities \
         where account_id = $1 order by provider, issuer, subject",
    )
    .bind(account.as_str())
    .list(conn, |r| {
        Ok(Identity {
            issuer: r.text("issuer")?,
            subject: r.text("subject")?,
            provider: r.text("provider")?,
            account: r.parsed("account_id")?,
            organisation: r.maybe_text("organisation")?,
            seen_at: r.time("seen_at")?,
        })
    })
    .await
}
