//! Invitations. The link's token is known by its hash alone.
use crate::domain::account::{Email, Language};
use crate::domain::ids::{AccountId, InvitationId, OrganisationId, RoleId};
use crate::domain::invitation::{Invitation, InvitationStatus, InvitationStatusWord};
use crate::domain::{Error, Result, Time, Why, text};
use crate::store::conn::Conn;
use crate::store::db::Tx;
use crate::store::deliveries::fates::{self, Fate};
use crate::store::keys;
use crate::store::rows::{Bindings, Columns as _, Row, Statement as _, containing, impossible};
use sqlx::AssertSqlSafe;
use std::collections::HashMap;

/// How many open invitations are listed among the members at the most.
pub const OPEN_LISTED: usize = 20;

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "select id, org_id, email, name, language, status, request_id, invited_by, created_at, \
             expires_at, ended_at, accepted_by, version from invitations ",
            $rest
        )
    };
}

pub async fn create(tx: &mut Tx, i: &Invitation, token_hash: &str) -> Result<()> {
    sqlx::query(
        "insert into invitations (id, org_id, email, email_key, name, language, token_hash, status, \
         request_id, invited_by, created_at, expires_at, version, found_by, edition) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
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
    .bind(text::found_by(&i.name, i.email.as_str()))
    .bind(text::EDITION)
    .insert(tx, Error::Stale)
    .await
}

/// Writes a changed invitation back if nobody changed it since it was read and it is still pending.
pub async fn update(tx: &mut Tx, i: &Invitation) -> Result<()> {
    let (ended, by) = match &i.status {
        InvitationStatus::Pending => (None, None),
        InvitationStatus::Accepted { by, at } => (Some(at.0), Some(by.as_str())),
        InvitationStatus::Deleted { at } => (Some(at.0), None),
    };
    sqlx::query(
        "update invitations set status = $4, expires_at = $5, ended_at = $6, accepted_by = $7, \
         version = version + 1 where org_id = $1 and id = $2 and version = $3 and status = 'pending'",
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
pub async fn replace_link(
    tx: &mut Tx,
    org: &OrganisationId,
    id: &InvitationId,
    token_hash: &str,
) -> Result<()> {
    sqlx::query("update invitations set token_hash = $3 where org_id = $1 and id = $2 and status = 'pending'")
        .bind(org.as_str())
        .bind(id.as_str())
        .bind(token_hash)
        .run_once(tx)
        .await
        .map_err(|_| Error::Refused(Why::LinkDead))
}

/// The invitation that a link names: one of the lookups that no organisation bounds, as the token
/// is the whole proof.
pub async fn find_by_token(conn: &mut Conn, token_hash: &str) -> Result<Option<Invitation>> {
    sqlx::query(select!("where token_hash = $1"))
        .bind(token_hash)
        .find(conn, read)
        .await
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
    sqlx::query(select!(
        "where org_id = $1 and email_key = $2 and status = 'pending'"
    ))
    .bind(org.as_str())
    .bind(email.key())
    .find(conn, read)
    .await
}

/// The organisation's invitations that have not ended, newest first, at most 20; `search`: a part
/// of the name or address.
pub async fn list_open(conn: &mut Conn, org: &OrganisationId, search: &str) -> Result<Vec<Invitation>> {
    let mut asked = Bindings::default();
    let mut sql = String::from(select!("where status = 'pending' and org_id = "));
    sql += &asked.bind(org.to_string())?;
    for word in text::words(search) {
        let part = asked.bind(containing(&format!(" {word}")))?;
        sql += &format!(
            " and {}",
            keys::found("invitations", "' ' || lower(name) || ' ' || email_key", &part)
        );
    }
    sql += &format!(" order by created_at desc, id desc limit {OPEN_LISTED}");
    sqlx::query_with(AssertSqlSafe(sql), asked.0)
        .list(conn, read)
        .await
}

/// An invitation as a list shows it.
#[derive(Clone, Debug)]
pub struct ListedInvitation {
    pub invitation: Invitation,
    /// The name of who invited.
    pub inviter: String,
    /// How its newest letter fares.
    pub letter: Option<Fate>,
}

/// What is looked for.
#[derive(Clone, Debug, Default)]
pub struct InvitationQuery {
    /// Only those that are this at the instant.
    pub status: Option<InvitationStatusWord>,
    /// A part of the name or address.
    pub search: String,
    /// Only those whose newest letter could not be delivered.
    pub undelivered: bool,
    /// When the invitation after which a page begins was sent, and its id.
    pub after: Option<(Time, InvitationId)>,
}

const NEWEST_LETTER: &str =
    "(select max(o.id) from deliveries o where o.org_id = i.org_id and o.invitation_id = i.id)";

/// The condition that an invitation is this at `now`.
fn standing_so(status: InvitationStatusWord, now: Time, asked: &mut Bindings) -> Result<String> {
    Ok(match status {
        InvitationStatusWord::Pending => {
            format!(
                " and i.status = 'pending' and i.expires_at > {}",
                asked.bind(now.0)?
            )
        }
        InvitationStatusWord::Expired => {
            format!(
                " and i.status = 'pending' and i.expires_at <= {}",
                asked.bind(now.0)?
            )
        }
        ended => format!(" and i.status = {}", asked.bind(ended.as_str().to_owned())?),
    })
}

/// A page of the organisation's invitations as they are at `now`, newest first; at most `limit`.
pub async fn list(
    conn: &mut Conn,
    of: &OrganisationId,
    look: &InvitationQuery,
    now: Time,
    limit: usize,
) -> Result<Vec<ListedInvitation>> {
    let mut asked = Bindings::default();
    let org = asked.bind(of.to_string())?;
    let mut sql = format!(
        "select i.id, i.org_id, i.email, i.name, i.language, i.status, i.request_id, i.invited_by, \
         i.created_at, i.expires_at, i.ended_at, i.accepted_by, i.version, a.name as inviter \
         from invitations i join accounts a on a.id = i.invited_by \
         left join deliveries l on l.id = {NEWEST_LETTER} where i.org_id = {org}"
    );
    if let Some(status) = look.status {
        sql += &standing_so(status, now, &mut asked)?;
    }
    if look.undelivered {
        sql += " and i.status = 'pending' and l.state = 'failed'";
    }
    for word in text::words(&look.search) {
        let part = asked.bind(containing(&format!(" {word}")))?;
        sql += &format!(
            " and {}",
            keys::found("i", "' ' || lower(i.name) || ' ' || i.email_key", &part)
        );
    }
    if let Some((at, id)) = &look.after {
        let (at, id) = (asked.bind(at.0)?, asked.bind(id.to_string())?);
        sql += &format!(" and i.created_at <= {at} and (i.created_at < {at} or i.id < {id})");
    }
    sql += &format!(" order by i.created_at desc, i.id desc limit {limit}");
    let mut listed = sqlx::query_with(AssertSqlSafe(sql), asked.0)
        .list(conn, |r| {
            Ok(ListedInvitation {
                invitation: read(r)?,
                inviter: r.text("inviter")?,
                letter: None,
            })
        })
        .await?;
    let ids: Vec<_> = listed.iter().map(|l| l.invitation.id.clone()).collect();
    let mut letters: HashMap<_, _> = fates::list_newest_of_invitations(conn, of, &ids)
        .await?
        .into_iter()
        .collect();
    for one in &mut listed {
        one.letter = letters.remove(&one.invitation.id);
    }
    Ok(listed)
}

/// How many open invitations could not be delivered.
pub async fn count_undelivered(conn: &mut Conn, org: &OrganisationId) -> Result<i64> {
    let sql = format!(
        "select count(*) as n from invitations i join deliveries l on l.id = {NEWEST_LETTER} \
         where i.org_id = $1 and i.status = 'pending' and l.state = 'failed'"
    );
    sqlx::query(AssertSqlSafe(sql))
        .bind(org.to_string())
        .number(conn, "n")
        .await
}

/// Whether the invitation's newest letter could not be delivered.
pub async fn is_undelivered(conn: &mut Conn, org: &OrganisationId, id: &InvitationId) -> Result<bool> {
    let sql = format!(
        "select count(*) as n from invitations i join deliveries l on l.id = {NEWEST_LETTER} \
         where i.org_id = $1 and i.id = $2 and l.state = 'failed'"
    );
    Ok(sqlx::query(AssertSqlSafe(sql))
        .bind(org.to_string())
        .bind(id.to_string())
        .number(conn, "n")
        .await?
        > 0)
}

/// Gives an invitation the roles that whoever accepts it is to have.
pub async fn add_role(tx: &mut Tx, org: &OrganisationId, id: &InvitationId, role: &RoleId) -> Result<()> {
    sqlx::query(
        "insert into invitation_roles (org_id, invitation_id, role_id) values ($1, $2, $3) \
         on conflict do nothing",
    )
    .bind(org.as_str())
    .bind(id.as_str())
    .bind(role.as_str())
    .run(tx)
    .await
}

/// Takes a role from all invitations that have not ended.
pub async fn drop_role(tx: &mut Tx, org: &OrganisationId, role: &RoleId) -> Result<()> {
    sqlx::query(
        "delete from invitation_roles where org_id = $1 and role_id = $2 and invitation_id in (select id \
         from invitations where org_id = $1 and status = 'pending')",
    )
    .bind(org.as_str())
    .bind(role.as_str())
    .run(tx)
    .await
}

/// Which roles these invitations carry: pairs of invitation and role, in no order.
pub async fn list_roles<'a>(
    conn: &mut Conn,
    org: &OrganisationId,
    ids: impl IntoIterator<Item = &'a InvitationId>,
) -> Result<Vec<(InvitationId, RoleId)>> {
    let mut asked = Bindings::default();
    let org = asked.bind(org.to_string())?;
    let ids = asked.list(ids)?;
    let sql = format!(
        "select invitation_id, role_id from invitation_roles where org_id = {org} \
         and invitation_id in ({ids})"
    );
    sqlx::query_with(AssertSqlSafe(sql), asked.0)
        .list(conn, |r| Ok((r.parsed("invitation_id")?, r.parsed("role_id")?)))
        .await
}

/// The invitations that have not ended and carry a role, newest first.
pub async fn list_carrying(conn: &mut Conn, org: &OrganisationId, role: &RoleId) -> Result<Vec<Invitation>> {
    sqlx::query(select!(
        "where org_id = $1 and status = 'pending' and id in (select invitation_id from invitation_roles \
         where org_id = $1 and role_id = $2) order by created_at desc, id desc"
    ))
    .bind(org.as_str())
    .bind(role.as_str())
    .list(conn, read)
    .await
}

fn read(row: &Row) -> Result<Invitation> {
    let ended = || {
        row.maybe_time("ended_at")?
            .ok_or_else(|| impossible("invitations.ended_at"))
    };
    let status = match row.text("status")?.as_str() {
        "pending" => InvitationStatus::Pending,
        "accepted" => {
            let by: AccountId = row
                .maybe_parsed("accepted_by")?
                .ok_or_else(|| impossible("invitations.accepted_by"))?;
            InvitationStatus::Accepted { by, at: ended()? }
        }
        "deleted" => InvitationStatus::Deleted { at: ended()? },
        _ => return Err(impossible("invitations.status")),
    };
    Ok(Invitation {
        id: row.parsed("id")?,
        organisation: row.parsed("org_id")?,
        email: row.parsed("email")?,
        name: row.text("name")?,
        language: Language::from_tag(&row.text("language")?)
            .ok_or_else(|| impossible("invitations.language"))?,
        request: row.maybe_parsed("request_id")?,
        invited_by: row.parsed("invited_by")?,
        created_at: row.time("created_at")?,
        expires_at: row.time("expires_at")?,
        status,
        version: row.number("version")?,
    })
}
