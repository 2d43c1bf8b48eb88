//! Attacks on sign-in that succeeded elsewhere; the numbers are the rows of docs/security.md.
use crate::harness::{House, ORIGIN, PASSWORD, send_to, token_in};
use anteroom::desk::{Actor, account};
use anteroom::domain::account::Email;
use anteroom::domain::{Error, Why};
use axum::body::Body;
use http::{Request, header};

both!(row_05_an_unproven_address_is_only_a_label);
/// Row 5: somebody registers a victim's address before the victim does. Nothing that nobody proved
/// is linked or signed in with.
async fn row_05_an_unproven_address_is_only_a_label(house: &House) {
    let eve = house.vouched("victim@northlight.test", "Eve", false).await;
    assert!(eve.account.email_proven_at.is_none());
    let victim = account::providers::sign_in_with_provider(
        &house.desk,
        &house.caller(),
        &anteroom::desk::account::providers::Person {
            zone: None,
            provider: "other".into(),
            issuer: "https://other.test".into(),
            subject: "victim".into(),
            email: Some("victim@northlight.test".into()),
            email_verified: true,
            name: Some("Victim".into()),
            organisation: None,
        },
    )
    .await
    .unwrap();
    let victim = house.actor(&victim.token).await;
    assert_ne!(victim.id(), eve.id());
    assert!(victim.account.email_proven_at.is_some());
    // Eve keeps her own account, without the address.
    let eve_again = house.vouched("victim@northlight.test", "Eve", false).await;
    assert_eq!(eve_again.id(), eve.id());
    let holder = anteroom::store::account::accounts::find_by_proven_email(
        &mut *house.raw().await,
        &Email::parse("victim@northlight.test").unwrap(),
    )
    .await
    .unwrap();
    assert_eq!(holder.unwrap().id, victim.account.id);
}

both!(row_10_links_die_with_their_address);
/// Row 10: a link mailed to an address that was given up still resets the password.
async fn row_10_links_die_with_their_address(house: &House) {
    let ivo = house.organisation("northlight").await;
    account::accounts::ask_reset(&house.desk, &house.caller(), "admin@northlight.test")
        .await
        .unwrap();
    let reset = house.token_mailed("admin@northlight.test", "reset").await;
    account::addresses::ask_email_change(&house.desk, &ivo, "new@northlight.test", PASSWORD)
        .await
        .unwrap();
    let proof = house.token_mailed("new@northlight.test", "email").await;
    account::addresses::prove_email(&house.desk, &ivo, &proof)
        .await
        .unwrap();
    assert_eq!(
        account::accounts::reset_password(&house.desk, &house.caller(), &reset, "velvet orchard signal")
            .await,
        Err(Error::Refused(Why::LinkDead))
    );
    assert!(
        account::accounts::sign_in(&house.desk, &house.caller(), "admin@northlight.test", PASSWORD)
            .await
            .is_err()
    );
    account::accounts::sign_in(&house.desk, &house.caller(), "new@northlight.test", PASSWORD)
        .await
        .unwrap();
    house.deliver().await;
}

both!(row_19_links_come_from_the_configuration_only);
/// Row 19: a forged Host (or any other header) must not end up in a mailed link.
async fn row_19_links_come_from_the_configuration_only(house: &House) {
    house.organisation("northlight").await;
    for (n, (name, value)) in [
        ("host", "evil.test"),
        ("x-forwarded-host", "evil.test"),
        ("forwarded", "host=evil.test;proto=https"),
        ("x-forwarded-proto", "gopher"),
        ("x-original-host", "evil.test"),
        ("x-host", "evil.test"),
        ("x-forwarded-server", "evil.test"),
        ("x-original-url", "//evil.test/"),
    ]
    .into_iter()
    .enumerate()
    {
        let mut request = Request::post("/actions/ask_reset")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::ORIGIN, ORIGIN)
            .header("sec-fetch-site", "same-origin")
            .header("x-forwarded-for", format!("192.0.2.{n}"))
            .body(Body::from("email=admin%40northlight.test"))
            .unwrap();
        request
            .headers_mut()
            .insert(http::HeaderName::from_static(name), value.parse().unwrap());
        send_to(&house.router, request).await;
    }
    let letters = house.letters_to("admin@northlight.test").await;
    assert!(
        letters
            .iter()
            .any(|l| l.text.contains(&format!("{ORIGIN}/reset/")))
    );
    assert!(
        letters
            .iter()
            .all(|l| !l.text.contains("evil") && !l.html.contains("evil") && !l.text.contains("gopher"))
    );
}

both!(row_22_lookalike_addresses_are_nobody);
/// Row 22: an address whose letters fold onto another's must not reach that one's account.
async fn row_22_lookalike_addresses_are_nobody(house: &House) {
    house.organisation("northlight").await;
    for lookalike in [
        "adm\u{131}n@northlight.test",
        "ADM\u{130}N@northlight.test",
        "admin@north\u{131}ight.test",
        "\u{430}dmin@northlight.test",
    ] {
        // One is an address of its own, whose owner may exist somewhere: the answer is that to anybody.
        let asked = account::accounts::ask_reset(&house.desk, &house.caller(), lookalike).await;
        assert_eq!(
            asked.is_ok(),
            lookalike.ends_with("\u{131}ight.test"),
            "{lookalike}"
        );
        assert_eq!(
            account::accounts::sign_in(&house.desk, &house.caller(), lookalike, PASSWORD)
                .await
                .err(),
            Some(Error::Refused(Why::SignInFailed))
        );
    }
    house.deliver().await;
    assert_eq!(
        house
            .count("select count(*) from tokens where purpose = 'reset'")
            .await,
        0
    );
}

both!(row_23_a_proof_sets_the_address_it_was_mailed_to);
/// Row 23: two changes of address at once must not let the proof of one set the other.
async fn row_23_a_proof_sets_the_address_it_was_mailed_to(house: &House) {
    let ivo = house.organisation("northlight").await;
    let (a, b) = tokio::join!(
        account::addresses::ask_email_change(&house.desk, &ivo, "mine@northlight.test", PASSWORD),
        account::addresses::ask_email_change(&house.desk, &ivo, "theirs@northlight.test", PASSWORD),
    );
    assert!(a.is_ok() || b.is_ok());
    for address in ["mine@northlight.test", "theirs@northlight.test"] {
        let Some(letter) = house.letters_to(address).await.pop() else {
            continue;
        };
        let ivo = house.again(&ivo).await;
        if account::addresses::prove_email(&house.desk, &ivo, &token_in(&letter.text, "email"))
            .await
            .is_ok()
        {
            assert_eq!(house.again(&ivo).await.account.email.as_str(), address);
        }
    }
    assert_ne!(
        house.again(&ivo).await.account.email.as_str(),
        "admin@northlight.test"
    );
    house.deliver().await;
}

both!(row_24_a_new_address_is_inert);
/// Row 24: a new address counts for nothing until it is proven, and the old one is told.
async fn row_24_a_new_address_is_inert(house: &House) {
    let ivo = house.organisation("northlight").await;
    account::addresses::ask_email_change(&house.desk, &ivo, "new@northlight.test", PASSWORD)
        .await
        .unwrap();
    assert!(
        account::accounts::sign_in(&house.desk, &house.caller(), "new@northlight.test", PASSWORD)
            .await
            .is_err()
    );
    account::accounts::sign_in(&house.desk, &house.caller(), "admin@northlight.test", PASSWORD)
        .await
        .unwrap();
    let told = house.letters_to("admin@northlight.test").await;
    assert!(
        told.iter()
            .any(|m| m.subject == "Your address is to be changed" && m.text.contains("new@northlight.test"))
    );
    // The link is worth nothing to anybody else.
    let mira = house.person("mira@northlight.test", "Mira").await;
    let token = house.token_mailed("new@northlight.test", "email").await;
    assert_eq!(
        account::addresses::prove_email(&house.desk, &mira, &token).await,
        Err(Error::Refused(Why::OtherAccount))
    );
    // An address that somebody else has proven meanwhile cannot be taken, and nothing is half done.
    house.person("new@northlight.test", "Nia").await;
    assert_eq!(
        account::addresses::prove_email(&house.desk, &ivo, &token).await,
        Err(Error::Refused(Why::AddressTaken))
    );
    assert_eq!(
        house.again(&ivo).await.account.email.as_str(),
        "admin@northlight.test"
    );
    house.deliver().await;
}

both!(row_25_identity_is_issuer_and_subject);
/// Row 25: the same address from another subject or issuer, or one the provider does not vouch for,
/// is somebody else.
async fn row_25_identity_is_issuer_and_subject(house: &House) {
    let ivo = house.organisation("northlight").await;
    let person = |issuer: &str, subject: &str, verified| anteroom::desk::account::providers::Person {
        zone: None,
        provider: "idp".into(),
        issuer: issuer.into(),
        subject: subject.into(),
        email: Some("admin@northlight.test".into()),
        email_verified: verified,
        name: None,
        organisation: None,
    };
    for (n, unvouched) in [
        person("https://idp.test", "1", false),
        person("https://idp.test/tenant", "1", false),
    ]
    .iter()
    .enumerate()
    {
        let begun = account::providers::sign_in_with_provider(&house.desk, &house.caller(), unvouched)
            .await
            .unwrap();
        let actor = house.actor(&begun.token).await;
        assert_ne!(actor.id(), ivo.id(), "{n}");
        assert!(
            account::memberships::membership(
                &house.desk,
                &actor,
                &anteroom::domain::organisation::Slug::parse("northlight").unwrap()
            )
            .await
            .is_err()
        );
    }
    // Nor is one that the provider does vouch for: who has the account links it with a proof.
    let unknown = person("https://idp.test", "2", true);
    assert_eq!(
        account::providers::sign_in_with_provider(&house.desk, &house.caller(), &unknown)
            .await
            .err(),
        Some(Error::Refused(Why::AddressHeld))
    );
    account::providers::prove_at_provider(&house.desk, &ivo, &unknown)
        .await
        .unwrap();
    // A known identity stays itself whatever address it claims now, and an address that its own
    // mailbox has proven stays.
    let moved = anteroom::desk::account::providers::Person {
        email: Some("mira@northlight.test".into()),
        ..unknown
    };
    let again = account::providers::sign_in_with_provider(&house.desk, &house.caller(), &moved)
        .await
        .unwrap();
    assert_eq!(house.actor(&again.token).await.id(), ivo.id());
    assert_eq!(
        house.again(&ivo).await.account.email.as_str(),
        "admin@northlight.test"
    );
    let told = house.letters_to("admin@northlight.test").await;
    assert!(
        told.iter()
            .any(|m| m.subject == "idp was linked with your account")
    );
}

both!(row_26_a_provider_does_not_pass_the_second_factor);
/// Row 26: a provider that turns bad signs nobody in past their second factor.
async fn row_26_a_provider_does_not_pass_the_second_factor(house: &House) {
    let ivo = house.organisation("northlight").await;
    account::factor::begin(&house.desk, &ivo, "").await.unwrap();
    let ivo = house.again(&ivo).await;
    let secret = account::factor::setup(&house.desk, &ivo).unwrap().unwrap().secret;
    let totp = totp_rs::Builder::new()
        .with_secret(totp_rs::Secret::try_from_base32(&secret).unwrap())
        .build()
        .unwrap();
    let code = totp.generate(u64::try_from(house.now.0 / 1000).unwrap());
    let switched_on = account::factor::confirm(&house.desk, &ivo, &code.to_string(), "").await;
    let ivo = house.actor(&switched_on.unwrap().0.token).await;
    house.prove(&ivo, "northlight").await;
    let by_provider: Actor = house.person("admin@northlight.test", "Ivo").await;
    assert_eq!(by_provider.id(), ivo.id());
    assert!(by_provider.session.factor_due);
    let cookie = house.cookie(&by_provider).await;
    assert_eq!(
        house.get("/northlight", &cookie).await.location(),
        "/signin/code?back=%2Fnorthlight"
    );
    house.deliver().await;
}

both!(row_34_nobody_is_sent_away_after_sign_in);
/// Row 34: where to go after signing in is a path of this site or nothing.
async fn row_34_nobody_is_sent_away_after_sign_in(house: &House) {
    house.organisation("northlight").await;
    for back in [
        "//evil.test",
        "/\\evil.test",
        "https://evil.test",
        "javascript:alert(1)",
        "/..//evil.test",
        "/\t/evil.test",
        "%2F%2Fevil.test",
    ] {
        let encoded: String = url::form_urlencoded::byte_serialize(back.as_bytes()).collect();
        let body = format!(
            "email=admin%40northlight.test&password=tangled+copper+lantern&back={encoded}&page={encoded}"
        );
        let answer = house.post_form("/actions/sign_in", "", &body).await;
        assert_eq!((answer.status.as_u16(), answer.location()), (303, "/"), "{back}");
        let failed = house
            .post_form(
                "/actions/sign_in",
                "",
                &format!("email=x%40y.test&password=x&page={encoded}"),
            )
            .await;
        assert!(
            !failed.headers.contains_key(header::LOCATION)
                || failed.location().starts_with('/') && !failed.location().starts_with("//"),
            "{back}"
        );
    }
    house.deliver().await;
}
