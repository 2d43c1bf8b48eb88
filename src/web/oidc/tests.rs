//! The room against a provider that plays every trick in the book.
mod fake;

use std::collections::HashMap;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use openidconnect::core::CoreJsonWebKey;
use openidconnect::url::Url;
use serde_json::{Value, json};
use sha2::{Digest, Sha512};

use super::held::Times;
use super::id_token::{IdToken, Signature};
use super::organisation::normal;
use super::{Attempt, Callback, Oidc, OidcError, Vouched};
use crate::config::{OrganisationSource, Provider};
use crate::web::clock;
use fake::{CLIENT, Fake, Ill, SECRET, SUBJECT, Seal, Signer};

const UUID: &str = "1eb65fdf-9643-417f-9974-ad72cae0e10f";

fn provider(base: &str) -> Provider {
    Provider {
        id: "idp".into(),
        label: "Fake".into(),
        discovery_url: format!("{base}/discovery"),
        allowed_issuers: vec![base.into(), "https://region-b.example".into()],
        client_id: CLIENT.into(),
        client_secret: Some(SECRET.to_owned().into()),
        scopes: vec!["openid".into(), "email".into()],
        organisation: None,
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
    Times { failure: Duration::ZERO, ..Times::default() }
}

/// Starts, plays the browser and the person at the provider, and gives what comes back.
async fn leave(oidc: &Oidc, fake: &Fake) -> Result<(Attempt, Callback), OidcError> {
    let (url, attempt) = oidc.start("idp").await?;
    let query: HashMap<String, String> = Url::parse(&url).unwrap().query_pairs().into_owned().collect();
    fake.visit(&query);
    let callback = Callback { state: Some(query["state"].clone()), code: Some("good-code".into()), ..Callback::default() };
    Ok((attempt, callback))
}

async fn sign_in(oidc: &Oidc, fake: &Fake) -> Result<Vouched, OidcError> {
    let (attempt, callback) = leave(oidc, fake).await?;
    oidc.finish(attempt, callback).await
}

/// A provider and a room that knows it, for many sign-ins (making a room reads the machine's root certificates).
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
    async fn with_claims(&self, claims: Value) -> Result<Vouched, OidcError> {
        self.fake.script().claims = claims;
        sign_in(&self.room, &self.fake).await
    }

    async fn with_userinfo(&self, claims: Value, userinfo: Value) -> Result<Vouched, OidcError> {
        self.fake.script().userinfo = userinfo;
        self.with_claims(claims).await
    }
}

fn reason(outcome: Result<Vouched, OidcError>) -> String {
    match outcome.unwrap_err() {
        OidcError::Refused(why) => why.into_owned(),
        other => panic!("not refused but {other:?}"),
    }
}

#[tokio::test]
async fn signs_in() {
    let fake = Fake::start().await;
    let found = sign_in(&room(&fake), &fake).await.unwrap();
    let expected = Vouched {
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
    let room = oidc(provider(&fake.base), Times { good: Duration::ZERO, ..Times::default() });
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
    assert_eq!((&query["state"], &query["nonce"]), (&attempt.state, &attempt.nonce));
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
    assert_eq!(room(&fake).start("other").await.unwrap_err(), OidcError::UnknownProvider);
}

// Issuers.

#[tokio::test]
async fn an_allowed_issuer_other_than_the_document_s() {
    let stage = Stage::new().await;
    let found = stage.with_claims(json!({"iss": "https://region-b.example"})).await.unwrap();
    assert_eq!(found.issuer, "https://region-b.example");
}

#[tokio::test]
async fn an_issuer_that_is_not_allowed() {
    let stage = Stage::new().await;
    for iss in ["https://region-c.example", "https://region-b.example/", "HTTPS://region-b.example", ""] {
        assert!(reason(stage.with_claims(json!({"iss": iss})).await).contains("issuer"), "{iss}");
    }
    assert!(reason(stage.with_claims(json!({"iss": null})).await).contains("iss"));
}

#[tokio::test]
async fn the_callback_s_issuer() {
    let fake = Fake::start().await;
    let room = room(&fake);
    for (iss, fits) in [(fake.base.as_str(), true), ("https://region-b.example", true), ("https://evil.example", false)] {
        let (attempt, mut callback) = leave(&room, &fake).await.unwrap();
        callback.iss = Some(iss.into());
        assert_eq!(room.finish(attempt, callback).await.is_ok(), fits, "{iss}");
    }
    assert_eq!(fake.hits("/token"), 2, "the code is not shown to a provider after a mix-up");
}

#[tokio::test]
async fn an_announced_callback_issuer_must_come() {
    let fake = Fake::start().await;
    fake.script().discovery = json!({"authorization_response_iss_parameter_supported": true});
    assert_eq!(reason(sign_in(&room(&fake), &fake).await), "callback: `iss` is missing");
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
        ("temporarily_unavailable", OidcError::Unreachable("callback: temporarily_unavailable".into())),
        ("login_required\r\n<b>", OidcError::Refused("callback: the provider answered login_requiredb".into())),
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
    assert_eq!(reason(room.finish(attempt, callback).await), "token endpoint: invalid_grant");
}

// What the ID token must say.

#[tokio::test]
async fn claims_that_must_not_pass() {
    let stage = Stage::new().await;
    let now = clock::now().0 / 1000;
    let cases = [
        (json!({"nonce": "of-another-attempt"}), "nonce"),
        (json!({"nonce": null}), "nonce"),
        (json!({"aud": "other"}), "aud"),
        (json!({"aud": null}), "aud"),
        (json!({"aud": []}), "aud"),
        (json!({"aud": [CLIENT, "other"]}), "aud"),
        (json!({"aud": [CLIENT, "other"], "azp": CLIENT}), "aud"),
        (json!({"azp": "other"}), "azp"),
        (json!({"azp": 7}), "azp"),
        (json!({"exp": now - 61}), "expired"),
        (json!({"exp": null}), "exp"),
        (json!({"exp": "tomorrow"}), "exp"),
        (json!({"iat": now + 300}), "future"),
        (json!({"iat": now - 7200}), "too long ago"),
        (json!({"iat": null}), "iat"),
        (json!({"nbf": now + 300}), "future"),
        (json!({"sub": null}), "sub"),
        (json!({"sub": ""}), "sub"),
        (json!({"sub": "a\u{0}b"}), "sub"),
        (json!({"sub": "x".repeat(256)}), "sub"),
        (json!({"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"}), "access token"),
    ];
    for (claims, word) in cases {
        let shown = claims.to_string();
        let why = reason(stage.with_claims(claims).await);
        assert!(why.contains(word), "{shown}: {why}");
    }
}

#[tokio::test]
async fn claims_that_may_pass() {
    let stage = Stage::new().await;
    let now = clock::now().0 / 1000;
    let cases = [
        json!({"aud": [CLIENT], "azp": CLIENT}),
        json!({"exp": now - 30, "iat": now + 30}),
        json!({"exp": now as f64 + 60.5}),
        json!({"sub": "x".repeat(255)}),
        json!({"at_hash": URL_SAFE_NO_PAD.encode(&Sha512::digest("at-1")[..32])}),
        json!({"updated_at": "2026-01-01T00:00:00Z", "address": "somewhere", "picture": 7}),
    ];
    for claims in cases {
        let shown = claims.to_string();
        assert!(stage.with_claims(claims).await.is_ok(), "{shown}");
    }
}

// Signatures and keys.

#[tokio::test]
async fn forged_seals() {
    for (seal, word) in [(Seal::AlgNone, "algorithm"), (Seal::PublicKeyAsSecret, "algorithm"), (Seal::Tampered, "signature is wrong")] {
        let fake = Fake::start().await;
        fake.script().seal = seal;
        assert!(reason(sign_in(&room(&fake), &fake).await).contains(word));
    }
}

#[tokio::test]
async fn headers_that_must_not_pass() {
    let cases = [(json!({"typ": "at+jwt"}), "type"), (json!({"crit": ["b64"]}), "critical"), (json!({"alg": "ES512"}), "algorithm")];
    for (header, word) in cases {
        let fake = Fake::start().await;
        fake.script().header = header;
        assert!(reason(sign_in(&room(&fake), &fake).await).contains(word));
    }
}

#[tokio::test]
async fn a_token_without_kid_is_tried_with_every_key() {
    let fake = Fake::start().await;
    let other = Signer::new("zero").public();
    fake.script().published.insert(0, other);
    fake.script().header = json!({"kid": null, "typ": null});
    assert!(sign_in(&room(&fake), &fake).await.is_ok());
}

#[tokio::test]
async fn a_key_of_the_right_name_only_is_not_fetched_again() {
    let fake = Fake::start().await;
    fake.script().signer = Signer::new("one");
    assert!(reason(sign_in(&room(&fake), &fake).await).contains("signature is wrong"));
    assert_eq!(fake.hits("/jwks"), 1);
}

fn rotate(fake: &Fake, kid: &str) {
    let mut script = fake.script();
    script.signer = Signer::new(kid);
    script.published = vec![script.signer.public()];
}

#[tokio::test]
async fn a_rotated_key_is_fetched_once_a_minute() {
    let fake = Fake::start().await;
    let room = room(&fake);
    sign_in(&room, &fake).await.unwrap();
    rotate(&fake, "two");
    sign_in(&room, &fake).await.unwrap();
    assert_eq!(fake.hits("/jwks"), 2);
    rotate(&fake, "three");
    for _ in 0..3 {
        assert!(reason(sign_in(&room, &fake).await).contains("does not publish"));
    }
    assert_eq!(fake.hits("/jwks"), 2);
}

#[tokio::test]
async fn a_rotated_key_without_kid_is_fetched() {
    let fake = Fake::start().await;
    let room = room(&fake);
    fake.script().header = json!({"kid": null});
    sign_in(&room, &fake).await.unwrap();
    rotate(&fake, "two");
    sign_in(&room, &fake).await.unwrap();
    assert_eq!(fake.hits("/jwks"), 2);
}

#[tokio::test]
async fn after_the_minute_keys_are_fetched_again() {
    let fake = Fake::start().await;
    let room = oidc(provider(&fake.base), Times { refetch: Duration::ZERO, ..Times::default() });
    for kid in ["one", "two", "three"] {
        rotate(&fake, kid);
        sign_in(&room, &fake).await.unwrap();
    }
    assert_eq!(fake.hits("/jwks"), 3);
}

/// The examples of RFC 7515, appendices A.2 and A.3, since the fake signs with Ed25519 only.
#[test]
fn rs256_and_es256_examples_of_rfc_7515() {
    let payload = "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
    let rsa = json!({"kty": "RSA", "e": "AQAB", "n": concat!(
        "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_",
        "YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uD",
        "Zlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ",
    )});
    let rsa_seal = concat!(
        "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQ",
        "jbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqt",
        "FZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw",
    );
    let x = "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU";
    let ec = json!({"kty": "EC", "crv": "P-256", "x": x, "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"});
    let ec_seal = "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
    let keys: Vec<CoreJsonWebKey> = vec![serde_json::from_value(rsa).unwrap(), serde_json::from_value(ec).unwrap()];
    for (header, seal) in [("eyJhbGciOiJSUzI1NiJ9", rsa_seal), ("eyJhbGciOiJFUzI1NiJ9", ec_seal)] {
        let token = IdToken::read(&format!("{header}.{payload}.{seal}")).unwrap();
        assert!(matches!(token.signature(&keys), Signature::Good(_)));
        assert!(matches!(token.signature(&keys[..0]), Signature::UnknownKey));
    }
    let crossed = IdToken::read(&format!("eyJhbGciOiJFUzI1NiJ9.{payload}.{rsa_seal}")).unwrap();
    assert!(matches!(crossed.signature(&keys), Signature::UnknownKey));
}

// E-mail, name, userinfo.

#[tokio::test]
async fn only_the_json_value_true_verifies_an_address() {
    let stage = Stage::new().await;
    for (flag, verified) in [(json!(true), true), (json!(false), false), (json!(null), false), (json!("true"), false), (json!(1), false)] {
        let shown = flag.to_string();
        let found = stage.with_claims(json!({"email_verified": flag})).await.unwrap();
        assert_eq!((found.email.as_deref(), found.email_verified), (Some("ana@example.org"), verified), "{shown}");
    }
}

#[tokio::test]
async fn flag_and_address_come_from_one_source() {
    let stage = Stage::new().await;
    let theirs = json!({"sub": SUBJECT, "email": "boss@example.org", "name": "Boss"});
    let found = stage.with_userinfo(json!({"email": null, "email_verified": true}), theirs).await.unwrap();
    assert_eq!((found.email.as_deref(), found.email_verified), (Some("boss@example.org"), false));
    assert_eq!(found.name.as_deref(), Some("Ana"), "the ID token's name comes first");

    let theirs = json!({"sub": SUBJECT, "email": "boss@example.org", "email_verified": true});
    let found = stage.with_userinfo(json!({"email_verified": null}), theirs.clone()).await.unwrap();
    assert_eq!((found.email.as_deref(), found.email_verified), (Some("ana@example.org"), false));

    let found = stage.with_userinfo(json!({"email": null, "email_verified": false, "name": null}), theirs).await.unwrap();
    assert_eq!((found.email.as_deref(), found.email_verified, found.name), (Some("boss@example.org"), true, None));

    let flag_alone = json!({"sub": SUBJECT, "email_verified": true});
    let found = stage.with_userinfo(json!({"email": null}), flag_alone).await.unwrap();
    assert_eq!((found.email, found.email_verified), (None, false));
}

#[tokio::test]
async fn userinfo_about_another_subject() {
    let stage = Stage::new().await;
    let theirs = json!({"sub": "somebody-else", "email": "boss@example.org", "email_verified": true});
    assert!(reason(stage.with_userinfo(json!({"email": null}), theirs).await).contains("another subject"));
    assert!(reason(stage.with_userinfo(json!({"email": null}), json!({"email": "boss@example.org"})).await).contains("sub"));
    assert!(reason(stage.with_userinfo(json!({"email": null}), json!("boss@example.org")).await).contains("userinfo"));
}

#[tokio::test]
async fn a_provider_without_userinfo() {
    let fake = Fake::start().await;
    fake.script().claims = json!({"email": null});
    fake.script().discovery = json!({"userinfo_endpoint": null});
    let found = sign_in(&room(&fake), &fake).await.unwrap();
    assert_eq!((found.email, found.email_verified), (None, false));
}

#[tokio::test]
async fn addresses_and_names_are_cleaned() {
    let stage = Stage::new().await;
    let long = format!("{}@example.org", "x".repeat(254));
    for email in ["", "ana", "@example.org", "ana@", "ana@example.org\r\nBcc: all@example.org", "a na@example.org", &long] {
        let found = stage.with_userinfo(json!({"email": email}), json!({"sub": SUBJECT})).await.unwrap();
        assert_eq!((found.email, found.email_verified), (None, false), "{email}");
    }
    let found = stage.with_claims(json!({"name": " An\u{202e}a\n\u{7} B "})).await.unwrap();
    assert_eq!(found.name.as_deref(), Some("Ana B"));
    let found = stage.with_claims(json!({"name": "é".repeat(300)})).await.unwrap();
    assert_eq!(found.name.unwrap().chars().count(), 200);
    assert_eq!(stage.with_claims(json!({"name": {"first": "Ana"}})).await.unwrap().name, None);
}

// Organisation.

async fn with_organisation(source: OrganisationSource, claims: Value, me: Value) -> Result<Vouched, OidcError> {
    let fake = Fake::start().await;
    fake.script().claims = claims;
    fake.script().me = me;
    let source = match source {
        OrganisationSource::Endpoint { url, field } => OrganisationSource::Endpoint { url: fake.base.clone() + &url, field },
        claim => claim,
    };
    let provider = Provider { organisation: Some(source), ..provider(&fake.base) };
    sign_in(&oidc(provider, Times::default()), &fake).await
}

#[tokio::test]
async fn organisation_from_a_claim() {
    let source = || OrganisationSource::Claim("https://idp.example/org".into());
    let found = with_organisation(source(), json!({"https://idp.example/org": " acme "}), json!({})).await.unwrap();
    assert_eq!(found.organisation.as_deref(), Some("acme"));
    for none in [json!({}), json!({"https://idp.example/org": 7}), json!({"https://idp.example/org": "a\nb"})] {
        assert_eq!(with_organisation(source(), none, json!({})).await.unwrap().organisation, None);
    }
}

#[tokio::test]
async fn organisation_from_an_endpoint() {
    let source = |field: &str| OrganisationSource::Endpoint { url: "/me".into(), field: field.into() };
    for (field, me) in [("org", json!({"org": "acme"})), ("a.b", json!({"a": {"b": "acme"}})), ("a.b", json!({"a.b": "acme"}))] {
        let found = with_organisation(source(field), json!({}), me).await.unwrap();
        assert_eq!(found.organisation.as_deref(), Some("acme"), "{field}");
    }
    for (padded, spelling) in [("no", webex("").trim_end_matches('=').to_owned()), ("yes", webex(""))] {
        let found = with_organisation(source("orgId"), json!({}), json!({"orgId": spelling})).await.unwrap();
        assert_eq!(found.organisation.as_deref(), Some(UUID), "{padded}");
    }
    let broken = OrganisationSource::Endpoint { url: "/nowhere".into(), field: "org".into() };
    assert!(reason(with_organisation(broken, json!({}), json!({})).await).contains("404"));
}

/// A Webex id; `more` is added to the uuid.
fn webex(more: &str) -> String {
    STANDARD.encode(format!("ciscospark://us/ORGANIZATION/{UUID}{more}"))
}

#[test]
fn organisations_have_one_spelling() {
    assert!(webex("").ends_with('='), "the example must exercise padding");
    assert_eq!(normal(&webex("")).as_deref(), Some(UUID));
    assert_eq!(normal(&format!(" {} ", webex("").trim_end_matches('='))).as_deref(), Some(UUID));
    let other = webex("x");
    assert_eq!(normal(&other), Some(other));
    assert_eq!(normal("YWJj").as_deref(), Some("YWJj"));
    assert_eq!(normal(UUID).as_deref(), Some(UUID));
    assert_eq!(normal(&"ö".repeat(200)).map(|id| id.chars().count()), Some(200));
    assert_eq!(normal(&"x".repeat(201)), None);
    assert_eq!((normal("  "), normal("a\tb")), (None, None));
}

// Providers in trouble.

#[tokio::test]
async fn down_and_up_again() {
    let address = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap()
    };
    let room = oidc(provider(&format!("http://{address}")), Times { failure: Duration::from_millis(300), ..Times::default() });
    assert!(matches!(room.start("idp").await, Err(OidcError::Unreachable(_))));
    let fake = Fake::start_at(address).await;
    assert!(matches!(room.start("idp").await, Err(OidcError::Unreachable(_))));
    assert_eq!(fake.hits("/discovery"), 0, "a provider in trouble is spared for a moment");
    tokio::time::sleep(Duration::from_millis(350)).await;
    assert!(sign_in(&room, &fake).await.is_ok());
}

#[tokio::test]
async fn an_overloaded_provider_is_asked_again() {
    for path in ["/discovery", "/token", "/jwks"] {
        let fake = Fake::start().await;
        let room = oidc(provider(&fake.base), impatient());
        fake.script().ill.insert(path, Ill::Broken);
        assert!(matches!(sign_in(&room, &fake).await, Err(OidcError::Unreachable(_))), "{path}");
        fake.script().ill.clear();
        assert!(sign_in(&room, &fake).await.is_ok(), "{path}");
    }
}

#[tokio::test]
async fn redirects_and_floods_are_refused() {
    for path in ["/discovery", "/token", "/jwks", "/userinfo"] {
        for (ill, word) in [(Ill::Redirects, "redirect"), (Ill::Oversized, "more than"), (Ill::Unannounced, "more than")] {
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
    for discovery in
        [json!({"jwks_uri": null}), json!({"token_endpoint": "ftp://x"}), json!({"authorization_endpoint": "javascript:alert(1)"})]
    {
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
