//! Every check of a token with its negatives, by keys made here; what is read of activities; what
//! is sent, and where it never goes.
use super::*;
use crate::chat::inbound::receive;
use crate::chat::teams_keys::Keys;
use crate::domain::Time;
use crate::domain::connector::Platform;
use http::HeaderMap;
use openidconnect::core::{CoreHmacKey, CoreRsaPrivateSigningKey};
use openidconnect::{JsonWebKeyId, PrivateSigningKey as _};
use proptest::prelude::*;
use rsa::pkcs1::EncodeRsaPrivateKey as _;
use std::sync::OnceLock;

const NOW: i64 = 1_790_000_000;
const SERVICE: &str = "https://smba.trafficmanager.net/amer/";

fn signer() -> &'static CoreRsaPrivateSigningKey {
    static KEY: OnceLock<CoreRsaPrivateSigningKey> = OnceLock::new();
    KEY.get_or_init(fresh)
}

/// Another key by the name of the published one.
fn fresh() -> CoreRsaPrivateSigningKey {
    let key = rsa::RsaPrivateKey::new(&mut rsa::rand_core::OsRng, 1024).unwrap();
    let pem = key.to_pkcs1_pem(rsa::pkcs1::LineEnding::LF).unwrap();
    CoreRsaPrivateSigningKey::from_pem(&pem, Some(JsonWebKeyId::new("k1".into()))).unwrap()
}

fn published(endorsements: &[&str]) -> Keys {
    let mut key = serde_json::to_value(signer().as_verification_key()).unwrap();
    key["endorsements"] = json!(endorsements);
    Keys::parse(json!({"keys": [{"kty": "unheard"}, key]}).to_string().as_bytes()).unwrap()
}

fn header() -> Value {
    json!({"alg": "RS256", "kid": "k1", "typ": "JWT"})
}

fn good() -> Value {
    json!({"iss": ISSUER, "aud": "app-1", "exp": NOW + 600, "nbf": NOW - 600, "serviceurl": SERVICE})
}

fn signed(header: &Value, claims: &Value) -> String {
    signed_by(signer(), header, claims)
}

fn signed_by(key: &CoreRsaPrivateSigningKey, header: &Value, claims: &Value) -> String {
    let part = |v: &Value| URL_SAFE_NO_PAD.encode(v.to_string());
    let head = format!("{}.{}", part(header), part(claims));
    let signature = key
        .sign(&CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256, head.as_bytes())
        .unwrap();
    format!("{head}.{}", URL_SAFE_NO_PAD.encode(signature))
}

fn activity() -> Value {
    json!({
        "type": "message", "id": "1700", "serviceUrl": SERVICE, "channelId": "msteams", "locale": "de-DE",
        "from": {"id": "29:abc", "name": "Nia Verne", "aadObjectId": "aad-1"},
        "conversation": {"conversationType": "personal", "tenantId": "tenant-1", "id": "a:conv"},
        "recipient": {"id": "28:app-1"}, "text": "<at>Desk</at> Hello \
         <b>", "channelData": {"tenant": {"id": "tenant-1"}},
    })
}

fn settings() -> Settings {
    [
        ("app_id", "app-1"),
        ("tenant", "tenant-1"),
        ("client_secret", "s&cret"),
    ]
    .map(|(n, v)| (n.to_owned(), v.to_owned()))
    .into()
}

fn deliver(token: &str, body: &[u8], keys: Option<&Keys>) -> Result<Received, Refused> {
    let mut headers = HeaderMap::new();
    if !token.is_empty() {
        headers.insert("authorization", format!("Bearer {token}").parse().unwrap());
    }
    let settings = settings();
    let known = Known {
        now: &settings,
        before: None,
        keys,
    };
    receive(
        Platform::Teams,
        &Inbound {
            get: false,
            url: "https://a.example/hooks/teams/x",
            headers: &headers,
            body,
            now: Time(NOW * 1000),
        },
        &known,
    )
}

fn with(change: impl FnOnce(&mut Value)) -> Value {
    let mut activity = activity();
    change(&mut activity);
    activity
}

fn with_claims(change: impl FnOnce(&mut Value)) -> Result<Received, Refused> {
    let mut claims = good();
    change(&mut claims);
    deliver(
        &signed(&header(), &claims),
        activity().to_string().as_bytes(),
        Some(&published(&["msteams"])),
    )
}

/// A good token, made once: signing takes its time.
fn token() -> &'static str {
    static TOKEN: OnceLock<String> = OnceLock::new();
    TOKEN.get_or_init(|| signed(&header(), &good()))
}

fn with_body(activity: &Value) -> Result<Received, Refused> {
    deliver(
        token(),
        activity.to_string().as_bytes(),
        Some(&published(&["msteams"])),
    )
}

#[test]
fn a_good_token_brings_a_message() {
    let received = with_body(&activity()).unwrap();
    let [Arrived::Message(m)] = &received.arrived[..] else {
        panic!("{received:?}")
    };
    assert_eq!(
        (m.person.as_str(), m.name.as_str(), m.text.as_str()),
        ("tenant-1:aad-1", "Nia Verne", "Hello <b>")
    );
    assert_eq!(
        (m.event.as_str(), m.key.as_str(), m.language),
        ("a:conv:1700", "a:conv:1700", Some(Language::De))
    );
    let other_name = with_claims(|c| {
        let service = c.as_object_mut().unwrap().remove("serviceurl").unwrap();
        c["serviceUrl"] = service;
    });
    assert!(other_name.is_ok(), "the claim's name in any case");
}

#[test]
fn every_claim_is_checked() {
    let refused = |what: &str, change: fn(&mut Value)| {
        assert_eq!(with_claims(change), Err(Refused::NotSigned), "{what}")
    };
    refused("issuer", |c| c["iss"] = json!("https://sts.windows.net/x/"));
    refused("audience", |c| c["aud"] = json!("app-2"));
    refused("audiences", |c| c["aud"] = json!(["app-1", "app-2"]));
    refused("audiences with ours twice", |c| {
        c["aud"] = json!(["app-1", "app-1"])
    });
    refused("no audience in a list", |c| c["aud"] = json!([]));
    refused("a list in a list", |c| c["aud"] = json!([["app-1"]]));
    refused("expired", |c| c["exp"] = json!(NOW - 301));
    refused("not yet", |c| c["nbf"] = json!(NOW + 301));
    refused("another service", |c| {
        c["serviceurl"] = json!("https://evil.example/")
    });
    for name in ["iss", "aud", "exp", "nbf", "serviceurl"] {
        let missing = with_claims(|c| drop(c.as_object_mut().unwrap().remove(name)));
        assert_eq!(missing, Err(Refused::NotSigned), "without {name}");
    }
    for (name, value) in [
        ("exp", json!("tomorrow")),
        ("exp", json!(1e300)),
        ("nbf", json!(null)),
        ("serviceurl", json!([SERVICE])),
    ] {
        assert_eq!(
            with_claims(|c| c[name] = value.clone()),
            Err(Refused::NotSigned),
            "{name}: {value}"
        );
    }
    assert!(
        with_claims(|c| c["aud"] = json!(["app-1"])).is_ok(),
        "a list of ours alone"
    );
    let extreme = with_claims(|c| (c["exp"], c["nbf"]) = (json!(i64::MAX), json!(i64::MIN)));
    assert!(extreme.is_ok(), "{extreme:?}");
    assert!(
        with_claims(|c| c["exp"] = json!(NOW - 299)).is_ok()
            && with_claims(|c| c["nbf"] = json!(NOW + 299)).is_ok(),
        "clocks differ"
    );
}

#[test]
fn only_a_published_key_signs() {
    let (keys, body) = (published(&["msteams"]), activity().to_string());
    let tried = |token: &str| deliver(token, body.as_bytes(), Some(&keys));
    let with_header = |change: fn(&mut Value)| {
        let mut header = header();
        change(&mut header);
        tried(&signed(&header, &good()))
    };
    assert_eq!(tried(""), Err(Refused::NotSigned));
    assert_eq!(tried("a.b.c"), Err(Refused::NotSigned));
    assert_eq!(with_header(|h| h["alg"] = json!("none")), Err(Refused::NotSigned));
    assert_eq!(
        with_header(|h| h["alg"] = json!("HS256")),
        Err(Refused::NotSigned)
    );
    assert_eq!(
        with_header(|h| h["crit"] = json!(["exp"])),
        Err(Refused::NotSigned)
    );
    assert_eq!(with_header(|h| h["kid"] = json!("k2")), Err(Refused::UnknownKey));
    assert_eq!(
        with_header(|h| drop(h.as_object_mut().unwrap().remove("kid"))),
        Err(Refused::NotSigned)
    );
    assert_eq!(
        deliver(&signed(&header(), &good()), body.as_bytes(), None),
        Err(Refused::UnknownKey)
    );

    let part = |v: &Value| URL_SAFE_NO_PAD.encode(v.to_string());
    let unsigned = format!(
        "{}.{}.",
        part(&json!({"alg": "none", "kid": "k1"})),
        part(&good())
    );
    assert_eq!(tried(&unsigned), Err(Refused::NotSigned));
    let head = format!(
        "{}.{}",
        part(&json!({"alg": "HS256", "kid": "k1"})),
        part(&good())
    );
    let public = serde_json::to_string(&signer().as_verification_key()).unwrap();
    let mac = CoreHmacKey::new(public)
        .sign(&CoreJwsSigningAlgorithm::HmacSha256, head.as_bytes())
        .unwrap();
    assert_eq!(
        tried(&format!("{head}.{}", URL_SAFE_NO_PAD.encode(mac))),
        Err(Refused::NotSigned)
    );
    // A key that the token brings along is not looked at: a good signature by the published one
    // still counts, and nothing else does.
    let own = json!({"alg": "RS256", "kid": "k9", "jku": "https://evil.example/keys",
    "jwk": signer().as_verification_key()});
    assert_eq!(tried(&signed(&own, &good())), Err(Refused::UnknownKey));
    let stranger = fresh();
    let own = json!({"alg": "RS256", "kid": "k1", "jku": "https://evil.example/keys",
    "jwk": stranger.as_verification_key()});
    assert_eq!(
        tried(&signed_by(&stranger, &own, &good())),
        Err(Refused::NotSigned),
        "by a key of its own under a known name"
    );
    assert!(tried(&signed(&own, &good())).is_ok(), "by the published key");
    let mut altered = signed(&header(), &good());
    altered.replace_range(
        altered.len() - 9..altered.len() - 8,
        if altered.as_bytes()[altered.len() - 9] == b'A' {
            "B"
        } else {
            "A"
        },
    );
    assert_eq!(tried(&altered), Err(Refused::NotSigned));
    assert_eq!(
        deliver(
            &signed(&header(), &good()),
            body.as_bytes(),
            Some(&published(&["webchat"]))
        ),
        Err(Refused::NotSigned),
        "not endorsed"
    );
}

#[test]
fn a_token_replayed_with_another_body_is_found_out_where_it_can_be() {
    assert_eq!(
        with_body(&with(|a| a["serviceUrl"] = json!("https://evil.example/"))),
        Err(Refused::NotSigned)
    );
    assert_eq!(
        with_body(&with(|a| a["channelId"] = json!("webchat"))),
        Err(Refused::NotSigned)
    );
    assert_eq!(
        with_body(&with(|a| a["recipient"]["id"] = json!("28:app-2"))),
        Err(Refused::NotForUs)
    );
    assert_eq!(
        with_body(&with(|a| a["recipient"]["id"] = json!("28:app-10"))),
        Err(Refused::NotForUs)
    );
    assert!(with_body(&with(|a| a["recipient"]["id"] = json!("28:orgid:app-1"))).is_ok());
    assert_eq!(
        with_body(&with(|a| drop(a.as_object_mut().unwrap().remove("serviceUrl")))),
        Err(Refused::NotSigned)
    );
    assert_eq!(
        with_body(&with(|a| a["conversation"]["tenantId"] = json!("tenant-2"))),
        Err(Refused::NotForUs)
    );
    assert_eq!(
        with_body(&with(|a| a["channelData"]["tenant"]["id"] = json!("tenant-2"))),
        Err(Refused::NotForUs)
    );
    let nowhere = with(|a| {
        a["conversation"].as_object_mut().unwrap().remove("tenantId");
        a.as_object_mut().unwrap().remove("channelData");
    });
    assert_eq!(with_body(&nowhere), Err(Refused::NotForUs));
    assert_eq!(
        deliver(&signed(&header(), &good()), b"{", Some(&published(&["msteams"]))),
        Err(Refused::Malformed)
    );
}

#[test]
fn presses_are_told_from_messages_and_the_rest_is_passed_over() {
    let press = with(|a| {
        a["value"] = json!({"press": "approve:1"});
        a["conversation"]["id"] = json!("19:chan@thread.tacv2;messageid=5");
    });
    let [Arrived::Press(p)] = &with_body(&press).unwrap().arrived[..] else {
        panic!()
    };
    assert_eq!(
        (p.event.as_str(), p.answer_to.as_str()),
        ("19:chan@thread.tacv2;messageid=5:1700", "")
    );
    let invoke = with(|a| {
        (a["type"], a["replyToId"], a["value"]) = (json!("invoke"), json!("99"), json!({"press": "reject:1"}))
    });
    let [Arrived::Press(i)] = &with_body(&invoke).unwrap().arrived[..] else {
        panic!()
    };
    assert_eq!(
        (i.value.as_str(), i.answer_to.as_str(), i.channel.as_str()),
        ("reject:1", "99", "a:conv")
    );
    assert_eq!(
        (p.value.as_str(), p.channel.as_str(), p.person.as_str()),
        ("approve:1", "19:chan@thread.tacv2", "tenant-1:aad-1")
    );
    let none: [fn(&mut Value); 8] = [
        |a| a["type"] = json!("conversationUpdate"),
        |a| a["type"] = json!("installationUpdate"),
        |a| a["text"] = json!(""),
        |a| {
            drop(
                a["conversation"]
                    .as_object_mut()
                    .unwrap()
                    .remove("conversationType"),
            )
        },
        |a| (a["type"], a["value"]) = (json!("installationUpdate"), json!({"press": "approve:1"})),
        |a| a["conversation"]["conversationType"] = json!("channel"),
        |a| a["value"] = json!({"other": 1}),
        |a| drop(a["from"].as_object_mut().unwrap().remove("id")),
    ];
    assert!(
        none.into_iter()
            .all(|change| with_body(&with(change)).unwrap().arrived.is_empty())
    );
    assert_eq!(
        (without_mentions("a <at>x</at> b"), without_mentions("a <at>x")),
        ("a  b".into(), "a <at>x".into())
    );
}

#[test]
fn answers_go_where_the_operator_allows_and_nowhere_else() {
    let bases = Bases::default();
    for good in [
        SERVICE,
        "https://smba.trafficmanager.net",
        "https://x.botframework.com/a",
    ] {
        assert!(service_allowed(good, &bases), "{good}");
    }
    for bad in [
        "http://smba.trafficmanager.net/",
        "https://evilbotframework.com/",
        "https://smba.trafficmanager.net.evil.example/",
        "https://smba.trafficmanager.net@evil.example/",
        "https://user:pass@smba.trafficmanager.net/",
        "https://smba.trafficmanager.net:8443/",
        "https://smba.trafficmanager.net\\@evil.example.net/../a?b",
        "https://evil.example/smba.trafficmanager.net",
        "https://evil.example#@smba.trafficmanager.net/",
        "https://smba.trafficmanager.net/?a=",
        "https://smba.trafficmanager.net./",
        "https://botframework.com.evil.example/",
        "https://botframework.com/",
        "//smba.trafficmanager.net/",
        "ftp://smba.trafficmanager.net/",
        "",
    ] {
        assert!(!service_allowed(bad, &bases), "{bad}");
    }
    let own = Bases {
        teams_hosts: vec!["http://127.0.0.1:9".into()],
        ..Bases::default()
    };
    for bad in [
        "https://127.0.0.1:9/",
        "http://127.0.0.1/",
        "http://127.0.0.1:9@evil.example/",
        "http://127.0.0.1:90/",
    ] {
        assert!(!service_allowed(bad, &own), "{bad}");
    }
    assert!(
        service_allowed("http://127.0.0.1:9/teams/", &own) && !service_allowed("http://127.0.0.1:10/", &own)
    );

    let [Arrived::Message(m)] = &with_body(&activity()).unwrap().arrived[..] else {
        panic!()
    };
    let send = Send::Text {
        route: m.route.clone(),
        text: "Hello".into(),
    };
    let wanted = super::wanted(&settings(), &bases, &send, "tok").unwrap();
    assert_eq!(
        wanted.url,
        "https://smba.trafficmanager.net/amer/v3/conversations/a%3Aconv/activities/1700"
    );
    let body: Value = serde_json::from_str(&wanted.body.unwrap().1).unwrap();
    assert_eq!(
        (&body["from"]["id"], &body["recipient"]["id"], &body["text"]),
        (&json!("28:app-1"), &json!("29:abc"), &json!("Hello"))
    );
    assert!(super::wanted(&settings(), &own, &send, "tok").is_err());

    let button = |label: &str| Button {
        label: label.into(),
        value: format!("{label}:1"),
    };
    let post = Send::Post {
        channel: "19:c".into(),
        text: "*a*\nb".into(),
        approve: button("Approve"),
        reject: button("Reject"),
    };
    let body: Value = serde_json::from_str(
        &super::wanted(&settings(), &bases, &post, "tok")
            .unwrap()
            .body
            .unwrap()
            .1,
    )
    .unwrap();
    let card = &body["attachments"][0]["content"];
    assert_eq!(
        (
            &card["version"],
            &card["body"][1]["wrap"],
            &card["actions"][0]["title"]
        ),
        (&json!("1.4"), &json!(true), &json!("Approve"))
    );
    assert_eq!(
        (&card["body"][0]["text"], &card["actions"][1]["data"]["press"]),
        (&json!("\\*a\\*"), &json!("Reject:1"))
    );
    let edit = Send::Edit {
        channel: "19:c".into(),
        message: "1/2".into(),
        text: "done".into(),
    };
    let wanted = super::wanted(&settings(), &bases, &edit, "tok").unwrap();
    assert!(
        wanted.method == Method::Put && wanted.url.ends_with("/activities/1%2F2"),
        "{}",
        wanted.url
    );
    let body: Value = serde_json::from_str(&wanted.body.unwrap().1).unwrap();
    assert_eq!(body["attachments"][0]["content"].get("actions"), None);
}

#[test]
fn routes_lead_nowhere_else() {
    let bases = Bases::default();
    let route = |conversation: &str, activity: &str| {
        json!({"service": SERVICE, "conversation": conversation, "bot": "b", "user": "u",
        "activity": activity})
        .to_string()
    };
    let asked = |send: &Send| super::wanted(&settings(), &bases, send, "t0ken");
    let whisper = |route: String| Send::Whisper {
        route,
        person: "p".into(),
        answer_to: String::new(),
        text: "No".into(),
    };
    let wanted = asked(&whisper(route("19:a b@thread/../;messageid=1", ""))).unwrap();
    assert_eq!(
        wanted.url,
        "https://smba.trafficmanager.net/amer/v3/conversations/19%3Aa%20b%40thread%2F..%2F%3Bmessageid%3D1/activities"
    );
    assert_eq!(
        (wanted.method, &wanted.headers[..]),
        (Method::Post, &[("authorization", "Bearer t0ken".to_owned())][..])
    );
    let body: Value = serde_json::from_str(&wanted.body.unwrap().1).unwrap();
    assert_eq!(
        (body.get("replyToId"), &body["textFormat"]),
        (None, &json!("plain"))
    );

    let button = || Button {
        label: "l".into(),
        value: "v".into(),
    };
    let post = |channel: &str| Send::Post {
        channel: channel.into(),
        text: "x".into(),
        approve: button(),
        reject: button(),
    };
    let evil = route("c", "a").replace("smba.trafficmanager.net", "evil.example");
    let template = Send::Template {
        route: route("c", "a"),
    };
    for bad in [
        whisper("{".into()),
        whisper(route("..", "a")),
        whisper(route("c", "..")),
        whisper(evil),
        post(""),
        post("."),
        template,
    ] {
        let why = asked(&bad).unwrap_err();
        assert!(!why.contains("t0ken"), "{why}");
    }
    let at = |service: &str| {
        let mut settings = settings();
        settings.insert("service".into(), service.into());
        super::wanted(&settings, &bases, &post("19:c"), "t").unwrap().url
    };
    assert_eq!(
        at("https://smba.trafficmanager.net/emea/"),
        "https://smba.trafficmanager.net/emea/v3/conversations/19%3Ac/activities"
    );
    assert_eq!(
        at("https://evil.example"),
        "https://smba.trafficmanager.net/teams/v3/conversations/19%3Ac/activities"
    );
}

#[test]
fn a_token_is_asked_for_at_the_tenant() {
    let wanted = super::token(&settings(), &Bases::default());
    assert_eq!(
        wanted.url,
        "https://login.microsoftonline.com/tenant-1/oauth2/v2.0/token"
    );
    let (kind, body) = wanted.body.unwrap();
    assert_eq!(
        (wanted.method, kind),
        (Method::Post, "application/x-www-form-urlencoded")
    );
    let scope = "https%3A%2F%2Fapi.botframework.com%2F.default";
    assert_eq!(
        body,
        format!("grant_type=client_credentials&client_id=app-1&client_secret=s%26cret&scope={scope}")
    );
}

#[test]
fn answers_are_understood() {
    assert_eq!(judge(201, None, br#"{"id":"5"}"#), Fate::Sent("5".into()));
    assert_eq!(judge(401, None, br#"{"message":"denied"}"#), Fate::TokenRefused);
    assert_eq!(
        judge(429, Some(7), b""),
        Fate::Later("undelivered-answered 429".into(), Some(7))
    );
    assert!(matches!(
        judge(
            403,
            None,
            br#"{"error":{"code":"ConversationBlockedByUser","message":"blocked"}}"#
        ),
        Fate::Unreachable(_)
    ));
    assert!(matches!(
        judge(403, None, br#"{"error":{"code":"Forbidden","message":"no"}}"#),
        Fate::Never(_)
    ));
    assert_eq!(
        judge(401, None, br#"{"error":"invalid_client"}"#),
        Fate::Never("invalid_client (401)".into())
    );
    assert_eq!(
        token_of(br#"{"access_token":"t","expires_in":3599}"#),
        Some(("t".into(), 3599))
    );
    assert_eq!(
        judge(401, None, br#"{"error":{"code":"Unauthorized","message":"x"}}"#),
        Fate::TokenRefused
    );
    assert_eq!(
        judge(400, None, br#"{"error":"bad","error_description":"y"}"#),
        Fate::Never("bad (400)".into())
    );
    assert!(
        [412, 500, 502, 503, 504]
            .into_iter()
            .all(|status| matches!(judge(status, None, b"<"), Fate::Later(_, None)))
    );
    assert_eq!(
        (judge(200, None, b""), judge(404, None, b"")),
        (
            Fate::Sent(String::new()),
            Fate::Never("undelivered-answered 404".into())
        )
    );
    assert_eq!(token_of(b"{}"), None);
    assert_eq!(
        token_of(br#"{"access_token":"t","expires_in":9223372036854775807}"#),
        Some(("t".into(), 86_400))
    );
}

proptest! {
    #[test]
    fn nothing_panics(body in proptest::collection::vec(any::<u8>(), 0..300), other in ".{0,200}") {
        let keys = published(&["msteams"]);
        let _ = deliver(token(), &body, Some(&keys));
        let mut headers = HeaderMap::new();
        if let Ok(value) = format!("Bearer {other}").parse() {
            headers.insert("authorization", value);
        }
        let settings = settings();
        let known = Known { now: &settings, before: None, keys: Some(&keys) };
        let inbound = Inbound { get: false, url: "https://a.example/", headers: &headers, body: &body,
        now: Time(NOW * 1000) };
        prop_assert!(receive(Platform::Teams, &inbound, &known).is_err());
        let _ = (judge(403, None, &body), token_of(&body), Keys::parse(&body));
    }

    #[test]
    fn no_activity_panics(name in "[a-zA-Z]{0,12}", text in ".{0,60}", n in any::<i64>()) {
        for path in ["type", "id", "from", "conversation", "text", "value", "locale"] {
            for value in [json!(text), json!(n), json!({(name.clone()): text.clone()}),
            json!([text.clone()]), Value::Null] {
                let _ = with_body(&with(|a| a[path] = value));
            }
        }
    }
}

#[test]
fn coming_and_going_of_the_bot_is_heard() {
    let told = |change: fn(&mut Value)| {
        let mut activity = activity();
        activity.as_object_mut().unwrap().remove("text");
        change(&mut activity);
        with_body(&activity).unwrap().arrived
    };
    let reach = |problem: &str| {
        vec![Arrived::Reach {
            event: "a:conv:1700".into(),
            person: "tenant-1:aad-1".into(),
            problem: problem.into(),
        }]
    };
    let gone = reach(crate::domain::delivery_failure::UNINSTALLED);
    assert_eq!(
        told(|a| (a["type"], a["action"]) = (json!("installationUpdate"), json!("remove"))),
        gone
    );
    assert_eq!(
        told(|a| (a["type"], a["action"]) = (json!("installationUpdate"), json!("add-upgrade"))),
        reach("")
    );
    assert_eq!(
        told(|a| (a["type"], a["membersRemoved"]) = (json!("conversationUpdate"), json!([a["recipient"]]))),
        gone
    );
    assert_eq!(
        told(|a| (a["type"], a["membersAdded"]) = (json!("conversationUpdate"), json!([a["recipient"]]))),
        reach("")
    );
    let nothing: [fn(&mut Value); 3] = [
        |a| (a["type"], a["membersRemoved"]) = (json!("conversationUpdate"), json!([{"id": "29:other"}])),
        |a| a["type"] = json!("installationUpdate"),
        |a| {
            (a["type"], a["action"]) = (json!("installationUpdate"), json!("remove"));
            a["conversation"]["conversationType"] = json!("channel");
        },
    ];
    for change in nothing {
        assert_eq!(told(change), []);
    }
}
