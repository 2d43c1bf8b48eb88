//! A sign-in provider on this machine that vouches for whom a test names: a house with its button,
//! and a browser that goes there and back.
use super::{Answer, House, ORIGIN, send_to};
use anteroom::clock;
use anteroom::config::provider::Provider;
use anteroom::desk::PlannedProvider;
use anteroom::oidc::Oidc;
use axum::body::Body;
use axum::extract::{Form, State};
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use http::{Request, header};
use openidconnect::core::{CoreEdDsaPrivateSigningKey, CoreJwsSigningAlgorithm};
use openidconnect::{JsonWebKeyId, PrivateSigningKey as _};
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// The stand-in, and the house with its button.
pub struct StandIn {
    pub router: Router,
    base: String,
    /// What the ID token says that is given for a code.
    codes: Arc<Mutex<HashMap<String, Value>>>,
    task: JoinHandle<()>,
}

impl Drop for StandIn {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// A browser: its cookies.
#[derive(Default)]
pub struct Browser(pub BTreeMap<String, String>);

impl Browser {
    pub fn cookies(&self) -> String {
        let pairs: Vec<String> = self.0.iter().map(|(n, v)| format!("{n}={v}")).collect();
        pairs.join("; ")
    }

    fn take(&mut self, answer: &Answer) {
        for line in answer.headers.get_all(header::SET_COOKIE) {
            let pair = line
                .to_str()
                .expect("a cookie")
                .split(';')
                .next()
                .expect("a pair");
            let (name, value) = pair.split_once('=').expect("name and value");
            if value.is_empty() {
                self.0.remove(name);
            } else {
                self.0.insert(name.to_owned(), value.to_owned());
            }
        }
    }

    pub async fn get(&mut self, router: &Router, path: &str) -> Answer {
        let request = Request::get(path)
            .header(header::COOKIE, self.cookies())
            .header(header::ACCEPT, "text/html");
        let answer = send_to(router, request.body(Body::empty()).expect("a request")).await;
        self.take(&answer);
        answer
    }

    pub async fn post(&mut self, router: &Router, path: &str, body: &str) -> Answer {
        let request = Request::post(path)
            .header(header::COOKIE, self.cookies())
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::ORIGIN, ORIGIN)
            .header("sec-fetch-site", "same-origin")
            .header(header::ACCEPT, "text/html");
        let answer = send_to(
            router,
            request.body(Body::from(body.to_owned())).expect("a request"),
        )
        .await;
        self.take(&answer);
        answer
    }
}

impl StandIn {
    pub async fn of(house: &House, trusted_domains: &[&str]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let base = format!("http://{}", listener.local_addr().expect("an address"));
        let codes = Arc::new(Mutex::new(HashMap::new()));
        let task = serve(listener, base.clone(), codes.clone());
        let trusted: Vec<String> = trusted_domains.iter().map(|d| (*d).to_owned()).collect();
        let provider = Provider {
            id: "stand-in".into(),
            label: "Stand-in".into(),
            discovery_url: format!("{base}/.well-known/openid-configuration"),
            allowed_issuers: vec![base.clone()],
            client_id: "anteroom".into(),
            further_audiences: Vec::new(),
            client_secret: None,
            scopes: vec!["openid".into(), "email".into()],
            organisation: None,
            trusted_domains: trusted.clone(),
            consumer_organisations: Vec::new(),
        };
        let desk = house.with_plan(|plan| {
            plan.providers = vec![PlannedProvider {
                id: "stand-in".into(),
                label: "Stand-in".into(),
                trusted_domains: trusted,
            }];
        });
        let router = house.router_with(|site| {
            site.oidc = Oidc::new(vec![provider.clone()], ORIGIN).expect("a provider");
            site.providers = vec![provider];
            site.desk = desk;
        });
        Self {
            router,
            base,
            codes,
            task,
        }
    }

    /// Leaves for the provider; the callback that it answers with, as this person.
    pub async fn leave(&self, browser: &mut Browser, back: &str, sub: &str, email: &str) -> String {
        let back: String = url::form_urlencoded::byte_serialize(back.as_bytes()).collect();
        let answer = browser
            .get(&self.router, &format!("/signin/stand-in?back={back}"))
            .await;
        let there = url::Url::parse(answer.location()).expect("a URL");
        let asked: HashMap<String, String> = there.query_pairs().into_owned().collect();
        let code = clock::mint().salt();
        let now = clock::now().0 / 1000;
        let claims = json!({
            "iss": self.base, "sub": sub, "aud": "anteroom", "exp": now + 300, "iat": now,
            "nonce": asked["nonce"], "email": email, "email_verified": true, "name": "Somebody",
        });
        self.codes.lock().expect("codes").insert(code.clone(), claims);
        format!("/signin/stand-in/callback?state={}&code={code}", asked["state"])
    }

    /// Signs in there and comes back.
    pub async fn sign_in(&self, browser: &mut Browser, back: &str, sub: &str, email: &str) -> Answer {
        let callback = self.leave(browser, back, sub, email).await;
        browser.get(&self.router, &callback).await
    }
}

type Codes = Arc<Mutex<HashMap<String, Value>>>;

fn serve(listener: TcpListener, base: String, codes: Codes) -> JoinHandle<()> {
    let key = Arc::new(key());
    let document = json!({
        "issuer": base, "authorization_endpoint": format!("{base}/authorize"),
        "token_endpoint": format!("{base}/token"), "jwks_uri": format!("{base}/jwks"),
    });
    let keys = json!({"keys": [key.as_verification_key()]});
    let router = Router::new()
        .route(
            "/.well-known/openid-configuration",
            get(async move || Json(document)),
        )
        .route("/jwks", get(async move || Json(keys)))
        .route("/token", post(token))
        .with_state((key, codes));
    tokio::spawn(async move { axum::serve(listener, router).await.expect("served") })
}

async fn token(
    State((key, codes)): State<(Arc<CoreEdDsaPrivateSigningKey>, Codes)>,
    Form(form): Form<HashMap<String, String>>,
) -> Result<Json<Value>, http::StatusCode> {
    // Each code works once.
    let claims = codes.lock().expect("codes").remove(&form["code"]);
    let claims = claims.ok_or(http::StatusCode::BAD_REQUEST)?;
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let head = json!({"alg": "EdDSA", "kid": "one", "typ": "JWT"});
    let signed = format!("{}.{}", part(&head), part(&claims));
    let seal = key
        .sign(&CoreJwsSigningAlgorithm::EdDsa, signed.as_bytes())
        .expect("signed");
    Ok(Json(json!({
        "access_token": "at", "token_type": "Bearer", "expires_in": 60,
        "id_token": format!("{signed}.{}", URL_SAFE_NO_PAD.encode(seal)),
    })))
}

/// An Ed25519 key of its own.
fn key() -> CoreEdDsaPrivateSigningKey {
    let mut der = vec![
        0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20,
    ];
    der.extend(clock::mint().bytes::<32>());
    let pem = format!(
        "-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n",
        STANDARD.encode(der)
    );
    CoreEdDsaPrivateSigningKey::from_ed25519_pem(&pem, Some(JsonWebKeyId::new("one".into()))).expect("a key")
}
