//! Chat beyond the first message: finding it in the queue, blocking there, people who opt out or
//! take another number, channels that move, and what is sent again.
use crate::chat::room::Room;
use crate::harness::House;
use anteroom::desk::requests::decision_draft::DecisionDraft;
use anteroom::desk::{chat, queue};
use anteroom::domain::Error;
use anteroom::domain::connector::Platform;
use anteroom::domain::contact::ContactStanding;
use anteroom::domain::delivery::JobKind;
use anteroom::domain::request::{RequestKind, StatusWord};
use anteroom::domain::time::Span;
use anteroom::domain::verdict::Verdict;
use anteroom::store::queue::query::{Filter, QueueQuery, Sort, StatusFilter};
use http::StatusCode;
use serde_json::{Value, json};
use std::task::Poll;

/// What becomes of a future that is polled this often and then dropped, as when a connection
/// breaks: nothing, if it was not done by then.
async fn up_to<T>(polls: usize, future: impl Future<Output = T>) -> Option<T> {
    let mut future = std::pin::pin!(future);
    let mut left = polls;
    std::future::poll_fn(move |cx| {
        if left == 0 {
            return Poll::Ready(None);
        }
        left -= 1;
        future.as_mut().poll(cx).map(Some)
    })
    .await
}

both!(the_queue_is_filtered_by_provider_and_connector);
/// The queue filtered by provider and by connector, alone and with what else it filters and
/// searches by; of this organisation alone.
async fn the_queue_is_filtered_by_provider_and_connector(house: &House) {
    let room = Room::new(house, Platform::Telegram).await;
    let other = room.join(Platform::Slack, "Other desk").await;
    for person in 1..=3 {
        room.telegram(person, person, "Hello").await;
    }
    other.slack("Ev1", "1700000000.1", "Hello").await;
    room.work().await;
    other.work().await;
    let guest = house.person("tess@northlight.test", "Tess Varga").await;
    house.asks(&guest, "northlight").await;
    let found = async |filter: Filter, search: &str| {
        let mut all = Vec::new();
        for sort in [Sort::Newest, Sort::NameUp] {
            let look = QueueQuery {
                filter: filter.clone(),
                sort,
                search: search.into(),
                ..QueueQuery::default()
            };
            all.push(
                queue::list::page(&house.desk, &room.ivo, &room.member, &look, None)
                    .await
                    .unwrap()
                    .rows
                    .len(),
            );
        }
        assert_eq!(all[0], all[1], "{filter:?}");
        all[0]
    };
    let provider = |p| Filter {
        provider: Some(p),
        ..Filter::default()
    };
    let connector = |room: &Room<'_>| Filter {
        connector: Some(room.connector.clone()),
        ..Filter::default()
    };
    assert_eq!(found(Filter::default(), "").await, 5);
    assert_eq!(
        (
            found(provider(Platform::Telegram), "").await,
            found(provider(Platform::Slack), "").await,
            found(provider(Platform::Sms), "").await
        ),
        (3, 1, 0)
    );
    assert_eq!(
        (
            found(connector(&room), "").await,
            found(connector(&other), "").await
        ),
        (3, 1)
    );
    assert_eq!(
        found(
            Filter {
                provider: Some(Platform::Slack),
                ..connector(&room)
            },
            ""
        )
        .await,
        0
    );
    assert_eq!(
        found(
            Filter {
                kind: Some(RequestKind::Join),
                ..connector(&room)
            },
            ""
        )
        .await,
        0
    );
    assert_eq!(
        found(
            Filter {
                status: Some(StatusFilter::One(StatusWord::Denied)),
                ..connector(&room)
            },
            ""
        )
        .await,
        0
    );
    assert_eq!(
        (
            found(connector(&room), "verne").await,
            found(connector(&room), "nobody").await
        ),
        (3, 0)
    );
    let ids = room.ids().await;
    room.decide(&ids[0], Verdict::Approve, "").await.unwrap();
    assert_eq!(found(connector(&room), "").await, 2);
    // What is over stays to be found, also by a connector that is deleted.
    chat::retirement::delete(&house.desk, &room.ivo, &room.member, &room.connector)
        .await
        .unwrap();
    let look = QueueQuery {
        filter: provider(Platform::Telegram),
        tab: anteroom::domain::request::Tab::Others,
        ..QueueQuery::default()
    };
    assert_eq!(
        queue::list::page(&house.desk, &room.ivo, &room.member, &look, None)
            .await
            .unwrap()
            .rows
            .len(),
        2
    );
    let (eva, stranger) = house.founder("southlight").await;
    let look = QueueQuery {
        filter: connector(&other),
        ..QueueQuery::default()
    };
    assert_eq!(
        queue::list::page(&house.desk, &eva, &stranger, &look, None)
            .await
            .unwrap()
            .rows
            .len(),
        0
    );
    assert_eq!(
        queue::list::queue_sources(&house.desk, &stranger)
            .await
            .unwrap()
            .len(),
        0
    );
    let cookie = house.cookie(&room.ivo).await;
    for query in [
        "provider=any&connector=any",
        "provider=slack",
        &format!("connector={}", room.connector),
    ] {
        assert_eq!(
            house
                .get(&format!("/northlight/access_requests?{query}"), &cookie)
                .await
                .status,
            StatusCode::OK,
            "{query}"
        );
    }
    for query in ["provider=icq", "connector=1%27%20or%201=1"] {
        assert_eq!(
            house
                .get(&format!("/northlight/access_requests?{query}"), &cookie)
                .await
                .status,
            StatusCode::BAD_REQUEST,
            "{query}"
        );
    }
}

both!(a_lost_answer_loses_and_doubles_nothing);
/// Slack delivers a message three times, each under another name, when the first answer is lost.
/// Wherever the first delivery was cut off, it is one message, and no transaction stays open behind
/// it.
async fn a_lost_answer_loses_and_doubles_nothing(house: &House) {
    let room = Room::new(house, Platform::Slack).await;
    let mut lost = 0;
    for message in 0..60 {
        let ts = format!("1700000000.{message}");
        let event = |delivery| format!("Ev{message}-{delivery}");
        let first = up_to(message % 4, room.slack(&event(1), &ts, "Hello")).await;
        lost += usize::from(first.is_none());
        for delivery in [2, 3] {
            assert_eq!(
                room.slack(&event(delivery), &ts, "Hello").await,
                StatusCode::OK,
                "message {message}"
            );
        }
    }
    assert!(lost > 15, "more were cut off than those that never began: {lost}");
    room.work().await;
    assert_eq!(
        (
            room.ids().await.len(),
            room.contact().await.messages,
            room.peer.taken("/chat.postMessage").len()
        ),
        (1, 60, 1)
    );
}

both!(a_block_stands_in_the_dialog);
/// Rejected and blocked in one go: they hear nothing, and nothing that they write asks again.
async fn a_block_stands_in_the_dialog(house: &House) {
    let room = Room::new(house, Platform::Telegram).await;
    room.hears(1, 42, "Buy now").await;
    let id = room.ids().await.remove(0);
    let said = DecisionDraft {
        block: true,
        reason: "Advertising".into(),
        ..Verdict::Reject.into()
    };
    queue::decisions::decide_with(&house.desk, &room.ivo, &room.member, &id, &said)
        .await
        .unwrap();
    room.telegram(2, 42, "Buy today").await;
    room.work_at(house.now + Span::days(3)).await;
    room.work().await;
    assert_eq!(
        (room.ids().await.len(), room.contact().await.standing),
        (1, ContactStanding::Blocked)
    );
    assert_eq!(room.peer.texts(), ["Hello Nia Verne, please wait."]);
    assert_eq!(
        house
            .count("select count(*) from events where what = 'contact.changed'")
            .await,
        1
    );
    // Approving never blocks, whatever is sent with it.
    room.hears(3, 43, "Hello").await;
    let id = room.ids().await.into_iter().find(|other| *other != id).unwrap();
    queue::decisions::decide_with(
        &house.desk,
        &room.ivo,
        &room.member,
        &id,
        &DecisionDraft {
            block: true,
            ..Verdict::Approve.into()
        },
    )
    .await
    .unwrap();
    assert_eq!(
        house
            .count("select count(*) from contacts where standing = 'active'")
            .await,
        1
    );
}

both!(who_opts_out_is_left_alone);
/// STOP is no request and no message for the agent; whatever is written next takes it back.
async fn who_opts_out_is_left_alone(house: &House) {
    let room = Room::new(house, Platform::Sms).await;
    let write = async |n: usize, text: &str| {
        let body = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs([
                ("AccountSid", "AC1"),
                ("MessageSid", &format!("SM{n}")),
                ("From", "+15550100"),
                ("To", "+15550009"),
                ("Body", text),
            ])
            .finish();
        room.twilio(body).await;
        room.work().await;
    };
    write(1, "Stop").await;
    assert_eq!(
        (room.ids().await.len(), room.contact().await.has_opted_out()),
        (0, true)
    );
    write(2, "Let me in").await;
    let id = room.ids().await.remove(0);
    assert_eq!(room.contact().await.unreachable, "");
    room.decide(&id, Verdict::Approve, "").await.unwrap();
    write(3, "STOP").await;
    write(4, "Hello").await;
    assert_eq!(
        room.peer
            .taken("/agent")
            .iter()
            .map(|v| v["text"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>(),
        ["Hello"]
    );
}

both!(a_new_number_is_the_same_person);
/// Who takes another number, or is given another id, keeps their standing; whoever gets the former
/// number is somebody else.
async fn a_new_number_is_the_same_person(house: &House) {
    let room = Room::new(house, Platform::WhatsApp).await;
    let deliver = async |field: &str, mut value: Value| {
        value["metadata"] = json!({"phone_number_id": "100"});
        let body = json!({"object": "whatsapp_business_account", "entry": [{"id": "1",
        "changes": [{"field": field, "value": value}]}]})
        .to_string();
        assert_eq!(room.deliver_signed(body).await, StatusCode::OK);
        room.work().await;
    };
    let text = |id: &str, from: &str| {
        json!({"messages": [{"from": from, "id": id, "timestamp": "1",
    "type": "text", "text": {"body": "Hello"}}]})
    };
    deliver("messages", text("wamid.1", "15550100")).await;
    room.decide(&room.ids().await[0], Verdict::Approve, "")
        .await
        .unwrap();
    let contact = room.contact().await;
    let system = json!({"type": "user_changed_number", "wa_id": "15550199"});
    deliver(
        "messages",
        json!({"messages": [{"from": "15550100", "id": "wamid.2", "type": "system", "system": system}]}),
    )
    .await;
    deliver(
        "user_id_update",
        json!({"user_id_update": [{"user_id": {"previous": "15550199", "current": "US.7"}}]}),
    )
    .await;
    assert_eq!(
        (room.contact().await.id, room.contact().await.person.as_str()),
        (contact.id, "US.7")
    );
    assert_eq!(
        house
            .count("select count(*) from events where what = 'contact.changed'")
            .await,
        2
    );
    deliver("messages", text("wamid.3", "15550100")).await;
    assert_eq!(
        (room.ids().await.len(), room.contact().await.standing),
        (2, ContactStanding::Onboarding),
        "the number's next owner asks"
    );
}

both!(what_was_given_up_is_sent_again);
/// What was given up is counted at its connector, and all of it is sent again in its order, once
/// asked to.
async fn what_was_given_up_is_sent_again(house: &House) {
    let room = Room::new(house, Platform::Telegram).await;
    room.approved(42).await;
    room.work().await;
    for n in 2..5 {
        room.telegram(n, 42, &format!("Message {n}")).await;
    }
    room.until_done(&[JobKind::Arrival]).await;
    let sql =
        "update deliveries set state = 'failed', ended_at = 1 where kind = 'message' and what = 'agent'";
    house.execute(sql).await;
    assert_eq!(
        chat::connectors::undelivered(&house.desk, &room.member, &room.connector).await,
        Ok(3)
    );
    let (eva, stranger) = house.founder("southlight").await;
    assert_eq!(
        chat::connectors::send_all_again(&house.desk, &eva, &stranger, &room.connector).await,
        Err(Error::NotFound)
    );
    chat::connectors::send_all_again(&house.desk, &room.ivo, &room.member, &room.connector)
        .await
        .unwrap();
    chat::connectors::send_all_again(&house.desk, &room.ivo, &room.member, &room.connector)
        .await
        .unwrap();
    room.work().await;
    let numbers: Vec<i64> = room
        .peer
        .taken("/agent")
        .iter()
        .map(|v| v["number"].as_i64().unwrap())
        .collect();
    assert_eq!(
        (
            numbers,
            chat::connectors::undelivered(&house.desk, &room.member, &room.connector).await
        ),
        (vec![1, 2, 3], Ok(0))
    );
}

both!(a_channel_that_moves_is_followed);
/// A group that becomes a supergroup has another id; the posts go there.
async fn a_channel_that_moves_is_followed(house: &House) {
    let room = Room::new(house, Platform::Telegram).await;
    room.set(&[("channel", "-100")]).await;
    let parameters = json!({"migrate_to_chat_id": -100_200});
    room.peer.refuse(Some((
        400,
        json!({"ok": false, "description": "upgraded", "parameters": parameters}),
    )));
    let guest = house.person("tess@northlight.test", "Tess Varga").await;
    house.asks(&guest, "northlight").await;
    room.work().await;
    room.peer.refuse(None);
    let kept = room.kept().await;
    assert_eq!(kept.connector.channel, "-100200");
    room.work_all().await;
    assert_eq!(
        room.peer.taken("/sendMessage").last().unwrap()["chat_id"],
        json!(-100_200)
    );
}
