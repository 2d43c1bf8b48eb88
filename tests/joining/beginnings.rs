//! How new people begin: with the time zone that is known of them, and a letter that says what they may do.
use crate::harness::{House, PASSWORD, vouched_for};
use anteroom::desk::account::providers::Person;
use anteroom::desk::{Caller, account, organisation, people};
use anteroom::domain::role::Permission;

both!(h17_new_people_begin_with_the_zone_that_is_known);
/// The browser's, else the provider's, else the organisation's.
async fn h17_new_people_begin_with_the_zone_that_is_known(house: &House) {
    let (ivo, member) = house.founder("northlight").await;
    let desk = &house.desk;
    organisation::organisations::change_invitation_rules(desk, &ivo, &member, "24", "50", "America/Bogota")
        .await
        .unwrap();
    let browser = Caller {
        zone: Some("Europe/Vienna".into()),
        ..house.caller()
    };
    for (name, caller, zone) in [
        ("mira", browser.clone(), "Europe/Vienna"),
        ("tess", house.caller(), "America/Bogota"),
    ] {
        let token = house.invitation(&ivo, &format!("{name}@northlight.test")).await;
        let (begun, _) = people::acceptance::accept_as_new(&house.desk, &caller, &token, name, PASSWORD)
            .await
            .unwrap();
        assert_eq!(house.actor(&begun.token).await.account.time_zone, zone);
    }
    let by_provider = async |name: &str, zone: &str, caller: &Caller| {
        let person = Person {
            zone: Some(zone.into()),
            ..vouched_for(&format!("{name}@elsewhere.test"), name, true)
        };
        let begun = account::providers::sign_in_with_provider(&house.desk, caller, &person)
            .await
            .unwrap();
        house.actor(&begun.token).await.account.time_zone
    };
    assert_eq!(
        by_provider("ana", "Asia/Tokyo", &house.caller()).await,
        "Asia/Tokyo"
    );
    assert_eq!(by_provider("ben", "Asia/Tokyo", &browser).await, "Europe/Vienna");
    assert_eq!(
        by_provider("eve", "Atlantis/Deep", &house.caller()).await,
        "UTC",
        "no such zone"
    );
    // The browser says it by a cookie, in which anything may stand.
    for (cookie, zone) in [("Asia/Kolkata", "Asia/Kolkata"), ("x'y", "America/Bogota")] {
        let token = house
            .invitation(&ivo, &format!("{}@northlight.test", house.mint().salt()))
            .await;
        let body = format!("token={token}&name=Nia&password=tangled+copper+lantern");
        let answer = house
            .post(
                "/actions/accept_as_new",
                &format!("anteroom-zone={cookie}"),
                &body,
            )
            .await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        let token = answer.cookie("anteroom").unwrap();
        let token = token.split_once('=').unwrap().1;
        assert_eq!(house.actor(token).await.account.time_zone, zone, "{cookie}");
    }
    house.deliver().await;
}

both!(h23_deadlines_say_date_time_and_zone);
/// As text, which paper and fingers reach; by the clock of the reader's zone.
async fn h23_deadlines_say_date_time_and_zone(house: &House) {
    let (ivo, _) = house.founder("northlight").await;
    let token = house.invitation(&ivo, "mira@northlight.test").await;
    let page = house.get(&format!("/invitations/{token}"), "").await;
    let told = page.body.split("class=\"until\"").nth(1).unwrap();
    let told = told.split_once('>').unwrap().1.split("</time>").next().unwrap();
    let exact = anteroom::words::Words(anteroom::domain::account::Language::En);
    let exact = exact.exact(house.now + anteroom::domain::time::Span::hours(24), "UTC");
    assert!(told.contains(&exact) && exact.contains("UTC"), "{told}: {exact}");
    house.deliver().await;
}

both!(the_letters_about_roles_are_true);
/// Who joins with roles reads their names; who is given others, or loses some, hears so.
async fn the_letters_about_roles_are_true(house: &House) {
    let (ivo, member) = house.founder("northlight").await;
    let readers = house.role(&ivo, "Readers", &[Permission::RequestsView]).await;
    let writers = house.role(&ivo, "Writers", &[Permission::RequestsDecide]).await;
    let mira = house.member(&ivo, "Mira Okafor").await;
    let email = mira.account.email.as_str();
    let last = async || house.letters_to(email).await.pop().unwrap();
    people::members::set_roles(
        &house.desk,
        &ivo,
        &member,
        mira.id(),
        std::slice::from_ref(&readers),
    )
    .await
    .unwrap();
    assert!(
        last().await.text.contains("You were given these roles at"),
        "{}",
        last().await.text
    );
    assert!(last().await.text.contains(": Readers."));
    let count = house.letters_to(email).await.len();
    people::members::set_roles(&house.desk, &ivo, &member, mira.id(), &[writers])
        .await
        .unwrap();
    let text = last().await.text;
    assert!(
        text.contains(": Writers.") && text.contains("You no longer have: Readers."),
        "{text}"
    );
    assert_eq!(
        house.letters_to(email).await.len(),
        count + 1,
        "one letter for one change"
    );
    people::members::set_roles(&house.desk, &ivo, &member, mira.id(), &[])
        .await
        .unwrap();
    assert!(last().await.text.contains("You no longer have: Writers."));
    // So with a role that ends for all who have it.
    house.give(&ivo, &mira, std::slice::from_ref(&readers)).await;
    people::roles::delete(&house.desk, &ivo, &member, &readers, None)
        .await
        .unwrap();
    assert!(last().await.text.contains("You no longer have: Readers."));
    // What stays as it is, and what somebody does to themselves, is no news.
    let count = house.letters_to(email).await.len();
    people::members::set_roles(&house.desk, &ivo, &member, mira.id(), &[])
        .await
        .unwrap();
    assert_eq!(house.letters_to(email).await.len(), count);
}
