//! The outbox: letters owed, written in the transaction that causes them, claimed and delivered by
//! the worker.
use super::db::Tx;
use super::rows::{Columns as _, Row, Statement as _, impossible};
use crate::domain::account::{Email, Language};
use crate::domain::ids::{AccountId, InvitationId, LetterId, OrganisationId};
use crate::domain::notice::{Letter, Notice};
use crate::domain::time::Span;
use crate::domain::{Error, Result, Time};
use crate::store::conn::Conn;
use sqlx::AssertSqlSafe;

/// How long a worker may take to deliver one letter before another may try.
pub const LEASE: Span = Span::minutes(2);

/// Owes a letter. `sealed`: the encrypted secret of its link, erased on delivery.
pub async fn owe(tx: &mut Tx, id: &LetterId, notice: &Notice, sealed: Option<&str>, now: Time) -> Result<()> {
    let letter = serde_json::to_string(&notice.letter).map_err(|_| impossible("what is to be stored"))?;
    tx.owes = true;
    sqlx::query(
        "insert into outbox (id, org_id, account_id, request_id, invitation_id, recipient, language, letter, \
         sealed, state, next_try_at, created_at) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'queued', $10, $10)",
    )
    .bind(id.as_str())
    .bind(notice.organisation.as_ref().map(|o| o.as_str().to_owned()))
    .bind(notice.account.as_ref().map(|a| a.as_str().to_owned()))
    .bind(notice.request.as_ref().map(|r| r.as_str().to_owned()))
    .bind(notice.invitation.as_ref().map(|i| i.as_str().to_owned()))
    .bind(notice.to.as_str())
    .bind(notice.language.tag())
    .bind(letter)
    .bind(sealed)
    .bind(now.0)
    .run(tx)
    .await
}

/// A letter that the worker holds.
#[derive(Clone, Debug)]
pub struct ClaimedLetter {
    pub id: LetterId,
    pub to: Email,
    pub language: Language,
    pub letter: Letter,
    pub account: Option<AccountId>,
    pub sealed: Option<String>,
    /// Tries before this one.
    pub attempts: i64,
    pub lease_until: Time,
}

/// What waits, in the outer `where` of a claim, as no index knows it: the row is to be found by its
/// id. To PostgreSQL's statistics, which are of a moment when nothing waited, an index of what
/// waits looks as short as a list of ids.
pub(super) const QUEUED: &str = "state || '' = 'queued'";

/// Claims up to `limit` letters that are due. The predicate stands again in the outer `where`:
/// without it two workers on PostgreSQL claim the same letters.
pub async fn claim(tx: &mut Tx, now: Time, limit: i64) -> Result<Vec<ClaimedLetter>> {
    tx.read_in_order().await?;
    let sql = format!(
        "update outbox set lease_until = $2, attempts = attempts + 1 where id in (select id from outbox \
         where state = 'queued' and next_try_at <= $1 and lease_until <= $1 order by next_try_at, id \
         limit $3) and {QUEUED} and next_try_at <= $1 and lease_until <= $1 \
         returning id, recipient, language, letter, account_id, sealed, attempts, lease_until"
    );
    sqlx::query(AssertSqlSafe(sql))
        .bind(now.0)
        .bind((now + LEASE).0)
        .bind(limit)
        .list(tx, read)
        .await
}

/// Gives back what a server that is gone had claimed. Only where no other one can be at work.
pub async fn release(tx: &mut Tx) -> Result<()> {
    sqlx::query("update outbox set lease_until = 0 where state = 'queued' and lease_until > 0")
        .run(tx)
        .await
}

/// How a try ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DeliveryOutcome {
    Sent,
    /// To be tried again; why, and when.
    Deferred(String, Time),
    /// Never to be tried again; why.
    Failed(String),
    /// There is nobody to write to.
    Dropped,
}

impl DeliveryOutcome {
    /// The outcome's word, for counters.
    pub fn word(&self) -> &'static str {
        match self {
            DeliveryOutcome::Sent => "sent",
            DeliveryOutcome::Deferred(..) => "deferred",
            DeliveryOutcome::Failed(_) => "failed",
            DeliveryOutcome::Dropped => "dropped",
        }
    }
}

/// How a try ended, as the columns of what was tried say it.
pub(super) struct EndedLetter<'a> {
    pub state: &'static str,
    pub problem: Option<&'a String>,
    /// When it is due again; of what is over, any instant.
    pub next: Time,
    pub at: Option<i64>,
}

impl DeliveryOutcome {
    /// What went wrong.
    pub fn problem(&self) -> Option<&str> {
        match self {
            DeliveryOutcome::Deferred(why, _) | DeliveryOutcome::Failed(why) => Some(why),
            DeliveryOutcome::Sent | DeliveryOutcome::Dropped => None,
        }
    }

    pub(super) fn ended(&self, lease_until: Time, now: Time) -> EndedLetter<'_> {
        let (state, problem, next, at) = match self {
            DeliveryOutcome::Sent => ("sent", None, lease_until, Some(now.0)),
            DeliveryOutcome::Deferred(why, next) => ("queued", Some(why), *next, None),
            DeliveryOutcome::Failed(why) => ("failed", Some(why), lease_until, Some(now.0)),
            DeliveryOutcome::Dropped => ("dropped", None, lease_until, Some(now.0)),
        };
        EndedLetter {
            state,
            problem,
            next,
            at,
        }
    }
}

/// Writes down how a try ended, if this worker still holds the lease. Delivered letters lose their
/// secret.
pub async fn finish(
    tx: &mut Tx,
    claimed: &ClaimedLetter,
    outcome: &DeliveryOutcome,
    now: Time,
) -> Result<()> {
    let EndedLetter {
        state,
        problem,
        next,
        at,
    } = outcome.ended(claimed.lease_until, now);
    sqlx::query(
        "update outbox set state = $3, problem = $4, next_try_at = $5, ended_at = $6, lease_until = 0, \
         sealed = case when $3 = 'queued' then sealed else null end where id = $1 and lease_until = $2 \
         and state = 'queued'",
    )
    .bind(claimed.id.as_str())
    .bind(claimed.lease_until.0)
    .bind(state)
    .bind(problem)
    .bind(next.0)
    .bind(at)
    .run_once(tx)
    .await
}

/// The letters of an invitation that were not delivered are dropped: its link has changed, or
/// served.
pub async fn drop_of_invitation(
    tx: &mut Tx,
    org: &OrganisationId,
    invitation: &str,
    now: Time,
) -> Result<()> {
    sqlx::query(
        "update outbox set state = 'dropped', sealed = null, ended_at = $3 where org_id = $1 \
         and invitation_id = $2 and state in ('queued', 'failed')",
    )
    .bind(org.as_str())
    .bind(invitation)
    .bind(now.0)
    .run(tx)
    .await
}

/// The account's letters with a link that still wait are dropped: their links are dead.
pub async fn drop_sealed_of_account(tx: &mut Tx, account: &AccountId, now: Time) -> Result<()> {
    sqlx::query(
        "update outbox set state = 'dropped', sealed = null, ended_at = $2 where account_id = $1 \
         and state = 'queued' and sealed is not null",
    )
    .bind(account.as_str())
    .bind(now.0)
    .run(tx)
    .await
}

/// How one letter fares, for the page of the thing it is about.
#[derive(Clone, Debug)]
pub struct Delivery {
    pub id: LetterId,
    pub letter: String,
    pub recipient: String,
    pub state: String,
    pub attempts: i64,
    pub problem: Option<String>,
    pub next_try_at: Time,
    pub ended_at: Option<Time>,
}

/// How the letters about a request and its invitation fare, oldest first.
pub async fn list_of_request(
    conn: &mut Conn,
    org: &OrganisationId,
    request: &str,
    invitation: &str,
) -> Result<Vec<Delivery>> {
    sqlx::query(
        "select id, letter, recipient, state, attempts, problem, next_try_at, ended_at from outbox \
         where org_id = $1 and (request_id = $2 or invitation_id = $3) order by id limit 100",
    )
    .bind(org.as_str())
    .bind(request)
    .bind(invitation)
    .list(conn, |r| {
        read_delivery(r, &r.text("id")?, r.maybe_time("ended_at")?)
    })
    .await
}

/// Reads how a letter fares from a row that holds its columns; `id` and `ended_at` may be named
/// otherwise there.
pub(super) fn read_delivery(r: &Row, id: &str, ended_at: Option<Time>) -> Result<Delivery> {
    let letter: Letter = serde_json::from_str(&r.text("letter")?).map_err(|_| impossible("outbox.letter"))?;
    Ok(Delivery {
        id: id.to_owned().try_into()?,
        letter: letter.key().to_owned(),
        recipient: r.text("recipient")?,
        state: r.text("state")?,
        attempts: r.number("attempts")?,
        problem: r.maybe_text("problem")?,
        next_try_at: r.time("next_try_at")?,
        ended_at,
    })
}

/// A letter of the organisation that has not been delivered, with the invitation whose link it
/// carries.
pub struct Undelivered {
    pub failed: bool,
    pub invitation: Option<InvitationId>,
}

/// The organisation's letter with this id, unless it has been delivered or dropped.
pub async fn find_undelivered(conn: &mut Conn, org: &OrganisationId, id: &LetterId) -> Result<Undelivered> {
    sqlx::query(
        "select state, invitation_id from outbox where org_id = $1 and id = $2 \
         and state in ('queued', 'failed')",
    )
    .bind(org.as_str())
    .bind(id.as_str())
    .find(conn, |r| {
        Ok(Undelivered {
            failed: r.text("state")? == "failed",
            invitation: r.maybe_parsed("invitation_id")?,
        })
    })
    .await?
    .ok_or(Error::NotFound)
}

/// Makes an undelivered letter due at once, with all its tries before it. One that is under way, or
/// was delivered, stays as it is.
pub async fn try_again(tx: &mut Tx, org: &OrganisationId, id: &LetterId, now: Time) -> Result<()> {
    tx.owes = true;
    sqlx::query(
        "update outbox set state = 'queued', attempts = 0, next_try_at = $3, ended_at = null \
         where org_id = $1 and id = $2 and state in ('queued', 'failed') and lease_until <= $3",
    )
    .bind(org.as_str())
    .bind(id.as_str())
    .bind(now.0)
    .run(tx)
    .await
}

/// How many letters wait.
pub async fn count_queued(conn: &mut Conn) -> Result<i64> {
    sqlx::query("select count(*) as n from outbox where state = 'queued'")
        .number(conn, "n")
        .await
}

fn read(row: &Row) -> Result<ClaimedLetter> {
    Ok(ClaimedLetter {
        id: row.parsed("id")?,
        to: row.parsed("recipient")?,
        language: Language::from_tag(&row.text("language")?).ok_or_else(|| impossible("outbox.language"))?,
        letter: serde_json::from_str(&row.text("letter")?).map_err(|_| impossible("outbox.letter"))?,
        account: row.maybe_parsed("account_id")?,
        sealed: row.maybe_text("sealed")?,
        attempts: row.number("attempts")? - 1,
        lease_until: row.time("lease_until")?,
    })
}

/// Keeps what was made ready for a claimed letter, its link above all, so that every try sends the
/// same.
pub async fn seal(tx: &mut Tx, claimed: &ClaimedLetter) -> Result<()> {
    sqlx::query(
        "update outbox set sealed = $3, language = $4, account_id = $5 where id = $1 and lease_until = $2 \
         and state = 'queued'",
    )
    .bind(claimed.id.as_str())
    .bind(claimed.lease_until.0)
    .bind(&claimed.sealed)
    .bind(claimed.language.tag())
    .bind(claimed.account.as_ref().map(|a| a.as_str().to_owned()))
    .run_once(tx)
    .await
}
