//! Mail by OAuth 2: access tokens are held, renewed, and asked for once more where one is refused.
use crate::harness::House;
use anteroom::config::{MailGrant, MailIdentity};
use anteroom::delivery::mail::letters::Post;
use anteroom::delivery::mail::session::MailServer;
use anteroom::delivery::mail::transport::Transport;
use anteroom::desk::Actor;
use anteroom::domain::delivery::JobKind;
use anteroom::oidc::access_tokens::AccessTokens;
use anteroom::serve::mailbox::Mailbox;
use axum::Form;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Json, Response};
use axum::routing::post;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;
use sqlx::Row as _;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// What both stand-ins know: whoever gives tokens, and the mail server that takes them.
#[derive(Default)]
struct Known {
    /// The fields of each request for a token.
    asked: Vec<BTreeMap<String, String>>,
    /// Tokens that the mail server takes.
    good: BTreeSet<String>,
    /// The refresh token that is good; each use gives another.
    refresh: String,
    /// For how many seconds a token is said to live.
    lives: i64,
    /// Tokens are given, and none is taken.
    takes_none: bool,
    users: BTreeSet<String>,
    letters: usize,
}

#[derive(Clone)]
struct Provider {
    known: Arc<Mutex<Known>>,
    token_port: u16,
    mail_port: u16,
}

impl Provider {
    async fn start() -> Self {
        let known = Arc::new(Mutex::new(Known {
            refresh: "refresh-0".into(),
            lives: 3600,
            ..Known::default()
        }));
        let (tokens, mail) = (listener().await, listener().await);
        let provider = Self {
            known: known.clone(),
            token_port: tokens.local_addr().unwrap().port(),
            mail_port: mail.local_addr().unwrap().port(),
        };
        let of = known.clone();
        let app = axum::Router::new().route(
            "/token",
            post(async move |Form(fields): Form<BTreeMap<String, String>>| give(&of, fields)),
        );
        tokio::spawn(async move { axum::serve(tokens, app).await });
        tokio::spawn(async move {
            while let Ok((stream, _)) = mail.accept().await {
                tokio::spawn(speak(known.clone(), stream));
            }
        });
        provider
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap()
    }

    /// Letters that were taken, and how often a token was asked for.
    fn counts(&self) -> (usize, usize) {
        let known = self.known();
        (known.letters, known.asked.len())
    }

    fn grant(&self, refresh: Option<&str>) -> MailGrant {
        MailGrant {
            user: "access@site.test".into(),
            token_url: format!("http://127.0.0.1:{}/token", self.token_port),
            client_id: "client".into(),
            client_secret: refresh.is_none().then(|| "sesame".to_owned().into()),
            refresh_token: refresh.map(|t| t.to_owned().into()),
            scope: Some("https://mail.test/.default".into()),
        }
    }

    /// A server of ours, just started.
    fn post(&self, house: &House, refresh: Option<&str>) -> Post {
        let grant = self.grant(refresh);
        let tokens = AccessTokens::new(&grant, house.desk.clone()).unwrap();
        let server = MailServer::parse(&format!("smtp://127.0.0.1:{}", self.mail_port)).unwrap();
        let server = server.by_token(&grant.user, Arc::new(Mailbox(tokens)));
        let identity = MailIdentity {
            from: "access@site.test".into(),
            from_name: "Anteroom".into(),
            reply_to: None,
            hello: "access.site.test".into(),
        };
        Post {
            transport: Arc::new(Transport::by(server, &identity).unwrap()),
            public_url: crate::harness::ORIGIN.into(),
        }
    }
}

async fn listener() -> TcpListener {
    TcpListener::bind("127.0.0.1:0").await.unwrap()
}

fn give(known: &Mutex<Known>, fields: BTreeMap<String, String>) -> Response {
    let mut known = known.lock().unwrap();
    let is_good = match fields.get("grant_type").map(String::as_str) {
        Some("client_credentials") => fields.get("client_secret").is_some_and(|s| s == "sesame"),
        Some("refresh_token") => fields.get("refresh_token").is_some_and(|t| *t == known.refresh),
        _ => false,
    };
    let renews = fields.contains_key("refresh_token");
    known.asked.push(fields);
    if !is_good {
        let why = json!({"error": "invalid_grant", "error_description": "it was taken back"});
        return (StatusCode::BAD_REQUEST, Json(why)).into_response();
    }
    let number = known.asked.len();
    known.good.insert(format!("access-{number}"));
    let mut answer = json!({
        "access_token": format!("access-{number}"), "token_type": "Bearer", "expires_in": known.lives,
    });
    if renews {
        known.refresh = format!("refresh-{number}");
        answer["refresh_token"] = json!(known.refresh);
    }
    Json(answer).into_response()
}

/// Just enough SMTP for XOAUTH2: a token that is refused is told by a challenge, which wants an empty line.
async fn speak(known: Arc<Mutex<Known>>, stream: TcpStream) -> Option<()> {
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    let mut says = "220 stand-in".to_owned();
    loop {
        write.write_all(format!("{says}\r\n").as_bytes()).await.ok()?;
        let line = lines.next_line().await.ok()??;
        says = match line.split(' ').next().unwrap_or_default() {
            "EHLO" => "250-stand-in\r\n250-AUTH XOAUTH2\r\n250 8BITMIME".into(),
            "AUTH" => {
                let told = STANDARD.decode(line.rsplit(' ').next()?).ok()?;
                let told = String::from_utf8(told).ok()?;
                let (user, token) = told.strip_prefix("user=")?.split_once("\u{1}auth=Bearer ")?;
                let mut known = known.lock().unwrap();
                known.users.insert(user.to_owned());
                let is_good = known.good.contains(token.trim_end_matches('\u{1}')) && !known.takes_none;
                if is_good {
                    "235 in"
                } else {
                    "334 eyJzdGF0dXMiOiI0MDAifQ=="
                }
                .into()
            }
            "" => "535 5.7.3 Authentication unsuccessful".into(),
            "DATA" => {
                write.write_all(b"354 go on\r\n").await.ok()?;
                while lines.next_line().await.ok()?? != "." {}
                known.lock().unwrap().letters += 1;
                "250 taken".into()
            }
            "QUIT" => "221 bye".into(),
            _ => "250 fine".into(),
        };
    }
}

/// Owes so many letters: to people who are invited.
async fn owing(house: &House, ivo: &Actor, n: usize) {
    for _ in 0..n {
        house
            .invite(ivo, &format!("{}@northlight.test", house.mint().salt()))
            .await;
    }
}

/// Has this server of ours try to deliver what is owed.
async fn deliver(house: &House, post: &Post) {
    let mut deliverers = house.deliverers();
    deliverers.post = Some(post.clone());
    house.all_due().await;
    while deliverers.round(&[JobKind::Letter]).await.unwrap() > 0 {}
}

both!(a_token_is_held_and_one_that_is_refused_is_renewed);
async fn a_token_is_held_and_one_that_is_refused_is_renewed(house: &House) {
    let (ivo, _) = house.founder("northlight").await;
    house.deliver().await;
    let provider = Provider::start().await;
    let post = provider.post(house, None);
    owing(house, &ivo, 3).await;
    deliver(house, &post).await;
    {
        let mut known = provider.known();
        assert_eq!((known.letters, known.asked.len()), (3, 1), "one token for all");
        let asked = &known.asked[0];
        assert_eq!(asked["client_id"], "client");
        assert_eq!(asked["scope"], "https://mail.test/.default");
        assert_eq!(known.users, ["access@site.test".to_owned()].into());
        known.good.clear();
    }
    owing(house, &ivo, 1).await;
    deliver(house, &post).await;
    assert_eq!(provider.counts(), (4, 2), "taken back, and renewed");
    // One that lives for no time at all is asked for with each letter.
    provider.known().lives = 0;
    provider.known().good.clear();
    owing(house, &ivo, 2).await;
    deliver(house, &post).await;
    assert_eq!(provider.counts(), (6, 4));
}

both!(what_is_wrong_with_the_account_costs_no_letter);
async fn what_is_wrong_with_the_account_costs_no_letter(house: &House) {
    let (ivo, _) = house.founder("northlight").await;
    house.deliver().await;
    let provider = Provider::start().await;
    provider.known().takes_none = true;
    owing(house, &ivo, 1).await;
    let post = provider.post(house, None);
    deliver(house, &post).await;
    let waits = |reason: &str| {
        let sql = format!(
            "select count(*) from deliveries where state = 'queued' and attempts = 0 \
             and reason like '{reason}%'"
        );
        async move { house.count(&sql).await }
    };
    assert_eq!(
        waits("undelivered-mail-account %535%5.7.3 Authentication").await,
        1,
        "in the server's own words"
    );
    assert_eq!(provider.known().asked.len(), 2, "once more, and no more");
    let wrong = provider.post(house, Some("nobody's"));
    deliver(house, &wrong).await;
    assert_eq!(
        waits("undelivered-mail-token invalid_grant: it was taken back").await,
        1
    );
    provider.known().takes_none = false;
    deliver(house, &post).await;
    assert_eq!(provider.known().letters, 1);
}

both!(a_refresh_token_that_changes_is_kept);
/// Each use gives another, which a server that starts anew, or another one, goes on with.
async fn a_refresh_token_that_changes_is_kept(house: &House) {
    let (ivo, _) = house.founder("northlight").await;
    house.deliver().await;
    let provider = Provider::start().await;
    let given = Some("refresh-0");
    for n in 1..=3 {
        owing(house, &ivo, 1).await;
        deliver(house, &provider.post(house, given)).await;
        assert_eq!(provider.known().letters, n, "after start {n}");
    }
    let kept = house
        .fetch("select value from instance where name = 'mail_grant'")
        .await;
    let kept: String = kept[0].get(0);
    assert!(!kept.contains("refresh-"), "sealed");
    // The operator names another one: what was kept belongs to the former.
    provider.known().refresh = "anew".into();
    owing(house, &ivo, 1).await;
    deliver(house, &provider.post(house, Some("anew"))).await;
    assert_eq!(provider.known().letters, 4);
}
