//! What the queue lists: the requests under a tab, filtered, sorted, searched, a page at a time by
//! key.
use crate::domain::connector::Platform;
use crate::domain::ids::{AccountId, ConnectorId, InvitationId, OrganisationId, RequestId};
use crate::domain::request::{Request, StatusWord, Tab};
use crate::domain::{Error, Result, Time, text};
use crate::store::conn::Conn;
use crate::store::counts::Shelf;
use crate::store::keys;
use crate::store::queue::query::{Filter, QueueQuery, Sort};
use crate::store::queue::shelves::Shelves;
use crate::store::requests::columns::{columns, read};
use crate::store::rows::{Bindings, Columns as _, Row, Statement as _, containing, impossible};
use sqlx::AssertSqlSafe;
use sqlx::any::AnyArguments;

/// A request with what a list shows beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedRequest {
    pub request: Request,
    /// The key of the name, by which it sorts.
    pub sorts_as: String,
    /// The name of whoever decided.
    pub decided_by: Option<String>,
    /// Its invitation, if that has not ended (its link may be over).
    pub open_invitation: Option<InvitationId>,
    /// The name of the resource that it asks for.
    pub resource: Option<String>,
    /// Where it came from, if that is a connector.
    pub chat: Option<ChatSource>,
}

/// Where a request by chat came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChatSource {
    pub platform: Platform,
    pub connector: String,
    /// As the platform identifies whoever asks.
    pub person: String,
    pub conversation: String,
    /// Whose channel it is, if a member's: they do not decide it.
    pub member: Option<AccountId>,
}

const SELECT: &str = concat!(
    "select ",
    columns!(),
    ", r.sorts_as, d.name as decider, i.id as open_invitation, s.name as resource, n.platform, \
     n.name as connector, c.person, c.conversation, c.member_id from requests r \
     left join accounts d on d.id = r.decided_by left join resources s on s.id = r.resource_id \
     left join invitations i on i.org_id = r.org_id and i.id = r.invitation_id and i.status = 'pending' \
     left join connectors n on n.id = r.connector_id left join contacts c on c.id = r.contact_id "
);

/// A page of the organisation's requests as they are at `now`; at most `limit`.
pub async fn list(
    conn: &mut Conn,
    org: &OrganisationId,
    look: &QueueQuery,
    shelves: &Shelves,
    now: Time,
    limit: usize,
) -> Result<Vec<ListedRequest>> {
    let Some((sql, values)) = statement(conn, org, look, shelves, now, limit).await? else {
        return Ok(Vec::new());
    };
    sqlx::query_with(AssertSqlSafe(sql), values)
        .list(conn, read_listed)
        .await
}

/// How the database would list it, line by line; for tests of the plans.
pub async fn plan(
    conn: &mut Conn,
    kind: crate::store::DatabaseKind,
    org: &OrganisationId,
    look: &QueueQuery,
    shelves: &Shelves,
    now: Time,
) -> Result<Vec<String>> {
    let Some((sql, values)) = statement(conn, org, look, shelves, now, 26).await? else {
        return Ok(Vec::new());
    };
    let (explain, column) = match kind {
        crate::store::DatabaseKind::Sqlite => ("explain query plan", "detail"),
        crate::store::DatabaseKind::Postgres => ("explain", "QUERY PLAN"),
    };
    sqlx::query_with(AssertSqlSafe(format!("{explain} {sql}")), values)
        .list(conn, |r| r.text(column))
        .await
}

/// A word that begins no more terms than this is rare: what has it is looked through whole. Where
/// all words are frequent, the requests are gone through in their order until a page of them is
/// found, which then is not far.
const RARE: i64 = 2000;

/// So many connectors are a stretch each; SQLite takes no more than 500 in one statement.
const STRETCHES: usize = 100;

/// What lists a page; None if there is nothing to list. Each combination of what is filtered by is
/// one stretch of an index, of which no more than a page is read: `shelves` says which there are.
async fn statement(
    conn: &mut Conn,
    org: &OrganisationId,
    look: &QueueQuery,
    shelves: &Shelves,
    now: Time,
    limit: usize,
) -> Result<Option<(String, AnyArguments)>> {
    let (column, direction, _) = look.sort.sql();
    let rarest = rarest(conn, org, look).await?;
    let connectors = connectors(conn, org, &look.filter).await?;
    let mut asked = Bindings::default();
    let org = asked.bind(org.to_string())?;
    let at = asked.bind(now.0)?;
    let holding = shelves.holding(look.tab, &look.filter);
    let mut stretches: Vec<String> = holding.iter().map(|shelf| of_shelf(shelf, &at)).collect();
    let mut words = asked.beginnings(&look.words())?;
    if rarest.is_none() && !words.is_empty() && stretches.len() > 1 && shelves.are_most(&holding, look.tab) {
        // What has the words may be in none of some stretches, which would be gone through whole:
        // the tab is one.
        stretches = vec![of_tab(look.tab, &stretches)];
    }
    let of_connectors = connectors
        .as_ref()
        .map(|some| asked.list(some))
        .transpose()?
        .map(|list| format!("r.connector_id in ({list})"));
    if let (Some(connectors), false) = (&connectors, stretches.is_empty()) {
        let within = of_tab(look.tab, &stretches);
        stretches = match &of_connectors {
            Some(any) if connectors.len() > STRETCHES => vec![format!("{any} and {within}")],
            _ => by_connector(&mut asked, connectors, &within)?,
        };
    }
    if look.tab == Tab::Others && look.filter.status.is_none_or(|s| s.holds(StatusWord::Expired)) {
        stretches.push(expired(look, &at, of_connectors));
    }
    if stretches.is_empty() {
        return Ok(None);
    }
    // The limit stands in the text: where it is bound, SQLite plans the statement anew each time it
    // is run.
    let order = format!("order by {column} {direction}, r.id {direction} limit {limit}");
    let mut within = narrowed(&mut asked, look)?;
    let begun_by = rarest.map(|at| words.remove(at));
    for (from, to) in words {
        // The offset keeps PostgreSQL from reading all that begins with a frequent word, to join
        // it.
        within += &format!(
            " and exists (select 1 from request_terms t where t.org_id = {org} and t.request_id = r.id \
             and t.term >= {from} and t.term < {to} limit 1 offset 0)"
        );
    }
    let page = match begun_by {
        Some(word) => of_rare_word(&word, &org, &stretches, &within, &order),
        None => of_stretches(look, &org, &stretches, &within, limit),
    };
    let sql = format!("{SELECT}where r.id in ({page}) {order}");
    Ok(Some((sql, asked.0)))
}

/// What stands on one shelf and lives at the instant `at`.
fn of_shelf(shelf: &Shelf, at: &str) -> String {
    use StatusWord::{Error, MissingData, Pending};
    let alive = if matches!(shelf.status, Pending | MissingData | Error) {
        format!(" and r.expires_at > {at}")
    } else {
        String::new()
    };
    format!(
        "r.tab = '{}' and r.status = '{}' and r.approval = '{}' and r.kind = '{}'{alive}",
        shelf.tab.as_str(),
        shelf.status.as_str(),
        shelf.approval.as_str(),
        shelf.kind.as_str()
    )
}

/// All of some stretches of a tab as one.
fn of_tab(tab: Tab, stretches: &[String]) -> String {
    format!("r.tab = '{}' and (({}))", tab.as_str(), stretches.join(") or ("))
}

/// Each connector is one stretch, of the tab: what has come by one may be few among all that came
/// by chat.
fn by_connector(asked: &mut Bindings, connectors: &[ConnectorId], within: &str) -> Result<Vec<String>> {
    let stretch = |id: &ConnectorId| {
        let id = asked.bind(id.to_string())?;
        Ok(format!("r.connector_id = {id} and {within}"))
    };
    connectors.iter().map(stretch).collect()
}

/// Expired, and no sweep has written it down yet: a handful at the most, and none as a rule.
fn expired(look: &QueueQuery, at: &str, of_connectors: Option<String>) -> String {
    let approval = look
        .filter
        .approval
        .map(|a| format!(" and r.approval = '{}'", a.as_str()));
    let kind = look
        .filter
        .kind
        .map(|k| format!(" and r.kind = '{}'", k.as_str()));
    let of = of_connectors.map(|is| format!(" and {is}"));
    let narrower: String = [approval, kind, of].into_iter().flatten().collect();
    format!("r.status in ('pending', 'missing_data', 'error') and r.expires_at <= {at}{narrower}")
}

/// The ids of a page, read by the rarest word that is searched for.
fn of_rare_word(
    (from, to): &(String, String),
    org: &str,
    stretches: &[String],
    within: &str,
    order: &str,
) -> String {
    format!(
        "with found as materialized (select distinct request_id from request_terms where org_id = {org} \
         and term >= {from} and term < {to} limit {RARE}) select r.id from found f cross join requests r \
         where r.id = f.request_id and r.org_id = {org} and (({})){within} {order}",
        stretches.join(") or (")
    )
}

/// The ids of a page, read from the stretches one after the other. Cut to a page before anything is
/// joined: PostgreSQL would rather read the whole table than look up what all stretches hold
/// together.
fn of_stretches(look: &QueueQuery, org: &str, stretches: &[String], within: &str, limit: usize) -> String {
    let (column, direction, _) = look.sort.sql();
    let order = format!("order by {column} {direction}, r.id {direction} limit {limit}");
    let stretch = |is: &String| {
        format!(
            "select * from (select r.id, {column} as place from requests r where r.org_id = {org} \
             and {is}{within} {order}) x"
        )
    };
    let all: Vec<String> = stretches.iter().map(stretch).collect();
    let all = all.join(" union all ");
    format!("select id from ({all}) u order by place {direction}, id {direction} limit {limit}")
}

/// The connectors that are filtered by, deleted ones too; None: it is not filtered by any.
async fn connectors(
    conn: &mut Conn,
    org: &OrganisationId,
    filter: &Filter,
) -> Result<Option<Vec<ConnectorId>>> {
    if !filter.is_of_connectors() {
        return Ok(None);
    }
    let mut asked = Bindings::default();
    let mut sql = format!(
        "select id from connectors where org_id = {}",
        asked.bind(org.to_string())?
    );
    if let Some(platform) = filter.provider {
        sql += &format!(" and platform = '{}'", platform.as_str());
    }
    if let Some(id) = &filter.connector {
        sql += &format!(" and id = {}", asked.bind(id.to_string())?);
    }
    sqlx::query_with(AssertSqlSafe(sql), asked.0)
        .list(conn, |r| r.parsed("id"))
        .await
        .map(Some)
}

/// The place, among the words that are looked for, of the rarest, if it is rare.
async fn rarest(conn: &mut Conn, org: &OrganisationId, look: &QueueQuery) -> Result<Option<usize>> {
    let mut rarest = (RARE + 1, None);
    for (at, word) in text::words(&look.words()).iter().enumerate() {
        let mut asked = Bindings::default();
        let org = asked.bind(org.to_string())?;
        let (from, to) = asked.begins_with(word)?;
        let sql = format!(
            "select count(*) as n from (select 1 from request_terms where org_id = {org} and term >= {from} \
             and term < {to} limit {}) t",
            RARE + 1
        );
        let n = sqlx::query_with(AssertSqlSafe(sql), asked.0)
            .number(conn, "n")
            .await?;
        if n < rarest.0 {
            rarest = (n, Some(at));
        }
    }
    Ok(rarest.1)
}

/// What narrows each stretch: dates, names, and the place after which the page begins.
fn narrowed(asked: &mut Bindings, look: &QueueQuery) -> Result<String> {
    let (column, _, on) = look.sort.sql();
    let mut sql = String::new();
    // The place is the nearer end of the days: of two, SQLite would begin at either, and read what lies
    // between.
    let place = look.after.as_ref().map(|place| place.time);
    let from = look
        .filter
        .from
        .filter(|from| look.sort != Sort::Oldest || place.is_none_or(|at| at < *from));
    let until = look
        .filter
        .until
        .filter(|until| look.sort != Sort::Newest || place.is_none_or(|at| at >= *until));
    if let Some(from) = from {
        sql += &format!(" and r.submitted_at >= {}", asked.bind(from.0)?);
    }
    if let Some(until) = until {
        sql += &format!(" and r.submitted_at < {}", asked.bind(until.0)?);
    }
    if let Some(place) = &look.after {
        let key = match look.sort {
            Sort::Newest | Sort::Oldest => asked.bind(place.time.0)?,
            Sort::NameUp | Sort::NameDown => asked.bind(place.name.clone())?,
        };
        let id = asked.bind(place.id.to_string())?;
        sql += &format!(" and {column} {on}= {key} and ({column} {on} {key} or r.id {on} {id})");
    }
    for word in text::words(&look.filter.requester) {
        let part = asked.bind(containing(&format!(" {word}")))?;
        sql += &format!(" and {}", keys::found("r", "' ' || r.sorts_as", &part));
    }
    Ok(sql)
}

/// One request of the organisation as a list shows it.
pub async fn find(conn: &mut Conn, org: &OrganisationId, id: &RequestId) -> Result<ListedRequest> {
    let sql = format!("{SELECT}where r.org_id = $1 and r.id = $2");
    let query = sqlx::query(AssertSqlSafe(sql))
        .bind(org.as_str().to_owned())
        .bind(id.to_string());
    query.find(conn, read_listed).await?.ok_or(Error::NotFound)
}

/// Those of these requests that the organisation has, in no order.
pub async fn list_of_ids(
    conn: &mut Conn,
    org: &OrganisationId,
    ids: &[RequestId],
) -> Result<Vec<ListedRequest>> {
    let mut asked = Bindings::default();
    let sql = format!(
        "{SELECT}where r.org_id = {} and r.id in ({})",
        asked.bind(org.to_string())?,
        asked.list(ids)?
    );
    sqlx::query_with(AssertSqlSafe(sql), asked.0)
        .list(conn, read_listed)
        .await
}

fn read_listed(row: &Row) -> Result<ListedRequest> {
    Ok(ListedRequest {
        request: read(row)?,
        sorts_as: row.text("sorts_as")?,
        decided_by: row.maybe_text("decider")?,
        open_invitation: row.maybe_parsed("open_invitation")?,
        resource: row.maybe_text("resource")?,
        chat: read_chat(row)?,
    })
}

fn read_chat(row: &Row) -> Result<Option<ChatSource>> {
    let Some(platform) = row.maybe_text("platform")? else {
        return Ok(None);
    };
    Ok(Some(ChatSource {
        platform: Platform::parse(&platform).ok_or_else(|| impossible("connectors.platform"))?,
        connector: row.text("connector")?,
        person: row.text("person")?,
        conversation: row.text("conversation")?,
        member: row.maybe_parsed("member_id")?,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::queue::query::QueuePlace;

    fn bounds(look: &QueueQuery) -> usize {
        let sql = narrowed(&mut Bindings::default(), look).unwrap();
        sql.matches("r.submitted_at <").count() + sql.matches("r.submitted_at >").count()
    }

    #[test]
    fn a_page_begins_at_its_place_and_not_at_the_end_of_the_days() {
        let mut look = QueueQuery::default();
        look.filter.until = Some(Time(9));
        assert_eq!(bounds(&look), 1);
        let place = |time| QueuePlace {
            time: Time(time),
            name: String::new(),
            id: RequestId::try_from("0192d3a0-0000-7000-8000-000000000001".to_owned()).unwrap(),
        };
        look.after = Some(place(5));
        assert_eq!(bounds(&look), 2, "the place alone");
        look.after = Some(place(9));
        assert_eq!(bounds(&look), 3, "an invented place");
        (look.sort, look.filter.until, look.filter.from) = (Sort::Oldest, None, Some(Time(3)));
        assert_eq!(bounds(&look), 2);
        look.after = Some(place(2));
        assert_eq!(bounds(&look), 3);
        (look.sort, look.filter.until) = (Sort::NameUp, Some(Time(9)));
        assert_eq!(bounds(&look), 2, "names have no end of days");
    }
}
