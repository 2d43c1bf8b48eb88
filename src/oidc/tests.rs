//! The room against a provider that plays every trick in the book.
mod fake;
mod people;
mod tokens;

use std::collections::HashMap;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use openidconnect::core::CoreJsonWebKey;
use openidconnect::url::Url;
use serde_json::{Value, json};
use sha2::{Digest, Sha512};

use crate::oidc::attempt::Attempt;
use crate::oidc::held::Times;
use crate::oidc::id_token::{IdToken, Signature};
use crate::oidc::organisation::normal;
use crate::oidc::{Callback, Oidc, OidcError};

use crate::clock;
use crate::config::{OrganisationSource, Provider};
use crate::desk::account::providers::Person;
use fake::{CLIENT, Fake, Ill, SECRET, SUBJECT, Seal, Signer};

const UUID: &str = "1eb65fdf-9643-417f-9974-ad72cae0e10f";

fn provider(base: &str) -> Provider {
    Provider {
        id: "idp".into(),
        label: "Fake".into(),
        discovery_url: format!("{base}/discovery"),
        allowed_issuers: vec![base.into(), "https://region-b.example".into()],
        client_id: CLIENT.into(),
        further_audiences: vec!["project-1".into()],
        client_secret: Some(SECRET.to_owned().into()),
        scopes: vec!["openid".into(), "email".into()],
        organisation: None,
        trusted_domains: Vec::new(),
        consumer_organisations: Vec::new(),
    }
}

fn oidc(provider: Provider, times: Times) -> Oidc {
    // The second test in one process finds it installed.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Oidc::with_times(vec![provider], "https://door.example", times).unwrap()
}

fn room(fake: &Fake) -> Oidc {
    oidc(provider(&fake.base), Times::default())
}

/// Forgets failures at once; everything else as in the product.
fn impatient() -> Times {
    Times {
        failure: Duration::ZERO,
        ..Times::default()
    }
}

/// Starts, plays the browser and the person at the provider, and gives what comes back.
async fn leave(oidc: &Oidc, fake: &Fake) -> Result<(Attempt, Callback), OidcError> {
    let (url, attempt) = oidc.start("idp").await?;
    let query: HashMap<String, String> = Url::parse(&url).unwrap().query_pairs().into_owned().collect();
    fake.visit(&query);
    let callback = Callback {
        state: Some(query["state"].clone()),
        code: Some("good-code".into()),
        ..Callback::default()
    };
    Ok((attempt, callback))
}

async fn sign_in(oidc: &Oidc, fake: &Fake) -> Result<Person, OidcError> {
    let (attempt, callback) = leave(oidc, fake).await?;
    oidc.finish(attempt, callback).await
}

/// A provider and a room that knows it, for many sign-ins (making a room reads the machine's root
/// certificates).
struct Stage {
    fake: Fake,
    room: Oidc,
}

impl Stage {
    async fn new() -> Self {
        let fake = Fake::start().await;
        let room = room(&fake);
        Self { fake, room }
    }

    /// One sign-in with these claims laid over the honest ones.
    async fn with_claims(&self, claims: Value) -> Result<Person, OidcError> {
        self.fake.script().claims = claims;
        sign_in(&self.room, &self.fake).await
    }

    async fn with_userinfo(&self, claims: Value, userinfo: Value) -> Result<Person, OidcError> {
        self.fake.script().userinfo = userinfo;
        self.with_claims(claims).await
    }
}

fn reason(outcome: Result<Person, OidcError>) -> String {
    match outcome.unwrap_err() {
        OidcError::Refused(why) => why.into_owned(),
        other => panic!("not refused but {other:?}"),
    }
}

#[tokio::test]
async fn signs_in() {
    let fake = Fake::start().await;
    let found = sign_in(&room(&fake), &fake).await.unwrap();
    let expected = Person {
        zone: None,
        provider: "idp".into(),
        issuer: fake.base.clone(),
        subject: SUBJECT.into(),
        email: Some("ana@example.org".into()),
        email_verified: true,
        name: Some("Ana".into()),
        organisation: None,
    };
    assert_eq!(found, expected);
    assert_eq!(fake.hits("/userinfo"), 0);
}

#[tokio::test]
async fn asks_for_documents_and_keys_once() {
    let fake = Fake::start().await;
    let room = room(&fake);
    for _ in 0..3 {
        sign_in(&room, &fake).await.unwrap();
    }
    let (a, b) = tokio::join!(room.start("idp"), room.start("idp"));
    assert!(a.is_ok() && b.is_ok());
    assert_eq!((fake.hits("/discovery"), fake.hits("/jwks")), (1, 1));
}

#[tokio::test]
async fn documents_and_keys_age() {
    let fake = Fake::start().await;
    let room = oidc(
        provider(&fake.base),
        Times {
            good: Duration::ZERO,
            ..Times::default()
        },
    );
    sign_in(&room, &fake).await.unwrap();
    sign_in(&room, &fake).await.unwrap();
    assert_eq!((fake.hits("/discovery"), fake.hits("/jwks")), (4, 2));
}

#[tokio::test]
async fn the_address_carries_everything() {
    let fake = Fake::start().await;
    let (url, attempt) = room(&fake).start("idp").await.unwrap();
    let query: HashMap<String, String> = Url::parse(&url).unwrap().query_pairs().into_owned().collect();
    assert!(url.starts_with(&format!("{}/authorize?tenant=1&", fake.base)));
    assert_eq!(query["response_type"], "code");
    assert_eq!(query["client_id"], CLIENT);
    assert_eq!(query["redirect_uri"], "https://door.example/signin/idp/callback");
    assert_eq!(query["scope"], "openid email");
    assert_eq!(query["code_challenge_method"], "S256");
    assert_eq!(
        (&query["state"], &query["nonce"]),
        (&attempt.state, &attempt.nonce)
    );
    assert!(!url.contains(&attempt.verifier));
    assert!(!format!("{attempt:?}").contains(&attempt.verifier));
    let kept = serde_json::to_string(&attempt).unwrap();
    assert!(kept.len() < 200, "{kept}");
}

#[tokio::test]
async fn an_attempt_survives_its_cookie() {
    let fake = Fake::start().await;
    let room = room(&fake);
    let (attempt, callback) = leave(&room, &fake).await.unwrap();
    let attempt = serde_json::from_str(&serde_json::to_string(&attempt).unwrap()).unwrap();
    assert!(room.finish(attempt, callback).await.is_ok());
}

#[tokio::test]
async fn unknown_provider() {
    let fake = Fake::start().await;
    assert_eq!(
        room(&fake).start("other").await.unwrap_err(),
        OidcError::UnknownProvider
    );
}

// Issuers.

#[tokio::test]
async fn an_allowed_issuer_other_than_the_document_s() {
    let stage = Stage::new().await;
    let found = stage
        .with_claims(json!({"iss": "https://region-b.example"}))
        .await
        .unwrap();
    assert_eq!(found.issuer, "https://region-b.example");
}

#[tokio::test]
async fn an_issuer_that_is_not_allowed() {
    let stage = Stage::new().await;
    for iss in [
        "https://region-c.example",
        "https://region-b.example/",
        "HTTPS://region-b.example",
        "",
    ] {
        assert!(
            reason(stage.with_claims(json!({"iss": iss})).await).contains("issuer"),
            "{iss}"
        );
    }
    assert!(reason(stage.with_claims(json!({"iss": null})).await).contains("iss"));
}

#[tokio::test]
async fn the_callback_s_issuer() {
    let fake = Fake::start().await;
    let room = room(&fake);
    for (iss, fits) in [
        (fake.base.as_str(), true),
        ("https://region-b.example", true),
        ("https://evil.example", false),
    ] {
        let (attempt, mut callback) = leave(&room, &fake).await.unwrap();
        callback.iss = Some(iss.into());
        assert_eq!(room.finish(attempt, callback).await.is_ok(), fits, "{iss}");
    }
    assert_eq!(
        fake.hits("/token"),
        2,
        "the code is not shown to a provider after a mix-up"
    );
}

#[tokio::test]
async fn an_announced_callback_issuer_must_come() {
    let fake = Fake::start().await;
    fake.script().discovery = json!({"authorization_response_iss_parameter_supported": true});
    assert_eq!(
        reason(sign_in(&room(&fake), &fake).await),
        "callback: `iss` is missing"
    );
}

// The callback.

#[tokio::test]
async fn wrong_state() {
    let fake = Fake::start().await;
    let room = room(&fake);
    for state in [None, Some("x".to_owned()), Some(String::new())] {
        let (attempt, mut callback) = leave(&room, &fake).await.unwrap();
        callback.state = state;
        assert!(reason(room.finish(attempt, callback).await).contains("state"));
    }
    assert_eq!(fake.hits("/token"), 0);
}

#[tokio::test]
async fn errors_in_the_callback() {
    let fake = Fake::start().await;
    let room = room(&fake);
    let cases = [
        ("access_denied", OidcError::Denied),
        (
            "temporarily_unavailable",
            OidcError::Unreachable("callback: temporarily_unavailable".into()),
        ),
        (
            "login_required\r\n<b>",
            OidcError::Refused("callback: the provider answered login_requiredb".into()),
        ),
    ];
    for (error, expected) in cases {
        let (attempt, mut callback) = leave(&room, &fake).await.unwrap();
        callback.error = Some(error.into());
        assert_eq!(room.finish(attempt, callback).await.unwrap_err(), expected);
    }
    assert_eq!(fake.hits("/token"), 0);
}

#[tokio::test]
async fn no_code() {
    let fake = Fake::start().await;
    let room = room(&fake);
    let (attempt, mut callback) = leave(&room, &fake).await.unwrap();
    callback.code = None;
    assert!(reason(room.finish(attempt, callback).await).contains("code"));
}

#[tokio::test]
async fn a_refused_code_shows_only_the_error_word() {
    let fake = Fake::start().await;
    let room = room(&fake);
    let (attempt, mut callback) = leave(&room, &fake).await.unwrap();
    callback.code = Some("used-code".into());
    assert_eq!(
        reason(room.finish(attempt, callback).await),
        "token endpoint: invalid_grant"
    );
}

#[tokio::test]
async fn down_and_up_again() {
    // The port is held, and refuses until somebody listens.
    let down = tokio::net::TcpSocket::new_v4().unwrap();
    down.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let address = down.local_addr().unwrap();
    let room = oidc(
        provider(&format!("http://{address}")),
        Times {
            failure: Duration::from_millis(300),
            ..Times::default()
        },
    );
    assert!(matches!(room.start("idp").await, Err(OidcError::Unreachable(_))));
    let fake = Fake::start_on(down.listen(8).unwrap());
    assert!(matches!(room.start("idp").await, Err(OidcError::Unreachable(_))));
    assert_eq!(
        fake.hits("/discovery"),
        0,
        "a provider in trouble is spared for a moment"
    );
    tokio::time::sleep(Duration::from_millis(350)).await;
    assert!(sign_in(&room, &fake).await.is_ok());
}

#[tokio::test]
async fn an_overloaded_provider_is_asked_again() {
    for path in ["/discovery", "/token", "/jwks"] {
        let fake = Fake::start().await;
        let room = oidc(provider(&fake.base), impatient());
        fake.script().ill.insert(path, Ill::Broken);
        assert!(
            matches!(sign_in(&room, &fake).await, Err(OidcError::Unreachable(_))),
            "{path}"
        );
        fake.script().ill.clear();
        assert!(sign_in(&room, &fake).await.is_ok(), "{path}");
    }
}

#[tokio::test]
async fn redirects_and_floods_are_refused() {
    for path in ["/discovery", "/token", "/jwks", "/userinfo"] {
        for (ill, word) in [
            (Ill::Redirects, "redirect"),
            (Ill::Oversized, "more than"),
            (Ill::Unannounced, "more than"),
        ] {
            let fake = Fake::start().await;
            fake.script().claims = json!({"email": null});
            fake.script().ill.insert(path, ill);
            let why = reason(sign_in(&room(&fake), &fake).await);
            assert!(why.contains(word), "{path}: {why}");
            assert_eq!(fake.hits("/elsewhere"), 0);
        }
    }
}

#[tokio::test]
async fn discovery_documents_that_do_not_fit() {
    for discovery in [
        json!({"jwks_uri": null}),
        json!({"token_endpoint": "ftp://x"}),
        json!({"authorization_endpoint": "javascript:alert(1)"}),
    ] {
        let fake = Fake::start().await;
        fake.script().discovery = discovery;
        assert!(reason(sign_in(&room(&fake), &fake).await).contains("discovery"));
    }
}

#[test]
fn futures_can_move_between_threads() {
    fn movable<T: Send>(_: fn(&'static Oidc) -> T) {}
    movable(|oidc| oidc.start(""));
    fn whole() -> (Attempt, Callback) {
        unreachable!("only its type is wanted")
    }
    movable(|oidc| {
        let (attempt, callback) = whole();
        oidc.finish(attempt, callback)
    });
}
