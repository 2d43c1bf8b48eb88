//! What holds for `slack`: its unit tests.
use super::*;
use crate::chat::sent::Button;
use crate::domain::Time;
use hmac::{Hmac, KeyInit as _, Mac as _};
use http::HeaderMap;
use proptest::prelude::*;

const SECRET: &str = "8f742231b10e8888abcd99yyyzzz85a5";
const SENT: i64 = 1_531_420_618;
const BODY: &str = "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow\
    &channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner\
    &command=%2Fwebhook-collect&text=\
    &response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J\
    %2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN\
    &trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c";
const SIGNATURE: &str = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503";

fn secrets(secret: &str) -> Settings {
    Settings::from([
        ("signing_secret".into(), secret.into()),
        ("bot_token".into(), "xoxb-made-up".into()),
    ])
}

fn sign(body: &[u8]) -> String {
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
    mac.update(format!("v0:{SENT}:").as_bytes());
    mac.update(body);
    format!(
        "v0={}",
        mac.finalize()
            .into_bytes()
            .iter()
            .map(|b| format!("{b:02x}"))
            .collect::<String>()
    )
}

fn take(body: &[u8], signature: &str, now: i64, known: &KnownSecrets<'_>) -> Result<Received, Refused> {
    let mut headers = HeaderMap::new();
    headers.insert("x-slack-request-timestamp", SENT.to_string().parse().unwrap());
    headers.insert("x-slack-signature", signature.parse().unwrap());
    receive(
        &Inbound {
            get: false,
            url: "https://door.example/hooks/slack/1",
            headers: &headers,
            body,
            now: Time(now * 1000),
        },
        known,
    )
}

fn good(body: &[u8]) -> Result<Received, Refused> {
    take(
        body,
        &sign(body),
        SENT,
        &KnownSecrets {
            now: &secrets(SECRET),
            before: None,
            keys: None,
        },
    )
}

#[test]
fn the_documented_signature_is_good_and_nothing_else_is() {
    let (right, wrong, none, unset) = (
        secrets(SECRET),
        secrets("8f742231b10e8888abcd99yyyzzz85a"),
        secrets(""),
        Settings::new(),
    );
    let known = |now, before| KnownSecrets {
        now,
        before,
        keys: None,
    };
    let body = BODY.as_bytes();
    // Believed: a form without a press is not understood.
    for at in [SENT, SENT - 300, SENT + 300] {
        assert_eq!(
            take(body, SIGNATURE, at, &known(&right, None)),
            Err(Refused::Malformed)
        );
    }
    assert_eq!(
        take(body, SIGNATURE, SENT, &known(&wrong, Some(&right))),
        Err(Refused::Malformed),
        "the former secret"
    );
    for at in [SENT - 301, SENT + 301, i64::MAX / 1000, i64::MIN / 1000] {
        assert_eq!(
            take(body, SIGNATURE, at, &known(&right, None)),
            Err(Refused::NotSigned),
            "{at}"
        );
    }
    for settings in [&wrong, &none, &unset] {
        assert_eq!(
            take(body, SIGNATURE, SENT, &known(settings, None)),
            Err(Refused::NotSigned)
        );
    }
    let altered = BODY.replace("roadrunner", "coyote");
    assert_eq!(
        take(altered.as_bytes(), SIGNATURE, SENT, &known(&right, None)),
        Err(Refused::NotSigned)
    );
    for claimed in ["", "v0=", "v0=zz", SIGNATURE.trim_start_matches("v0=")] {
        assert_eq!(
            take(body, claimed, SENT, &known(&right, None)),
            Err(Refused::NotSigned),
            "{claimed}"
        );
    }
}

#[test]
fn what_is_signed_are_the_bytes_as_they_came() {
    let right = secrets(SECRET);
    let known = KnownSecrets {
        now: &right,
        before: None,
        keys: None,
    };
    let json = br#"{ "type":"x", "text":"\u00fc\/" }"#;
    let again = serde_json::from_slice::<Value>(json).unwrap().to_string();
    assert_eq!(take(json, &sign(json), SENT, &known), Ok(Received::default()));
    assert_eq!(
        take(again.as_bytes(), &sign(json), SENT, &known),
        Err(Refused::NotSigned),
        "other bytes"
    );
}

#[test]
fn a_challenge_is_given_back() {
    let answer = good(br#"{"type":"url_verification","challenge":"c-1","token":"t"}"#)
        .unwrap()
        .answer;
    assert_eq!(answer, HookAnswer::Text("c-1".into()));
}

#[test]
fn words_to_the_bot_arrive_and_others_do_not() {
    let event = json!({"type": "message", "channel_type": "im", "channel": "D1", "user": "U1",
    "text": "a &lt;b&gt; &amp;lt;", "ts": "1.2"});
    let whole = |event: &Value| {
        json!({"type": "event_callback", "team_id": "T1", "event_id": "Ev1", "event": event}).to_string()
    };
    let Ok([Arrived::Message(message)]) = good(whole(&event).as_bytes())
        .as_ref()
        .map(|r| r.arrived.as_slice())
        .map(|a| [a[0].clone()])
    else {
        panic!()
    };
    assert_eq!(
        (
            message.event.as_str(),
            message.key.as_str(),
            message.person.as_str()
        ),
        ("Ev1", "T1:D1:1.2", "U1")
    );
    assert_eq!(
        (
            message.route.as_str(),
            message.text.as_str(),
            message.name.as_str()
        ),
        ("D1", "a <b> &lt;", "")
    );
    let others = [
        ("subtype", "message_changed"),
        ("bot_id", "B1"),
        ("channel_type", "channel"),
        ("user", ""),
        ("type", "reaction_added"),
    ];
    for (name, value) in others {
        let mut other = event.clone();
        other[name] = value.into();
        assert_eq!(good(whole(&other).as_bytes()), Ok(Received::default()), "{name}");
    }
    assert_eq!(good(b"{"), Err(Refused::Malformed));
    assert_eq!(good(b"[1]"), Ok(Received::default()));
}

#[test]
fn h12_a_file_counts_as_a_message() {
    let body = json!({"type": "event_callback", "event_id": "Ev9", "team_id": "T1", "event": {
        "type": "message", "subtype": "file_share", "channel_type": "im", "user": "U1",
        "channel": "D1", "ts": "1.2", "text": "", "files": [{"mimetype": "audio/mp4"}]}});
    let arrived = good(body.to_string().as_bytes()).unwrap().arrived;
    assert!(
        matches!(&arrived[..], [Arrived::Message(m)] if m.content == ContentKind::Audio && m.text.is_empty()),
        "{arrived:?}"
    );
}

#[test]
fn a_press_arrives() {
    let pressed = |trigger: &str| {
        let payload = json!({"type": "block_actions", "trigger_id": trigger, "user": {"id": "U2",
        "name": "mira"}, "channel": {"id": "C1"},
            "container": {"message_ts": "3.4"}, "actions": [{"action_id": "approve", "value": "v \
                1", "action_ts": "5.6"}]});
        let body = form_urlencoded::Serializer::new(String::new())
            .append_pair("payload", &payload.to_string())
            .finish();
        match good(body.as_bytes()).unwrap().arrived.pop() {
            Some(Arrived::Press(press)) => *press,
            other => panic!("{other:?}"),
        }
    };
    let press = pressed("t1");
    assert_eq!(
        (press.event.as_str(), press.person.as_str(), press.name.as_str()),
        ("t1", "U2", "mira")
    );
    assert_eq!(
        (
            press.channel.as_str(),
            press.value.as_str(),
            press.answer_to.as_str()
        ),
        ("C1", "v 1", "")
    );
    assert_eq!(pressed("").event, "3.4:5.6");
    assert_eq!(good(b"payload=%7B"), Err(Refused::Malformed));
    assert_eq!(
        good(br#"{"text":"&payload=%7B%22type%22:%22block_actions%22%7D&"}"#),
        Ok(Received::default()),
        "words are no press"
    );
}

/// Where something is sent to, and what; always with the token.
fn sent(send: &Send) -> (String, Value) {
    let wanted = wanted(&secrets(SECRET), &Bases::default(), send).unwrap();
    assert_eq!(
        wanted.headers,
        [("authorization", "Bearer xoxb-made-up".to_owned())]
    );
    (
        wanted.url,
        serde_json::from_str::<Value>(&wanted.body.unwrap().1).unwrap(),
    )
}

/// Too long, and with what means something to the platform.
fn wild_text() -> String {
    format!("<!channel> & {}", "x".repeat(4000))
}

#[test]
fn posts_are_cut_and_have_buttons_until_they_are_edited() {
    let button = |value: &str| Button {
        label: "Yes".into(),
        value: value.into(),
    };
    let (_, body) = sent(&Send::Post {
        channel: "C1".into(),
        text: wild_text(),
        approve: button("a"),
        reject: button("r"),
        open: None,
    });
    assert_eq!(
        (
            at(&body, "/blocks/0/text/type"),
            at(&body, "/blocks/0/text/text").len()
        ),
        ("plain_text", 3000)
    );
    assert_eq!(
        (
            at(&body, "/blocks/1/elements/0/action_id"),
            at(&body, "/blocks/1/elements/1/value")
        ),
        ("approve", "r")
    );
    let (url, body) = sent(&Send::Edit {
        channel: "C1".into(),
        message: "1.2".into(),
        text: "Done".into(),
        open: None,
    });
    assert!(
        url.ends_with("/chat.update") && body["ts"] == "1.2" && body["blocks"].as_array().unwrap().len() == 1
    );
}

#[test]
fn sends_are_escaped_and_carry_the_token() {
    let (settings, bases) = (secrets(SECRET), Bases::default());
    let (url, body) = sent(&Send::Text {
        route: "D1".into(),
        text: wild_text(),
    });
    assert_eq!(url, "https://slack.com/api/chat.postMessage");
    assert!(at(&body, "/text").starts_with("&lt;!channel&gt; &amp; x") && body["unfurl_links"] == false);
    let (url, body) = sent(&Send::Whisper {
        route: "C1".into(),
        person: "U2".into(),
        answer_to: String::new(),
        text: "No".into(),
    });
    assert!(url.ends_with("/chat.postEphemeral") && body["user"] == "U2");
    assert!(wanted(&settings, &bases, &Send::Template { route: String::new() }).is_err());
    assert!(check(&settings, &bases).url.ends_with("/auth.test"));
    assert_eq!(
        who(&settings, &bases, "U&1").url,
        "https://slack.com/api/users.info?user=U%261"
    );
}

#[test]
fn names_are_read() {
    let name = |display: &str| {
        name_of(
            json!({"user": {"profile": {"display_name": display, "real_name": "Mira Sample"}}})
                .to_string()
                .as_bytes(),
        )
    };
    assert_eq!(
        (name("mira").as_deref(), name(" ").as_deref()),
        (Some("mira"), Some("Mira Sample"))
    );
    assert_eq!((name_of(b"{}"), name_of(b"no")), (None, None));
}

#[test]
fn answers_mean_what_they_say() {
    let failed = |error: &str| {
        judge(
            200,
            None,
            format!(r#"{{"ok":false,"error":"{error}"}}"#).as_bytes(),
        )
    };
    assert_eq!(
        judge(200, None, br#"{"ok":true,"ts":"1.2"}"#),
        SendResult::Sent("1.2".into())
    );
    assert_eq!(
        judge(200, None, br#"{"ok":true}"#),
        SendResult::Sent(String::new())
    );
    for of_account in [
        "invalid_auth",
        "token_revoked",
        "account_inactive",
        "missing_scope",
    ] {
        assert_eq!(failed(of_account), SendResult::Channel(of_account.into()));
    }
    assert!(matches!(judge(401, None, b""), SendResult::Channel(_)));
    assert_eq!(
        failed("channel_not_found"),
        SendResult::Never("channel_not_found".into())
    );
    assert_eq!(
        failed("user_disabled"),
        SendResult::Unreachable("user_disabled".into())
    );
    assert_eq!(
        failed("internal_error"),
        SendResult::Later("internal_error".into(), None)
    );
    assert_eq!(
        judge(429, Some(7), b""),
        SendResult::Later("ratelimited".into(), Some(7))
    );
    assert!(
        matches!(judge(503, None, b""), SendResult::Later(..))
            && matches!(judge(404, None, b""), SendResult::Never(_))
    );
    assert!(matches!(judge(200, None, b"<html>"), SendResult::Later(..)));
}

fn any_json() -> impl Strategy<Value = Value> {
    let names = [
        "type",
        "event",
        "user",
        "id",
        "channel",
        "container",
        "actions",
        "ts",
        "profile",
        "ok",
        "error",
    ];
    crate::chat::any::json(
        &names,
        &[
            "event_callback",
            "block_actions",
            "url_verification",
            "message",
            "im",
            "",
            "ü",
        ],
    )
}

proptest! {
    #[test]
    fn nothing_panics(bytes in prop::collection::vec(any::<u8>(), 0..200), json in any_json(),
    status in any::<u16>()) {
        let _ = (good(&bytes), name_of(&bytes), judge(status, None, &bytes));
        let text = json.to_string();
        prop_assert!(good(text.as_bytes()).is_ok());
        let form = form_urlencoded::Serializer::new(String::new()).append_pair("payload", &text).finish();
        prop_assert!(good(form.as_bytes()).is_ok());
        let _ = (name_of(text.as_bytes()), judge(200, None, text.as_bytes()));
    }
}
