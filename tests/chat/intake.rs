//! Chat: the first message becomes a request, once; a decision activates or rejects; what approved
//! people write is passed on, in order.
use crate::chat::room::{Room, SLUG};
use crate::harness::House;
use anteroom::delivery::hooks::provisioning::sign;
use anteroom::desk::{account, chat, people, queue};
use anteroom::domain::connector::Platform;
use anteroom::domain::contact::ContactStanding;
use anteroom::domain::delivery::DeliveryState;
use anteroom::domain::delivery::JobKind;
use anteroom::domain::request::{RequestKind, StatusWord};
use anteroom::domain::time::Span;
use anteroom::domain::verdict::Verdict;
use anteroom::domain::{Error, Why};
use anteroom::store::deliveries::fates::Says;
use anteroom::store::deliveries::messages::MessageKind;
use futures::future::join_all;
use http::StatusCode;
use serde_json::json;

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
        (RequestKind::Chat, "Nia Verne", "May I ⟨202e⟩come in?")
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
    room.hears(2, 42, "Hello?").await;
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
        (ContactStanding::Active, "Welcome, Nia Verne.")
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
            .filter(|fate| fate.to.as_deref() == Some("Nia Verne")
                && fate.says == Says::Message(MessageKind::Agent)
                && fate.state == DeliveryState::Sent)
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
    room.hears(1, 42, "Hello").await;
    let first = room.ids().await.remove(0);
    room.decide(&first, Verdict::Reject, "").await.unwrap();
    room.work().await;
    assert_eq!(
        (
            room.contact().await.standing,
            room.peer.texts().last().unwrap().as_str()
        ),
        (ContactStanding::Rejected, "Not now, Nia Verne.")
    );
    room.hears(2, 42, "Please").await;
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
            ContactStanding::Active,
            ContactStanding::Blocked
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
        ContactStanding::Blocked,
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
        ContactStanding::Blocked,
        ContactStanding::Onboarding,
    )
    .await
    .unwrap();
    room.hears(5, 42, "And now?").await;
    assert_eq!(room.ids().await.len(), 3);
}

both!(nobody_lets_themselves_in);
/// Whose channel it is does not decide what they asked there themselves; odd texts and odd buttons
/// hold nothing up.
async fn nobody_lets_themselves_in(house: &House) {
    let room = Room::new(house, Platform::Telegram).await;
    room.hears(1, 77, "the escape \\u0000 and a \0 in it").await;
    let asked = room.requests().await.remove(0);
    assert_eq!(asked.message, "the escape \\u0000 and a ⟨0⟩ in it");
    let code = chat::identities::make_chat_code(&house.desk, &room.ivo, "")
        .await
        .unwrap();
    room.hears(2, 77, &code).await;
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
    room.hears(3, 77, "Hello").await;
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
    let workers = (0..4).map(|_| room.until_done(&[JobKind::Arrival]));
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

both!(the_erased_are_erased_in_chat);
/// Whoever has their account erased is erased in chat as well, where it is proven that it was them;
/// the decision stays.
async fn the_erased_are_erased_in_chat(house: &House) {
    let room = Room::new(house, Platform::Telegram).await;
    let mira = house.member(&room.ivo, "Mira Okafor").appointed().await;
    room.hears(1, 770_077, "Nia writes a secret").await;
    let id = room.ids().await.remove(0);
    room.decide(&id, Verdict::Approve, "").await.unwrap();
    let code = chat::identities::make_chat_code(&house.desk, &mira, "")
        .await
        .unwrap();
    room.hears(2, 770_077, &code).await;
    assert_eq!(room.contact().await.proven_by(), Some(mira.id()));
    let member = house.membership(&mira, SLUG).await;
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
        ("request_terms", "term"),
        ("event_details", "detail"),
        ("deliveries", "job || lane"),
    ] {
        let told = format!(
            "select count(*) from {table} where {columns} like '%Verne%' or {columns} like '%770077%' \
             or {columns} like '%secret%'"
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
        ContactStanding::Blocked,
    )
    .await
    .unwrap();
    write("wamid.2", Some("US.1349")).await;
    let after = room.contact().await;
    assert_eq!(
        (after.id, after.person.as_str(), after.standing, after.messages),
        (contact.id, "US.1349", ContactStanding::Blocked, 2)
    );
    assert_eq!(
        (
            room.ids().await.len(),
            house.count("select count(*) from contacts").await
        ),
        (1, 1)
    );
}
