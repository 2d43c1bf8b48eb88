//! Attacks on the edge: guessing, flooding, forged sessions, foreign posts, missing headers.
use crate::harness::{House, ORIGIN, PASSWORD, at, send_to};
use anteroom::desk::account;
use anteroom::domain::time::Span;
use anteroom::domain::{Error, Why};
use axum::body::Body;
use http::{Request, header};

both!(guessing_is_stopped);
/// A wrong password tried again and again is stopped, from one place and without locking anybody
/// else out.
async fn guessing_is_stopped(house: &House) {
    house.organisation("northlight").await;
    let mut refused = 0;
    for _ in 0..14 {
        match account::accounts::sign_in(&house.desk, &house.caller(), "admin@northlight.test", "wrong")
            .await
            .err()
        {
            Some(Error::TooManyTries { wait_seconds }) => {
                assert!(wait_seconds > 0);
                refused += 1
            }
            other => assert_eq!(other, Some(Error::Refused(Why::SignInFailed))),
        }
    }
    // A window may begin anew in between, so at most two windows' worth of tries passed.
    assert!(
        refused >= 1 || house.now.0.rem_euclid(900_000) > 880_000,
        "{refused}"
    );
    let elsewhere = anteroom::desk::Caller {
        place: "198.51.100.9".into(),
        ..house.caller()
    };
    account::accounts::sign_in(&house.desk, &elsewhere, "admin@northlight.test", PASSWORD)
        .await
        .unwrap();
    house.deliver().await;
}

both!(an_address_is_not_flooded);
/// Row 31 in small: at most three letters a day to one address, however often they are asked for,
/// and always the same answer.
async fn an_address_is_not_flooded(house: &House) {
    house.organisation("northlight").await;
    for n in 0..8 {
        let caller = anteroom::desk::Caller {
            place: format!("192.0.2.{n}"),
            ..house.caller()
        };
        assert_eq!(
            account::accounts::ask_reset(&house.desk, &caller, "admin@northlight.test").await,
            Ok(())
        );
    }
    house.deliver().await;
    let resets = house
        .letters_to("admin@northlight.test")
        .await
        .iter()
        .filter(|m| m.subject == "Set a new password")
        .count();
    assert_eq!(resets, 3);
}

both!(sessions_are_not_fixed_or_forged);
/// A session's cookie from before signing in is not taken over, and a forged one is nothing.
async fn sessions_are_not_fixed_or_forged(house: &House) {
    house.organisation("northlight").await;
    let planted = format!("anteroom={}", "A".repeat(43));
    let body = "email=admin%40northlight.test&password=tangled+copper+lantern";
    let answer = house.post("/actions/sign_in", &planted, body).await;
    let cookie = answer.cookie("anteroom").unwrap();
    assert_ne!(cookie, planted);
    assert_eq!(house.get("/settings", &planted).await.status, 303);
    assert_eq!(house.get("/settings", &cookie).await.status, 200);
    // Two cookies of the name: somebody is playing, so nobody is signed in.
    assert_eq!(
        house
            .get("/settings", &format!("{cookie}; {planted}"))
            .await
            .status,
        303
    );
    let out = house.post("/actions/sign_out", &cookie, "").await;
    assert_eq!(out.status, 200);
    assert_eq!(house.get("/settings", &cookie).await.status, 303);
    house.deliver().await;
}

/// Posts from other sites, or without evidence of where they come from, change nothing.
#[tokio::test]
async fn posts_from_elsewhere_are_refused() {
    let house = House::sqlite().await;
    house.organisation("northlight").await;
    house.deliver().await;
    type Case = (&'static str, &'static [(&'static str, &'static str)], bool);
    let cases: [Case; 11] = [
        (
            "own page",
            &[("origin", ORIGIN), ("sec-fetch-site", "same-origin")],
            true,
        ),
        ("own page, old browser", &[("origin", ORIGIN)], true),
        ("own page, no origin", &[("sec-fetch-site", "same-origin")], true),
        ("neither header", &[], false),
        (
            "other site",
            &[("origin", "https://evil.test"), ("sec-fetch-site", "cross-site")],
            false,
        ),
        (
            "sibling",
            &[
                ("origin", "http://evil.127.0.0.1:3000"),
                ("sec-fetch-site", "same-site"),
            ],
            false,
        ),
        ("null origin", &[("origin", "null")], false),
        (
            "host pretends",
            &[("origin", "http://evil.test"), ("host", "evil.test")],
            false,
        ),
        ("other port", &[("origin", "http://127.0.0.1:3001")], false),
        ("typed address", &[("sec-fetch-site", "none")], false),
        (
            "lies about the site",
            &[("origin", "https://evil.test"), ("sec-fetch-site", "same-origin")],
            false,
        ),
    ];
    for (what, headers, passes) in cases {
        let mut request = Request::post("/actions/choose_language")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::HOST, "127.0.0.1:3000")
            .body(Body::from("language=de"))
            .unwrap();
        for (name, value) in headers {
            request
                .headers_mut()
                .insert(http::HeaderName::from_static(name), value.parse().unwrap());
        }
        let answer = house.send(request).await;
        assert_eq!(answer.status == 200, passes, "{what}: {}", answer.status);
        assert_eq!(answer.cookie("anteroom-language").is_some(), passes, "{what}");
    }
    house.close().await;
}

#[tokio::test]
async fn every_answer_has_its_headers() {
    let house = House::sqlite().await;
    let secure = house.router_with(|s| {
        s.secure = true;
        s.https_only = Some("max-age=31536000");
    });
    for path in ["/", "/signin", "/nowhere/at/all", "/healthz", "/settings"] {
        let answer = send_to(&secure, Request::get(path).body(Body::empty()).unwrap()).await;
        let header = |name: &str| {
            answer
                .headers
                .get(name)
                .and_then(|v| v.to_str().ok())
                .unwrap_or_default()
                .to_owned()
        };
        assert_eq!(header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(header("referrer-policy"), "same-origin", "{path}");
        assert_eq!(header("x-request-id").len(), 32, "{path}");
        assert_eq!(header("cross-origin-opener-policy"), "same-origin", "{path}");
        assert!(
            header("strict-transport-security") == "max-age=31536000",
            "{path}: its subdomains may be somebody else's"
        );
        assert_eq!(header("cache-control"), "no-store", "{path}");
        let policy = header("content-security-policy");
        assert!(
            policy.contains("default-src 'none'")
                && policy.contains("frame-ancestors 'none'")
                && !policy.contains("unsafe-inline"),
            "{path}: {policy}"
        );
    }
    let first = send_to(&secure, Request::get("/signin").body(Body::empty()).unwrap()).await;
    let second = send_to(&secure, Request::get("/signin").body(Body::empty()).unwrap()).await;
    assert_ne!(
        first.headers.get("content-security-policy"),
        second.headers.get("content-security-policy"),
        "a nonce is used once"
    );
    let set = send_to(
        &secure,
        Request::post("/actions/choose_language")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::ORIGIN, ORIGIN)
            .body(Body::from("language=de"))
            .unwrap(),
    )
    .await;
    let cookie = set
        .headers
        .get(header::SET_COOKIE)
        .unwrap()
        .to_str()
        .unwrap()
        .to_owned();
    assert!(cookie.starts_with("__Host-anteroom-language=de;"), "{cookie}");
    for part in ["; Path=/", "; HttpOnly", "; SameSite=Lax", "; Secure"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    house.close().await;
}

both!(what_one_account_asks_for_keeps_no_other_from_an_address);
/// Whoever asks for the same new address again and again uses up their own part; another account
/// waits for the address's pause at most.
async fn what_one_account_asks_for_keeps_no_other_from_an_address(house: &House) {
    let ivo = house.organisation("northlight").await;
    let mira = house.member(&ivo, "Mira Okafor").await;
    house.deliver().await;
    let new = "shared@northlight.test";
    for _ in 0..3 {
        let asked = account::addresses::ask_email_change(&house.desk, &ivo, new, PASSWORD).await;
        asked.unwrap();
    }
    let fourth = account::addresses::ask_email_change(&house.desk, &ivo, new, PASSWORD).await;
    assert!(matches!(fourth, Err(Error::TooManyTries { .. })), "{fourth:?}");
    let other = account::addresses::ask_email_change(&house.desk, &mira, new, PASSWORD).await;
    let wait = match other {
        Err(Error::TooManyTries { wait_seconds }) => wait_seconds,
        other => panic!("{other:?}"),
    };
    assert!((1..=600).contains(&wait), "{wait}");
    let later = at(&mira, house.now + Span::minutes(10));
    let asked = account::addresses::ask_email_change(&house.desk, &later, new, PASSWORD).await;
    asked.unwrap();
    house.expects_owed_letters();
}

both!(h18_an_address_has_one_spelling);
/// Each other one leads there at once, with its query; whether there is such an organisation shows
/// no sooner.
async fn h18_an_address_has_one_spelling(house: &House) {
    let (ivo, _) = house.founder("northlight").await;
    let cookie = house.cookie(&ivo).await;
    for (typed, right) in [
        ("/northlight/", "/northlight"),
        ("/Northlight", "/northlight"),
        ("/nowhere/", "/nowhere"),
        ("/signin/?back=/northlight", "/signin?back=/northlight"),
        ("/NORTHLIGHT/Users/?q=A%20B", "/northlight/users?q=A%20B"),
    ] {
        for asking in [cookie.as_str(), ""] {
            let answer = house.get(typed, asking).await;
            assert_eq!(answer.status, 308, "{typed}");
            assert_eq!(answer.location(), right);
        }
    }
    let users = house.get("/northlight/users?q=A%20B", &cookie).await;
    assert_eq!(users.status, 200);
    house.deliver().await;
}
