//! What platforms deliver: signed, taken once, heard though it comes late.
use crate::chat::room::messages;
use crate::chat::room::{Room, form};
use crate::harness::House;
use anteroom::desk::people;
use anteroom::desk::{chat, queue};
use anteroom::domain::Error;
use anteroom::domain::connector::Platform;
use anteroom::domain::time::Span;
use anteroom::domain::verdict::Verdict;
use axum::body::Body;
use http::{Method, Request, StatusCode};
use serde_json::{Value, json};

both!(a_message_is_taken_once);
/// The same message under three names of its delivery, as when the first answers were lost, is one;
/// so is the same delivery again.
async fn a_message_is_taken_once(house: &House) {
    let room = Room::new(house, Platform::Slack).await;
    for event in ["Ev1", "Ev1", "Ev2", "Ev3"] {
        assert_eq!(room.slack(event, "1700000000.1", "Hello").await, StatusCode::OK);
    }
    room.work().await;
    let asked = room.requests().await;
    assert_eq!(
        (
            asked.len(),
            asked[0].chatted().unwrap().further,
            asked[0].name.as_str()
        ),
        (1, 0, "Nia Verne"),
        "the name was asked for"
    );
    assert_eq!(room.peer.taken("/chat.postMessage").len(), 1);
}

both!(a_batch_of_a_thousand);
/// What WhatsApp gathers in one delivery is all taken, in its order.
async fn a_batch_of_a_thousand(house: &House) {
    let room = Room::new(house, Platform::WhatsApp).await;
    let messages: Vec<Value> = (0..1000)
        .map(|n| {
            json!({"from": format!("1555{:03}", n % 20),
    "id": format!("wamid.{n}"), "timestamp": "1", "type": "text",
    "text": {"body": format!("{n}")}})
        })
        .collect();
    let value = json!({"messaging_product": "whatsapp", "metadata": {"phone_number_id": "100"},
    "messages": messages});
    let body = json!({"object": "whatsapp_business_account", "entry": [{"id": "1",
    "changes": [{"field": "messages", "value": value}]}]})
    .to_string();
    assert_eq!(room.deliver_signed(body.clone()).await, StatusCode::OK);
    assert_eq!(room.deliver_signed(body).await, StatusCode::OK);
    room.work().await;
    let asked = room.requests().await;
    assert_eq!(asked.len(), 20);
    assert!(asked.iter().all(|r| r.chatted().unwrap().further == 49));
    assert!(
        asked.iter().all(|r| r.message.parse::<i64>().unwrap() < 20),
        "the first message is the one that is shown"
    );
}

both!(what_is_not_signed_is_refused);
/// Unsigned, wrongly signed, too large, to nowhere, or to a connector that is off: refused, and
/// nothing is kept.
async fn what_is_not_signed_is_refused(house: &House) {
    let room = Room::new(house, Platform::Telegram).await;
    let body = json!({"update_id": 1, "message": {"message_id": 1, "chat": {"id": 1, "type": "private"},
    "from": {"id": 1, "is_bot": false}, "text": "x"}})
    .to_string();
    assert_eq!(room.deliver(&[], body.clone()).await, StatusCode::FORBIDDEN);
    assert_eq!(
        room.deliver(&[("x-telegram-bot-api-secret-token", "wrong")], body.clone())
            .await,
        StatusCode::FORBIDDEN
    );
    assert_eq!(
        room.deliver(
            &[("x-telegram-bot-api-secret-token", &room.shown[0])],
            "x".repeat(2 << 20)
        )
        .await,
        StatusCode::PAYLOAD_TOO_LARGE
    );
    let nowhere = Room {
        hook: "a".repeat(43),
        ..room.clone()
    };
    assert_eq!(nowhere.telegram(1, 1, "x").await, StatusCode::NOT_FOUND);
    chat::connectors::set_state(&house.desk, &room.ivo, &room.member, &room.connector, false)
        .await
        .unwrap();
    assert_eq!(room.telegram(1, 1, "x").await, StatusCode::NOT_FOUND);
    assert_eq!(
        house
            .count("select count(*) from deliveries where kind = 'arrival'")
            .await,
        0
    );
}

both!(row_35_no_platform_is_believed_unsigned);
/// Whatever is sent to the webhook of any platform without its signature is refused, kept nowhere,
/// and breaks nothing.
async fn row_35_no_platform_is_believed_unsigned(house: &House) {
    let room = Room::new(house, Platform::Telegram).await;
    for platform in Platform::ALL {
        let mut fields = form(&room.peer);
        for (name, value) in [
            ("app_id", "a"),
            ("tenant", "t"),
            ("client_secret", "s"),
            ("account_sid", "AC1"),
            ("auth_token", "s"),
            ("sender", "+15550100"),
        ] {
            fields.insert(name.into(), value.into());
        }
        fields.insert("name".into(), format!("The {} one", platform.as_str()));
        let (id, _) = house.connector(&room.ivo, platform, &fields).await;
        let path = format!(
            "/hooks/{}/{}",
            platform.as_str(),
            chat::connectors::find(&house.desk, &room.member, &id)
                .await
                .unwrap()
                .hook
        );
        let bodies: [&[u8]; 5] = [
            b"",
            b"{}",
            b"\0\xff\xfe",
            b"payload=%7B%7D&Body=x&MessageSid=1",
            &[b'['; 5000],
        ];
        for body in bodies {
            for headers in [
                vec![],
                vec![("authorization", "Bearer a.b.c")],
                vec![
                    ("x-slack-signature", "v0="),
                    ("x-hub-signature-256", "sha256="),
                    ("x-twilio-signature", ""),
                ],
            ] {
                let mut request = Request::builder()
                    .method(Method::POST)
                    .uri(&path)
                    .header("content-type", "application/json");
                for (name, value) in headers {
                    request = request.header(name, value);
                }
                let status = house
                    .send(request.body(Body::from(body.to_vec())).unwrap())
                    .await
                    .status;
                assert!(matches!(status.as_u16(), 403 | 503), "{platform:?}: {status}");
            }
        }
        let challenge = format!("{path}?hub.mode=subscribe&hub.verify_token=guess&hub.challenge=1");
        assert_eq!(
            house.get(&challenge, "").await.status,
            StatusCode::FORBIDDEN,
            "{platform:?}"
        );
    }
    assert_eq!(
        house
            .count("select count(*) from deliveries where kind = 'arrival'")
            .await,
        0
    );
}

both!(what_is_refused_is_shown_and_sent_again);
/// What a platform refuses is shown as not delivered, and can be sent again.
async fn what_is_refused_is_shown_and_sent_again(house: &House) {
    let room = Room::new(house, Platform::Telegram).await;
    room.peer.refuse(Some((
        403,
        json!({"ok": false, "error_code": 403, "description": "Forbidden: bot was blocked by the user"}),
    )));
    room.hears(1, 42, "Hello").await;
    let id = room.ids().await.remove(0);
    let details = queue::list::request_details(&house.desk, &room.ivo, &room.member, &id)
        .await
        .unwrap();
    assert_eq!(
        (
            messages(&details)[0].state.as_str(),
            messages(&details)[0].reason.as_deref()
        ),
        ("failed", Some("Forbidden: bot was blocked by the user"))
    );
    assert!(room.contact().await.unreachable.contains("blocked"));
    assert!(details.history.iter().any(|e| e.what == "contact.undelivered"));
    room.peer.refuse(None);
    people::undelivered::try_again(&house.desk, &room.ivo, &room.member, &messages(&details)[0].id)
        .await
        .unwrap();
    room.work().await;
    let details = queue::list::request_details(&house.desk, &room.ivo, &room.member, &id)
        .await
        .unwrap();
    assert_eq!(
        (
            messages(&details)[0].state.as_str(),
            room.contact().await.unreachable.as_str()
        ),
        ("sent", "")
    );
    assert_eq!(
        people::undelivered::try_again(&house.desk, &room.ivo, &room.member, &messages(&details)[0].id).await,
        Err(Error::NotFound),
        "once is enough"
    );
}

both!(late_reports_are_heard);
/// What a platform took and could not deliver is shown as well, however late it says so, and
/// whether or not before its answer.
async fn late_reports_are_heard(house: &House) {
    let room = Room::new(house, Platform::WhatsApp).await;
    let deliver = async |value: Value| {
        let value = json!({"messaging_product": "whatsapp", "metadata": {"phone_number_id": "100"},
        "messages": value["messages"], "statuses": value["statuses"]});
        let body = json!({"object": "whatsapp_business_account", "entry": [{"id": "1",
        "changes": [{"field": "messages", "value": value}]}]})
        .to_string();
        room.deliver_signed(body).await
    };
    let report = json!({"messages": [], "statuses": [{"id": "wamid.sent", "status": "failed",
    "errors": [{"code": 131026, "title": "Message undeliverable"}]}]});
    assert_eq!(deliver(report).await, StatusCode::OK);
    room.work().await;
    let first = json!([{"from": "15550100", "id": "wamid.1", "timestamp": "1", "type": "text",
    "text": {"body": "Hello"}}]);
    assert_eq!(
        deliver(json!({"messages": first, "statuses": []})).await,
        StatusCode::OK
    );
    room.work().await;
    let id = room.ids().await.remove(0);
    let state = async || {
        let found = queue::list::request_details(&house.desk, &room.ivo, &room.member, &id).await;
        messages(&found.unwrap())[0].state.as_str()
    };
    assert_eq!(state().await, "sent");
    room.work_at(house.now + Span::minutes(2)).await;
    assert_eq!(state().await, "failed");
    assert!(room.contact().await.unreachable.contains("undeliverable"));
    assert_eq!(
        room.kept().await.health.problem,
        "",
        "one person says nothing of the connector"
    );
}

both!(a_name_that_comes_late);
/// A platform that cannot tell a name just now is asked again; not for ever, and not about people
/// who make no request.
async fn a_name_that_comes_late(house: &House) {
    let room = Room::new(house, Platform::Slack).await;
    let asked = || {
        room.peer
            .calls
            .lock()
            .unwrap()
            .iter()
            .filter(|(path, ..)| path.ends_with("/users.info"))
            .count()
    };
    room.peer.refuse(Some((503, json!({}))));
    room.slack("Ev1", "1700000000.1", "Hello").await;
    room.work().await;
    assert_eq!((room.ids().await.len(), asked()), (0, 1));
    room.peer.refuse(None);
    room.work_all().await;
    assert_eq!(
        (room.requests().await[0].name.as_str(), asked()),
        ("Nia Verne", 2)
    );
    room.decide(&room.ids().await[0], Verdict::Approve, "")
        .await
        .unwrap();
    house.execute("update contacts set name = person").await;
    room.slack("Ev2", "1700000000.2", "Hello").await;
    room.work().await;
    assert_eq!(asked(), 2, "who is approved asks for nothing");
    room.peer.refuse(Some((503, json!({}))));
    let message = json!({"type": "message", "channel_type": "im", "channel": "D2", "user": "U2",
    "text": "Hello", "ts": "1700000000.3"});
    room.deliver_signed(
        json!({"type": "event_callback", "team_id": "T1", "event_id": "Ev3", "event": message}).to_string(),
    )
    .await;
    for _ in 0..3 {
        room.work_all().await;
    }
    assert_eq!(
        (
            asked(),
            room.requests().await.iter().filter(|r| r.name == "U2").count()
        ),
        (5, 1),
        "nobody waits for ever"
    );
}

both!(deliveries_with_long_names);
/// However long the names are by which a platform tells deliveries apart, each is taken once.
async fn deliveries_with_long_names(house: &House) {
    let room = Room::new(house, Platform::Slack).await;
    let (long, other) = ("E".repeat(5000), "E".repeat(4999) + "F");
    for (event, ts) in [
        (&long, "1.1"),
        (&long, "1.1"),
        (&other, "1.2"),
        (&"Ev3".to_owned(), long.as_str()),
        (&"Ev4".to_owned(), long.as_str()),
    ] {
        assert_eq!(room.slack(event, ts, "Hello").await, StatusCode::OK);
    }
    room.work().await;
    assert_eq!(room.contact().await.messages, 3);
}
