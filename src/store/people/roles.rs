//! Roles of an organisation.
use crate::domain::ids::{AccountId, OrganisationId, RoleId};
use crate::domain::role::{ADMINISTRATOR, Role};
use crate::domain::{Error, Result, Time, Why};
use crate::store::conn::Conn;
use crate::store::db::Tx;
use crate::store::people::members;
use crate::store::permissions;
use crate::store::rows::{Bindings, Columns as _, Row, Statement as _};
use sqlx::AssertSqlSafe;

pub async fn create(tx: &mut Tx, org: &OrganisationId, r: &Role) -> Result<()> {
    sqlx::query(
        "insert into roles (id, org_id, name, permissions, built_in, version) \
         values ($1, $2, $3, $4, $5, $6)",
    )
    .bind(r.id.as_str())
    .bind(org.as_str())
    .bind(&r.name)
    .bind(r.permissions.words())
    .bind(i64::from(r.built_in))
    .bind(r.version)
    .insert(tx, Error::field("name", Why::NameTaken))
    .await
}

/// Writes a changed role back if nobody changed it since it was read. The built-in role is never
/// changed.
pub async fn update(tx: &mut Tx, org: &OrganisationId, r: &Role, now: Time) -> Result<()> {
    let met = sqlx::query(
        "update roles set name = $4, permissions = $5, version = version + 1 where org_id = $1 and id = $2 \
         and version = $3 and built_in = 0",
    )
    .bind(org.as_str())
    .bind(r.id.as_str())
    .bind(r.version)
    .bind(&r.name)
    .bind(r.permissions.words())
    .unless_taken(tx, Error::field("name", Why::NameTaken))
    .await?;
    if met == 1 {
        members::mark_waiting(tx, org, None, now).await
    } else {
        Err(Error::Stale)
    }
}

/// Deletes a role; members and invitations lose it.
pub async fn delete(tx: &mut Tx, org: &OrganisationId, id: &RoleId, now: Time) -> Result<()> {
    for sql in [
        "delete from member_roles where org_id = $1 and role_id = $2",
        "delete from invitation_roles where org_id = $1 and role_id = $2",
        "delete from resource_audience where org_id = $1 and kind = 'role' and named = $2",
    ] {
        sqlx::query(sql)
            .bind(org.as_str())
            .bind(id.as_str())
            .run(tx)
            .await?;
    }
    sqlx::query("delete from roles where org_id = $1 and id = $2 and built_in = 0")
        .bind(org.as_str())
        .bind(id.as_str())
        .run_once(tx)
        .await?;
    members::mark_waiting(tx, org, None, now).await
}

pub async fn find(conn: &mut Conn, org: &OrganisationId, id: &RoleId) -> Result<Role> {
    sqlx::query("select id, name, permissions, built_in, version from roles where org_id = $1 and id = $2")
        .bind(org.as_str())
        .bind(id.as_str())
        .find(conn, read)
        .await?
        .ok_or(Error::NotFound)
}

/// Which roles these members have: pairs of member and role, in no order.
pub async fn list_of_members<'a>(
    conn: &mut Conn,
    org: &OrganisationId,
    members: impl IntoIterator<Item = &'a AccountId>,
) -> Result<Vec<(AccountId, RoleId)>> {
    let mut asked = Bindings::default();
    let org = asked.bind(org.to_string())?;
    let ids = asked.list(members)?;
    let sql = format!(
        "select account_id, role_id from member_roles where org_id = {org} and account_id in ({ids})"
    );
    sqlx::query_with(AssertSqlSafe(sql), asked.0)
        .list(conn, |r| Ok((r.parsed("account_id")?, r.parsed("role_id")?)))
        .await
}

/// Names of the active members that have a role, by name, at most 20.
pub async fn list_holders(conn: &mut Conn, org: &OrganisationId, role: &RoleId) -> Result<Vec<String>> {
    sqlx::query(
        "select a.name from member_roles mr join members m on m.org_id = mr.org_id \
         and m.account_id = mr.account_id join accounts a on a.id = m.account_id where mr.org_id = $1 \
         and mr.role_id = $2 and m.state = 'active' order by m.sorts_as, a.id limit 20",
    )
    .bind(org.as_str())
    .bind(role.as_str())
    .list(conn, |r| r.text("name"))
    .await
}

/// The organisation's built-in role Administrator.
pub async fn find_administrator(conn: &mut Conn, org: &OrganisationId) -> Result<Role> {
    sqlx::query(
        "select id, name, permissions, built_in, version from roles where org_id = $1 and built_in = 1 \
         and name = $2",
    )
    .bind(org.as_str())
    .bind(ADMINISTRATOR)
    .find(conn, read)
    .await?
    .ok_or(Error::NotFound)
}

/// The organisation's roles, by name.
pub async fn list(conn: &mut Conn, org: &OrganisationId) -> Result<Vec<Role>> {
    sqlx::query(
        "select id, name, permissions, built_in, version from roles where org_id = $1 \
         order by built_in desc, name, id",
    )
    .bind(org.as_str())
    .list(conn, read)
    .await
}

/// Which of the organisation's roles a member has.
pub async fn list_of_member(
    conn: &mut Conn,
    org: &OrganisationId,
    account: &AccountId,
) -> Result<Vec<RoleId>> {
    sqlx::query("select role_id from member_roles where org_id = $1 and account_id = $2")
        .bind(org.as_str())
        .bind(account.as_str())
        .list(conn, |r| r.parsed("role_id"))
        .await
}

/// Takes a role from a member, who may wait for rights from then on.
pub async fn take(
    tx: &mut Tx,
    org: &OrganisationId,
    account: &AccountId,
    role: &RoleId,
    now: Time,
) -> Result<()> {
    sqlx::query("delete from member_roles where org_id = $1 and account_id = $2 and role_id = $3")
        .bind(org.as_str())
        .bind(account.as_str())
        .bind(role.as_str())
        .run(tx)
        .await?;
    members::mark_waiting(tx, org, Some(account), now).await
}

/// How many active members of the organisation have this role.
pub async fn count_holders(conn: &mut Conn, org: &OrganisationId, role: &RoleId) -> Result<i64> {
    sqlx::query(
        "select count(*) as n from member_roles mr join members m on m.org_id = mr.org_id \
         and m.account_id = mr.account_id where mr.org_id = $1 and mr.role_id = $2 and m.state = 'active'",
    )
    .bind(org.as_str())
    .bind(role.as_str())
    .number(conn, "n")
    .await
}

/// Gives a member of the organisation a role; giving it again changes nothing.
pub async fn give(
    tx: &mut Tx,
    org: &OrganisationId,
    account: &AccountId,
    role: &RoleId,
    now: Time,
) -> Result<()> {
    sqlx::query(
        "insert into member_roles (org_id, account_id, role_id) values ($1, $2, $3) on conflict do nothing",
    )
    .bind(org.as_str())
    .bind(account.as_str())
    .bind(role.as_str())
    .run(tx)
    .await?;
    members::mark_waiting(tx, org, Some(account), now).await
}

fn read(row: &Row) -> Result<Role> {
    Ok(Role {
        id: row.parsed("id")?,
        name: row.text("name")?,
        permissions: permissions::read(row)?,
        built_in: row.flag("built_in")?,
        version: row.number("version")?,
    })
}
