//! Members: who belongs to an organisation, and what their roles allow them.
use crate::domain::account::{Account, Email, Language};
use crate::domain::ids::{AccountId, OrganisationId, RoleId, SessionId};
use crate::domain::member::{Employment, Membership, RightsNow, administers};
use crate::domain::organisation::Slug;
use crate::domain::role::Permission;
use crate::domain::{Result, Time};
use crate::store::conn::Conn;
use crate::store::db::Tx;
use crate::store::permissions;
use crate::store::rows::{Bindings, Columns as _, Row, Statement as _, impossible};
use crate::store::turns::{self, Sharing};
use sqlx::AssertSqlSafe;

/// Members with their organisations, accounts and roles: a row for each role.
macro_rules! members_and_roles {
    () => {
        "from members m join organisations o on o.id = m.org_id join accounts a on a.id = m.account_id \
         left join member_roles mr on mr.org_id = m.org_id and mr.account_id = m.account_id \
         left join roles r on r.id = mr.role_id and r.org_id = m.org_id "
    };
}

macro_rules! select_membership {
    ($rest:literal) => {
        concat!(
            "select m.org_id, m.account_id, m.joined_at, o.slug, o.name as org_name, o.customer_number, \
             o.demands_factor, o.admin_contact, coalesce(o.closed_at, o.closes_at) as closes_at, \
             a.factor, (select count(*) from members x join organisations y on y.id = x.org_id \
             where x.account_id = m.account_id and x.state = 'active' \
             and y.closed_at is null) as memberships, r.permissions, r.built_in ",
            members_and_roles!(),
            $rest
        )
    };
}

/// Makes the account an active member, who waits for rights; true if it was not one already.
/// Joining again reactivates.
pub async fn join(tx: &mut Tx, org: &OrganisationId, account: &Account, now: Time) -> Result<bool> {
    let met = sqlx::query(
        "insert into members (org_id, account_id, state, joined_at, waits_since) \
         values ($1, $2, 'active', $3, $3) on conflict (org_id, account_id) do update set state = 'active', \
         joined_at = excluded.joined_at, waits_since = excluded.joined_at, ended_at = null, \
         version = members.version + 1 where members.state = 'ended'",
    )
    .bind(org.as_str())
    .bind(account.id.as_str())
    .bind(now.0)
    .affected(tx)
    .await?;
    if met == 1 {
        crate::store::account::member_terms::index(tx, account).await?;
    }
    Ok(met == 1)
}

/// The account's active membership in the organisation with this slug.
pub async fn find_active(conn: &mut Conn, slug: &Slug, account: &AccountId) -> Result<Option<Membership>> {
    let rows = sqlx::query(select_membership!(
        "where o.slug = $1 and m.account_id = $2 and m.state = 'active'"
    ))
    .bind(slug.as_str())
    .bind(account.as_str())
    .list(conn, read_one_role)
    .await?;
    Ok(gather(rows).pop())
}

/// What an active member may do now, and whether this session of theirs stands. `session`: None for who
/// acts without one.
pub async fn find_rights(
    conn: &mut Conn,
    org: &OrganisationId,
    account: &AccountId,
    session: Option<&SessionId>,
) -> Result<Option<RightsNow>> {
    let rows = sqlx::query(concat!(
        "select o.demands_factor, coalesce(o.closed_at, o.closes_at) as closes_at, a.factor, r.permissions, \
         r.built_in, (select count(*) from sessions s where s.id = $3 and s.account_id = m.account_id \
         and s.ended_at is null) as sessions ",
        members_and_roles!(),
        "where m.org_id = $1 and m.account_id = $2 and m.state = 'active'",
    ))
    .bind(org.as_str())
    .bind(account.as_str())
    .bind(session.map_or("", SessionId::as_str))
    .list(conn, |row| {
        let standing = RightsNow {
            signed_in: session.is_none() || row.number("sessions")? == 1,
            permissions: permissions::read(row)?,
            administrator: row.maybe_number("built_in")? == Some(1),
            factor_missing: false,
            closes_at: row.maybe_time("closes_at")?,
        };
        Ok((
            standing,
            row.flag("demands_factor")? && row.text("factor")? != "on",
        ))
    })
    .await?;
    Ok(rows
        .into_iter()
        .fold(None, |all: Option<RightsNow>, (role, lacks_factor)| {
            let mut all = all.unwrap_or_else(|| role.clone());
            all.permissions = all.permissions.union(role.permissions);
            all.administrator |= role.administrator;
            all.factor_missing = lacks_factor && administers(all.permissions);
            Some(all)
        }))
}

/// All active memberships of the account: the one chosen last first, the others by the
/// organisation's name.
pub async fn list_of_account(conn: &mut Conn, account: &AccountId) -> Result<Vec<Membership>> {
    let rows = sqlx::query(select_membership!(
        "where m.account_id = $1 and m.state = 'active' order by case when o.id = a.last_org_id then 0 \
         else 1 end, o.name, o.id"
    ))
    .bind(account.as_str())
    .list(conn, read_one_role)
    .await?;
    Ok(gather(rows))
}

/// A member to whom letters go.
#[derive(Clone, Debug)]
pub struct LetterReader {
    pub account: AccountId,
    pub email: Email,
    pub language: Language,
}

/// The active members of the organisation that hold a permission.
pub async fn list_holders(
    conn: &mut Conn,
    org: &OrganisationId,
    permission: Permission,
) -> Result<Vec<LetterReader>> {
    list_by_role(conn, org, &permissions::gives(permission)).await
}

/// Those of them who hold it by a role that somebody made for it: not only as administrators, who
/// hold all.
pub async fn list_appointed(
    conn: &mut Conn,
    org: &OrganisationId,
    permission: Permission,
) -> Result<Vec<LetterReader>> {
    let condition = format!("r.built_in = 0 and {}", permissions::gives(permission));
    list_by_role(conn, org, &condition).await
}

/// The active members with a role `r` that the condition holds for.
async fn list_by_role(conn: &mut Conn, org: &OrganisationId, condition: &str) -> Result<Vec<LetterReader>> {
    let sql = format!(
        "select distinct a.id, a.email, a.language from members m join accounts a on a.id = m.account_id \
         join member_roles mr on mr.org_id = m.org_id and mr.account_id = m.account_id \
         join roles r on r.id = mr.role_id and r.org_id = m.org_id where m.org_id = $1 \
         and m.state = 'active' and {condition} order by a.id"
    );
    sqlx::query(AssertSqlSafe(sql))
        .bind(org.as_str())
        .list(conn, read_reader)
        .await
}

/// The active members who have a role.
pub async fn list_role_readers(
    conn: &mut Conn,
    org: &OrganisationId,
    role: &RoleId,
) -> Result<Vec<LetterReader>> {
    sqlx::query(
        "select a.id, a.email, a.language from members m join accounts a on a.id = m.account_id \
         join member_roles mr on mr.org_id = m.org_id and mr.account_id = m.account_id \
         where m.org_id = $1 and m.state = 'active' and mr.role_id = $2 order by a.id",
    )
    .bind(org.as_str())
    .bind(role.as_str())
    .list(conn, read_reader)
    .await
}

/// All active members of the organisation.
pub async fn list_readers(conn: &mut Conn, org: &OrganisationId) -> Result<Vec<LetterReader>> {
    sqlx::query(
        "select a.id, a.email, a.language from members m join accounts a on a.id = m.account_id \
         where m.org_id = $1 and m.state = 'active' order by a.id",
    )
    .bind(org.as_str())
    .list(conn, read_reader)
    .await
}

/// Those of these accounts that are active members of the organisation.
pub async fn list_readers_of(
    conn: &mut Conn,
    org: &OrganisationId,
    accounts: &[AccountId],
) -> Result<Vec<LetterReader>> {
    let mut asked = Bindings::default();
    let (org, ids) = (asked.bind(org.to_string())?, asked.list(accounts)?);
    let sql = format!(
        "select a.id, a.email, a.language from members m join accounts a on a.id = m.account_id \
         where m.org_id = {org} and m.state = 'active' and m.account_id in ({ids}) order by a.id"
    );
    sqlx::query_with(AssertSqlSafe(sql), asked.0)
        .list(conn, read_reader)
        .await
}

fn read_reader(r: &Row) -> Result<LetterReader> {
    let language = Language::from_tag(&r.text("language")?).ok_or_else(|| impossible("accounts.language"))?;
    Ok(LetterReader {
        account: r.parsed("id")?,
        email: r.parsed("email")?,
        language,
    })
}

/// Notes who has no permission from now on, and who has one again: of one member, or of all after a
/// role has changed.
pub async fn mark_waiting(
    tx: &mut Tx,
    org: &OrganisationId,
    account: Option<&AccountId>,
    now: Time,
) -> Result<()> {
    const HAS: &str = "exists (select 1 from member_roles mr join roles r on r.id = mr.role_id \
        where mr.org_id = members.org_id and mr.account_id = members.account_id \
        and (r.built_in = 1 or r.permissions <> ''))";
    let whom = if account.is_some() {
        "and account_id = $2"
    } else {
        "and $2 = ''"
    };
    let account = account.map(ToString::to_string).unwrap_or_default();
    let waits = format!(
        "update members set waits_since = $3 where org_id = $1 {whom} and state = 'active' \
         and waits_since is null and not {HAS}"
    );
    let over = format!(
        "update members set waits_since = null where org_id = $1 {whom} and waits_since is not null \
         and (state = 'ended' or {HAS})"
    );
    sqlx::query(AssertSqlSafe(waits))
        .bind(org.to_string())
        .bind(account.clone())
        .bind(now.0)
        .run(tx)
        .await?;
    sqlx::query(AssertSqlSafe(over))
        .bind(org.to_string())
        .bind(account)
        .run(tx)
        .await
}

/// Writes down what is known of a member's work.
pub async fn employ(tx: &mut Tx, org: &OrganisationId, account: &AccountId, e: &Employment) -> Result<()> {
    sqlx::query(
        "update members set manager_id = $3, job_title = $4, department = $5, version = version + 1 \
         where org_id = $1 and account_id = $2 and state = 'active'",
    )
    .bind(org.as_str())
    .bind(account.as_str())
    .bind(e.manager.as_ref().map(|m| m.as_str().to_owned()))
    .bind(&e.job_title)
    .bind(&e.department)
    .run_once(tx)
    .await
}

/// Ends a membership: roles, groups and terms go, and nobody is managed by this person any more.
/// Its row stays, for what refers to it.
pub async fn end(tx: &mut Tx, org: &OrganisationId, account: &AccountId, now: Time) -> Result<()> {
    sqlx::query(
        "update members set state = 'ended', ended_at = $3, waits_since = null, manager_id = null, \
         version = version + 1 where org_id = $1 and account_id = $2 and state = 'active'",
    )
    .bind(org.as_str())
    .bind(account.as_str())
    .bind(now.0)
    .run_once(tx)
    .await?;
    for sql in [
        "delete from member_roles where org_id = $1 and account_id = $2",
        "delete from group_members where org_id = $1 and account_id = $2",
        "update members set manager_id = null where org_id = $1 and manager_id = $2",
    ] {
        sqlx::query(sql)
            .bind(org.as_str())
            .bind(account.as_str())
            .run(tx)
            .await?;
    }
    Ok(())
}

/// Waits for whoever else is changing members of this organisation just now, or relies on them:
/// until this transaction ends it is alone.
pub async fn lock(tx: &mut Tx, org: &OrganisationId) -> Result<()> {
    if tx.holds_members {
        // Two who held them together and both wanted to be alone would wait for each other.
        return Err(impossible(
            "whoever shares the members and then wants to be alone",
        ));
    }
    turns::take(tx, &turn(org), Sharing::Alone).await
}

/// Until this transaction ends nobody changes members of this organisation; others may hold them
/// at the same time.
pub async fn hold(tx: &mut Tx, org: &OrganisationId) -> Result<()> {
    tx.holds_members = true;
    turns::take(tx, &turn(org), Sharing::Together).await
}

fn turn(org: &OrganisationId) -> String {
    format!("members:{org}")
}

/// An organisation that somebody has left, and whom they may ask there.
#[derive(Clone, Debug)]
pub struct LeftOrganisation {
    pub name: String,
    pub customer_number: String,
    pub admin_contact: String,
    pub support_contact: String,
}

/// The organisations that an account has left and not come back to, the last one first; at most 20.
pub async fn list_left(conn: &mut Conn, account: &AccountId) -> Result<Vec<LeftOrganisation>> {
    sqlx::query(
        "select o.name, o.customer_number, o.admin_contact, o.support_contact from members m \
         join organisations o on o.id = m.org_id where m.account_id = $1 and m.state = 'ended' \
         order by m.ended_at desc, m.org_id limit 20",
    )
    .bind(account.as_str())
    .list(conn, |row| {
        Ok(LeftOrganisation {
            name: row.text("name")?,
            customer_number: row.text("customer_number")?,
            admin_contact: row.text("admin_contact")?,
            support_contact: row.text("support_contact")?,
        })
    })
    .await
}

/// One row: the membership with one of its roles, and whether a demanded second factor is missing.
fn read_one_role(row: &Row) -> Result<(Membership, bool)> {
    let permissions = permissions::read(row)?;
    let membership = Membership {
        organisation: row.parsed("org_id")?,
        account: row.parsed("account_id")?,
        slug: row.parsed("slug")?,
        organisation_name: row.text("org_name")?,
        customer_number: row.text("customer_number")?,
        contact: row.text("admin_contact")?,
        of_several: row.number("memberships")? > 1,
        permissions,
        administrator: row.maybe_number("built_in")? == Some(1),
        factor_missing: false,
        joined_at: row.time("joined_at")?,
        closes_at: row.maybe_time("closes_at")?,
    };
    Ok((
        membership,
        row.flag("demands_factor")? && row.text("factor")? != "on",
    ))
}

/// Folds the rows (one for each role) of memberships that come one after the other.
fn gather(rows: Vec<(Membership, bool)>) -> Vec<Membership> {
    let mut all: Vec<Membership> = Vec::new();
    for (next, lacks_factor) in rows {
        match all
            .last_mut()
            .filter(|m| m.organisation == next.organisation && m.account == next.account)
        {
            Some(m) => {
                m.permissions = m.permissions.union(next.permissions);
                m.administrator |= next.administrator;
            }
            None => all.push(next),
        }
        if let Some(m) = all.last_mut() {
            m.factor_missing = lacks_factor && m.administers();
        }
    }
    all
}
