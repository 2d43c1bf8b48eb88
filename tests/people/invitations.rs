//! Invitations: accepted once, by their addressee alone, and never harmed by looking.
use crate::harness::{House, PASSWORD};
use anteroom::desk::{Actor, account, people, queue};
use anteroom::domain::invitation::LIFE;
use anteroom::domain::verdict::Verdict;
use anteroom::domain::{Error, Why};
use futures::future::join_all;

/// An invitation mailed to `email`: the administrator and the token.
async fn invited(house: &House, email: &str) -> (Actor, String) {
    let ivo = house.organisation("northlight").await;
    let token = house.invitation(&ivo, email).await;
    (ivo, token)
}

both!(sixty_four_acceptors);
/// 64 acceptors of one link: one account, one member, one event, one welcome; the others learn that
/// it was used.
async fn sixty_four_acceptors(house: &House) {
    let (_, token) = invited(house, "mira@northlight.test").await;
    let tries = (0..64).map(|n| {
        let (desk, caller, token) = (house.desk.clone(), house.caller(), token.clone());
        tokio::spawn(async move {
            people::acceptance::accept_as_new(&desk, &caller, &token, &format!("Mira {n}"), PASSWORD)
                .await
                .map(|_| ())
        })
    });
    let answers: Vec<_> = join_all(tries).await.into_iter().map(|a| a.unwrap()).collect();
    assert_eq!(answers.iter().filter(|a| a.is_ok()).count(), 1, "{answers:?}");
    for e in answers.iter().filter_map(|a| a.as_ref().err()) {
        assert!(
            matches!(e, Error::Refused(Why::LinkUsed) | Error::SignInRequired),
            "{e:?}"
        );
    }
    house.deliver().await;
    assert_eq!(
        house
            .count(
                "select count(*) from accounts where email_key = 'mira@northlight.test' \
                 and email_proven_at is not null"
            )
            .await,
        1
    );
    assert_eq!(
        house
            .count("select count(*) from members where state = 'active'")
            .await,
        2
    );
    assert_eq!(
        house
            .count("select count(*) from events where what = 'invitation.accepted'")
            .await,
        1
    );
    assert_eq!(
        house
            .count("select count(*) from events where what = 'member.joined'")
            .await,
        1
    );
    let welcomes = house
        .letters_to("mira@northlight.test")
        .await
        .iter()
        .filter(|m| m.subject.starts_with("Welcome"))
        .count();
    assert_eq!(welcomes, 1);
}

both!(somebody_else_is_refused_and_the_link_still_works);
async fn somebody_else_is_refused_and_the_link_still_works(house: &House) {
    let (ivo, token) = invited(house, "mira@northlight.test").await;
    let other = house.person("other@northlight.test", "Otto").await;
    for actor in [&ivo, &other] {
        assert_eq!(
            people::acceptance::accept_as(&house.desk, actor, &token)
                .await
                .err(),
            Some(Error::Refused(Why::OtherAccount))
        );
    }
    // The addressee under another letter case, with an address nobody had proven: the token proves
    // it.
    let mira = house.vouched("MIRA@Northlight.test", "Mira", false).await;
    assert!(mira.account.email_proven_at.is_none());
    house.accept(&mira, &token).await;
    assert!(house.again(&mira).await.account.email_proven_at.is_some());
    house.deliver().await;
}

both!(looking_changes_nothing_and_a_used_or_old_link_explains_itself);
async fn looking_changes_nothing_and_a_used_or_old_link_explains_itself(house: &House) {
    let (_, token) = invited(house, "mira@northlight.test").await;
    let before = house.count("select count(*) from events").await;
    for _ in 0..5 {
        assert!(
            people::acceptance::look_at_invitation(&house.desk, &token)
                .await
                .is_ok()
        );
        assert_eq!(house.get(&format!("/invitations/{token}"), "").await.status, 200);
    }
    assert_eq!(house.count("select count(*) from events").await, before);
    let late = house.caller_at(house.now + LIFE);
    assert_eq!(
        people::acceptance::accept_as_new(&house.desk, &late, &token, "Mira", PASSWORD)
            .await
            .err(),
        Some(Error::Refused(Why::LinkExpired))
    );
    people::acceptance::accept_as_new(&house.desk, &house.caller(), &token, "Mira", PASSWORD)
        .await
        .unwrap();
    let used = house.get(&format!("/invitations/{token}"), "").await;
    assert_eq!(used.status, 409);
    assert!(used.body.contains("has been used already"), "{}", used.body);
    house.deliver().await;
}

both!(only_the_newest_link_works);
/// A link is dead once a newer one was made: by approving again, or by copying.
async fn only_the_newest_link_works(house: &House) {
    let (ivo, token) = invited(house, "mira@northlight.test").await;
    let member = house.membership(&ivo, "northlight").await;
    let id = people::acceptance::look_at_invitation(&house.desk, &token)
        .await
        .unwrap()
        .invitation
        .id;
    assert_eq!(
        people::invitations::copy_link(&house.desk, &ivo, &member, &id).await,
        Err(Error::Refused(Why::MailIsConfigured))
    );
    let no_mail = house.with_plan(|p| p.delivers_mail = false);
    let copied = people::invitations::copy_link(&no_mail, &ivo, &member, &id)
        .await
        .unwrap();
    assert!(matches!(
        people::acceptance::look_at_invitation(&house.desk, &token).await,
        Err(Error::Refused(Why::LinkDead))
    ));
    people::acceptance::accept_as_new(&house.desk, &house.caller(), &copied, "Mira", PASSWORD)
        .await
        .unwrap();
    house.deliver().await;
}

both!(without_mail_letters_wait);
/// Without a mail server nothing is lost: the letter waits, and is dropped when its link was handed
/// over by hand.
async fn without_mail_letters_wait(house: &House) {
    let ivo = house.organisation("northlight").await;
    let mira = house.person("mira@northlight.test", "Mira Okafor").await;
    let id = house.asks(&mira, "northlight").await;
    let member = house.membership(&ivo, "northlight").await;
    house.decide(&ivo, &id, Verdict::Approve).await;
    assert_eq!(
        house
            .count(
                "select count(*) from deliveries where kind = 'letter' and state = 'queued' \
                    and invitation_id is not null"
            )
            .await,
        1
    );
    let no_mail = house.with_plan(|p| p.delivers_mail = false);
    let page = queue::list::page(
        &no_mail,
        &ivo,
        &member,
        &anteroom::store::queue::query::QueueQuery::default(),
        Some(&id),
    )
    .await
    .unwrap();
    let invitation = page.rows[0].open_invitation.clone().unwrap();
    people::invitations::copy_link(&no_mail, &ivo, &member, &invitation)
        .await
        .unwrap();
    assert_eq!(
        house
            .count(
                "select count(*) from deliveries where kind = 'letter' and state = 'dropped' \
                    and sealed is null"
            )
            .await,
        1
    );
    house.expects_owed_letters();
}

both!(only_the_mailed_token_opens);
/// Somebody who never held the link cannot get in with the invitation's id, an empty token, or a
/// shape of one.
async fn only_the_mailed_token_opens(house: &House) {
    let (_, token) = invited(house, "mira@northlight.test").await;
    let id = people::acceptance::look_at_invitation(&house.desk, &token)
        .await
        .unwrap()
        .invitation
        .id
        .to_string();
    let wrong = [
        "",
        " ",
        "null",
        &id,
        &token[..42],
        &format!("{token}x"),
        &"A".repeat(43),
        &"x".repeat(1 << 20),
    ];
    for bad in wrong {
        assert!(
            matches!(
                people::acceptance::look_at_invitation(&house.desk, bad).await,
                Err(Error::Refused(Why::LinkDead))
            ),
            "{:?}",
            &bad[..bad.len().min(50)]
        );
        assert_eq!(
            people::acceptance::accept_as_new(&house.desk, &house.caller(), bad, "Eve", PASSWORD)
                .await
                .err(),
            Some(Error::Refused(Why::LinkDead))
        );
    }
    house.deliver().await;
}

both!(row_s18_words_of_organisations_are_guessed);
/// S18: wherever a password is set, the words of the person and of their organisations are refused.
async fn row_s18_words_of_organisations_are_guessed(house: &House) {
    let (ivo, token) = invited(house, "mira@northlight.test").await;
    let refused = |field: &str| Some(Error::field(field, Why::PasswordTooCommon));
    let guessed = [
        "Northlight-Labs-2026",
        "40-1187-40-1187",
        "Mira.Northlight1",
        "Sommer2026!",
    ];
    for password in guessed {
        let accepted =
            people::acceptance::accept_as_new(&house.desk, &house.caller(), &token, "Mira", password).await;
        assert_eq!(accepted.err(), refused("password"), "{password}");
    }
    account::accounts::ask_reset(&house.desk, &house.caller(), ivo.account.email.as_str())
        .await
        .unwrap();
    let reset = house.token_mailed(ivo.account.email.as_str(), "reset").await;
    for password in [
        "Northlight-Labs-2026",
        "40-1187-40-1187",
        "IvoBrandt-1",
        "Anteroom2026",
    ] {
        let changed = account::accounts::change_password(&house.desk, &ivo, PASSWORD, password).await;
        assert_eq!(changed.err(), refused("new_password"), "{password}");
        let set = account::accounts::reset_password(&house.desk, &house.caller(), &reset, password).await;
        assert_eq!(set.err(), refused("password"), "{password}");
    }
    house.deliver().await;
}
