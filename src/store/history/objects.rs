//! What the things are called that entries of the history are about.
use crate::domain::Result;
use crate::domain::ids::OrganisationId;
use crate::domain::text;
use crate::store::conn::Conn;
use crate::store::keys;
use crate::store::rows::{Bindings, Columns as _, Statement as _, containing};
use sqlx::AssertSqlSafe;
use std::collections::{BTreeSet, HashMap};

/// What a thing is, as its page is found by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ObjectKind {
    Member,
    /// Somebody who was a member.
    Former,
    Organisation,
    Role,
    Group,
    Flow,
    Resource,
    Connector,
    Contact,
    Invitation,
    Request,
    Grant,
    Domain,
    Link,
}

/// A thing by its name of today.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedObject {
    pub kind: ObjectKind,
    pub name: String,
    /// The second half of its name: of a request and of access what it is for, of people their address.
    pub more: String,
    /// The id of what it stands in: of a contact its connector, of access its request.
    pub within: String,
}

/// For each kind: what reads id, name, more and within of an organisation's things with these ids.
const NAMED: [(ObjectKind, &str); 14] = [
    (
        ObjectKind::Member,
        "select m.account_id as id, a.name, a.email as more, '' as within from members m \
         join accounts a on a.id = m.account_id where m.org_id = {org} and m.state = 'active' \
         and m.account_id in ({ids})",
    ),
    (
        ObjectKind::Former,
        "select m.account_id as id, a.name, a.email as more, '' as within from members m \
         join accounts a on a.id = m.account_id where m.org_id = {org} and m.account_id in ({ids})",
    ),
    (
        ObjectKind::Organisation,
        "select id, name, '' as more, '' as within from organisations where id = {org} and id in ({ids})",
    ),
    (
        ObjectKind::Role,
        "select id, name, '' as more, '' as within from roles where org_id = {org} and id in ({ids})",
    ),
    (
        ObjectKind::Group,
        "select id, name, '' as more, '' as within from groups where org_id = {org} and id in ({ids})",
    ),
    (
        ObjectKind::Flow,
        "select id, name, '' as more, '' as within from flows where org_id = {org} and id in ({ids})",
    ),
    (
        ObjectKind::Resource,
        "select id, name, '' as more, '' as within from resources where org_id = {org} and id in ({ids})",
    ),
    (
        ObjectKind::Connector,
        "select id, name, '' as more, '' as within from connectors where org_id = {org} and id in ({ids})",
    ),
    (
        ObjectKind::Contact,
        "select id, name, person as more, connector_id as within from contacts \
         where org_id = {org} and id in ({ids})",
    ),
    (
        ObjectKind::Invitation,
        "select id, email as name, name as more, '' as within from invitations \
         where org_id = {org} and id in ({ids})",
    ),
    (
        ObjectKind::Request,
        "select r.id, r.name, '' as within, \
         coalesce(s.name, case when r.contact_id is null then r.email else '' end) as more from requests r \
         left join resources s on s.id = r.resource_id where r.org_id = {org} and r.id in ({ids})",
    ),
    (
        ObjectKind::Grant,
        "select g.id, a.name, s.name as more, g.request_id as within from grants g \
         join accounts a on a.id = g.account_id join resources s on s.id = g.resource_id \
         where g.org_id = {org} and g.id in ({ids})",
    ),
    (
        ObjectKind::Domain,
        "select id, name, '' as more, '' as within from domains where org_id = {org} and id in ({ids})",
    ),
    (
        ObjectKind::Link,
        "select id, title as name, '' as more, '' as within from home_links \
         where org_id = {org} and id in ({ids})",
    ),
];

/// The names of those of these things that are there, by their ids.
pub async fn name(
    conn: &mut Conn,
    org: &OrganisationId,
    ids: &BTreeSet<String>,
) -> Result<HashMap<String, NamedObject>> {
    let mut named = HashMap::new();
    for (kind, sql) in NAMED {
        let mut asked = Bindings::default();
        let org = asked.bind(org.to_string())?;
        let wanted = ids.iter().filter(|id| !id.is_empty() && !named.contains_key(*id));
        let wanted = asked.list(wanted)?;
        let sql = sql.replace("{org}", &org).replace("{ids}", &wanted);
        let found = sqlx::query_with(AssertSqlSafe(sql), asked.0)
            .list(conn, |row| {
                let object = NamedObject {
                    kind,
                    name: text::shown(&row.text("name")?),
                    more: text::shown(&row.text("more")?),
                    within: row.text("within")?,
                };
                Ok((row.text("id")?, object))
            })
            .await?;
        named.extend(found);
    }
    Ok(named)
}

/// Things of which an organisation has few, and whose names have no keys of their own.
const FEW: &str = "select id, name from organisations where id = $1 \
     union all select id, name from roles where org_id = $1 \
     union all select id, name from groups where org_id = $1 \
     union all select id, name from flows where org_id = $1 \
     union all select id, name from connectors where org_id = $1 \
     union all select id, name from domains where org_id = $1 \
     union all select id, title from home_links where org_id = $1";

/// Those of which an organisation has few, with the keys of their names.
pub(super) async fn few(conn: &mut Conn, org: &OrganisationId) -> Result<Vec<(String, String)>> {
    sqlx::query(FEW)
        .bind(org.as_str())
        .list(conn, |row| {
            Ok((row.text("id")?, text::found_by(&row.text("name")?, "")))
        })
        .await
}

/// The condition that an entry is about something of which each of these words begins a term; `few`: as
/// [`few`] gives them.
pub(super) fn about(
    asked: &mut Bindings,
    org: &str,
    search: &str,
    few: &[(String, String)],
) -> Result<String> {
    let mut sql = String::new();
    for word in text::words(search) {
        let (from, to) = asked.begins_with(&word)?;
        let part = asked.bind(containing(&format!(" {word}")))?;
        let ids = few
            .iter()
            .filter(|(_, key)| key.contains(&format!(" {word}")))
            .take(FEW_FOUND);
        let ids = asked.list(ids.map(|(id, _)| id))?;
        let of_terms = |table: &str, id: &str| {
            format!("select {id} from {table} where org_id = {org} and term >= {from} and term < {to}")
        };
        let of_keys = |table: &str, older: &str| {
            let found = keys::found("x", older, &part);
            format!("select x.id from {table} x where x.org_id = {org} and {found}")
        };
        let people = of_terms("member_terms", "account_id");
        let resources = of_keys("resources", "' ' || x.sorts_as");
        let parts = [
            format!(
                "select g.id from grants g where g.org_id = {org} \
                 and (g.account_id in ({people}) or g.resource_id in ({resources}))"
            ),
            people,
            resources,
            of_terms("request_terms", "request_id"),
            of_keys("contacts", "' ' || x.sorts_as"),
            of_keys("invitations", "' ' || x.email_key"),
        ];
        sql += &format!(
            " and (e.object in ({}) or e.object in ({ids}))",
            parts.join(" union ")
        );
    }
    Ok(sql)
}

/// How many of them a word may name: a statement binds only so much.
const FEW_FOUND: usize = 500;
