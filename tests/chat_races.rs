//! Chat: several servers at one database, and several things at one moment.
use crate::chat_room::{Peer, Room, SLUG, form};
use crate::harness::{House, new_postgres};
use anteroom::chat::Arrived;
use anteroom::domain::connector::Platform;
use anteroom::domain::contact::Standing;
use anteroom::domain::request::Verdict;
use anteroom::domain::time::Span;
use anteroom::store::contacts::Look;
use futures::future::join_all;
use http::StatusCode;
use serde_json::json;

/// A message on Telegram as it is kept.
fn message(n: i64, person: i64) -> Arrived {
    serde_json::from_value(
        json!({"Message": {"event": n.to_string(), "key": n.to_string(), "person": person.to_string(), "also": [], "name": "Nia",
        "conversation": person.to_string(), "route": person.to_string(), "text": n.to_string(), "language": null}}),
    )
    .unwrap()
}

both! {
    /// The order of one person's messages is that in which they were kept, whatever the clock of the server said that kept them.
    async fn servers_whose_clocks_differ_keep_the_order(house: House) {
        let room = Room::new(house, Platform::Telegram).await;
        room.telegram(100, 42, "Hello").await;
        room.work().await;
        room.decide(&room.ids().await[0], Verdict::Approve, "").await.unwrap();
        let kept = house.desk.connector(&room.member, &room.connector).await.unwrap();
        for n in 1..=12 {
            // One clock is right, and the other one minutes behind; some deliveries bring several.
            let now = house.now - Span::minutes(n % 2 * 3);
            assert_eq!(house.desk.keep_arrivals(&kept, &[message(n * 2, 42), message(n * 2 + 1, 42)], now).await, Ok(2));
        }
        room.work().await;
        let passed: Vec<_> = room.peer.taken("/agent").iter().map(|v| v["text"].as_str().unwrap().parse::<i64>().unwrap()).collect();
        assert_eq!(passed, (2..=25).collect::<Vec<_>>());
    }

    /// A connector is deleted while first messages are worked on: no request stays open behind it, and nothing is sent or waits.
    async fn deleting_a_connector_against_first_messages(house: House) {
        house.expects_owed_letters();
        let ivo = house.organisation(SLUG).await;
        let member = house.member(&ivo, SLUG).await;
        let peer = Peer::start().await;
        let mut fields = form(&peer);
        for n in 0..12 {
            fields.insert("name".into(), format!("Desk {n}"));
            let room = Room::with(house, Platform::Telegram, peer.clone(), fields.clone(), ivo.clone(), member.clone()).await;
            assert!(join_all((1..=16).map(|person| room.telegram(person, person, "Hello"))).await.iter().all(|s| *s == StatusCode::OK));
            let workers = (0..3).map(|_| {
                let (platforms, desk) = (room.platforms.clone(), house.desk.clone());
                tokio::spawn(async move { while platforms.work_round(&desk).await.unwrap() > 0 {} })
            });
            let workers: Vec<_> = workers.collect();
            // In the middle of it: some are worked on, some not yet.
            while house.count(&format!("select count(*) from requests where connector_id = '{}'", room.connector)).await == 0 {
                tokio::task::yield_now().await;
            }
            house.desk.delete_connector(&ivo, &member, &room.connector).await.unwrap();
            for worker in workers {
                worker.await.unwrap();
            }
            let of = |what: &str| format!("select count(*) from {what} and connector_id = '{}'", room.connector);
            assert_eq!(house.count(&of("requests where status = 'pending'")).await, 0, "round {n}");
            assert_eq!(house.count(&of("chat_events where state = 'queued'")).await + house.count(&of("chat_sends where state = 'queued'")).await, 0);
        }
    }

    /// Two identities of one person, both known: whoever is blocked as one is blocked as the other, and the history says so.
    async fn who_is_blocked_is_so_by_another_name(house: House) {
        let room = Room::new(house, Platform::Telegram).await;
        for person in [1, 2, 3] {
            room.telegram(person, person, "Hello").await;
        }
        room.work().await;
        let contacts = house.desk.contacts(&room.member, &room.connector, &Look::default()).await.unwrap().listed;
        let first = contacts.iter().find(|c| c.person == "1").unwrap();
        house.desk.put_contact(&room.ivo, &room.member, &first.id, Standing::Onboarding, Standing::Blocked).await.unwrap();
        let renamed = |former: &str, person: &str| Arrived::Renamed { event: format!("{former}:{person}"), former: former.into(), person: person.into() };
        let kept = house.desk.connector(&room.member, &room.connector).await.unwrap();
        let all = [renamed("1", "2"), renamed("3", "4"), renamed("9", "4")];
        assert_eq!(house.desk.keep_arrivals(&kept, &all, house.now).await, Ok(3));
        room.work().await;
        let mut now: Vec<_> = house.desk.contacts(&room.member, &room.connector, &Look::default()).await.unwrap().listed.into_iter().map(|c| (c.person, c.standing)).collect();
        now.sort_by(|a, b| a.0.cmp(&b.0));
        assert_eq!(now, [("1", Standing::Blocked), ("2", Standing::Blocked), ("4", Standing::Onboarding)].map(|(p, s)| (p.to_owned(), s)));
        assert_eq!(house.count("select count(*) from events where what = 'contact.changed' and actor_id is null").await, 2);
        room.telegram(7, 2, "Me again").await;
        room.work().await;
        assert_eq!(room.ids().await.len(), 3);
    }
}

/// Fifty first messages of one person, over two servers whose workers both take what waits: one request, one answer. Then both pass on.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_servers_on_postgres() {
    let url = new_postgres().await;
    let (house, other) = (House::at(&url).await, House::at(&url).await);
    let room = Room::new(&house, Platform::Telegram).await;
    other.expects_owed_letters();
    let beside = Room { house: &other, router: other.router_with(|site| site.chat = room.platforms.clone()), ..room.clone() };
    let rooms = [&room, &beside];
    let work = async || drop(join_all(rooms.iter().flat_map(|r| [r.work(), r.work()])).await);
    let all = join_all((1..=50).map(|n| rooms[n as usize % 2].telegram(n, 42, "Hello"))).await;
    assert!(all.iter().all(|s| *s == StatusCode::OK), "{all:?}");
    work().await;
    let asked = room.requests().await;
    assert_eq!((asked.len(), asked[0].chatted().unwrap().further, room.peer.texts().len()), (1, 49, 1));
    beside.decide(&asked[0].id, Verdict::Approve, "").await.unwrap();
    for n in 51..=90 {
        assert_eq!(rooms[n as usize % 2].telegram(n, 42, &n.to_string()).await, StatusCode::OK);
        if n % 10 == 0 {
            work().await;
        }
    }
    let passed: Vec<_> = room.peer.taken("/agent").iter().map(|v| v["text"].as_str().unwrap().parse::<i64>().unwrap()).collect();
    assert_eq!(passed, (51..=90).collect::<Vec<_>>());
    other.close().await;
    house.close().await;
}
