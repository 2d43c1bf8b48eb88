//! Accounts and their recovery codes.
use crate::domain::account::{Account, Email, Factor, Language, ProvenBy, Theme};
use crate::domain::ids::{AccountId, OrganisationId};
use crate::domain::{Error, Result, Time, Why};
use crate::store::conn::Conn;
use crate::store::db::Tx;
use crate::store::rows::{Bindings, Columns as _, Row, Statement as _, impossible};
use crate::store::turns::{self, Sharing};
use sqlx::AssertSqlSafe;

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "select id, email, email_proven_at, email_proven_by, name, language, time_zone, theme, keys, \
             password_hash, factor, factor_sealed, factor_last_step, created_at, erases_at, version \
             from accounts ",
            $rest
        )
    };
}

/// Writes a new account. An address that another account has proven is refused as taken.
pub async fn create(tx: &mut Tx, a: &Account) -> Result<()> {
    let (factor, sealed, step) = factor_columns(&a.factor);
    sqlx::query(
        "insert into accounts (id, email, email_key, email_proven_at, name, language, time_zone, theme, \
         password_hash, factor, factor_sealed, factor_last_step, created_at, version, keys, email_proven_by) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)",
    )
    .bind(a.id.as_str())
    .bind(a.email.as_str())
    .bind(a.email.key())
    .bind(a.email_proven_at.map(|t| t.0))
    .bind(&a.name)
    .bind(a.language.tag())
    .bind(&a.time_zone)
    .bind(a.theme.as_str())
    .bind(&a.password_hash)
    .bind(factor)
    .bind(sealed)
    .bind(step)
    .bind(a.created_at.0)
    .bind(a.version)
    .bind(i64::from(a.keys))
    .bind(a.email_proven_by.as_str())
    .insert(tx, Error::Refused(Why::AddressTaken))
    .await
}

/// Waits for whoever else changes what is this account's own: until this transaction ends it is
/// alone. It is taken before anything else, or two could wait for each other.
pub async fn turn(tx: &mut Tx, id: &AccountId) -> Result<()> {
    turns::take(tx, &format!("account:{id}"), Sharing::Alone).await
}

/// Writes an account back if nobody changed it since it was read; its version grows by one, and
/// lists find it by what it says now.
pub async fn update(tx: &mut Tx, a: &Account) -> Result<()> {
    let (factor, sealed, step) = factor_columns(&a.factor);
    let met = sqlx::query(
        "update accounts set email = $3, email_key = $4, email_proven_at = $5, name = $6, language = $7, \
         time_zone = $8, theme = $9, password_hash = $10, factor = $11, factor_sealed = $12, \
         factor_last_step = $13, keys = $14, erases_at = $15, email_proven_by = $16, version = version + 1 \
         where id = $1 and version = $2",
    )
    .bind(a.id.as_str())
    .bind(a.version)
    .bind(a.email.as_str())
    .bind(a.email.key())
    .bind(a.email_proven_at.map(|t| t.0))
    .bind(&a.name)
    .bind(a.language.tag())
    .bind(&a.time_zone)
    .bind(a.theme.as_str())
    .bind(&a.password_hash)
    .bind(factor)
    .bind(sealed)
    .bind(step)
    .bind(i64::from(a.keys))
    .bind(a.erases_at.map(|t| t.0))
    .bind(a.email_proven_by.as_str())
    .unless_taken(tx, Error::Refused(Why::AddressTaken))
    .await?;
    if met == 1 {
        crate::store::account::member_terms::index(tx, a).await
    } else {
        Err(Error::Stale)
    }
}

/// Remembers where the account went last.
pub async fn went_to(tx: &mut Tx, id: &AccountId, org: &OrganisationId) -> Result<()> {
    sqlx::query("update accounts set last_org_id = $2 where id = $1")
        .bind(id.as_str())
        .bind(org.as_str())
        .run_once(tx)
        .await
}

pub async fn find(conn: &mut Conn, id: &AccountId) -> Result<Account> {
    sqlx::query(select!("where id = $1"))
        .bind(id.as_str())
        .find(conn, read)
        .await?
        .ok_or(Error::NotFound)
}

/// The account that has proven this address, if there is one.
pub async fn find_by_proven_email(conn: &mut Conn, email: &Email) -> Result<Option<Account>> {
    sqlx::query(select!("where email_key = $1 and email_proven_at is not null"))
        .bind(email.key())
        .find(conn, read)
        .await
}

/// As [`find_by_proven_email`], if that counts for links by mail and new ways in: not where only a
/// provider has proven it, and has not done so since `since`.
pub async fn find_reached_by(conn: &mut Conn, email: &Email, since: Time) -> Result<Option<Account>> {
    sqlx::query(select!(
        "where email_key = $1 and email_proven_at is not null and (email_proven_by = 'mailbox' \
         or exists (select 1 from identities i where i.account_id = accounts.id and i.seen_at > $2 \
         and lower(i.email) = accounts.email_key))"
    ))
    .bind(email.key())
    .bind(since.0)
    .find(conn, read)
    .await
}

/// Whether letters without a link of their own may go to this address of the account: not to its
/// own one while nobody proves that it is.
pub async fn may_be_told(conn: &mut Conn, id: &AccountId, at: &Email) -> Result<bool> {
    let unproven = sqlx::query(
        "select count(*) as n from accounts where id = $1 and email_key = $2 and email_proven_at is null",
    )
    .bind(id.as_str())
    .bind(at.key())
    .number(conn, "n")
    .await?;
    Ok(unproven == 0)
}

/// The account whose TOTP code of `step` is used now; refused if that step or a newer one was used
/// already.
pub async fn spend_factor_step(tx: &mut Tx, id: &AccountId, step: i64) -> Result<()> {
    sqlx::query(
        "update accounts set factor_last_step = $2 where id = $1 and factor = 'on' and factor_last_step < $2",
    )
    .bind(id.as_str())
    .bind(step)
    .run_once(tx)
    .await
    .map_err(|_| Error::Refused(Why::WrongCode))
}

/// The names of these accounts, by name.
pub async fn list_names(conn: &mut Conn, ids: &[AccountId]) -> Result<Vec<String>> {
    let mut asked = Bindings::default();
    let sql = format!(
        "select name from accounts where id in ({}) order by name, id",
        asked.list(ids)?
    );
    sqlx::query_with(AssertSqlSafe(sql), asked.0)
        .list(conn, |r| r.text("name"))
        .await
}

/// Replaces all recovery codes; hashes only.
pub async fn replace_recovery_codes(tx: &mut Tx, id: &AccountId, hashes: &[String]) -> Result<()> {
    sqlx::query("delete from recovery_codes where account_id = $1")
        .bind(id.as_str())
        .run(tx)
        .await?;
    for hash in hashes {
        sqlx::query("insert into recovery_codes (account_id, code_hash) values ($1, $2)")
            .bind(id.as_str())
            .bind(hash)
            .run(tx)
            .await?;
    }
    Ok(())
}

/// Spends one recovery code, once; its keyed hash, and the plain one of earlier versions.
pub async fn spend_recovery_code(
    tx: &mut Tx,
    id: &AccountId,
    [keyed, plainly]: &[String; 2],
    now: Time,
) -> Result<()> {
    sqlx::query(
        "update recovery_codes set used_at = $4 where account_id = $1 and code_hash in ($2, $3) \
         and used_at is null",
    )
    .bind(id.as_str())
    .bind(keyed)
    .bind(plainly)
    .bind(now.0)
    .run_once(tx)
    .await
    .map_err(|_| Error::Refused(Why::WrongCode))
}

/// Recovery codes of earlier versions, of which 64 hex digits are stored; at most 500.
pub async fn list_plain_recovery_codes(conn: &mut Conn) -> Result<Vec<(AccountId, String)>> {
    sqlx::query("select account_id, code_hash from recovery_codes where length(code_hash) = 64 limit 500")
        .list(conn, |r| Ok((r.parsed("account_id")?, r.text("code_hash")?)))
        .await
}

/// Stores another hash of a recovery code, used or not.
pub async fn rehash_recovery_code(tx: &mut Tx, id: &AccountId, from: &str, to: &str) -> Result<()> {
    sqlx::query("update recovery_codes set code_hash = $3 where account_id = $1 and code_hash = $2")
        .bind(id.as_str())
        .bind(from)
        .bind(to)
        .run(tx)
        .await
}

/// How many recovery codes are left.
pub async fn count_recovery_codes(conn: &mut Conn, id: &AccountId) -> Result<i64> {
    sqlx::query("select count(*) as n from recovery_codes where account_id = $1 and used_at is null")
        .bind(id.as_str())
        .number(conn, "n")
        .await
}

fn factor_columns(f: &Factor) -> (&'static str, Option<&str>, Option<i64>) {
    match f {
        Factor::Off => ("off", None, None),
        Factor::Begun { sealed } => ("begun", Some(sealed), None),
        Factor::On { sealed, last_step } => ("on", Some(sealed), Some(*last_step)),
    }
}

fn read(row: &Row) -> Result<Account> {
    let sealed = row.maybe_text("factor_sealed")?;
    let factor = match (
        row.text("factor")?.as_str(),
        sealed,
        row.maybe_number("factor_last_step")?,
    ) {
        ("off", _, _) => Factor::Off,
        ("begun", Some(sealed), _) => Factor::Begun { sealed },
        ("on", Some(sealed), Some(last_step)) => Factor::On { sealed, last_step },
        _ => return Err(impossible("accounts.factor")),
    };
    Ok(Account {
        id: row.parsed("id")?,
        email: row.parsed("email")?,
        email_proven_at: row.maybe_time("email_proven_at")?,
        email_proven_by: ProvenBy::parse(&row.text("email_proven_by")?)
            .ok_or_else(|| impossible("accounts.email_proven_by"))?,
        name: row.text("name")?,
        language: Language::from_tag(&row.text("language")?)
            .ok_or_else(|| impossible("accounts.language"))?,
        time_zone: row.text("time_zone")?,
        theme: Theme::parse(&row.text("theme")?).ok_or_else(|| impossible("accounts.theme"))?,
        keys: row.flag("keys")?,
        password_hash: row.maybe_text("password_hash")?,
        factor,
        created_at: row.time("created_at")?,
        erases_at: row.maybe_time("erases_at")?,
        version: row.number("version")?,
    })
}
