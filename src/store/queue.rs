//! What the queue lists: the requests under a tab, sorted, searched, a page at a time by key; and how many there are.
use super::db::Conn;
use super::requests::read;
use super::rows::{Asked, Columns as _, Row, Statement as _};
use crate::domain::ids::{InvitationId, OrganisationId, RequestId};
use crate::domain::request::{Request, Tab};
use crate::domain::{Error, Result, Time};
use sqlx::AssertSqlSafe;

/// A request with what a list shows beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    pub request: Request,
    /// The folded name by which it sorts.
    pub sorts_as: String,
    /// The name of whoever decided.
    pub decided_by: Option<String>,
    /// Its invitation, if that has not ended (its link may be over).
    pub open_invitation: Option<InvitationId>,
}

const SELECT: &str = "select r.id, r.org_id, r.kind, r.account_id, r.email, r.name, r.message, r.language, r.origin, \
r.may_ask_again, r.status, \
     r.submitted_at, r.expires_at, r.decided_at, r.decided_by, r.invitation_id, r.version, r.sorts_as, d.name as decider, \
     i.id as open_invitation \
     from requests r left join accounts d on d.id = r.decided_by \
     left join invitations i on i.org_id = r.org_id and i.id = r.invitation_id and i.status = 'pending' ";

/// By what the list is sorted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sort {
    #[default]
    Newest,
    Oldest,
    NameUp,
    NameDown,
}

impl Sort {
    /// Column, direction, and the comparison that leads on.
    fn sql(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Sort::Newest => ("r.submitted_at", "desc", "<"),
            Sort::Oldest => ("r.submitted_at", "asc", ">"),
            Sort::NameUp => ("r.sorts_as", "asc", ">"),
            Sort::NameDown => ("r.sorts_as", "desc", "<"),
        }
    }
}

/// A place in the list: the row after which a page begins. The column that does not sort is ignored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    pub time: Time,
    pub name: String,
    pub id: RequestId,
}

/// What is looked for.
#[derive(Clone, Debug, Default)]
pub struct Look {
    pub tab: Tab,
    pub sort: Sort,
    /// Words; a request is found if a term of it begins with each of them.
    pub search: String,
    pub after: Option<Place>,
}

/// A page of the organisation's requests as they are at `now`; at most `limit`.
pub async fn list(conn: &mut Conn, org: &OrganisationId, look: &Look, now: Time, limit: usize) -> Result<Vec<Listed>> {
    let mut found = list_stored(conn, org, look, look.tab, now, limit).await?;
    if look.tab == Tab::Others {
        // Expired, and no sweep has written it down yet: a handful at the most, and none as a rule.
        found.extend(list_stored(conn, org, look, Tab::Pending, now, limit).await?);
        let key = |l: &Listed| match look.sort {
            Sort::Newest | Sort::Oldest => (l.request.submitted_at, String::new(), l.request.id.clone()),
            Sort::NameUp | Sort::NameDown => (Time(0), l.sorts_as.clone(), l.request.id.clone()),
        };
        found.sort_by_key(key);
        if matches!(look.sort, Sort::Newest | Sort::NameDown) {
            found.reverse();
        }
        found.truncate(limit);
    }
    Ok(found)
}

/// Those stored under `stored`: pending ones only while they are, or (for the tab of the rest) only once they are not.
async fn list_stored(conn: &mut Conn, org: &OrganisationId, look: &Look, stored: Tab, now: Time, limit: usize) -> Result<Vec<Listed>> {
    let (column, direction, on) = look.sort.sql();
    let mut asked = Asked::default();
    let org = asked.bind(org.to_string())?;
    let mut sql = format!("{SELECT}where r.org_id = {org}");
    // Overdue ones are found by their own small index: without the tab, so that no plan goes through all that are pending.
    sql += &match (stored, look.tab) {
        (Tab::Pending, Tab::Pending) => format!(" and r.tab = 'pending' and r.expires_at > {}", asked.bind(now.0)?),
        (Tab::Pending, _) => format!(" and r.status = 'pending' and r.expires_at <= {}", asked.bind(now.0)?),
        (other, _) => format!(" and r.tab = {}", asked.bind(other.as_str().to_owned())?),
    };
    if let Some(place) = &look.after {
        let key = match look.sort {
            Sort::Newest | Sort::Oldest => asked.bind(place.time.0)?,
            Sort::NameUp | Sort::NameDown => asked.bind(place.name.clone())?,
        };
        let id = asked.bind(place.id.to_string())?;
        sql += &format!(" and {column} {on}= {key} and ({column} {on} {key} or r.id {on} {id})");
    }
    for (from, to) in asked.beginnings(&look.search)? {
        sql += &format!(" and r.id in (select request_id from request_terms where org_id = {org} and term >= {from} and term < {to})");
    }
    // The limit stands in the text: where it is bound, SQLite plans the statement anew each time it is run.
    sql += &format!(" order by {column} {direction}, r.id {direction} limit {limit}");
    sqlx::query_with(AssertSqlSafe(sql), asked.0).list(conn, read_listed).await
}

/// One request of the organisation as a list shows it.
pub async fn find(conn: &mut Conn, org: &OrganisationId, id: &RequestId) -> Result<Listed> {
    let sql = format!("{SELECT}where r.org_id = $1 and r.id = $2");
    let query = sqlx::query(AssertSqlSafe(sql)).bind(org.as_str().to_owned()).bind(id.to_string());
    query.find(conn, read_listed).await?.ok_or(Error::NotFound)
}

/// Those of these requests that the organisation has, in no order.
pub async fn list_of_ids(conn: &mut Conn, org: &OrganisationId, ids: &[RequestId]) -> Result<Vec<Listed>> {
    let mut asked = Asked::default();
    let sql = format!("{SELECT}where r.org_id = {} and r.id in ({})", asked.bind(org.to_string())?, asked.list(ids)?);
    sqlx::query_with(AssertSqlSafe(sql), asked.0).list(conn, read_listed).await
}

fn read_listed(row: &Row) -> Result<Listed> {
    Ok(Listed {
        request: read(row)?,
        sorts_as: row.text("sorts_as")?,
        decided_by: row.maybe_text("decider")?,
        open_invitation: row.maybe_parsed("open_invitation")?,
    })
}

/// How many requests stand under each tab.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub pending: i64,
    pub approved: i64,
    pub others: i64,
}

/// The numbers of the organisation as they are at `now`.
pub async fn count(conn: &mut Conn, org: &OrganisationId, now: Time) -> Result<Counts> {
    let rows = sqlx::query(
        "select tab, n, (select count(*) from requests r where r.org_id = $1 and r.status = 'pending' and r.expires_at <= $2) as overdue \
         from request_counts where org_id = $1",
    )
    .bind(org.as_str())
    .bind(now.0)
    .list(conn, |r| Ok((r.text("tab")?, r.number("n")?, r.number("overdue")?)))
    .await?;
    let mut counts = Counts::default();
    for (tab, n, overdue) in rows {
        match Tab::parse(&tab) {
            Some(Tab::Pending) => {
                counts.pending = n - overdue;
                counts.others += overdue;
            }
            Some(Tab::Approved) => counts.approved = n,
            Some(Tab::Others) => counts.others += n,
            None => {}
        }
    }
    Ok(counts)
}
