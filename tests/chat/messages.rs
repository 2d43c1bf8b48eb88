//! What becomes of messages: chats that platforms pause, what is no longer true when it is sent,
//! WhatsApp's 24 hours, people who are out of reach or are to be left alone.
use crate::chat::room::messages;
use crate::chat::room::{Room, form};
use crate::harness::House;
use anteroom::clock;
use anteroom::desk::chat::connectors::ConnectorDraft;
use anteroom::desk::people;
use anteroom::desk::{Actor, chat, queue};
use anteroom::domain::connector::Platform;
use anteroom::domain::contact::ContactStanding;
use anteroom::domain::delivery::DeliveryState;
use anteroom::domain::ids::RequestId;
use anteroom::domain::request::StatusWord;
use anteroom::domain::time::Span;
use anteroom::domain::verdict::Verdict;
use anteroom::domain::{Error, Why, delivery_failure};
use anteroom::store::deliveries::fates::Says;
use anteroom::store::deliveries::messages::MessageKind;
use http::StatusCode;
use serde_json::{Value, json};

impl Room<'_> {
    /// Somebody asks to join.
    pub(super) async fn join_request(&self, email: &str) -> RequestId {
        let guest = self.house.person(email, "Tess Varga").await;
        self.house.asks(&guest, "northlight").await
    }

    /// Works as if everything that waits were due.
    pub(super) async fn work_all(&self) {
        self.house.all_due().await;
        self.work().await;
    }

    /// What people were sent under this path, as JSON.
    pub(super) fn last(&self, end: &str) -> Value {
        self.peer.taken(end).pop().expect("something was sent")
    }

    /// Links the identity with whoever it is.
    pub(super) async fn links(&self, actor: &Actor, update: i64, person: i64) {
        let code = chat::identities::make_chat_code(&self.house.desk, actor, "")
            .await
            .unwrap();
        assert_eq!(self.telegram(update, person, &code).await, StatusCode::OK);
        self.work().await;
    }

    /// What whoever pressed last was told.
    pub(super) fn told(&self) -> String {
        self.last("/answerCallbackQuery")["text"]
            .as_str()
            .unwrap()
            .to_owned()
    }

    /// A message on WhatsApp, written `ago`.
    pub(super) async fn whatsapp(&self, id: &str, ago: Span) {
        let written = ((clock::now() - ago).0 / 1000).to_string();
        let message = json!({"from": "15550100", "id": id, "timestamp": written, "type": "text",
        "text": {"body": "Hello"}});
        self.whatsapp_value(json!({"messages": [message]})).await;
    }

    pub(super) async fn whatsapp_value(&self, mut value: Value) {
        value["metadata"] = json!({"phone_number_id": "100"});
        let body =
            json!({"entry": [{"id": "1", "changes": [{"field": "messages", "value": value}]}]}).to_string();
        assert_eq!(self.deliver_signed(body).await, StatusCode::OK);
        self.work().await;
    }

    /// The kinds of what was sent on WhatsApp, in order.
    pub(super) fn kinds(&self) -> Vec<String> {
        self.peer
            .taken("/messages")
            .iter()
            .map(|v| v["type"].as_str().unwrap().to_owned())
            .collect()
    }
}

both!(onboarding_is_a_choice_and_activity_is_taken_back);
/// With onboarding off nobody asks; whoever is deactivated asks again, and is passed on no more.
async fn onboarding_is_a_choice_and_activity_is_taken_back(house: &House) {
    let room = Room::new(house, Platform::Telegram).await;
    let mut fields = form(&room.peer);
    fields.remove("onboarding");
    chat::connectors::change(
        &house.desk,
        &room.ivo,
        &room.member,
        &room.connector,
        &ConnectorDraft(&fields),
    )
    .await
    .unwrap();
    room.hears(1, 42, "Hello").await;
    assert_eq!(
        (
            room.ids().await.len(),
            room.peer.texts().len(),
            room.contact().await.messages
        ),
        (0, 0, 1)
    );
    room.set(&[]).await;
    room.hears(2, 42, "Hello").await;
    room.decide(&room.ids().await[0], Verdict::Approve, "")
        .await
        .unwrap();
    let contact = room.contact().await;
    chat::contacts::put(
        &house.desk,
        &room.ivo,
        &room.member,
        &contact.id,
        ContactStanding::Active,
        ContactStanding::Onboarding,
    )
    .await
    .unwrap();
    room.hears(3, 42, "Am I in?").await;
    assert_eq!((room.ids().await.len(), room.peer.taken("/agent").len()), (2, 0));
}

both!(a_paused_chat_is_left_alone);
/// A chat that a platform wants left alone for a while is left alone, at the cost of no attempt;
/// others are not.
async fn a_paused_chat_is_left_alone(house: &House) {
    let room = Room::new(house, Platform::Telegram).await;
    room.set(&[("channel", "-100")]).await;
    room.peer.refuse(Some((
        429,
        json!({"ok": false, "description": "Too Many Requests", "parameters": {"retry_after": 600}}),
    )));
    room.join_request("tess@northlight.test").await;
    room.work().await;
    room.peer.refuse(None);
    room.join_request("bo@northlight.test").await;
    room.hears(1, 42, "Hello").await;
    let chats: Vec<Value> = room
        .peer
        .taken("/sendMessage")
        .iter()
        .map(|v| v["chat_id"].clone())
        .collect();
    assert_eq!(
        chats,
        [json!(-100), json!(42)],
        "once there, and once to whoever wrote"
    );
    let later = (clock::now() + Span::minutes(9)).0;
    let waiting = |attempts: i64| {
        format!(
            "select count(*) from deliveries where kind = 'message' and what = 'post' and state = 'queued' \
             and attempts = {attempts} and due_at > {later}"
        )
    };
    assert_eq!(
        (house.count(&waiting(1)).await, house.count(&waiting(0)).await),
        (1, 2),
        "whose try it was, and those who waited"
    );
}

both!(stale_messages_are_dropped);
/// What was owed and is no longer true is not sent, however it comes to be tried again.
async fn stale_messages_are_dropped(house: &House) {
    let room = Room::new(house, Platform::Telegram).await;
    room.hears(1, 42, "Hello").await;
    room.peer
        .refuse(Some((400, json!({"ok": false, "description": "Bad Request"}))));
    room.decide(&room.ids().await[0], Verdict::Reject, "")
        .await
        .unwrap();
    room.press(1, 42, "approve:nothing").await;
    room.work().await;
    assert_eq!(
        chat::connectors::undelivered(&house.desk, &room.member, &room.connector).await,
        Ok(1),
        "an answer to a press is not counted"
    );
    room.peer.refuse(None);
    room.telegram(2, 42, "Please").await;
    room.work_at(house.now + Span::hours(25)).await;
    let ids = room.ids().await;
    room.decide(&ids[1], Verdict::Approve, "").await.unwrap();
    chat::connectors::send_all_again(&house.desk, &room.ivo, &room.member, &room.connector)
        .await
        .unwrap();
    room.work().await;
    assert_eq!(
        room.peer
            .texts()
            .iter()
            .filter(|t| t.starts_with("Not now"))
            .count(),
        1,
        "the one that was refused"
    );
    assert_eq!(room.peer.texts().last().unwrap(), "Welcome, Nia Verne.");
    assert_eq!(
        house
            .count(
                "select count(*) from deliveries where kind = 'message' and what = 'rejection' \
                    and state = 'dropped'"
            )
            .await,
        1
    );
}

both!(who_opted_out_is_sent_nothing);
/// Who asked for nothing more is sent nothing more; the queue says why, and sends it once they
/// write again.
async fn who_opted_out_is_sent_nothing(house: &House) {
    let room = Room::new(house, Platform::Sms).await;
    let write = async |n: usize, text: &str| {
        let fields = [
            ("AccountSid", "AC1"),
            ("MessageSid", &format!("SM{n}")),
            ("From", "+15550100"),
            ("To", "+15550009"),
            ("Body", text),
        ];
        room.twilio(
            url::form_urlencoded::Serializer::new(String::new())
                .extend_pairs(fields)
                .finish(),
        )
        .await;
        room.work().await;
    };
    write(1, "Let me in").await;
    write(2, "STOP").await;
    let id = room.ids().await.remove(0);
    room.decide(&id, Verdict::Approve, "").await.unwrap();
    room.work().await;
    let sent = || {
        room.peer
            .calls
            .lock()
            .unwrap()
            .iter()
            .filter(|(path, ..)| path.ends_with("/Messages.json"))
            .map(|(.., body)| body.clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(sent().len(), 1, "the onboarding message alone");
    let hook = format!(
        "StatusCallback={}",
        url::form_urlencoded::byte_serialize(
            format!("{}/hooks/sms/{}", crate::harness::ORIGIN, room.hook).as_bytes()
        )
        .collect::<String>()
    );
    assert!(sent()[0].ends_with(&hook), "{} {hook}", sent()[0]);
    let details = queue::list::request_details(&house.desk, &room.ivo, &room.member, &id)
        .await
        .unwrap();
    let approval = messages(&details)
        .into_iter()
        .find(|s| s.says == Says::Message(MessageKind::Approval))
        .unwrap();
    assert!(
        approval.state == DeliveryState::Failed
            && approval.reason.as_deref() == Some(delivery_failure::OPTED_OUT),
        "{approval:?}"
    );
    write(3, "I am back").await;
    people::undelivered::try_again(&house.desk, &room.ivo, &room.member, &approval.id)
        .await
        .unwrap();
    room.work().await;
    assert!(sent().last().unwrap().contains("Welcome"), "{:?}", sent());
}

both!(after_a_day_whatsapp_takes_the_template_alone);
/// A text that may not be sent any more becomes the template: by the message's own time, by the
/// platform's answer, or by its late report. Without one it is not delivered, and the queue says
/// why.
async fn after_a_day_whatsapp_takes_the_template_alone(house: &House) {
    let room = Room::new(house, Platform::WhatsApp).await;
    room.set(&[("template", "welcome"), ("template_language", "de")])
        .await;
    room.whatsapp("wamid.1", Span::hours(25)).await;
    assert_eq!(room.kinds(), ["template"], "it was written a day before it came");
    assert_eq!(
        room.last("/messages")["template"],
        json!({"name": "welcome", "language": {"code": "de"}})
    );
    room.whatsapp("wamid.2", Span::minutes(1)).await;
    room.peer.refuse(Some((
        400,
        json!({"error": {"code": 131_047, "message": "Re-engagement message"}}),
    )));
    let id = room.ids().await.remove(0);
    room.decide(&id, Verdict::Approve, "").await.unwrap();
    room.work().await;
    assert_eq!(
        room.kinds(),
        ["template", "text", "template"],
        "the platform knows better"
    );
    room.peer.refuse(None);
    let approval = async || {
        let details = queue::list::request_details(&house.desk, &room.ivo, &room.member, &id)
            .await
            .unwrap();
        messages(&details)
            .into_iter()
            .find(|s| s.says == Says::Message(MessageKind::Approval))
            .unwrap()
    };
    assert!(approval().await.reason.unwrap() == delivery_failure::WINDOW_OVER);
    people::undelivered::try_again(&house.desk, &room.ivo, &room.member, &approval().await.id)
        .await
        .unwrap();
    // The stand-in gives every message one id: the report is to find this one.
    house
        .execute(
            "update deliveries set message = 'wamid.former' where kind = 'message' and what = 'onboarding'",
        )
        .await;
    room.work().await;
    assert_eq!(
        (room.kinds().len(), room.kinds().last().unwrap().as_str()),
        (4, "text")
    );
    let late = json!({"statuses": [{"id": "wamid.sent", "status": "failed", "errors": [{"code": 131_047,
    "title": "Re-engagement message"}]}]});
    room.whatsapp_value(late.clone()).await;
    assert_eq!(
        (room.kinds().len(), room.kinds().last().unwrap().as_str()),
        (5, "template")
    );
    assert_eq!(approval().await.state, DeliveryState::Sent);
    // What stays undelivered is known at the connector.
    let failed = json!({"statuses": [{"id": "wamid.sent", "status": "failed", "errors": [{"code": 1,
    "title": "No such luck"}]}]});
    house
        .execute("update deliveries set message = id, event = id where kind = 'arrival'")
        .await;
    room.whatsapp_value(failed).await;
    let kept = room.kept().await;
    assert_eq!(
        (approval().await.state.as_str(), kept.health.problem.as_str()),
        ("failed", "No such luck")
    );
}

both!(who_was_canceled_asks_again_at_once);
/// Canceled from the queue: they hear so, and their next message asks again.
async fn who_was_canceled_asks_again_at_once(house: &House) {
    let room = Room::new(house, Platform::Telegram).await;
    room.hears(1, 42, "Hello").await;
    queue::decisions::cancel_request(&house.desk, &room.ivo, &room.member, &room.ids().await[0], "")
        .await
        .unwrap();
    assert_eq!(room.requests().await[0].status.word(), StatusWord::Canceled);
    room.hears(2, 42, "Hello again").await;
    assert_eq!((room.ids().await.len(), room.peer.texts().len()), (2, 2));
    assert!(room.peer.texts().iter().any(|t| t.contains("was canceled")));
    assert_eq!(
        queue::decisions::cancel_request(
            &house.desk,
            &room.ivo,
            &room.member,
            &room.join_request("tess@northlight.test").await,
            ""
        )
        .await,
        Err(Error::field("reason", Why::Missing))
    );
}

both!(codes_are_shown_to_nobody);
/// A message that is nothing but a code is shown to nobody, also once so many did not work that
/// none is tried any more; one that only looks like having a code in it is a message.
async fn codes_are_shown_to_nobody(house: &House) {
    let room = Room::new(house, Platform::Telegram).await;
    for n in 1..=5 {
        room.telegram(n, 42, "AAAAA-AAAAA").await;
    }
    room.work().await;
    let refused = |texts: Vec<String>| {
        texts
            .iter()
            .filter(|t| t.starts_with("This code does not work"))
            .count()
    };
    assert_eq!((room.ids().await.len(), refused(room.peer.texts())), (0, 5));
    let code = chat::identities::make_chat_code(&house.desk, &room.ivo, "")
        .await
        .unwrap();
    room.hears(6, 42, &code).await;
    assert_eq!(
        (
            room.ids().await.len(),
            refused(room.peer.texts()),
            room.contact().await.member
        ),
        (0, 5, None)
    );
    assert_eq!(
        house.count("select count(*) from chat_codes").await,
        0,
        "it is used up"
    );
    room.hears(7, 43, "Are three-seven and EIGHT-SEVEN rooms?").await;
    assert_eq!(
        room.requests().await[0].message,
        "Are three-seven and EIGHT-SEVEN rooms?"
    );
}

both!(who_blocks_the_bot_is_heard);
/// Who blocks the bot is known before anything is sent to them; who takes it back as well.
async fn who_blocks_the_bot_is_heard(house: &House) {
    let room = Room::new(house, Platform::Telegram).await;
    room.hears(1, 42, "Hello").await;
    for (update, status, problem) in [(2, "kicked", delivery_failure::BLOCKED), (3, "member", "")] {
        let change = json!({"chat": {"id": 42, "type": "private"}, "from": {"id": 42},
        "new_chat_member": {"status": status}});
        room.deliver_signed(json!({"update_id": update, "my_chat_member": change}).to_string())
            .await;
        room.work().await;
        assert_eq!(room.contact().await.unreachable, problem);
    }
}
