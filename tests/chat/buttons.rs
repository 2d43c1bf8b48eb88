//! Deciding by buttons under a message.
use crate::access::portal::Portal;
use crate::chat::room::{Peer, Room, SLUG, form};
use crate::harness::{House, step};
use anteroom::desk::access::flows::StepDraft;
use anteroom::desk::{chat, requests};
use anteroom::domain::connector::Platform;
use anteroom::domain::request::StatusWord;
use anteroom::domain::verdict::Verdict;
use anteroom::domain::{Error, Why};

both!(approvers_decide_by_buttons);
/// A new request of any kind is posted for approvers; a press counts from whoever has proven to be
/// a member with the right, once; and every post of a decided request loses its buttons, wherever
/// it was decided.
async fn approvers_decide_by_buttons(house: &House) {
    let room = Room::new(house, Platform::Telegram).await;
    room.set(&[("channel", "-100")]).await;
    room.hears(1, 42, "May I?").await;
    let id = room.ids().await.remove(0);
    let post = room
        .peer
        .taken("/sendMessage")
        .into_iter()
        .find(|v| v["chat_id"].to_string().contains("-100"))
        .expect("a post");
    assert!(post["text"].as_str().unwrap().contains("> May I?"), "{post}");
    let button = |n: usize| {
        post["reply_markup"]["inline_keyboard"][0][n]["callback_data"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    assert_eq!(
        (button(0), button(1)),
        (format!("approve:{id}"), format!("reject:{id}"))
    );

    let pending = async || room.requests().await[0].status.word() == StatusWord::Pending;
    let told = || {
        room.peer
            .taken("/answerCallbackQuery")
            .last()
            .map(|v| v["text"].as_str().unwrap().to_owned())
            .unwrap_or_default()
    };
    room.press(1, 77, &button(0)).await;
    assert!(
        pending().await && told().starts_with("Nothing was decided"),
        "{}",
        told()
    );

    // An administrator's note gives no right; a guessed code neither; the member's own code does,
    // once.
    room.hears(2, 77, "Hello").await;
    let contact = async |person: &str| {
        let found = room.contacts().await;
        found.into_iter().find(|c| c.person == person).unwrap()
    };
    chat::identities::note_member(
        &house.desk,
        &room.ivo,
        &room.member,
        &contact("77").await.id,
        Some("Ivo Brandt"),
    )
    .await
    .unwrap();
    assert_eq!(
        chat::identities::note_member(
            &house.desk,
            &room.ivo,
            &room.member,
            &contact("77").await.id,
            Some(" ")
        )
        .await,
        Err(Error::field("person", Why::Missing))
    );
    assert!(
        contact("77").await.member.is_some(),
        "an empty field takes nothing away"
    );
    room.press(2, 77, &button(0)).await;
    room.hears(3, 77, "AAAAA-AAAAA").await;
    room.press(3, 77, &button(0)).await;
    assert!(pending().await);
    let code = chat::identities::make_chat_code(&house.desk, &room.ivo, "")
        .await
        .unwrap();
    room.telegram(4, 77, &format!("Here it is: {}.", code.to_lowercase()))
        .await;
    room.work().await;
    assert!(
        room.peer
            .texts()
            .last()
            .unwrap()
            .starts_with("This is now linked with Ivo Brandt"),
        "{:?}",
        room.peer.texts()
    );
    room.hears(5, 42, &code).await;
    assert_eq!(contact("42").await.member, None, "a code works once");

    room.press(4, 77, &button(0)).await;
    assert_eq!(
        (room.requests().await[0].status.word(), told().as_str()),
        (StatusWord::Approved, "Approved")
    );
    room.press(5, 77, &button(1)).await;
    assert!(told().contains("Ivo Brandt"), "{}", told());
    requests::posts::close_posts(&house.desk, anteroom::clock::now())
        .await
        .unwrap();
    requests::posts::close_posts(&house.desk, anteroom::clock::now())
        .await
        .unwrap();
    room.work().await;
    let edits = room.peer.taken("/editMessageText");
    assert_eq!(
        edits
            .iter()
            .filter(|e| e["text"].as_str().unwrap().starts_with("Approved by Ivo Brandt"))
            .count(),
        1,
        "{edits:?}"
    );

    // Without the right, the link is worth nothing.
    chat::identities::unlink_chat(&house.desk, &room.ivo, &contact("77").await.id, "")
        .await
        .unwrap();
    let mira = house.member(&room.ivo, "Mira Okafor").appointed().await;
    let code = chat::identities::make_chat_code(&house.desk, &mira, "")
        .await
        .unwrap();
    room.telegram(6, 77, &code).await;
    let asked = house.person("tess@northlight.test", "Tess Varga").await;
    let join = house.asks(&asked, SLUG).await;
    room.work().await;
    assert!(
        room.peer
            .texts()
            .iter()
            .any(|t| t.starts_with("Tess Varga (tess@northlight.test) asks to join.")),
        "{:?}",
        room.peer.texts()
    );
    room.press(6, 77, &format!("approve:{join}")).await;
    assert!(told().contains("may not decide"), "{}", told());
    // Decided in the queue: the post says so.
    house.decide(&room.ivo, &join, Verdict::Reject).await;
    requests::posts::close_posts(&house.desk, anteroom::clock::now())
        .await
        .unwrap();
    room.work().await;
    let last = room.peer.taken("/editMessageText").last().unwrap().clone();
    assert!(
        last["text"]
            .as_str()
            .unwrap()
            .starts_with("Rejected by Ivo Brandt")
            && last["reply_markup"]["inline_keyboard"]
                .as_array()
                .is_none_or(Vec::is_empty),
        "{last}"
    );
}

both!(buttons_of_requests_for_resources);
/// Buttons of a request for a resource: who is asked by a step votes, a denial leads to the page
/// that takes its reason, and whoever comes too late hears who was quicker.
async fn buttons_of_requests_for_resources(house: &House) {
    house.expects_owed_letters();
    let (ivo, member) = house.founder("northlight").await;
    let people = [
        house.portal_user(&ivo, "Mira Okafor").await,
        house.portal_user(&ivo, "Tess Varga").await,
        house.portal_user(&ivo, "Bo Marsh").await,
    ];
    let [mira, tess, bo] = &people;
    let p = Portal::over(
        house,
        ivo,
        member,
        vec![StepDraft {
            members: tess.account.email.to_string(),
            ..step("members")
        }],
    )
    .await;
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
    room.set(&[("channel", "-100")]).await;
    for (n, actor) in [(1, tess), (2, bo), (3, &p.ivo)] {
        room.links(actor, n, 70 + n).await;
    }
    let id = p.asks(mira).await;
    room.work().await;
    assert!(
        room.last("/sendMessage")["text"]
            .as_str()
            .unwrap()
            .contains("Billing console")
    );
    let (grant, deny) = (format!("approve:{id}"), format!("reject:{id}"));
    room.press(1, 71, &deny).await;
    assert!(
        room.told()
            .ends_with(&format!("/northlight/approvals?request={id}")),
        "{}",
        room.told()
    );
    room.press(2, 72, &deny).await;
    assert!(room.told().contains("may not decide"), "{}", room.told());
    room.press(3, 73, &deny).await;
    assert!(
        room.told()
            .ends_with(&format!("/northlight/access_requests?request={id}")),
        "{}",
        room.told()
    );
    room.press(4, 73, &grant).await;
    assert!(
        room.told().contains("/access_requests?request="),
        "the step is not passed over by a button: {}",
        room.told()
    );
    assert_eq!(p.word(&id).await, StatusWord::Pending);
    room.press(5, 71, &grant).await;
    assert_eq!(p.word(&id).await, StatusWord::Approved);
    for (n, person, button) in [(6, 73, &deny), (7, 73, &grant), (8, 72, &grant)] {
        room.press(n, person, button).await;
        assert!(
            room.told().contains("Tess Varga") || person == 72,
            "{n}: {}",
            room.told()
        );
    }
}
