//! What one may hold at once: open pages of an account, large bodies, files and lists.
use crate::harness::{House, ORIGIN, send_to};
use anteroom::clock;
use anteroom::desk::organisation;
use anteroom::domain::ids::AccountId;
use anteroom::site::shares::{AccountShare, AccountShares, FILES, LISTS, Portion, UPLOADS};
use anteroom::web::refusals::HELD;
use axum::body::Body;
use http::{Request, StatusCode, header};
use sqlx::Row as _;
use std::sync::Arc;
use std::time::Instant;
use tokio::sync::Semaphore;
use tower::ServiceExt as _;

both!(open_pages_of_an_account_are_counted);
/// Past so many streams a page is told so; others' pages, and one in the place of one that was
/// closed, hear of changes.
async fn open_pages_of_an_account_are_counted(house: &House) {
    let (ivo, _) = house.founder("northlight").await;
    let mira = house.member(&ivo, "Mira").by_provider().await;
    house.deliver().await;
    let router = house.router_with(|site| {
        site.shares.streams = AccountShares::new(Portion {
            most: usize::MAX,
            of_one: 2,
            wait_seconds: 60,
        });
    });
    let (cookie, other) = (house.cookie(&ivo).await, house.cookie(&mira).await);
    let open = async |cookie: &str| {
        let request = Request::get("/northlight/live")
            .header(header::COOKIE, cookie)
            .header(header::HOST, "localhost")
            .body(Body::empty())
            .unwrap();
        router.clone().oneshot(request).await.unwrap()
    };
    let (first, second) = (open(&cookie).await, open(&cookie).await);
    assert_eq!([first.status(), second.status()], [StatusCode::OK; 2]);
    assert_eq!(open(&cookie).await.status(), StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(open(&other).await.status(), StatusCode::OK);
    drop(first);
    assert_eq!(open(&cookie).await.status(), StatusCode::OK);
}

both!(large_bodies_are_few);
/// While so many large bodies are held, another is refused before it is read, and small ones go on.
async fn large_bodies_are_few(house: &House) {
    let (ivo, _) = house.founder("northlight").await;
    house.deliver().await;
    let cookie = house.cookie(&ivo).await;
    let held = held_by_others(house, &house.site.shares.uploads, UPLOADS);
    let large = async || {
        let body = "org=northlight&language=en&body=Hello";
        house
            .post("/actions/write_faq", &cookie, body)
            .await
            .status
            .as_u16()
    };
    assert_eq!(large().await, 429);
    // One that says how small it is needs no place.
    let told = Request::post("/actions/write_faq")
        .header(header::COOKIE, &cookie)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(header::CONTENT_LENGTH, 37)
        .header(header::ORIGIN, ORIGIN)
        .header(header::HOST, "localhost")
        .body(Body::from("org=northlight&language=en&body=Hello".to_owned()))
        .unwrap();
    assert_eq!(house.send(told).await.status, 200);
    let small = house
        .post("/actions/create_group", &cookie, "org=northlight&name=Lab")
        .await;
    assert_eq!(small.status, 200);
    // Whoever is not signed in sends nothing large, and waits for none.
    let stranger = house
        .post("/actions/write_faq", "", "org=northlight&language=en&body=Hello")
        .await;
    assert_eq!(stranger.status, 401);
    drop(held);
    assert_eq!(large().await, 200);
    // One account has no more than its part, however much room there is for others.
    let own = held_by(ivo.id(), &house.site.shares.uploads, UPLOADS.of_one);
    assert_eq!(large().await, 429);
    drop(own);
    assert_eq!(large().await, 200);
}

fn held_by(account: &AccountId, shares: &AccountShares, count: usize) -> Vec<AccountShare> {
    (0..count).map(|_| shares.take(account).unwrap()).collect()
}

/// All that there is, held by as many others as it takes.
fn held_by_others(house: &House, shares: &AccountShares, portion: Portion) -> Vec<AccountShare> {
    let others = portion.most / portion.of_one;
    let others = (0..others).map(|_| house.desk.mint.id(house.now));
    others
        .flat_map(|id| held_by(&id, shares, portion.of_one))
        .collect()
}

both!(files_and_lists_that_leave_are_few);
/// Whoever reads as many files or lists as an account may, or comes while others read all that there
/// are, is refused before a row of them is read; each is given back when it was sent, and when its
/// reader is gone.
async fn files_and_lists_that_leave_are_few(house: &House) {
    let (ivo, member) = house.founder("northlight").await;
    let (desk, shares) = (&house.desk, &house.site.shares);
    let sheet = organisation::home_page::TypedLink {
        title: "Sheet".into(),
        url: String::new(),
        file: Some(("a.pdf".into(), b"%PDF-1.7\n%%EOF".to_vec())),
    };
    organisation::home_page::add_link(desk, &ivo, &member, sheet)
        .await
        .unwrap();
    organisation::export::ask_export(desk, &ivo, &member)
        .await
        .unwrap();
    house.deliver().await;
    while organisation::export::work_off(desk, clock::now).await.unwrap() {}
    let id = async |of: &str| {
        let rows = house.fetch(&format!("select id from {of}")).await;
        rows[0].try_get::<String, _>(0).unwrap()
    };
    let (file, export) = (id("files").await, id("exports").await);
    let cookie = house.cookie(&ivo).await;
    let places = [
        (&shares.files, FILES, format!("/northlight/files/{file}")),
        (&shares.files, FILES, format!("/northlight/exports/{export}")),
        (
            &shares.lists,
            LISTS,
            "/northlight/insights/export?format=csv".into(),
        ),
        (
            &shares.lists,
            LISTS,
            "/northlight/access_requests/export?format=json".into(),
        ),
    ];
    for (shares, portion, path) in places {
        let open = async || {
            let request = Request::get(&path)
                .header(header::COOKIE, &cookie)
                .header(header::HOST, "localhost")
                .body(Body::empty())
                .unwrap();
            house.router.clone().oneshot(request).await.unwrap()
        };
        let refused = async |why: &str| {
            let answer = open().await;
            assert_eq!(answer.status(), StatusCode::TOO_MANY_REQUESTS, "{path}: {why}");
            let wait = answer.headers()[header::RETRY_AFTER].to_str().unwrap();
            assert_eq!(wait, portion.wait_seconds.to_string(), "{path}");
        };
        let mut readers = Vec::new();
        for _ in 0..portion.of_one {
            let reader = open().await;
            assert_eq!(reader.status(), StatusCode::OK, "{path}");
            readers.push(reader);
        }
        refused("the account's own").await;
        // One that is gone, and one that has all of it, make room.
        drop(readers.pop());
        let read = house.get(&path, &cookie).await;
        assert_eq!(read.status, StatusCode::OK, "{path}");
        assert!(!read.body.is_empty());
        drop(readers);
        let others = held_by_others(house, shares, portion);
        refused("all that there are").await;
        drop(others);
        assert_eq!(open().await.status(), StatusCode::OK, "{path}");
    }
}

both!(who_comes_too_often_hears_it_a_moment_later);
/// By a page and by a form; and whoever is let through hears nothing of it.
async fn who_comes_too_often_hears_it_a_moment_later(house: &House) {
    let (ivo, _) = house.founder("northlight").await;
    let cookie = house.cookie(&ivo).await;
    let router = house.router_with(|site| site.shares.held_refusals = Arc::new(Semaphore::new(1)));
    let lists = held_by(ivo.id(), &house.site.shares.lists, LISTS.of_one);
    let bodies = held_by(ivo.id(), &house.site.shares.uploads, UPLOADS.of_one);
    let list = || {
        Request::get("/northlight/insights/export?format=csv")
            .header(header::COOKIE, &cookie)
            .body(Body::empty())
            .unwrap()
    };
    let form = || {
        Request::post("/actions/write_faq")
            .header(header::COOKIE, &cookie)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::ORIGIN, ORIGIN)
            .body(Body::from("org=northlight&language=en&body=Hello"))
            .unwrap()
    };
    for request in [list(), form()] {
        let asked = Instant::now();
        let answer = send_to(&router, request).await;
        assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS);
        assert!(asked.elapsed() >= HELD);
    }
    drop((lists, bodies));
    for request in [list(), form()] {
        assert_eq!(send_to(&router, request).await.status, StatusCode::OK);
    }
    house.deliver().await;
}
