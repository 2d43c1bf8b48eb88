//! Any bytes, signed as each platform signs: no webhook's parser panics, nothing unsigned is
//! believed, and what is read of it can be stored and read again. The first byte chooses the
//! platform, the second whether it is signed.
#![no_main]

use anteroom::chat::arrived::{Arrived, Inbound, KnownSecrets, Settings};
use anteroom::chat::{judge, receive};
use anteroom::chat::teams_keys::TeamsKeys;
use anteroom::domain::Time;
use anteroom::domain::connector::Platform;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use http::HeaderMap;
use libfuzzer_sys::fuzz_target;
use openidconnect::core::{CoreJwsSigningAlgorithm, CoreRsaPrivateSigningKey};
use openidconnect::{JsonWebKeyId, PrivateSigningKey as _};
use rsa::pkcs1::EncodeRsaPrivateKey as _;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

const NOW: i64 = 1_790_000_000;
const SECRET: &str = "made-up";
const URL: &str = "https://door.example/hooks/x/y";
const SERVICE: &str = "https://smba.trafficmanager.net/amer/";

fuzz_target!(|data: &[u8]| {
    let [platform, signed, body @ ..] = data else { return };
    let platform = Platform::ALL[usize::from(*platform) % Platform::ALL.len()];
    let is_signed = signed % 4 != 0;
    let (settings, (keys, token)) = (settings(), teams());
    let headers = if is_signed { headers(platform, body, token) } else { HeaderMap::new() };
    let inbound = Inbound { get: false, url: URL, headers: &headers, body, now: Time(NOW * 1000) };
    let received = receive(platform, &inbound, &KnownSecrets { now: settings, before: None, keys: Some(keys) });
    assert!(is_signed || received.is_err(), "believed without a signature");
    for one in received.map(|r| r.arrived).unwrap_or_default() {
        let stored = serde_json::to_string(&one).expect("it can be stored");
        assert_eq!(serde_json::from_str::<Arrived>(&stored).expect("and read"), one);
    }
    let _ = judge(platform, u16::from(*signed) * 3, None, body);
});

fn settings() -> &'static Settings {
    static SETTINGS: OnceLock<Settings> = OnceLock::new();
    SETTINGS.get_or_init(|| {
        let names = ["signing_secret", "webhook_secret", "app_secret", "auth_token"];
        let more = [("app_id", "app-1"), ("tenant", "tenant-1"), ("phone_number_id", "100"), ("account_sid",
        "AC1")];
        names.into_iter().map(|n| (n, SECRET)).chain(more).map(|(n, v)| (n.to_owned(),
        v.to_owned())).collect()
    })
}

/// The Bot Framework's keys, and a good token: it says nothing of the body.
fn teams() -> &'static (TeamsKeys, String) {
    static MADE: OnceLock<(TeamsKeys, String)> = OnceLock::new();
    MADE.get_or_init(|| {
        let key = rsa::RsaPrivateKey::new(&mut rsa::rand_core::OsRng, 1024).expect("a key");
        let pem = key.to_pkcs1_pem(rsa::pkcs1::LineEnding::LF).expect("as PEM");
        let key = CoreRsaPrivateSigningKey::from_pem(&pem, Some(JsonWebKeyId::new("k1".into()))).expect("as \
            a key");
        let mut public = serde_json::to_value(key.as_verification_key()).expect("as JSON");
        public["endorsements"] = json!(["msteams"]);
        let keys = TeamsKeys::parse(json!({"keys": [public]}).to_string().as_bytes()).expect("a key set");
        let claims = json!({"iss": "https://api.botframework.com", "aud": "app-1", "exp": NOW + 600,
        "nbf": NOW - 600, "serviceurl": SERVICE});
        let part = |v: serde_json::Value| URL_SAFE_NO_PAD.encode(v.to_string());
        let head = format!("{}.{}", part(json!({"alg": "RS256", "kid": "k1"})), part(claims));
        let signature = key.sign(&CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256, head.as_bytes()).expect("a \
            signature");
        (keys, format!("{head}.{}", URL_SAFE_NO_PAD.encode(signature)))
    })
}

fn headers(platform: Platform, body: &[u8], token: &str) -> HeaderMap {
    let mut headers = HeaderMap::new();
    let mut put = |name: &'static str, value: String| drop(headers.insert(name, value.parse().expect("a \
        header")));
    match platform {
        Platform::Slack => {
            put("x-slack-signature", format!("v0={}", sha256(&[format!("v0:{NOW}:").as_bytes(), body])));
            put("x-slack-request-timestamp", NOW.to_string());
        }
        Platform::Teams => put("authorization", format!("Bearer {token}")),
        Platform::Telegram => put("x-telegram-bot-api-secret-token", SECRET.into()),
        Platform::WhatsApp => put("x-hub-signature-256", format!("sha256={}", sha256(&[body]))),
        Platform::Sms => {
            let mut fields = BTreeMap::<String, BTreeSet<String>>::new();
            for (name, value) in url::form_urlencoded::parse(body) {
                fields.entry(name.into_owned()).or_default().insert(value.into_owned());
            }
            let mut mac = Hmac::<sha1::Sha1>::new_from_slice(SECRET.as_bytes()).expect("a key");
            mac.update(URL.as_bytes());
            fields.iter().for_each(|(name, values)| values.iter().for_each(|value
            | mac.update(format!("{name}{value}").as_bytes())));
            put("x-twilio-signature", STANDARD.encode(mac.finalize().into_bytes()));
        }
    }
    headers
}

fn sha256(parts: &[&[u8]]) -> String {
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(SECRET.as_bytes()).expect("a key");
    parts.iter().for_each(|part| mac.update(part));
    mac.finalize().into_bytes().iter().map(|b| format!("{b:02x}")).collect()
}
