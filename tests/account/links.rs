//! Mailed links, all kinds at once: scanners and strangers, links of one purpose used for another,
//! forged hosts on every form that mails, and what becomes of invitations that meet the wrong
//! person at the wrong moment.
use crate::harness::{Answer, House, ORIGIN, PASSWORD, send_to, token_in, uuid};
use anteroom::desk::{Actor, account, demo, joining, organisation, people, queue, requests};
use anteroom::domain::role::Permissions;
use anteroom::domain::time::Span;
use anteroom::domain::verdict::Verdict;
use anteroom::domain::{Error, Why};
use anteroom::web::doors::{self, Needs};
use axum::body::Body;
use futures::future::join_all;
use http::{Method, Request, header};

/// The id that the samples of doors hold, which nothing has.
const UNKNOWN: &str = "0192d3a0-0000-7000-8000-000000000000";

/// One link of each kind that letters carry, with the path before its token.
struct Links {
    ivo: Actor,
    all: Vec<(&'static str, String)>,
}

async fn links(house: &House) -> Links {
    let ivo = house.organisation("northlight").await;
    let member = house.member(&ivo, "northlight").await;
    joining::invitations::invite(&house.desk, &ivo, &member, "mira@northlight.test")
        .await
        .unwrap();
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
            "outbox",
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
    let ivo = house.organisation("northlight").await;
    let member = house.member(&ivo, "northlight").await;
    joining::invitations::invite(&house.desk, &ivo, &member, "Mira@northlight.test")
        .await
        .unwrap();
    let token = house.token_mailed("Mira@northlight.test", "invitations").await;
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

both!(row_13_every_way_in_waits_for_approval);
/// Row 13: no way in passes by the administrators: signing in with a provider, signing up, or
/// asking makes nobody a member.
async fn row_13_every_way_in_waits_for_approval(house: &House) {
    let ivo = house.organisation("northlight").await;
    let member = house.member(&ivo, "northlight").await;
    let mira = house.person("mira@northlight.test", "Mira").await;
    house.asks(&mira, "northlight").await;
    joining::signup::ask_sign_up(&house.desk, &house.caller(), "nora@northlight.test")
        .await
        .unwrap();
    let token = house.token_mailed("nora@northlight.test", "signup").await;
    let nora = house
        .actor(
            &joining::signup::sign_up(&house.desk, &house.caller(), &token, "Nora", PASSWORD)
                .await
                .unwrap()
                .token,
        )
        .await;
    assert_eq!(house.count("select count(*) from members").await, 1);
    for actor in [&mira, &nora] {
        let cookie = house.cookie(actor).await;
        for path in [
            "/northlight",
            "/northlight/access_requests",
            "/northlight/users",
            "/northlight/live",
        ] {
            assert_eq!(house.get(path, &cookie).await.status, 404, "{path}");
        }
    }
    // Being rejected opens nothing either.
    let id = queue::list::page(&house.desk, &ivo, &member, &Default::default(), None)
        .await
        .unwrap()
        .rows[0]
        .request
        .id
        .clone();
    queue::decisions::decide(&house.desk, &ivo, &member, &id, Verdict::Reject)
        .await
        .unwrap();
    assert_eq!(house.count("select count(*) from invitations").await, 0);
    house.deliver().await;
}

both!(row_14_another_organisations_things_are_not_found);
/// Row 14, with real ids in every form that there is: an administrator of one organisation changes
/// nothing of another's.
async fn row_14_another_organisations_things_are_not_found(house: &House) {
    let ivo = house.organisation("northlight").await;
    let member = house.member(&ivo, "northlight").await;
    let mira = house.person("mira@northlight.test", "Mira").await;
    let request = house.asks(&mira, "northlight").await;
    joining::invitations::invite(&house.desk, &ivo, &member, "ben@northlight.test")
        .await
        .unwrap();
    let invitation = people::members::list(&house.desk, &member, &Default::default())
        .await
        .unwrap()
        .invited[0]
        .id
        .clone();
    organisation::links::add_domain(&house.desk, &ivo, &member, "northlight.test")
        .await
        .unwrap();
    let domain = organisation::links::list(&house.desk, &ivo, &member)
        .await
        .unwrap()
        .domains[0]
        .id
        .clone();
    let role = people::roles::create(&house.desk, &ivo, &member, "Readers", Permissions::NONE)
        .await
        .unwrap();
    let group = people::groups::create(&house.desk, &ivo, &member, "Lab")
        .await
        .unwrap();
    let olga = house.organisation("southmoor").await;
    let cookie = house.cookie(&olga).await;
    let letters = "select id from outbox where invitation_id is not null";
    let letter: String = sqlx::query_scalar(letters)
        .fetch_one(&mut *house.raw().await)
        .await
        .unwrap();
    house.deliver().await;
    let before = house.count("select count(*) from events").await;
    let ids = [
        ("request", request.to_string()),
        ("invitation", invitation.to_string()),
        ("account", ivo.id().to_string()),
        ("session", ivo.session.id.to_string()),
        ("domain", domain.to_string()),
        ("role", role.to_string()),
        ("group", group.to_string()),
        ("letter", letter),
    ];
    let named = |sample: &str| {
        ids.iter()
            .any(|(field, _)| sample.contains(&format!("&{field}={UNKNOWN}")))
    };
    let mut tried = 0;
    for door in doors::all().filter(|d| matches!(d.needs, Needs::May(_)) && named(d.sample)) {
        for org in ["southmoor", "northlight"] {
            let sample = door.sample.replace("{org}", org);
            let body = ids.iter().fold(sample, |body, (field, id)| {
                body.replace(&format!("&{field}={UNKNOWN}"), &format!("&{field}={id}"))
            });
            let answer = house.post(door.path, &cookie, &body).await;
            // Copying links is refused before anything is looked up, as letters go out by mail
            // here.
            let expected = if door.path.ends_with("copy_link") && org == "southmoor" {
                409
            } else {
                404
            };
            assert_eq!(
                answer.status.as_u16(),
                expected,
                "{} in {org}: {}",
                door.path,
                answer.body
            );
            tried += 1;
        }
    }
    assert!(tried > 35, "{tried}");
    let unlinked = house
        .post(
            "/actions/unlink_provider",
            &cookie,
            "org=southmoor&provider=idp&theirs=northlight",
        )
        .await;
    assert_eq!(unlinked.status, 404);
    let listed = house
        .post(
            "/actions/look_again",
            &cookie,
            &format!("org=southmoor&ids={request}"),
        )
        .await;
    assert!(listed.body.contains("\"rows\":[]"), "{}", listed.body);
    assert_eq!(house.count("select count(*) from events").await, before);
    house.deliver().await;
}

both!(row_28_one_outcome_whoever_comes_first);
/// Row 28, over the whole life of a request: approve, reject, withdraw and the clock at once: one
/// outcome, its history and its letters.
async fn row_28_one_outcome_whoever_comes_first(house: &House) {
    let ivo = house.organisation("northlight").await;
    let member = house.member(&ivo, "northlight").await;
    for round in 0..12 {
        let mira = house.person(&format!("p{round}@northlight.test"), "Mira").await;
        let id = house.asks(&mira, "northlight").await;
        let over = house.now + anteroom::domain::organisation::REQUEST_LIFE;
        let tries: Vec<_> = (0..16)
            .map(|n| {
                let (desk, ivo, member, mira, id) = (
                    house.desk.clone(),
                    ivo.clone(),
                    member.clone(),
                    mira.clone(),
                    id.clone(),
                );
                tokio::spawn(async move {
                    match (n + round) % 4 {
                        0 => queue::decisions::decide(&desk, &ivo, &member, &id, Verdict::Approve)
                            .await
                            .map(|()| 1),
                        1 => queue::decisions::decide(&desk, &ivo, &member, &id, Verdict::Reject)
                            .await
                            .map(|()| 1),
                        2 => joining::requests::withdraw(&desk, &mira, &id).await.map(|()| 1),
                        _ => requests::expiry::sweep(&desk, over).await,
                    }
                })
            })
            .collect();
        let won: usize = join_all(tries)
            .await
            .into_iter()
            .filter_map(|t| t.unwrap().ok())
            .sum();
        // The sweep takes what is due of other rounds as well: none is left of those.
        assert_eq!(won, 1, "round {round}");
        let ends = format!(
            "select count(*) from events where object = '{id}' and what in ('request.approved', \
             'request.denied', 'request.canceled', 'request.expired')"
        );
        assert_eq!(house.count(&ends).await, 1, "round {round}");
    }
    assert_eq!(
        house
            .count("select count(*) from requests where status = 'pending'")
            .await,
        0
    );
    let invited = house
        .count("select count(*) from requests where status = 'approved'")
        .await;
    assert_eq!(house.count("select count(*) from invitations").await, invited);
    assert_eq!(
        house
            .count("select count(*) from outbox where invitation_id is not null")
            .await,
        invited
    );
    // Those that expired did so at an instant that has not come, and so their letters.
    house.expects_owed_letters();
}

both!(row_29_no_answer_holds_a_token);
/// Row 29: what the site answers to those who may read everything names no token, and no hash of
/// one.
async fn row_29_no_answer_holds_a_token(house: &House) {
    let Links { ivo, all } = links(house).await;
    let cookie = house.cookie(&ivo).await;
    let ben = house.person("ben@northlight.test", "Ben").await;
    let request = house.asks(&ben, "northlight").await;
    let mut answers = Vec::new();
    for path in [
        "/northlight",
        "/northlight/access_requests",
        "/northlight/users",
        "/northlight/settings",
        "/settings",
        "/waiting",
        "/northlight/access_requests?tab=others",
    ] {
        answers.push(house.get(path, &cookie).await.body);
    }
    for (path, body) in [
        ("look_again", format!("org=northlight&ids={request}")),
        ("request_details", format!("org=northlight&request={request}")),
    ] {
        answers.push(house.post(&format!("/actions/{path}"), &cookie, &body).await.body);
    }
    for body in &answers {
        for (stem, token) in &all {
            assert!(
                !body.contains(token.as_str()) && !body.contains(&anteroom::desk::mint::hash(token)),
                "{stem}"
            );
        }
        assert!(!body.contains("token_hash") && !body.contains("password_hash"));
    }
    house.deliver().await;
}

both!(a_closed_organisation_takes_nobody);
/// A closed organisation takes nobody in, says so on the link's page, and is not asked.
async fn a_closed_organisation_takes_nobody(house: &House) {
    let ivo = house.organisation("northlight").await;
    let member = house.member(&ivo, "northlight").await;
    let mira = house.person("mira@northlight.test", "Mira").await;
    joining::invitations::invite(&house.desk, &ivo, &member, "mira@northlight.test")
        .await
        .unwrap();
    let letters = house.letters_to("mira@northlight.test").await;
    let token = token_in(&letters[0].text, "invitations");
    let nora = house.person("nora@northlight.test", "Nora").await;
    let request = house.asks(&nora, "northlight").await;
    sqlx::query("update organisations set closed_at = 5")
        .execute(&mut *house.raw().await)
        .await
        .unwrap();
    assert_eq!(
        people::acceptance::accept_as(&house.desk, &mira, &token)
            .await
            .err(),
        Some(Error::Refused(Why::OrganisationClosed))
    );
    let page = house.get(&format!("/invitations/{token}"), "").await;
    assert_eq!(page.status, 409);
    assert!(page.body.contains("The organisation is closed"), "{}", page.body);
    let ben = house.person("ben@northlight.test", "Ben").await;
    house.belongs(&ben, "northlight").await;
    let asked = joining::requests::request_access(
        &house.desk,
        &ben,
        &anteroom::domain::organisation::Slug::parse("northlight").unwrap(),
        "",
    )
    .await;
    assert_eq!(asked, Err(Error::Refused(Why::OrganisationClosed)));
    assert!(
        joining::signup::offer(&house.desk, &ben)
            .await
            .unwrap()
            .matches
            .is_empty(),
        "sign-up does not offer it"
    );
    let closed = Err(Error::Refused(Why::OrganisationClosed));
    assert_eq!(
        joining::invitations::invite(&house.desk, &ivo, &member, "zoe@northlight.test").await,
        closed
    );
    let invitation = people::members::list(&house.desk, &member, &Default::default())
        .await
        .unwrap()
        .invited[0]
        .id
        .clone();
    assert_eq!(
        people::invitations::resend(&house.desk, &ivo, &member, &invitation).await,
        closed
    );
    assert_eq!(
        queue::decisions::decide(&house.desk, &ivo, &member, &request, Verdict::Approve).await,
        closed
    );
    house.deliver().await;
}
