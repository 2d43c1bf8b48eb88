//! Groups of members.
use crate::domain::account::Email;
use crate::domain::group::Group;
use crate::domain::ids::{AccountId, GroupId, OrganisationId};
use crate::domain::{Error, Result, Why};
use crate::store::conn::Conn;
use crate::store::db::Tx;
use crate::store::rows::{Columns as _, Row, Statement as _};

pub async fn create(tx: &mut Tx, org: &OrganisationId, g: &Group) -> Result<()> {
    sqlx::query("insert into groups (id, org_id, name, version) values ($1, $2, $3, $4)")
        .bind(g.id.as_str())
        .bind(org.as_str())
        .bind(&g.name)
        .bind(g.version)
        .insert(tx, Error::field("name", Why::NameTaken))
        .await
}

/// Writes a group's new name if nobody changed it since it was read.
pub async fn rename(tx: &mut Tx, org: &OrganisationId, g: &Group) -> Result<()> {
    let met = sqlx::query(
        "update groups set name = $4, version = version + 1 where org_id = $1 and id = $2 and version = $3",
    )
    .bind(org.as_str())
    .bind(g.id.as_str())
    .bind(g.version)
    .bind(&g.name)
    .unless_taken(tx, Error::field("name", Why::NameTaken))
    .await?;
    if met == 1 { Ok(()) } else { Err(Error::Stale) }
}

/// Deletes a group, who is in it, its members' leave to ask for resources, and that letters about
/// new requests go to them alone.
pub async fn delete(tx: &mut Tx, org: &OrganisationId, id: &GroupId) -> Result<()> {
    sqlx::query("delete from group_members where org_id = $1 and group_id = $2")
        .bind(org.as_str())
        .bind(id.as_str())
        .run(tx)
        .await?;
    sqlx::query("delete from resource_audience where org_id = $1 and kind = 'group' and named = $2")
        .bind(org.as_str())
        .bind(id.as_str())
        .run(tx)
        .await?;
    sqlx::query(
        "update organisations set mails_group = null, version = version + 1 \
         where id = $1 and mails_group = $2",
    )
    .bind(org.as_str())
    .bind(id.as_str())
    .run(tx)
    .await?;
    sqlx::query("delete from groups where org_id = $1 and id = $2")
        .bind(org.as_str())
        .bind(id.as_str())
        .run_once(tx)
        .await
}

pub async fn find(conn: &mut Conn, org: &OrganisationId, id: &GroupId) -> Result<Group> {
    sqlx::query("select id, name, version from groups where org_id = $1 and id = $2")
        .bind(org.as_str())
        .bind(id.as_str())
        .find(conn, read)
        .await?
        .ok_or(Error::NotFound)
}

/// The organisation's groups by name, each with how many members it has.
pub async fn list(conn: &mut Conn, org: &OrganisationId) -> Result<Vec<(Group, i64)>> {
    sqlx::query(
        "select g.id, g.name, g.version, (select count(*) from group_members m where m.org_id = g.org_id \
         and m.group_id = g.id) as n from groups g where g.org_id = $1 order by g.name, g.id",
    )
    .bind(org.as_str())
    .list(conn, |r| Ok((read(r)?, r.number("n")?)))
    .await
}

/// A member of a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InGroup {
    pub account: AccountId,
    pub name: String,
    pub email: Email,
}

/// Who is in a group, by name, at most 1,000.
pub async fn list_members(conn: &mut Conn, org: &OrganisationId, id: &GroupId) -> Result<Vec<InGroup>> {
    sqlx::query(
        "select a.id, a.name, a.email from group_members g join members m on m.org_id = g.org_id \
         and m.account_id = g.account_id join accounts a on a.id = g.account_id where g.org_id = $1 \
         and g.group_id = $2 order by m.sorts_as, a.id limit 1000",
    )
    .bind(org.as_str())
    .bind(id.as_str())
    .list(conn, |r| {
        Ok(InGroup {
            account: r.parsed("id")?,
            name: r.text("name")?,
            email: r.parsed("email")?,
        })
    })
    .await
}

/// The groups that a member is in, by name.
pub async fn list_of_member(
    conn: &mut Conn,
    org: &OrganisationId,
    account: &AccountId,
) -> Result<Vec<Group>> {
    sqlx::query(
        "select g.id, g.name, g.version from groups g join group_members m on m.org_id = g.org_id \
         and m.group_id = g.id where g.org_id = $1 and m.account_id = $2 order by g.name, g.id",
    )
    .bind(org.as_str())
    .bind(account.as_str())
    .list(conn, read)
    .await
}

/// Puts a member into a group; false if they were in it.
pub async fn add(tx: &mut Tx, org: &OrganisationId, id: &GroupId, account: &AccountId) -> Result<bool> {
    let added = sqlx::query(
        "insert into group_members (org_id, group_id, account_id) values ($1, $2, $3) on conflict do nothing",
    )
    .bind(org.as_str())
    .bind(id.as_str())
    .bind(account.as_str())
    .affected(tx)
    .await?;
    Ok(added == 1)
}

/// Takes a member out of a group; false if they were not in it.
pub async fn remove(tx: &mut Tx, org: &OrganisationId, id: &GroupId, account: &AccountId) -> Result<bool> {
    let removed =
        sqlx::query("delete from group_members where org_id = $1 and group_id = $2 and account_id = $3")
            .bind(org.as_str())
            .bind(id.as_str())
            .bind(account.as_str())
            .affected(tx)
            .await?;
    Ok(removed == 1)
}

fn read(row: &Row) -> Result<Group> {
    Ok(Group {
        id: row.parsed("id")?,
        name: row.text("name")?,
        version: row.number("version")?,
    })
}
