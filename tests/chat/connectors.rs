//! Connectors: their credentials and secrets, and their end.
use crate::chat::room::Room;
use crate::harness::{House, at};
use anteroom::clock;
use anteroom::desk::chat;
use anteroom::domain::Error;
use anteroom::domain::connector::{Platform, ROTATION};
use anteroom::domain::contact::ContactStanding;
use anteroom::domain::request::StatusWord;
use anteroom::domain::time::Span;
use http::StatusCode;
use serde_json::json;

both!(secrets_are_replaced_in_peace);
/// A replaced secret counts for seven days more, and no longer.
async fn secrets_are_replaced_in_peace(house: &House) {
    let room = Room::new(house, Platform::Telegram).await;
    let shown = room.set(&[("renew", "on"), ("bot_token", "")]).await;
    assert_eq!(shown.len(), 1);
    assert_eq!(room.telegram(1, 42, "by the former secret").await, StatusCode::OK);
    let kept = room.kept().await;
    let (now, before) = chat::connectors::knows(&house.desk, &kept, house.now).unwrap();
    assert_eq!(
        (now["webhook_secret"].as_str(), now["bot_token"].as_str()),
        (shown[0].as_str(), "12:abc")
    );
    assert_eq!(before.unwrap()["webhook_secret"], room.shown[0]);
    let (_, before) = chat::connectors::knows(&house.desk, &kept, anteroom::clock::now() + ROTATION).unwrap();
    assert_eq!(before, None);
    assert_eq!(
        house
            .count("select count(*) from connectors where secrets like '%abc%' or settings like '%abc%'")
            .await,
        0,
        "stored sealed"
    );
    assert_eq!(
        house
            .count("select count(*) from event_details where detail like '%12:abc%'")
            .await,
        0
    );
}

both!(connectors_are_deleted_and_are_nobody_elses);
/// Deleting a connector cancels what was asked by it; another organisation finds none of it.
async fn connectors_are_deleted_and_are_nobody_elses(house: &House) {
    let room = Room::new(house, Platform::Telegram).await;
    room.hears(1, 42, "Hello").await;
    let contact = room.contact().await;
    let (eva, stranger) = house.founder("southlight").await;
    assert_eq!(
        chat::connectors::find(&house.desk, &stranger, &room.connector)
            .await
            .err(),
        Some(Error::NotFound)
    );
    assert_eq!(
        chat::retirement::delete(&house.desk, &eva, &stranger, &room.connector).await,
        Err(Error::NotFound)
    );
    assert_eq!(
        chat::contacts::put(
            &house.desk,
            &eva,
            &stranger,
            &contact.id,
            contact.standing,
            ContactStanding::Blocked
        )
        .await,
        Err(Error::NotFound)
    );
    chat::retirement::delete(&house.desk, &room.ivo, &room.member, &room.connector)
        .await
        .unwrap();
    assert_eq!(room.requests().await[0].status.word(), StatusWord::Canceled);
    assert_eq!(room.telegram(2, 42, "Hello?").await, StatusCode::NOT_FOUND);
    assert_eq!(
        house
            .count("select count(*) from connectors where secrets <> '' or agent_secret is not null")
            .await,
        0
    );
}

both!(credentials_are_checked_everywhere);
/// Credentials are tried at each platform without writing to anybody, and a refusal is told without
/// them.
async fn credentials_are_checked_everywhere(house: &House) {
    let first = Room::new(house, Platform::Telegram).await;
    for platform in Platform::ALL {
        let room = first.join(platform, platform.as_str()).await;
        let kept = room.kept().await;
        let (known, _) = chat::connectors::knows(&house.desk, &kept, clock::now()).unwrap();
        assert_eq!(
            room.platforms.check(platform, &known).await,
            Ok(()),
            "{platform:?}"
        );
        room.peer.refuse(Some((
            401,
            json!({"ok": false, "error": "no: open-sesame \
                12:abc", "description": "Unauthorized open-sesame"}),
        )));
        let refused = room.platforms.check(platform, &known).await.unwrap_err();
        let told = known
            .values()
            .find(|value| value.len() >= 6 && refused.contains(value.as_str()));
        assert!(!refused.is_empty() && told.is_none(), "{platform:?}: {refused}");
        let paths: Vec<String> = room
            .peer
            .calls
            .lock()
            .unwrap()
            .iter()
            .map(|(path, ..)| path.clone())
            .collect();
        assert!(
            paths.iter().all(|p| !p.contains("ostMessage")
                && !p.contains("sendMessage")
                && !p.ends_with("/messages")
                && !p.ends_with("/Messages.json")),
            "{paths:?}"
        );
    }
}

both!(every_secret_has_its_own_end);
/// Each secret that is replaced counts for its own seven days, whatever else is replaced meanwhile.
async fn every_secret_has_its_own_end(house: &House) {
    let room = Room::new(house, Platform::Telegram).await;
    let later = |days: i64| at(&room.ivo, house.now + Span::days(days));
    let change = async |days: i64, name: &str, value: &str| {
        room.set_by(&later(days), &[("bot_token", ""), (name, value)])
            .await;
    };
    change(0, "renew", "on").await;
    change(6, "bot_token", "13:def").await;
    let kept = room.kept().await;
    let counts = |days: i64| {
        chat::connectors::knows(&house.desk, &kept, house.now + Span::days(days))
            .unwrap()
            .1
            .map(|f| f.into_keys().collect::<Vec<_>>())
    };
    assert_eq!(
        counts(6),
        Some(vec!["bot_token".to_owned(), "webhook_secret".to_owned()])
    );
    assert_eq!(counts(8), Some(vec!["bot_token".to_owned()]));
    assert_eq!(counts(6 + ROTATION.0 / Span::days(1).0), None);
}

both!(a_token_goes_with_its_credentials);
/// Changed credentials count at once: no access token of the former ones is used any more.
async fn a_token_goes_with_its_credentials(house: &House) {
    let room = Room::new(house, Platform::Teams).await;
    room.set(&[("channel", "19:approvers")]).await;
    let tokens = || {
        room.peer
            .calls
            .lock()
            .unwrap()
            .iter()
            .filter(|(path, ..)| path.ends_with("/token"))
            .count()
    };
    room.join_request("tess@northlight.test").await;
    room.join_request("bo@northlight.test").await;
    room.work().await;
    let before = tokens();
    room.join_request("cy@northlight.test").await;
    room.work().await;
    assert_eq!((tokens(), room.peer.taken("/activities").len()), (before, 3));
    room.set(&[("channel", "19:approvers"), ("client_secret", "another")])
        .await;
    room.join_request("di@northlight.test").await;
    room.work().await;
    assert_eq!((tokens(), room.peer.taken("/activities").len()), (before + 1, 4));
}
