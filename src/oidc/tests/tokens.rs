//! ID tokens: claims, signatures, and the keys they are checked with.
use crate::oidc::tests::*;

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
        (json!({"aud": [CLIENT, "project-2"], "azp": CLIENT}), "project-2"),
        (
            json!({"aud": [CLIENT, "project-1", "project-2"], "azp": CLIENT}),
            "project-2",
        ),
        (json!({"aud": [CLIENT, "project-1"]}), "azp"),
        (json!({"aud": [CLIENT, "project-1"], "azp": "project-1"}), "azp"),
        (json!({"aud": ["project-1"], "azp": CLIENT}), "aud"),
        (json!({"aud": "project-1"}), "aud"),
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
        json!({"aud": [CLIENT, "project-1"], "azp": CLIENT}),
        json!({"aud": ["project-1", CLIENT, CLIENT], "azp": CLIENT}),
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
    for (seal, word) in [
        (Seal::AlgNone, "algorithm"),
        (Seal::PublicKeyAsSecret, "algorithm"),
        (Seal::Tampered, "signature is wrong"),
    ] {
        let fake = Fake::start().await;
        fake.script().seal = seal;
        assert!(reason(sign_in(&room(&fake), &fake).await).contains(word));
    }
}

#[tokio::test]
async fn headers_that_must_not_pass() {
    let cases = [
        (json!({"typ": "at+jwt"}), "type"),
        (json!({"crit": ["b64"]}), "critical"),
        (json!({"alg": "ES512"}), "algorithm"),
    ];
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
    let room = oidc(
        provider(&fake.base),
        Times {
            refetch: Duration::ZERO,
            ..Times::default()
        },
    );
    for kid in ["one", "two", "three"] {
        rotate(&fake, kid);
        sign_in(&room, &fake).await.unwrap();
    }
    assert_eq!(fake.hits("/jwks"), 3);
}

/// The examples of RFC 7515, appendices A.2 and A.3, since the fake signs with Ed25519 only.
#[test]
fn rs256_and_es256_examples_of_rfc_7515() {
    let payload =
        "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
    let rsa = json!({"kty": "RSA", "e": "AQAB", "n": concat!(
        "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0B\
         m4d4QlL-yRT-SFd2lZS-pCgNMsD1W_",
        "YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7W\
         TBEMa2R2CapHg665xsmtdVMTBQY4uD",
        "Zlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb5\
         4h4FRWyuXpoQ",
    )});
    let rsa_seal = concat!(
        "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2F\
         p5jujGbds9uJdbF9CUAr7t1dnZcAcQ",
        "jbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383Lc\
         OLn6_dO--xi12jzDwusC-eOkHWEsqt",
        "FZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_Ioy\
         pGlUPQGe77Rw",
    );
    let x = "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU";
    let ec = json!({"kty": "EC", "crv": "P-256", "x": x, "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"});
    let ec_seal = "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
    let keys: Vec<CoreJsonWebKey> = vec![
        serde_json::from_value(rsa).unwrap(),
        serde_json::from_value(ec).unwrap(),
    ];
    for (header, seal) in [
        ("eyJhbGciOiJSUzI1NiJ9", rsa_seal),
        ("eyJhbGciOiJFUzI1NiJ9", ec_seal),
    ] {
        let token = IdToken::read(&format!("{header}.{payload}.{seal}")).unwrap();
        assert!(matches!(token.signature(&keys), Signature::Good(_)));
        assert!(matches!(token.signature(&keys[..0]), Signature::UnknownKey));
    }
    let crossed = IdToken::read(&format!("eyJhbGciOiJFUzI1NiJ9.{payload}.{rsa_seal}")).unwrap();
    assert!(matches!(crossed.signature(&keys), Signature::UnknownKey));
}
