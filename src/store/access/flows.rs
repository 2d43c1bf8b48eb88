//! Approval flows and their versions. A version is never changed, and a deleted flow is kept for
//! the requests that followed it.
use crate::domain::flow::{Flow, Rules};
use crate::domain::ids::{AccountId, FlowId, OrganisationId};
use crate::domain::{Error, Result, Time, Why};
use crate::store::conn::Conn;
use crate::store::db::Tx;
use crate::store::rows::{Columns as _, Row, Statement as _, impossible};

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "select f.id, f.name, f.number, f.state, f.version, v.rules from flows f \
             join flow_versions v on v.flow_id = f.id and v.number = f.number ",
            $rest
        )
    };
}

/// Writes a new flow with its first version.
pub async fn create(tx: &mut Tx, org: &OrganisationId, f: &Flow, by: &AccountId, at: Time) -> Result<()> {
    sqlx::query("insert into flows (id, org_id, name, number, version) values ($1, $2, $3, $4, $5)")
        .bind(f.id.as_str())
        .bind(org.as_str())
        .bind(&f.name)
        .bind(f.number)
        .bind(f.version)
        .insert(tx, Error::field("name", Why::NameTaken))
        .await?;
    add_version(tx, org, f, by, at).await
}

/// Writes a flow's name and its newest version, if nobody changed it since it was read.
pub async fn save(tx: &mut Tx, org: &OrganisationId, f: &Flow, by: &AccountId, at: Time) -> Result<()> {
    let met = sqlx::query(
        "update flows set name = $4, number = $5, version = version + 1 where org_id = $1 and id = $2 \
         and version = $3 and state = 'active'",
    )
    .bind(org.as_str())
    .bind(f.id.as_str())
    .bind(f.version)
    .bind(&f.name)
    .bind(f.number)
    .unless_taken(tx, Error::field("name", Why::NameTaken))
    .await?;
    if met != 1 {
        return Err(Error::Stale);
    }
    add_version(tx, org, f, by, at).await
}

async fn add_version(tx: &mut Tx, org: &OrganisationId, f: &Flow, by: &AccountId, at: Time) -> Result<()> {
    let rules = serde_json::to_string(&f.rules).map_err(|_| impossible("what is to be stored"))?;
    sqlx::query(
        "insert into flow_versions (org_id, flow_id, number, rules, made_by, made_at) \
         values ($1, $2, $3, $4, $5, $6)",
    )
    .bind(org.as_str())
    .bind(f.id.as_str())
    .bind(f.number)
    .bind(rules)
    .bind(by.as_str())
    .bind(at.0)
    .insert(tx, Error::Stale)
    .await?;
    let groups = f.rules.groups().into_iter().map(|g| ("group", g.to_string()));
    let members = f.rules.members().into_iter().map(|m| ("member", m.to_string()));
    let role = f.rules.role().map(|r| ("role", r.to_string()));
    for (kind, named) in groups.chain(members).chain(role) {
        sqlx::query(
            "insert into flow_names (org_id, flow_id, number, kind, named) values ($1, $2, $3, $4, $5)",
        )
        .bind(org.as_str())
        .bind(f.id.as_str())
        .bind(f.number)
        .bind(kind)
        .bind(named)
        .run(tx)
        .await?;
    }
    Ok(())
}

/// Deletes a flow if nobody changed it since it was read. Resources that had it have none any more.
pub async fn delete(tx: &mut Tx, org: &OrganisationId, f: &Flow) -> Result<()> {
    sqlx::query(
        "update flows set state = 'deleted', version = version + 1 where org_id = $1 and id = $2 \
         and version = $3 and state = 'active'",
    )
    .bind(org.as_str())
    .bind(f.id.as_str())
    .bind(f.version)
    .run_once(tx)
    .await?;
    sqlx::query(
        "update resources set flow_id = null, version = version + 1 where org_id = $1 and flow_id = $2",
    )
    .bind(org.as_str())
    .bind(f.id.as_str())
    .run(tx)
    .await
}

/// A flow with its newest version; also one that was deleted.
pub async fn find(conn: &mut Conn, org: &OrganisationId, id: &FlowId) -> Result<Flow> {
    sqlx::query(select!("where f.org_id = $1 and f.id = $2"))
        .bind(org.as_str())
        .bind(id.as_str())
        .find(conn, read)
        .await?
        .ok_or(Error::NotFound)
}

/// The organisation's flows by name, at most 500.
pub async fn list(conn: &mut Conn, org: &OrganisationId) -> Result<Vec<Flow>> {
    sqlx::query(select!(
        "where f.org_id = $1 and f.state = 'active' order by f.name, f.id limit 500"
    ))
    .bind(org.as_str())
    .list(conn, read)
    .await
}

/// What one version of a flow says.
pub async fn find_rules(conn: &mut Conn, org: &OrganisationId, id: &FlowId, number: i64) -> Result<Rules> {
    sqlx::query("select rules from flow_versions where org_id = $1 and flow_id = $2 and number = $3")
        .bind(org.as_str())
        .bind(id.as_str())
        .bind(number)
        .find(conn, read_rules)
        .await?
        .ok_or(Error::NotFound)
}

/// A version with who made it and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    pub number: i64,
    pub made_by: String,
    pub made_at: Time,
}

/// A flow's versions, newest first, at most 100.
pub async fn list_versions(conn: &mut Conn, org: &OrganisationId, id: &FlowId) -> Result<Vec<Version>> {
    sqlx::query(
        "select v.number, a.name, v.made_at from flow_versions v join accounts a on a.id = v.made_by \
         where v.org_id = $1 and v.flow_id = $2 order by v.number desc limit 100",
    )
    .bind(org.as_str())
    .bind(id.as_str())
    .list(conn, |r| {
        Ok(Version {
            number: r.number("number")?,
            made_by: r.text("name")?,
            made_at: r.time("made_at")?,
        })
    })
    .await
}

/// The names of the flows whose newest version names this `group`, `role` or `member`, at most 50.
pub async fn list_naming(
    conn: &mut Conn,
    org: &OrganisationId,
    kind: &str,
    named: &str,
) -> Result<Vec<String>> {
    sqlx::query(
        "select f.name from flow_names n join flows f on f.id = n.flow_id and f.number = n.number \
         where n.org_id = $1 and n.kind = $2 and n.named = $3 and f.state = 'active' order by f.name \
         limit 50",
    )
    .bind(org.as_str())
    .bind(kind)
    .bind(named)
    .list(conn, |r| r.text("name"))
    .await
}

fn read(row: &Row) -> Result<Flow> {
    Ok(Flow {
        id: row.parsed("id")?,
        name: row.text("name")?,
        number: row.number("number")?,
        rules: read_rules(row)?,
        deleted: row.text("state")? == "deleted",
        version: row.number("version")?,
    })
}

fn read_rules(row: &Row) -> Result<Rules> {
    serde_json::from_str(&row.text("rules")?).map_err(|_| impossible("flow_versions.rules"))
}
