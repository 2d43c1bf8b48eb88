//! Who is asked in the steps of open requests, and who has voted: assignments, reviews,
//! eligibility, and those whom a change concerns.
use crate::domain::ids::{AccountId, FlowId, GroupId, OrganisationId, RequestId, ResourceId, RoleId};
use crate::domain::request::Request;
use crate::domain::role::Permission;
use crate::domain::verdict::Verdict;
use crate::domain::{Error, Result, Time};
use crate::store::conn::Conn;
use crate::store::db::Tx;
use crate::store::permissions::gives;
use crate::store::requests::columns::{columns, read as read_request};
use crate::store::rows::{Bindings, Columns as _, Row, Statement as _, impossible};
use sqlx::AssertSqlSafe;
use std::collections::{BTreeMap, BTreeSet};

/// Those of these accounts that may be asked: active members with `portal.use` or
/// `requests.decide`.
pub async fn list_eligible(
    conn: &mut Conn,
    org: &OrganisationId,
    accounts: &BTreeSet<AccountId>,
) -> Result<BTreeSet<AccountId>> {
    let mut asked = Bindings::default();
    let org = asked.bind(org.to_string())?;
    let ids = asked.list(accounts)?;
    let sql = format!(
        "select distinct m.account_id from members m join member_roles mr on mr.org_id = m.org_id \
         and mr.account_id = m.account_id join roles r on r.id = mr.role_id and r.org_id = m.org_id \
         where m.org_id = {org} and m.state = 'active' and m.account_id in ({ids}) and ({} or {})",
        gives(Permission::PortalUse),
        gives(Permission::RequestsDecide)
    );
    let found = sqlx::query_with(AssertSqlSafe(sql), asked.0)
        .list(conn, |r| r.parsed("account_id"))
        .await?;
    Ok(found.into_iter().collect())
}

/// Who is in a group.
pub async fn list_in_group(
    conn: &mut Conn,
    org: &OrganisationId,
    group: &GroupId,
) -> Result<BTreeSet<AccountId>> {
    let found = sqlx::query("select account_id from group_members where org_id = $1 and group_id = $2")
        .bind(org.as_str())
        .bind(group.as_str())
        .list(conn, |r| r.parsed("account_id"))
        .await?;
    Ok(found.into_iter().collect())
}

/// Somebody whom a request's current step asks, who has not voted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assigned {
    pub account: AccountId,
    pub name: String,
    /// For whom, while they are away: id and name.
    pub instead_of: Option<(AccountId, String)>,
    pub asked_at: Time,
}

/// Whom the request waits for, by name.
pub async fn list_assigned(
    conn: &mut Conn,
    org: &OrganisationId,
    request: &RequestId,
) -> Result<Vec<Assigned>> {
    sqlx::query(
        "select s.account_id, a.name, s.instead_of, i.name as away, s.asked_at from assignments s \
         join accounts a on a.id = s.account_id left join accounts i on i.id = s.instead_of \
         where s.org_id = $1 and s.request_id = $2 and s.ended = 0 order by a.name, a.id",
    )
    .bind(org.as_str())
    .bind(request.as_str())
    .list(conn, |r| {
        Ok(Assigned {
            account: r.parsed("account_id")?,
            name: r.text("name")?,
            instead_of: r.maybe_parsed("instead_of")?.zip(r.maybe_text("away")?),
            asked_at: r.time("asked_at")?,
        })
    })
    .await
}

/// Has the request wait for these and nobody else; those who were not asked before.
pub async fn assign(
    tx: &mut Tx,
    org: &OrganisationId,
    request: &RequestId,
    asked: &BTreeMap<AccountId, Option<AccountId>>,
    now: Time,
) -> Result<Vec<AccountId>> {
    let before = list_assigned(tx, org, request).await?;
    for gone in before
        .iter()
        .filter(|a| asked.get(&a.account) != Some(&a.instead_of.as_ref().map(|(id, _)| id.clone())))
    {
        sqlx::query(
            "update assignments set ended = 1 where org_id = $1 and request_id = $2 and account_id = $3",
        )
        .bind(org.as_str())
        .bind(request.as_str())
        .bind(gone.account.as_str())
        .run(tx)
        .await?;
    }
    let mut new = Vec::new();
    for (account, instead_of) in asked {
        let added = sqlx::query(
            "insert into assignments (org_id, request_id, account_id, instead_of, asked_at) \
             values ($1, $2, $3, $4, $5) on conflict (request_id, account_id) do update set instead_of \
             = excluded.instead_of, asked_at = excluded.asked_at, ended = 0 where assignments.ended = 1",
        )
        .bind(org.as_str())
        .bind(request.as_str())
        .bind(account.as_str())
        .bind(instead_of.as_ref().map(|a| a.as_str().to_owned()))
        .bind(now.0)
        .affected(tx)
        .await?;
        if added == 1 && !before.iter().any(|a| a.account == *account) {
            new.push(account.clone());
        }
    }
    Ok(new)
}

/// That a request asks, or has asked, this account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assignment {
    pub instead_of: Option<AccountId>,
    /// It waits for this account no more.
    pub over: bool,
}

pub async fn find_assignment(
    conn: &mut Conn,
    org: &OrganisationId,
    request: &RequestId,
    account: &AccountId,
) -> Result<Option<Assignment>> {
    sqlx::query(
        "select instead_of, ended from assignments where org_id = $1 and request_id = $2 and account_id = $3",
    )
    .bind(org.as_str())
    .bind(request.as_str())
    .bind(account.as_str())
    .find(conn, |r| {
        Ok(Assignment {
            instead_of: r.maybe_parsed("instead_of")?,
            over: r.flag("ended")?,
        })
    })
    .await
}

/// The requests that wait for this account, oldest first, at most `limit`, with the name of what is
/// asked for and of whom they stand for.
pub async fn list_waiting_for(
    conn: &mut Conn,
    org: &OrganisationId,
    account: &AccountId,
    now: Time,
    limit: i64,
) -> Result<Vec<(Request, String, Option<String>)>> {
    const LIST: &str = concat!(
        "select ",
        columns!(),
        ", n.name as resource, i.name as away from assignments s join requests r on r.id = s.request_id \
         join resources n on n.id = r.resource_id left join accounts i on i.id = s.instead_of \
         where s.org_id = $1 and s.account_id = $2 and s.ended = 0 and r.status = 'pending' \
         and r.expires_at > $3 order by s.asked_at, s.request_id limit $4"
    );
    sqlx::query(LIST)
        .bind(org.as_str())
        .bind(account.as_str())
        .bind(now.0)
        .bind(limit)
        .list(conn, |r| {
            Ok((read_request(r)?, r.text("resource")?, r.maybe_text("away")?))
        })
        .await
}

/// How many requests wait for this account.
pub async fn count_waiting_for(
    conn: &mut Conn,
    org: &OrganisationId,
    account: &AccountId,
    now: Time,
) -> Result<i64> {
    sqlx::query(
        "select count(*) as n from assignments s join requests r on r.id = s.request_id where s.org_id = $1 \
         and s.account_id = $2 and s.ended = 0 and r.status = 'pending' and r.expires_at > $3",
    )
    .bind(org.as_str())
    .bind(account.as_str())
    .bind(now.0)
    .number(conn, "n")
    .await
}

/// A vote on a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Review {
    /// The version of the flow, and its step from 0.
    pub flow_number: i64,
    pub step: usize,
    pub account: AccountId,
    pub name: String,
    /// Whom they stood for, and the name.
    pub away: Option<AccountId>,
    pub instead_of: Option<String>,
    pub verdict: Verdict,
    pub at: Time,
}

/// Writes down a vote; a second one of the same account on the same step is Stale.
pub async fn vote(
    tx: &mut Tx,
    request: &Request,
    (number, step): (i64, usize),
    account: &AccountId,
    instead_of: Option<&AccountId>,
    (verdict, at): (Verdict, Time),
) -> Result<()> {
    sqlx::query(
        "insert into reviews (org_id, request_id, flow_number, step, account_id, instead_of, verdict, at) \
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(request.organisation.as_str())
    .bind(request.id.as_str())
    .bind(number)
    .bind(step as i64)
    .bind(account.as_str())
    .bind(instead_of.map(|a| a.as_str().to_owned()))
    .bind(verdict.as_str())
    .bind(at.0)
    .insert(tx, Error::Stale)
    .await
}

/// All votes on a request, oldest first.
pub async fn list_reviews(conn: &mut Conn, org: &OrganisationId, request: &RequestId) -> Result<Vec<Review>> {
    sqlx::query(
        "select v.flow_number, v.step, v.account_id, a.name, v.instead_of, i.name as away, v.verdict, v.at \
         from reviews v join accounts a on a.id = v.account_id left join accounts i on i.id = v.instead_of \
         where v.org_id = $1 and v.request_id = $2 order by v.at, v.account_id",
    )
    .bind(org.as_str())
    .bind(request.as_str())
    .list(conn, read_review)
    .await
}

fn read_review(r: &Row) -> Result<Review> {
    Ok(Review {
        flow_number: r.number("flow_number")?,
        step: usize::try_from(r.number("step")?).map_err(|_| impossible("reviews.step"))?,
        account: r.parsed("account_id")?,
        name: r.text("name")?,
        away: r.maybe_parsed("instead_of")?,
        instead_of: r.maybe_text("away")?,
        verdict: Verdict::parse(&r.text("verdict")?).ok_or_else(|| impossible("reviews.verdict"))?,
        at: r.time("at")?,
    })
}

/// Whom a change concerns.
#[derive(Clone, Debug)]
pub enum Concerned<'a> {
    /// Requests for this member: their manager changed.
    Holder(&'a AccountId),
    /// Requests for this resource: its owner changed, or it is gone.
    Resource(&'a ResourceId),
    /// Requests whose version names this group, role or member.
    Naming(&'static str, &'a str),
    /// Requests that follow this flow.
    Flow(&'a FlowId),
    /// Requests that this member submitted, or that are for them.
    Person(&'a AccountId),
    /// Requests for what this member owns.
    Owner(&'a AccountId),
    /// Requests that wait for this member, whose rights changed.
    Assigned(&'a AccountId),
    /// Requests that wait for somebody who has this role.
    Role(&'a RoleId),
    /// Requests at an administrators' step, or that wait for one: who is an administrator changed.
    Administrators,
    /// Requests that lack something.
    Missing,
}

/// Open requests for resources that a change concerns, oldest first; their ids, so that each is
/// held before it is read.
pub async fn list_concerned(
    conn: &mut Conn,
    org: &OrganisationId,
    concerned: &Concerned<'_>,
) -> Result<Vec<RequestId>> {
    const OPEN: &str =
        "r.org_id = $1 and r.kind = 'resource' and r.status in ('pending', 'missing_data', 'error')";
    // What is being provisioned waits for nobody; but it ends with its holder, and with what it is
    // for.
    let provisioned = match concerned {
        Concerned::Person(_) | Concerned::Resource(_) => "",
        _ => " and r.provisioning = 0",
    };
    let (rest, value) = match concerned {
        Concerned::Holder(account) => (" and r.holder_id = $2", account.to_string()),
        Concerned::Person(account) => (
            " and (r.holder_id = $2 or r.account_id = $2)",
            account.to_string(),
        ),
        Concerned::Owner(account) => (
            " and r.resource_id in (select id from resources where org_id = $1 and owner_id = $2)",
            account.to_string(),
        ),
        Concerned::Resource(resource) => (" and r.resource_id = $2", resource.to_string()),
        Concerned::Naming("group", named) => (NAMES_GROUP, (*named).to_owned()),
        Concerned::Naming("role", named) => (NAMES_ROLE, (*named).to_owned()),
        Concerned::Naming(_, named) => (NAMES_MEMBER, (*named).to_owned()),
        Concerned::Flow(flow) => (" and r.flow_id = $2", flow.to_string()),
        Concerned::Assigned(account) => (
            " and r.id in (select request_id from assignments where org_id = $1 and account_id = $2 \
             and ended = 0)",
            account.to_string(),
        ),
        Concerned::Role(role) => (WAITS_FOR_ROLE, role.to_string()),
        Concerned::Administrators => (
            " and $2 = '' and r.tab in ('pending', 'others') and (r.at_administrators = 1 \
             or r.status = 'missing_data' or r.escalated = 1)",
            String::new(),
        ),
        Concerned::Missing => (
            " and $2 = '' and r.tab = 'others' and r.status = 'missing_data'",
            String::new(),
        ),
    };
    let sql = format!("select r.id from requests r where {OPEN}{provisioned}{rest} order by r.id");
    sqlx::query(AssertSqlSafe(sql))
        .bind(org.to_string())
        .bind(value)
        .list(conn, |r| r.parsed("id"))
        .await
}

const WAITS_FOR_ROLE: &str = " and r.id in (select a.request_id from assignments a \
    join member_roles m on m.org_id = a.org_id and m.account_id = a.account_id where a.org_id = $1 \
    and m.role_id = $2 and a.ended = 0)";
const NAMES_GROUP: &str = " and exists (select 1 from flow_names n where n.org_id = $1 and n.kind = 'group' \
    and n.named = $2 and n.flow_id = r.flow_id and n.number = r.flow_number)";
const NAMES_ROLE: &str = " and exists (select 1 from flow_names n where n.org_id = $1 and n.kind = 'role' \
    and n.named = $2 and n.flow_id = r.flow_id and n.number = r.flow_number)";
const NAMES_MEMBER: &str = " and exists (select 1 from flow_names n where n.org_id = $1 \
    and n.kind = 'member' and n.named = $2 and n.flow_id = r.flow_id and n.number = r.flow_number)";

/// Open requests of any organisation whose approvers are to be reminded, or whose escalation
/// begins; at most `limit`.
pub async fn list_due(conn: &mut Conn, now: Time, limit: i64) -> Result<Vec<(OrganisationId, RequestId)>> {
    sqlx::query(
        "select r.org_id, r.id from requests r where r.remind_at <= $1 union select r.org_id, r.id \
         from requests r where r.escalate_at <= $1 order by 2 limit $2",
    )
    .bind(now.0)
    .bind(limit)
    .list(conn, |r| Ok((r.parsed("org_id")?, r.parsed("id")?)))
    .await
}
