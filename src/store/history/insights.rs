//! The history as an organisation reads it: filtered, a page at a time by the events' numbers,
//! newest first.
use super::objects;
use crate::domain::event::{Detail, Service, What};
use crate::domain::ids::{OrganisationId, RequestId};
use crate::domain::{Result, Time};
use crate::store::conn::Conn;
use crate::store::rows::{Bindings, Columns as _, Row, Statement as _};
use sqlx::AssertSqlSafe;

/// What is looked for; what is empty or None does not matter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InsightsQuery {
    pub service: Option<Service>,
    pub what: Option<What>,
    /// Words of the name or address of a member, of now or before, or of a requester.
    pub actor: String,
    /// The id of the thing it happened to, or words of its name.
    pub object: String,
    pub from: Option<Time>,
    /// Before this instant.
    pub until: Option<Time>,
    /// Events with a smaller number than this: the page after.
    pub before: Option<i64>,
}

/// One entry, with whoever did it as they are called now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShownEvent {
    pub seq: i64,
    pub id: String,
    pub what: String,
    pub at: Time,
    pub actor: String,
    pub actor_email: String,
    pub object: String,
    /// Before and after as JSON; None once it was erased.
    pub detail: Option<String>,
    /// Where from; None once it was erased, and for entries that hold it in their detail.
    pub place: Option<String>,
}

impl ShownEvent {
    /// Before, after and place, wherever the place is kept; None once the detail was erased.
    pub fn facts(&self) -> Option<Detail> {
        let detail: Detail = self
            .detail
            .as_deref()
            .and_then(|d| serde_json::from_str(d).ok())?;
        Some(Detail {
            place: self.place.clone().or(detail.place),
            ..detail
        })
    }
}

/// Entries of the organisation, and sign-ins of its members from the day they joined; at most
/// `limit`, newest first.
pub async fn list(
    conn: &mut Conn,
    org: &OrganisationId,
    look: &InsightsQuery,
    limit: usize,
) -> Result<Vec<ShownEvent>> {
    let by_name = !look.object.is_empty() && !is_id(&look.object);
    let few = if by_name {
        objects::few(conn, org).await?
    } else {
        Vec::new()
    };
    let services = |s: Service| {
        look.service.is_none_or(|only| only == s) && look.what.is_none_or(|w| w.service() == Some(s))
    };
    let mut found = Vec::new();
    if Service::ALL
        .into_iter()
        .any(|s| s != Service::SignIn && services(s))
    {
        found = list_part(conn, org, look, &few, false, limit).await?;
    }
    if services(Service::SignIn) {
        found.extend(list_part(conn, org, look, &few, true, limit).await?);
    }
    found.sort_by_key(|e| std::cmp::Reverse(e.seq));
    found.truncate(limit);
    Ok(found)
}

async fn list_part(
    conn: &mut Conn,
    org: &OrganisationId,
    look: &InsightsQuery,
    few: &[(String, String)],
    sign_ins: bool,
    limit: usize,
) -> Result<Vec<ShownEvent>> {
    let mut asked = Bindings::default();
    let org = asked.bind(org.to_string())?;
    let (who, from) = if sign_ins {
        let members = format!("events e join members m on m.org_id = {org} and m.account_id = e.account_id");
        (
            "e.account_id",
            format!("{members} and e.at >= m.joined_at and (m.ended_at is null or e.at < m.ended_at)"),
        )
    } else {
        ("e.actor_id", "events e".to_owned())
    };
    let mut sql = format!(
        "select e.seq, e.id, e.what, e.at, e.object, a.name, a.email, d.detail, d.place from {from} \
         left join accounts a on a.id = {who} left join event_details d on d.event_id = e.id where "
    );
    sql += &if sign_ins {
        "e.org_id is null".to_owned()
    } else {
        format!("e.org_id = {org}")
    };
    // A service without any type of event has none to show.
    if let Some(kinds) = kinds(look.what, look.service.or(sign_ins.then_some(Service::SignIn))) {
        sql += &format!(" and e.what in ({})", asked.list(kinds)?);
    }
    for (from, to) in asked.beginnings(&look.actor)? {
        // Members of now and before, and whoever has asked.
        sql += &format!(
            " and {who} in (select account_id from member_terms where org_id = {org} and term >= {from} \
             and term < {to} union select r.account_id from request_terms t \
             join requests r on r.id = t.request_id where t.org_id = {org} and t.term >= {from} \
             and t.term < {to})"
        );
    }
    if is_id(&look.object) {
        sql += &format!(" and e.object = {}", asked.bind(look.object.to_lowercase())?);
    } else {
        sql += &objects::about(&mut asked, &org, &look.object, few)?;
    }
    for (time, comparison) in [(look.from, ">="), (look.until, "<")] {
        if let Some(time) = time {
            sql += &format!(" and e.at {comparison} {}", asked.bind(time.0)?);
        }
    }
    if let Some(before) = look.before {
        sql += &format!(" and e.seq < {}", asked.bind(before)?);
    }
    sql += &format!(" order by e.seq desc limit {limit}");
    sqlx::query_with(AssertSqlSafe(sql), asked.0)
        .list(conn, read)
        .await
}

/// Whether it is looked for as an id, and not by words: ids have a shape of their own.
fn is_id(object: &str) -> bool {
    RequestId::try_from(object.to_lowercase()).is_ok()
}

/// The types of events that are looked for; None: all.
fn kinds(what: Option<What>, service: Option<Service>) -> Option<Vec<&'static str>> {
    match (what, service) {
        (Some(what), _) => Some(vec![what.as_str()]),
        (None, Some(service)) => {
            let of_service = What::ALL.into_iter().filter(|w| w.service() == Some(service));
            Some(of_service.map(What::as_str).collect())
        }
        (None, None) => None,
    }
}

fn read(row: &Row) -> Result<ShownEvent> {
    Ok(ShownEvent {
        seq: row.number("seq")?,
        id: row.text("id")?,
        what: row.text("what")?,
        at: row.time("at")?,
        actor: row.maybe_text("name")?.unwrap_or_default(),
        actor_email: row.maybe_text("email")?.unwrap_or_default(),
        object: row.text("object")?,
        detail: row.maybe_text("detail")?,
        place: row.maybe_text("place")?,
    })
}
