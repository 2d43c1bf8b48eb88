//! Mailed links, all kinds at once: scanners and strangers, links of one purpose used for another,
//! forged hosts on every form that mails, and what becomes of invitations that meet the wrong
//! person at the wrong moment.
use crate::harness::{Answer, House, ORIGIN, PASSWORD, send_to, uuid};
use anteroom::desk::{Actor, account, demo, joining, people};
use anteroom::domain::time::Span;
use anteroom::domain::{Error, Why};
use axum::body::Body;
use http::{Method, Request, header};

/// The id that the samples of doors hold, which nothing has.
pub(super) const UNKNOWN: &str = "0192d3a0-0000-7000-8000-000000000000";

/// One link of each kind that letters carry, with the path before its token.
pub(super) struct Links {
    pub(super) ivo: Actor,
    pub(super) all: Vec<(&'static str, String)>,
}

pub(super) async fn links(house: &House) -> Links {
    let ivo = house.organisation("northlight").await;
    house.invite(&ivo, "mira@northlight.test").await;
    joining::signup::ask_sign_up(&house.desk, &house.caller(), "nora@northlight.test")
        .await
        .unwrap();
    account::accounts::ask_reset(&house.desk, &house.caller(), "admin@northlight.test")
        .await
        .unwrap();
    account::addresses::ask_email_change(&house.desk, &ivo, "new@northlight.test", PASSWORD)
        .await
        .unwrap();
    let mut all = Vec::new();
    for (stem, email) in [
        ("invitations", "mira@northlight.test"),
        ("signup", "nora@northlight.test"),
        ("reset", "admin@northlight.test"),
        ("email", "new@northlight.test"),
    ] {
        all.push((stem, house.token_mailed(email, stem).await));
    }
    Links { ivo, all }
}

async fn visit(
    house: &House,
    method: Method,
    path: &str,
    cookie: &str,
    agent: &str,
    purpose: &str,
) -> Answer {
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header(header::COOKIE, cookie)
        .header(header::ACCEPT, "text/html")
        .header(header::USER_AGENT, agent)
        .header("sec-purpose", purpose)
        .body(Body::empty())
        .unwrap();
    send_to(&house.router, request).await
}

both!(row_27_scanners_use_nothing_up);
/// Row 27: whatever opens links before their reader does, nothing is used up and nothing is
/// written; then the person succeeds.
async fn row_27_scanners_use_nothing_up(house: &House) {
    let Links { ivo, all } = links(house).await;
    let cookie = house.cookie(&ivo).await;
    let rows = async || {
        let mut counts = Vec::new();
        for table in [
            "events",
            "accounts",
            "members",
            "deliveries",
            "tokens where used_at is null",
            "invitations where status = 'pending'",
            "tries",
        ] {
            counts.push(house.count(&format!("select count(*) from {table}")).await);
        }
        counts
    };
    let before = rows().await;
    for (stem, token) in &all {
        for agent in [
            "Mozilla/5.0 (compatible; MSIE 10.0; SafeLinks)",
            "Barracuda Sentinel (EE)",
            "Slackbot-LinkExpanding 1.0",
            "GoogleImageProxy",
            "",
        ] {
            for (method, purpose) in [
                (Method::HEAD, ""),
                (Method::GET, ""),
                (Method::GET, "prefetch"),
                (Method::GET, "prefetch;prerender"),
            ] {
                let answer = visit(
                    house,
                    method,
                    &format!("/{stem}/{token}"),
                    &cookie,
                    agent,
                    purpose,
                )
                .await;
                assert_eq!(answer.status, 200, "{stem} {agent}");
            }
        }
        let options = visit(
            house,
            Method::OPTIONS,
            &format!("/{stem}/{token}"),
            &cookie,
            "x",
            "",
        )
        .await;
        assert_eq!(options.status, 405);
    }
    assert_eq!(rows().await, before);
    let token = |stem: &str| all.iter().find(|(s, _)| *s == stem).unwrap().1.clone();
    people::acceptance::accept_as_new(
        &house.desk,
        &house.caller(),
        &token("invitations"),
        "Mira",
        PASSWORD,
    )
    .await
    .unwrap();
    joining::signup::sign_up(&house.desk, &house.caller(), &token("signup"), "Nora", PASSWORD)
        .await
        .unwrap();
    account::addresses::prove_email(&house.desk, &ivo, &token("email"))
        .await
        .unwrap();
    // The change of address has killed what was mailed to the old one (row 10).
    assert_eq!(
        account::accounts::reset_password(&house.desk, &house.caller(), &token("reset"), "seven slow herons")
            .await,
        Err(Error::Refused(Why::LinkDead))
    );
    house.deliver().await;
}

both!(row_09_a_link_has_one_purpose);
/// Row 9: a link of one purpose opens nothing of another. Row 11: nothing that is not a link of
/// ours opens anything.
async fn row_09_a_link_has_one_purpose(house: &House) {
    let Links { ivo, all } = links(house).await;
    let before = house.count("select count(*) from events").await;
    for (stem, token) in &all {
        for other in ["invitations", "signup", "reset", "email"]
            .into_iter()
            .filter(|o| o != stem)
        {
            let cookie = house.cookie(&ivo).await;
            let page = house.get(&format!("/{other}/{token}"), &cookie).await;
            // Whoever is signed in with an account that is in an organisation is not shown
            // sign-up's form for any token.
            assert_eq!(page.status, 409, "/{other} with a token of {stem}");
        }
    }
    let forged: Vec<String> = (0..200)
        .map(|_| house.mint().secret().text)
        .chain([
            "null".into(),
            "undefined".into(),
            "%00".into(),
            "a".repeat(43),
            "-".repeat(43),
            uuid(house),
        ])
        .collect();
    for token in &forged {
        for (path, body) in [
            (
                "/actions/accept_as_new",
                format!("token={token}&name=Eve&password=tangled+copper+lantern"),
            ),
            (
                "/actions/sign_up",
                format!("token={token}&name=Eve&password=tangled+copper+lantern"),
            ),
            (
                "/actions/reset_password",
                format!("token={token}&password=tangled+copper+lantern"),
            ),
        ] {
            assert_eq!(house.post(path, "", &body).await.status, 409, "{path} {token}");
        }
    }
    assert_eq!(house.count("select count(*) from events").await, before);
    house.deliver().await;
}

both!(row_19_no_form_believes_a_host);
/// Row 19, for every form that mails: links come from the configuration, whatever the request says
/// of hosts.
async fn row_19_no_form_believes_a_host(house: &House) {
    let ivo = house.organisation("northlight").await;
    let mira = house.person("mira@northlight.test", "Mira").await;
    house.belongs(&mira, "northlight").await;
    let (admin, hers) = (house.cookie(&ivo).await, house.cookie(&mira).await);
    let forms = [
        ("/actions/ask_sign_up", "", "email=a{n}%40northlight.test"),
        ("/actions/ask_reset", "", "email=admin%40northlight.test"),
        (
            "/actions/invite",
            admin.as_str(),
            "org=northlight&people=b{n}%40northlight.test",
        ),
        (
            "/actions/ask_email_change",
            admin.as_str(),
            "email=c{n}%40northlight.test&password=tangled+copper+lantern",
        ),
        (
            "/actions/request_access",
            hers.as_str(),
            "organisation=northlight&message=",
        ),
    ];
    for (n, (name, value)) in [
        ("host", "evil.test"),
        ("x-forwarded-host", "evil.test"),
        ("forwarded", "host=evil.test;proto=https"),
        ("x-forwarded-proto", "gopher"),
        ("x-original-host", "evil.test"),
        ("x-host", "evil.test"),
        ("x-forwarded-server", "evil.test"),
        ("x-rewrite-url", "//evil.test/"),
    ]
    .into_iter()
    .enumerate()
    {
        for (path, cookie, body) in &forms {
            let mut request = Request::post(*path)
                .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
                .header(header::ORIGIN, ORIGIN)
                .header(header::COOKIE, *cookie)
                .header("sec-fetch-site", "same-origin")
                .body(Body::from(body.replace("{n}", &n.to_string())))
                .unwrap();
            request
                .headers_mut()
                .insert(http::HeaderName::from_static(name), value.parse().unwrap());
            let answer = send_to(&house.router, request).await;
            assert!(answer.status.as_u16() < 500, "{path} {name}: {}", answer.body);
            assert!(!answer.body.contains("evil"), "{path} {name}");
        }
    }
    house.deliver().await;
    let letters = demo::organisation::demo_mailbox(&house.desk).await.unwrap();
    assert!(letters.len() > 25, "{}", letters.len());
    for stem in ["signup", "reset", "invitations", "email"] {
        assert!(
            letters
                .iter()
                .any(|l| l.text.contains(&format!("{ORIGIN}/{stem}/"))),
            "{stem}"
        );
    }
    assert!(
        letters
            .iter()
            .all(|l| !l.text.contains("evil") && !l.html.contains("evil") && !l.text.contains("gopher"))
    );
}

both!(row_01_an_invitation_belongs_to_its_address);
/// Rows 1 to 4: an invitation belongs to its address. Who holds only its id, who is somebody else,
/// who has the address unproven and no token: none accepts, and the invitation stays as it was.
async fn row_01_an_invitation_belongs_to_its_address(house: &House) {
    let (ivo, member) = house.founder("northlight").await;
    let token = house.invitation(&ivo, "Mira@northlight.test").await;
    let id = people::members::list(&house.desk, &member, &Default::default())
        .await
        .unwrap()
        .invited[0]
        .id
        .to_string();
    let ben = house
        .cookie(&house.person("ben@northlight.test", "Ben").await)
        .await;
    let unproven = house.vouched("mira@northlight.test", "Eve", false).await;
    let eve = house.cookie(&unproven).await;
    for (path, cookie, body, status) in [
        ("/actions/accept_invitation", &ben, format!("token={token}"), 409),
        ("/actions/accept_invitation", &ben, format!("token={id}"), 409),
        ("/actions/accept_invitation", &eve, format!("token={id}"), 409),
        (
            "/actions/accept_invitation",
            &ben,
            format!("token={token}&email=ben%40northlight.test"),
            409,
        ),
        (
            "/actions/accept_invitation",
            &String::new(),
            format!("token={token}"),
            401,
        ),
        (
            "/actions/accept_as_new",
            &ben,
            format!("token={id}&name=Ben&password=tangled+copper+lantern"),
            409,
        ),
    ] {
        let answer = house.post(path, cookie, &body).await;
        assert_eq!(answer.status.as_u16(), status, "{path} {body}: {}", answer.body);
    }
    assert_eq!(house.count("select count(*) from members").await, 1);
    assert_eq!(
        house
            .count("select count(*) from invitations where status = 'pending'")
            .await,
        1
    );
    // The mailed token itself proves the mailbox: who holds it and has the address may come in, in
    // whatever case it is written.
    let (begun, _) = people::acceptance::accept_as(&house.desk, &unproven, &token)
        .await
        .unwrap();
    assert!(house.actor(&begun.token).await.account.email_proven_at.is_some());
    house.deliver().await;
}

both!(row_12_links_end_at_their_instant);
/// Row 12: the instant decides and no sweeper: a link is over at its last millisecond, for every
/// kind.
async fn row_12_links_end_at_their_instant(house: &House) {
    let Links { all, .. } = links(house).await;
    let token = |stem: &str| all.iter().find(|(s, _)| *s == stem).unwrap().1.clone();
    for (stem, life) in [
        ("invitations", anteroom::domain::invitation::LIFE),
        ("signup", anteroom::desk::letters::SIGN_UP_LIFE),
        ("reset", anteroom::desk::letters::RESET_LIFE),
    ] {
        // Links that the worker makes begin their life when it does.
        let late = house.now + life + Span::minutes(2);
        let refused = match stem {
            "invitations" => people::acceptance::accept_as_new(
                &house.desk,
                &house.caller_at(house.now + life),
                &token(stem),
                "Eve",
                PASSWORD,
            )
            .await
            .err(),
            "signup" => {
                joining::signup::sign_up(&house.desk, &house.caller_at(late), &token(stem), "Eve", PASSWORD)
                    .await
                    .err()
            }
            _ => {
                account::accounts::reset_password(&house.desk, &house.caller_at(late), &token(stem), PASSWORD)
                    .await
                    .err()
            }
        };
        assert_eq!(refused, Some(Error::Refused(Why::LinkExpired)), "{stem}");
    }
    house.deliver().await;
}
