//! Chat: who may set up what, who stays out, and what is told when nothing is decided.
use crate::chat::room::{Peer, Room, form};
use crate::harness::House;
use anteroom::desk::chat::connectors::ConnectorDraft;
use anteroom::desk::{account, chat, organisation};
use anteroom::domain::connector::{Platform, has_buttons};
use anteroom::domain::contact::ContactStanding;
use anteroom::domain::member::Membership;
use anteroom::domain::organisation::GRACE;
use anteroom::domain::request::StatusWord;
use anteroom::domain::role::Permission;
use anteroom::domain::time::Span;
use anteroom::domain::verdict::Verdict;
use anteroom::domain::{Error, Why, delivery_failure};
use anteroom::{clock, store};
use http::StatusCode;
use serde_json::json;

both!(who_may_not_decide_sets_up_no_buttons);
/// Whoever knows a connector's secrets could press its buttons in anybody's name: setting one up
/// takes the right to decide as well.
async fn who_may_not_decide_sets_up_no_buttons(house: &House) {
    let room = Room::new(house, Platform::Telegram).await;
    let limited = Membership {
        permissions: [Permission::ConnectorsManage].into_iter().collect(),
        ..room.member.clone()
    };
    let mut fields = form(&room.peer);
    fields.insert("renew".into(), "on".into());
    let changed = chat::connectors::change(
        &house.desk,
        &room.ivo,
        &limited,
        &room.connector,
        &ConnectorDraft(&fields),
    )
    .await;
    assert_eq!(changed.err(), Some(Error::Forbidden));
    fields.insert("name".into(), "Another".into());
    for platform in Platform::ALL {
        let made = chat::connectors::create(
            &house.desk,
            &room.ivo,
            &limited,
            platform,
            &ConnectorDraft(&fields),
        )
        .await;
        assert_eq!(
            made.err(),
            has_buttons(platform).then_some(Error::Forbidden),
            "{platform:?}"
        );
        fields.insert("name".into(), format!("After {}", platform.as_str()));
    }
    assert!(
        chat::connectors::find(&house.desk, &limited, &room.connector)
            .await
            .is_ok(),
        "it is seen, checked, disabled and deleted"
    );
}

both!(a_number_that_was_silent_is_nobodys);
/// F1: a telephone number passes on to others after weeks of silence: what it writes then comes
/// from nobody's contact, and the member is told, as they were when it was linked.
async fn a_number_that_was_silent_is_nobodys(house: &House) {
    let room = Room::new(house, Platform::Sms).await;
    let write = async |n: u8, text: &str| {
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
    let linked = async || room.contact().await.proven_by().cloned();
    let ago = async |days: i64| {
        let then = (house.now - Span::days(days)).0;
        let sql = format!("update contacts set last_message_at = {then}, proven_at = {then}");
        house.execute(&sql).await;
    };
    let code = chat::identities::make_chat_code(&house.desk, &room.ivo, "")
        .await
        .unwrap();
    write(1, &code).await;
    assert_eq!(linked().await.as_ref(), Some(room.ivo.id()));
    ago(44).await;
    write(2, "Hello").await;
    assert_eq!(
        linked().await.as_ref(),
        Some(room.ivo.id()),
        "it was silent for less"
    );
    ago(46).await;
    write(3, "Hello").await;
    assert_eq!((linked().await, room.contact().await.member), (None, None));
    let address = room.ivo.account.email.as_str();
    let told = house.letters_to(address).await;
    let about = |end: &str| told.iter().filter(|m| m.subject.ends_with(end)).count();
    assert_eq!(
        (
            about("linked with your account"),
            about("removed from your account")
        ),
        (1, 1)
    );
    // Where people are known by an id of the platform, silence says nothing.
    assert!(!anteroom::domain::connector::is_by_number(Platform::Telegram));
}

both!(who_is_blocked_meanwhile_stays_out);
/// Whoever came to be blocked while they asked is let in by nobody, and stays blocked when denied;
/// a press hears why.
async fn who_is_blocked_meanwhile_stays_out(house: &House) {
    let room = Room::new(house, Platform::Telegram).await;
    room.hears(1, 42, "Hello").await;
    let code = chat::identities::make_chat_code(&house.desk, &room.ivo, "")
        .await
        .unwrap();
    room.hears(2, 77, &code).await;
    let id = room.ids().await.remove(0);
    house
        .execute("update contacts set standing = 'blocked' where person = '42'")
        .await;
    assert_eq!(
        room.decide(&id, Verdict::Approve, "").await,
        Err(Error::Refused(Why::ContactBlocked))
    );
    room.press(1, 77, &format!("approve:{id}")).await;
    assert!(
        room.peer.taken("/answerCallbackQuery").pop().unwrap()["text"]
            .as_str()
            .unwrap()
            .starts_with("This person is blocked")
    );
    let sent = room.peer.texts().len();
    room.decide(&id, Verdict::Reject, "").await.unwrap();
    room.work().await;
    assert_eq!(
        (room.requests().await[0].status.word(), room.peer.texts().len()),
        (StatusWord::Denied, sent)
    );
    assert_eq!(
        house
            .count("select count(*) from contacts where person = '42' and standing = 'blocked'")
            .await,
        1
    );
}

both!(a_closed_organisation_has_no_connectors);
/// An organisation that closed has no connectors any more: no secret is left, nothing comes and
/// nothing goes.
async fn a_closed_organisation_has_no_connectors(house: &House) {
    let room = Room::new(house, Platform::Telegram).await;
    room.approved(42).await;
    // More than one list of connectors holds.
    let mut fields = form(&room.peer);
    for n in 0..200 {
        fields.insert("name".into(), format!("Desk {n}"));
        house.connector(&room.ivo, Platform::Sms, &fields).await;
    }
    organisation::closure::close_organisation(&house.desk, &room.ivo, &room.member, "40-1187")
        .await
        .unwrap();
    assert_eq!(
        organisation::closure::sweep(&house.desk, house.now + GRACE).await,
        Ok(1)
    );
    assert_eq!(
        house
            .count(
                "select count(*) from connectors where state = 'deleted' and secrets = '' \
                 and agent_secret is null"
            )
            .await,
        201
    );
    assert_eq!(
        house
            .count("select count(*) from deliveries where kind = 'message' and state = 'queued'")
            .await,
        0
    );
    assert_eq!(room.telegram(2, 42, "Hello?").await, StatusCode::NOT_FOUND);
    house.expects_owed_letters();
}

both!(another_number_is_noted);
/// What Meta tells of other numbers is taken, as it would be told again otherwise, and noted; what
/// is ours is not.
async fn another_number_is_noted(house: &House) {
    let room = Room::new(house, Platform::WhatsApp).await;
    let health = async || room.kept().await.health;
    let tell = async |number: &str| {
        let message = json!({"from": "15550100", "id": format!("w{number}"), "timestamp": "1",
        "type": "text", "text": {"body": "Hello"}});
        let value = json!({"metadata": {"phone_number_id": number}, "messages": [message]});
        room.deliver_signed(
            json!({"entry": [{"id": "1", "changes": [{"field": "messages", "value": value}]}]}).to_string(),
        )
        .await
    };
    assert_eq!(tell("999").await, StatusCode::OK);
    assert_eq!(
        (
            health().await.last_event,
            health().await.last_refused.unwrap().1.as_str()
        ),
        (None, "not-for-us")
    );
    assert_eq!(
        house
            .count("select count(*) from deliveries where kind = 'arrival'")
            .await,
        0
    );
    assert_eq!(tell("100").await, StatusCode::OK);
    assert!(health().await.last_event.is_some());
}

both!(a_challenge_is_noted);
/// A challenge is an event as well: whoever sets up a connector sees that the platform reaches it.
async fn a_challenge_is_noted(house: &House) {
    let room = Room::new(house, Platform::Slack).await;
    assert_eq!(
        room.deliver_signed(json!({"type": "url_verification", "challenge": "c-1"}).to_string())
            .await,
        StatusCode::OK
    );
    assert!(room.kept().await.health.last_event.is_some());
    assert_eq!(
        house
            .count("select count(*) from deliveries where kind = 'arrival'")
            .await,
        0
    );
}

both!(a_late_answer_is_no_trouble);
/// An answer to a button that comes too late is no trouble of the connector's.
async fn a_late_answer_is_no_trouble(house: &House) {
    let room = Room::new(house, Platform::Telegram).await;
    room.peer.refuse(Some((
        400,
        json!({"ok": false, "description": "Bad Request: query is too old"}),
    )));
    room.press(1, 77, "approve:nothing").await;
    assert_eq!(
        house
            .count(
                "select count(*) from deliveries where kind = 'message' and what = 'whisper' \
                    and state = 'failed'"
            )
            .await,
        1
    );
    assert_eq!(room.kept().await.health.problem, "");
}

both!(an_opt_out_outlasts_what_was_under_way);
/// Who asked to be sent nothing more stays so until they write, whatever becomes of what was under
/// way.
async fn an_opt_out_outlasts_what_was_under_way(house: &House) {
    let room = Room::new(house, Platform::Telegram).await;
    room.hears(1, 42, "Hello").await;
    let contact = room.contact().await;
    for (why, then) in [
        ("gone", "gone"),
        ("", ""),
        (delivery_failure::OPTED_OUT, delivery_failure::OPTED_OUT),
        ("", delivery_failure::OPTED_OUT),
        ("gone", delivery_failure::OPTED_OUT),
    ] {
        let mut tx = house.desk.db.begin().await.unwrap();
        store::chat::contacts::mark_unreachable(&mut tx, &contact.organisation, &contact.id, why)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        assert_eq!(room.contact().await.unreachable, then);
    }
}

both!(what_looks_like_a_code_is_passed_on);
/// What looks like a code is passed on all the same, once messages are.
async fn what_looks_like_a_code_is_passed_on(house: &House) {
    let peer = Peer::start().await;
    let (ivo, member) = house.founder("northlight").await;
    let room = Room::with(house, Platform::Telegram, peer.clone(), form(&peer), ivo, member).await;
    house.expects_owed_letters();
    room.approved(42).await;
    for n in 2..=8 {
        room.telegram(n, 42, "AB234-CD567").await;
    }
    let code = chat::identities::make_chat_code(&house.desk, &room.ivo, "")
        .await
        .unwrap();
    room.hears(9, 42, &code).await;
    let texts: Vec<String> = peer
        .taken("/agent")
        .iter()
        .map(|c| c["text"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!((texts.len(), texts[6].as_str()), (8, "AB234-CD567"));
    assert!(room.peer.texts().iter().all(|t| !t.starts_with("This code")));
    // Too many were tried: the one that would have worked is used up, and links nobody.
    assert_eq!(
        (
            texts[7] == code,
            room.contact().await.member,
            house.count("select count(*) from chat_codes").await
        ),
        (true, None, 0)
    );
    assert_eq!(room.contact().await.standing, ContactStanding::Active);
}

both!(words_are_of_the_persons_language);
/// People are written to in their own language where the connector has words for it, else in the
/// connector's.
async fn words_are_of_the_persons_language(house: &House) {
    let peer = Peer::start().await;
    let (ivo, member) = house.founder("northlight").await;
    let mut fields = form(&peer);
    fields.insert("onboarding_text_de".into(), "Guten Tag {name}.".into());
    let room = Room::with(house, Platform::Telegram, peer.clone(), fields, ivo, member).await;
    for (n, language) in [(1, "de"), (2, "de-AT"), (3, "fr"), (4, "en")] {
        let from = json!({"id": 40 + n, "is_bot": false, "first_name": "Nia", "language_code": language});
        let message = json!({"message_id": n, "chat": {"id": 40 + n, "type": "private"}, "from": from,
        "text": "Hello"});
        assert_eq!(
            room.deliver_signed(json!({"update_id": n, "message": message}).to_string())
                .await,
            StatusCode::OK
        );
        room.work().await;
    }
    assert_eq!(
        peer.texts(),
        [
            "Guten Tag Nia.",
            "Guten Tag Nia.",
            "Hello Nia, please wait.",
            "Hello Nia, please wait."
        ]
    );
    house.expects_owed_letters();
}

both!(what_nobody_wrote_is_no_request);
/// A pinned message or a timer is nobody's words; a picture without any is.
async fn what_nobody_wrote_is_no_request(house: &House) {
    let room = Room::new(house, Platform::Telegram).await;
    let from = json!({"id": 42, "is_bot": false, "first_name": "Nia"});
    for (n, what) in [
        (1, "pinned_message"),
        (2, "message_auto_delete_timer_changed"),
        (3, "photo"),
    ] {
        let message = json!({"message_id": n, "chat": {"id": 42, "type": "private"}, "from": from, what: {}});
        assert_eq!(
            room.deliver_signed(json!({"update_id": n, "message": message}).to_string())
                .await,
            StatusCode::OK
        );
        room.work().await;
        assert_eq!(room.ids().await.len(), usize::from(n == 3), "{what}");
    }
}

both!(webhooks_answer_as_documented);
/// What platforms ask and want to hear: the challenge given back, the token's holder alone, and
/// silence that is none to people.
async fn webhooks_answer_as_documented(house: &House) {
    let slack = Room::new(house, Platform::Slack).await;
    let answer = slack
        .answer_signed(json!({"type": "url_verification", "challenge": "c-1<b>"}).to_string())
        .await;
    assert_eq!(
        (
            answer.status,
            answer.body.as_str(),
            answer.headers["content-type"].to_str().unwrap()
        ),
        (StatusCode::OK, "c-1<b>", "text/plain; charset=utf-8")
    );
    let whatsapp = slack.join(Platform::WhatsApp, "Number").await;
    let asks = |token: &str| {
        format!(
            "/hooks/whatsapp/{}?hub.mode=subscribe&hub.challenge=1158&hub.verify_token={token}",
            whatsapp.hook
        )
    };
    let answer = house.get(&asks(&whatsapp.shown[0]), "").await;
    assert_eq!((answer.status, answer.body.as_str()), (StatusCode::OK, "1158"));
    assert_eq!(house.get(&asks("guess"), "").await.status, StatusCode::FORBIDDEN);
    let sms = slack.join(Platform::Sms, "Text").await;
    let answer = sms
        .answer_signed("AccountSid=AC1&MessageSid=SM1&From=%2B15550100&Body=Hello".to_owned())
        .await;
    assert_eq!(
        (answer.status, answer.headers["content-type"].to_str().unwrap()),
        (StatusCode::OK, "text/xml; charset=utf-8")
    );
    assert!(answer.body.ends_with("<Response/>"), "{}", answer.body);
}

both!(messages_are_known_longer_than_platforms_try);
/// A message that is told again after a week is still known, also once what has served was thrown
/// away; after more than any platform tries it is forgotten.
async fn messages_are_known_longer_than_platforms_try(house: &House) {
    let room = Room::new(house, Platform::Telegram).await;
    room.hears(1, 42, "Hello").await;
    let events = || house.count("select count(*) from deliveries where kind = 'arrival'");
    account::prune::run(&house.desk, clock::now() + Span::days(8))
        .await
        .unwrap();
    room.hears(1, 42, "Hello").await;
    assert_eq!(
        (
            events().await,
            room.requests().await[0].chatted().unwrap().further
        ),
        (1, 0)
    );
    account::prune::run(&house.desk, clock::now() + Span::days(10))
        .await
        .unwrap();
    assert_eq!(events().await, 0);
}

both!(deliveries_have_their_largest);
/// WhatsApp's batches may be larger than what others send, and no larger than they are.
async fn deliveries_have_their_largest(house: &House) {
    let slack = Room::new(house, Platform::Slack).await;
    let whatsapp = slack.join(Platform::WhatsApp, "Number").await;
    let padded = |bytes: usize| format!("{{\"x\":\"{}\"}}", "y".repeat(bytes));
    assert_eq!(
        slack.deliver_signed(padded(1024 * 1024)).await,
        StatusCode::PAYLOAD_TOO_LARGE
    );
    assert_eq!(whatsapp.deliver_signed(padded(1024 * 1024)).await, StatusCode::OK);
    assert_eq!(
        whatsapp.deliver_signed(padded(3 * 1024 * 1024)).await,
        StatusCode::PAYLOAD_TOO_LARGE
    );
}

both!(row_32_the_export_holds_no_formula_from_chat);
/// Row 32: what comes from chat is text in every table of the organisation's export as well.
async fn row_32_the_export_holds_no_formula_from_chat(house: &House) {
    let room = Room::new(house, Platform::Telegram).await;
    let from = json!({"id": 42, "is_bot": false, "first_name": "=HYPERLINK(\"http://evil.example\")",
    "username": "x"});
    let message = json!({"message_id": 1, "chat": {"id": 42, "type": "private", "username": "=1+1"},
    "from": from, "text": "\t=cmd()"});
    room.deliver_signed(json!({"update_id": 1, "message": message}).to_string())
        .await;
    room.work().await;
    let archive = crate::organisation::export::archive(house, &room.ivo).await;
    let files = crate::organisation::export::unpacked(archive);
    let mut seen = 0;
    for (name, text) in files.iter().filter(|(name, _)| name.ends_with(".csv")) {
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .from_reader(text.as_bytes());
        for cell in reader
            .records()
            .flat_map(|r| r.unwrap().iter().map(str::to_owned).collect::<Vec<_>>())
        {
            seen += usize::from(cell.contains("HYPERLINK"));
            assert!(
                !cell.starts_with(['=', '+', '@', '\t', '\r', '\n']),
                "{name}: {cell}"
            );
        }
    }
    assert!(seen >= 2, "the contact and the request");
}
