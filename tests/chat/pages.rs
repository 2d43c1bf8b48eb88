//! What administrators see of connectors: what was refused, what a platform says of credentials, a
//! member's channels; and many decisions at once, and the export.
use crate::access::portal::Portal;
use crate::chat::room::{Peer, Room, form};
use crate::harness::{House, step};
use anteroom::clock;
use anteroom::desk::queue::bulk::Which;
use anteroom::desk::{chat, people, queue};
use anteroom::domain::connector::Platform;
use anteroom::domain::member::Membership;
use anteroom::domain::request::StatusWord;
use anteroom::domain::role::Permission;
use anteroom::domain::time::Span;
use anteroom::domain::verdict::Verdict;
use anteroom::domain::{Error, Why};
use http::StatusCode;
use serde_json::{Value, json};

both!(what_is_refused_is_told_on_the_page);
/// Whoever pastes the wrong secret reads so on the connector's page; what comes in quick succession
/// is written down once.
async fn what_is_refused_is_told_on_the_page(house: &House) {
    let room = Room::new(house, Platform::Slack).await;
    let health = async || room.kept().await.health;
    assert_eq!(health().await.last_refused, None);
    assert_eq!(room.deliver(&[], "{}").await, StatusCode::FORBIDDEN);
    let (first, why) = health().await.last_refused.unwrap();
    assert_eq!(why, "not-signed");
    assert_eq!(room.deliver(&[], "{}").await, StatusCode::FORBIDDEN);
    assert_eq!(
        health().await.last_refused.unwrap().0,
        first,
        "noted a moment ago"
    );
    assert_eq!(room.deliver_signed("[".to_owned()).await, StatusCode::BAD_REQUEST);
    assert_eq!(
        health().await.last_refused.unwrap().1,
        "malformed",
        "another reason is noted at once"
    );
    let cookie = house.cookie(&room.ivo).await;
    let page = house
        .get(&format!("/northlight/connectors/{}", room.connector), &cookie)
        .await
        .body;
    assert!(
        page.contains("Last refused event") && page.contains("Not understood"),
        "{page}"
    );
    // It is no trouble: anybody who has the address can send rubbish.
    assert_eq!(health().await.problem, "");
    let kept = room.kept().await;
    chat::arrivals::note_refused(
        &room.house.desk,
        &kept,
        anteroom::chat::arrived::Refused::Malformed,
        clock::now() + Span::minutes(1),
    )
    .await
    .unwrap();
    assert!(health().await.last_refused.unwrap().0 > first);
}

both!(what_a_platform_says_of_credentials_is_shown);
/// What a platform says against credentials stands on the page until it accepts them; no secret is
/// in it.
async fn what_a_platform_says_of_credentials_is_shown(house: &House) {
    let room = Room::new(house, Platform::Telegram).await;
    let check = async || {
        let kept = room.kept().await;
        let (known, _) = chat::connectors::knows(&house.desk, &kept, clock::now()).unwrap();
        let problem = room.platforms.check(Platform::Telegram, &known).await.err();
        chat::connectors::note_check(
            &house.desk,
            &room.member,
            &room.connector,
            problem.as_deref(),
            clock::now(),
        )
        .await
        .unwrap();
        room.kept().await.health
    };
    room.peer.refuse(Some((
        401,
        json!({"ok": false, "error_code": 401, "description": "Unauthorized: 12:abc"}),
    )));
    let health = check().await;
    assert!(
        health.problem.contains("Unauthorized") && !health.problem.contains("12:abc"),
        "{health:?}"
    );
    assert!(health.last_failure.is_some());
    room.peer.refuse(None);
    let health = check().await;
    assert_eq!(
        (health.problem.as_str(), health.last_delivery),
        ("", None),
        "a check delivers nothing"
    );
    let (_, theirs) = house.founder("southlight").await;
    let refused = chat::connectors::note_check(
        &house.desk,
        &theirs,
        &room.connector,
        Some("theirs"),
        clock::now(),
    )
    .await;
    assert_eq!(refused, Err(Error::NotFound));
}

both!(many_are_denied_without_a_word);
/// Requests by chat and to join are denied together without a reason; one for a resource among them
/// needs it, and then none is decided.
async fn many_are_denied_without_a_word(house: &House) {
    let p = Portal::new(house, vec![step("administrators")]).await;
    let peer = Peer::start().await;
    let room = Room::with(
        house,
        Platform::Telegram,
        peer.clone(),
        form(&peer),
        p.ivo.clone(),
        p.member.clone(),
    )
    .await;
    for person in 1..=3 {
        assert_eq!(room.telegram(person, 40 + person, "Hello").await, StatusCode::OK);
    }
    let guest = house.person("tess@northlight.test", "Tess Varga").await;
    house.asks(&guest, "northlight").await;
    room.work().await;
    let chats = room.ids().await;
    let job = queue::bulk::decide_many(
        &house.desk,
        &p.ivo,
        &p.member,
        Which::These(chats.clone()),
        Verdict::Reject,
        "",
    )
    .await
    .unwrap();
    let shown = queue::bulk::bulk_job(&house.desk, &p.member, &job).await.unwrap();
    assert_eq!((shown.counts.done, shown.counts.refused), (3, 0));
    assert!(
        shown
            .items
            .iter()
            .all(|i| i.email.starts_with('4') && i.resource.as_deref() == Some("Front desk")),
        "{:?}",
        shown.items
    );
    assert!(
        room.requests()
            .await
            .iter()
            .all(|r| r.status.word() == StatusWord::Denied)
    );
    room.work().await;
    assert_eq!(
        room.peer
            .texts()
            .iter()
            .filter(|t| t.starts_with("Not now"))
            .count(),
        3
    );

    let tess = p.user("Nia Verne").await;
    p.asks(&tess).await;
    let all = queue::bulk::decide_many(
        &house.desk,
        &p.ivo,
        &p.member,
        Which::Matching(Box::default()),
        Verdict::Reject,
        "",
    )
    .await;
    assert_eq!(all, Err(Error::field("reason", Why::Missing)));
    assert_eq!(house.count("select count(*) from bulk_jobs").await, 1);
    assert_eq!(
        house
            .count("select count(*) from requests where status = 'pending'")
            .await,
        2
    );
    house.expects_owed_letters();
}

both!(people_are_known_by_their_channels);
/// The export gives no address to who has none; a member's page shows their channels to who manages
/// connectors.
async fn people_are_known_by_their_channels(house: &House) {
    let room = Room::new(house, Platform::Telegram).await;
    room.hears(1, 42, "Hello").await;
    let cookie = house.cookie(&room.ivo).await;
    let archive = crate::organisation::export::archive(house, &room.ivo).await;
    let files = crate::organisation::export::unpacked(archive);
    let (_, requests) = files.iter().find(|(name, _)| name == "requests.json").unwrap();
    let requests: Vec<Value> = serde_json::from_str(requests).unwrap();
    assert_eq!(
        (
            requests.len(),
            &requests[0]["email"],
            requests[0]["contact_id"].is_string()
        ),
        (1, &Value::Null, true)
    );

    let page = format!("/northlight/users/{}", room.ivo.id());
    assert!(!house.get(&page, &cookie).await.body.contains("Channels in chat"));
    let contact = room.contact().await;
    chat::identities::note_member(
        &house.desk,
        &room.ivo,
        &room.member,
        &contact.id,
        Some("admin@northlight.test"),
    )
    .await
    .unwrap();
    let shown = house.get(&page, &cookie).await.body;
    assert!(
        shown.contains("Channels in chat")
            && shown.contains("Telegram · Front desk")
            && shown.contains("contacts?q=42"),
        "{shown}"
    );
    let seen = async |permissions: &[Permission]| {
        let member = Membership {
            permissions: permissions.iter().copied().collect(),
            ..room.member.clone()
        };
        people::members::find(&house.desk, &room.ivo, &member, room.ivo.id())
            .await
            .unwrap()
            .channels
            .len()
    };
    assert_eq!(
        seen(&[Permission::MembersManage, Permission::ConnectorsManage]).await,
        1
    );
    assert_eq!(seen(&[Permission::MembersManage]).await, 0);
}
