//! The tour, and the banner of whoever waits for rights.
use crate::harness::House;
use crate::organisation::home_page::newcomer;
use anteroom::desk::{joining, organisation, people};
use anteroom::domain::home_page::Area;
use anteroom::domain::role::{Permission, Permissions};
use axum::body::Body;
use futures_util::StreamExt as _;
use http::{Request, header};
use std::time::Duration;

both!(the_tour_shows_each_area_once);
/// The tour: for the areas that were opened, each once, later only for new ones.
async fn the_tour_shows_each_area_once(house: &House) {
    let ivo = house.organisation("northlight").await;
    let member = house.member(&ivo, "northlight").await;
    assert_eq!(
        organisation::home_page::home(&house.desk, &member)
            .await
            .unwrap()
            .tour,
        Area::ALL
    );
    let mira = newcomer(house, &ivo, &member, "mira").await;
    let cookie = house.cookie(&mira).await;
    assert!(
        organisation::home_page::home(&house.desk, &house.member(&mira, "northlight").await)
            .await
            .unwrap()
            .tour
            .is_empty()
    );
    let readers: Permissions = [Permission::RequestsView, Permission::InvitationsSend]
        .into_iter()
        .collect();
    let role = people::roles::create(&house.desk, &ivo, &member, "Readers", readers)
        .await
        .unwrap();
    people::members::set_roles(&house.desk, &ivo, &member, mira.id(), &[role])
        .await
        .unwrap();
    let page = house.get("/northlight", &cookie).await.body;
    assert!(
        page.contains("Welcome tour") && page.contains("1 more step"),
        "{page}"
    );
    let theirs = house.member(&mira, "northlight").await;
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
    people::members::set_roles(&house.desk, &ivo, &member, mira.id(), &[])
        .await
        .unwrap();
    let more = people::roles::create(
        &house.desk,
        &ivo,
        &member,
        "More",
        readers.union([Permission::GroupsManage].into_iter().collect()),
    )
    .await
    .unwrap();
    people::members::set_roles(&house.desk, &ivo, &member, mira.id(), &[more])
        .await
        .unwrap();
    assert_eq!(
        organisation::home_page::home(&house.desk, &house.member(&mira, "northlight").await)
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
    let member = house.member(&ivo, "northlight").await;
    let mira = newcomer(house, &ivo, &member, "mira").await;
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
        .header(header::COOKIE, &cookie)
        .body(Body::empty())
        .unwrap();
    let mut stream = tower::ServiceExt::oneshot(house.router.clone(), request)
        .await
        .unwrap()
        .into_body()
        .into_data_stream();
    let role = people::roles::create(
        &house.desk,
        &ivo,
        &member,
        "Portal",
        [Permission::PortalUse].into_iter().collect(),
    )
    .await
    .unwrap();
    joining::invitations::invite(&house.desk, &ivo, &member, "zoe@northlight.test")
        .await
        .unwrap();
    people::members::set_roles(&house.desk, &ivo, &member, mira.id(), &[role])
        .await
        .unwrap();
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
