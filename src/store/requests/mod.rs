//! Requests of organisations: submitting, settling, finding. What the queue lists is in
//! `store::queue`; the steps of requests for resources are in `store::access::steps`.
pub(crate) mod columns;
mod lists;

pub use lists::{
    OwnJoin, find_open_join, find_open_of_contact, list_due, list_mine, list_of_member, list_open,
    list_open_for, list_open_joins, list_open_of, list_open_of_connector, list_own,
};

use super::counts::Shelf;
use super::db::Tx;
use super::keys;
use super::rows::{Columns as _, Statement as _};
use super::turns::locking;
use crate::domain::account::Email;
use crate::domain::ids::{AccountId, FlowId, OrganisationId, RequestId, ResourceId};
use crate::domain::request::{Matter, Outcome, Request, Status};
use crate::domain::{Error, Result, Time, Why, text};
use crate::store::conn::Conn;
use crate::store::requests::columns::{read, select};
use sqlx::AssertSqlSafe;

/// Writes a new request, with what it is found and counted by. `resource`: the name of what is
/// asked for, or the identity of whoever asks by chat, or empty. A second live one of the same
/// person for the same thing is refused.
pub async fn submit(tx: &mut Tx, r: &Request, resource: &str) -> Result<()> {
    let shelf = Shelf::of(r);
    sqlx::query(
        "insert into requests (id, org_id, kind, account_id, email, email_key, name, sorts_as, message, \
         language, origin, status, tab, approval, submitted_at, expires_at, version, found_by, \
         edition) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'pending', $12, $13, $14, $15, $16, \
         $17, $18)",
    )
    .bind(r.id.as_str())
    .bind(r.organisation.as_str())
    .bind(r.kind().as_str())
    .bind(r.account.as_ref().map(|a| a.as_str().to_owned()))
    .bind(r.email.as_str())
    .bind(r.email.key())
    .bind(&r.name)
    .bind(text::sort_key(&r.name))
    .bind(&r.message)
    .bind(r.language.tag())
    .bind(r.origin.words())
    .bind(shelf.tab.as_str())
    .bind(r.approval().as_str())
    .bind(r.submitted_at.0)
    .bind(r.expires_at.0)
    .bind(r.version)
    .bind(text::found_by(&r.name, ""))
    .bind(text::EDITION)
    .insert(tx, Error::Refused(Why::AlreadyAsked))
    .await?;
    write_matter(tx, r).await?;
    index(tx, r, resource).await?;
    tx.count(&r.organisation, shelf, 1);
    write(tx, r, r.version).await
}

/// Writes what is asked for, as far as it has columns of its own.
async fn write_matter(tx: &mut Tx, r: &Request) -> Result<()> {
    let (resource, chat) = (
        "update requests set resource_id = $3, holder_id = $4, days = $5, flow_id = $6 where org_id = $1 \
         and id = $2",
        "update requests set connector_id = $3, contact_id = $4, content = $5 where org_id = $1 and id = $2",
    );
    let of = |sql: &'static str| {
        let query = sqlx::query(sql).bind(r.organisation.as_str());
        query.bind(r.id.as_str())
    };
    let query = match &r.matter {
        Matter::Join => return Ok(()),
        Matter::Resource(asked) => of(resource)
            .bind(asked.resource.as_str())
            .bind(asked.holder.as_str())
            .bind(asked.days)
            .bind(asked.flow.as_str()),
        Matter::Chat(chatted) => of(chat)
            .bind(chatted.connector.as_str())
            .bind(chatted.contact.as_str())
            .bind(chatted.content.as_str()),
    };
    query.insert(tx, Error::Refused(Why::AlreadyAsked)).await
}

/// Keeps the words by which a request is found.
async fn index(tx: &mut Tx, r: &Request, resource: &str) -> Result<()> {
    // Who has no address is not found by what stands in its place.
    let address = if r.chatted().is_some() {
        ""
    } else {
        r.email.as_str()
    };
    let mut terms = text::terms(&r.name, address);
    terms.extend(text::terms(resource, ""));
    keys::add_request_terms(tx, &r.organisation, r.id.as_str(), terms).await
}

/// Waits for whoever else is changing this request just now, and reads it: until this transaction
/// ends nobody changes it.
pub async fn lock(tx: &mut Tx, org: &OrganisationId, id: &RequestId) -> Result<Request> {
    // Locks as an update would, and writes nothing.
    let lock = locking(tx, "for no key update of r");
    let sql = select!("where r.org_id = $1 and r.id = $2 ").to_owned() + lock;
    sqlx::query(AssertSqlSafe(sql))
        .bind(org.to_string())
        .bind(id.to_string())
        .find(tx, read)
        .await?
        .ok_or(Error::NotFound)
}

/// Writes a changed request back if it is still as it was read: open, or being provisioned, and of
/// the same version.
pub async fn settle(tx: &mut Tx, r: &Request) -> Result<()> {
    let (was, version) = find_shelf(tx, &r.organisation, &r.id).await?;
    if version != r.version {
        return Err(Error::Stale);
    }
    write(tx, r, r.version + 1).await?;
    if !r.status.is_open() {
        sqlx::query("update assignments set ended = 1 where org_id = $1 and request_id = $2 and ended = 0")
            .bind(r.organisation.as_str())
            .bind(r.id.as_str())
            .run(tx)
            .await?;
    }
    let is = Shelf::of(r);
    if was != is {
        tx.count(&r.organisation, was, -1);
        tx.count(&r.organisation, is, 1);
    }
    Ok(())
}

/// Where the queue keeps a request as it is stored, and the number of its version.
async fn find_shelf(tx: &mut Tx, org: &OrganisationId, id: &RequestId) -> Result<(Shelf, i64)> {
    sqlx::query("select tab, status, approval, kind, version from requests where org_id = $1 and id = $2")
        .bind(org.as_str())
        .bind(id.as_str())
        .find(tx, |row| Ok((Shelf::read(row)?, row.number("version")?)))
        .await?
        .ok_or(Error::NotFound)
}

/// The invitation, or the grant, that an approval led to.
fn outcome(status: &Status) -> (Option<&str>, Option<&str>) {
    match status {
        Status::Approved {
            outcome: Outcome::Invitation(id),
            ..
        } => (Some(id.as_str()), None),
        Status::Approved {
            outcome: Outcome::Grant(id),
            ..
        } => (None, Some(id.as_str())),
        _ => (None, None),
    }
}

/// Writes everything that changes in a request's life, and the number of its version from now on.
async fn write(tx: &mut Tx, r: &Request, version: i64) -> Result<()> {
    let decision = r.status.decision();
    let ended = match &r.status {
        Status::Expired { at } => Some(*at),
        other => other.decision().map(|d| d.at),
    };
    let (invitation, grant) = outcome(&r.status);
    let trouble = match &r.status {
        Status::MissingData(missing) => Some(missing.as_str()),
        Status::Error(problem, _) => Some(problem.as_str()),
        _ => None,
    };
    let asked = r.asked();
    let waiting = if r.status.is_open() { asked } else { None };
    sqlx::query(
        "update requests set status = $4, decided_at = $5, decided_by = $6, invitation_id = $7, tab = $8, \
         grant_id = $9, trouble = $10, reason = $11, next_steps = $12, overrides = $13, provisioning = $14, \
         message = $15, expires_at = $16, flow_number = $17, step = $18, at_administrators = $19, \
         escalated = $20, remind_at = $21, escalate_at = $22, approval = $23, version = $24, \
         administrators_decide = $25 where org_id = $1 and id = $2 and version = $3 \
         and status in ('pending', 'missing_data', 'error')",
    )
    .bind(r.organisation.as_str())
    .bind(r.id.as_str())
    .bind(r.version)
    .bind(r.status.word().as_str())
    .bind(ended.map(|t| t.0))
    .bind(
        decision
            .and_then(|d| d.by.as_ref())
            .map(|a| a.as_str().to_owned()),
    )
    .bind(invitation)
    .bind(r.tab().as_str())
    .bind(grant)
    .bind(trouble)
    .bind(decision.map_or("", |d| &d.reason))
    .bind(decision.map_or("", |d| &d.next_steps))
    .bind(i64::from(decision.is_some_and(|d| d.overrides)))
    .bind(i64::from(matches!(r.status, Status::Provisioning(_))))
    .bind(&r.message)
    .bind(r.expires_at.0)
    .bind(asked.map(|a| a.flow_number))
    .bind(asked.map_or(0, |a| a.step as i64))
    .bind(i64::from(asked.is_some_and(|a| a.at_administrators)))
    .bind(i64::from(asked.is_some_and(|a| a.escalated)))
    .bind(waiting.and_then(|a| a.remind_at).map(|t| t.0))
    .bind(waiting.and_then(|a| a.escalate_at).map(|t| t.0))
    .bind(r.approval().as_str())
    .bind(version)
    .bind(i64::from(asked.is_some_and(|a| a.administrators_decide)))
    .run_once(tx)
    .await
}

/// Writes down that a rejected person may ask again at once.
pub async fn allow_again(tx: &mut Tx, r: &Request) -> Result<()> {
    sqlx::query(
        "update requests set may_ask_again = 1, version = version + 1 where org_id = $1 and id = $2 \
         and version = $3 and status = 'denied'",
    )
    .bind(r.organisation.as_str())
    .bind(r.id.as_str())
    .bind(r.version)
    .run_once(tx)
    .await
}

/// The newest join request of this address, or of this account under another one, that was
/// rejected, if there is one.
pub async fn find_newest_denied(
    conn: &mut Conn,
    org: &OrganisationId,
    email: &Email,
    account: Option<&AccountId>,
) -> Result<Option<Request>> {
    const NEWEST: &str = select!(
        "where r.org_id = $1 and (r.email_key = $2 or r.account_id = $3) and r.kind = 'join' \
         and r.status = 'denied' order by r.decided_at desc, r.id desc limit 1"
    );
    sqlx::query(NEWEST)
        .bind(org.as_str())
        .bind(email.key())
        .bind(account.map(|a| a.as_str().to_owned()))
        .find(conn, read)
        .await
}

pub async fn find(conn: &mut Conn, org: &OrganisationId, id: &RequestId) -> Result<Request> {
    sqlx::query(select!("where r.org_id = $1 and r.id = $2"))
        .bind(org.as_str())
        .bind(id.as_str())
        .find(conn, read)
        .await?
        .ok_or(Error::NotFound)
}

/// The request with this id, if this account submitted it or it is for this account: one of the
/// lookups that no organisation bounds, as a requester knows only the id.
pub async fn find_own(conn: &mut Conn, account: &AccountId, id: &RequestId) -> Result<Option<Request>> {
    sqlx::query(select!(
        "where (r.account_id = $1 or r.holder_id = $1) and r.id = $2"
    ))
    .bind(account.as_str())
    .bind(id.as_str())
    .find(conn, read)
    .await
}

/// What a letter about new requests says of one.
pub struct New {
    pub name: String,
    pub email: String,
    /// The name of what is asked for; None: to join.
    pub resource: Option<String>,
}

/// Whether this member is just being given this resource.
pub async fn is_provisioning(
    conn: &mut Conn,
    org: &OrganisationId,
    resource: &ResourceId,
    holder: &AccountId,
) -> Result<bool> {
    let sql = "select count(*) as n from requests where org_id = $1 and resource_id = $2 and holder_id = $3 \
        and provisioning = 1";
    let n = sqlx::query(sql)
        .bind(org.as_str())
        .bind(resource.as_str())
        .bind(holder.as_str())
        .number(conn, "n");
    Ok(n.await? > 0)
}

/// The organisation's open requests submitted after `since` and until `until`: how many, and the
/// first `limit`.
pub async fn list_new(
    conn: &mut Conn,
    org: &OrganisationId,
    since: Time,
    until: Time,
    limit: i64,
) -> Result<(i64, Vec<New>)> {
    const OPEN: &str = "from requests r left join resources s on s.id = r.resource_id \
        left join contacts c on c.id = r.contact_id where r.org_id = $1 \
        and r.status in ('pending', 'missing_data', 'error') and r.submitted_at > $2 \
        and r.submitted_at <= $3";
    let asked = |sql: String| {
        sqlx::query(AssertSqlSafe(sql))
            .bind(org.as_str().to_owned())
            .bind(since.0)
            .bind(until.0)
    };
    let count = asked(format!("select count(*) as n {OPEN}"))
        .number(conn, "n")
        .await?;
    let sql = format!(
        "select r.name, coalesce(c.person, r.email) as email, s.name as resource {OPEN} \
         order by r.submitted_at, r.id limit {limit}"
    );
    let read = |r: &super::rows::Row| {
        Ok(New {
            name: r.text("name")?,
            email: r.text("email")?,
            resource: r.maybe_text("resource")?,
        })
    };
    Ok((count, asked(sql).list(conn, read).await?))
}

/// Counts a message that came after the one that an open request shows. Whoever decides it at the
/// same moment is not disturbed.
pub async fn count_further(tx: &mut Tx, r: &Request) -> Result<()> {
    sqlx::query("update requests set further = further + 1 where org_id = $1 and id = $2")
        .bind(r.organisation.as_str())
        .bind(r.id.as_str())
        .run(tx)
        .await
}

/// How many open requests follow a flow.
pub async fn count_following(conn: &mut Conn, org: &OrganisationId, flow: &FlowId) -> Result<i64> {
    sqlx::query(
        "select count(*) as n from requests where org_id = $1 and flow_id = $2 \
         and status in ('pending', 'missing_data', 'error') and provisioning = 0",
    )
    .bind(org.as_str())
    .bind(flow.as_str())
    .number(conn, "n")
    .await
}

/// Writes down that a requester reminds the approvers, unless they did so after `since`; whether
/// they may.
pub async fn nudge(tx: &mut Tx, r: &Request, now: Time, since: Time) -> Result<bool> {
    let met = sqlx::query(
        "update requests set nudged_at = $3 where org_id = $1 and id = $2 \
         and (nudged_at is null or nudged_at <= $4)",
    )
    .bind(r.organisation.as_str())
    .bind(r.id.as_str())
    .bind(now.0)
    .bind(since.0)
    .affected(tx)
    .await?;
    Ok(met == 1)
}

/// A request wherever it is, for who holds the secret of its status page: one of the lookups that
/// no organisation bounds.
pub async fn find_anywhere(conn: &mut Conn, id: &RequestId) -> Result<Request> {
    sqlx::query(select!("where r.id = $1"))
        .bind(id.as_str())
        .find(conn, read)
        .await?
        .ok_or(Error::NotFound)
}
