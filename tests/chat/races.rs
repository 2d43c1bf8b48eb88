//! Chat: several servers at one database, and several things at one moment.
use crate::chat::room::{Peer, Room, SLUG, form};
use crate::harness::databases::new_postgres;
use crate::harness::{House, rows};
use anteroom::chat::arrived::Arrived;
use anteroom::clock;
use anteroom::desk::chat;
use anteroom::desk::people;
use anteroom::domain::connector::Platform;
use anteroom::domain::contact::ContactStanding;
use anteroom::domain::delivery::JobKind;
use anteroom::domain::time::Span;
use anteroom::domain::verdict::Verdict;
use anteroom::store::Tx;
use anteroom::store::deliveries::fates::Fate;
use anteroom::store::deliveries::queue;
use futures::future::join_all;
use http::StatusCode;
use serde_json::json;
use sqlx::Row as _;
use sqlx::any::AnyRow;

/// A message on Telegram as it is kept.
fn message(n: i64, person: i64) -> Arrived {
    serde_json::from_value(
        json!({"Message": {"event": n.to_string(), "key": n.to_string(), "person": person.to_string(),
        "also": [], "name": "Nia",
        "conversation": person.to_string(), "route": person.to_string(), "text": n.to_string(),
        "language": null}}),
    )
    .unwrap()
}

both!(servers_whose_clocks_differ_keep_the_order);
/// The order of one person's messages is that in which they were kept, whatever the clock of the
/// server said that kept them.
async fn servers_whose_clocks_differ_keep_the_order(house: &House) {
    let room = Room::new(house, Platform::Telegram).await;
    room.hears(100, 42, "Hello").await;
    room.decide(&room.ids().await[0], Verdict::Approve, "")
        .await
        .unwrap();
    let kept = room.kept().await;
    for n in 1..=12 {
        // One clock is right, and the other one minutes behind; some deliveries bring several.
        let now = house.now - Span::minutes(n % 2 * 3);
        assert_eq!(
            chat::arrivals::keep_arrivals(
                &house.desk,
                &kept,
                &[message(n * 2, 42), message(n * 2 + 1, 42)],
                now
            )
            .await,
            Ok(2)
        );
    }
    room.work().await;
    let passed: Vec<_> = room
        .peer
        .taken("/agent")
        .iter()
        .map(|v| v["text"].as_str().unwrap().parse::<i64>().unwrap())
        .collect();
    assert_eq!(passed, (2..=25).collect::<Vec<_>>());
}

both!(deleting_a_connector_against_first_messages);
/// A connector is deleted while first messages are worked on: no request stays open behind it, and
/// nothing is sent or waits.
async fn deleting_a_connector_against_first_messages(house: &House) {
    house.expects_owed_letters();
    let (ivo, member) = house.founder(SLUG).await;
    let peer = Peer::start().await;
    let mut fields = form(&peer);
    for n in 0..12 {
        fields.insert("name".into(), format!("Desk {n}"));
        let room = Room::with(
            house,
            Platform::Telegram,
            peer.clone(),
            fields.clone(),
            ivo.clone(),
            member.clone(),
        )
        .await;
        assert!(
            join_all((1..=16).map(|person| room.telegram(person, person, "Hello")))
                .await
                .iter()
                .all(|s| *s == StatusCode::OK)
        );
        let workers = (0..3).map(|_| {
            let deliverers = room.deliverers();
            tokio::spawn(async move { while deliverers.round(&[JobKind::Arrival]).await.unwrap() > 0 {} })
        });
        let workers: Vec<_> = workers.collect();
        // In the middle of it: some are worked on, some not yet.
        while house
            .count(&format!(
                "select count(*) from requests where connector_id = '{}'",
                room.connector
            ))
            .await
            == 0
        {
            tokio::task::yield_now().await;
        }
        chat::retirement::delete(&house.desk, &ivo, &member, &room.connector)
            .await
            .unwrap();
        for worker in workers {
            worker.await.unwrap();
        }
        let of = |what: &str| {
            format!(
                "select count(*) from {what} and connector_id = '{}'",
                room.connector
            )
        };
        assert_eq!(
            house.count(&of("requests where status = 'pending'")).await,
            0,
            "round {n}"
        );
        assert_eq!(house.count(&of("deliveries where state = 'queued'")).await, 0);
    }
}

both!(what_waits_behind_a_message_is_not_due);
/// While an agent does not take the first message of a person, none behind it is due: a claim looks
/// at no backlog. All go on in their order once it is tried again, at its time or when somebody
/// asks for it.
async fn what_waits_behind_a_message_is_not_due(house: &House) {
    let room = Room::new(house, Platform::Telegram).await;
    room.approved(42).await;
    room.work().await;
    let due = async || {
        house
            .count(&format!(
                "select count(*) from deliveries where kind = 'message' and state = 'queued' \
                 and due_at <= {}",
                clock::now().0
            ))
            .await
    };
    let numbers = || {
        room.peer
            .taken("/agent")
            .iter()
            .map(|v| v["number"].as_i64().unwrap())
            .collect::<Vec<_>>()
    };
    room.peer.refuse(Some((503, json!({}))));
    for n in 2..=6 {
        room.telegram(n, 42, "To the agent").await;
    }
    room.work().await;
    assert_eq!((numbers(), due().await), (vec![1], 0));
    room.peer.refuse(None);
    let head = chat::connectors::latest_sends(&house.desk, &room.member, &room.connector)
        .await
        .unwrap()
        .into_iter()
        .find(Fate::is_deferred)
        .unwrap();
    people::undelivered::try_again(&house.desk, &room.ivo, &room.member, &head.id)
        .await
        .unwrap();
    assert_eq!(due().await, 5);
    room.work().await;
    assert_eq!(numbers(), [1, 1, 2, 3, 4, 5]);
}

both!(who_is_blocked_is_so_by_another_name);
/// Two identities of one person, both known: whoever is blocked as one is blocked as the other, and
/// the history says so.
async fn who_is_blocked_is_so_by_another_name(house: &House) {
    let room = Room::new(house, Platform::Telegram).await;
    for person in [1, 2, 3] {
        room.telegram(person, person, "Hello").await;
    }
    room.work().await;
    let contacts = room.contacts().await;
    let first = contacts.iter().find(|c| c.person == "1").unwrap();
    chat::contacts::put(
        &house.desk,
        &room.ivo,
        &room.member,
        &first.id,
        ContactStanding::Onboarding,
        ContactStanding::Blocked,
    )
    .await
    .unwrap();
    let renamed = |former: &str, person: &str| Arrived::Renamed {
        event: format!("{former}:{person}"),
        former: former.into(),
        person: person.into(),
    };
    let kept = room.kept().await;
    let all = [renamed("1", "2"), renamed("3", "4"), renamed("9", "4")];
    assert_eq!(
        chat::arrivals::keep_arrivals(&house.desk, &kept, &all, house.now).await,
        Ok(3)
    );
    room.work().await;
    let mut now: Vec<_> = room
        .contacts()
        .await
        .into_iter()
        .map(|c| (c.person, c.standing))
        .collect();
    now.sort_by(|a, b| a.0.cmp(&b.0));
    assert_eq!(
        now,
        [
            ("1", ContactStanding::Blocked),
            ("2", ContactStanding::Blocked),
            ("4", ContactStanding::Onboarding)
        ]
        .map(|(p, s)| (p.to_owned(), s))
    );
    assert_eq!(
        house
            .count("select count(*) from events where what = 'contact.changed' and actor_id is null")
            .await,
        2
    );
    room.hears(7, 2, "Me again").await;
    assert_eq!(room.ids().await.len(), 3);
}

/// Fifty first messages of one person, over two servers whose workers both take what waits: one
/// request, one answer. Then both pass on.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_servers_on_postgres() {
    let url = new_postgres().await;
    let (house, other) = (House::at(&url).await, House::at(&url).await);
    let room = Room::new(&house, Platform::Telegram).await;
    other.expects_owed_letters();
    let beside = Room {
        house: &other,
        router: other.router_with(|site| site.chat = room.platforms.clone()),
        ..room.clone()
    };
    let rooms = [&room, &beside];
    let work = async || drop(join_all(rooms.iter().flat_map(|r| [r.work(), r.work()])).await);
    let all = join_all((1..=50).map(|n| rooms[n as usize % 2].telegram(n, 42, "Hello"))).await;
    assert!(all.iter().all(|s| *s == StatusCode::OK), "{all:?}");
    work().await;
    let asked = room.requests().await;
    assert_eq!(
        (
            asked.len(),
            asked[0].chatted().unwrap().further,
            room.peer.texts().len()
        ),
        (1, 49, 1)
    );
    beside.decide(&asked[0].id, Verdict::Approve, "").await.unwrap();
    for n in 51..=90 {
        assert_eq!(
            rooms[n as usize % 2].telegram(n, 42, &n.to_string()).await,
            StatusCode::OK
        );
        if n % 10 == 0 {
            work().await;
        }
    }
    let passed: Vec<_> = room
        .peer
        .taken("/agent")
        .iter()
        .map(|v| v["text"].as_str().unwrap().parse::<i64>().unwrap())
        .collect();
    assert_eq!(passed, (51..=90).collect::<Vec<_>>());
    other.close().await;
    house.close().await;
}

/// A burst after a quiet time, of which PostgreSQL's statistics know nothing yet: a claim reads the
/// rows that it takes, not all that wait.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_claim_reads_no_backlog() {
    let house = House::postgres().await;
    let room = Room::new(&house, Platform::Telegram).await;
    room.hears(1, 42, "Hello").await;
    let fill = async |name: &str| {
        for (kind, columns) in [
            ("arrival", "'arrivals:' || connector_id, null"),
            ("message", "'agent:' || connector_id, 'agent'"),
        ] {
            house
                .execute(&format!(
                    "insert into deliveries (id, kind, org_id, connector_id, channel, what, event, message, \
                     job, lane, number, state, due_at, created_at, waits_since) \
                     select gen_random_uuid(), '{kind}', org_id, connector_id, {columns}, '{name}' || n, \
                     '{name}' || n, '', '{kind}{name}' || n % 5000, n, 'queued', n, n, n \
                     from deliveries, generate_series(1, 20000) n where kind = 'arrival' and lane like '%:42'"
                ))
                .await;
        }
        house
            .execute(&format!(
                "insert into deliveries (id, kind, org_id, channel, recipient, language, job, lane, number, \
                 state, due_at, created_at, waits_since) select gen_random_uuid(), kind, \
                 (select id from organisations), channel, recipient, language, job, '{name}' || n, 1, \
                 'queued', n, n, n from deliveries, generate_series(1, 20000) n where kind = 'letter' \
                 and request_id is not null"
            ))
            .await;
    };
    fill("before").await;
    for sql in ["update deliveries set state = 'sent'", "vacuum analyze"] {
        house.execute(sql).await;
    }
    fill("now").await;
    let waiting = house
        .fetch("select distinct kind, channel, org_id from deliveries where state = 'queued'")
        .await;
    let all = |kinds: &[JobKind]| queue::Room {
        kinds: kinds.to_vec(),
        limit: 16,
        channels: vec![],
        organisations: vec![],
    };
    let full = |kind: JobKind| queue::Room {
        channels: of_kind(&waiting, kind, 1),
        ..all(&JobKind::ALL)
    };
    let shared = queue::Room {
        organisations: of_kind(&waiting, JobKind::Letter, 2)
            .into_iter()
            .map(|of| (JobKind::Letter, of))
            .collect(),
        ..all(&[JobKind::Letter])
    };
    for (room, takes) in [
        (all(&JobKind::ALL), 16),
        (all(&[JobKind::Arrival]), 16),
        (all(&[JobKind::Message]), 16),
        (all(&[JobKind::Letter]), 16),
        (full(JobKind::Arrival), 16),
        (full(JobKind::Message), 16),
        (full(JobKind::Letter), 16),
        (shared, 0),
    ] {
        let mut tx = house.desk.db.begin().await.unwrap();
        let before = rows_read(&mut tx).await;
        let claimed = queue::claim(&mut tx, clock::now(), &room).await.unwrap().len() as i64;
        let rows = rows_read(&mut tx).await - before;
        assert!(
            claimed == takes && (1.max(takes)..400).contains(&rows),
            "{room:?}: {claimed} claimed, {rows} rows read"
        );
    }
    house.close().await;
}

/// What stands in the column `at` of the rows of one kind, where anything does.
fn of_kind<T: TryFrom<String, Error: std::fmt::Debug>>(rows: &[AnyRow], kind: JobKind, at: usize) -> Vec<T> {
    rows.iter()
        .filter(|r| r.get::<String, _>(0) == kind.as_str())
        .filter_map(|r| r.get::<Option<String>, _>(at))
        .map(|value| value.try_into().unwrap())
        .collect()
}

/// How many deliveries this transaction has read by now.
async fn rows_read(tx: &mut Tx) -> i64 {
    let sql = "select seq_tup_read + coalesce(idx_tup_fetch, 0) from pg_stat_xact_user_tables \
        where relname = 'deliveries'";
    rows::count(tx, sql).await
}
