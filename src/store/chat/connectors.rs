//! Connectors of organisations, with their sealed secrets.
use crate::domain::account::Language;
use crate::domain::connector::{Connector, ConnectorState, Health, Mode, Platform};
use crate::domain::ids::{ConnectorId, OrganisationId};
use crate::domain::time::Span;
use crate::domain::{Error, Result, Time, Why};
use crate::store::conn::Conn;
use crate::store::db::Tx;
use crate::store::rows::{Columns as _, Row, Statement as _, impossible};
use crate::store::turns::locking;
use sqlx::AssertSqlSafe;

/// A connector with what is beside it.
#[derive(Clone, Debug)]
pub struct Kept {
    pub organisation: OrganisationId,
    pub connector: Connector,
    /// The end of its webhook's address.
    pub hook: String,
    pub secrets: Secrets,
    pub health: Health,
}

/// Secrets as they are stored, sealed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Secrets {
    pub now: String,
    /// Those before, each with its end, and the latest of these ends.
    pub before: Option<(String, Time)>,
    pub agent: Option<String>,
    /// What signed for the agent before, beside it until then.
    pub agent_before: Option<(String, Time)>,
}

const SELECT: &str = "select n.id, n.org_id, n.platform, n.name, n.state, n.hook, n.onboarding, n.mode, \
    n.language, n.texts, n.settings, n.secrets, n.secrets_before, n.before_until, n.agent, n.agent_secret, \
    n.agent_before, n.agent_until, n.channel, n.last_event_at, n.last_delivery_at, n.last_failure_at, \
    n.problem, n.refused_at, n.refused, n.version from connectors n";

fn json<T: serde::Serialize>(value: &T) -> Result<String> {
    serde_json::to_string(value).map_err(|_| impossible("what is to be stored"))
}

/// Writes a new connector.
pub async fn create(
    tx: &mut Tx,
    org: &OrganisationId,
    c: &Connector,
    hook: &str,
    secrets: &Secrets,
) -> Result<()> {
    sqlx::query(
        "insert into connectors (id, org_id, platform, name, state, hook, onboarding, mode, language, texts, \
         settings, secrets, agent, agent_secret, channel) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
    )
    .bind(c.id.as_str())
    .bind(org.as_str())
    .bind(c.platform.as_str())
    .bind(&c.name)
    .bind(c.state.as_str())
    .bind(hook)
    .bind(i64::from(c.onboarding))
    .bind(c.mode.as_str())
    .bind(c.language.tag())
    .bind(json(&c.texts)?)
    .bind(json(&c.settings)?)
    .bind(&secrets.now)
    .bind(&c.agent)
    .bind(&secrets.agent)
    .bind(&c.channel)
    .insert(tx, Error::field("name", Why::NameTaken))
    .await
}

/// Writes a connector back if nobody changed it since it was read.
pub async fn save(tx: &mut Tx, org: &OrganisationId, c: &Connector, secrets: &Secrets) -> Result<()> {
    let met = sqlx::query(
        "update connectors set name = $4, state = $5, onboarding = $6, mode = $7, language = $8, texts = $9, \
         settings = $10, secrets = $11, secrets_before = $12, before_until = $13, agent = $14, \
         agent_secret = $15, channel = $16, agent_before = $17, agent_until = $18, version = version + 1 \
         where org_id = $1 and id = $2 and version = $3 and state <> 'deleted'",
    )
    .bind(org.as_str())
    .bind(c.id.as_str())
    .bind(c.version)
    .bind(&c.name)
    .bind(c.state.as_str())
    .bind(i64::from(c.onboarding))
    .bind(c.mode.as_str())
    .bind(c.language.tag())
    .bind(json(&c.texts)?)
    .bind(json(&c.settings)?)
    .bind(&secrets.now)
    .bind(secrets.before.as_ref().map(|(sealed, _)| sealed.clone()))
    .bind(secrets.before.as_ref().map(|(_, until)| until.0))
    .bind(&c.agent)
    .bind(&secrets.agent)
    .bind(&c.channel)
    .bind(secrets.agent_before.as_ref().map(|(sealed, _)| sealed.clone()))
    .bind(secrets.agent_before.as_ref().map(|(_, until)| until.0))
    .unless_taken(tx, Error::field("name", Why::NameTaken))
    .await?;
    if met == 1 { Ok(()) } else { Err(Error::Stale) }
}

/// The organisation's connector with this id, also one that was deleted.
pub async fn find(conn: &mut Conn, org: &OrganisationId, id: &ConnectorId) -> Result<Kept> {
    let query = sqlx::query(AssertSqlSafe(format!(
        "{SELECT} where n.org_id = $1 and n.id = $2"
    )));
    query
        .bind(org.to_string())
        .bind(id.to_string())
        .find(conn, read)
        .await?
        .ok_or(Error::NotFound)
}

/// As [`find`]; until this transaction ends nobody deletes it. Others may hold it at the same time.
pub async fn lock(tx: &mut Tx, org: &OrganisationId, id: &ConnectorId) -> Result<Kept> {
    let lock = locking(tx, "for share");
    let query = sqlx::query(AssertSqlSafe(format!(
        "{SELECT} where n.org_id = $1 and n.id = $2 {lock}"
    )));
    query
        .bind(org.to_string())
        .bind(id.to_string())
        .find(tx, read)
        .await?
        .ok_or(Error::NotFound)
}

/// The connector whose webhook's address ends so, of any organisation: whoever knows it was told by
/// one.
pub async fn find_by_hook(conn: &mut Conn, platform: Platform, hook: &str) -> Result<Option<Kept>> {
    let sql = format!("{SELECT} where n.hook = $1 and n.platform = $2 and n.state <> 'deleted'");
    sqlx::query(AssertSqlSafe(sql))
        .bind(hook.to_owned())
        .bind(platform.as_str())
        .find(conn, read)
        .await
}

/// The organisation's connectors that are not deleted, by name.
pub async fn list(conn: &mut Conn, org: &OrganisationId) -> Result<Vec<Kept>> {
    let query = sqlx::query(AssertSqlSafe(format!(
        "{SELECT} where n.org_id = $1 and n.state <> 'deleted' order by n.name, n.id limit 200"
    )));
    query.bind(org.to_string()).list(conn, read).await
}

/// The organisation's active connectors that name a channel for approvers.
pub async fn list_with_channel(conn: &mut Conn, org: &OrganisationId) -> Result<Vec<Kept>> {
    let sql =
        format!("{SELECT} where n.org_id = $1 and n.state = 'active' and n.channel <> '' order by n.id");
    sqlx::query(AssertSqlSafe(sql))
        .bind(org.to_string())
        .list(conn, read)
        .await
}

/// How often it is written down that all is well: what comes by one connector at the same time need
/// not wait for each other.
pub const NOTED: Span = Span::seconds(30);

/// Writes down that something came. Called before anything else of the connector's is locked, as
/// whoever deletes it does.
pub async fn note_event(tx: &mut Tx, org: &OrganisationId, id: &ConnectorId, now: Time) -> Result<()> {
    let sql = "update connectors set last_event_at = $3 where org_id = $1 and id = $2 \
        and (last_event_at is null or last_event_at < $4)";
    sqlx::query(sql)
        .bind(org.as_str())
        .bind(id.as_str())
        .bind(now.0)
        .bind((now - NOTED).0)
        .run(tx)
        .await
}

/// Writes down how a delivery went; as [`note_event`].
pub async fn note_delivery(
    tx: &mut Tx,
    org: &OrganisationId,
    id: &ConnectorId,
    problem: Option<&str>,
    now: Time,
) -> Result<()> {
    let Some(problem) = problem else {
        let sql = "update connectors set last_delivery_at = $3, problem = '' where org_id = $1 and id = $2 \
            and (problem <> '' or last_delivery_at is null or last_delivery_at < $4)";
        return sqlx::query(sql)
            .bind(org.as_str())
            .bind(id.as_str())
            .bind(now.0)
            .bind((now - NOTED).0)
            .run(tx)
            .await;
    };
    let sql = "update connectors set last_failure_at = $3, problem = $4 where org_id = $1 and id = $2";
    sqlx::query(sql)
        .bind(org.as_str())
        .bind(id.as_str())
        .bind(now.0)
        .bind(problem)
        .run(tx)
        .await
}

/// Writes down why something that came was refused.
pub async fn note_refused(
    tx: &mut Tx,
    org: &OrganisationId,
    id: &ConnectorId,
    why: &str,
    now: Time,
) -> Result<()> {
    let sql = "update connectors set refused_at = $3, refused = $4 where org_id = $1 and id = $2 \
        and state <> 'deleted'";
    sqlx::query(sql)
        .bind(org.as_str())
        .bind(id.as_str())
        .bind(now.0)
        .bind(why)
        .run(tx)
        .await
}

/// Writes down what the platform said of the credentials when it was asked; None: they are good.
pub async fn note_check(
    tx: &mut Tx,
    org: &OrganisationId,
    id: &ConnectorId,
    problem: Option<&str>,
    now: Time,
) -> Result<()> {
    let sql = "update connectors set problem = $3, last_failure_at = case when $3 = '' then last_failure_at \
        else $4 end where org_id = $1 and id = $2 and state <> 'deleted'";
    let met = sqlx::query(sql)
        .bind(org.as_str())
        .bind(id.as_str())
        .bind(problem.unwrap_or_default())
        .bind(now.0)
        .affected(tx)
        .await?;
    if met == 1 { Ok(()) } else { Err(Error::NotFound) }
}

/// The channel for approvers has another id now; whether it was still the former one.
pub async fn move_channel(
    tx: &mut Tx,
    org: &OrganisationId,
    id: &ConnectorId,
    from: &str,
    to: &str,
) -> Result<bool> {
    let sql = "update connectors set channel = $4, version = version + 1 where org_id = $1 and id = $2 \
        and channel = $3";
    Ok(sqlx::query(sql)
        .bind(org.as_str())
        .bind(id.as_str())
        .bind(from)
        .bind(to)
        .affected(tx)
        .await?
        == 1)
}

fn read(row: &Row) -> Result<Kept> {
    let before = row
        .maybe_text("secrets_before")?
        .zip(row.maybe_time("before_until")?);
    let agent_before = row
        .maybe_text("agent_before")?
        .zip(row.maybe_time("agent_until")?);
    Ok(Kept {
        organisation: row.parsed("org_id")?,
        hook: row.text("hook")?,
        secrets: Secrets {
            now: row.text("secrets")?,
            before,
            agent: row.maybe_text("agent_secret")?,
            agent_before,
        },
        health: Health {
            last_event: row.maybe_time("last_event_at")?,
            last_delivery: row.maybe_time("last_delivery_at")?,
            last_failure: row.maybe_time("last_failure_at")?,
            problem: row.text("problem")?,
            last_refused: row.maybe_time("refused_at")?.zip(row.maybe_text("refused")?),
        },
        connector: Connector {
            id: row.parsed("id")?,
            platform: Platform::parse(&row.text("platform")?)
                .ok_or_else(|| impossible("connectors.platform"))?,
            name: row.text("name")?,
            state: ConnectorState::parse(&row.text("state")?)
                .ok_or_else(|| impossible("connectors.state"))?,
            onboarding: row.flag("onboarding")?,
            mode: Mode::parse(&row.text("mode")?).ok_or_else(|| impossible("connectors.mode"))?,
            language: Language::from_tag(&row.text("language")?)
                .ok_or_else(|| impossible("connectors.language"))?,
            texts: serde_json::from_str(&row.text("texts")?).map_err(|_| impossible("connectors.texts"))?,
            settings: serde_json::from_str(&row.text("settings")?)
                .map_err(|_| impossible("connectors.settings"))?,
            agent: row.text("agent")?,
            channel: row.text("channel")?,
            version: row.number("version")?,
        },
    })
}
