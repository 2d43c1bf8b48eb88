//! What holds for `sms`: its unit tests.
use super::*;
use crate::domain::Time;
use hmac::{Hmac, KeyInit as _, Mac as _};
use http::HeaderMap;
use proptest::prelude::*;

const DOCS: &str = "https://example.com/myapp.php?foo=1&bar=2";
const SDK: &str = "https://mycompany.com/myapp.php?foo=1&bar=2";
const CALL: &str =
    "From=%2B14158675309&To=%2B18005551212&CallSid=CA1234567890ABCDE&Caller=%2B14158675309&Digits=1234";
const JSON: &[u8] = br#"{"property": "value", "boolean": true}"#;
const HOOK: &str = "https://door.example/hooks/sms/1";

fn settings(token: &str) -> Settings {
    let all = [
        ("account_sid", "AC1"),
        ("auth_token", token),
        ("sender", "+15550009"),
    ];
    all.into_iter()
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

fn sign(url: &str, body: &[u8]) -> String {
    let mut mac = Hmac::<sha1::Sha1>::new_from_slice(b"12345").unwrap();
    mac.update(url.as_bytes());
    form(body).iter().for_each(|(name, values)| {
        values
            .iter()
            .for_each(|value| mac.update(format!("{name}{value}").as_bytes()))
    });
    STANDARD.encode(mac.finalize().into_bytes())
}

fn take(url: &str, body: &[u8], claimed: &str, known: &KnownSecrets<'_>) -> Result<Received, Refused> {
    let mut headers = HeaderMap::new();
    headers.insert("x-twilio-signature", claimed.parse().unwrap());
    receive(
        &Inbound {
            get: false,
            url,
            headers: &headers,
            body,
            now: Time(0),
        },
        known,
    )
}

fn good(body: &[u8]) -> Result<Received, Refused> {
    take(
        HOOK,
        body,
        &sign(HOOK, body),
        &KnownSecrets {
            now: &settings("12345"),
            before: None,
            keys: None,
        },
    )
}

/// Whether the signature is believed: these vectors are of no account of ours.
fn believes(url: &str, body: &str, claimed: &str, token: &str) -> bool {
    let result = take(
        url,
        body.as_bytes(),
        claimed,
        &KnownSecrets {
            now: &settings(token),
            before: None,
            keys: None,
        },
    );
    assert!(
        matches!(result, Err(Refused::NotSigned | Refused::NotForUs)),
        "{result:?}"
    );
    result == Err(Refused::NotForUs)
}

#[test]
fn the_documented_signatures_are_good_and_nothing_else_is() {
    let docs = CALL.replace("14158675309", "14158675310");
    let vectors = [
        (DOCS, docs.as_str(), "L/OH5YylLD5NRKLltdqwSvS0BnU="),
        (SDK, CALL, "RSOYDt4T1cUTdK1PDd93/VVr8B8="),
        (
            "https://mycompany.com:443/myapp.php?foo=1&bar=2",
            CALL,
            "kvajT1Ptam85bY51eRf/AJRuM3w=",
        ),
        (
            "http://mycompany.com:80/myapp.php?foo=1&bar=2",
            CALL,
            "0ZXoZLH/DfblKGATFgpif+LLRf4=",
        ),
        (
            "http://mycompany.com:1234/myapp.php?foo=1&bar=2",
            CALL,
            "Zmvh+3yNM1Phv2jhDCwEM3q5ebU=",
        ),
        (
            SDK,
            "Sid=CA123&SidAccount=AC123&Digits=5678&Digits=1234&Digits=1234",
            "IK+Dwps556ElfBT0I3Rgjkr1wJU=",
        ),
    ];
    for (url, body, claimed) in vectors {
        assert!(believes(url, body, claimed, "12345"), "{url} {body}");
        assert!(
            !believes(url, body, claimed, "12346") && !believes(url, body, claimed, ""),
            "{url}"
        );
        assert!(
            !believes(url, &body.replace("123", "124"), claimed, "12345"),
            "{url}"
        );
        assert!(
            !believes(&url.replace("foo=1", "foo=2"), body, claimed, "12345"),
            "{url}"
        );
        assert!(!believes(url, body, "", "12345") && !believes(url, body, "no base64", "12345"));
    }
    let (right, wrong) = (settings("12345"), settings("other"));
    let known = KnownSecrets {
        now: &wrong,
        before: Some(&right),
        keys: None,
    };
    assert_eq!(
        take(SDK, CALL.as_bytes(), vectors[1].2, &known),
        Err(Refused::NotForUs),
        "the former token"
    );
}

#[test]
fn the_default_port_may_be_there_or_not() {
    let of = |url: &str, signature: &str| believes(url, CALL, signature, "12345");
    assert!(
        of(SDK, "kvajT1Ptam85bY51eRf/AJRuM3w=")
            && of(
                "https://mycompany.com:443/myapp.php?foo=1&bar=2",
                "RSOYDt4T1cUTdK1PDd93/VVr8B8="
            )
    );
    assert!(of(
        "http://mycompany.com/myapp.php?foo=1&bar=2",
        "0ZXoZLH/DfblKGATFgpif+LLRf4="
    ));
    assert!(!of(
        "http://mycompany.com/myapp.php?foo=1&bar=2",
        "Zmvh+3yNM1Phv2jhDCwEM3q5ebU="
    ));
    assert!(
        !of(
            "http://mycompany.com/myapp.php?foo=1&bar=2",
            "RSOYDt4T1cUTdK1PDd93/VVr8B8="
        ),
        "another scheme"
    );
    let other = |url: &str| with_other_port(url);
    assert_eq!(other("https://a.example:8443/x"), None);
    assert_eq!(other("http://a.example:443/x"), None);
    assert_eq!(
        other("https://a.example?x=:443").as_deref(),
        Some("https://a.example:443?x=:443")
    );
    assert_eq!(other("https://[::1]/x").as_deref(), Some("https://[::1]:443/x"));
    assert_eq!((other("ftp://a.example"), other("")), (None, None));
}

#[test]
fn a_json_is_signed_by_its_hash() {
    let url = format!("{SDK}&bodySHA256=0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620");
    let (settings, claimed) = (settings("12345"), "a9nBmqA0ju/hNViExpshrM61xv4=");
    let known = KnownSecrets {
        now: &settings,
        before: None,
        keys: None,
    };
    let nothing = Received {
        answer: HookAnswer::Xml,
        ..Received::default()
    };
    assert_eq!(take(&url, JSON, claimed, &known), Ok(nothing));
    let again = serde_json::from_slice::<Value>(JSON).unwrap().to_string();
    for (url, body) in [
        (url.as_str(), again.as_bytes()),
        (&url, b""),
        (SDK, JSON),
        (&url.replace("bar=2", "bar=3"), JSON),
    ] {
        assert_eq!(take(url, body, claimed, &known), Err(Refused::NotSigned), "{url}");
    }
    let url = format!("{HOOK}?bodySHA256={}", hash_of(b"no json"));
    assert_eq!(
        take(&url, b"no json", &sign(&url, b""), &known),
        Err(Refused::Malformed)
    );
}

#[test]
fn messages_arrive() {
    let body = "MessageSid=SM1&AccountSid=AC1&From=%2B15550001&To=%2B15550009&Body=Let+me+in+%C3%BC";
    let received = good(body.as_bytes()).unwrap();
    assert_eq!(received.answer, HookAnswer::Xml);
    let Some(Arrived::Message(message)) = received.arrived.first() else {
        panic!()
    };
    assert_eq!(
        (
            message.event.as_str(),
            message.key.as_str(),
            message.person.as_str()
        ),
        ("SM1", "SM1", "+15550001")
    );
    assert_eq!(
        (message.conversation.as_str(), message.route.as_str()),
        ("+15550009", "+15550001")
    );
    assert_eq!(
        (message.text.as_str(), message.name.as_str()),
        ("Let me in ü", "")
    );
    let mut headers = HeaderMap::new();
    headers.insert("x-twilio-signature", sign(HOOK, body.as_bytes()).parse().unwrap());
    headers.insert("i-twilio-idempotency-token", "i-1".parse().unwrap());
    let request = Inbound {
        get: false,
        url: HOOK,
        headers: &headers,
        body: body.as_bytes(),
        now: Time(0),
    };
    let received = receive(
        &request,
        &KnownSecrets {
            now: &settings("12345"),
            before: None,
            keys: None,
        },
    )
    .unwrap();
    assert!(
        matches!(received.arrived.as_slice(), [Arrived::Message(m)] if m.event == "i-1" && m.key == "SM1")
    );
    assert!(
        matches!(good(b"MessageSid=SM1&AccountSid=AC1&From=1&Body=").unwrap().arrived.as_slice(),
        [Arrived::Message(m)] if m.text.is_empty())
    );
    assert_eq!(
        good(body.replace("AC1", "AC2").as_bytes()),
        Err(Refused::NotForUs)
    );
    assert_eq!(good(b"Body=x"), Err(Refused::NotForUs));
    assert!(good(b"AccountSid=AC1&Body=x").unwrap().arrived.is_empty());
}

#[test]
fn who_opts_out_is_known_by_word_or_by_twilio() {
    let stops = |body: &str| {
        let text = format!("AccountSid=AC1&MessageSid=SM1&From=%2B15550001&{body}");
        let arrived = good(text.as_bytes()).unwrap().arrived;
        let [Arrived::Message(m)] = &arrived[..] else {
            panic!("{arrived:?}")
        };
        m.stops
    };
    assert!(stops("Body=STOP") && stops("Body=+unsubscribe%0A") && stops("Body=Halt&OptOutType=STOP"));
    assert!(
        !stops("Body=Stop+it")
            && !stops("Body=")
            && !stops("Body=STOP&OptOutType=HELP")
            && !stops("Body=START")
    );
}

fn read(body: &str) -> Message {
    let text = format!("AccountSid=AC1&MessageSid=SM1&From=%2B15550001&{body}");
    let arrived = good(text.as_bytes()).unwrap().arrived;
    match &arrived[..] {
        [Arrived::Message(m)] => (**m).clone(),
        _ => panic!("{arrived:?}"),
    }
}

#[test]
fn h12_media_alone_is_a_message() {
    let of = |media: &str| read(&format!("Body=&NumMedia=1&MediaContentType0={media}")).content;
    assert_eq!(of("image%2Fjpeg"), ContentKind::Image);
    assert_eq!(of("audio%2Famr"), ContentKind::Audio);
    assert_eq!(of("text%2Fx-vcard"), ContentKind::Contact);
    assert_eq!(of("application%2Fpdf"), ContentKind::File);
    assert_eq!(
        read("NumMedia=1").content,
        ContentKind::Other,
        "without a text field"
    );
    assert_eq!(read("Body=hi&NumMedia=0").content, ContentKind::Text);
}

#[test]
fn h24_words_that_the_platform_answers() {
    let of = |body: &str| read(body).keyword;
    for (word, is) in [
        ("START", Some(Keyword::Starts)),
        ("+unstop%0A", Some(Keyword::Starts)),
        ("Help", Some(Keyword::AsksForHelp)),
        ("INFO", Some(Keyword::AsksForHelp)),
        ("yes", Some(Keyword::SaysYes)),
        ("Yes+please", None),
        ("STOP", None),
    ] {
        assert_eq!(of(&format!("Body={word}")), is, "{word}");
    }
    assert_eq!(of("Body=Hilfe&OptOutType=HELP"), Some(Keyword::AsksForHelp));
    assert_eq!(of("Body=Los&OptOutType=START"), Some(Keyword::Starts));
    assert_eq!(of("Body=HELP&OptOutType=STOP"), None);
}

#[test]
fn reports_arrive() {
    let told = |rest: &str| {
        good(format!("AccountSid=AC1&MessageSid=SM1&{rest}").as_bytes())
            .unwrap()
            .arrived
    };
    let report = |problem: &str, unreachable| {
        vec![Arrived::Report(Report {
            message: "SM1".into(),
            problem: problem.into(),
            unreachable,
            window_over: false,
        })]
    };
    assert_eq!(told("MessageStatus=delivered"), report("", false));
    assert_eq!(
        told("MessageStatus=undelivered&ErrorCode=30005"),
        report("undelivered-code 30005", true)
    );
    assert_eq!(
        told("MessageStatus=failed&ErrorCode=30008"),
        report("undelivered-code 30008", false)
    );
    assert_eq!(told("MessageStatus=failed"), report("undelivered-unknown", false));
    assert!(told("MessageStatus=queued").is_empty());
}

#[test]
fn sends_are_forms() {
    let (mut settings, bases) = (settings("12345"), Bases::default());
    let text = |text: &str| Send::Text {
        route: "+15550001".into(),
        text: text.into(),
    };
    let sent = wanted(&settings, &bases, &text("a&b"), HOOK).unwrap();
    assert_eq!(
        sent.url,
        "https://api.twilio.com/2010-04-01/Accounts/AC1/Messages.json"
    );
    assert_eq!(sent.headers, [("authorization", "Basic QUMxOjEyMzQ1".to_owned())]);
    assert_eq!(
        sent.body.unwrap().1,
        "To=%2B15550001&From=%2B15550009&Body=a%26b\
         &StatusCallback=https%3A%2F%2Fdoor.example%2Fhooks%2Fsms%2F1"
    );
    settings.insert("sender".into(), "MG1".into());
    let sent = wanted(&settings, &bases, &text(&"x".repeat(2000)), HOOK)
        .unwrap()
        .body
        .unwrap()
        .1;
    assert!(
        sent.starts_with(&format!(
            "To=%2B15550001&MessagingServiceSid=MG1&Body={}&StatusCallback=",
            "x".repeat(1600)
        )),
        "{sent}"
    );
    let edit = Send::Edit {
        channel: String::new(),
        message: String::new(),
        text: String::new(),
        open: None,
    };
    assert!(wanted(&settings, &bases, &edit, HOOK).is_err());
    assert_eq!(
        check(&settings, &bases).url,
        "https://api.twilio.com/2010-04-01/Accounts/AC1.json"
    );
}

#[test]
fn answers_mean_what_they_say() {
    let failed = |status, code| {
        judge(
            status,
            Some(5),
            format!(r#"{{"code":{code},"message":"m"}}"#).as_bytes(),
        )
    };
    assert_eq!(
        judge(201, None, br#"{"sid":"SM1"}"#),
        SendResult::Sent("SM1".into())
    );
    assert_eq!(failed(400, 21_610), SendResult::Unreachable("m".into()));
    assert_eq!(
        (failed(429, 20_429), failed(503, 0)),
        (
            SendResult::Later("m".into(), Some(5)),
            SendResult::Later("m".into(), Some(5))
        )
    );
    assert_eq!(failed(401, 20_003), SendResult::Channel("m".into()));
    assert_eq!(failed(403, 20_005), SendResult::Channel("m".into()));
    assert_eq!(
        judge(404, None, b"<html>"),
        SendResult::Never("undelivered-answered 404".into())
    );
}

proptest! {
    #[test]
    fn nothing_panics(bytes in prop::collection::vec(any::<u8>(), 0..200), url in ".{0,60}",
    text in ".{0,60}", status in any::<u16>()) {
        let _ = (good(&bytes), with_other_port(&url), of_body(&url), judge(status, None, &bytes));
        let form = form_urlencoded::Serializer::new("AccountSid=AC1".to_owned()).extend_pairs([("From",
        &text), ("Body", &text)]).finish();
        prop_assert!(good(form.as_bytes()).is_ok());
        let json = Value::from(text).to_string();
        let settings = settings("12345");
        let url = format!("{HOOK}?bodySHA256={}", hash_of(json.as_bytes()));
        let known = KnownSecrets { now: &settings, before: None, keys: None };
        prop_assert!(take(&url, json.as_bytes(), &sign(&url, b""), &known).is_ok());
        let _ = judge(status, None, json.as_bytes());
    }
}
