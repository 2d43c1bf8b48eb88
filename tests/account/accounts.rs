//! Accounts: signing in and out, sessions, passwords, the second factor.
use crate::harness::{House, PASSWORD, profile};
use anteroom::desk::{account, operator, organisation};
use anteroom::domain::account::Factor;
use anteroom::domain::time::Span;
use anteroom::domain::{Error, Fault, Why};
use anteroom::store::account::sessions::{IDLE, LIFE};
use totp_rs::{Builder, Secret};

fn code(secret: &str, now: anteroom::domain::Time) -> String {
    let totp = Builder::new()
        .with_secret(Secret::try_from_base32(secret).unwrap())
        .build()
        .unwrap();
    totp.generate(u64::try_from(now.0 / 1000).unwrap()).to_string()
}

both!(a_session_lives_until_it_idles_ages_or_ends);
async fn a_session_lives_until_it_idles_ages_or_ends(house: &House) {
    let ivo = house.organisation("northlight").await;
    let begun = account::accounts::sign_in(&house.desk, &house.caller(), "ADMIN@northlight.test", PASSWORD)
        .await
        .unwrap();
    let alive = async |after| {
        account::sessions::find_actor(&house.desk, &begun.token, &house.caller_at(house.now + after))
            .await
            .unwrap()
    };
    let actor = alive(Span(0)).await.unwrap();
    assert_eq!(actor.id(), ivo.id());
    assert!(alive(IDLE - Span(1)).await.is_some());
    assert!(alive(IDLE).await.is_none());
    // Seen again and again it still ages.
    account::sessions::seen(
        &house.desk,
        &[(actor.session.id.clone(), house.now + LIFE - Span(2))],
    )
    .await
    .unwrap();
    assert!(alive(LIFE - Span(1)).await.is_some());
    assert!(alive(LIFE).await.is_none());
    // Ended, it is gone at the next request, and seeing it does not bring it back.
    account::sessions::sign_out(&house.desk, &actor).await.unwrap();
    account::sessions::seen(&house.desk, &[(actor.session.id.clone(), house.now + LIFE)])
        .await
        .unwrap();
    assert!(alive(Span(0)).await.is_none());
    assert_eq!(
        account::sessions::sign_out(&house.desk, &actor).await,
        Err(Error::SignInRequired)
    );
    house.deliver().await;
}

both!(only_ones_own_sessions_can_be_ended);
async fn only_ones_own_sessions_can_be_ended(house: &House) {
    let ivo = house.organisation("northlight").await;
    let mira = house.person("mira@northlight.test", "Mira").await;
    assert_eq!(
        account::sessions::end(&house.desk, &mira, &ivo.session.id, "").await,
        Err(Error::NotFound)
    );
    for _ in 0..3 {
        account::accounts::sign_in(&house.desk, &house.caller(), "admin@northlight.test", PASSWORD)
            .await
            .unwrap();
    }
    assert_eq!(account::sessions::list(&house.desk, &ivo).await.unwrap().len(), 4);
    assert_eq!(
        account::sessions::end_others(&house.desk, &ivo, "")
            .await
            .unwrap(),
        3
    );
    let left = account::sessions::list(&house.desk, &ivo).await.unwrap();
    assert_eq!(left.iter().map(|s| &s.id).collect::<Vec<_>>(), [&ivo.session.id]);
    house.deliver().await;
}

both!(a_new_password_ends_every_other_session);
async fn a_new_password_ends_every_other_session(house: &House) {
    let ivo = house.organisation("northlight").await;
    let other = account::accounts::sign_in(&house.desk, &house.caller(), "admin@northlight.test", PASSWORD)
        .await
        .unwrap();
    let mine = account::accounts::sign_in(&house.desk, &house.caller(), "admin@northlight.test", PASSWORD)
        .await
        .unwrap();
    let actor = house.actor(&mine.token).await;
    assert_eq!(
        account::accounts::change_password(&house.desk, &actor, "wrong one", "velvet orchard signal")
            .await
            .err(),
        Some(Error::field("current_password", Why::WrongPassword))
    );
    assert_eq!(
        account::accounts::change_password(&house.desk, &actor, PASSWORD, "password123")
            .await
            .err(),
        Some(Error::field("new_password", Why::PasswordTooCommon))
    );
    let begun = account::accounts::change_password(&house.desk, &actor, PASSWORD, "velvet orchard signal")
        .await
        .unwrap();
    for dead in [&other.token, &mine.token] {
        assert!(
            account::sessions::find_actor(&house.desk, dead, &house.caller())
                .await
                .unwrap()
                .is_none()
        );
    }
    assert_eq!(house.actor(&begun.token).await.id(), ivo.id());
    assert!(
        account::accounts::sign_in(&house.desk, &house.caller(), "admin@northlight.test", PASSWORD)
            .await
            .is_err()
    );
    account::accounts::sign_in(
        &house.desk,
        &house.caller(),
        "admin@northlight.test",
        "velvet orchard signal",
    )
    .await
    .unwrap();
    assert!(
        house
            .letters_to("admin@northlight.test")
            .await
            .iter()
            .any(|m| m.subject == "Your password was changed")
    );
}

both!(a_lost_password_is_set_by_a_mailed_link_once);
async fn a_lost_password_is_set_by_a_mailed_link_once(house: &House) {
    let ivo = house.organisation("northlight").await;
    account::accounts::ask_reset(&house.desk, &house.caller(), "Admin@northlight.test")
        .await
        .unwrap();
    let first = house.token_mailed("admin@northlight.test", "reset").await;
    account::accounts::ask_reset(&house.desk, &house.caller(), "admin@northlight.test")
        .await
        .unwrap();
    let second = house.token_mailed("admin@northlight.test", "reset").await;
    assert_eq!(first, second, "a link that is good for a while yet is sent again");
    let caller = house.caller();
    assert_eq!(
        account::accounts::reset_password(&house.desk, &caller, &second, "12345678").await,
        Err(Error::field("password", Why::PasswordTooCommon))
    );
    account::accounts::reset_password(&house.desk, &caller, &second, "velvet orchard signal")
        .await
        .unwrap();
    assert_eq!(
        account::accounts::reset_password(&house.desk, &caller, &second, "yet another sentence").await,
        Err(Error::Refused(Why::LinkUsed))
    );
    assert!(
        account::sessions::list(&house.desk, &ivo)
            .await
            .unwrap()
            .is_empty()
    );
    account::accounts::sign_in(
        &house.desk,
        &caller,
        "admin@northlight.test",
        "velvet orchard signal",
    )
    .await
    .unwrap();
    house.deliver().await;
}

both!(the_second_factor_stands_before_everything);
async fn the_second_factor_stands_before_everything(house: &House) {
    let ivo = house.organisation("northlight").await;
    account::factor::begin(&house.desk, &ivo, "").await.unwrap();
    let ivo = house.again(&ivo).await;
    let secret = account::factor::setup(&house.desk, &ivo).unwrap().unwrap().secret;
    assert_eq!(
        account::factor::confirm(&house.desk, &ivo, "000000x", "")
            .await
            .err(),
        Some(Error::field("code", Why::WrongCode))
    );
    let (begun, codes) = account::factor::confirm(&house.desk, &ivo, &code(&secret, house.now), "")
        .await
        .unwrap();
    assert_eq!(codes.len(), 10);
    assert!(matches!(
        house.actor(&begun.token).await.account.factor,
        Factor::On { .. }
    ));

    let begun = account::accounts::sign_in(&house.desk, &house.caller(), "admin@northlight.test", PASSWORD)
        .await
        .unwrap();
    assert!(begun.factor_due);
    let cookie = format!("anteroom={}", begun.token);
    let page = house.get("/northlight/access_requests", &cookie).await;
    assert_eq!(
        (
            page.status.as_u16(),
            page.location().starts_with("/signin/code?back=")
        ),
        (303, true)
    );
    let refused = house.post("/actions/look_again", &cookie, "org=northlight").await;
    assert_eq!(refused.status, 401);
    let half = house.actor(&begun.token).await;
    // The step used to switch it on is spent: the same code does not work twice.
    assert!(
        account::factor::pass(&house.desk, &half, &code(&secret, house.now))
            .await
            .is_err()
    );
    let whole = account::factor::pass(&house.desk, &half, &codes[0].to_uppercase())
        .await
        .unwrap();
    assert!(
        account::sessions::find_actor(&house.desk, &begun.token, &house.caller())
            .await
            .unwrap()
            .is_none(),
        "the half session's token is worth nothing now"
    );
    let actor = house.actor(&whole.token).await;
    assert!(actor.session.factor_passed && !actor.session.factor_due);
    // A recovery code works once.
    let again = account::accounts::sign_in(&house.desk, &house.caller(), "admin@northlight.test", PASSWORD)
        .await
        .unwrap();
    assert!(
        account::factor::pass(&house.desk, &house.actor(&again.token).await, &codes[0])
            .await
            .is_err()
    );
    let later = house.caller_at(house.now + Span::minutes(2));
    let half = account::sessions::find_actor(&house.desk, &again.token, &later)
        .await
        .unwrap()
        .unwrap();
    account::factor::pass(&house.desk, &half, &code(&secret, later.now))
        .await
        .unwrap();
    assert!(
        house
            .letters_to("admin@northlight.test")
            .await
            .iter()
            .any(|m| m.subject == "Your second factor was switched on")
    );
}

both!(an_organisation_can_demand_the_second_factor);
async fn an_organisation_can_demand_the_second_factor(house: &House) {
    let (ivo, member) = house.founder("northlight").await;
    assert_eq!(
        organisation::organisations::demand_factor(&house.desk, &ivo, &member, true).await,
        Err(Error::SecondFactorDemanded)
    );
    account::factor::begin(&house.desk, &ivo, "").await.unwrap();
    let begun = house.again(&ivo).await;
    let secret = account::factor::setup(&house.desk, &begun)
        .unwrap()
        .unwrap()
        .secret;
    let (session, codes) = account::factor::confirm(&house.desk, &begun, &code(&secret, house.now), "")
        .await
        .unwrap();
    let ivo = house.actor(&session.token).await;
    organisation::organisations::demand_factor(
        &house.desk,
        &ivo,
        &house.membership(&ivo, "northlight").await,
        true,
    )
    .await
    .unwrap();
    assert_eq!(
        account::factor::end(&house.desk, &ivo, PASSWORD, &codes[0]).await,
        Err(Error::Refused(Why::FactorDemanded))
    );
    // A second administrator without one has no rights until there is one.
    let ruth = house.person("ruth@northlight.test", "Ruth").await;
    operator::make_admin(&house.desk, &member.slug, &ruth.account.email, house.now)
        .await
        .unwrap();
    let cookie = house.cookie(&ruth).await;
    let page = house.get("/northlight/access_requests", &cookie).await;
    assert_eq!(page.status, 403);
    assert!(page.body.contains("/settings#factor"), "the page says what to do");
    assert_eq!(
        house
            .post(
                "/actions/decide",
                &cookie,
                &format!(
                    "org=northlight&request={}&verdict=approve",
                    crate::harness::uuid(house)
                )
            )
            .await
            .status,
        403
    );
    assert_eq!(house.get("/northlight", &cookie).await.status, 200);
    house.deliver().await;
}

both!(the_profile_is_checked_whole);
async fn the_profile_is_checked_whole(house: &House) {
    let ivo = house.organisation("northlight").await;
    account::accounts::change_profile(&house.desk, &ivo, &profile("Ivo B."))
        .await
        .unwrap();
    // Changed from elsewhere in between: refused, not overwritten.
    assert_eq!(
        account::accounts::change_profile(&house.desk, &ivo, &profile("Other")).await,
        Err(Error::Stale)
    );
    let ivo = house.again(&ivo).await;
    assert_eq!(
        (ivo.account.name.as_str(), ivo.account.time_zone.as_str()),
        ("Ivo B.", "Europe/Berlin")
    );
    let bad = anteroom::desk::account::accounts::Profile {
        name: "a\u{202e}b".into(),
        language: "xx".into(),
        time_zone: "Mars/Base".into(),
        theme: "pink".into(),
        keys: true,
    };
    let fault = |field: &str, why| Fault {
        field: field.into(),
        why,
    };
    let expected = vec![
        fault("name", Why::HasUnseenCharacters),
        fault("language", Why::UnknownChoice),
        fault("time_zone", Why::UnknownTimeZone),
        fault("theme", Why::UnknownChoice),
    ];
    assert_eq!(
        account::accounts::change_profile(&house.desk, &ivo, &bad).await,
        Err(Error::Invalid(expected))
    );
    house.deliver().await;
}

both!(the_operator_can_help);
async fn the_operator_can_help(house: &House) {
    let ivo = house.organisation("northlight").await;
    assert_eq!(
        operator::setup_token(&house.desk, house.now).await.unwrap(),
        None,
        "there is an organisation already"
    );
    let token = operator::operator_reset_token(&house.desk, &ivo.account.email, house.now)
        .await
        .unwrap();
    account::accounts::reset_password(&house.desk, &house.caller(), &token, "velvet orchard signal")
        .await
        .unwrap();
    let mira = house.person("mira@northlight.test", "Mira").await;
    let slug = anteroom::domain::organisation::Slug::parse("northlight").unwrap();
    for _ in 0..2 {
        operator::make_admin(&house.desk, &slug, &mira.account.email, house.now)
            .await
            .unwrap();
    }
    assert!(house.membership(&mira, "northlight").await.administrator);
    let nobody = anteroom::domain::account::Email::parse("nobody@northlight.test").unwrap();
    assert_eq!(
        operator::make_admin(&house.desk, &slug, &nobody, house.now).await,
        Err(Error::NotFound)
    );
    house.deliver().await;
}

both!(the_set_up_link_works_once);
/// Each start prints the same set-up link until its last day, then another, of which one founds the
/// first organisation; both are dead then.
async fn the_set_up_link_works_once(house: &House) {
    let printed = async |days: i64| {
        operator::setup_token(&house.desk, house.now + Span::days(days))
            .await
            .unwrap()
            .unwrap()
    };
    let (old, again) = (printed(0).await, printed(5).await);
    assert_eq!(old, again, "a start does not kill the link of the one before");
    let new = printed(6).await;
    assert_ne!(old, new, "a link that is about to end is not printed again");
    let look =
        async |token: &str| organisation::organisations::look_at_setup(&house.desk, token, house.now).await;
    assert_eq!((look(&old).await, look(&new).await), (Ok(()), Ok(())));
    let cookie_less = house.get(&format!("/setup/{new}"), "").await;
    assert_eq!(cookie_less.status, 200);
    let body = format!(
        "token={new}&slug=settings&organisation=&customer_number=1&your_name=Ivo&email=nope&password=password"
    );
    let refused = house.post("/actions/set_up", "", &body).await;
    assert_eq!(refused.status, 422);
    for field in ["slug", "organisation", "email", "password"] {
        assert!(
            refused.body.contains(&format!("[\"{field}\",")),
            "{}",
            refused.body
        );
    }
    let good = format!(
        "token={new}&slug=northlight&organisation=Northlight&customer_number=1&your_name=Ivo\
         &email=ivo%40northlight.test&password=tangled+copper+lantern"
    );
    assert_eq!(house.post("/actions/set_up", "", &good).await.status, 200);
    assert_eq!(house.post("/actions/set_up", "", &good).await.status, 409);
    assert_eq!(house.count("select count(*) from organisations").await, 1);
    assert_eq!(look(&old).await, Err(Error::Refused(Why::LinkDead)));
    let second = good
        .replace(&new, &old)
        .replace("slug=northlight", "slug=southmoor");
    assert_eq!(house.post("/actions/set_up", "", &second).await.status, 409);
    assert_eq!(house.count("select count(*) from organisations").await, 1);
    house.deliver().await;
}

both!(h09_an_office_behind_one_address_gets_in);
/// Only sign-ins that fail use up what an address may try; how many these are is a setting.
async fn h09_an_office_behind_one_address_gets_in(house: &House) {
    let (ivo, _) = house.founder("northlight").await;
    let desk = house.with_plan(|plan| plan.failed_sign_ins_per_address = 3);
    let sign_in = async |password: &str| {
        let email = ivo.account.email.as_str();
        let begun = account::accounts::sign_in(&desk, &house.caller(), email, password).await;
        begun.map(|_| ())
    };
    for _ in 0..8 {
        assert_eq!(sign_in(PASSWORD).await, Ok(()));
    }
    for _ in 0..3 {
        assert_eq!(sign_in("wrong").await, Err(Error::Refused(Why::SignInFailed)));
    }
    let refused = sign_in(PASSWORD).await;
    assert!(matches!(refused, Err(Error::TooManyTries { .. })), "{refused:?}");
    house.deliver().await;
}
