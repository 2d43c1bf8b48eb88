//! Resources: what members may ask for, and who may.
use crate::domain::ids::{AccountId, FlowId, OrganisationId, ResourceId};
use crate::domain::resource::{Audience, Resource, ResourceState};
use crate::domain::{Error, Result, Why, text};
use crate::store::conn::Conn;
use crate::store::db::Tx;
use crate::store::keys;
use crate::store::rows::{Bindings, Columns as _, Row, Statement as _, containing, impossible};
use sqlx::AssertSqlSafe;

/// A resource as lists show it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedResource {
    pub resource: Resource,
    pub sorts_as: String,
    pub owner: Option<String>,
    pub flow: Option<String>,
    /// How many members have it.
    pub holders: i64,
}

const SELECT: &str = "select r.id, r.name, r.sorts_as, r.description, r.icon, r.link, r.owner_id, r.flow_id, \
    r.most_days, r.reason_required, r.hook_url, r.audience, r.state, r.version, o.name as owner, \
    f.name as flow, (select count(*) from grants g where g.org_id = r.org_id and g.resource_id = r.id \
    and g.ended_at is null) as holders from resources r left join accounts o on o.id = r.owner_id \
    left join flows f on f.id = r.flow_id where r.org_id = $1";

/// Writes a new resource.
pub async fn create(tx: &mut Tx, org: &OrganisationId, r: &Resource) -> Result<()> {
    sqlx::query(
        "insert into resources (id, org_id, name, sorts_as, description, icon, link, owner_id, flow_id, \
         most_days, reason_required, audience, state, version, hook_url, found_by, edition) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)",
    )
    .bind(r.id.as_str())
    .bind(org.as_str())
    .bind(&r.name)
    .bind(text::sort_key(&r.name))
    .bind(&r.description)
    .bind(&r.icon)
    .bind(&r.link)
    .bind(r.owner.as_ref().map(|a| a.as_str().to_owned()))
    .bind(r.flow.as_ref().map(|f| f.as_str().to_owned()))
    .bind(r.most_days)
    .bind(i64::from(r.reason_required))
    .bind(audience_word(&r.audience))
    .bind(r.state.as_str())
    .bind(r.version)
    .bind(&r.hook)
    .bind(text::found_by(&r.name, ""))
    .bind(text::EDITION)
    .insert(tx, Error::field("name", Why::NameTaken))
    .await?;
    write_audience(tx, org, r).await
}

/// Writes a resource back if nobody changed it since it was read.
pub async fn save(tx: &mut Tx, org: &OrganisationId, r: &Resource) -> Result<()> {
    let met = sqlx::query(
        "update resources set name = $4, sorts_as = $5, description = $6, icon = $7, link = $8, \
         owner_id = $9, flow_id = $10, most_days = $11, reason_required = $12, audience = $13, state = $14, \
         hook_url = $15, found_by = $16, edition = $17, version = version + 1 where org_id = $1 \
         and id = $2 and version = $3 \
         and state <> 'deleted'",
    )
    .bind(org.as_str())
    .bind(r.id.as_str())
    .bind(r.version)
    .bind(&r.name)
    .bind(text::sort_key(&r.name))
    .bind(&r.description)
    .bind(&r.icon)
    .bind(&r.link)
    .bind(r.owner.as_ref().map(|a| a.as_str().to_owned()))
    .bind(r.flow.as_ref().map(|f| f.as_str().to_owned()))
    .bind(r.most_days)
    .bind(i64::from(r.reason_required))
    .bind(audience_word(&r.audience))
    .bind(r.state.as_str())
    .bind(&r.hook)
    .bind(text::found_by(&r.name, ""))
    .bind(text::EDITION)
    .unless_taken(tx, Error::field("name", Why::NameTaken))
    .await?;
    if met == 1 {
        write_audience(tx, org, r).await
    } else {
        Err(Error::Stale)
    }
}

fn audience_word(audience: &Audience) -> &'static str {
    match audience {
        Audience::Everyone => "everyone",
        Audience::Some { .. } => "some",
    }
}

async fn write_audience(tx: &mut Tx, org: &OrganisationId, r: &Resource) -> Result<()> {
    sqlx::query("delete from resource_audience where org_id = $1 and resource_id = $2")
        .bind(org.as_str())
        .bind(r.id.as_str())
        .run(tx)
        .await?;
    let Audience::Some { roles, groups } = &r.audience else {
        return Ok(());
    };
    let named = roles
        .iter()
        .map(|r| ("role", r.to_string()))
        .chain(groups.iter().map(|g| ("group", g.to_string())));
    for (kind, named) in named {
        sqlx::query(
            "insert into resource_audience (org_id, resource_id, kind, named) values ($1, $2, $3, $4) \
             on conflict do nothing",
        )
        .bind(org.as_str())
        .bind(r.id.as_str())
        .bind(kind)
        .bind(named)
        .run(tx)
        .await?;
    }
    Ok(())
}

/// One resource; also one that was deleted.
pub async fn find(conn: &mut Conn, org: &OrganisationId, id: &ResourceId) -> Result<ListedResource> {
    let sql = format!("{SELECT} and r.id = $2");
    let query = sqlx::query(AssertSqlSafe(sql))
        .bind(org.to_string())
        .bind(id.to_string());
    let found = query.find(conn, read).await?.ok_or(Error::NotFound)?;
    Ok(with_audiences(conn, org, vec![found]).await?.swap_remove(0))
}

/// What is looked for.
#[derive(Clone, Debug, Default)]
pub struct ResourceQuery<'a> {
    /// Words, each a part of the name.
    pub search: &'a str,
    /// Only what this member may ask for now.
    pub for_member: Option<&'a AccountId>,
    /// Sort key and id of the resource after which a page begins.
    pub after: Option<(String, ResourceId)>,
}

/// A page of the organisation's resources by name; at most `limit`.
pub async fn list(
    conn: &mut Conn,
    org: &OrganisationId,
    look: &ResourceQuery<'_>,
    limit: usize,
) -> Result<Vec<ListedResource>> {
    let mut asked = Bindings::default();
    asked.bind(org.to_string())?;
    let mut sql = String::from(SELECT);
    match look.for_member {
        None => sql += " and r.state <> 'deleted'",
        Some(account) => {
            let account = asked.bind(account.to_string())?;
            sql += &format!(
                " and r.state = 'active' and f.state = 'active' and (r.audience = 'everyone' \
                 or exists (select 1 from resource_audience a where a.org_id = $1 and a.resource_id = r.id \
                 and ( (a.kind = 'group' and a.named in (select group_id from group_members \
                 where org_id = $1 and account_id = {account})) \
                 or (a.kind = 'role' and a.named in (select role_id from member_roles where org_id = $1 \
                 and account_id = {account})))))"
            );
        }
    }
    for word in text::words(look.search) {
        let part = asked.bind(containing(&word))?;
        sql += &format!(" and {}", keys::found("r", "r.sorts_as", &part));
    }
    if let Some((name, id)) = &look.after {
        let (name, id) = (asked.bind(name.clone())?, asked.bind(id.to_string())?);
        sql += &format!(" and r.sorts_as >= {name} and (r.sorts_as > {name} or r.id > {id})");
    }
    sql += &format!(" order by r.sorts_as, r.id limit {limit}");
    let found = sqlx::query_with(AssertSqlSafe(sql), asked.0)
        .list(conn, read)
        .await?;
    with_audiences(conn, org, found).await
}

/// Fills in who may ask, where not everyone may.
async fn with_audiences(
    conn: &mut Conn,
    org: &OrganisationId,
    mut found: Vec<ListedResource>,
) -> Result<Vec<ListedResource>> {
    let mut asked = Bindings::default();
    let org = asked.bind(org.to_string())?;
    let some: Vec<String> = found
        .iter()
        .filter(|l| l.resource.audience != Audience::Everyone)
        .map(|l| l.resource.id.to_string())
        .collect();
    if some.is_empty() {
        return Ok(found);
    }
    let ids = asked.list(some)?;
    let sql = format!(
        "select resource_id, kind, named from resource_audience where org_id = {org} \
         and resource_id in ({ids}) order by named"
    );
    let named = sqlx::query_with(AssertSqlSafe(sql), asked.0)
        .list(conn, |r| {
            Ok((r.text("resource_id")?, r.text("kind")?, r.text("named")?))
        })
        .await?;
    for (id, kind, name) in named {
        let Some(listed) = found.iter_mut().find(|l| l.resource.id.as_str() == id) else {
            continue;
        };
        if let Audience::Some { roles, groups } = &mut listed.resource.audience {
            if kind == "role" {
                roles.push(name.try_into()?)
            } else {
                groups.push(name.try_into()?)
            }
        }
    }
    Ok(found)
}

/// The names of the resources that this member owns, at most 50.
pub async fn list_owned(conn: &mut Conn, org: &OrganisationId, account: &AccountId) -> Result<Vec<String>> {
    sqlx::query(
        "select name from resources where org_id = $1 and owner_id = $2 and state <> 'deleted' \
         order by sorts_as limit 50",
    )
    .bind(org.as_str())
    .bind(account.as_str())
    .list(conn, |r| r.text("name"))
    .await
}

/// The names of the resources that this `role` or `group` may ask for, at most 50.
pub async fn list_open_to(
    conn: &mut Conn,
    org: &OrganisationId,
    kind: &str,
    named: &str,
) -> Result<Vec<String>> {
    sqlx::query(
        "select r.name from resource_audience a join resources r on r.id = a.resource_id where a.org_id = $1 \
         and a.kind = $2 and a.named = $3 and r.state <> 'deleted' order by r.sorts_as limit 50",
    )
    .bind(org.as_str())
    .bind(kind)
    .bind(named)
    .list(conn, |r| r.text("name"))
    .await
}

/// How many resources have this flow.
pub async fn count_with_flow(conn: &mut Conn, org: &OrganisationId, flow: &FlowId) -> Result<i64> {
    sqlx::query(
        "select count(*) as n from resources where org_id = $1 and flow_id = $2 and state <> 'deleted'",
    )
    .bind(org.as_str())
    .bind(flow.as_str())
    .number(conn, "n")
    .await
}

/// Whoever leaves owns nothing any more.
pub async fn disown(tx: &mut Tx, org: &OrganisationId, account: &AccountId) -> Result<()> {
    sqlx::query(
        "update resources set owner_id = null, version = version + 1 where org_id = $1 and owner_id = $2",
    )
    .bind(org.as_str())
    .bind(account.as_str())
    .run(tx)
    .await
}

fn read(row: &Row) -> Result<ListedResource> {
    let audience = match row.text("audience")?.as_str() {
        "everyone" => Audience::Everyone,
        "some" => Audience::Some {
            roles: Vec::new(),
            groups: Vec::new(),
        },
        _ => return Err(impossible("resources.audience")),
    };
    let resource = Resource {
        id: row.parsed("id")?,
        name: row.text("name")?,
        description: row.text("description")?,
        icon: row.text("icon")?,
        link: row.text("link")?,
        owner: row.maybe_parsed("owner_id")?,
        flow: row.maybe_parsed("flow_id")?,
        most_days: row.maybe_number("most_days")?,
        reason_required: row.flag("reason_required")?,
        hook: row.text("hook_url")?,
        audience,
        state: ResourceState::parse(&row.text("state")?).ok_or_else(|| impossible("resources.state"))?,
        version: row.number("version")?,
    };
    let (owner, flow) = (row.maybe_text("owner")?, row.maybe_text("flow")?);
    Ok(ListedResource {
        resource,
        sorts_as: row.text("sorts_as")?,
        owner,
        flow,
        holders: row.number("holders")?,
    })
}
