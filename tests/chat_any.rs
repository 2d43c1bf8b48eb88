//! Whatever somebody may send to a webhook, signed as each platform signs it.
use crate::chat::{Peer, Room, form};
use crate::harness::{Answer, House};
use anteroom::domain::Time;
use anteroom::domain::connector::Platform;
use anteroom::web::clock;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use http::StatusCode;
use openidconnect::core::{CoreJwsSigningAlgorithm, CoreRsaPrivateSigningKey};
use openidconnect::{JsonWebKeyId, PrivateSigningKey as _};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::{Config, TestRunner};
use rsa::pkcs1::EncodeRsaPrivateKey as _;
use serde_json::{Value, json};
use sha2::Sha256;
use std::sync::OnceLock;

/// Where activities of Teams say that they come from.
const SERVICE: &str = "https://smba.trafficmanager.net/amer/";
const KEY: &str = "k1";

both! {
    /// Whatever is signed and sent to a webhook, at any platform: never a 500, and nothing that stops what comes behind it.
    async fn no_delivery_breaks_a_webhook(house: House) {
        let room = Room::new(house, Platform::Telegram).await;
        let mut runner = TestRunner::new(Config { failure_persistence: None, ..Config::default() });
        for (at, platform) in Platform::ALL.into_iter().enumerate() {
            let room = Room::join(house, &room, platform, &format!("Desk {at}")).await;
            let mut taken = 0;
            for n in 0..60 {
                let body = any_body(platform).new_tree(&mut runner).unwrap().current();
                let status = room.deliver_signed(body.clone()).await;
                assert!(matches!(status.as_u16(), 200 | 400 | 403), "{platform:?} {n}: {status} for {}", String::from_utf8_lossy(&body));
                taken += usize::from(status == StatusCode::OK);
            }
            assert!(taken > 0, "{platform:?}: nothing was believed");
            room.work().await;
            // Reports about what was never sent wait a little: their message may be known soon.
            let stuck = house.count("select count(*) from chat_events where state <> 'sent' and coalesce(problem, '') <> 'not known yet'").await;
            assert_eq!(stuck, 0, "{platform:?}");
        }
    }
}

/// The key set of the Bot Framework, as a stand-in for it publishes it.
pub fn published() -> Value {
    let mut key = serde_json::to_value(signer().as_verification_key()).unwrap();
    key["endorsements"] = json!(["msteams"]);
    json!({"keys": [key]})
}

fn signer() -> &'static CoreRsaPrivateSigningKey {
    static SIGNER: OnceLock<CoreRsaPrivateSigningKey> = OnceLock::new();
    SIGNER.get_or_init(|| {
        let key = rsa::RsaPrivateKey::new(&mut rsa::rand_core::OsRng, 1024).unwrap();
        let pem = key.to_pkcs1_pem(rsa::pkcs1::LineEnding::LF).unwrap();
        CoreRsaPrivateSigningKey::from_pem(&pem, Some(JsonWebKeyId::new(KEY.into()))).unwrap()
    })
}

/// What Slack and WhatsApp sign with: the HMAC of the parts, one behind the other, in hex.
fn hex(parts: &[&[u8]]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(b"open-sesame").unwrap();
    parts.iter().for_each(|part| mac.update(part));
    mac.finalize().into_bytes().iter().fold(String::new(), |hex, b| hex + &format!("{b:02x}"))
}

/// Bodies like those of the platform, with anything in their places, and bodies like none.
fn any_body(platform: Platform) -> impl Strategy<Value = Vec<u8>> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "\\PC{0,12}".prop_map(Value::from),
        Just(json!("private")),
        Just(json!("a\u{0}b")),
        Just(json!("\u{202e}x")),
        Just(json!(-7)),
        Just(json!(true))
    ];
    let keys = prop::sample::select(vec![
        "id",
        "text",
        "from",
        "chat",
        "type",
        "message",
        "first_name",
        "update_id",
        "message_id",
        "callback_query",
        "data",
        "event",
        "user",
        "ts",
        "channel",
        "body",
        "system",
        "wa_id",
        "conversation",
        "value",
        "channelData",
    ]);
    let any_json = leaf.prop_recursive(4, 48, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(keys.clone(), inner, 0..6).prop_map(|m| m
                .into_iter()
                .map(|(k, v)| (k.to_owned(), v))
                .collect::<serde_json::Map<_, _>>()
                .into())
        ]
    });
    let shaped = (any_json.clone(), any_json.clone(), any_json.clone(), "\\PC{0,30}", any::<i64>()).prop_map(move |(a, b, c, text, n)| {
        let value = match platform {
            Platform::Telegram => json!({"update_id": n, "message": {"message_id": a, "chat": {"id": n, "type": "private", "x": b}, "from": {"id": n, "first_name": text, "is_bot": false, "y": c}, "text": text}, "callback_query": {"id": text, "from": {"id": n}, "data": text, "message": {"chat": {"id": n}, "message_id": c}}}),
            Platform::Slack => json!({"type": "event_callback", "team_id": "T1", "event_id": text, "event": {"type": "message", "channel_type": "im", "channel": a, "user": text, "ts": text, "text": text, "blocks": b}, "authorizations": c}),
            Platform::WhatsApp => json!({"entry": [{"changes": [{"field": "messages", "value": {"metadata": {"phone_number_id": "100"}, "contacts": [a, {"wa_id": text, "profile": {"name": text}}], "messages": [b, {"id": text, "from": text, "type": "text", "text": {"body": text}}], "statuses": [c, {"id": text, "status": "failed", "errors": [a]}], "user_id_update": [{"user_id": {"previous": text, "current": "x"}}]}}]}]}),
            Platform::Teams => json!({"type": "message", "id": text, "serviceUrl": SERVICE, "channelId": "msteams", "from": {"id": text, "name": a, "aadObjectId": b}, "conversation": {"conversationType": "personal", "tenantId": "tenant-1", "id": text, "x": c}, "recipient": {"id": "28:app-1"}, "text": text, "value": {"press": a}, "locale": text, "replyToId": c}),
            Platform::Sms => return url::form_urlencoded::Serializer::new(String::new()).extend_pairs([("AccountSid", "AC1"), ("MessageSid", text.as_str()), ("From", &text), ("Body", &text), ("ErrorCode", &a.to_string()), ("OptOutType", &b.to_string())]).finish().into_bytes(),
        };
        value.to_string().into_bytes()
    });
    prop_oneof![4 => shaped, 2 => any_json.prop_map(|v| v.to_string().into_bytes()), 1 => prop::collection::vec(any::<u8>(), 0..200)]
}

impl Room<'_> {
    /// Signs as the platform would, and delivers.
    pub async fn deliver_signed(&self, body: impl Into<Vec<u8>>) -> StatusCode {
        self.answer_signed(body).await.status
    }

    pub async fn answer_signed(&self, body: impl Into<Vec<u8>>) -> Answer {
        let body = body.into();
        let signature = self.signature(&body, clock::now());
        let headers: Vec<(&str, &str)> = signature.iter().map(|(name, value)| (*name, value.as_str())).collect();
        self.answer(&headers, body).await
    }

    pub async fn twilio(&self, body: String) {
        assert_eq!(self.deliver_signed(body).await, StatusCode::OK);
    }

    /// The headers by which the platform signs a body, made at `now`.
    pub fn signature(&self, body: &[u8], now: Time) -> Vec<(&'static str, String)> {
        let now = now.0 / 1000;
        match self.platform {
            Platform::Slack => {
                let digest = hex(&[format!("v0:{now}:").as_bytes(), body]);
                vec![("x-slack-request-timestamp", now.to_string()), ("x-slack-signature", format!("v0={digest}"))]
            }
            Platform::WhatsApp => vec![("x-hub-signature-256", format!("sha256={}", hex(&[body])))],
            Platform::Sms => {
                let mut mac = Hmac::<sha1::Sha1>::new_from_slice(b"open-sesame").unwrap();
                mac.update(format!("{}/hooks/sms/{}", crate::harness::ORIGIN, self.hook).as_bytes());
                let mut fields = std::collections::BTreeMap::<String, std::collections::BTreeSet<String>>::new();
                for (name, value) in url::form_urlencoded::parse(body) {
                    fields.entry(name.into_owned()).or_default().insert(value.into_owned());
                }
                fields.iter().for_each(|(name, values)| values.iter().for_each(|v| mac.update(format!("{name}{v}").as_bytes())));
                vec![("x-twilio-signature", STANDARD.encode(mac.finalize().into_bytes()))]
            }
            Platform::Teams => {
                let claims =
                    json!({"iss": "https://api.botframework.com", "aud": "app-1", "exp": now + 600, "nbf": now, "serviceurl": SERVICE});
                let part = |v: &Value| URL_SAFE_NO_PAD.encode(v.to_string());
                let head = format!("{}.{}", part(&json!({"alg": "RS256", "kid": KEY, "typ": "JWT"})), part(&claims));
                let signature = signer().sign(&CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256, head.as_bytes()).unwrap();
                vec![("authorization", format!("Bearer {head}.{}", URL_SAFE_NO_PAD.encode(signature)))]
            }
            Platform::Telegram => vec![("x-telegram-bot-api-secret-token", self.shown[0].clone())],
        }
    }

    /// Another connector of the same organisation, with a platform of its own.
    pub async fn join<'a>(house: &'a House, first: &Room<'a>, platform: Platform, name: &str) -> Room<'a> {
        let peer = Peer::start().await;
        let mut fields = form(&peer);
        fields.insert("name".into(), name.into());
        Room::with(house, platform, peer, fields, first.ivo.clone(), first.member.clone()).await
    }
}
