//! WhatsApp's documented vectors with their negatives, and what messages, reports and sends look
//! like.
use super::*;
use hmac::{Hmac, KeyInit as _, Mac as _};
use http::HeaderMap;
use proptest::prelude::*;

const SECRET: &str = "It's a Secret to Everybody";
const SIGNATURE: &str = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";

fn settings(secret: &str) -> Settings {
    let all = [
        ("app_secret", secret),
        ("phone_number_id", "555"),
        ("access_token", "t-made-up"),
        ("verify_token", "v-made-up"),
        ("template", "welcome"),
        ("template_language", "de"),
    ];
    all.into_iter()
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

fn sign(body: &[u8]) -> String {
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
    mac.update(body);
    format!(
        "sha256={}",
        mac.finalize()
            .into_bytes()
            .iter()
            .map(|b| format!("{b:02x}"))
            .collect::<String>()
    )
}

fn take(body: &[u8], claimed: &str, known: &KnownSecrets<'_>) -> Result<Received, Refused> {
    let mut headers = HeaderMap::new();
    headers.insert("x-hub-signature-256", claimed.parse().unwrap());
    receive(
        &Inbound {
            get: false,
            url: "https://door.example/hooks/whatsapp/1",
            headers: &headers,
            body,
            now: Time(0),
        },
        known,
    )
}

fn good(body: &[u8]) -> Result<Received, Refused> {
    take(
        body,
        &sign(body),
        &KnownSecrets {
            now: &settings(SECRET),
            before: None,
            keys: None,
        },
    )
}

fn whole(id: &str, contacts: &Value, messages: &Value, statuses: &Value) -> Value {
    let value = json!({"metadata": {"phone_number_id": id}, "contacts": contacts, "messages": messages,
    "statuses": statuses});
    json!({"object": "whatsapp_business_account", "entry": [{"changes": [{"field": "messages",
    "value": value}]}]})
}

fn messages(contacts: &Value, messages: &Value) -> Vec<Message> {
    let arrived = good(
        whole("555", contacts, messages, &Value::Null)
            .to_string()
            .as_bytes(),
    )
    .unwrap()
    .arrived;
    arrived
        .into_iter()
        .map(|one| {
            if let Arrived::Message(m) = one {
                *m
            } else {
                panic!("{one:?}")
            }
        })
        .collect()
}

#[test]
fn the_documented_signature_is_good_and_nothing_else_is() {
    let (right, wrong, none, unset) = (
        settings(SECRET),
        settings("It's a Secret"),
        settings(""),
        Settings::new(),
    );
    let known = |now, before| KnownSecrets {
        now,
        before,
        keys: None,
    };
    let body = b"Hello, World!";
    assert_eq!(
        take(body, SIGNATURE, &known(&right, None)),
        Err(Refused::Malformed),
        "believed, and no JSON"
    );
    assert_eq!(
        take(body, SIGNATURE, &known(&wrong, Some(&right))),
        Err(Refused::Malformed),
        "the former secret"
    );
    for settings in [&wrong, &none, &unset] {
        assert_eq!(
            take(body, SIGNATURE, &known(settings, None)),
            Err(Refused::NotSigned)
        );
    }
    assert_eq!(
        take(b"Hello, World?", SIGNATURE, &known(&right, None)),
        Err(Refused::NotSigned)
    );
    for claimed in [
        "",
        "sha256=",
        "sha256=zz",
        SIGNATURE.trim_start_matches("sha256="),
    ] {
        assert_eq!(
            take(body, claimed, &known(&right, None)),
            Err(Refused::NotSigned),
            "{claimed}"
        );
    }
    let json = br#"{"text":"\u00fc","url":"https:\/\/a.example"}"#;
    let again = serde_json::from_slice::<Value>(json).unwrap().to_string();
    assert_eq!(
        take(json, &sign(json), &known(&right, None)),
        Ok(Received::default())
    );
    assert_eq!(
        take(again.as_bytes(), &sign(json), &known(&right, None)),
        Err(Refused::NotSigned),
        "other bytes"
    );
}

#[test]
fn a_challenge_needs_the_token_alone() {
    let (right, none) = (settings(SECRET), Settings::new());
    let ask = |query: &str, now, before| {
        let url = format!("https://door.example/hooks/whatsapp/1{query}");
        receive(
            &Inbound {
                get: true,
                url: &url,
                headers: &HeaderMap::new(),
                body: b"",
                now: Time(0),
            },
            &KnownSecrets {
                now,
                before,
                keys: None,
            },
        )
    };
    let query = "?hub.mode=subscribe&hub.challenge=c%201&hub.verify_token=v-made-up";
    assert_eq!(
        ask(query, &right, None).unwrap().answer,
        HookAnswer::Text("c 1".into())
    );
    assert_eq!(
        ask(query, &none, Some(&right)).unwrap().answer,
        HookAnswer::Text("c 1".into()),
        "the former token"
    );
    for wrong in [
        "",
        "?hub.mode=subscribe&hub.challenge=c",
        &query.replace("made-up", "other"),
        &query.replace("subscribe", "no"),
    ] {
        assert_eq!(ask(wrong, &right, None), Err(Refused::NotSigned), "{wrong}");
    }
    assert_eq!(
        ask(
            "?hub.mode=subscribe&hub.challenge=c&hub.verify_token=",
            &none,
            None
        ),
        Err(Refused::NotSigned)
    );
}

#[test]
fn who_takes_another_number_or_id_stays_the_same_person() {
    let changed = json!([{"id": "wamid.1", "from": "15550001", "type": "system",
    "system": {"type": "user_changed_number", "wa_id": "15550002"}},
        {"id": "wamid.2", "from": "15550001", "type": "system", "system": {"type": "user_changed_user_id",
        "user_id": "US.2"}}]);
    let renamed = |event: &str, former: &str, person: &str| Arrived::Renamed {
        event: event.into(),
        former: former.into(),
        person: person.into(),
    };
    let body = whole("555", &Value::Null, &changed, &Value::Null).to_string();
    assert_eq!(
        good(body.as_bytes()).unwrap().arrived,
        [renamed("wamid.1", "15550001", "15550002")]
    );
    let value = json!({"metadata": {"phone_number_id": "555"},
    "user_id_update": [{"user_id": {"previous": "US.1", "current": "US.2"}}, {"user_id": {}}]});
    let update = |value: &Value| {
        json!({"entry": [{"changes": [{"field": "user_id_update", "value": value}]}]}).to_string()
    };
    assert_eq!(
        good(update(&value).as_bytes()).unwrap().arrived,
        [renamed("renamed:US.1:US.2", "US.1", "US.2")]
    );
    let elsewhere =
        json!({"metadata": {"phone_number_id": "556"}, "user_id_update": value["user_id_update"]});
    assert_eq!(good(update(&elsewhere).as_bytes()).unwrap().arrived, []);
}

#[test]
fn every_message_of_a_batch_arrives() {
    let contacts = json!([{"profile": {"name": "Mira"}, "wa_id": "15550001", "user_id": "US.1"},
    {"profile": {"name": "Tom"}, "wa_id": "15550002"},
        {"profile": {"name": "Ada"}, "user_id": "US.3"}]);
    let sent = json!([{"id": "wamid.1", "from": "15550001", "type": "text", "text": {"body": "Hi"}},
        {"id": "wamid.2", "from": "15550002", "type": "image", "image": {"caption": "See"}},
        {"id": "wamid.3", "from_user_id": "US.3", "type": "sticker"}, {"id": "wamid.4", "from": "15550009",
        "type": "location"},
        {"id": "wamid.5", "from": "15550001", "type": "system"}, {"from": "15550001"}, {"id": "wamid.6"}]);
    let got = messages(&contacts, &sent);
    let told: Vec<_> = got
        .iter()
        .map(|m| [&m.event, &m.person, &m.name, &m.conversation, &m.text].map(String::as_str))
        .collect();
    assert_eq!(
        told,
        [
            ["wamid.1", "US.1", "Mira", "15550001", "Hi"],
            ["wamid.2", "15550002", "Tom", "15550002", "See"],
            ["wamid.3", "US.3", "Ada", "US.3", ""],
            ["wamid.4", "15550009", "", "15550009", ""],
        ]
    );
    assert_eq!(
        (got[0].also.as_slice(), got[1].also.len()),
        (["15550001".to_owned()].as_slice(), 0)
    );
    assert_eq!(
        serde_json::from_str::<Value>(&got[0].route).unwrap(),
        json!({"to": "15550001", "recipient": "US.1"})
    );
    assert_eq!(
        serde_json::from_str::<Value>(&got[2].route).unwrap(),
        json!({"to": null, "recipient": "US.3"})
    );
}

#[test]
fn an_only_contact_is_a_label_and_no_identity_of_somebody_else() {
    let contacts = json!([{"profile": {"name": "Mira"}, "wa_id": "551", "user_id": "BR.1"}]);
    let got = messages(
        &contacts,
        &json!([{"id": "wamid.1", "from": "5591", "type": "text"}, {"id": "wamid.2", "type": "text"}]),
    );
    assert_eq!((got[0].person.as_str(), got[0].name.as_str()), ("5591", "Mira"));
    assert_eq!(
        (got[1].person.as_str(), got[1].also.as_slice()),
        ("BR.1", ["551".to_owned()].as_slice())
    );
}

#[test]
fn answers_to_buttons_and_lists_are_words_and_signs_are_none() {
    let sent = json!([
        {"id": "w1", "from": "1", "timestamp": "1700000000", "type": "button", "button": {"text": "Yes",
        "payload": "p"}},
        {"id": "w2", "from": "1", "type": "interactive", "interactive": {"type": "button_reply",
        "button_reply": {"id": "b", "title": "No"}}},
        {"id": "w3", "from": "1", "timestamp": "soon", "type": "interactive",
        "interactive": {"type": "list_reply", "list_reply": {"id": "l", "title": "Third"}}},
        {"id": "w4", "from": "1", "type": "reaction", "reaction": {"message_id": "w0", "emoji": "+"}},
        {"id": "w5", "from": "1", "type": "unsupported", "errors": [{"code": 131_051}]}]);
    let got = messages(&Value::Null, &sent);
    assert_eq!(
        got.iter().map(|m| m.text.as_str()).collect::<Vec<_>>(),
        ["Yes", "No", "Third"]
    );
    assert_eq!(
        got.iter().map(|m| m.written_at).collect::<Vec<_>>(),
        [Some(Time(1_700_000_000_000)), None, None]
    );
}

#[test]
fn other_numbers_and_fields_are_skipped() {
    let sent = json!([{"id": "wamid.1", "from": "1", "type": "text"}]);
    let other = whole("556", &Value::Null, &sent, &Value::Null).to_string();
    assert_eq!(
        good(other.as_bytes()),
        Ok(Received {
            not_for_us: true,
            ..Received::default()
        })
    );
    let field = whole("555", &Value::Null, &sent, &Value::Null)
        .to_string()
        .replace(r#""field":"messages""#, r#""field":"account""#);
    assert_eq!(good(field.as_bytes()), Ok(Received::default()));
}

#[test]
fn reports_arrive() {
    let failed = |code: i64| {
        json!({"id": "w3", "status": "failed", "errors": [{"code": code, "title": "A",
    "message": "B"}]})
    };
    let statuses = json!([{"id": "w1", "status": "sent"}, {"id": "w1", "status": "delivered"}, {"id": "w2",
    "status": "read"},
        failed(131_026), failed(131_000), failed(131_047), {"id": "w4", "status": "failed"}]);
    let arrived = good(
        whole("555", &Value::Null, &Value::Null, &statuses)
            .to_string()
            .as_bytes(),
    )
    .unwrap()
    .arrived;
    let report = |id: &str, problem: &str, unreachable, window_over| {
        Arrived::Report(Report {
            message: id.into(),
            problem: problem.into(),
            unreachable,
            window_over,
        })
    };
    let failed = |unreachable, window_over| report("w3", "A: B", unreachable, window_over);
    let failures = [
        failed(true, false),
        failed(false, false),
        failed(false, true),
        report("w4", "undelivered-unknown", false, false),
    ];
    let expected: Vec<_> = [report("w1", "", false, false), report("w2", "", false, false)]
        .into_iter()
        .chain(failures)
        .collect();
    assert_eq!(arrived, expected);
}

#[test]
fn sends_go_to_the_phone_or_else_the_user() {
    let (settings, bases) = (settings(SECRET), Bases::default());
    let sent = |send: &Send| {
        let wanted = wanted(&settings, &bases, send).unwrap();
        assert_eq!(
            (wanted.url.as_str(), wanted.method),
            ("https://graph.facebook.com/v23.0/555/messages", Method::Post)
        );
        assert_eq!(wanted.headers, [("authorization", "Bearer t-made-up".to_owned())]);
        serde_json::from_str::<Value>(&wanted.body.unwrap().1).unwrap()
    };
    let body = sent(&Send::Text {
        route: r#"{"to":"1","recipient":"US.1"}"#.into(),
        text: "ü".repeat(5000),
    });
    assert_eq!(
        (at(&body, "/to"), body.get("recipient"), at(&body, "/type")),
        ("1", None, "text")
    );
    assert_eq!(at(&body, "/text/body").chars().count(), 4096);
    let route = r#"{"to":null,"recipient":"US.1"}"#.to_owned();
    let body = sent(&Send::Template { route });
    assert_eq!(
        (
            at(&body, "/recipient"),
            body.get("to"),
            at(&body, "/template/language/code")
        ),
        ("US.1", None, "de")
    );
    assert_eq!(at(&body, "/template/name"), "welcome");
    for route in ["", "{}", "[]", r#"{"to":""}"#] {
        assert!(
            wanted(
                &settings,
                &bases,
                &Send::Text {
                    route: route.into(),
                    text: "x".into()
                }
            )
            .is_err(),
            "{route}"
        );
    }
    let edit = Send::Edit {
        channel: String::new(),
        message: String::new(),
        text: String::new(),
        open: None,
    };
    assert!(wanted(&settings, &bases, &edit).is_err());
    assert!(
        check(&settings, &bases)
            .url
            .ends_with("/555?fields=display_phone_number")
    );
}

#[test]
fn answers_mean_what_they_say() {
    let failed = |status, code: i64| {
        judge(
            status,
            Some(5),
            json!({"error": {"code": code, "message": "m"}})
                .to_string()
                .as_bytes(),
        )
    };
    assert_eq!(
        judge(200, None, br#"{"messages":[{"id":"wamid.1"}]}"#),
        SendResult::Sent("wamid.1".into())
    );
    assert_eq!(
        (failed(400, 131_047), failed(400, 470)),
        (SendResult::WindowOver, SendResult::WindowOver)
    );
    assert_eq!(failed(400, 131_026), SendResult::Unreachable("m".into()));
    for (status, code) in [(400, 131_056), (400, 130_429), (403, 4), (429, 0), (500, 0)] {
        assert_eq!(
            failed(status, code),
            SendResult::Later("m".into(), Some(5)),
            "{status} {code}"
        );
    }
    assert_eq!(failed(401, 190), SendResult::Channel("m".into()));
    assert_eq!(failed(400, 131_031), SendResult::Channel("m".into()));
    assert_eq!(
        judge(404, None, b"<html>"),
        SendResult::Never("undelivered-answered 404".into())
    );
}

fn any_json() -> impl Strategy<Value = Value> {
    let names = [
        "id",
        "from",
        "from_user_id",
        "type",
        "text",
        "status",
        "errors",
        "code",
        "profile",
        "wa_id",
        "user_id",
        "caption",
    ];
    crate::chat::any::json(&names, &["text", "failed", "system", "~1/", "", "ü"])
}

proptest! {
    #[test]
    fn nothing_panics(bytes in prop::collection::vec(any::<u8>(), 0..200), json in any_json(),
    status in any::<u16>()) {
        let _ = (good(&bytes), judge(status, None, &bytes));
        let one = json!([json]);
        for body in [json.clone(), whole("555", &one, &one, &one), whole("555", &json, &json, &json)] {
            prop_assert!(good(body.to_string().as_bytes()).is_ok());
        }
        let _ = judge(status, None, json.to_string().as_bytes());
    }
}

#[test]
fn h12_what_has_no_words_counts_by_its_kind() {
    for (kind, content) in [
        ("audio", ContentKind::Audio),
        ("image", ContentKind::Image),
        ("sticker", ContentKind::Sticker),
        ("contacts", ContentKind::Contact),
        ("order", ContentKind::Other),
    ] {
        let one = json!([{"id": "w", "from": "1", "type": kind, kind: {}}]);
        let read = messages(&json!([]), &one);
        assert!(
            matches!(&read[..], [m] if m.content == content && m.text.is_empty()),
            "{kind}: {read:?}"
        );
    }
}
