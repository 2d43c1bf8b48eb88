//! Requests of organisations, and those to addresses where no organisation is.
use super::db::{Conn, Tx};
use super::rows::{Columns as _, Row, Statement as _, impossible};
use crate::domain::account::{Email, Language};
use crate::domain::ids::{AccountId, InvitationId, OrganisationId, RequestId};
use crate::domain::organisation::Slug;
use crate::domain::request::{Decision, Kind, Request, Status, StatusWord};
use crate::domain::{Error, Result, Time, Why};

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "select id, org_id, kind, account_id, email, name, message, language, status, submitted_at, expires_at, decided_at, decided_by, \
             invitation_id, version from requests ",
            $rest
        )
    };
}

/// Writes a new request. A second live one of the same address is refused: one live request per person and thing.
pub async fn submit(tx: &mut Tx, r: &Request) -> Result<()> {
    sqlx::query(
        "insert into requests (id, org_id, kind, account_id, email, email_key, name, message, language, status, submitted_at, expires_at, version) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
    )
    .bind(r.id.as_str())
    .bind(r.organisation.as_str())
    .bind(r.kind.as_str())
    .bind(r.account.as_str())
    .bind(r.email.as_str())
    .bind(r.email.key())
    .bind(&r.name)
    .bind(&r.message)
    .bind(r.language.tag())
    .bind(r.status.word().as_str())
    .bind(r.submitted_at.0)
    .bind(r.expires_at.0)
    .bind(r.version).insert(tx, Error::Refused(Why::AlreadyAsked)).await
}

/// Writes a changed request back if it is still as it was read: pending, and of the same version.
pub async fn settle(tx: &mut Tx, r: &Request) -> Result<()> {
    let decision = r.status.decision();
    let (ended, invitation) = match &r.status {
        Status::Approved { decision, invitation } => (Some(decision.at), Some(invitation.as_str())),
        Status::Expired { at } => (Some(*at), None),
        other => (other.decision().map(|d| d.at), None),
    };
    sqlx::query(
        "update requests set status = $4, decided_at = $5, decided_by = $6, invitation_id = $7, version = version + 1 \
         where org_id = $1 and id = $2 and version = $3 and status = 'pending'",
    )
    .bind(r.organisation.as_str())
    .bind(r.id.as_str())
    .bind(r.version)
    .bind(r.status.word().as_str())
    .bind(ended.map(|t| t.0))
    .bind(decision.map(|d| d.by.as_str()))
    .bind(invitation)
    .run_once(tx)
    .await
}

pub async fn find(conn: &mut Conn, org: &OrganisationId, id: &RequestId) -> Result<Request> {
    sqlx::query(select!("where org_id = $1 and id = $2"))
        .bind(org.as_str())
        .bind(id.as_str())
        .find(conn, read)
        .await?
        .ok_or(Error::NotFound)
}

/// The stored-as-open join request of this address, if there is one (it may have expired unswept).
pub async fn find_open_join(conn: &mut Conn, org: &OrganisationId, email: &Email) -> Result<Option<Request>> {
    sqlx::query(select!("where org_id = $1 and email_key = $2 and kind = 'join' and status = 'pending'"))
        .bind(org.as_str())
        .bind(email.key())
        .find(conn, read)
        .await
}

/// A request with what a list shows beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    pub request: Request,
    /// The name of whoever decided.
    pub decided_by: Option<String>,
    /// Its invitation, if that has not ended (its link may be over).
    pub open_invitation: Option<InvitationId>,
}

macro_rules! select_listed {
    ($rest:literal) => {
        concat!(
            "select r.id, r.org_id, r.kind, r.account_id, r.email, r.name, r.message, r.language, r.status, r.submitted_at, r.expires_at, \
             r.decided_at, r.decided_by, r.invitation_id, r.version, d.name as decider, i.id as open_invitation from requests r \
             left join accounts d on d.id = r.decided_by \
             left join invitations i on i.org_id = r.org_id and i.id = r.invitation_id and i.status = 'pending' ",
            $rest
        )
    };
}

/// A place in the list: what was requested then, and its id.
pub type Place = (Time, RequestId);

/// A page of the organisation's requests, newest first, those older than `after`; at most `limit`.
pub async fn list_newest(conn: &mut Conn, org: &OrganisationId, after: Option<&Place>, limit: i64) -> Result<Vec<Listed>> {
    sqlx::query(select_listed!(
        "where r.org_id = $1 and r.submitted_at <= $2 and (r.submitted_at < $2 or r.id < $3) order by r.submitted_at desc, r.id desc limit $4"
    ))
    .bind(org.as_str())
    .bind(after.map_or(i64::MAX, |(t, _)| t.0))
    .bind(after.map_or("", |(_, id)| id.as_str()))
    .bind(limit).list(conn, read_listed).await
}

/// One request of the organisation as a list shows it.
pub async fn find_listed(conn: &mut Conn, org: &OrganisationId, id: &RequestId) -> Result<Listed> {
    sqlx::query(select_listed!("where r.org_id = $1 and r.id = $2"))
        .bind(org.as_str())
        .bind(id.as_str())
        .find(conn, read_listed)
        .await?
        .ok_or(Error::NotFound)
}

fn read_listed(row: &Row) -> Result<Listed> {
    Ok(Listed { request: read(row)?, decided_by: row.maybe_text("decider")?, open_invitation: row.maybe_parsed("open_invitation")? })
}

/// How many of the organisation's requests are pending at `now`.
pub async fn count_pending(conn: &mut Conn, org: &OrganisationId, now: Time) -> Result<i64> {
    sqlx::query("select count(*) as n from requests where org_id = $1 and status = 'pending' and expires_at > $2")
        .bind(org.as_str())
        .bind(now.0)
        .number(conn, "n")
        .await
}

/// Requests past their life that no sweep has settled, of any organisation; at most `limit`.
pub async fn list_due(conn: &mut Conn, now: Time, limit: i64) -> Result<Vec<Request>> {
    sqlx::query(select!("where status = 'pending' and expires_at <= $1 order by expires_at, id limit $2"))
        .bind(now.0)
        .bind(limit)
        .list(conn, read)
        .await
}

/// A person's own request, with the slug they typed; that of an organisation or one that nobody hears.
#[derive(Clone, Debug)]
pub struct Own {
    pub id: RequestId,
    pub slug: Slug,
    pub message: String,
    pub submitted_at: Time,
    pub expires_at: Time,
    pub word: StatusWord,
    pub ended_at: Option<Time>,
}

/// What the account has asked for, newest first, at most 50. Heard and unheard requests look alike.
pub async fn list_own(conn: &mut Conn, account: &AccountId) -> Result<Vec<Own>> {
    sqlx::query(
        "select r.id, o.slug, r.message, r.submitted_at, r.expires_at, r.status, r.decided_at as ended_at \
         from requests r join organisations o on o.id = r.org_id where r.account_id = $1 \
         union all select id, slug, message, submitted_at, expires_at, case when withdrawn_at is null then 'pending' else 'canceled' end, withdrawn_at \
         from unheard_requests where account_id = $1 order by 4 desc, 1 desc limit 50",
    )
    .bind(account.as_str()).list(conn, |r| {
            Ok(Own {
                id: r.parsed("id")?,
                slug: r.parsed("slug")?,
                message: r.text("message")?,
                submitted_at: r.time("submitted_at")?,
                expires_at: r.time("expires_at")?,
                word: StatusWord::parse(&r.text("status")?).ok_or_else(|| impossible("requests.status"))?,
                ended_at: r.maybe_time("ended_at")?,
            })
        }).await
}

/// The organisation's request that this account submitted, wherever it is: a requester knows only the id.
pub async fn find_own(conn: &mut Conn, account: &AccountId, id: &RequestId) -> Result<Option<Request>> {
    sqlx::query(select!("where account_id = $1 and id = $2")).bind(account.as_str()).bind(id.as_str()).find(conn, read).await
}

/// Keeps a request that nobody hears. A live one of the same account to the same slug is refused as asked already.
pub async fn submit_unheard(tx: &mut Tx, own: &Own, account: &AccountId) -> Result<()> {
    sqlx::query("insert into unheard_requests (id, slug, account_id, message, submitted_at, expires_at) values ($1, $2, $3, $4, $5, $6)")
        .bind(own.id.as_str())
        .bind(own.slug.as_str())
        .bind(account.as_str())
        .bind(&own.message)
        .bind(own.submitted_at.0)
        .bind(own.expires_at.0)
        .insert(tx, Error::Refused(Why::AlreadyAsked))
        .await
}

/// Closes the unheard request to this slug if its life is over, so that a new one can be kept.
pub async fn clear_expired_unheard(tx: &mut Tx, account: &AccountId, slug: &Slug, now: Time) -> Result<()> {
    sqlx::query("delete from unheard_requests where account_id = $1 and slug = $2 and withdrawn_at is null and expires_at <= $3")
        .bind(account.as_str())
        .bind(slug.as_str())
        .bind(now.0)
        .run(tx)
        .await
}

/// Withdraws an unheard request.
pub async fn withdraw_unheard(tx: &mut Tx, account: &AccountId, id: &RequestId, now: Time) -> Result<()> {
    sqlx::query(
        "update unheard_requests set withdrawn_at = $3 where account_id = $1 and id = $2 and withdrawn_at is null and expires_at > $3",
    )
    .bind(account.as_str())
    .bind(id.as_str())
    .bind(now.0)
    .run_once(tx)
    .await
    .map_err(|_| Error::NotFound)
}

fn read(row: &Row) -> Result<Request> {
    let decision = || -> Result<Decision> {
        let by = row.maybe_parsed("decided_by")?.ok_or_else(|| impossible("requests.decided_by"))?;
        let at = row.maybe_time("decided_at")?.ok_or_else(|| impossible("requests.decided_at"))?;
        Ok(Decision { by, at })
    };
    let status = match StatusWord::parse(&row.text("status")?).ok_or_else(|| impossible("requests.status"))? {
        StatusWord::Pending => Status::Pending,
        StatusWord::Approved => {
            let invitation = row.maybe_parsed("invitation_id")?.ok_or_else(|| impossible("requests.invitation_id"))?;
            Status::Approved { decision: decision()?, invitation }
        }
        StatusWord::Denied => Status::Denied(decision()?),
        StatusWord::Canceled => Status::Canceled(decision()?),
        StatusWord::Expired => Status::Expired { at: row.maybe_time("decided_at")?.ok_or_else(|| impossible("requests.decided_at"))? },
    };
    Ok(Request {
        id: row.parsed("id")?,
        organisation: row.parsed("org_id")?,
        kind: Kind::Join,
        account: row.parsed("account_id")?,
        email: row.parsed("email")?,
        name: row.text("name")?,
        message: row.text("message")?,
        language: Language::from_tag(&row.text("language")?).ok_or_else(|| impossible("requests.language"))?,
        submitted_at: row.time("submitted_at")?,
        expires_at: row.time("expires_at")?,
        status,
        version: row.number("version")?,
    })
}
