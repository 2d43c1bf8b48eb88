//! Row 30 of docs/security.md, in a binary of its own: statements are counted for the whole
//! process, so nothing else may run beside it.
#[allow(dead_code, unused_imports, unused_macros)]
#[path = "../harness/mod.rs"]
mod harness;

use harness::House;
use http::header;
use std::sync::atomic::{AtomicU64, Ordering};
use tracing::{Event, Metadata, Subscriber, span};

static STATEMENTS: AtomicU64 = AtomicU64::new(0);

/// Counts what sqlx says of each statement.
struct Count;

impl Subscriber for Count {
    fn enabled(&self, m: &Metadata<'_>) -> bool {
        m.target() == "sqlx::query"
    }
    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }
    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}
    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}
    fn event(&self, _: &Event<'_>) {
        STATEMENTS.fetch_add(1, Ordering::SeqCst);
    }
    fn enter(&self, _: &span::Id) {}
    fn exit(&self, _: &span::Id) {}
}

/// Known and unknown addresses get the same bytes for the same statements and hashes, whether or
/// not a mail server answers: letters are only owed here, and the worker alone learns whether there
/// is an account.
#[tokio::test]
async fn row_30_known_and_unknown_addresses_are_alike() {
    tracing::subscriber::set_global_default(Count).unwrap();
    for house in [House::sqlite().await, House::postgres().await] {
        house.organisation("northlight").await;
        house.deliver().await;
        for action in ["ask_reset", "sign_in"] {
            let known = work(&house, action, "admin%40northlight.test").await;
            let unknown = work(&house, action, "nobody%40northlight.test").await;
            assert!(known.statements > 0, "statements are counted");
            assert_eq!(known, unknown, "{action}");
        }
        house.deliver().await;
        assert_eq!(
            house
                .count("select count(*) from outbox where state = 'dropped'")
                .await,
            1,
            "the letter to nobody"
        );
        assert_eq!(
            house
                .count("select count(*) from tokens where purpose = 'reset'")
                .await,
            1
        );
        house.close().await;
    }
}

#[derive(Debug, PartialEq)]
struct Work {
    status: http::StatusCode,
    headers: String,
    body: String,
    hashes: u64,
    statements: u64,
}

async fn work(house: &House, action: &str, email: &str) -> Work {
    let (hashes, statements) = (house.desk.passwords.hashes(), STATEMENTS.load(Ordering::SeqCst));
    let answer = house
        .post(
            &format!("/actions/{action}"),
            "",
            &format!("email={email}&password=not+the+password"),
        )
        .await;
    let mut headers = answer.headers.clone();
    headers.remove(header::DATE);
    Work {
        status: answer.status,
        headers: format!("{headers:?}"),
        body: answer.body,
        hashes: house.desk.passwords.hashes() - hashes,
        statements: STATEMENTS.load(Ordering::SeqCst) - statements,
    }
}
