//! A provider on 127.0.0.1 that does as its script says, well or badly, and counts what it is
//! asked.
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Json, Router};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use http_body_util::{BodyExt, Full};
use openidconnect::core::{CoreEdDsaPrivateSigningKey, CoreHmacKey, CoreJsonWebKey, CoreJwsSigningAlgorithm};
use openidconnect::url::form_urlencoded;
use openidconnect::{JsonWebKey, JsonWebKeyId, Nonce, PrivateSigningKey};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::clock;
use crate::oidc::http::LARGEST;

pub const CLIENT: &str = "anteroom";
pub const SECRET: &str = "s3cret & more";
pub const SUBJECT: &str = "248289761001";

/// How the ID token is signed.
#[derive(Clone, Copy, PartialEq)]
pub enum Seal {
    Honest,
    AlgNone,
    /// HS256 with the published key as the secret.
    PublicKeyAsSecret,
    Tampered,
}

/// How one path misbehaves.
#[derive(Clone, Copy)]
pub enum Ill {
    Redirects,
    Oversized,
    /// Oversized without saying so beforehand.
    Unannounced,
    Broken,
}

pub struct Script {
    pub signer: Signer,
    pub published: Vec<CoreJsonWebKey>,
    /// Laid over the honest claims; null takes a claim away.
    pub claims: Value,
    /// Laid over the honest header.
    pub header: Value,
    /// Laid over the honest discovery document.
    pub discovery: Value,
    pub seal: Seal,
    pub userinfo: Value,
    pub me: Value,
    pub ill: HashMap<&'static str, Ill>,
    hits: HashMap<String, usize>,
    nonce: String,
    challenge: String,
}

pub struct Signer {
    key: CoreEdDsaPrivateSigningKey,
}

impl Signer {
    /// A fresh Ed25519 key.
    pub fn new(kid: &str) -> Self {
        let mut der = vec![
            0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20,
        ];
        der.extend(Sha256::digest(Nonce::new_random().secret()));
        let pem = format!(
            "-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n",
            STANDARD.encode(der)
        );
        Self {
            key: CoreEdDsaPrivateSigningKey::from_ed25519_pem(&pem, Some(JsonWebKeyId::new(kid.into())))
                .unwrap(),
        }
    }

    pub fn public(&self) -> CoreJsonWebKey {
        self.key.as_verification_key()
    }
}

pub struct Fake {
    pub base: String,
    script: Arc<Mutex<Script>>,
    task: JoinHandle<()>,
}

impl Drop for Fake {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Fake {
    pub async fn start() -> Self {
        Self::start_on(TcpListener::bind("127.0.0.1:0").await.unwrap())
    }

    pub fn start_on(listener: TcpListener) -> Self {
        let base = format!("http://{}", listener.local_addr().unwrap());
        let script = Arc::new(Mutex::new(Script::honest()));
        let router = Router::new()
            .fallback(answer)
            .with_state((base.clone(), script.clone()));
        let task = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { base, script, task }
    }

    pub fn script(&self) -> MutexGuard<'_, Script> {
        self.script.lock().unwrap()
    }

    pub fn hits(&self, path: &str) -> usize {
        self.script().hits.get(path).copied().unwrap_or(0)
    }

    /// Plays the browser at the authorization endpoint: takes note of what the address asks for.
    pub fn visit(&self, query: &HashMap<String, String>) {
        let mut script = self.script();
        script.nonce = query["nonce"].clone();
        script.challenge = query["code_challenge"].clone();
    }
}

impl Script {
    fn honest() -> Self {
        let signer = Signer::new("one");
        Self {
            published: vec![signer.public()],
            signer,
            claims: json!({}),
            header: json!({}),
            discovery: json!({}),
            seal: Seal::Honest,
            userinfo: json!({"sub": SUBJECT}),
            me: json!({}),
            ill: HashMap::new(),
            hits: HashMap::new(),
            nonce: String::new(),
            challenge: String::new(),
        }
    }

    fn id_token(&self, base: &str) -> String {
        let now = clock::now().0 / 1000;
        let honest = json!({
            "iss": base, "sub": SUBJECT, "aud": CLIENT, "exp": now + 300, "iat": now, "nonce": self.nonce,
            "email": "ana@example.org", "email_verified": true, "name": "Ana",
        });
        let header = json!({"alg": "EdDSA", "kid": self.signer.public().key_id(), "typ": "JWT"});
        self.seal(over(header, &self.header), over(honest, &self.claims))
    }

    fn seal(&self, mut header: Value, mut claims: Value) -> String {
        match self.seal {
            Seal::AlgNone => header["alg"] = "none".into(),
            Seal::PublicKeyAsSecret => header["alg"] = "HS256".into(),
            Seal::Honest | Seal::Tampered => {}
        }
        let signed = format!("{}.{}", part(&header), part(&claims));
        let signature = match self.seal {
            Seal::AlgNone => Vec::new(),
            Seal::PublicKeyAsSecret => {
                let public = serde_json::to_vec(&self.published[0]).unwrap();
                CoreHmacKey::new(public)
                    .sign(&CoreJwsSigningAlgorithm::HmacSha256, signed.as_bytes())
                    .unwrap()
            }
            Seal::Honest | Seal::Tampered => self
                .signer
                .key
                .sign(&CoreJwsSigningAlgorithm::EdDsa, signed.as_bytes())
                .unwrap(),
        };
        if self.seal == Seal::Tampered {
            claims["sub"] = "another".into();
        }
        format!(
            "{}.{}.{}",
            part(&header),
            part(&claims),
            URL_SAFE_NO_PAD.encode(signature)
        )
    }

    /// The token endpoint: client authentication, redirect address and PKCE as RFC 6749 and RFC
    /// 7636 want them.
    fn token(&self, base: &str, authorization: &str, body: &[u8]) -> Response {
        let form: HashMap<_, _> = form_urlencoded::parse(body).into_owned().collect();
        let verified =
            URL_SAFE_NO_PAD.encode(Sha256::digest(form["code_verifier"].as_bytes())) == self.challenge;
        let basic = format!("Basic {}", STANDARD.encode(format!("{CLIENT}:s3cret+%26+more")));
        let known =
            authorization == basic && form["redirect_uri"] == "https://door.example/signin/idp/callback";
        if !(verified && known && form["grant_type"] == "authorization_code" && form["code"] == "good-code") {
            return (
                StatusCode::BAD_REQUEST,
                Json(json!({"error": "invalid_grant", "error_description": "secret"})),
            )
                .into_response();
        }
        Json(
            json!({"access_token": "at-1", "token_type": "Bearer", "expires_in": 60,
        "id_token": self.id_token(base)}),
        )
        .into_response()
    }

    fn document(&self, base: &str) -> Value {
        let at = |path: &str| format!("{base}{path}");
        let honest = json!({
            "issuer": base, "authorization_endpoint": at("/authorize?tenant=1"),
            "token_endpoint": at("/token"),
            "userinfo_endpoint": at("/userinfo"), "jwks_uri": at("/jwks"),
        });
        over(honest, &self.discovery)
    }
}

async fn answer(State((base, script)): State<(String, Arc<Mutex<Script>>)>, request: Request) -> Response {
    let path = request.uri().path().to_owned();
    let authorization = request
        .headers()
        .get(header::AUTHORIZATION)
        .map(|v| v.to_str().unwrap().to_owned())
        .unwrap_or_default();
    let body = to_bytes(request.into_body(), LARGEST).await.unwrap();
    let mut script = script.lock().unwrap();
    *script.hits.entry(path.clone()).or_default() += 1;
    if let Some(ill) = script.ill.get(path.as_str()) {
        return misbehave(*ill);
    }
    let bearer = authorization == "Bearer at-1";
    match path.as_str() {
        "/discovery" => Json(script.document(&base)).into_response(),
        "/jwks" => Json(json!({"keys": script.published})).into_response(),
        "/token" => script.token(&base, &authorization, &body),
        "/userinfo" if bearer => Json(script.userinfo.clone()).into_response(),
        "/me" if bearer => Json(script.me.clone()).into_response(),
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}

fn misbehave(ill: Ill) -> Response {
    let large = vec![b' '; LARGEST + 1];
    match ill {
        Ill::Redirects => {
            (StatusCode::TEMPORARY_REDIRECT, [(header::LOCATION, "/elsewhere")]).into_response()
        }
        Ill::Oversized => large.into_response(),
        // A mapped body does not know its length, so it is sent in chunks.
        Ill::Unannounced => Body::new(Full::<Bytes>::from(large).map_frame(|frame| frame)).into_response(),
        Ill::Broken => StatusCode::BAD_GATEWAY.into_response(),
    }
}

fn over(honest: Value, changes: &Value) -> Value {
    let (Value::Object(mut all), Value::Object(changes)) = (honest, changes.clone()) else {
        unreachable!("both are objects")
    };
    for (name, value) in changes {
        if value.is_null() {
            all.remove(&name)
        } else {
            all.insert(name, value)
        };
    }
    Value::Object(all)
}

fn part(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}
