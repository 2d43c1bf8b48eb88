//! Signing in with a provider by way of the browser: attempts beside each other, and linking with a
//! proof.
use crate::harness::provider::{Browser, StandIn};
use crate::harness::{House, PASSWORD, token_in};
use anteroom::desk::account;

both!(attempts_stand_beside_each_other);
/// F9: several sign-ins under way in one browser each arrive where they were to lead, whatever the
/// order; a finished callback opened again leads on.
async fn attempts_stand_beside_each_other(house: &House) {
    let idp = StandIn::of(house, &[]).await;
    let mut tabs = Browser::default();
    let one = idp
        .leave(&mut tabs, "/waiting?x=1", "mira", "mira@northlight.test")
        .await;
    let two = idp
        .leave(&mut tabs, "/settings", "mira", "mira@northlight.test")
        .await;
    let second = tabs.get(&idp.router, &two).await;
    assert_eq!((second.status.as_u16(), second.location()), (303, "/settings"));
    let first = tabs.get(&idp.router, &one).await;
    assert_eq!((first.status.as_u16(), first.location()), (303, "/waiting?x=1"));
    // Both again, as a browser does that restores its tabs.
    for (callback, to) in [(&one, "/waiting?x=1"), (&two, "/settings")] {
        let again = tabs.get(&idp.router, callback).await;
        assert_eq!((again.status.as_u16(), again.location()), (303, to));
    }
    assert_eq!(tabs.get(&idp.router, "/settings").await.status.as_u16(), 200);
    tabs.post(&idp.router, "/actions/sign_out", "back=%2F").await;
    assert_eq!(
        tabs.get(&idp.router, &one).await.status.as_u16(),
        409,
        "nobody is signed in"
    );
    // Two that arrive at one moment, of somebody who was never here.
    let (mut left, mut right) = (Browser::default(), Browser::default());
    let a = idp.leave(&mut left, "/a", "nia", "nia@northlight.test").await;
    let b = idp.leave(&mut right, "/b", "nia", "nia@northlight.test").await;
    let (a, b) = tokio::join!(left.get(&idp.router, &a), right.get(&idp.router, &b));
    assert_eq!((a.location(), b.location()), ("/a", "/b"));
    house.deliver().await;
}

both!(attempts_take_little_room);
/// F9: a browser keeps few attempts, the newest, and none that is large.
async fn attempts_take_little_room(house: &House) {
    let idp = StandIn::of(house, &[]).await;
    let mut browser = Browser::default();
    let long = format!("/waiting?q={}", "x".repeat(480));
    let longer = format!("/waiting?q={}", "x".repeat(5000));
    let mut callbacks = Vec::new();
    for back in [&long, &long, &long, &long, &long, &long, &longer] {
        callbacks.push(
            idp.leave(&mut browser, back, "mira", "mira@northlight.test")
                .await,
        );
        assert!(browser.0.len() <= 4, "{:?}", browser.0.keys());
        assert!(browser.cookies().len() < 9000, "{}", browser.cookies().len());
    }
    let gone = browser.get(&idp.router, &callbacks[0]).await;
    assert_eq!(gone.status.as_u16(), 409, "the oldest made room");
    for (n, to) in [(6, "/"), (5, long.as_str()), (4, long.as_str())] {
        let arrived = browser.get(&idp.router, &callbacks[n]).await;
        assert_eq!((arrived.status.as_u16(), arrived.location()), (303, to), "{n}");
    }
    house.deliver().await;
}

both!(an_attempt_belongs_to_its_browser);
/// F9: a callback with somebody else's attempt signs nobody in, and takes nobody out of where they
/// are signed in.
async fn an_attempt_belongs_to_its_browser(house: &House) {
    let idp = StandIn::of(house, &[]).await;
    let (mut eve, mut mira) = (Browser::default(), Browser::default());
    let trap = idp
        .leave(&mut eve, "/settings", "eve", "eve@elsewhere.test")
        .await;
    let refused = mira.get(&idp.router, &trap).await;
    assert_eq!(refused.status.as_u16(), 409);
    assert!(!mira.0.contains_key("anteroom"));
    idp.sign_in(&mut mira, "/settings", "mira", "mira@northlight.test")
        .await;
    let (session, other) = (
        mira.0["anteroom"].clone(),
        idp.leave(&mut eve, "/", "eve", "e@else.test").await,
    );
    // With an attempt of her own under way, and without.
    let own = idp
        .leave(&mut mira, "/waiting", "mira", "mira@northlight.test")
        .await;
    for foreign in [&trap, &other] {
        let on = mira.get(&idp.router, foreign).await;
        assert_eq!((on.status.as_u16(), on.location()), (303, "/"));
        assert_eq!(mira.0["anteroom"], session);
    }
    assert!(
        mira.get(&idp.router, "/settings")
            .await
            .body
            .contains("mira@northlight.test")
    );
    assert_eq!(mira.get(&idp.router, &own).await.location(), "/waiting");
    house.deliver().await;
}

both!(linking_takes_a_proof);
/// S05: whoever comes by an unknown identity with the address of an account here is nobody until
/// they sign in to the account by its own means; the holder is told.
async fn linking_takes_a_proof(house: &House) {
    house.organisation("northlight").await;
    let idp = StandIn::of(house, &[]).await;
    let mut browser = Browser::default();
    let held = idp
        .sign_in(
            &mut browser,
            "/northlight/settings",
            "ivo",
            "Admin@northlight.test",
        )
        .await;
    assert_eq!((held.status.as_u16(), held.location()), (303, "/signin/link"));
    assert!(!browser.0.contains_key("anteroom"), "signed in as nobody");
    let page = browser.get(&idp.router, "/signin/link").await.body;
    assert!(
        page.contains("Is this account yours?") && page.contains("Stand-in"),
        "{page}"
    );
    assert_eq!(
        browser
            .post(&idp.router, "/actions/link_identity", "")
            .await
            .location(),
        "/signin?back=%2F"
    );
    // Somebody else's account does not take it.
    let mut eve = Browser(browser.0.clone());
    eve.0.insert(
        "anteroom".into(),
        house.cookie(&house.person("eve@x.test", "Eve").await).await[9..].into(),
    );
    assert_eq!(
        eve.post(&idp.router, "/actions/link_identity", "")
            .await
            .status
            .as_u16(),
        409
    );
    let body = format!(
        "email=admin%40northlight.test&password={}&back=%2Fsignin%2Flink",
        PASSWORD.replace(' ', "+")
    );
    assert_eq!(
        browser
            .post(&idp.router, "/actions/sign_in", &body)
            .await
            .location(),
        "/signin/link"
    );
    assert!(
        browser
            .get(&idp.router, "/signin/link")
            .await
            .body
            .contains("Link and go on")
    );
    let linked = browser.post(&idp.router, "/actions/link_identity", "").await;
    assert_eq!(
        (linked.status.as_u16(), linked.location()),
        (303, "/northlight/settings")
    );
    assert!(!browser.0.contains_key("anteroom-link"));
    let told = house.letters_to("admin@northlight.test").await;
    assert!(
        told.iter()
            .any(|m| m.subject == "Stand-in was linked with your account")
    );
    let mut again = Browser::default();
    let in_now = idp
        .sign_in(&mut again, "/northlight/settings", "ivo", "admin@northlight.test")
        .await;
    assert_eq!(in_now.location(), "/northlight/settings");
    assert_eq!(
        again
            .get(&idp.router, "/northlight/settings")
            .await
            .status
            .as_u16(),
        200
    );
}

both!(a_mailed_link_links_in_its_browser);
/// S05: the link that is mailed to the address works in the browser that asked for it, for the
/// identity that it came with, once.
async fn a_mailed_link_links_in_its_browser(house: &House) {
    house.organisation("northlight").await;
    let idp = StandIn::of(house, &[]).await;
    let mut browser = Browser::default();
    idp.sign_in(&mut browser, "/northlight", "ivo", "admin@northlight.test")
        .await;
    let asked = browser.post(&idp.router, "/actions/mail_link", "").await;
    assert_eq!(asked.location(), "/signin/link?done=asked");
    let letters = house.letters_to("admin@northlight.test").await;
    let letter = letters.iter().find(|m| m.text.contains("/signin/link/")).unwrap();
    assert_eq!(letter.subject, "Link Stand-in with your account");
    let token = token_in(&letter.text, "signin/link");
    let path = format!("/signin/link/{token}");
    // Another browser, and one that came as somebody else there.
    let (mut bare, mut other) = (Browser::default(), Browser::default());
    idp.sign_in(&mut other, "/", "not-ivo", "admin@northlight.test")
        .await;
    for stranger in [&mut bare, &mut other] {
        assert_eq!(stranger.get(&idp.router, &path).await.status.as_u16(), 409);
        let body = format!("token={token}");
        stranger.post(&idp.router, "/actions/link_by_mail", &body).await;
        assert!(!stranger.0.contains_key("anteroom"));
    }
    // Looking changes nothing; the button does, once.
    assert!(
        browser
            .get(&idp.router, &path)
            .await
            .body
            .contains("Link and go on")
    );
    let mut twin = Browser(browser.0.clone());
    let body = format!("token={token}");
    let linked = browser.post(&idp.router, "/actions/link_by_mail", &body).await;
    assert_eq!((linked.status.as_u16(), linked.location()), (303, "/northlight"));
    assert_eq!(browser.get(&idp.router, "/northlight").await.status.as_u16(), 200);
    twin.post(&idp.router, "/actions/link_by_mail", &body).await;
    assert!(!twin.0.contains_key("anteroom"), "used up");
    house.deliver().await;
}

both!(a_trusted_provider_signs_in_its_own);
/// S05: an operator's explicit trust in a provider covers the addresses of the named domains alone;
/// the holder is told, and a second factor stays due.
async fn a_trusted_provider_signs_in_its_own(house: &House) {
    house.organisation("northlight").await;
    let idp = StandIn::of(house, &["northlight.test"]).await;
    let mut browser = Browser::default();
    let arrived = idp
        .sign_in(&mut browser, "/northlight", "ivo", "admin@northlight.test")
        .await;
    assert_eq!(arrived.location(), "/northlight");
    assert_eq!(browser.get(&idp.router, "/northlight").await.status.as_u16(), 200);
    let told = house.letters_to("admin@northlight.test").await;
    assert!(
        told.iter()
            .any(|m| m.subject == "Stand-in was linked with your account")
    );
    // The provider has had somebody else at this address: its mailbox has passed on.
    let rival = idp
        .sign_in(&mut Browser::default(), "/", "new-ivo", "admin@northlight.test")
        .await;
    assert_eq!(rival.location(), "/signin/link");
    // A domain below, and another one.
    for email in ["nia@sub.northlight.test", "nia@elsewhere.test"] {
        account::accounts::ask_reset(&house.desk, &house.caller(), email)
            .await
            .unwrap();
        house.person(email, "Nia").await;
        let held = idp.sign_in(&mut Browser::default(), "/", email, email).await;
        assert_eq!(held.location(), "/signin/link", "{email}");
    }
    house.deliver().await;
}

both!(another_sites_link_begins_no_sign_in);
/// Whoever follows a link of another site presses the button here first: a provider that asks
/// nothing would have signed them in, as whoever the other site wants.
async fn another_sites_link_begins_no_sign_in(house: &House) {
    for query in ["?back=/settings", "?prove=1&back=/settings"] {
        let request = http::Request::get(format!("/signin/idp{query}"))
            .header("sec-fetch-site", "cross-site")
            .body(axum::body::Body::empty())
            .unwrap();
        let answer = house.send(request).await;
        assert_eq!(
            (answer.status.as_u16(), answer.location()),
            (303, "/signin?back=%2Fsettings")
        );
        assert!(answer.headers.get("set-cookie").is_none());
    }
}
