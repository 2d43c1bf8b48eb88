//! What tests of chat begin with: an organisation's connector, a stand-in for its platform and its
//! agent, and deliveries signed as each platform signs them.
use crate::harness::{Answer, House, send_to};
use anteroom::chat::sent::Bases;
use anteroom::delivery::chat::workers::Platforms;
use anteroom::delivery::hooks::provisioning::{Hooks, PATIENCE};
use anteroom::delivery::queue::Deliverers;
use anteroom::desk::chat::connectors::ConnectorDraft;
use anteroom::desk::queue::list::RequestDetails;
use anteroom::desk::requests;
use anteroom::desk::requests::decision_draft::DecisionDraft;
use anteroom::desk::{Actor, chat, queue};
use anteroom::domain::connector::Platform;
use anteroom::domain::contact::Contact;
use anteroom::domain::delivery::JobKind;
use anteroom::domain::ids::{ConnectorId, RequestId};
use anteroom::domain::member::Membership;
use anteroom::domain::verdict::Verdict;
use anteroom::domain::{Error, Time, request};
use anteroom::store::chat::connectors::Kept;
use anteroom::store::chat::contacts::ContactQuery;
use anteroom::store::deliveries::fates::Fate;
use anteroom::store::deliveries::fates::Says;
use anteroom::store::deliveries::queue::Claimed;
use anteroom::{clock, store};
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use http::{HeaderMap, Method, Request, StatusCode, Uri};
use openidconnect::core::{CoreJwsSigningAlgorithm, CoreRsaPrivateSigningKey};
use openidconnect::{JsonWebKeyId, PrivateSigningKey as _};
use rsa::pkcs1::EncodeRsaPrivateKey as _;
use serde_json::{Value, json};
use sha2::Sha256;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock};
use tokio::net::TcpListener;

/// Where activities of Teams say that they come from.
pub const SERVICE: &str = "https://smba.trafficmanager.net/amer/";
const KEY: &str = "k1";
pub const SLUG: &str = "northlight";

/// A stand-in for a platform and for an organisation's agent: keeps what it was sent, and answers
/// as told.
#[derive(Clone, Default)]
pub struct Peer {
    pub url: String,
    pub calls: Arc<Mutex<Vec<(String, HeaderMap, String)>>>,
    pub refuses: Arc<Mutex<Option<(u16, Value)>>>,
}

impl Peer {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let peer = Peer {
            url: format!("http://{}", listener.local_addr().unwrap()),
            ..Peer::default()
        };
        let app = Router::new().fallback(answer).with_state(peer.clone());
        tokio::spawn(async move { axum::serve(listener, app).await });
        peer
    }

    /// What came under paths that end so, as JSON.
    pub fn taken(&self, end: &str) -> Vec<Value> {
        let calls = self.calls.lock().unwrap();
        calls
            .iter()
            .filter(|(path, ..)| path.ends_with(end))
            .map(|(_, _, body)| serde_json::from_str(body).unwrap())
            .collect()
    }

    pub fn texts(&self) -> Vec<String> {
        self.taken("/sendMessage")
            .iter()
            .map(|v| v["text"].as_str().unwrap().to_owned())
            .collect()
    }

    pub fn refuse(&self, with: Option<(u16, Value)>) {
        *self.refuses.lock().unwrap() = with;
    }
}

async fn answer(State(peer): State<Peer>, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    peer.calls.lock().unwrap().push((
        uri.path().to_owned(),
        headers,
        String::from_utf8(body.to_vec()).unwrap(),
    ));
    let (status, answer) = peer.refuses.lock().unwrap().clone().unwrap_or_else(|| {
        if uri.path().ends_with("/keys") {
            return (200, published());
        }
        let user = json!({"profile": {"display_name": "Nia Verne"}});
        (
            200,
            json!({"ok": true, "ts": "1.1", "user": user, "result": {"message_id": 7},
        "messages": [{"id": "wamid.sent"}], "id": "m1", "access_token": "token", "expires_in": 3600}),
        )
    });
    Response::builder()
        .status(status)
        .body(Body::from(answer.to_string()))
        .unwrap()
}

/// An organisation with a connector, and the workers that serve it.
#[derive(Clone)]
pub struct Room<'a> {
    pub house: &'a House,
    pub peer: Peer,
    pub platforms: Platforms,
    /// The house's, whose platforms are the stand-ins of this room.
    pub router: Router,
    pub ivo: Actor,
    pub member: Membership,
    pub connector: ConnectorId,
    pub platform: Platform,
    pub hook: String,
    /// What was shown when it was made.
    pub shown: Vec<String>,
}

pub fn form(peer: &Peer) -> HashMap<String, String> {
    [
        ("name", "Front desk"),
        ("bot_token", "12:abc"),
        ("signing_secret", "open-sesame"),
        ("phone_number_id", "100"),
        ("app_secret", "open-sesame"),
        ("access_token", "token"),
        ("account_sid", "AC1"),
        ("auth_token", "open-sesame"),
        ("sender", "+15550009"),
        ("app_id", "app-1"),
        ("tenant", "tenant-1"),
        ("client_secret", "open-sesame"),
        ("onboarding", "on"),
        ("mode", "once"),
        ("language", "en"),
        ("onboarding_text_en", "Hello {name}, please wait."),
        ("approval_text_en", "Welcome, {name}."),
        ("rejection_text_en", "Not now, {name}."),
        ("agent", &format!("{}/agent", peer.url)),
    ]
    .into_iter()
    .map(|(n, v)| (n.to_owned(), v.to_owned()))
    .collect()
}

/// How the messages about a request fare.
pub fn messages(details: &RequestDetails) -> Vec<Fate> {
    let all = details.deliveries.iter();
    all.filter(|fate| matches!(fate.says, Says::Message(_)))
        .cloned()
        .collect()
}

impl<'a> Room<'a> {
    pub async fn new(house: &'a House, platform: Platform) -> Self {
        house.expects_owed_letters();
        let (ivo, member) = house.founder(SLUG).await;
        let peer = Peer::start().await;
        let fields = form(&peer);
        Self::with(house, platform, peer, fields, ivo, member).await
    }

    pub async fn with(
        house: &'a House,
        platform: Platform,
        peer: Peer,
        fields: HashMap<String, String>,
        ivo: Actor,
        member: Membership,
    ) -> Self {
        let (connector, shown) = house.connector(&ivo, platform, &fields).await;
        let hook = chat::connectors::find(&house.desk, &member, &connector)
            .await
            .unwrap()
            .hook;
        let at = |path: &str| format!("{}/{path}", peer.url);
        let bases = Bases {
            telegram: at("telegram"),
            slack: at("slack"),
            whatsapp: at("whatsapp"),
            sms: at("sms"),
            teams_login: at("login"),
            teams_issuer: Bases::default().teams_issuer,
            teams_scope: Bases::default().teams_scope,
            teams_keys: at("keys"),
            teams_hosts: vec![peer.url.clone()],
            teams_service: at("teams"),
        };
        let platforms =
            Platforms::new(bases, Hooks::new(true, PATIENCE).unwrap(), crate::harness::ORIGIN).unwrap();
        let router = house.router_with(|site| site.chat = platforms.clone());
        Self {
            house,
            peer,
            platforms,
            router,
            ivo,
            member,
            connector,
            platform,
            hook,
            shown,
        }
    }

    /// Changes the connector as if these fields had been typed; what is shown of it once.
    pub async fn set(&self, typed: &[(&str, &str)]) -> Vec<String> {
        self.set_by(&self.ivo, typed).await
    }

    pub async fn set_by(&self, actor: &Actor, typed: &[(&str, &str)]) -> Vec<String> {
        let mut fields = form(&self.peer);
        fields.extend(typed.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())));
        let draft = ConnectorDraft(&fields);
        chat::connectors::change(&self.house.desk, actor, &self.member, &self.connector, &draft)
            .await
            .unwrap()
    }

    /// The first contact: somebody who wrote on Telegram and was approved.
    pub async fn approved(&self, person: i64) {
        self.hears(1, person, "Hello").await;
        self.decide(&self.ids().await[0], Verdict::Approve, "")
            .await
            .unwrap();
    }

    pub async fn deliver(&self, headers: &[(&str, &str)], body: impl Into<Body>) -> StatusCode {
        self.answer(headers, body).await.status
    }

    pub async fn answer(&self, headers: &[(&str, &str)], body: impl Into<Body>) -> Answer {
        let path = format!("/hooks/{}/{}", self.platform.as_str(), self.hook);
        let mut request = Request::builder().method(Method::POST).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        send_to(&self.router, request.body(body.into()).unwrap()).await
    }

    /// A message on Telegram, by somebody with this id.
    pub async fn telegram(&self, update: i64, person: i64, text: &str) -> StatusCode {
        let from = json!({"id": person, "is_bot": false, "first_name": "Nia", "last_name": "Verne",
        "language_code": "en"});
        let message = json!({"message_id": update, "date": 1, "chat": {"id": person, "type": "private"},
        "from": from, "text": text});
        let body = json!({"update_id": update, "message": message}).to_string();
        self.deliver_signed(body).await
    }

    /// A message on Telegram, worked on.
    pub async fn hears(&self, update: i64, person: i64, text: &str) {
        assert_eq!(self.telegram(update, person, text).await, StatusCode::OK);
        self.work().await;
    }

    /// The connector as it is stored.
    pub async fn kept(&self) -> Kept {
        chat::connectors::find(&self.house.desk, &self.member, &self.connector)
            .await
            .unwrap()
    }

    /// A press of a button in the channel for approvers, worked on.
    pub async fn press(&self, query: i64, person: i64, value: &str) {
        let from = json!({"id": person, "is_bot": false, "first_name": "Ivo"});
        let query = json!({"id": format!("q{query}"), "from": from, "message": {"message_id": 7,
        "chat": {"id": -100, "type": "supergroup"}}, "data": value});
        let body = json!({"update_id": 1000 + person, "callback_query": query}).to_string();
        assert_eq!(self.deliver_signed(body).await, StatusCode::OK);
        self.work().await;
    }

    pub async fn slack(&self, event: &str, ts: &str, text: &str) -> StatusCode {
        let message = json!({"type": "message", "channel_type": "im", "channel": "D1", "user": "U1",
        "text": text, "ts": ts});
        let body = json!({"type": "event_callback", "team_id": "T1", "event_id": event, "event": message})
            .to_string();
        self.deliver_signed(body).await
    }

    /// Works until nothing is left to do at once.
    pub async fn work(&self) {
        self.until_done(&[JobKind::Arrival, JobKind::Message]).await;
    }

    /// Works on these kinds until nothing is left to do at once.
    pub async fn until_done(&self, kinds: &[JobKind]) {
        let deliverers = self.deliverers();
        requests::posts::close_posts(&self.house.desk, anteroom::clock::now())
            .await
            .unwrap();
        while deliverers.round(kinds).await.unwrap() > 0 {}
    }

    /// What delivers at this room's platforms.
    pub fn deliverers(&self) -> Deliverers {
        let mut deliverers = self.house.deliverers();
        deliverers.platforms = self.platforms.clone();
        deliverers
    }

    pub async fn requests(&self) -> Vec<request::Request> {
        let ids: Vec<RequestId> = self.ids().await;
        let mut conn = self.house.desk.db.read().await.unwrap();
        let mut all = Vec::new();
        for id in ids {
            all.push(
                store::requests::find(&mut conn, &self.member.organisation, &id)
                    .await
                    .unwrap(),
            );
        }
        all
    }

    /// The requests of this connector, the oldest first; those of one millisecond in any order.
    pub async fn ids(&self) -> Vec<RequestId> {
        use sqlx::Row as _;
        let sql = format!(
            "select id from requests where connector_id = '{}' order by id",
            self.connector
        );
        let rows = self.house.fetch(&sql).await;
        rows.iter()
            .map(|r| r.get::<String, _>(0).try_into().unwrap())
            .collect()
    }

    pub async fn contact(&self) -> Contact {
        self.contacts().await.into_iter().next().expect("somebody wrote")
    }

    pub async fn contacts(&self) -> Vec<Contact> {
        let (desk, query) = (&self.house.desk, ContactQuery::default());
        let found = chat::contacts::list(desk, &self.member, &self.connector, &query).await;
        found.unwrap().listed
    }

    pub async fn decide(&self, id: &RequestId, verdict: Verdict, note: &str) -> Result<(), Error> {
        let said = DecisionDraft {
            reason: note.into(),
            ..verdict.into()
        };
        queue::decisions::decide_with(&self.house.desk, &self.ivo, &self.member, id, &said).await
    }

    /// What came, worked on as if it were another time.
    pub async fn work_at(&self, now: Time) {
        for job in self.house.claim(JobKind::Arrival, now, 100).await {
            let Claimed::Arrival(one) = job else { continue };
            chat::intake::work_on_arrival(&self.house.desk, &one, None, now)
                .await
                .unwrap();
        }
    }

    /// Signs as the platform would, and delivers.
    pub async fn deliver_signed(&self, body: impl Into<Vec<u8>>) -> StatusCode {
        self.answer_signed(body).await.status
    }

    pub async fn answer_signed(&self, body: impl Into<Vec<u8>>) -> Answer {
        let body = body.into();
        let signature = self.signature(&body, clock::now());
        let headers: Vec<(&str, &str)> = signature
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
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
                vec![
                    ("x-slack-request-timestamp", now.to_string()),
                    ("x-slack-signature", format!("v0={digest}")),
                ]
            }
            Platform::WhatsApp => vec![("x-hub-signature-256", format!("sha256={}", hex(&[body])))],
            Platform::Sms => {
                let mut mac = Hmac::<sha1::Sha1>::new_from_slice(b"open-sesame").unwrap();
                mac.update(format!("{}/hooks/sms/{}", crate::harness::ORIGIN, self.hook).as_bytes());
                let mut fields =
                    std::collections::BTreeMap::<String, std::collections::BTreeSet<String>>::new();
                for (name, value) in url::form_urlencoded::parse(body) {
                    fields
                        .entry(name.into_owned())
                        .or_default()
                        .insert(value.into_owned());
                }
                fields.iter().for_each(|(name, values)| {
                    values
                        .iter()
                        .for_each(|v| mac.update(format!("{name}{v}").as_bytes()))
                });
                vec![("x-twilio-signature", STANDARD.encode(mac.finalize().into_bytes()))]
            }
            Platform::Teams => {
                let claims = json!({"iss": "https://api.botframework.com", "aud": "app-1", "exp": now + 600,
                "nbf": now, "serviceurl": SERVICE});
                let part = |v: &Value| URL_SAFE_NO_PAD.encode(v.to_string());
                let head = format!(
                    "{}.{}",
                    part(&json!({"alg": "RS256", "kid": KEY, "typ": "JWT"})),
                    part(&claims)
                );
                let signature = signer()
                    .sign(&CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256, head.as_bytes())
                    .unwrap();
                vec![(
                    "authorization",
                    format!("Bearer {head}.{}", URL_SAFE_NO_PAD.encode(signature)),
                )]
            }
            Platform::Telegram => vec![("x-telegram-bot-api-secret-token", self.shown[0].clone())],
        }
    }

    /// Another connector of the same organisation, with a platform of its own.
    pub async fn join(&self, platform: Platform, name: &str) -> Self {
        let peer = Peer::start().await;
        let mut fields = form(&peer);
        fields.insert("name".into(), name.into());
        Room::with(
            self.house,
            platform,
            peer,
            fields,
            self.ivo.clone(),
            self.member.clone(),
        )
        .await
    }
}

/// The key set of the Bot Framework, as a stand-in for it publishes it.
fn published() -> Value {
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
    mac.finalize()
        .into_bytes()
        .iter()
        .fold(String::new(), |hex, b| hex + &format!("{b:02x}"))
}
