//! Chat: the first message becomes a request, once; a decision activates or rejects; what approved
//! people write is passed on, in order.
use crate::chat::room::{Room, SLUG, form};
use crate::harness::House;
use anteroom::delivery::hooks::provisioning::sign;
use anteroom::desk::chat::connectors::Draft;
use anteroom::desk::{account, chat, people, queue, requests};
use anteroom::domain::connector::{Platform, ROTATION};
use anteroom::domain::contact::Standing;
use anteroom::domain::request::{Kind, StatusWord};
use anteroom::domain::time::Span;
use anteroom::domain::verdict::Verdict;
use anteroom::domain::{Error, Why};
use anteroom::store;
use anteroom::store::chat::contacts::Look;
use axum::body::Body;
use futures::future::join_all;
use http::{Method, Request, StatusCode};
use serde_json::{Value, json};

both!(the_path_of_a_first_message);
/// First message, request with the right fields, approval, welcome, and the next message passed on,
/// signed.
async fn the_path_of_a_first_message(house: &House) {
    let room = Room::new(house, Platform::Telegram).await;
    assert_eq!(
        room.telegram(1, 42, "May I \u{202e}come in?").await,
        StatusCode::OK
    );
    room.work().await;
    let asked = room.requests().await.remove(0);
    assert_eq!(
        (asked.kind(), asked.name.as_str(), asked.message.as_str()),
        (Kind::Chat, "Nia Verne", "May I ⟨202e⟩come in?")
    );
    let listed = queue::list::page(&house.desk, &room.ivo, &room.member, &Default::default(), None)
        .await
        .unwrap();
    let chat = listed.rows[0].chat.clone().unwrap();
    assert_eq!(
        (
            chat.platform,
            chat.connector.as_str(),
            chat.person.as_str(),
            chat.conversation.as_str()
        ),
        (Platform::Telegram, "Front desk", "42", "42")
    );
    assert_eq!(room.peer.texts(), ["Hello Nia Verne, please wait."]);
    assert!(
        house
            .letters_to("admin@northlight.test")
            .await
            .iter()
            .any(|l| l.subject == "Nia Verne asks northlight Labs for access by chat")
    );

    // A further message is counted, and answered by nothing.
    room.telegram(2, 42, "Hello?").await;
    room.work().await;
    let asked = room.requests().await.remove(0);
    assert_eq!(
        (
            room.requests().await.len(),
            asked.chatted().unwrap().further,
            room.peer.texts().len()
        ),
        (1, 1, 1)
    );

    room.decide(&asked.id, Verdict::Approve, "Known from the fair")
        .await
        .unwrap();
    room.work().await;
    let decided = room.requests().await.remove(0);
    assert_eq!(
        (
            decided.status.word(),
            decided.status.decision().unwrap().reason.as_str()
        ),
        (StatusWord::Approved, "Known from the fair")
    );
    assert_eq!(
        (
            room.contact().await.standing,
            room.peer.texts().last().unwrap().as_str()
        ),
        (Standing::Active, "Welcome, Nia Verne.")
    );
    assert!(matches!(
        room.decide(&asked.id, Verdict::Reject, "").await,
        Err(Error::AlreadyDecided {
            verdict: Verdict::Approve,
            ..
        })
    ));

    for n in 3..8 {
        room.telegram(n, 42, &format!("Message {n}\u{200f}")).await;
    }
    room.work().await;
    let (_, headers, body) = room
        .peer
        .calls
        .lock()
        .unwrap()
        .iter()
        .find(|(path, ..)| path == "/agent")
        .cloned()
        .unwrap();
    let of = |name: &str| headers[name].to_str().unwrap();
    let signature = sign(&room.shown[1], of("webhook-id"), of("webhook-timestamp"), &body).unwrap();
    assert_eq!(of("webhook-signature"), format!("v1,{signature}"));
    let passed: Vec<(i64, String)> = room
        .peer
        .taken("/agent")
        .iter()
        .map(|v| (v["number"].as_i64().unwrap(), v["text"].as_str().unwrap().into()))
        .collect();
    assert_eq!(
        passed,
        (3..8)
            .map(|n| (n - 2, format!("Message {n}\u{200f}")))
            .collect::<Vec<_>>(),
        "as it was written"
    );
    assert_eq!(room.requests().await.len(), 1, "who is approved asks no more");
    let latest = chat::connectors::latest_sends(&house.desk, &room.member, &room.connector)
        .await
        .unwrap();
    assert_eq!(
        latest
            .iter()
            .filter(|(name, fate)| name.as_deref() == Some("Nia Verne")
                && fate.what.as_str() == "agent"
                && fate.state == "sent")
            .count(),
        5
    );
    let page = house
        .get(
            &format!("/{SLUG}/connectors/{}", room.connector),
            &house.cookie(&room.ivo).await,
        )
        .await
        .body;
    assert!(page.contains("Message passed on: delivered"), "{page}");
}

both!(rejected_people_may_ask_again_and_blocked_ones_not);
/// A further message of a rejected person asks again, a day later at the earliest; blocking stops
/// that.
async fn rejected_people_may_ask_again_and_blocked_ones_not(house: &House) {
    let room = Room::new(house, Platform::Telegram).await;
    room.telegram(1, 42, "Hello").await;
    room.work().await;
    let first = room.ids().await.remove(0);
    room.decide(&first, Verdict::Reject, "").await.unwrap();
    room.work().await;
    assert_eq!(
        (
            room.contact().await.standing,
            room.peer.texts().last().unwrap().as_str()
        ),
        (Standing::Rejected, "Not now, Nia Verne.")
    );
    room.telegram(2, 42, "Please").await;
    room.work().await;
    assert_eq!(room.ids().await.len(), 1, "at most one a day");
    room.telegram(3, 42, "Please?").await;
    room.work_at(house.now + Span::hours(25)).await;
    assert_eq!(room.ids().await.len(), 2);
    assert_eq!(room.requests().await[1].message, "Please?");
    assert_eq!(room.peer.texts().len(), 2, "the onboarding message comes once");

    let contact = room.contact().await;
    assert_eq!(
        chat::contacts::put(
            &house.desk,
            &room.ivo,
            &room.member,
            &contact.id,
            Standing::Active,
            Standing::Blocked
        )
        .await,
        Err(Error::Stale),
        "nobody saw them active"
    );
    chat::contacts::put(
        &house.desk,
        &room.ivo,
        &room.member,
        &contact.id,
        contact.standing,
        Standing::Blocked,
    )
    .await
    .unwrap();
    assert_eq!(
        room.requests().await[1].status.word(),
        StatusWord::Denied,
        "blocking answers what was asked"
    );
    room.telegram(4, 42, "Now?").await;
    room.work_at(house.now + Span::days(9)).await;
    assert_eq!(room.ids().await.len(), 2);
    chat::contacts::put(
        &house.desk,
        &room.ivo,
        &room.member,
        &contact.id,
        Standing::Blocked,
        Standing::Onboarding,
    )
    .await
    .unwrap();
    room.telegram(5, 42, "And now?").await;
    room.work().await;
    assert_eq!(room.ids().await.len(), 3);
}

both!(nobody_lets_themselves_in);
/// Whose channel it is does not decide what they asked there themselves; odd texts and odd buttons
/// hold nothing up.
async fn nobody_lets_themselves_in(house: &House) {
    let room = Room::new(house, Platform::Telegram).await;
    room.telegram(1, 77, "the escape \\u0000 and a \0 in it").await;
    room.work().await;
    let asked = room.requests().await.remove(0);
    assert_eq!(asked.message, "the escape \\u0000 and a ⟨0⟩ in it");
    let code = chat::identities::make_chat_code(&house.desk, &room.ivo)
        .await
        .unwrap();
    room.telegram(2, 77, &code).await;
    room.work().await;
    assert_eq!(
        room.decide(&asked.id, Verdict::Approve, "").await,
        Err(Error::Refused(Why::OwnRequest))
    );
    let shown = queue::list::page(&house.desk, &room.ivo, &room.member, &Default::default(), None)
        .await
        .unwrap();
    assert!(shown.rows[0].actions.is_empty());
    room.press(1, 77, &format!("approve:{}", asked.id)).await;
    room.press(2, 77, "somebody else's button").await;
    room.telegram(3, 77, "Hello").await;
    room.work().await;
    let asked = room.requests().await.remove(0);
    assert_eq!(
        (asked.status.word(), asked.chatted().unwrap().further),
        (StatusWord::Pending, 1)
    );
}

both!(parallel_first_messages_make_one_request);
/// However many first messages come at once: one request, one answer.
async fn parallel_first_messages_make_one_request(house: &House) {
    let room = Room::new(house, Platform::Telegram).await;
    let all = join_all((1..=50).map(|n| room.telegram(n, 42, "Hello"))).await;
    assert!(all.iter().all(|s| *s == StatusCode::OK), "{all:?}");
    let workers =
        (0..4).map(|_| async { while room.platforms.work_round(&house.desk).await.unwrap() > 0 {} });
    join_all(workers).await;
    room.work().await;
    let asked = room.requests().await;
    assert_eq!(
        (
            asked.len(),
            asked[0].chatted().unwrap().further,
            room.peer.texts().len()
        ),
        (1, 49, 1)
    );
    assert_eq!(room.contact().await.messages, 50);
}

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
    assert_eq!(house.count("select count(*) from chat_events").await, 0);
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
        let (id, _) =
            chat::connectors::create(&house.desk, &room.ivo, &room.member, platform, &Draft(&fields))
                .await
                .unwrap();
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
    assert_eq!(house.count("select count(*) from chat_events").await, 0);
}

both!(row_32_what_comes_from_chat_is_no_formula);
/// Names and texts from chat are text in every export, and in the letter to administrators.
async fn row_32_what_comes_from_chat_is_no_formula(house: &House) {
    let room = Room::new(house, Platform::Telegram).await;
    let from = json!({"id": 42, "is_bot": false, "first_name": "=HYPERLINK(\"http://evil.example\")"});
    let message = json!({"message_id": 1, "chat": {"id": 42, "type": "private"}, "from": from,
    "text": "@SUM(1)\r\n<script>alert(1)</script>"});
    let body = json!({"update_id": 1, "message": message}).to_string();
    room.deliver_signed(body).await;
    room.work().await;
    let cookie = house.cookie(&room.ivo).await;
    let csv = house
        .get("/northlight/access_requests/export?format=csv&kind=chat", &cookie)
        .await
        .body;
    assert!(
        csv.contains("'=HYPERLINK") && csv.contains("'@SUM(1)") && csv.contains("telegram"),
        "{csv}"
    );
    assert!(!csv.contains("chat.invalid"), "{csv}");
    let page = house
        .get("/northlight/access_requests?kind=chat", &cookie)
        .await
        .body;
    assert!(!page.contains("<script>alert"), "escaped");
    let letters = house.letters_to("admin@northlight.test").await;
    let letter = letters.iter().find(|l| l.subject.contains("by chat")).unwrap();
    assert!(!letter.html.contains("<script>") && !letter.subject.contains(['\r', '\n']));
}

both!(secrets_are_replaced_in_peace);
/// A replaced secret counts for seven days more, and no longer.
async fn secrets_are_replaced_in_peace(house: &House) {
    let room = Room::new(house, Platform::Telegram).await;
    let mut fields = form(&room.peer);
    fields.insert("renew".into(), "on".into());
    fields.insert("bot_token".into(), String::new());
    let shown = chat::connectors::change(
        &house.desk,
        &room.ivo,
        &room.member,
        &room.connector,
        &Draft(&fields),
    )
    .await
    .unwrap();
    assert_eq!(shown.len(), 1);
    assert_eq!(room.telegram(1, 42, "by the former secret").await, StatusCode::OK);
    let kept = chat::connectors::find(&house.desk, &room.member, &room.connector)
        .await
        .unwrap();
    let (now, before) = chat::connectors::knows(&house.desk, &kept, house.now).unwrap();
    assert_eq!(
        (now["webhook_secret"].as_str(), now["bot_token"].as_str()),
        (shown[0].as_str(), "12:abc")
    );
    assert_eq!(before.unwrap()["webhook_secret"], room.shown[0]);
    let (_, before) = chat::connectors::knows(&house.desk, &kept, anteroom::clock::now() + ROTATION).unwrap();
    assert_eq!(before, None);
    assert_eq!(
        house
            .count("select count(*) from connectors where secrets like '%abc%' or settings like '%abc%'")
            .await,
        0,
        "stored sealed"
    );
    assert_eq!(
        house
            .count("select count(*) from event_details where detail like '%12:abc%'")
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
    room.telegram(1, 42, "Hello").await;
    room.work().await;
    let id = room.ids().await.remove(0);
    let details = queue::list::request_details(&house.desk, &room.ivo, &room.member, &id)
        .await
        .unwrap();
    assert_eq!(
        (
            details.sends[0].state.as_str(),
            details.sends[0].problem.as_deref()
        ),
        ("failed", Some("Forbidden: bot was blocked by the user"))
    );
    assert!(room.contact().await.unreachable.contains("blocked"));
    assert!(details.history.iter().any(|e| e.what == "contact.undelivered"));
    room.peer.refuse(None);
    chat::contacts::send_again(&house.desk, &room.ivo, &room.member, &details.sends[0].id)
        .await
        .unwrap();
    room.work().await;
    let details = queue::list::request_details(&house.desk, &room.ivo, &room.member, &id)
        .await
        .unwrap();
    assert_eq!(
        (
            details.sends[0].state.as_str(),
            room.contact().await.unreachable.as_str()
        ),
        ("sent", "")
    );
    assert_eq!(
        chat::contacts::send_again(&house.desk, &room.ivo, &room.member, &details.sends[0].id).await,
        Err(Error::NotFound),
        "once is enough"
    );
}

both!(the_erased_are_erased_in_chat);
/// Whoever has their account erased is erased in chat as well, where it is proven that it was them;
/// the decision stays.
async fn the_erased_are_erased_in_chat(house: &House) {
    let room = Room::new(house, Platform::Telegram).await;
    let mira = house.person("mira@northlight.test", "Mira Okafor").await;
    let mut tx = house.desk.db.begin().await.unwrap();
    store::people::members::join(&mut tx, &room.member.organisation, &mira.account, house.now)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    room.telegram(1, 770_077, "Nia writes a secret").await;
    room.work().await;
    let id = room.ids().await.remove(0);
    room.decide(&id, Verdict::Approve, "").await.unwrap();
    let code = chat::identities::make_chat_code(&house.desk, &mira)
        .await
        .unwrap();
    room.telegram(2, 770_077, &code).await;
    room.work().await;
    assert_eq!(room.contact().await.proven_by(), Some(mira.id()));
    let member = house.member(&mira, SLUG).await;
    let number = member.customer_number.clone();
    people::departure::cancel_access(&house.desk, &mira, &member, &number)
        .await
        .unwrap();
    account::erasure::delete_account(&house.desk, &mira, "", "mira@northlight.test")
        .await
        .unwrap();
    assert_eq!(
        account::erasure::sweep(&house.desk, house.now + Span::days(8)).await,
        Ok(1)
    );
    for (table, columns) in [
        ("contacts", "person || name || conversation || route || sorts_as"),
        ("requests", "name || message || sorts_as"),
        ("chat_sends", "send"),
        ("chat_events", "arrived || lane"),
        ("request_terms", "term"),
        ("event_details", "detail"),
        ("outbox", "letter"),
    ] {
        let told = format!(
            "select count(*) from {table} where {columns} like '%Verne%' or {columns} like '%770077%' or \
             {columns} like '%secret%'"
        );
        assert_eq!(house.count(&told).await, 0, "{table}");
    }
    assert_eq!(room.requests().await[0].status.word(), StatusWord::Approved);
}

both!(people_keep_their_standing_under_another_identity);
/// WhatsApp names people by a number at first and by an id of its own later: they stay who they
/// are, blocked or active.
async fn people_keep_their_standing_under_another_identity(house: &House) {
    let room = Room::new(house, Platform::WhatsApp).await;
    let write = async |id: &str, user: Option<&str>| {
        let message = json!({"from": "15550100", "from_user_id": user, "id": id, "timestamp": "1",
        "type": "text", "text": {"body": "Hello"}});
        let value = json!({"metadata": {"phone_number_id": "100"}, "messages": [message]});
        let body = json!({"object": "whatsapp_business_account", "entry": [{"id": "1",
        "changes": [{"field": "messages", "value": value}]}]})
        .to_string();
        assert_eq!(room.deliver_signed(body).await, StatusCode::OK);
        room.work().await;
    };
    write("wamid.1", None).await;
    let contact = room.contact().await;
    chat::contacts::put(
        &house.desk,
        &room.ivo,
        &room.member,
        &contact.id,
        contact.standing,
        Standing::Blocked,
    )
    .await
    .unwrap();
    write("wamid.2", Some("US.1349")).await;
    let after = room.contact().await;
    assert_eq!(
        (after.id, after.person.as_str(), after.standing, after.messages),
        (contact.id, "US.1349", Standing::Blocked, 2)
    );
    assert_eq!(
        (
            room.ids().await.len(),
            house.count("select count(*) from contacts").await
        ),
        (1, 1)
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
        queue::list::request_details(&house.desk, &room.ivo, &room.member, &id)
            .await
            .unwrap()
            .sends[0]
            .state
            .clone()
    };
    assert_eq!(state().await, "sent");
    room.work_at(house.now + Span::minutes(2)).await;
    assert_eq!(state().await, "failed");
    assert!(room.contact().await.unreachable.contains("undeliverable"));
    assert_eq!(
        chat::connectors::find(&house.desk, &room.member, &room.connector)
            .await
            .unwrap()
            .health
            .problem,
        "",
        "one person says nothing of the connector"
    );
}

both!(approvers_decide_by_buttons);
/// A new request of any kind is posted for approvers; a press counts from whoever has proven to be
/// a member with the right, once; and every post of a decided request loses its buttons, wherever
/// it was decided.
async fn approvers_decide_by_buttons(house: &House) {
    let room = Room::new(house, Platform::Telegram).await;
    let mut fields = form(&room.peer);
    fields.insert("channel".into(), "-100".into());
    chat::connectors::change(
        &house.desk,
        &room.ivo,
        &room.member,
        &room.connector,
        &Draft(&fields),
    )
    .await
    .unwrap();
    room.telegram(1, 42, "May I?").await;
    room.work().await;
    let id = room.ids().await.remove(0);
    let post = room
        .peer
        .taken("/sendMessage")
        .into_iter()
        .find(|v| v["chat_id"].to_string().contains("-100"))
        .expect("a post");
    assert!(post["text"].as_str().unwrap().contains("> May I?"), "{post}");
    let button = |n: usize| {
        post["reply_markup"]["inline_keyboard"][0][n]["callback_data"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    assert_eq!(
        (button(0), button(1)),
        (format!("approve:{id}"), format!("reject:{id}"))
    );

    let pending = async || room.requests().await[0].status.word() == StatusWord::Pending;
    let told = || {
        room.peer
            .taken("/answerCallbackQuery")
            .last()
            .map(|v| v["text"].as_str().unwrap().to_owned())
            .unwrap_or_default()
    };
    room.press(1, 77, &button(0)).await;
    assert!(
        pending().await && told().starts_with("Nothing was decided"),
        "{}",
        told()
    );

    // An administrator's note gives no right; a guessed code neither; the member's own code does,
    // once.
    room.telegram(2, 77, "Hello").await;
    room.work().await;
    let contact = async |person: &str| {
        let found = chat::contacts::list(&house.desk, &room.member, &room.connector, &Look::default())
            .await
            .unwrap();
        found.listed.into_iter().find(|c| c.person == person).unwrap()
    };
    chat::identities::note_member(
        &house.desk,
        &room.ivo,
        &room.member,
        &contact("77").await.id,
        Some("Ivo Brandt"),
    )
    .await
    .unwrap();
    assert_eq!(
        chat::identities::note_member(
            &house.desk,
            &room.ivo,
            &room.member,
            &contact("77").await.id,
            Some(" ")
        )
        .await,
        Err(Error::field("person", Why::Missing))
    );
    assert!(
        contact("77").await.member.is_some(),
        "an empty field takes nothing away"
    );
    room.press(2, 77, &button(0)).await;
    room.telegram(3, 77, "AAAAA-AAAAA").await;
    room.work().await;
    room.press(3, 77, &button(0)).await;
    assert!(pending().await);
    let code = chat::identities::make_chat_code(&house.desk, &room.ivo)
        .await
        .unwrap();
    room.telegram(4, 77, &format!("Here it is: {}.", code.to_lowercase()))
        .await;
    room.work().await;
    assert!(
        room.peer
            .texts()
            .last()
            .unwrap()
            .starts_with("This is now linked with Ivo Brandt"),
        "{:?}",
        room.peer.texts()
    );
    room.telegram(5, 42, &code).await;
    room.work().await;
    assert_eq!(contact("42").await.member, None, "a code works once");

    room.press(4, 77, &button(0)).await;
    assert_eq!(
        (room.requests().await[0].status.word(), told().as_str()),
        (StatusWord::Approved, "Approved")
    );
    room.press(5, 77, &button(1)).await;
    assert!(told().contains("Ivo Brandt"), "{}", told());
    requests::posts::close_posts(&house.desk, anteroom::clock::now())
        .await
        .unwrap();
    requests::posts::close_posts(&house.desk, anteroom::clock::now())
        .await
        .unwrap();
    room.work().await;
    let edits = room.peer.taken("/editMessageText");
    assert_eq!(
        edits
            .iter()
            .filter(|e| e["text"].as_str().unwrap().starts_with("Approved by Ivo Brandt"))
            .count(),
        1,
        "{edits:?}"
    );

    // Without the right, the link is worth nothing.
    chat::identities::unlink_chat(&house.desk, &room.ivo, &contact("77").await.id)
        .await
        .unwrap();
    let mira = house.person("mira@northlight.test", "Mira Okafor").await;
    let mut tx = house.desk.db.begin().await.unwrap();
    store::people::members::join(&mut tx, &room.member.organisation, &mira.account, house.now)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let code = chat::identities::make_chat_code(&house.desk, &mira)
        .await
        .unwrap();
    room.telegram(6, 77, &code).await;
    let asked = house.person("tess@northlight.test", "Tess Varga").await;
    let join = house.asks(&asked, SLUG).await;
    room.work().await;
    assert!(
        room.peer
            .texts()
            .iter()
            .any(|t| t.starts_with("Tess Varga (tess@northlight.test) asks to join.")),
        "{:?}",
        room.peer.texts()
    );
    room.press(6, 77, &format!("approve:{join}")).await;
    assert!(told().contains("may not decide"), "{}", told());
    // Decided in the queue: the post says so.
    queue::decisions::decide(&house.desk, &room.ivo, &room.member, &join, Verdict::Reject)
        .await
        .unwrap();
    requests::posts::close_posts(&house.desk, anteroom::clock::now())
        .await
        .unwrap();
    room.work().await;
    let last = room.peer.taken("/editMessageText").last().unwrap().clone();
    assert!(
        last["text"]
            .as_str()
            .unwrap()
            .starts_with("Rejected by Ivo Brandt")
            && last["reply_markup"]["inline_keyboard"]
                .as_array()
                .is_none_or(Vec::is_empty),
        "{last}"
    );
}

both!(connectors_are_deleted_and_are_nobody_elses);
/// Deleting a connector cancels what was asked by it; another organisation finds none of it.
async fn connectors_are_deleted_and_are_nobody_elses(house: &House) {
    let room = Room::new(house, Platform::Telegram).await;
    room.telegram(1, 42, "Hello").await;
    room.work().await;
    let contact = room.contact().await;
    let eva = house.organisation("southlight").await;
    let stranger = house.member(&eva, "southlight").await;
    assert_eq!(
        chat::connectors::find(&house.desk, &stranger, &room.connector)
            .await
            .err(),
        Some(Error::NotFound)
    );
    assert_eq!(
        chat::connectors::delete(&house.desk, &eva, &stranger, &room.connector).await,
        Err(Error::NotFound)
    );
    assert_eq!(
        chat::contacts::put(
            &house.desk,
            &eva,
            &stranger,
            &contact.id,
            contact.standing,
            Standing::Blocked
        )
        .await,
        Err(Error::NotFound)
    );
    chat::connectors::delete(&house.desk, &room.ivo, &room.member, &room.connector)
        .await
        .unwrap();
    assert_eq!(room.requests().await[0].status.word(), StatusWord::Canceled);
    assert_eq!(room.telegram(2, 42, "Hello?").await, StatusCode::NOT_FOUND);
    assert_eq!(
        house
            .count("select count(*) from connectors where secrets <> '' or agent_secret is not null")
            .await,
        0
    );
}
