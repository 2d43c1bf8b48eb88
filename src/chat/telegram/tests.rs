//! What holds for `telegram`: its unit tests.
use super::*;
use crate::chat::sent::Button;
use crate::domain::Time;
use http::HeaderMap;
use proptest::prelude::*;

const SECRET: &str = "made-up_secret-1";

fn settings(secret: &str) -> Settings {
    Settings::from([
        ("webhook_secret".into(), secret.into()),
        ("bot_token".into(), "1:made-up".into()),
    ])
}

fn take(body: &[u8], claimed: &str, known: &KnownSecrets<'_>) -> Result<Received, Refused> {
    let mut headers = HeaderMap::new();
    headers.insert("x-telegram-bot-api-secret-token", claimed.parse().unwrap());
    receive(
        &Inbound {
            get: false,
            url: "https://door.example/hooks/telegram/1",
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
        SECRET,
        &KnownSecrets {
            now: &settings(SECRET),
            before: None,
            keys: None,
        },
    )
}

fn update() -> Value {
    json!({"update_id": 10000, "message": {"message_id": 1, "date": 1_441_645_532,
        "chat": {"id": 4_503_599_627_370_495_i64, "type": "private", "username": "mira_sample"},
        "from": {"id": 1_111_111, "is_bot": false, "first_name": "Mira", "last_name": "Sample",
        "language_code": "de-AT"}, "text": "/start"}})
}

#[test]
fn the_secret_is_needed_and_the_former_one_will_do() {
    let (right, other, none, unset) = (settings(SECRET), settings("other"), settings(""), Settings::new());
    let known = |now, before| KnownSecrets {
        now,
        before,
        keys: None,
    };
    assert_eq!(take(b"{}", SECRET, &known(&right, None)), Ok(Received::default()));
    assert_eq!(
        take(b"{}", SECRET, &known(&other, Some(&right))),
        Ok(Received::default())
    );
    for settings in [&other, &none, &unset] {
        assert_eq!(
            take(b"{}", SECRET, &known(settings, None)),
            Err(Refused::NotSigned)
        );
    }
    for claimed in ["", "made-up_secret-", "made-up_secret-11", "MADE-UP_SECRET-1"] {
        assert_eq!(
            take(b"{}", claimed, &known(&right, None)),
            Err(Refused::NotSigned),
            "{claimed}"
        );
    }
    assert_eq!(
        take(b"{}", "", &known(&none, None)),
        Err(Refused::NotSigned),
        "an empty secret counts for nothing"
    );
    let request = Inbound {
        get: false,
        url: "",
        headers: &HeaderMap::new(),
        body: b"{}",
        now: Time(0),
    };
    assert_eq!(receive(&request, &known(&right, None)), Err(Refused::NotSigned));
    assert_eq!(good(b"no"), Err(Refused::Malformed));
}

#[test]
fn words_to_the_bot_arrive() {
    let read = |update: &Value| match good(update.to_string().as_bytes()).unwrap().arrived.pop() {
        Some(Arrived::Message(message)) => *message,
        other => panic!("{other:?}"),
    };
    let mut update = update();
    let message = read(&update);
    assert_eq!(
        (message.event.as_str(), message.key.as_str()),
        ("10000", "1:4503599627370495:1")
    );
    assert_eq!(
        (message.person.as_str(), message.name.as_str()),
        ("1111111", "Mira Sample")
    );
    assert_eq!(
        (message.conversation.as_str(), message.route.as_str()),
        ("@mira_sample", "4503599627370495")
    );
    assert_eq!(
        (message.text.as_str(), message.language),
        ("/start", Some(Language::De))
    );
    update["message"] = json!({"message_id": 2, "chat": {"id": 7, "type": "private"}, "from": {"id": 7,
    "username": "m"}, "caption": "photo"});
    let message = read(&update);
    assert_eq!(
        (
            message.name.as_str(),
            message.conversation.as_str(),
            message.text.as_str()
        ),
        ("m", "7", "photo")
    );
    assert_eq!(message.language, None);
}

#[test]
fn h12_what_has_no_words_counts_by_its_kind() {
    let read = |what: &str| {
        let message =
            json!({"message_id": 2, "chat": {"id": 7, "type": "private"}, "from": {"id": 7}, what: {}});
        let update = json!({"update_id": 9, "message": message});
        good(update.to_string().as_bytes()).unwrap().arrived
    };
    for (what, kind) in [
        ("voice", ContentKind::Audio),
        ("sticker", ContentKind::Sticker),
        ("location", ContentKind::Location),
        ("venue", ContentKind::Location),
        ("contact", ContentKind::Contact),
        ("document", ContentKind::File),
        ("photo", ContentKind::Image),
        ("video_note", ContentKind::Video),
        ("story", ContentKind::Other),
    ] {
        let arrived = read(what);
        assert!(
            matches!(&arrived[..], [Arrived::Message(m)] if m.content == kind && m.text.is_empty()),
            "{what}: {arrived:?}"
        );
    }
    assert!(read("pinned_message").is_empty(), "nobody's words");
}

#[test]
fn groups_bots_edits_and_channels_are_ignored() {
    let changed = |change: &dyn Fn(&mut Value)| {
        let mut update = update();
        change(&mut update);
        good(update.to_string().as_bytes())
    };
    assert_eq!(
        changed(&|u| u["message"]["chat"]["type"] = "group".into()),
        Ok(Received::default())
    );
    assert_eq!(
        changed(&|u| u["message"]["from"]["is_bot"] = true.into()),
        Ok(Received::default())
    );
    assert_eq!(
        changed(&|u| u["message"]["from"] = Value::Null),
        Ok(Received::default())
    );
    assert_eq!(
        changed(&|u| u["message"]["from"]["id"] = 1.5.into()),
        Ok(Received::default())
    );
    for name in ["edited_message", "channel_post"] {
        assert_eq!(
            changed(&|u| *u = json!({"update_id": 1, name: u["message"]})),
            Ok(Received::default()),
            "{name}"
        );
    }
}

#[test]
fn a_press_arrives() {
    let query = json!({"id": "q1", "from": {"id": 5, "first_name": "Tom"},
    "message": {"chat": {"id": -100, "type": "group"}}, "data": "v1"});
    let body = json!({"update_id": 1, "callback_query": query}).to_string();
    let Some(Arrived::Press(press)) = good(body.as_bytes()).unwrap().arrived.pop() else {
        panic!()
    };
    assert_eq!(
        (press.event.as_str(), press.person.as_str(), press.name.as_str()),
        ("q1", "5", "Tom")
    );
    assert_eq!(
        (
            press.channel.as_str(),
            press.value.as_str(),
            press.answer_to.as_str()
        ),
        ("-100", "v1", "q1")
    );
    assert_eq!(
        good(body.replace("\"v1\"", "null").as_bytes()),
        Ok(Received::default())
    );
}

#[test]
fn who_blocks_the_bot_is_heard() {
    let told = |kind: &str, status: &str| {
        let change = json!({"chat": {"id": 5, "type": kind}, "from": {"id": 5},
        "new_chat_member": {"status": status}});
        good(
            json!({"update_id": 9, "my_chat_member": change})
                .to_string()
                .as_bytes(),
        )
        .unwrap()
        .arrived
    };
    let reach = |problem: &str| {
        vec![Arrived::Reach {
            event: "9".into(),
            person: "5".into(),
            problem: problem.into(),
        }]
    };
    assert_eq!(told("private", "kicked"), reach(delivery_failure::BLOCKED));
    assert_eq!(
        (
            told("private", "member"),
            told("private", "left"),
            told("group", "kicked")
        ),
        (reach(""), vec![], vec![])
    );
}

/// The method that something is sent by, and its body.
fn sent(send: &Send) -> (String, Value) {
    let wanted = wanted(&settings(SECRET), &Bases::default(), send).unwrap();
    let method = wanted
        .url
        .strip_prefix("https://api.telegram.org/bot1:made-up/")
        .unwrap()
        .to_owned();
    (
        method,
        serde_json::from_str::<Value>(&wanted.body.unwrap().1).unwrap(),
    )
}

#[test]
fn posts_have_buttons_until_they_are_edited() {
    let button = |value: &str| Button {
        label: "Yes".into(),
        value: value.into(),
    };
    let (_, body) = sent(&Send::Post {
        channel: "@approvers".into(),
        text: "Who".into(),
        approve: button("a"),
        reject: button("r"),
        open: None,
    });
    assert_eq!(
        (
            at(&body, "/chat_id"),
            at(&body, "/reply_markup/inline_keyboard/0/1/callback_data")
        ),
        ("@approvers", "r")
    );
    let (method, body) = sent(&Send::Edit {
        channel: "-100".into(),
        message: "9".into(),
        text: "Done".into(),
        open: None,
    });
    assert_eq!(
        (method.as_str(), &body["message_id"], body.get("reply_markup")),
        ("editMessageText", &json!(9), None)
    );
}

#[test]
fn sends_are_cut_and_addressed() {
    let (settings, bases) = (settings(SECRET), Bases::default());
    let long = || "ü".repeat(5000);
    let (method, body) = sent(&Send::Text {
        route: "7".into(),
        text: long(),
    });
    assert_eq!((method.as_str(), &body["chat_id"]), ("sendMessage", &json!(7)));
    assert_eq!(at(&body, "/text").chars().count(), 4096);
    let (method, body) = sent(&Send::Whisper {
        route: String::new(),
        person: String::new(),
        answer_to: "q1".into(),
        text: long(),
    });
    assert_eq!(
        (method.as_str(), at(&body, "/callback_query_id")),
        ("answerCallbackQuery", "q1")
    );
    assert_eq!(
        (at(&body, "/text").chars().count(), &body["show_alert"]),
        (200, &json!(true))
    );
    assert!(wanted(&settings, &bases, &Send::Template { route: String::new() }).is_err());
    assert!(
        check(&settings, &bases).url.ends_with("/getMe") && check(&settings, &bases).method == Method::Get
    );
}

#[test]
fn answers_mean_what_they_say() {
    let failed = |status: u16, rest: Value| {
        let body = json!({"ok": false, "description": "Bad Request: made up", "parameters": rest});
        judge(status, Some(9), body.to_string().as_bytes())
    };
    let why = || "Bad Request: made up".to_owned();
    assert_eq!(
        judge(200, None, br#"{"ok":true,"result":{"message_id":12}}"#),
        SendResult::Sent("12".into())
    );
    assert_eq!(
        judge(200, None, br#"{"ok":true,"result":true}"#),
        SendResult::Sent(String::new())
    );
    assert_eq!(failed(403, Value::Null), SendResult::Unreachable(why()));
    assert_eq!(
        failed(429, json!({"retry_after": 3})),
        SendResult::Later(why(), Some(3))
    );
    assert_eq!(failed(429, Value::Null), SendResult::Later(why(), Some(9)));
    assert_eq!(failed(400, Value::Null), SendResult::Never(why()));
    assert_eq!(failed(401, Value::Null), SendResult::Channel(why()));
    assert_eq!(failed(502, Value::Null), SendResult::Later(why(), Some(9)));
    assert_eq!(
        failed(400, json!({"migrate_to_chat_id": -1_001_234})),
        SendResult::Moved("-1001234".into())
    );
    let same = br#"{"ok":false,"description":"Bad Request: message is not modified: made up"}"#;
    assert_eq!(judge(400, None, same), SendResult::Sent(String::new()));
    let told = br#"{"ok":false,"description":"no /bot1:made-up/getMe here"}"#;
    assert_eq!(
        judge(404, None, told),
        SendResult::Channel("undelivered-answered 404".into())
    );
    assert_eq!(
        judge(200, None, b"<html>"),
        SendResult::Later("undelivered-answered 200".into(), None)
    );
}

fn any_json() -> impl Strategy<Value = Value> {
    let names = [
        "update_id",
        "message",
        "callback_query",
        "from",
        "chat",
        "id",
        "type",
        "text",
        "message_id",
        "data",
        "parameters",
    ];
    crate::chat::any::json(&names, &["private", "de", "d", "", "ü"])
}

proptest! {
    #[test]
    fn nothing_panics(bytes in prop::collection::vec(any::<u8>(), 0..200), json in any_json(),
    status in any::<u16>()) {
        let _ = (good(&bytes), judge(status, None, &bytes));
        prop_assert!(good(json.to_string().as_bytes()).is_ok());
        let _ = judge(status, None, json.to_string().as_bytes());
    }
}
