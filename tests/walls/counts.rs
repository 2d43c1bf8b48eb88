//! What is counted and logged of the whole process, in a binary of its own: its tests run one after
//! the other, and nothing else may run beside them.
#[path = "../faults/failover.rs"]
mod failover;
#[allow(dead_code, unused_imports, unused_macros)]
#[path = "../harness/mod.rs"]
mod harness;
mod logs;

use harness::House;
use http::header;
use std::io;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::fmt;
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};

static STATEMENTS: AtomicU64 = AtomicU64::new(0);
static TEXT: Mutex<Vec<u8>> = Mutex::new(Vec::new());
static TURN: tokio::sync::Mutex<bool> = tokio::sync::Mutex::const_new(false);

/// Counts what sqlx says of each statement, but for those with which a connection begins: whether
/// one is opened is chance.
struct Count;

/// Whether a statement belongs to the beginning of a connection.
#[derive(Default)]
struct Begins(bool);

impl Visit for Begins {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        let text = format!("{value:?}").to_lowercase();
        self.0 |= field.name() == "summary" && (text.contains("pragma") || text.contains("set_config"));
    }
}

impl<S: Subscriber> Layer<S> for Count {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut begins = Begins::default();
        event.record(&mut begins);
        if event.metadata().target() == "sqlx::query" && !begins.0 {
            STATEMENTS.fetch_add(1, Ordering::SeqCst);
        }
    }
}

/// All that is logged while one has it.
struct Log(#[expect(dead_code, reason = "it is a test's turn")] tokio::sync::MutexGuard<'static, bool>);

impl Log {
    async fn begin() -> Self {
        let mut begun = TURN.lock().await;
        if !*begun {
            // Everything that any level can bring, as the program filters it.
            let levels = filter_fn(anteroom::serve::logs::may_be_told);
            let text = fmt::layer()
                .with_ansi(false)
                .with_writer(|| Writer)
                .with_filter(levels);
            let all = tracing_subscriber::registry().with(Count).with(text);
            tracing::subscriber::set_global_default(all).unwrap();
            *begun = true;
        }
        let log = Self(begun);
        log.clear();
        log
    }

    fn clear(&self) {
        TEXT.lock().unwrap().clear();
    }

    fn text(&self) -> String {
        String::from_utf8(TEXT.lock().unwrap().clone()).unwrap()
    }
}

struct Writer;

impl io::Write for Writer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        TEXT.lock().unwrap().extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Row 30 of docs/security.md.
/// Known and unknown addresses get the same bytes for the same statements and hashes, whether or
/// not a mail server answers: letters are only owed here, and the worker alone learns whether there
/// is an account.
#[tokio::test]
async fn row_30_known_and_unknown_addresses_are_alike() {
    let _log = Log::begin().await;
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
                .count("select count(*) from deliveries where kind = 'letter' and state = 'dropped'")
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
    headers.remove("x-request-id");
    Work {
        status: answer.status,
        headers: format!("{headers:?}"),
        body: answer.body,
        hashes: house.desk.passwords.hashes() - hashes,
        statements: STATEMENTS.load(Ordering::SeqCst) - statements,
    }
}
