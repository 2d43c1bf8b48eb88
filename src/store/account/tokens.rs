//! Links that prove something: password reset, signing up, a new e-mail address, the first
//! organisation. One purpose each, used once.
use crate::domain::account::Email;
use crate::domain::ids::{AccountId, TokenId};
use crate::domain::{Error, Result, Time, Why};
use crate::store::conn::Conn;
use crate::store::db::Tx;
use crate::store::rows::{Columns as _, Row, Statement as _};
use crate::store::turns::{self, Sharing};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    Reset,
    Email,
    Setup,
    SignUp,
}

impl Purpose {
    fn as_str(self) -> &'static str {
        match self {
            Purpose::Reset => "reset",
            Purpose::Email => "email",
            Purpose::Setup => "setup",
            Purpose::SignUp => "signup",
        }
    }
}

/// What a link proves.
#[derive(Clone, Debug)]
pub struct Token {
    pub id: TokenId,
    pub purpose: Purpose,
    pub account: Option<AccountId>,
    /// The address that it was mailed to and proves.
    pub email: Option<Email>,
    pub created_at: Time,
    pub expires_at: Time,
    pub used_at: Option<Time>,
}

impl Token {
    /// Whether the link still works, or why not.
    pub fn open(&self, now: Time) -> Result<()> {
        if self.used_at.is_some() {
            Err(Error::Refused(Why::LinkUsed))
        } else if now >= self.expires_at {
            Err(Error::Refused(Why::LinkExpired))
        } else {
            Ok(())
        }
    }
}

pub async fn create(tx: &mut Tx, t: &Token, token_hash: &str) -> Result<()> {
    sqlx::query(
        "insert into tokens (id, purpose, token_hash, account_id, email, email_key, created_at, expires_at) \
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(t.id.as_str())
    .bind(t.purpose.as_str())
    .bind(token_hash)
    .bind(t.account.as_ref().map(|a| a.as_str().to_owned()))
    .bind(t.email.as_ref().map(|e| e.as_str().to_owned()))
    .bind(t.email.as_ref().map(Email::key))
    .bind(t.created_at.0)
    .bind(t.expires_at.0)
    .run(tx)
    .await
}

/// An unused link that was mailed to this address and still works at `then`, with its hash: of
/// several the one that works longest. Whoever makes one just now is waited for, and until this
/// transaction ends nobody else makes one: letters that leave at once have one link.
pub async fn find_good(
    tx: &mut Tx,
    purpose: Purpose,
    email: &Email,
    then: Time,
) -> Result<Option<(TokenId, String)>> {
    let making = format!("link:{}:{}", purpose.as_str(), email.key());
    turns::take(tx, &making, Sharing::Alone).await?;
    sqlx::query(
        "select id, token_hash from tokens where email_key = $1 and purpose = $2 and used_at is null \
         and expires_at >= $3 order by expires_at desc limit 1",
    )
    .bind(email.key())
    .bind(purpose.as_str())
    .bind(then.0)
    .find(tx, |r| Ok((r.parsed("id")?, r.text("token_hash")?)))
    .await
}

/// The token of this purpose; one of another purpose is not found.
pub async fn find(conn: &mut Conn, purpose: Purpose, token_hash: &str) -> Result<Option<Token>> {
    sqlx::query(
        "select id, account_id, email, created_at, expires_at, used_at from tokens where purpose = $1 \
         and token_hash = $2",
    )
    .bind(purpose.as_str())
    .bind(token_hash)
    .find(conn, |r| read(r, purpose))
    .await
}

/// Uses the token up; the second of two is refused.
pub async fn spend(tx: &mut Tx, id: &TokenId, now: Time) -> Result<()> {
    sqlx::query("update tokens set used_at = $2 where id = $1 and used_at is null and expires_at > $2")
        .bind(id.as_str())
        .bind(now.0)
        .run_once(tx)
        .await
        .map_err(|_| Error::Refused(Why::LinkUsed))
}

/// Has an unused link work until then; whether there is one still.
pub async fn prolong(tx: &mut Tx, token_hash: &str, until: Time) -> Result<bool> {
    let met = sqlx::query("update tokens set expires_at = $2 where token_hash = $1 and used_at is null")
        .bind(token_hash.to_owned())
        .bind(until.0)
        .affected(tx)
        .await?;
    Ok(met == 1)
}

/// Kills the account's open links of one purpose, or of all.
pub async fn kill(tx: &mut Tx, account: &AccountId, purpose: Option<Purpose>) -> Result<()> {
    sqlx::query("delete from tokens where account_id = $1 and used_at is null and (purpose = $2 or $2 = '')")
        .bind(account.as_str())
        .bind(purpose.map_or("", Purpose::as_str))
        .run(tx)
        .await
}

/// Kills the open links of one purpose that were mailed to this address.
pub async fn kill_of_address(tx: &mut Tx, email: &Email, purpose: Purpose) -> Result<()> {
    sqlx::query("delete from tokens where email_key = $1 and purpose = $2 and used_at is null")
        .bind(email.key())
        .bind(purpose.as_str())
        .run(tx)
        .await
}

/// Kills every open set-up link.
pub async fn kill_setup(tx: &mut Tx) -> Result<()> {
    sqlx::query("delete from tokens where purpose = 'setup' and used_at is null")
        .run(tx)
        .await
}

fn read(row: &Row, purpose: Purpose) -> Result<Token> {
    Ok(Token {
        id: row.parsed("id")?,
        purpose,
        account: row.maybe_parsed("account_id")?,
        email: row.maybe_parsed("email")?,
        created_at: row.time("created_at")?,
        expires_at: row.time("expires_at")?,
        used_at: row.maybe_time("used_at")?,
    })
}
