//! Measures chat over HTTP, on a database that `fill` filled. chat COOKIE DATA [--database URL]
//! --contacts N adds a Telegram connector with N approved contacts; prints the path of its webhook
//! and the secret chat COOKIE DATA [--database URL] --load SECONDS BASE PATH SECRET N against the
//! running server, which may call agents on this machine: prints `verified events/s | worked on/s |
//! passed on/s | median, 99th percentile from event to request (ms)` Events are verified, kept and
//! answered by the server; working on them and passing them on goes on behind it, and is waited
//! for. The agent is here: it takes all at once.
#[path = "shared/args.rs"]
mod args;
#[path = "shared/bench.rs"]
mod bench;

use anteroom::clock;
use anteroom::desk::chat;
use anteroom::desk::chat::connectors::ConnectorDraft;
use anteroom::domain::connector::Platform;
use anteroom::domain::contact::{Contact, ContactStanding};
use anteroom::store::{self, Db};
use anyhow::Context as _;
use axum::Router;
use http::StatusCode;
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};
use tokio::net::TcpListener;

/// Deliveries under way at the same time.
const AT_ONCE: usize = 32;
/// First messages whose way to a request is timed, one every 50 ms.
const TIMED: i64 = 200;
/// Rows of one transaction.
const BATCH: usize = 2000;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let mut args: Vec<String> = std::env::args().skip(1).collect();
    if let Ok(contacts) = args::number(&mut args, "--contacts") {
        return prepare(args, contacts).await;
    }
    let at = args
        .iter()
        .position(|a| a == "--load")
        .context("--contacts or --load")?;
    let load: Vec<String> = args.drain(at..).skip(1).collect();
    let [seconds, base, hook, secret, contacts] = load
        .try_into()
        .map_err(|_| anyhow::anyhow!("--load SECONDS BASE PATH SECRET N"))?;
    let contacts: i64 = contacts.parse()?;
    let bench::Bench { desk, member, .. } = bench::open(args).await?;
    let agent = chat::connectors::list(&desk, &member)
        .await?
        .remove(0)
        .connector
        .agent;
    let listener = TcpListener::bind(agent.trim_start_matches("http://").trim_end_matches('/')).await?;
    tokio::spawn(async move {
        axum::serve(listener, Router::new().fallback(async || StatusCode::NO_CONTENT)).await
    });
    let client = reqwest::Client::builder().no_proxy().build()?;
    let bot = Arc::new(Bot {
        client,
        url: format!("{base}{hook}"),
        secret,
        next: AtomicI64::new(clock::now().0),
    });

    let begun = Instant::now();
    let ends = begun + Duration::from_secs(seconds.parse()?);
    let writers = (0..AT_ONCE).map(|at| {
        let bot = bot.clone();
        tokio::spawn(async move {
            let mut n = 0_i64;
            while Instant::now() < ends {
                // Approved people, one after the other.
                bot.write(1 + (at as i64 * 3119 + n * 7) % contacts).await?;
                n += 1;
            }
            anyhow::Ok(n)
        })
    });
    let mut events = 0;
    for writer in writers.collect::<Vec<_>>() {
        events += writer.await??;
    }
    let kept = begun.elapsed();
    wait_for_all(&desk.db, "arrival").await?;
    let worked = begun.elapsed();
    wait_for_all(&desk.db, "message").await?;
    let passed_on = begun.elapsed();

    let mut times = Vec::new();
    for n in 0..TIMED {
        let person = 10_000_000 + n;
        let sent = Instant::now();
        bot.write(person).await?;
        while !has_asked(&desk.db, person).await? {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        times.push(sent.elapsed());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    times.sort();
    let ms = |share: f64| times[((times.len() - 1) as f64 * share) as usize].as_secs_f64() * 1000.0;
    let per_second = |span: Duration| events as f64 / span.as_secs_f64();
    println!(
        "{:.0} | {:.0} | {:.0} | {:.1}, {:.1}",
        per_second(kept),
        per_second(worked),
        per_second(passed_on),
        ms(0.5),
        ms(0.99)
    );
    desk.db.close().await;
    Ok(())
}

/// Adds the connector and its contacts.
async fn prepare(args: Vec<String>, contacts: usize) -> anyhow::Result<()> {
    let bench::Bench { desk, admin, member } = bench::open(args).await?;
    // Free now, and taken when the load begins.
    let agent = format!(
        "http://{}/",
        TcpListener::bind("127.0.0.1:0").await?.local_addr()?
    );
    let fields = [
        ("name", "Front desk"),
        ("bot_token", "1:bench"),
        ("onboarding", "on"),
        ("mode", "silent"),
        ("language", "en"),
        ("agent", &agent),
    ];
    let fields: HashMap<String, String> = fields
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into();
    let (connector, shown) = chat::connectors::create(
        &desk,
        &admin,
        &member,
        Platform::Telegram,
        &ConnectorDraft(&fields),
    )
    .await?;
    for from in (0..contacts).step_by(BATCH) {
        let mut tx = desk.db.begin().await?;
        for n in from..(from + BATCH).min(contacts) {
            let person = (n + 1).to_string();
            let contact = Contact {
                id: desk.mint.id(clock::now()),
                organisation: member.organisation.clone(),
                connector: connector.clone(),
                name: format!("Person {person}"),
                conversation: person.clone(),
                route: person.clone(),
                person,
                language: None,
                standing: ContactStanding::Active,
                member: None,
                proven_at: None,
                messages: 0,
                last_message_at: clock::now(),
                onboarded_at: None,
                asked_at: None,
                passed_on: 0,
                unreachable: String::new(),
                created_at: clock::now(),
                version: 1,
            };
            store::chat::contacts::meet(&mut tx, &contact).await?;
        }
        tx.commit().await?;
    }
    let hook = chat::connectors::find(&desk, &member, &connector).await?.hook;
    desk.db.close().await;
    println!("/hooks/telegram/{hook} {}", shown.first().context("a secret")?);
    Ok(())
}

/// What Telegram does.
struct Bot {
    client: reqwest::Client,
    url: String,
    secret: String,
    next: AtomicI64,
}

impl Bot {
    async fn write(&self, person: i64) -> anyhow::Result<()> {
        let n = self.next.fetch_add(1, Ordering::Relaxed);
        let from = serde_json::json!({"id": person, "is_bot": false, "first_name": "Person",
        "last_name": person.to_string()});
        let chat = serde_json::json!({"id": person, "type": "private"});
        let message = serde_json::json!({"message_id": n, "date": 1, "chat": chat, "from": from, "text": "I \
            need the shared workspace."});
        let body = serde_json::json!({"update_id": n, "message": message}).to_string();
        let sent = self
            .client
            .post(&self.url)
            .header("x-telegram-bot-api-secret-token", &self.secret)
            .body(body)
            .send()
            .await?;
        sent.error_for_status()?;
        Ok(())
    }
}

async fn wait_for_all(db: &Db, kind: &str) -> anyhow::Result<()> {
    let sql = format!("select count(*) from deliveries where kind = '{kind}' and state = 'queued'");
    while sqlx::query_scalar::<_, i64>(sqlx::AssertSqlSafe(sql.clone()))
        .fetch_one(&mut *db.read().await?)
        .await?
        > 0
    {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    Ok(())
}

async fn has_asked(db: &Db, person: i64) -> anyhow::Result<bool> {
    let sql = "select count(*) from requests r join contacts c on c.id = r.contact_id where c.person = $1 \
        and c.connector_id = (select id from connectors)";
    let n: i64 = sqlx::query_scalar(sql)
        .bind(person.to_string())
        .fetch_one(&mut *db.read().await?)
        .await?;
    Ok(n > 0)
}
