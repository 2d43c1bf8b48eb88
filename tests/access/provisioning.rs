//! Provisioning hooks: access begins once the hook has answered well; whatever else it answers is
//! seen, and nothing is called that must not be.
use crate::access::portal::{Portal, SLUG};
use crate::harness::{House, step};
use anteroom::delivery::hooks::provisioning::{Hooks, PATIENCE, sign};
use anteroom::delivery::queue::Deliverers;
use anteroom::desk::{Actor, access, queue};
use anteroom::domain::Error;
use anteroom::domain::delivery::JobKind;
use anteroom::domain::request::{Problem, Status, StatusWord};
use anteroom::domain::verdict::Verdict;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::response::Response;
use axum::routing::any;
use futures::StreamExt as _;
use http::HeaderMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::net::TcpListener;

/// A stand-in for what a hook calls: answers as told, and keeps what it was sent.
#[derive(Clone)]
pub struct Peer {
    pub url: String,
    answer: Arc<Mutex<Answer>>,
    calls: Arc<Mutex<Vec<(HeaderMap, String)>>>,
    /// What hangs waits for this.
    goes: Arc<tokio::sync::Notify>,
}

#[derive(Clone, Copy)]
pub enum Answer {
    Status(u16),
    Hang,
    Endless,
}

impl Peer {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        let peer = Peer {
            url,
            answer: Arc::new(Mutex::new(Answer::Status(204))),
            calls: Arc::default(),
            goes: Arc::default(),
        };
        let app = axum::Router::new()
            .route("/hook", any(answer))
            .route("/elsewhere", any(answer))
            .with_state(peer.clone());
        tokio::spawn(async move { axum::serve(listener, app).await });
        peer
    }

    pub fn will(&self, answer: Answer) {
        *self.answer.lock().unwrap() = answer;
    }

    pub fn taken(&self) -> Vec<(HeaderMap, String)> {
        std::mem::take(&mut self.calls.lock().unwrap())
    }

    /// How many calls it has taken since they were taken from it.
    pub fn calls(&self) -> usize {
        self.calls.lock().unwrap().len()
    }

    /// What hangs is answered after all.
    pub fn let_go(&self) {
        self.goes.notify_waiters();
    }
}

async fn answer(State(peer): State<Peer>, headers: HeaderMap, body: Bytes) -> Response {
    peer.calls
        .lock()
        .unwrap()
        .push((headers, String::from_utf8(body.to_vec()).unwrap()));
    let told = *peer.answer.lock().unwrap();
    match told {
        Answer::Status(302) => Response::builder()
            .status(302)
            .header("location", "/elsewhere")
            .body(Body::empty())
            .unwrap(),
        Answer::Status(status) => Response::builder().status(status).body(Body::empty()).unwrap(),
        Answer::Hang => {
            peer.goes.notified().await;
            Response::builder().status(204).body(Body::empty()).unwrap()
        }
        Answer::Endless => {
            let chunk = Bytes::from(vec![b'x'; 64 * 1024]);
            Response::new(Body::from_stream(
                futures::stream::repeat(chunk).map(Ok::<_, std::io::Error>),
            ))
        }
    }
}

/// A portal whose resource has this peer as its hook; the hook's secret; and somebody who has
/// asked.
pub async fn hooked<'a>(house: &'a House, peer: &Peer) -> (Portal<'a>, String, Actor) {
    let p = Portal::new(house, vec![step("administrators")]).await;
    let secret = p.set(|r| r.hook = peer.url.clone()).await.expect("a secret");
    let mira = p.user("Mira Okafor").await;
    (p, secret, mira)
}

/// What delivers, calling hooks so.
pub fn calling(house: &House, hooks: Hooks) -> Deliverers {
    let mut deliverers = house.deliverers();
    deliverers.hooks = hooks;
    deliverers
}

/// Makes every call due that waits for another try.
async fn due(house: &House) {
    house
        .execute("update deliveries set due_at = 0 where kind = 'hook_call' and state = 'queued'")
        .await;
}

both!(access_begins_with_the_hooks_answer);
/// Silence and 5xx are tried again, with the same id; then access begins, and the end is told too.
async fn access_begins_with_the_hooks_answer(house: &House) {
    let peer = Peer::start().await;
    let (p, secret, mira) = hooked(house, &peer).await;
    let calls = calling(house, Hooks::new(true, Duration::from_millis(300)).unwrap());
    let id = p.asks(&mira).await;
    house.decide(&p.ivo, &id, Verdict::Approve).await;
    assert!(
        matches!(p.stored(&id).await.status, Status::Provisioning(_))
            && p.word(&id).await == StatusWord::Pending
    );
    assert!(p.has(&mira).await.is_empty());
    let row = queue::list::page(&house.desk, &p.ivo, &p.member, &Default::default(), Some(&id))
        .await
        .unwrap()
        .rows
        .remove(0);
    assert!(row.actions.is_empty(), "no buttons while it is provisioned");
    assert_eq!(
        queue::decisions::decide(&house.desk, &p.ivo, &p.member, &id, Verdict::Approve).await,
        Err(Error::AlreadyDecided {
            by: "Ivo Brandt".into(),
            verdict: Verdict::Approve,
            at: house.now
        })
    );
    for trouble in [Answer::Hang, Answer::Status(503)] {
        peer.will(trouble);
        due(house).await;
        assert_eq!(calls.round(&[JobKind::HookCall]).await, Ok(1));
        assert!(matches!(p.stored(&id).await.status, Status::Provisioning(_)));
    }
    // A gigabyte in answer is not read: the status counts.
    peer.will(Answer::Endless);
    due(house).await;
    assert_eq!(calls.round(&[JobKind::HookCall]).await, Ok(1));
    assert_eq!(
        (p.word(&id).await, p.has(&mira).await),
        (StatusWord::Approved, vec!["Billing console".to_owned()])
    );
    let taken = peer.taken();
    let ids: Vec<&str> = taken
        .iter()
        .map(|(h, _)| h["webhook-id"].to_str().unwrap())
        .collect();
    assert!(ids.len() == 3 && ids.iter().all(|id| *id == ids[0]), "{ids:?}");
    let (headers, body) = &taken[2];
    let stamp = headers["webhook-timestamp"].to_str().unwrap();
    assert_eq!(
        headers["webhook-signature"].to_str().unwrap(),
        format!("v1,{}", sign(&secret, ids[2], stamp, body).unwrap())
    );
    let said: serde_json::Value = serde_json::from_str(body).unwrap();
    assert_eq!(
        (said["type"].as_str(), said["email"].as_str()),
        (Some("access.granted"), Some("mira@northlight.test"))
    );
    let grant = access::grants::list_own(&house.desk, &mira, &house.membership(&mira, SLUG).await)
        .await
        .unwrap()
        .remove(0);
    access::grants::end(
        &house.desk,
        &mira,
        &house.membership(&mira, SLUG).await,
        &grant.grant.id,
    )
    .await
    .unwrap();
    peer.will(Answer::Status(204));
    assert_eq!(calls.round(&[JobKind::HookCall]).await, Ok(1));
    assert!(peer.taken()[0].1.contains("access.ended"));
    house.deliver().await;
}

both!(a_refusal_is_an_error_that_can_be_retried);
/// Refused for good: Error, where an administrator tries again, denies or cancels. A redirect is
/// not followed.
async fn a_refusal_is_an_error_that_can_be_retried(house: &House) {
    let peer = Peer::start().await;
    let (p, _, mira) = hooked(house, &peer).await;
    let calls = calling(house, Hooks::new(true, PATIENCE).unwrap());
    let id = p.asks(&mira).await;
    house.decide(&p.ivo, &id, Verdict::Approve).await;
    for status in [400, 302] {
        peer.will(Answer::Status(status));
        assert_eq!(calls.round(&[JobKind::HookCall]).await, Ok(1));
        assert!(matches!(
            p.stored(&id).await.status,
            Status::Error(Problem::HookFailed, Some(_))
        ));
        assert_eq!(peer.taken().len(), 1, "a redirect is not followed");
        queue::repair::retry(&house.desk, &p.ivo, &p.member, &id)
            .await
            .unwrap();
    }
    peer.will(Answer::Status(200));
    assert_eq!(calls.round(&[JobKind::HookCall]).await, Ok(1));
    assert_eq!(p.word(&id).await, StatusWord::Approved);
    assert_eq!(
        queue::repair::retry(&house.desk, &p.ivo, &p.member, &id).await,
        Err(Error::AlreadyDecided {
            by: "Ivo Brandt".into(),
            verdict: Verdict::Approve,
            at: house.now
        })
    );
    house.deliver().await;
}

both!(private_addresses_are_not_called);
/// Whoever manages resources cannot have the server call what only it reaches.
async fn private_addresses_are_not_called(house: &House) {
    let peer = Peer::start().await;
    let (p, _, mira) = hooked(house, &peer).await;
    let calls = calling(house, Hooks::new(false, PATIENCE).unwrap());
    let id = p.asks(&mira).await;
    house.decide(&p.ivo, &id, Verdict::Approve).await;
    assert_eq!(calls.round(&[JobKind::HookCall]).await, Ok(1));
    assert!(matches!(
        p.stored(&id).await.status,
        Status::Error(Problem::HookFailed, _)
    ));
    // By a name that resolves to this machine, too: tried again, as names may change, and never
    // called.
    p.set(|r| r.hook = peer.url.replace("127.0.0.1", "localhost"))
        .await;
    queue::repair::retry(&house.desk, &p.ivo, &p.member, &id)
        .await
        .unwrap();
    assert_eq!(calls.round(&[JobKind::HookCall]).await, Ok(1));
    assert!(matches!(p.stored(&id).await.status, Status::Provisioning(_)));
    assert!(peer.taken().is_empty());
    assert_eq!(
        queue::decisions::decide(&house.desk, &p.ivo, &p.member, &id, Verdict::Reject).await,
        Err(Error::AlreadyDecided {
            by: "Ivo Brandt".into(),
            verdict: Verdict::Approve,
            at: house.now
        })
    );
    house.deliver().await;
}
