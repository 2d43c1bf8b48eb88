//! Waiting for the database has an end, and whoever waited hears so.
use crate::harness::{House, rows};
use anteroom::domain::Error;
use anteroom::store::{self, DatabaseKind};

/// Somebody holds the organisation (on SQLite the writer) and does not let go: a change is refused
/// and says when to try again; what only reads goes on; afterwards everything works.
async fn waits_for_locks_have_an_end(house: &House) {
    let (ivo, member) = house.founder("northlight").await;
    house.deliver().await;
    let cookie = house.cookie(&ivo).await;
    let mut holds = house.desk.db.begin().await.unwrap();
    store::people::members::lock(&mut holds, &member.organisation)
        .await
        .unwrap();
    let mut other = house.desk.db.begin().await;
    if let Ok(tx) = &mut other {
        let waited = store::people::members::lock(tx, &member.organisation).await;
        assert_eq!(waited, Err(Error::Unavailable));
    } else {
        assert_eq!(other.err(), Some(Error::Unavailable));
    }
    let body = "org=northlight&people=new%40northlight.test";
    let refused = house.post("/actions/invite", &cookie, body).await;
    assert_eq!(
        (refused.status.as_u16(), refused.headers["retry-after"].as_bytes()),
        (503, &b"10"[..])
    );
    assert_eq!(house.get("/northlight", &cookie).await.status, 200);
    // Where nobody can write, the server says that it is not ready; one organisation's turn is no such thing.
    let ready = async || house.get("/readyz", "").await.status.as_u16();
    let is_only_writer = house.desk.db.kind == DatabaseKind::Sqlite;
    assert_eq!(ready().await, if is_only_writer { 503 } else { 200 });
    drop(holds);
    assert_eq!(ready().await, 200);
    assert_eq!(house.post("/actions/invite", &cookie, body).await.status, 200);
    house.deliver().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn waits_have_an_end_on_sqlite() {
    let house = House::hasty(DatabaseKind::Sqlite).await;
    waits_for_locks_have_an_end(&house).await;
    house.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn waits_have_an_end_on_postgres() {
    let house = House::hasty(DatabaseKind::Postgres).await;
    waits_for_locks_have_an_end(&house).await;
    // So has a statement, but for one that reads for an export.
    let slow = "select pg_sleep(1)";
    assert!(rows::try_execute(&mut *house.raw().await, slow).await.is_err());
    let mut seen = house.desk.db.snapshot().await.unwrap();
    rows::try_execute(&mut seen, slow).await.unwrap();
    drop(seen);
    house.close().await;
}
