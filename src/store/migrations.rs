//! Bringing a database to this version: `migrations/NNNN_what.sql`, followed by its twin for the
//! database at hand.
use super::db::{DatabaseKind, Db};
use super::rows::fault;
use crate::domain::{Error, Result};
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::{AssertSqlSafe, SqlSafeStr as _};
use std::borrow::Cow;

struct MigrationStep {
    version: i64,
    what: &'static str,
    shared: &'static str,
    sqlite: &'static str,
    postgres: &'static str,
}

macro_rules! step {
    ($version:literal, $what:literal, $stem:literal) => {
        MigrationStep {
            version: $version,
            what: $what,
            shared: include_str!(concat!("../../migrations/", $stem, ".sql")),
            sqlite: include_str!(concat!("../../migrations/", $stem, ".sqlite.sql")),
            postgres: include_str!(concat!("../../migrations/", $stem, ".postgres.sql")),
        }
    };
}

const STEPS: &[MigrationStep] = &[
    step!(1, "foundation", "0001_foundation"),
    step!(2, "sign_up", "0002_sign_up"),
    step!(3, "people", "0003_people"),
    step!(4, "house", "0004_house"),
    step!(5, "requests", "0005_requests"),
    step!(6, "flows", "0006_flows"),
    step!(7, "chat", "0007_chat"),
    step!(8, "chat_places", "0008_chat_places"),
    step!(9, "chat_refusals", "0009_chat_refusals"),
    step!(10, "chat_order", "0010_chat_order"),
];

/// The newest version that this program knows.
pub fn newest() -> i64 {
    STEPS.iter().map(|s| s.version).max().unwrap_or(0)
}

/// Applies what is missing, each step in a transaction of its own. A database of a newer program is
/// refused and left alone.
pub async fn run(db: &Db) -> Result<()> {
    run_to(db, newest()).await
}

/// As [`run`], up to and with `version`; for tests of one step on data of the step before.
pub async fn run_to(db: &Db, version: i64) -> Result<()> {
    let migrations = STEPS
        .iter()
        .filter(|s| s.version <= version)
        .map(|s| migration(s, db.kind))
        .collect::<Vec<_>>();
    let migrator = Migrator {
        migrations: Cow::Owned(migrations),
        ..Migrator::DEFAULT
    };
    let mut conn = db.writer().await?;
    migrator
        .run_direct(None, &mut *conn, false)
        .await
        .map_err(|e| match e {
            sqlx::migrate::MigrateError::Execute(e) => fault(e),
            other => {
                tracing::error!(cause = %other, "the database cannot be brought to this version");
                Error::Unavailable
            }
        })
}

fn migration(step: &MigrationStep, kind: DatabaseKind) -> Migration {
    let twin = match kind {
        DatabaseKind::Sqlite => step.sqlite,
        DatabaseKind::Postgres => step.postgres,
    };
    let sql = AssertSqlSafe(format!("{}\n{twin}", step.shared)).into_sql_str();
    Migration::new(step.version, step.what.into(), MigrationType::Simple, sql, false)
}
