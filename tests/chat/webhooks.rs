//! Chat at its webhooks: what comes again minutes later, what never ends, and what must not get
//! into the log.
use crate::chat::room::Room;
use crate::harness::House;
use anteroom::chat::arrived::{Inbound, KnownSecrets, Refused};
use anteroom::chat::{self};
use anteroom::domain::Time;
use anteroom::domain::connector::Platform;
use anteroom::domain::time::Span;
use anteroom::{clock, desk};
use axum::body::Body;
use http::{HeaderMap, HeaderName, StatusCode};
use serde_json::json;
use std::io::Write;
use std::sync::{Arc, Mutex};

both!(a_message_comes_thrice_in_six_minutes);
/// Slack sends a message three times in six minutes, each time signed anew and under a new name, as
/// the first answer was lost: it is one.
async fn a_message_comes_thrice_in_six_minutes(house: &House) {
    let room = Room::new(house, Platform::Slack).await;
    let kept = room.kept().await;
    let (known, before) = desk::chat::connectors::knows(&house.desk, &kept, house.now).unwrap();
    let known = KnownSecrets {
        now: &known,
        before: before.as_ref(),
        keys: None,
    };
    let ts = format!("{}.0001", house.now.0 / 1000);
    let delivery = |event: &str, signed: Time| {
        let message = json!({"type": "message", "channel_type": "im", "channel": "D1", "user": "U1",
        "text": "Hello", "ts": ts});
        let body = json!({"type": "event_callback", "team_id": "T1", "event_id": event, "event": message})
            .to_string()
            .into_bytes();
        let signature = room.signature(&body, signed);
        let headers: HeaderMap = signature
            .iter()
            .map(|(n, v)| (HeaderName::from_static(n), v.parse().unwrap()))
            .collect();
        (headers, body)
    };
    for (event, minutes) in [("Ev1", 0), ("Ev2", 1), ("Ev3", 6)] {
        let now = house.now + Span::minutes(minutes);
        let (headers, body) = delivery(event, now);
        let inbound = Inbound {
            get: false,
            url: "",
            headers: &headers,
            body: &body,
            now,
        };
        let received = chat::receive(Platform::Slack, &inbound, &known).unwrap();
        assert_eq!(
            desk::chat::arrivals::keep_arrivals(&house.desk, &kept, &received.arrived, now).await,
            Ok(usize::from(minutes == 0)),
            "{event}"
        );
        room.work_at(now).await;
    }
    // The first one itself, as it was signed, is too old by then.
    let (headers, body) = delivery("Ev1", house.now);
    let inbound = Inbound {
        get: false,
        url: "",
        headers: &headers,
        body: &body,
        now: house.now + Span::minutes(6),
    };
    assert_eq!(
        chat::receive(Platform::Slack, &inbound, &known).err(),
        Some(Refused::NotSigned)
    );
    let asked = room.requests().await;
    assert_eq!(
        (
            asked.len(),
            asked[0].chatted().unwrap().further,
            room.contact().await.messages
        ),
        (1, 0, 1)
    );
    assert_eq!(
        house
            .count("select count(*) from deliveries where kind = 'message' and what = 'onboarding'")
            .await,
        1
    );
}

both!(words_of_a_platform_are_kept_harmless);
/// Any text may stand in what a platform answers and reports: it is kept with nothing hostile in
/// it, and nothing is sent twice for it.
async fn words_of_a_platform_are_kept_harmless(house: &House) {
    let room = Room::new(house, Platform::WhatsApp).await;
    let deliver = async |what: &str, one: serde_json::Value| {
        let mut value = json!({"metadata": {"phone_number_id": "100"}});
        value[what] = json!([one]);
        room.deliver_signed(
            json!({"entry": [{"id": "1", "changes": [{"field": "messages", "value": value}]}]}).to_string(),
        )
        .await
    };
    room.peer
        .refuse(Some((200, json!({"messages": [{"id": "wamid.\0a"}]}))));
    let message = json!({"from": "15550100", "id": "w1", "timestamp": (clock::now().0 / 1000).to_string(),
    "type": "text", "text": {"body": "Hello"}});
    assert_eq!(deliver("messages", message).await, StatusCode::OK);
    room.work().await;
    assert_eq!(
        house
            .count(
                "select count(*) from deliveries where kind = 'message' and state = 'sent' \
                    and message = 'wamid.a'"
            )
            .await,
        1
    );
    let error = json!({"code": 131_026, "title": "Not \0 here \u{202e}yet", "message": "x".repeat(2000)});
    assert_eq!(
        deliver(
            "statuses",
            json!({"id": "wamid.\0a", "status": "failed", "errors": [error]})
        )
        .await,
        StatusCode::OK
    );
    room.work().await;
    let shown = room.contact().await.unreachable;
    assert!(
        shown.starts_with("Not ⟨0⟩ here ⟨202e⟩yet: xxx") && shown.chars().count() <= 300,
        "{shown}"
    );
    assert_eq!(
        house
            .count("select count(*) from deliveries where kind = 'arrival' and state <> 'sent'")
            .await,
        0
    );
    assert_eq!(room.peer.taken("/messages").len(), 1);
}

/// A delivery that never ends is given up, and holds nobody up; what is longer than any delivery is
/// not even read.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_delivery_that_never_ends() {
    let house = House::sqlite().await;
    let room = Room::new(&house, Platform::Telegram).await;
    let begun = futures::stream::iter([Ok::<_, std::io::Error>("{\"update_id\": 1")]);
    let never = Body::from_stream(futures::StreamExt::chain(begun, futures::stream::pending()));
    let headers = [("x-telegram-bot-api-secret-token", room.shown[0].as_str())];
    let slow = room.deliver(&headers, never);
    let other = async {
        let status = room.telegram(2, 42, "Hello").await;
        (status, std::time::Instant::now())
    };
    let (slow, (status, answered)) = futures::join!(slow, other);
    assert_eq!((slow, status), (StatusCode::REQUEST_TIMEOUT, StatusCode::OK));
    assert!(
        answered.elapsed() > std::time::Duration::from_secs(1),
        "the other one did not wait for it"
    );
    room.work().await;
    assert_eq!(room.ids().await.len(), 1);
    house.close().await;
}

/// What a log is written to, to be read.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Names, texts, identities and platforms' words with line breaks and commands of terminals in
/// them: no line of the log is theirs. All is logged that may be, on one thread, as the writer is
/// that thread's.
#[tokio::test]
async fn no_text_of_others_writes_the_log() {
    const HOSTILE: &str = "x\0\n2026-01-01 ERROR forged\r\u{1b}[2J\u{1b}[31mred";
    let house = House::sqlite().await;
    let log = Log::default();
    let writer = log.clone();
    let lines = tracing_subscriber::fmt()
        .with_ansi(false)
        .with_max_level(tracing::Level::INFO)
        .with_writer(move || writer.clone())
        .finish();
    let guard = tracing::subscriber::set_default(lines);
    let telegram = Room::new(&house, Platform::Telegram).await;
    let slack = telegram.join(Platform::Slack, "Other").await;
    for room in [telegram, slack] {
        let refusal = json!({"ok": false, "error_code": 400, "error": HOSTILE, "description": HOSTILE});
        room.peer.refuse(Some((
            if room.platform == Platform::Slack {
                200
            } else {
                400
            },
            refusal,
        )));
        let body = match room.platform {
            Platform::Telegram => {
                json!({"update_id": 1, "message": {"message_id": 1, "date": 1, "chat": {"id": 42,
                "type": "private"},
                "from": {"id": 42, "is_bot": false, "first_name": HOSTILE}, "text": HOSTILE}})
            }
            _ => {
                json!({"type": "event_callback", "team_id": "T1", "event_id": HOSTILE,
                "event": {"type": "message", "channel_type": "im",
                "channel": HOSTILE, "user": HOSTILE, "text": HOSTILE, "ts": HOSTILE}})
            }
        };
        assert_eq!(
            room.deliver(&[("x-slack-signature", "v0=%1b[2J")], body.to_string())
                .await,
            StatusCode::FORBIDDEN
        );
        assert_eq!(room.deliver_signed(body.to_string()).await, StatusCode::OK);
        room.work().await;
        // Whom Slack gives no name for just now waits for it a while.
        room.work_at(clock::now() + Span::minutes(1)).await;
        room.work().await;
        assert_eq!(room.ids().await.len(), 1);
        let refused = format!(
            "select count(*) from deliveries where kind = 'message' and connector_id = '{}' \
             and reason like '%forged%'",
            room.connector
        );
        assert_eq!(house.count(&refused).await, 1, "the platform's words are kept");
    }
    drop(guard);
    let written = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(
        written
            .lines()
            .filter(|l| l.contains("a delivery was refused"))
            .count()
            == 2,
        "{written}"
    );
    assert!(
        !written.contains("forged") && !written.contains('\u{1b}') && !written.contains('\r'),
        "{written}"
    );
    house.close().await;
}
