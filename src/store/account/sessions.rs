//! Sessions: opaque tokens of which only the SHA-256 is stored. A session that ended, idled or aged
//! out is not found.
use crate::domain::account::Account;
use crate::domain::ids::{AccountId, SessionId};
use crate::domain::time::Span;
use crate::domain::{Result, Time};
use crate::store::conn::Conn;
use crate::store::db::Tx;
use crate::store::rows::{Columns as _, Row, Statement as _, impossible};

/// A session ends by itself after this long without a request.
pub const IDLE: Span = Span::days(7);
/// A session ends by itself this long after sign-in, whatever happens.
pub const LIFE: Span = Span::days(30);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    Password,
    Provider,
    Invitation,
    Setup,
    SignUp,
    Demo,
}

impl How {
    pub fn as_str(self) -> &'static str {
        match self {
            How::Password => "password",
            How::Provider => "provider",
            How::Invitation => "invitation",
            How::Setup => "setup",
            How::SignUp => "signup",
            How::Demo => "demo",
        }
    }
    fn parse(s: &str) -> Option<Self> {
        [
            How::Password,
            How::Provider,
            How::Invitation,
            How::Setup,
            How::SignUp,
            How::Demo,
        ]
        .into_iter()
        .find(|h| h.as_str() == s)
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    pub id: SessionId,
    pub account: AccountId,
    pub how: How,
    /// The account has a second factor and it has not been shown yet: the session may do nothing
    /// else.
    pub factor_due: bool,
    /// The second factor was shown.
    pub factor_passed: bool,
    /// Network address as far as it is known.
    pub place: String,
    /// The browser's own description, cut short.
    pub agent: String,
    pub created_at: Time,
    /// When the person last proved who they are, with everything that signing in takes.
    pub proven_at: Time,
    pub seen_at: Time,
    /// It is one that somebody signed in with, and not one of [`Session::of_nobody`].
    pub stored: bool,
}

impl Session {
    /// A session that is stored nowhere, for what is done in somebody's name while they are not
    /// there.
    pub fn of_nobody(id: SessionId, account: &Account, how: How, now: Time) -> Self {
        Self {
            id,
            account: account.id.clone(),
            how,
            factor_due: false,
            factor_passed: false,
            place: String::new(),
            agent: String::new(),
            created_at: now,
            proven_at: now,
            seen_at: now,
            stored: false,
        }
    }
}

macro_rules! select {
    ($($rest:tt)*) => {
        concat!(
            "select id, account_id, how, factor, place, agent, created_at, proven_at, seen_at from sessions ",
            $($rest)*
        )
    };
}

/// Sessions that live, by when they must have been seen ($1) and begun ($2) at least.
macro_rules! live {
    ($rest:literal) => {
        concat!(
            "where ended_at is null and seen_at > $1 and created_at > $2 and ",
            $rest
        )
    };
}

pub async fn create(tx: &mut Tx, s: &Session, token_hash: &str) -> Result<()> {
    let factor = if s.factor_due {
        "due"
    } else if s.factor_passed {
        "passed"
    } else {
        "none"
    };
    sqlx::query(
        "insert into sessions (id, token_hash, account_id, how, factor, place, agent, created_at, proven_at, \
         seen_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    )
    .bind(s.id.as_str())
    .bind(token_hash)
    .bind(s.account.as_str())
    .bind(s.how.as_str())
    .bind(factor)
    .bind(&s.place)
    .bind(&s.agent)
    .bind(s.created_at.0)
    .bind(s.proven_at.0)
    .bind(s.seen_at.0)
    .run(tx)
    .await
}

/// The live session with this token, if there is one.
pub async fn find_live(conn: &mut Conn, token_hash: &str, now: Time) -> Result<Option<Session>> {
    sqlx::query(select!(live!("token_hash = $3")))
        .bind((now - IDLE).0)
        .bind((now - LIFE).0)
        .bind(token_hash)
        .find(conn, read)
        .await
}

/// Whether this session of the account lives, whatever its token is by now.
pub async fn lives(conn: &mut Conn, account: &AccountId, id: &SessionId, now: Time) -> Result<bool> {
    let found = sqlx::query(select!(live!("account_id = $3 and id = $4")))
        .bind((now - IDLE).0)
        .bind((now - LIFE).0)
        .bind(account.as_str())
        .bind(id.as_str())
        .find(conn, |_| Ok(()))
        .await?;
    Ok(found.is_some())
}

/// Whether nobody has ended this session of the account since it was looked up.
pub async fn stands(conn: &mut Conn, account: &AccountId, id: &SessionId) -> Result<bool> {
    let found = sqlx::query("select 1 from sessions where id = $1 and account_id = $2 and ended_at is null")
        .bind(id.as_str())
        .bind(account.as_str())
        .find(conn, |_| Ok(()))
        .await?;
    Ok(found.is_some())
}

/// The account's live sessions, newest first.
pub async fn list_live(conn: &mut Conn, account: &AccountId, now: Time) -> Result<Vec<Session>> {
    sqlx::query(select!(live!(
        "account_id = $3 order by created_at desc, id desc"
    )))
    .bind((now - IDLE).0)
    .bind((now - LIFE).0)
    .bind(account.as_str())
    .list(conn, read)
    .await
}

/// Ends one session of this account, and what it was to be shown once; true if it was live.
pub async fn end(tx: &mut Tx, account: &AccountId, id: &SessionId, now: Time) -> Result<bool> {
    let ended = sqlx::query(
        "update sessions set ended_at = $3 where account_id = $1 and id = $2 and ended_at is null",
    )
    .bind(account.as_str())
    .bind(id.as_str())
    .bind(now.0)
    .affected(tx)
    .await?;
    sqlx::query("delete from shown_once where account_id = $1 and session_id = $2")
        .bind(account.as_str())
        .bind(id.as_str())
        .run(tx)
        .await?;
    Ok(ended == 1)
}

/// Ends all sessions of this account but `kept`, and what they were to be shown once.
pub async fn end_others(
    tx: &mut Tx,
    account: &AccountId,
    kept: Option<&SessionId>,
    now: Time,
) -> Result<u64> {
    let kept = kept.map_or("", SessionId::as_str);
    sqlx::query("delete from shown_once where account_id = $1 and session_id <> $2")
        .bind(account.as_str())
        .bind(kept)
        .run(tx)
        .await?;
    sqlx::query("update sessions set ended_at = $3 where account_id = $1 and id <> $2 and ended_at is null")
        .bind(account.as_str())
        .bind(kept)
        .bind(now.0)
        .affected(tx)
        .await
}

/// Writes down when sessions were last seen, in one transaction for all of them.
pub async fn seen(tx: &mut Tx, seen: &[(SessionId, Time)]) -> Result<()> {
    for (id, at) in seen {
        sqlx::query("update sessions set seen_at = $2 where id = $1 and seen_at < $2 and ended_at is null")
            .bind(id.as_str())
            .bind(at.0)
            .run(tx)
            .await?;
    }
    Ok(())
}

/// The person has just proven in this session who they are; `factor`: with a code as well.
pub async fn proven(tx: &mut Tx, id: &SessionId, factor: bool, now: Time) -> Result<()> {
    sqlx::query(
        "update sessions set proven_at = $2, factor = case when $3 = 1 then 'passed' else factor end \
         where id = $1 and ended_at is null",
    )
    .bind(id.as_str())
    .bind(now.0)
    .bind(i64::from(factor))
    .run(tx)
    .await
}

fn read(row: &Row) -> Result<Session> {
    let factor = row.text("factor")?;
    Ok(Session {
        id: row.parsed("id")?,
        account: row.parsed("account_id")?,
        how: How::parse(&row.text("how")?).ok_or_else(|| impossible("sessions.how"))?,
        factor_due: factor == "due",
        factor_passed: factor == "passed",
        place: row.text("place")?,
        agent: row.text("agent")?,
        created_at: row.time("created_at")?,
        proven_at: row.time("proven_at")?,
        seen_at: row.time("seen_at")?,
        stored: true,
    })
}
