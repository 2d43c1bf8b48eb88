//! Invitations. The link's token is known by its hash alone.
use super::db::{Conn, Tx};
use super::rows::{Columns as _, Row, Statement as _, impossible};
use crate::domain::account::{Email, Language};
use crate::domain::ids::{AccountId, InvitationId, OrganisationId};
use crate::domain::invitation::{Invitation, Status};
use crate::domain::{Error, Result, Why};

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "select id, org_id, email, name, language, status, request_id, invited_by, created_at, expires_at, ended_at, \
             accepted_by, version \
             from invitations ",
            $rest
        )
    };
}

pub async fn create(tx: &mut Tx, i: &Invitation, token_hash: &str) -> Result<()> {
    sqlx::query(
        "insert into invitations (id, org_id, email, email_key, name, language, token_hash, status, request_id, invited_by, \
         created_at, expires_at, \
         version) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
    )
    .bind(i.id.as_str())
    .bind(i.organisation.as_str())
    .bind(i.email.as_str())
    .bind(i.email.key())
    .bind(&i.name)
    .bind(i.language.tag())
    .bind(token_hash)
    .bind(i.status.as_str())
    .bind(i.request.as_ref().map(|r| r.as_str().to_owned()))
    .bind(i.invited_by.as_str())
    .bind(i.created_at.0)
    .bind(i.expires_at.0)
    .bind(i.version)
    .insert(tx, Error::Stale)
    .await
}

/// Writes a changed invitation back if nobody changed it since it was read and it is still pending.
pub async fn update(tx: &mut Tx, i: &Invitation) -> Result<()> {
    let (ended, by) = match &i.status {
        Status::Pending => (None, None),
        Status::Accepted { by, at } => (Some(at.0), Some(by.as_str())),
        Status::Deleted { at } => (Some(at.0), None),
    };
    sqlx::query(
        "update invitations set status = $4, expires_at = $5, ended_at = $6, accepted_by = $7, version = version + 1 \
         where org_id = $1 and id = $2 and version = $3 and status = 'pending'",
    )
    .bind(i.organisation.as_str())
    .bind(i.id.as_str())
    .bind(i.version)
    .bind(i.status.as_str())
    .bind(i.expires_at.0)
    .bind(ended)
    .bind(by)
    .run_once(tx)
    .await
}

/// Gives a pending invitation a new link; the old one is dead from then on.
pub async fn replace_link(tx: &mut Tx, org: &OrganisationId, id: &InvitationId, token_hash: &str) -> Result<()> {
    sqlx::query("update invitations set token_hash = $3 where org_id = $1 and id = $2 and status = 'pending'")
        .bind(org.as_str())
        .bind(id.as_str())
        .bind(token_hash)
        .run_once(tx)
        .await
        .map_err(|_| Error::Refused(Why::LinkDead))
}

/// The invitation that a link names: the one lookup that no organisation bounds, as the token is the whole proof.
pub async fn find_by_token(conn: &mut Conn, token_hash: &str) -> Result<Option<Invitation>> {
    sqlx::query(select!("where token_hash = $1")).bind(token_hash).find(conn, read).await
}

pub async fn find(conn: &mut Conn, org: &OrganisationId, id: &InvitationId) -> Result<Invitation> {
    sqlx::query(select!("where org_id = $1 and id = $2"))
        .bind(org.as_str())
        .bind(id.as_str())
        .find(conn, read)
        .await?
        .ok_or(Error::NotFound)
}

/// The invitation of this address that is not ended (its link may be over).
pub async fn find_open(conn: &mut Conn, org: &OrganisationId, email: &Email) -> Result<Option<Invitation>> {
    sqlx::query(select!("where org_id = $1 and email_key = $2 and status = 'pending'"))
        .bind(org.as_str())
        .bind(email.key())
        .find(conn, read)
        .await
}

/// The organisation's invitations that have not ended, newest first, at most 200; `search`: a part of the name or address, folded.
pub async fn list_open(conn: &mut Conn, org: &OrganisationId, search: &str) -> Result<Vec<Invitation>> {
    sqlx::query(select!(
        "where org_id = $1 and status = 'pending' and (lower(name) like $2 escape '!' or email_key like $2 escape '!') \
         order by created_at desc, id desc limit 200"
    ))
    .bind(org.as_str())
    .bind(super::rows::containing(search))
    .list(conn, read)
    .await
}

fn read(row: &Row) -> Result<Invitation> {
    let ended = || row.maybe_time("ended_at")?.ok_or_else(|| impossible("invitations.ended_at"));
    let status = match row.text("status")?.as_str() {
        "pending" => Status::Pending,
        "accepted" => {
            let by: AccountId = row.maybe_parsed("accepted_by")?.ok_or_else(|| impossible("invitations.accepted_by"))?;
            Status::Accepted { by, at: ended()? }
        }
        "deleted" => Status::Deleted { at: ended()? },
        _ => return Err(impossible("invitations.status")),
    };
    Ok(Invitation {
        id: row.parsed("id")?,
        organisation: row.parsed("org_id")?,
        email: row.parsed("email")?,
        name: row.text("name")?,
        language: Language::from_tag(&row.text("language")?).ok_or_else(|| impossible("invitations.language"))?,
        request: row.maybe_parsed("request_id")?,
        invited_by: row.parsed("invited_by")?,
        created_at: row.time("created_at")?,
        expires_at: row.time("expires_at")?,
        status,
        version: row.number("version")?,
    })
}
