//! What people send without words, or in words that the platform answers by itself.
use crate::chat::room::Room;
use crate::harness::House;
use anteroom::domain::connector::Platform;
use anteroom::domain::contact::ContactStanding;
use anteroom::domain::verdict::Verdict;
use anteroom::store;
use anteroom::store::chat::contacts::ContactQuery;
use http::StatusCode;
use serde_json::json;

impl Room<'_> {
    /// A voice message on Telegram, worked on.
    async fn voice(&self, update: i64, person: i64) {
        let from = json!({"id": person, "is_bot": false, "first_name": "Nia"});
        let message = json!({"message_id": update, "chat": {"id": person, "type": "private"}, "from": from,
            "voice": {"duration": 3}});
        let body = json!({"update_id": update, "message": message}).to_string();
        assert_eq!(self.deliver_signed(body).await, StatusCode::OK);
        self.work().await;
    }
}

both!(h12_what_is_sent_without_words_is_named_by_its_kind);
/// In the queue, in the letter and in the post, in the reader's language; the agent gets the kind.
async fn h12_what_is_sent_without_words_is_named_by_its_kind(house: &House) {
    let room = Room::new(house, Platform::Telegram).await;
    room.voice(1, 42).await;
    let ids = room.ids().await;
    assert_eq!(ids.len(), 1, "it asks for access");
    let cookie = house.cookie(&room.ivo).await;
    let path = format!("/northlight/access_requests?request={}", ids[0]);
    let page = house.get(&path, &cookie).await;
    assert!(
        page.body.contains("(a voice message or other sound)"),
        "{}",
        page.body
    );
    assert!(!page.body.contains(">No message<"));
    let letters = house.letters_to(room.ivo.account.email.as_str()).await;
    assert!(
        letters
            .iter()
            .any(|l| l.text.contains("> (a voice message or other sound)"))
    );
    room.voice(2, 42).await;
    assert_eq!(
        room.requests().await[0].chatted().unwrap().further,
        1,
        "it counts"
    );
    room.decide(&ids[0], Verdict::Approve, "").await.unwrap();
    room.voice(3, 42).await;
    let told = room.peer.taken("/agent");
    let last = told.last().unwrap();
    assert_eq!((&last["content"], &last["text"]), (&json!("audio"), &json!("")));
}

both!(h20_whoever_was_rejected_is_listed_in_onboarding);
async fn h20_whoever_was_rejected_is_listed_in_onboarding(house: &House) {
    let room = Room::new(house, Platform::Telegram).await;
    room.hears(1, 42, "Hello").await;
    room.decide(&room.ids().await[0], Verdict::Reject, "")
        .await
        .unwrap();
    let look = |standing| ContactQuery {
        standing: Some(standing),
        ..ContactQuery::default()
    };
    let listed = async |standing| {
        let mut conn = house.desk.db.read().await.unwrap();
        let (org, connector) = (&room.member.organisation, &room.connector);
        let found = store::chat::contacts::list(&mut conn, org, connector, &look(standing), 20).await;
        found.unwrap().len()
    };
    assert_eq!(listed(ContactStanding::Onboarding).await, 1);
    assert_eq!(listed(ContactStanding::Rejected).await, 1);
    assert_eq!(listed(ContactStanding::Active).await, 0);
    let path = format!("/northlight/connectors/{}/contacts", room.connector);
    let page = house.get(&path, &house.cookie(&room.ivo).await).await;
    let cell = page.body.split("class=\"state wait\">").nth(1).unwrap();
    let cell = cell.split("</td>").next().unwrap();
    assert!(cell.contains("Onboarding") && cell.contains("Rejected"), "{cell}");
}

both!(h24_words_for_the_platform_are_no_requests);
/// HELP, INFO, START and YES are answered by the platform; the contact shows that somebody wrote.
async fn h24_words_for_the_platform_are_no_requests(house: &House) {
    let room = Room::new(house, Platform::Sms).await;
    let say = async |n: i64, person: &str, body: &str| {
        let form =
            format!("MessageSid=SM{n}&AccountSid=AC1&From=%2B1555000{person}&To=%2B15550009&Body={body}");
        room.twilio(form).await;
        room.work().await;
    };
    for (n, word) in ["HELP", "INFO", "START", "YES", "UNSTOP"].into_iter().enumerate() {
        say(n as i64, "1", word).await;
    }
    assert!(room.ids().await.is_empty());
    let contact = "select cast(messages as bigint) from contacts";
    assert_eq!(house.count(contact).await, 5, "it is seen on the contact");
    say(10, "1", "STOP").await;
    let opted_out = "select count(*) from contacts where unreachable = 'undelivered-opted-out'";
    assert_eq!(house.count(opted_out).await, 1);
    say(11, "1", "yes").await;
    assert_eq!(house.count(opted_out).await, 0, "they are reached again");
    assert!(room.ids().await.is_empty());
    say(12, "1", "Yes+please").await;
    assert_eq!(room.ids().await.len(), 1);
}
