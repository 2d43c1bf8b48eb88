//! What one may hold at once: open pages of an account, and large bodies in all.
use crate::harness::{House, ORIGIN};
use anteroom::site::instance::{UPLOADS_AT_ONCE, UPLOADS_OF_ONE};
use anteroom::site::shares::AccountShares;
use axum::body::Body;
use http::{Request, StatusCode, header};
use tower::ServiceExt as _;

both!(open_pages_of_an_account_are_counted);
/// Past so many streams a page is told so; others' pages, and one in the place of one that was
/// closed, hear of changes.
async fn open_pages_of_an_account_are_counted(house: &House) {
    let (ivo, _) = house.founder("northlight").await;
    let mira = house.member(&ivo, "Mira").by_provider().await;
    house.deliver().await;
    let router = house.router_with(|site| site.streams = AccountShares::new(2, 60));
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
    let all = u32::try_from(UPLOADS_AT_ONCE).unwrap();
    let held = house.site.uploads.clone().acquire_many_owned(all).await.unwrap();
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
    let shares = &house.site.uploads_of_accounts;
    let own: Vec<_> = (0..UPLOADS_OF_ONE)
        .map(|_| shares.take(ivo.id()).unwrap())
        .collect();
    assert_eq!(large().await, 429);
    drop(own);
    assert_eq!(large().await, 200);
}
