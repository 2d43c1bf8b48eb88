//! How deliveries stand: who sees it, who may have them tried again, and what a wrong clock did to
//! them.
use crate::chat::room::Room;
use crate::harness::{House, send_to};
use anteroom::clock;
use anteroom::desk::Actor;
use anteroom::desk::deliveries;
use anteroom::domain::connector::Platform;
use anteroom::domain::delivery::{DeliveryOutcome, FURTHEST, JobKind};
use anteroom::domain::role::Permission;
use anteroom::domain::time::Span;
use axum::body::Body;
use http::{Request, header};

/// A member with exactly this right, by cookie.
async fn member_with(house: &House, by: &Actor, right: Permission) -> String {
    let email = format!("{}@northlight.test", right.as_str().replace('.', "-"));
    let member = house.member(by, "Member").at(&email).appointed();
    house.cookie(&member.with(&[right]).await).await
}

both!(what_a_clock_put_ahead_is_brought_back);
/// A clock that was days ahead put letters off, held them, and let their channel rest: all of that
/// is due again once it is right.
async fn what_a_clock_put_ahead_is_brought_back(house: &House) {
    let ivo = house.organisation("northlight").await;
    house.deliver().await;
    for n in 0..3 {
        house.invite(&ivo, &format!("p{n}@northlight.test")).await;
    }
    let ahead = (clock::now() + FURTHEST + Span::days(9)).0;
    let ids = house
        .fetch("select id from deliveries where state = 'queued' order by id")
        .await;
    let id = |n: usize| -> String { sqlx::Row::get(&ids[n], 0) };
    for sql in [
        format!("update deliveries set due_at = {ahead} where id = '{}'", id(0)),
        format!(
            "update deliveries set lease_until = {ahead} where id = '{}'",
            id(1)
        ),
        format!(
            "insert into channels (name, reason, since, delay, paused_until) \
             values ('mail', 'undelivered-mail-unreachable', {ahead}, 30000, {ahead})"
        ),
    ] {
        house.execute(&sql).await;
    }
    assert_eq!(house.deliver().await, 0, "all of it waits");
    deliveries::sweep(&house.desk, clock::now()).await.unwrap();
    assert_eq!(house.deliver().await, 3);
    deliveries::sweep(&house.desk, clock::now()).await.unwrap();
    assert_eq!(house.count("select count(*) from channels").await, 0);
}

both!(how_deliveries_stand_is_told_to_whoever_may);
/// Operators see all of it with the token of the metrics; who decides requests sees letters and all
/// else, who manages connectors what goes and comes by them, and nobody else anything.
async fn how_deliveries_stand_is_told_to_whoever_may(house: &House) {
    let room = Room::new(house, Platform::Telegram).await;
    let ivo = room.ivo.clone();
    let decides = member_with(house, &ivo, Permission::RequestsDecide).await;
    let manages = member_with(house, &ivo, Permission::ConnectorsManage).await;
    let uses = member_with(house, &ivo, Permission::PortalUse).await;
    house.deliver().await;
    house.invite(&ivo, "tess@northlight.test").await;
    room.hears(1, 7, "Hello").await;
    let claimed = house.claim(JobKind::Letter, house.now, 9).await;
    let failed = DeliveryOutcome::Failed("no such user".into());
    deliveries::finish(&house.desk, claimed[0].hold(), &failed, house.now)
        .await
        .unwrap();
    let path = "/northlight/deliveries";
    let page = house.get(path, &decides).await;
    assert!(page.body.contains("tess@northlight.test"), "{}", page.body);
    let page = house.get(path, &manages).await;
    assert_eq!(page.status, 200);
    assert!(!page.body.contains("tess@northlight.test"));
    assert_eq!(house.get(path, &uses).await.status, 403);
    let all = "org=northlight&channel=mail";
    let again = async |cookie: &str| {
        house
            .post("/actions/try_all_again", cookie, all)
            .await
            .status
            .as_u16()
    };
    assert_eq!((again(&uses).await, again(&manages).await), (403, 403));
    // Nobody sees it from outside, be it that they bring the token.
    assert_eq!(house.get("/readyz?verbose", "").await.status, 404);
    let guarded = house.router_with(|s| s.metrics_token = Some("let-me-see".to_owned().into()));
    let ask = async |token: &str| {
        let request = Request::get("/readyz?verbose").header(header::AUTHORIZATION, token);
        send_to(&guarded, request.body(Body::empty()).unwrap()).await
    };
    assert_eq!(ask("Bearer nope").await.status, 401);
    let told = ask("Bearer let-me-see").await;
    assert_eq!(told.status, 200);
    let org = house.home(&ivo).await.organisation;
    let line = format!("mail {org}: ");
    assert!(
        told.body.contains(&line) && told.body.contains(", 1 failed"),
        "{}",
        told.body
    );
    assert!(!told.body.contains("tess"), "no name, no address");
    house.expects_owed_letters();
}

both!(all_are_tried_again_invitations_with_new_links);
/// "Try again" for a whole channel: letters that were given up go again; an invitation, whose link
/// was erased, goes with a new one.
async fn all_are_tried_again_invitations_with_new_links(house: &House) {
    let ivo = house.organisation("northlight").await;
    house.deliver().await;
    let mira = house.person("mira@northlight.test", "Mira").await;
    house.belongs(&mira, "northlight").await;
    house.deliver().await;
    house.asks(&mira, "northlight").await;
    house.invite(&ivo, "tess@northlight.test").await;
    let claimed = house.claim(JobKind::Letter, house.now, 9).await;
    assert_eq!(claimed.len(), 2);
    for one in &claimed {
        let failed = DeliveryOutcome::Failed("no such user".into());
        deliveries::finish(&house.desk, one.hold(), &failed, house.now)
            .await
            .unwrap();
    }
    let cookie = house.cookie(&ivo).await;
    let sent = "org=northlight&channel=mail";
    assert_eq!(
        house.post("/actions/try_all_again", &cookie, sent).await.status,
        200
    );
    assert_eq!(house.deliver().await, 2);
    let token = house.token_mailed("tess@northlight.test", "invitations").await;
    assert_eq!(house.get(&format!("/invitations/{token}"), "").await.status, 200);
    // Twice the same: nothing is left to try.
    assert_eq!(
        house.post("/actions/try_all_again", &cookie, sent).await.status,
        200
    );
    assert_eq!(house.deliver().await, 0);
}
