//! Requests of organisations: submitting, settling, finding. What the queue lists is in `queue`.
use super::db::{Conn, Tx};
use super::rows::{Columns as _, Row, Statement as _, impossible};
use crate::domain::account::{Account, Email, Language};
use crate::domain::ids::{AccountId, OrganisationId, RequestId};
use crate::domain::linking::Origin;
use crate::domain::organisation::Slug;
use crate::domain::request::{Decision, Kind, Request, Status, StatusWord, Tab};
use crate::domain::{Error, Result, Time, Why, text};

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "select id, org_id, kind, account_id, email, name, message, language, origin, may_ask_again, status, submitted_at, expires_at, \
             decided_at, decided_by, invitation_id, version from requests ",
            $rest
        )
    };
}

/// Writes a new request, with what it is found and counted by. A second live one of the same address is refused: one live request per
/// person and thing.
pub async fn submit(tx: &mut Tx, r: &Request) -> Result<()> {
    let tab = Tab::of(r.status.word());
    sqlx::query(
        "insert into requests (id, org_id, kind, account_id, email, email_key, name, sorts_as, message, language, origin, \
         status, tab, submitted_at, \
         expires_at, version) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)",
    )
    .bind(r.id.as_str())
    .bind(r.organisation.as_str())
    .bind(r.kind.as_str())
    .bind(r.account.as_ref().map(|a| a.as_str().to_owned()))
    .bind(r.email.as_str())
    .bind(r.email.key())
    .bind(&r.name)
    .bind(text::fold(&r.name))
    .bind(&r.message)
    .bind(r.language.tag())
    .bind(r.origin.words())
    .bind(r.status.word().as_str())
    .bind(tab.as_str())
    .bind(r.submitted_at.0)
    .bind(r.expires_at.0)
    .bind(r.version)
    .insert(tx, Error::Refused(Why::AlreadyAsked))
    .await?;
    for term in text::terms(&r.name, r.email.as_str()) {
        sqlx::query("insert into request_terms (org_id, term, request_id) values ($1, $2, $3)")
            .bind(r.organisation.as_str())
            .bind(term)
            .bind(r.id.as_str())
            .run(tx)
            .await?;
    }
    count(tx, &r.organisation, tab, 1).await
}

/// Waits for whoever else is asking to join, or inviting into, this organisation just now: until this transaction ends it is alone.
pub async fn take_turn(tx: &mut Tx, org: &OrganisationId) -> Result<()> {
    count(tx, org, Tab::Pending, 0).await
}

/// Adds to the number of requests under a tab.
async fn count(tx: &mut Tx, org: &OrganisationId, tab: Tab, more: i64) -> Result<()> {
    sqlx::query(
        "insert into request_counts (org_id, tab, n) values ($1, $2, $3) on conflict (org_id, tab) do update set n = \
         request_counts.n + excluded.n",
    )
    .bind(org.as_str())
    .bind(tab.as_str())
    .bind(more)
    .run(tx)
    .await
}

/// Writes a changed request back if it is still as it was read: pending, and of the same version.
pub async fn settle(tx: &mut Tx, r: &Request) -> Result<()> {
    let tab = Tab::of(r.status.word());
    let decision = r.status.decision();
    let (ended, invitation) = match &r.status {
        Status::Approved { decision, invitation } => (Some(decision.at), Some(invitation.as_str())),
        Status::Expired { at } => (Some(*at), None),
        other => (other.decision().map(|d| d.at), None),
    };
    sqlx::query(
        "update requests set status = $4, decided_at = $5, decided_by = $6, invitation_id = $7, tab = $8, version = version + 1 \
         where org_id = $1 and id = $2 and version = $3 and status = 'pending'",
    )
    .bind(r.organisation.as_str())
    .bind(r.id.as_str())
    .bind(r.version)
    .bind(r.status.word().as_str())
    .bind(ended.map(|t| t.0))
    .bind(decision.map(|d| d.by.as_str()))
    .bind(invitation)
    .bind(tab.as_str())
    .run_once(tx)
    .await?;
    count(tx, &r.organisation, Tab::Pending, -1).await?;
    count(tx, &r.organisation, tab, 1).await
}

/// Writes down that a rejected person may ask again at once.
pub async fn allow_again(tx: &mut Tx, r: &Request) -> Result<()> {
    sqlx::query(
        "update requests set may_ask_again = 1, version = version + 1 where org_id = $1 and id = $2 and version = $3 and status = 'denied'",
    )
    .bind(r.organisation.as_str())
    .bind(r.id.as_str())
    .bind(r.version)
    .run_once(tx)
    .await
}

/// The newest join request of this address, or of this account under another one, that was rejected, if there is one.
pub async fn find_newest_denied(
    conn: &mut Conn,
    org: &OrganisationId,
    email: &Email,
    account: Option<&AccountId>,
) -> Result<Option<Request>> {
    const NEWEST: &str = select!(
        "where org_id = $1 and (email_key = $2 or account_id = $3) and kind = 'join' and status = 'denied' \
         order by decided_at desc, id desc limit 1"
    );
    sqlx::query(NEWEST).bind(org.as_str()).bind(email.key()).bind(account.map(|a| a.as_str().to_owned())).find(conn, read).await
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

/// The stored-as-open join requests of this address, and of this account under other ones.
pub async fn list_open_joins(conn: &mut Conn, org: &OrganisationId, email: &Email, account: Option<&AccountId>) -> Result<Vec<Request>> {
    sqlx::query(select!(
        "where org_id = $1 and (email_key = $2 or account_id = $3) and kind = 'join' and status = 'pending' order by submitted_at, id"
    ))
    .bind(org.as_str())
    .bind(email.key())
    .bind(account.map(|a| a.as_str().to_owned()))
    .list(conn, read)
    .await
}

/// The organisation's open requests, oldest first; at most 100.
pub async fn list_open(conn: &mut Conn, org: &OrganisationId) -> Result<Vec<Request>> {
    sqlx::query(select!("where org_id = $1 and tab in ('pending', 'others') and status in ('pending', 'missing_data', 'error') order by submitted_at, id limit 100"))
        .bind(org.as_str())
        .list(conn, read)
        .await
}

/// The open requests of this account or under its address, in any organisation.
pub async fn list_open_of(conn: &mut Conn, account: &Account) -> Result<Vec<Request>> {
    sqlx::query(select!(
        "where (account_id = $1 or email_key = $2) and status in ('pending', 'missing_data', 'error') order by submitted_at, id"
    ))
    .bind(account.id.as_str())
    .bind(account.email.key())
    .list(conn, read)
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

/// The organisation's request that this account submitted, wherever it is: a requester knows only the id.
pub async fn find_own(conn: &mut Conn, account: &AccountId, id: &RequestId) -> Result<Option<Request>> {
    sqlx::query(select!("where account_id = $1 and id = $2")).bind(account.as_str()).bind(id.as_str()).find(conn, read).await
}

/// What the account has asked the organisation for, newest first, at most 50.
pub async fn list_of_member(conn: &mut Conn, org: &OrganisationId, account: &AccountId) -> Result<Vec<Request>> {
    sqlx::query(select!("where org_id = $1 and account_id = $2 order by submitted_at desc, id desc limit 50"))
        .bind(org.as_str())
        .bind(account.as_str())
        .list(conn, read)
        .await
}

/// What the account has asked for, newest first, at most 50, each with the slug of its organisation.
pub async fn list_own(conn: &mut Conn, account: &AccountId) -> Result<Vec<(Slug, Request)>> {
    sqlx::query(
        "select r.id, r.org_id, r.kind, r.account_id, r.email, r.name, r.message, r.language, r.origin, r.may_ask_again, \
         r.status, r.submitted_at, \
         r.expires_at, r.decided_at, r.decided_by, r.invitation_id, r.version, o.slug from requests r join organisations o on \
         o.id = r.org_id \
         where r.account_id = $1 order by r.submitted_at desc, r.id desc limit 50",
    )
    .bind(account.as_str())
    .list(conn, |r| Ok((r.parsed("slug")?, read(r)?)))
    .await
}

/// A request wherever it is, for who holds the secret of its status page: the one lookup that no organisation bounds.
pub async fn find_anywhere(conn: &mut Conn, id: &RequestId) -> Result<Request> {
    sqlx::query(select!("where id = $1")).bind(id.as_str()).find(conn, read).await?.ok_or(Error::NotFound)
}

pub(super) fn read(row: &Row) -> Result<Request> {
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
        account: row.maybe_parsed("account_id")?,
        email: row.parsed("email")?,
        name: row.text("name")?,
        message: row.text("message")?,
        language: Language::from_tag(&row.text("language")?).ok_or_else(|| impossible("requests.language"))?,
        origin: Origin::parse(&row.text("origin")?).ok_or_else(|| impossible("requests.origin"))?,
        may_ask_again: row.flag("may_ask_again")?,
        submitted_at: row.time("submitted_at")?,
        expires_at: row.time("expires_at")?,
        status,
        version: row.number("version")?,
    })
}
