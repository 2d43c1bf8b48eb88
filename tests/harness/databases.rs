//! Databases for tests. The migrations run once in each binary; each test has a copy of what they
//! made.
use super::rows;
use anteroom::clock;
use anteroom::store::{Db, migrations};
use sqlx::{AnyConnection, Connection as _};
use std::path::{Path, PathBuf};
use tokio::sync::OnceCell;

/// A new, migrated database in this folder.
pub async fn new_sqlite(folder: &Path) -> PathBuf {
    static READY: OnceCell<Vec<u8>> = OnceCell::const_new();
    let file = folder.join("anteroom.db");
    let ready = READY.get_or_init(|| async {
        migrated(Db::open_sqlite(&file).await.expect("SQLite opens")).await;
        std::fs::read(&file).expect("a file")
    });
    std::fs::write(&file, ready.await).expect("a copy");
    file
}

/// The URL of a new, migrated database on the server of `ANTEROOM_TEST_PG`.
pub async fn new_postgres() -> String {
    static READY: OnceCell<String> = OnceCell::const_new();
    let ready = READY.get_or_init(|| async {
        let url = empty_postgres().await;
        migrated(Db::open_postgres(&url).await.expect("PostgreSQL opens")).await;
        url.rsplit('/').next().expect("a name").to_owned()
    });
    create(&format!("template {}", ready.await)).await
}

/// The same, without anything in it.
pub async fn empty_postgres() -> String {
    create("").await
}

async fn migrated(db: Db) {
    migrations::run(&db).await.expect("migrations run");
    db.close().await;
}

async fn create(from: &str) -> String {
    let base = std::env::var("ANTEROOM_TEST_PG")
        .expect("ANTEROOM_TEST_PG names a PostgreSQL server: run script/test, or script/postgres");
    let name = format!("t_{}", clock::mint().salt());
    sqlx::any::install_default_drivers();
    let mut conn = AnyConnection::connect(&base).await.expect("PostgreSQL answers");
    rows::execute(&mut conn, &format!("create database {name} {from}")).await;
    conn.close().await.expect("closed");
    let mut url = url::Url::parse(&base).expect("a URL");
    url.set_path(&name);
    url.to_string()
}
