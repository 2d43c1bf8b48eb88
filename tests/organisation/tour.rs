//! The tour, and the banner of whoever waits for rights.
use crate::harness::House;
use crate::organisation::home_page::newcomer;
use anteroom::desk::organisation;
use anteroom::domain::home_page::Area;
use anteroom::domain::role::Permission;
use axum::body::Body;
use futures_util::StreamExt as _;
use http::{Request, header};
use std::time::Duration;

both!(the_tour_shows_each_area_once);
/// The tour: for the areas that were opened, each once, later only for new ones.
async fn the_tour_shows_each_area_once(house: &House) {
    let (ivo, member) = house.founder("northlight").await;
    assert_eq!(
        organisation::home_page::home(&house.desk, &member)
            .await
            .unwrap()
            .tour,
        Area::ALL
    );
    let mira = newcomer(house, &ivo, "mira").await;
    let cookie = house.cookie(&mira).await;
    assert!(
        organisation::home_page::home(&house.desk, &house.membership(&mira, "northlight").await)
            .await
            .unwrap()
            .tour
            .is_empty()
    );
    let readers = [Permission::RequestsView, Permission::InvitationsSend];
    let role = house.role(&ivo, "Readers", &readers).await;
    house.give(&ivo, &mira, &[role]).await;
    let page = house.get("/northlight", &cookie).await.body;
    assert!(
        page.contains("Welcome tour") && page.contains("1 more step"),
        "{page}"
    );
    let theirs = house.membership(&mira, "northlight").await;
    assert_eq!(
        house
            .post("/actions/see_areas", &cookie, "org=northlight&areas=requests")
            .await
            .status,
        200
    );
    assert_eq!(
        organisation::home_page::home(&house.desk, &theirs)
            .await
            .unwrap()
            .tour,
        [Area::Invitations],
        "it goes on where it was left"
    );
    house
        .post(
            "/actions/see_areas",
            &cookie,
            "org=northlight&areas=requests+invitations",
        )
        .await;
    assert!(
        !house
            .get("/northlight", &cookie)
            .await
            .body
            .contains("Welcome tour")
    );
    assert_eq!(
        house
            .post("/actions/see_areas", &cookie, "org=northlight&areas=nonsense")
            .await
            .status,
        422
    );
    // Lost and given again: not shown again. Given more: only that.
    house.give(&ivo, &mira, &[]).await;
    let more = [&readers[..], &[Permission::GroupsManage]].concat();
    let more = house.role(&ivo, "More", &more).await;
    house.give(&ivo, &mira, &[more]).await;
    assert_eq!(
        organisation::home_page::home(&house.desk, &house.membership(&mira, "northlight").await)
            .await
            .unwrap()
            .tour,
        [Area::Groups]
    );
    house.deliver().await;
}

both!(whoever_waits_hears_of_rights_only);
/// Whoever waits for rights hears on an open page that rights have changed, and nothing else of
/// what happens.
async fn whoever_waits_hears_of_rights_only(house: &House) {
    let ivo = house.organisation("northlight").await;
    let mira = newcomer(house, &ivo, "mira").await;
    let cookie = house.cookie(&mira).await;
    assert!(
        house
            .get("/northlight", &cookie)
            .await
            .body
            .contains("Your access is restricted for now.")
    );
    let standing = house.post("/actions/standing", &cookie, "org=northlight").await;
    assert_eq!(standing.body, r#"{"restricted":true}"#);
    let stop = tokio_util::sync::CancellationToken::new();
    let hub = tokio::spawn(
        house
            .site
            .live
            .clone()
            .watch(house.desk.clone())
            .await
            .run(stop.clone()),
    );
    let request = Request::get("/northlight/live")
        .header(header::HOST, "127.0.0.1:3000")
        .header(header::COOKIE, &cookie)
        .body(Body::empty())
        .unwrap();
    let mut stream = tower::ServiceExt::oneshot(house.router.clone(), request)
        .await
        .unwrap()
        .into_body()
        .into_data_stream();
    let role = house.role(&ivo, "Portal", &[Permission::PortalUse]).await;
    house.invite(&ivo, "zoe@northlight.test").await;
    house.give(&ivo, &mira, &[role]).await;
    let heard = tokio::time::timeout(Duration::from_secs(10), stream.next())
        .await
        .expect("it is told")
        .unwrap()
        .unwrap();
    let heard = String::from_utf8(heard.to_vec()).unwrap();
    assert!(
        heard.contains(r#""object":"""#) && heard.contains(r#""what":"""#),
        "{heard}"
    );
    assert_eq!(
        house
            .post("/actions/standing", &cookie, "org=northlight")
            .await
            .body,
        r#"{"restricted":false}"#
    );
    stop.cancel();
    hub.await.unwrap();
    house.expects_owed_letters();
}
