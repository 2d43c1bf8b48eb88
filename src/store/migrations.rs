//! Bringing a database to this version: `migrations/NNNN_what.sql`, followed by its twin for the
//! database at hand if it has one.
use super::db::{DatabaseKind, Db};
use super::rows::fault;
use crate::domain::{Error, Result};
use rust_embed::Embed;
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::{AssertSqlSafe, SqlSafeStr as _};
use std::borrow::Cow;
use std::sync::LazyLock;

#[derive(Embed)]
#[folder = "migrations"]
struct StepFiles;

struct MigrationStep {
    version: i64,
    what: String,
    shared: String,
    sqlite: String,
    postgres: String,
}

/// What stands for a twin that there is none of.
const NOTHING: &str = "-- Nothing of its own.\n";

/// All steps, by the names of the files, in the order of their numbers.
static STEPS: LazyLock<Vec<MigrationStep>> = LazyLock::new(|| {
    let mut steps: Vec<_> = StepFiles::iter().filter_map(|name| step(&name)).collect();
    steps.sort_by_key(|step| step.version);
    steps
});

/// The step that a file begins; None for a twin.
fn step(name: &str) -> Option<MigrationStep> {
    let stem = name.strip_suffix(".sql").filter(|stem| !stem.contains('.'))?;
    let (version, what) = stem.split_once('_')?;
    let text = |name: &str| {
        let file = StepFiles::get(name)?;
        String::from_utf8(file.data.into_owned()).ok()
    };
    let twin = |of: &str| text(&format!("{stem}.{of}.sql")).unwrap_or_else(|| NOTHING.to_owned());
    Some(MigrationStep {
        version: version.parse().ok()?,
        what: what.to_owned(),
        shared: text(name)?,
        sqlite: twin("sqlite"),
        postgres: twin("postgres"),
    })
}

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
    if db.kind == DatabaseKind::Postgres {
        // A step over all rows may take as long as it takes; nobody is served meanwhile.
        sqlx::query("set statement_timeout = 0")
            .execute(&mut *conn)
            .await
            .map_err(fault)?;
    }
    let done = migrator
        .run_direct(None, &mut *conn, false)
        .await
        .map_err(|e| match e {
            sqlx::migrate::MigrateError::Execute(e) => fault(e),
            other => {
                tracing::error!(cause = %other, "the database cannot be brought to this version");
                Error::Unavailable
            }
        });
    if db.kind == DatabaseKind::Postgres {
        // The connection forgets what was said for the migration.
        conn.close_on_drop();
    }
    done
}

fn migration(step: &MigrationStep, kind: DatabaseKind) -> Migration {
    let twin = match kind {
        DatabaseKind::Sqlite => &step.sqlite,
        DatabaseKind::Postgres => &step.postgres,
    };
    let sql = AssertSqlSafe(format!("{}\n{twin}", step.shared)).into_sql_str();
    Migration::new(
        step.version,
        step.what.clone().into(),
        MigrationType::Simple,
        sql,
        false,
    )
}
