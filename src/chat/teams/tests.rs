//! Every check of a token with its negatives, by keys made here; what is read of activities; what
//! is sent, and where it never goes.
mod answers;

use super::*;
use crate::chat::receive;
use crate::chat::teams_keys::TeamsKeys;
use crate::domain::Time;
use crate::domain::connector::Platform;
use http::HeaderMap;
use openidconnect::core::{CoreHmacKey, CoreRsaPrivateSigningKey};
use openidconnect::{JsonWebKeyId, PrivateSigningKey as _};
use proptest::prelude::*;
use rsa::pkcs1::EncodeRsaPrivateKey as _;
use std::sync::OnceLock;

const ISSUER: &str = "https://api.botframework.com";
const NOW: i64 = 1_790_000_000;
pub(super) const SERVICE: &str = "https://smba.trafficmanager.net/amer/";

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

fn published(endorsements: &[&str]) -> TeamsKeys {
    let mut key = serde_json::to_value(signer().as_verification_key()).unwrap();
    key["endorsements"] = json!(endorsements);
    TeamsKeys::parse(
        json!({"keys": [{"kty": "unheard"}, key]}).to_string().as_bytes(),
        ISSUER,
    )
    .unwrap()
}

fn header() -> Value {
    json!({"alg": "RS256", "kid": "k1", "typ": "JWT"})
}

pub(super) fn good() -> Value {
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

pub(super) fn activity() -> Value {
    json!({
        "type": "message", "id": "1700", "serviceUrl": SERVICE, "channelId": "msteams", "locale": "de-DE",
        "from": {"id": "29:abc", "name": "Nia Verne", "aadObjectId": "aad-1"},
        "conversation": {"conversationType": "personal", "tenantId": "tenant-1", "id": "a:conv"},
        "recipient": {"id": "28:app-1"}, "text": "<at>Desk</at> Hello \
            <b>", "channelData": {"tenant": {"id": "tenant-1"}},
    })
}

pub(super) fn settings() -> Settings {
    [
        ("app_id", "app-1"),
        ("tenant", "tenant-1"),
        ("client_secret", "s&cret"),
    ]
    .map(|(n, v)| (n.to_owned(), v.to_owned()))
    .into()
}

fn deliver(token: &str, body: &[u8], keys: Option<&TeamsKeys>) -> Result<Received, Refused> {
    let mut headers = HeaderMap::new();
    if !token.is_empty() {
        headers.insert("authorization", format!("Bearer {token}").parse().unwrap());
    }
    let settings = settings();
    let known = KnownSecrets {
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
pub(super) fn token() -> &'static str {
    static TOKEN: OnceLock<String> = OnceLock::new();
    TOKEN.get_or_init(|| signed(&header(), &good()))
}

pub(super) fn with_body(activity: &Value) -> Result<Received, Refused> {
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
fn h12_a_message_without_text_says_what_its_attachments_say() {
    let read = |text: &str, attachments: Value| {
        let received = with_body(&with(|a| {
            a["text"] = json!(text);
            a["attachments"] = attachments;
        }));
        match received.unwrap().arrived.pop() {
            Some(Arrived::Message(m)) => (m.text, m.content),
            other => panic!("{other:?}"),
        }
    };
    let html = |text: &str| json!([{"contentType": "text/html", "content": text}]);
    let file =
        json!([{"contentType": "application/vnd.microsoft.teams.file.download.info", "name": "a.pdf"}]);
    let card = json!([{"contentType": "application/vnd.microsoft.card.adaptive", "content": {}}]);
    assert_eq!(
        read("", json!([{"contentType": "image/*"}])),
        (String::new(), ContentKind::Image)
    );
    assert_eq!(read("", file), (String::new(), ContentKind::File));
    assert_eq!(read("", card), (String::new(), ContentKind::Card));
    assert_eq!(
        read("", html("<p>a &amp;lt; b</p><p><at>Desk</at>&nbsp;c</p>")),
        ("a &lt; b\n c".to_owned(), ContentKind::Text),
        "names of characters are read once"
    );
    assert_eq!(
        read("", html("<p><img src=x></p>")),
        (String::new(), ContentKind::Image)
    );
    assert_eq!(
        read("hi", html("<p>hi</p>")),
        ("hi".to_owned(), ContentKind::Text)
    );
    let nothing = with_body(&with(|a| a["text"] = json!(""))).unwrap();
    assert!(nothing.arrived.is_empty(), "{nothing:?}");
}

#[test]
fn h19_a_national_cloud_signs_by_another_name() {
    let issuer = "https://api.botframework.us";
    let mut key = serde_json::to_value(signer().as_verification_key()).unwrap();
    key["endorsements"] = json!(["msteams"]);
    let keys = TeamsKeys::parse(json!({"keys": [key]}).to_string().as_bytes(), issuer).unwrap();
    let mut claims = good();
    let body = activity().to_string();
    let of_other = deliver(&signed(&header(), &claims), body.as_bytes(), Some(&keys));
    assert_eq!(of_other, Err(Refused::NotSigned), "the public cloud's token");
    claims["iss"] = json!(issuer);
    assert!(deliver(&signed(&header(), &claims), body.as_bytes(), Some(&keys)).is_ok());
    let bases = Bases {
        teams_scope: format!("{issuer}/.default"),
        ..Bases::default()
    };
    let (_, form) = super::token(&settings(), &bases).body.unwrap();
    assert!(form.contains("api.botframework.us%2F.default"), "{form}");
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

/// What a token with an activity is worth, where the usual key is published.
fn tried(token: &str) -> Result<Received, Refused> {
    deliver(
        token,
        activity().to_string().as_bytes(),
        Some(&published(&["msteams"])),
    )
}

#[test]
fn the_header_of_a_token_names_a_published_key() {
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
    let (token, body) = (signed(&header(), &good()), activity().to_string());
    assert_eq!(deliver(&token, body.as_bytes(), None), Err(Refused::UnknownKey));
    assert_eq!(
        deliver(&token, body.as_bytes(), Some(&published(&["webchat"]))),
        Err(Refused::NotSigned),
        "not endorsed"
    );
}

#[test]
fn only_a_published_key_signs() {
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
        (
            teams_content::without_mentions("a <at>x</at> b"),
            teams_content::without_mentions("a <at>x")
        ),
        ("a  b".into(), "a <at>x".into())
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
        let known = KnownSecrets { now: &settings, before: None, keys: Some(&keys) };
        let inbound = Inbound { get: false, url: "https://a.example/", headers: &headers, body: &body,
        now: Time(NOW * 1000) };
        prop_assert!(receive(Platform::Teams, &inbound, &known).is_err());
        let _ = (judge(403, None, &body), token_of(&body), TeamsKeys::parse(&body, ISSUER));
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
