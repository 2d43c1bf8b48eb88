//! Identities at providers: (issuer, subject) names a person there, nothing else does.
use crate::domain::account::Email;
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
    /// The address that the provider vouched for then.
    pub email: Option<Email>,
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
        "insert into identities (issuer, subject, provider, account_id, organisation, linked_at, seen_at, \
         email) values ($1, $2, $3, $4, $5, $6, $6, $7)",
    )
    .bind(&i.issuer)
    .bind(&i.subject)
    .bind(&i.provider)
    .bind(i.account.as_str())
    .bind(&i.organisation)
    .bind(i.seen_at.0)
    .bind(i.email.as_ref().map(|e| e.as_str().to_owned()))
    .insert(tx, Error::Stale)
    .await
}

/// Remembers when the person came in, and what the provider said then of organisation and address.
pub async fn seen(tx: &mut Tx, i: &Identity) -> Result<()> {
    sqlx::query(
        "update identities set organisation = $3, seen_at = $4, email = $5 where issuer = $1 \
         and subject = $2",
    )
    .bind(&i.issuer)
    .bind(&i.subject)
    .bind(&i.organisation)
    .bind(i.seen_at.0)
    .bind(i.email.as_ref().map(|e| e.as_str().to_owned()))
    .run(tx)
    .await
}

/// The issuer vouches for this identity's address no longer.
pub async fn disown(tx: &mut Tx, issuer: &str, subject: &str) -> Result<()> {
    sqlx::query("update identities set email = null where issuer = $1 and subject = $2")
        .bind(issuer)
        .bind(subject)
        .run(tx)
        .await
}

/// Takes all of the account's identities at this provider away; how many.
pub async fn unlink(tx: &mut Tx, account: &AccountId, provider: &str) -> Result<u64> {
    sqlx::query("delete from identities where account_id = $1 and provider = $2")
        .bind(account.as_str())
        .bind(provider)
        .affected(tx)
        .await
}

/// Keeps the hash of a link that links this identity with the account; the one before works no
/// longer.
pub async fn offer(
    tx: &mut Tx,
    (issuer, subject): (&str, &str),
    account: &AccountId,
    token_hash: &str,
    until: Time,
) -> Result<()> {
    sqlx::query(
        "insert into identity_offers (issuer, subject, token_hash, account_id, expires_at) \
         values ($1, $2, $3, $4, $5) on conflict (issuer, subject) do update set \
         token_hash = excluded.token_hash, account_id = excluded.account_id, \
         expires_at = excluded.expires_at",
    )
    .bind(issuer)
    .bind(subject)
    .bind(token_hash)
    .bind(account.as_str())
    .bind(until.0)
    .run(tx)
    .await
}

/// Whose account such a link leads to, for this identity alone.
pub async fn find_offer(
    conn: &mut Conn,
    (issuer, subject): (&str, &str),
    token_hash: &str,
    now: Time,
) -> Result<Option<AccountId>> {
    sqlx::query(
        "select account_id from identity_offers where issuer = $1 and subject = $2 and token_hash = $3 \
         and expires_at > $4",
    )
    .bind(issuer)
    .bind(subject)
    .bind(token_hash)
    .bind(now.0)
    .find(conn, |r| r.parsed("account_id"))
    .await
}

/// Uses such a link up; the second of two is Stale.
pub async fn spend_offer(tx: &mut Tx, (issuer, subject): (&str, &str), token_hash: &str) -> Result<()> {
    sqlx::query("delete from identity_offers where issuer = $1 and subject = $2 and token_hash = $3")
        .bind(issuer)
        .bind(subject)
        .bind(token_hash)
        .run_once(tx)
        .await
}

/// Kills all such links to this account.
pub async fn withdraw_offers(tx: &mut Tx, account: &AccountId) -> Result<()> {
    sqlx::query("delete from identity_offers where account_id = $1")
        .bind(account.as_str())
        .run(tx)
        .await
}

/// The identities of this account.
pub async fn list_of_account(conn: &mut Conn, account: &AccountId) -> Result<Vec<Identity>> {
    sqlx::query(
        "select issuer, subject, provider, account_id, organisation, seen_at, email from identities \
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
            email: r.maybe_parsed("email")?,
        })
    })
    .await
}
