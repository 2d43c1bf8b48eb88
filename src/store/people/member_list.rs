//! The members of an organisation as its users page lists them: found by name, paged by key; who
//! manages whom; what hangs on a membership.
use crate::domain::account::Email;
use crate::domain::ids::{AccountId, OrganisationId, RoleId};
use crate::domain::member::Employment;
use crate::domain::{Error, Result, Time};
use crate::store::conn::Conn;
use crate::store::rows::{Bindings, Columns as _, Row, Statement as _};
use sqlx::AssertSqlSafe;

/// A member as a list shows them.
#[derive(Clone, Debug)]
pub struct ListedMember {
    pub account: AccountId,
    pub name: String,
    pub email: Email,
    /// By what the list sorts.
    pub sorts_as: String,
    pub joined_at: Time,
    /// When the person was last seen anywhere here, as far as sessions are kept.
    pub seen_at: Option<Time>,
    pub employment: Employment,
    /// The manager's name.
    pub manager: Option<String>,
    /// Since when the member has no permission; None while there is one.
    pub waits_since: Option<Time>,
}

/// What is looked for.
#[derive(Clone, Debug, Default)]
pub struct MemberQuery {
    /// Words; a member is found if a term of name or address begins with each of them.
    pub search: String,
    pub role: Option<RoleId>,
    /// Only those who wait for rights.
    pub waiting: bool,
    /// Sort key and account of the member after whom a page begins.
    pub after: Option<(String, AccountId)>,
}

const SELECT: &str = "select a.id, a.name, a.email, m.sorts_as, m.joined_at, m.waits_since, m.manager_id, \
    m.job_title, m.department, g.name as manager, (select max(s.seen_at) from sessions s \
    where s.account_id = a.id) as seen_at from members m join accounts a on a.id = m.account_id \
    left join accounts g on g.id = m.manager_id where m.state = 'active' and m.org_id = $1";

/// A page of the organisation's active members by name; at most `limit`.
pub async fn list(
    conn: &mut Conn,
    org: &OrganisationId,
    look: &MemberQuery,
    limit: usize,
) -> Result<Vec<ListedMember>> {
    let mut asked = Bindings::default();
    asked.bind(org.to_string())?;
    let mut sql = String::from(SELECT);
    if let Some((name, id)) = &look.after {
        let (name, id) = (asked.bind(name.clone())?, asked.bind(id.to_string())?);
        sql += &format!(" and m.sorts_as >= {name} and (m.sorts_as > {name} or m.account_id > {id})");
    }
    if let Some(role) = &look.role {
        let role = asked.bind(role.to_string())?;
        sql += &format!(
            " and exists (select 1 from member_roles r where r.org_id = $1 and r.account_id = m.account_id \
             and r.role_id = {role})"
        );
    }
    if look.waiting {
        sql += " and m.waits_since is not null";
    }
    for (from, to) in asked.beginnings(&look.search)? {
        sql += &format!(
            " and m.account_id in (select account_id from member_terms where org_id = $1 and term >= {from} \
             and term < {to})"
        );
    }
    sql += &format!(" order by m.sorts_as, m.account_id limit {limit}");
    sqlx::query_with(AssertSqlSafe(sql), asked.0)
        .list(conn, read)
        .await
}

/// One active member.
pub async fn find(conn: &mut Conn, org: &OrganisationId, account: &AccountId) -> Result<ListedMember> {
    let sql = format!("{SELECT} and m.account_id = $2");
    let query = sqlx::query(AssertSqlSafe(sql))
        .bind(org.to_string())
        .bind(account.to_string());
    query.find(conn, read).await?.ok_or(Error::NotFound)
}

/// The active member with this proven address.
pub async fn find_by_email(
    conn: &mut Conn,
    org: &OrganisationId,
    email: &Email,
) -> Result<Option<AccountId>> {
    sqlx::query(
        "select a.id from accounts a join members m on m.account_id = a.id where m.org_id = $1 \
         and m.state = 'active' and a.email_key = $2 and a.email_proven_at is not null",
    )
    .bind(org.as_str())
    .bind(email.key())
    .find(conn, |r| r.parsed("id"))
    .await
}

/// How many active members wait for rights.
pub async fn count_waiting(conn: &mut Conn, org: &OrganisationId) -> Result<i64> {
    sqlx::query("select count(*) as n from members where org_id = $1 and waits_since is not null")
        .bind(org.as_str())
        .number(conn, "n")
        .await
}

fn read(row: &Row) -> Result<ListedMember> {
    Ok(ListedMember {
        account: row.parsed("id")?,
        name: row.text("name")?,
        email: row.parsed("email")?,
        sorts_as: row.text("sorts_as")?,
        joined_at: row.time("joined_at")?,
        seen_at: row.maybe_time("seen_at")?,
        employment: Employment {
            manager: row.maybe_parsed("manager_id")?,
            job_title: row.text("job_title")?,
            department: row.text("department")?,
        },
        manager: row.maybe_text("manager")?,
        waits_since: row.maybe_time("waits_since")?,
    })
}

/// The manager of a member, if both are active.
pub async fn manager_of(
    conn: &mut Conn,
    org: &OrganisationId,
    account: &AccountId,
) -> Result<Option<AccountId>> {
    let found = sqlx::query(
        "select manager_id from members where org_id = $1 and account_id = $2 and state = 'active'",
    )
    .bind(org.as_str())
    .bind(account.as_str())
    .find(conn, |r| r.maybe_parsed("manager_id"))
    .await?;
    Ok(found.flatten())
}

/// Those whom this member manages, by name, at most 500: id and name.
pub async fn list_reports(
    conn: &mut Conn,
    org: &OrganisationId,
    manager: &AccountId,
) -> Result<Vec<(AccountId, String)>> {
    sqlx::query(
        "select a.id, a.name from members m join accounts a on a.id = m.account_id where m.org_id = $1 \
         and m.manager_id = $2 and m.state = 'active' order by m.sorts_as, a.id limit 500",
    )
    .bind(org.as_str())
    .bind(manager.as_str())
    .list(conn, |r| Ok((r.parsed("id")?, r.text("name")?)))
    .await
}

/// What ends with a membership: how many roles, groups, people managed, and invitations that are
/// still open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ties {
    pub roles: i64,
    pub groups: i64,
    pub reports: i64,
    pub invitations: i64,
}

/// Counts what hangs on a member.
pub async fn ties(conn: &mut Conn, org: &OrganisationId, account: &AccountId) -> Result<Ties> {
    let found = sqlx::query(
        "select (select count(*) from member_roles where org_id = $1 and account_id = $2) as roles, \
         (select count(*) from group_members where org_id = $1 and account_id = $2) as of_groups, \
         (select count(*) from members where org_id = $1 and manager_id = $2 \
         and state = 'active') as reports, (select count(*) from invitations where org_id = $1 \
         and invited_by = $2 and status = 'pending') as invitations",
    )
    .bind(org.as_str())
    .bind(account.as_str())
    .find(conn, |r| {
        Ok(Ties {
            roles: r.number("roles")?,
            groups: r.number("of_groups")?,
            reports: r.number("reports")?,
            invitations: r.number("invitations")?,
        })
    })
    .await?;
    Ok(found.unwrap_or_default())
}
