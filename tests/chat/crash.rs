//! The power goes while messages of approved people are passed on: what a platform was told is
//! taken reaches the organisation's agent, each person's in their order, whatever was under way.
use crate::faults::crash::{DOOMED, Scene, kill, scene, send, start};
use crate::harness::rows;
use anteroom::clock;
use anteroom::desk::chat::connectors::ConnectorDraft;
use anteroom::desk::deliveries;
use anteroom::desk::{Actor, Caller, Desk, account, chat, queue};
use anteroom::domain::account::Language;
use anteroom::domain::connector::Platform;
use anteroom::domain::delivery::JobKind;
use anteroom::domain::organisation::Slug;
use anteroom::domain::verdict::Verdict;
use anteroom::store::deliveries::arrivals::Arrival;
use anteroom::store::deliveries::queue::Claimed;
use anteroom::store::deliveries::queue::Room;
use anteroom::store::{self, DatabaseKind};
use axum::body::Bytes;
use axum::extract::State;
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::net::TcpListener;

const PEOPLE: i64 = 6;
const KILLS: usize = 6;

/// An organisation's agent that takes everything, and keeps it with its webhook-id.
#[derive(Clone, Default)]
struct Agent(Arc<Mutex<Vec<(String, Value)>>>);

impl Agent {
    async fn listen(&self) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/agent", listener.local_addr().unwrap());
        let app = axum::Router::new().fallback(take).with_state(self.clone());
        tokio::spawn(async move { axum::serve(listener, app).await });
        url
    }
}

async fn take(State(agent): State<Agent>, headers: http::HeaderMap, body: Bytes) {
    let id = headers["webhook-id"].to_str().unwrap().to_owned();
    agent
        .0
        .lock()
        .unwrap()
        .push((id, serde_json::from_slice(&body).unwrap()));
}

/// A connector with approved people, in the scene's database; the end of its webhook's address, and
/// its secret.
async fn approved(desk: &Desk, ivo: &Actor, agent: &str) -> (String, String) {
    let member = account::memberships::membership(desk, ivo, &Slug::parse("northlight").unwrap())
        .await
        .unwrap();
    let fields = [
        ("name", "Bot"),
        ("bot_token", "1:a"),
        ("onboarding", "on"),
        ("mode", "silent"),
        ("language", "en"),
        ("agent", agent),
    ];
    let fields: HashMap<String, String> = fields.map(|(n, v)| (n.to_owned(), v.to_owned())).into();
    let (id, shown) =
        chat::connectors::create(desk, ivo, &member, Platform::Telegram, &ConnectorDraft(&fields))
            .await
            .unwrap();
    let kept = chat::connectors::find(desk, &member, &id).await.unwrap();
    let hook = kept.hook.clone();
    for person in 1..=PEOPLE {
        let update: Value = serde_json::from_str(&update(person * 100_000, person, "first")).unwrap();
        let message = json!({"Message": {"event": format!("e{person}"), "key": format!("k{person}"),
        "person": person.to_string(), "also": [],
            "name": "Nia", "conversation": person.to_string(), "route": person.to_string(),
            "text": update["message"]["text"], "language": null}});
        let arrival = Arrival {
            event: format!("e{person}"),
            message: format!("k{person}"),
            lane: person.to_string(),
            arrived: message.to_string(),
        };
        let mut tx = desk.db.begin().await.unwrap();
        assert!(
            store::deliveries::arrivals::keep(
                &mut tx,
                &clock::mint().id(clock::now()),
                &kept.organisation,
                &id,
                &arrival,
                clock::now()
            )
            .await
            .unwrap()
        );
        tx.commit().await.unwrap();
    }
    let everything = Room {
        kinds: vec![JobKind::Arrival],
        limit: 100,
        channels: vec![],
        organisations: vec![],
    };
    for job in deliveries::claim(desk, &everything, clock::now())
        .await
        .unwrap()
        .0
    {
        let Claimed::Arrival(one) = job else { continue };
        chat::intake::work_on_arrival(desk, &one, None, clock::now())
            .await
            .unwrap();
    }
    let rows = queue::list::page(desk, ivo, &member, &Default::default(), None)
        .await
        .unwrap()
        .rows;
    assert_eq!(rows.len() as i64, PEOPLE);
    for row in rows {
        queue::decisions::decide(desk, ivo, &member, &row.request.id, Verdict::Approve)
            .await
            .unwrap();
    }
    (hook, shown[0].clone())
}

fn update(n: i64, person: i64, text: &str) -> String {
    let from = json!({"id": person, "is_bot": false, "first_name": "Nia"});
    json!({"update_id": n, "message": {"message_id": n, "date": 1, "chat": {"id": person, "type": "private"},
    "from": from, "text": text}})
    .to_string()
}

/// Sends one person's messages as Telegram does: the next one once this one is taken, the same one
/// again until then. Ends with the life of the server; `next` is where the next life goes on.
async fn write(
    address: SocketAddr,
    path: String,
    secret: String,
    person: i64,
    next: Arc<AtomicUsize>,
    ends: Arc<AtomicBool>,
) {
    while !ends.load(Ordering::SeqCst) {
        let n = next.load(Ordering::SeqCst);
        let body = update(person * 100_000 + n as i64, person, &n.to_string());
        let text = format!(
            "POST {path} HTTP/1.1\r\nHost: {address}\r\nX-Telegram-Bot-Api-Secret-Token: \
             {secret}\r\nContent-Type: application/json\r\n\
             Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
            body.len()
        );
        match send(address, &text).await {
            Some(answer) if answer.starts_with("HTTP/1.1 200") => drop(next.fetch_add(1, Ordering::SeqCst)),
            Some(answer) if !answer.is_empty() => panic!("{answer}"),
            _ => return,
        }
    }
}

async fn run(mut scene: Scene, desk: Desk) {
    let agent = Agent::default();
    let ivo = {
        let caller = Caller {
            now: clock::now(),
            place: "192.0.2.7".into(),
            agent: "Test".into(),
            language: Language::En,
            zone: None,
            session: None,
            posted: Default::default(),
        };
        account::sessions::find_actor(&desk, scene.cookie.trim_start_matches("anteroom="), &caller)
            .await
            .unwrap()
            .unwrap()
    };
    let (hook, secret) = approved(&desk, &ivo, &agent.listen().await).await;
    scene.arguments.push("--private-hooks=true".into());
    let path = format!("/hooks/telegram/{hook}");
    let next: Vec<_> = (0..PEOPLE).map(|_| Arc::new(AtomicUsize::new(1))).collect();
    for life in 0..=KILLS {
        let mut child = start(scene.server(), scene.address).await;
        let ends = Arc::new(AtomicBool::new(false));
        let write = |(at, next): (usize, &Arc<AtomicUsize>)| {
            tokio::spawn(write(
                scene.address,
                path.clone(),
                secret.clone(),
                at as i64 + 1,
                next.clone(),
                ends.clone(),
            ))
        };
        let writers: Vec<_> = next.iter().enumerate().map(write).collect();
        let before = agent.0.lock().unwrap().len();
        // It dies in the middle of forwarding: once it has begun, at a moment that nobody chose.
        let patience = Instant::now() + Duration::from_secs(60);
        while agent.0.lock().unwrap().len() < before + 3 + usize::from(clock::mint().bytes::<1>()[0] % 40) {
            assert!(Instant::now() < patience, "nothing is passed on in life {life}");
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        let of_postgres = desk.db.kind == DatabaseKind::Postgres;
        assert!(
            !of_postgres || connections(&desk).await > 0,
            "the server's connections go by their name"
        );
        if life < KILLS {
            kill(&mut child).await;
        }
        ends.store(true, Ordering::SeqCst);
        for writer in writers {
            writer.await.unwrap();
        }
        if life == KILLS {
            drained(&desk).await;
            kill(&mut child).await;
        }
        // Where several servers may be at work, what one had in its hands waits until its lease is
        // over: that time passes here.
        if of_postgres {
            forgotten(&desk).await;
        }
        let mut conn = desk.db.read().await.unwrap();
        rows::execute(
            &mut conn,
            "update deliveries set lease_until = 0 where state = 'queued'",
        )
        .await;
    }
    let passed = agent.0.lock().unwrap().clone();
    let mut lanes: BTreeMap<&str, Vec<(i64, usize)>> = BTreeMap::new();
    let mut seen = HashSet::new();
    // At least once: what came twice has the same id, and the first time counts.
    for (_, call) in passed.iter().filter(|(id, _)| seen.insert(id.clone())) {
        let text = call["text"].as_str().unwrap().parse().unwrap();
        lanes
            .entry(call["person"].as_str().unwrap())
            .or_default()
            .push((call["number"].as_i64().unwrap(), text));
    }
    for (at, next) in next.iter().enumerate() {
        let lane = &lanes[(at + 1).to_string().as_str()];
        let taken = next.load(Ordering::SeqCst) - 1;
        let expected: Vec<_> = (1..=lane.len()).map(|n| (n as i64, n)).collect();
        assert_eq!(*lane, expected, "in order, and none missing");
        // The last one may have been kept although its answer was lost.
        assert!(
            lane.len() == taken || lane.len() == taken + 1,
            "{} passed on, {taken} acknowledged",
            lane.len()
        );
        assert!(taken > 0);
    }
    desk.db.close().await;
    std::fs::remove_dir_all(&scene.folder).unwrap();
}

/// How many connections to PostgreSQL the server holds that is killed here.
async fn connections(desk: &Desk) -> i64 {
    let sql = format!(
        "select count(*) from pg_stat_activity where datname = current_database() \
         and application_name = '{DOOMED}'"
    );
    rows::count(&mut desk.db.read().await.unwrap(), &sql).await
}

/// Waits until PostgreSQL has noticed that a server is gone: until then it goes on with what it was
/// told last.
async fn forgotten(desk: &Desk) {
    let patience = Instant::now() + Duration::from_secs(60);
    while connections(desk).await > 0 {
        assert!(
            Instant::now() < patience,
            "PostgreSQL still serves a server that is gone"
        );
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// Waits until nothing is queued any more.
async fn drained(desk: &Desk) {
    let patience = Instant::now() + Duration::from_secs(120);
    loop {
        let sql = "select count(*) from deliveries where kind in ('arrival', 'message') and state = 'queued'";
        let n = rows::count(&mut desk.db.read().await.unwrap(), sql).await;
        if n == 0 {
            return;
        }
        assert!(Instant::now() < patience, "{n} wait");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sqlite() {
    let scene = scene(0, None).await;
    let desk = scene.desk().await;
    run(scene, desk).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres() {
    let scene = scene(0, Some(crate::harness::databases::new_postgres().await)).await;
    let desk = scene.desk().await;
    run(scene, desk).await;
}
