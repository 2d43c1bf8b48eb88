//! Posts in channels of approvers: edited where they stand, every copy.
use crate::chat::room::Room;
use crate::harness::House;
use anteroom::clock;
use anteroom::desk::requests;
use anteroom::domain::connector::Platform;
use anteroom::domain::ids::RequestId;
use anteroom::domain::verdict::Verdict;
use serde_json::json;

both!(an_edit_goes_where_the_post_stands);
/// A post is edited where it stands, whatever channel the connector names by then, also after that
/// channel got another id.
async fn an_edit_goes_where_the_post_stands(house: &House) {
    let room = Room::new(house, Platform::Telegram).await;
    room.set(&[("channel", "-100")]).await;
    let (first, second) = (
        room.join_request("tess@northlight.test").await,
        room.join_request("bo@northlight.test").await,
    );
    room.work().await;
    room.set(&[("channel", "-200")]).await;
    let decide = async |id: &RequestId| {
        house.decide(&room.ivo, id, Verdict::Approve).await;
        assert_eq!(
            requests::posts::close_posts(&house.desk, clock::now()).await,
            Ok(1)
        );
        room.work().await;
    };
    decide(&first).await;
    assert_eq!(room.last("/editMessageText")["chat_id"], json!(-100));
    room.peer.refuse(Some((
        400,
        json!({"ok": false, "description": "upgraded", "parameters": {"migrate_to_chat_id": -100_300}}),
    )));
    decide(&second).await;
    room.peer.refuse(None);
    room.work_all().await;
    assert_eq!(
        (
            room.last("/editMessageText")["chat_id"].clone(),
            room.peer.taken("/editMessageText").len()
        ),
        (json!(-100_300), 3)
    );
    let kept = room.kept().await;
    assert_eq!(
        kept.connector.channel, "-200",
        "the channel for approvers is another one"
    );
    // Without a channel there is nowhere to post to.
    room.join_request("cy@northlight.test").await;
    room.set(&[("channel", "")]).await;
    room.work().await;
    assert_eq!(
        house
            .count(
                "select count(*) from deliveries where kind = 'message' and what = 'post' \
                    and state = 'dropped'"
            )
            .await,
        1
    );
}

both!(every_copy_of_a_post_is_edited);
/// A request is posted to every channel for approvers, and every copy of it is edited.
async fn every_copy_of_a_post_is_edited(house: &House) {
    let room = Room::new(house, Platform::Telegram).await;
    let other = room.join(Platform::Slack, "Other desk").await;
    room.set(&[("channel", "-100")]).await;
    other.set(&[("name", "Other desk"), ("channel", "C1")]).await;
    let id = room.join_request("tess@northlight.test").await;
    // Each room has its own stand-ins: what is the other's goes to the other.
    let turn = async || {
        for one in [&room, &other] {
            let theirs = format!(
                "update deliveries set due_at = case when connector_id = '{}' then 0 \
                 else 9000000000000000 end where kind = 'message' and state = 'queued'",
                one.connector
            );
            house.execute(&theirs).await;
            one.work().await;
        }
    };
    turn().await;
    assert_eq!(
        (
            room.peer.taken("/sendMessage").len(),
            other.peer.taken("/chat.postMessage").len()
        ),
        (1, 1)
    );
    house.decide(&room.ivo, &id, Verdict::Reject).await;
    assert_eq!(
        (
            requests::posts::close_posts(&house.desk, clock::now()).await,
            requests::posts::close_posts(&house.desk, clock::now()).await
        ),
        (Ok(2), Ok(0))
    );
    turn().await;
    assert!(
        room.last("/editMessageText")["text"]
            .as_str()
            .unwrap()
            .starts_with("Rejected by Ivo Brandt")
    );
    assert!(
        other.last("/chat.update")["text"]
            .as_str()
            .unwrap()
            .starts_with("Rejected by Ivo Brandt")
    );
}
