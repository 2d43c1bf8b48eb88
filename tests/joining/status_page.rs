//! The requester's own page, the pause after a rejection, and what meets an invitation.
use crate::harness::{House, at};
use crate::joining::signup::northlight;
use anteroom::desk::joining::signup::SignUpStanding;
use anteroom::desk::{joining, organisation};
use anteroom::domain::request::PAUSE;
use anteroom::domain::time::Span;
use anteroom::domain::verdict::Verdict;
use anteroom::domain::{Error, Why};

both!(the_pause_after_a_rejection);
/// After a rejection one waits a day, unless an administrator says otherwise; the rejected are told
/// only where that is switched on.
async fn the_pause_after_a_rejection(house: &House) {
    let (ivo, member) = house.founder("northlight").await;
    let mira = house.person("mira@northlight.test", "Mira").await;
    let first = house.asks(&mira, "northlight").await;
    house.decide(&ivo, &first, Verdict::Reject).await;
    let again =
        async |now| joining::requests::request_access(&house.desk, &at(&mira, now), &northlight(), "").await;
    let end = house.now + PAUSE;
    assert_eq!(again(end - Span(1)).await, Err(Error::AskAgainLater { at: end }));
    assert_eq!(
        joining::signup::offer(&house.desk, &mira).await.unwrap().matches[0].standing,
        SignUpStanding::Later(end)
    );
    assert_eq!(
        joining::decisions::allow_again(
            &house.desk,
            &mira,
            &anteroom::domain::member::Membership {
                account: mira.id().clone(),
                ..member.clone()
            },
            &first
        )
        .await,
        Err(Error::NotFound),
        "who is no member allows nothing"
    );
    joining::decisions::allow_again(&house.desk, &ivo, &member, &first)
        .await
        .unwrap();
    assert_eq!(
        joining::decisions::allow_again(&house.desk, &ivo, &member, &first).await,
        Err(Error::Refused(Why::NotRejected))
    );
    let second = again(house.now).await.unwrap();
    assert_eq!(
        joining::decisions::allow_again(&house.desk, &ivo, &member, &second).await,
        Err(Error::Refused(Why::NotRejected))
    );
    assert!(
        house.letters_to("mira@northlight.test").await.is_empty(),
        "a rejected person gets no letter"
    );

    organisation::organisations::change_welcome(&house.desk, &ivo, &member, ["Ivo, room 4", ""], true)
        .await
        .unwrap();
    house.decide(&ivo, &second, Verdict::Reject).await;
    let letters = house.letters_to("mira@northlight.test").await;
    assert_eq!(letters.len(), 1);
    assert!(
        letters[0].text.contains("not to approve") && letters[0].text.contains("ask Ivo, room 4"),
        "{}",
        letters[0].text
    );
    // Without any word from an administrator, a day is enough.
    again(end + Span(1)).await.unwrap();
    house.expects_owed_letters();
}

both!(the_status_page_is_true_and_inert);
/// The status page's address is a secret that only this instance makes; it is always true, and
/// nothing can be done with it alone.
async fn the_status_page_is_true_and_inert(house: &House) {
    let ivo = house.organisation("northlight").await;
    let mira = house.person("mira@northlight.test", "Mira").await;
    let id = house.asks(&mira, "northlight").await;
    let token = anteroom::desk::requests::status_token::make(&house.desk, &id);
    let path = format!("/requests/{token}");
    for _ in 0..3 {
        assert!(house.get(&path, "").await.body.contains("have been told by mail"));
    }
    assert!(
        !house.get(&path, "").await.body.contains("/actions/withdraw"),
        "only the requester has a button"
    );
    assert!(
        house
            .get(&path, &house.cookie(&mira).await)
            .await
            .body
            .contains("/actions/withdraw")
    );
    let other = house.person("ben@northlight.test", "Ben").await;
    assert!(
        !house
            .get(&path, &house.cookie(&other).await)
            .await
            .body
            .contains("/actions/withdraw")
    );
    // Row 11: any other address is nobody's.
    let another = house.asks(&other, "northlight").await;
    for forged in [
        id.to_string(),
        format!("{id}.x"),
        format!("{another}.{}", token.split_once('.').unwrap().1),
        format!("{token}x"),
        token[1..].to_owned(),
    ] {
        assert_eq!(
            house.get(&format!("/requests/{forged}"), "").await.status,
            404,
            "{forged}"
        );
    }
    house.decide(&ivo, &id, Verdict::Approve).await;
    assert!(house.get(&path, "").await.body.contains("You are invited"));
    let link = house.token_mailed("mira@northlight.test", "invitations").await;
    assert!(!house.get(&path, "").await.body.contains(&link));
    house.accept(&mira, &link).await;
    assert!(
        house
            .get(&path, "")
            .await
            .body
            .contains("You are a member of northlight Labs")
    );
    house.deliver().await;
}

both!(asking_and_inviting_meet);
/// Who is invited already does not ask; who is being invited while asking ends settled; who
/// joins leaves nothing open.
async fn asking_and_inviting_meet(house: &House) {
    let (ivo, member) = house.founder("northlight").await;
    for n in 0..6 {
        let email = format!("p{n}@northlight.test");
        let person = house.person(&email, "Person").await;
        house.belongs(&person, "northlight").await;
        let (a, b) = (house.desk.clone(), house.desk.clone());
        let (ivo, member, who) = (ivo.clone(), member.clone(), person.clone());
        let (asked, invited) = tokio::join!(
            tokio::spawn(async move { joining::requests::request_access(&a, &who, &northlight(), "").await }),
            tokio::spawn(async move { joining::invitations::invite(&b, &ivo, &member, &email).await })
        );
        assert!(matches!(
            asked.unwrap(),
            Ok(_) | Err(Error::Refused(Why::InvitationWaits))
        ));
        invited.unwrap().unwrap();
    }
    assert_eq!(
        house
            .count("select count(*) from requests where status = 'pending'")
            .await,
        0
    );
    assert_eq!(
        house
            .count("select count(*) from invitations where status = 'pending'")
            .await,
        6
    );
    // Without the right to decide, inviting somebody who asks points to the queue.
    let zoe = house.person("zoe@northlight.test", "Zoe").await;
    house.asks(&zoe, "northlight").await;
    let inviter = anteroom::domain::member::Membership {
        permissions: [anteroom::domain::role::Permission::InvitationsSend]
            .into_iter()
            .collect(),
        ..member.clone()
    };
    assert_eq!(
        joining::invitations::invite(&house.desk, &ivo, &inviter, "ZOE@northlight.test").await,
        Err(Error::field("email", Why::RequestIsOpen))
    );
    assert_eq!(
        joining::invitations::invite(&house.desk, &ivo, &member, "admin@northlight.test").await,
        Err(Error::field("email", Why::IsMember))
    );
    assert_eq!(
        joining::invitations::invite(&house.desk, &ivo, &member, "p1@northlight.test").await,
        Err(Error::field("email", Why::AlreadyInvited))
    );
    house.invite(&ivo, "zoe@northlight.test").await;
    assert_eq!(
        house
            .count(
                "select count(*) from requests where status = 'approved' \
                 and email_key = 'zoe@northlight.test'"
            )
            .await,
        1
    );
    house.deliver().await;
}
