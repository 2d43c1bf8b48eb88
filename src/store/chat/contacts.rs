//! Contacts: who wrote to a connector, which member they are, and the codes that prove it.
use crate::domain::account::Language;
use crate::domain::connector::Platform;
use crate::domain::contact::{Contact, ContactStanding};
use crate::domain::ids::{AccountId, ConnectorId, ContactId, OrganisationId};
use crate::domain::{Error, Result, Time, delivery_failure, text};
use crate::store::conn::Conn;
use crate::store::db::Tx;
use crate::store::keys;
use crate::store::rows::{Bindings, Columns as _, Row, Statement as _, containing, impossible};
use crate::store::turns::locking;
use sqlx::AssertSqlSafe;

const SELECT: &str = "select c.id, c.org_id, c.connector_id, c.person, c.name, c.conversation, c.route, \
    c.language, c.standing, c.member_id, c.proven_at, c.messages, c.last_message_at, c.onboarded_at, \
    c.asked_at, c.passed_on, c.unreachable, c.created_at, c.version from contacts c";

/// Writes somebody down who was not known, unless they are; then locks them and gives them as they
/// are. Until this transaction ends nobody else changes them.
pub async fn meet(tx: &mut Tx, fresh: &Contact) -> Result<Contact> {
    sqlx::query(
        "insert into contacts (id, org_id, connector_id, person, name, sorts_as, conversation, route, \
         language, standing, last_message_at, created_at, found_by, edition) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) \
         on conflict (connector_id, person) do nothing",
    )
    .bind(fresh.id.as_str())
    .bind(fresh.organisation.as_str())
    .bind(fresh.connector.as_str())
    .bind(&fresh.person)
    .bind(&fresh.name)
    .bind(text::sort_key(&fresh.name))
    .bind(&fresh.conversation)
    .bind(&fresh.route)
    .bind(fresh.language.map(Language::tag))
    .bind(fresh.standing.as_str())
    .bind(fresh.last_message_at.0)
    .bind(fresh.created_at.0)
    .bind(text::found_by(&fresh.name, ""))
    .bind(text::EDITION)
    .run(tx)
    .await?;
    let sql = format!(
        "{SELECT} where c.org_id = $1 and c.connector_id = $2 and c.person = $3 {}",
        locking(tx, AS_FOR_UPDATE)
    );
    let query = sqlx::query(AssertSqlSafe(sql))
        .bind(fresh.organisation.to_string())
        .bind(fresh.connector.to_string());
    query
        .bind(fresh.person.clone())
        .find(tx, read)
        .await?
        .ok_or_else(|| impossible("a contact that was just written"))
}

/// Gives a contact another identity, which nobody has there.
pub async fn move_to(tx: &mut Tx, org: &OrganisationId, id: &ContactId, person: &str) -> Result<()> {
    let sql = "update contacts set person = $3, version = version + 1 where org_id = $1 and id = $2";
    sqlx::query(sql)
        .bind(org.as_str())
        .bind(id.as_str())
        .bind(person)
        .unless_taken(tx, Error::Stale)
        .await
        .map(drop)
}

/// Waits for whoever else is changing this contact just now, and reads it.
pub async fn lock(tx: &mut Tx, org: &OrganisationId, id: &ContactId) -> Result<Contact> {
    let sql = format!(
        "{SELECT} where c.org_id = $1 and c.id = $2 {}",
        locking(tx, AS_FOR_UPDATE)
    );
    let query = sqlx::query(AssertSqlSafe(sql))
        .bind(org.to_string())
        .bind(id.to_string());
    query.find(tx, read).await?.ok_or(Error::NotFound)
}

/// Locks what is read as an update would, and writes nothing.
const AS_FOR_UPDATE: &str = "for no key update of c";

/// Writes a contact back if nobody changed it since it was read.
pub async fn save(tx: &mut Tx, c: &Contact) -> Result<()> {
    sqlx::query(
        "update contacts set name = $4, sorts_as = $5, conversation = $6, route = $7, language = $8, \
         standing = $9, member_id = $10, messages = $11, last_message_at = $12, onboarded_at = $13, \
         asked_at = $14, passed_on = $15, unreachable = $16, proven_at = $17, found_by = $18, edition = $19, \
         version = version + 1 \
         where org_id = $1 and id = $2 and version = $3",
    )
    .bind(c.organisation.as_str())
    .bind(c.id.as_str())
    .bind(c.version)
    .bind(&c.name)
    .bind(text::sort_key(&c.name))
    .bind(&c.conversation)
    .bind(&c.route)
    .bind(c.language.map(Language::tag))
    .bind(c.standing.as_str())
    .bind(c.member.as_ref().map(|m| m.as_str().to_owned()))
    .bind(c.messages)
    .bind(c.last_message_at.0)
    .bind(c.onboarded_at.map(|t| t.0))
    .bind(c.asked_at.map(|t| t.0))
    .bind(c.passed_on)
    .bind(&c.unreachable)
    .bind(c.proven_at.map(|t| t.0))
    .bind(text::found_by(&c.name, ""))
    .bind(text::EDITION)
    .run_once(tx)
    .await
}

/// Writes down that nothing reaches somebody, and why; empty: it does. Who opted out stays so until
/// they write again.
pub async fn mark_unreachable(tx: &mut Tx, org: &OrganisationId, id: &ContactId, why: &str) -> Result<()> {
    sqlx::query(
        "update contacts set unreachable = $3 where org_id = $1 and id = $2 and unreachable not in ($3, $4)",
    )
    .bind(org.as_str())
    .bind(id.as_str())
    .bind(why)
    .bind(delivery_failure::OPTED_OUT)
    .run(tx)
    .await
}

pub async fn find(conn: &mut Conn, org: &OrganisationId, id: &ContactId) -> Result<Contact> {
    let query = sqlx::query(AssertSqlSafe(format!(
        "{SELECT} where c.org_id = $1 and c.id = $2"
    )));
    query
        .bind(org.to_string())
        .bind(id.to_string())
        .find(conn, read)
        .await?
        .ok_or(Error::NotFound)
}

/// Whoever writes to the connector under this identity.
pub async fn find_by_person(
    conn: &mut Conn,
    org: &OrganisationId,
    connector: &ConnectorId,
    person: &str,
) -> Result<Option<Contact>> {
    let query = sqlx::query(AssertSqlSafe(format!(
        "{SELECT} where c.org_id = $1 and c.connector_id = $2 and c.person = $3"
    )));
    query
        .bind(org.to_string())
        .bind(connector.to_string())
        .bind(person.to_owned())
        .find(conn, read)
        .await
}

/// A contact with where it is.
pub struct Linked {
    pub contact: Contact,
    pub platform: Platform,
    pub connector: String,
    pub organisation: String,
}

/// What an account has proven to be its own, at connectors that are there, in all organisations.
pub async fn list_proven(conn: &mut Conn, account: &AccountId) -> Result<Vec<Linked>> {
    let query = "c.member_id = $1 and c.proven_at is not null order by o.name, n.name, c.id limit 100";
    sqlx::query(AssertSqlSafe(linked(query)))
        .bind(account.to_string())
        .list(conn, read_linked)
        .await
}

/// A member's channels at the organisation's connectors, proven or noted.
pub async fn list_of_member(
    conn: &mut Conn,
    org: &OrganisationId,
    account: &AccountId,
) -> Result<Vec<Linked>> {
    let query = "c.org_id = $1 and c.member_id = $2 order by n.name, c.id limit 20";
    sqlx::query(AssertSqlSafe(linked(query)))
        .bind(org.to_string())
        .bind(account.to_string())
        .list(conn, read_linked)
        .await
}

/// Contacts at connectors that are not deleted, with where they are.
fn linked(query: &str) -> String {
    let from = SELECT.replace(
        " from contacts c",
        ", n.platform, n.name as connector, o.name as organisation from contacts c",
    );
    format!(
        "{from} join connectors n on n.id = c.connector_id and n.state <> 'deleted' \
         join organisations o on o.id = c.org_id where {query}"
    )
}

fn read_linked(row: &Row) -> Result<Linked> {
    Ok(Linked {
        contact: read(row)?,
        platform: Platform::parse(&row.text("platform")?).ok_or_else(|| impossible("connectors.platform"))?,
        connector: row.text("connector")?,
        organisation: row.text("organisation")?,
    })
}

/// Keeps the code of an account; the one before it works no longer.
pub async fn keep_code(tx: &mut Tx, account: &AccountId, hash: &str, until: Time) -> Result<()> {
    sqlx::query(
        "insert into chat_codes (account_id, code_hash, expires_at) values ($1, $2, $3) \
         on conflict (account_id) do update set code_hash = excluded.code_hash, \
         expires_at = excluded.expires_at",
    )
    .bind(account.as_str())
    .bind(hash)
    .bind(until.0)
    .run(tx)
    .await
}

/// Uses a code up: whose it was, if it still worked.
pub async fn use_code(tx: &mut Tx, hash: &str, now: Time) -> Result<Option<AccountId>> {
    sqlx::query("delete from chat_codes where code_hash = $1 and expires_at > $2 returning account_id")
        .bind(hash)
        .bind(now.0)
        .find(tx, |r| r.parsed("account_id"))
        .await
}

/// What is looked for among a connector's contacts.
#[derive(Clone, Debug, Default)]
pub struct ContactQuery {
    pub standing: Option<ContactStanding>,
    /// A part of the name or the identity.
    pub search: String,
    /// The last message and the id of the contact after which a page begins.
    pub after: Option<(Time, ContactId)>,
}

/// A page of a connector's contacts, those first who wrote last; at most `limit`.
pub async fn list(
    conn: &mut Conn,
    org: &OrganisationId,
    connector: &ConnectorId,
    look: &ContactQuery,
    limit: usize,
) -> Result<Vec<Contact>> {
    let mut asked = Bindings::default();
    let mut sql = format!(
        "{SELECT} where c.org_id = {} and c.connector_id = {}",
        asked.bind(org.to_string())?,
        asked.bind(connector.to_string())?
    );
    if let Some(standing) = look.standing {
        let listed: Vec<String> = standing
            .listed()
            .iter()
            .map(|s| format!("'{}'", s.as_str()))
            .collect();
        sql += &format!(" and c.standing in ({})", listed.join(", "));
    }
    for word in text::words(&look.search) {
        let part = asked.bind(containing(&word))?;
        let named = keys::found("c", "c.sorts_as", &part);
        sql += &format!(" and ({named} or lower(c.person) like {part} escape '!')");
    }
    if let Some((at, id)) = &look.after {
        let (at, id) = (asked.bind(at.0)?, asked.bind(id.to_string())?);
        sql += &format!(" and c.last_message_at <= {at} and (c.last_message_at < {at} or c.id < {id})");
    }
    sql += &format!(" order by c.last_message_at desc, c.id desc limit {limit}");
    sqlx::query_with(AssertSqlSafe(sql), asked.0)
        .list(conn, read)
        .await
}

/// How many contacts of a connector stand so.
pub async fn counts(
    conn: &mut Conn,
    org: &OrganisationId,
    connector: &ConnectorId,
) -> Result<Vec<(ContactStanding, i64)>> {
    sqlx::query(
        "select standing, count(*) as n from contacts where org_id = $1 and connector_id = $2 \
         group by standing",
    )
    .bind(org.as_str())
    .bind(connector.as_str())
    .list(conn, |r| {
        Ok((
            ContactStanding::parse(&r.text("standing")?).ok_or_else(|| impossible("contacts.standing"))?,
            r.number("n")?,
        ))
    })
    .await
}

fn read(row: &Row) -> Result<Contact> {
    let language = row
        .maybe_text("language")?
        .map(|tag| Language::from_tag(&tag).ok_or_else(|| impossible("contacts.language")))
        .transpose()?;
    Ok(Contact {
        id: row.parsed("id")?,
        organisation: row.parsed("org_id")?,
        connector: row.parsed("connector_id")?,
        person: row.text("person")?,
        name: row.text("name")?,
        conversation: row.text("conversation")?,
        route: row.text("route")?,
        language,
        standing: ContactStanding::parse(&row.text("standing")?)
            .ok_or_else(|| impossible("contacts.standing"))?,
        member: row.maybe_parsed("member_id")?,
        proven_at: row.maybe_time("proven_at")?,
        messages: row.number("messages")?,
        last_message_at: row.time("last_message_at")?,
        onboarded_at: row.maybe_time("onboarded_at")?,
        asked_at: row.maybe_time("asked_at")?,
        passed_on: row.number("passed_on")?,
        unreachable: row.text("unreachable")?,
        created_at: row.time("created_at")?,
        version: row.number("version")?,
    })
}
