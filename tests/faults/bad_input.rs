//! Bad input: a clear answer, nothing changed, nothing half done, and what was typed is still
//! there.
use crate::harness::{Answer, House, ORIGIN, PASSWORD, uuid};
use anteroom::domain::organisation::RESERVED;
use axum::body::Body;
use http::{Request, header};

/// What could have changed.
async fn rows(house: &House) -> Vec<i64> {
    let mut counts = Vec::new();
    for table in [
        "accounts",
        "organisations",
        "requests",
        "request_terms",
        "invitations",
        "members",
        "events",
        "deliveries",
        "tokens",
    ] {
        counts.push(house.count(&format!("select count(*) from {table}")).await);
    }
    counts
}

fn post(path: &str, kind: &str, body: impl Into<Body>) -> Request<Body> {
    Request::post(path)
        .header(header::ORIGIN, ORIGIN)
        .header("sec-fetch-site", "same-origin")
        .header(header::CONTENT_TYPE, kind)
        .body(body.into())
        .unwrap()
}

const FORM: &str = "application/x-www-form-urlencoded";

both!(addresses_that_lead_nowhere);
async fn addresses_that_lead_nowhere(house: &House) {
    let ivo = house.organisation("northlight").await;
    house.organisation("southmoor").await;
    let cookie = house.cookie(&ivo).await;
    let before = rows(house).await;
    let mut paths = vec![
        "/nobody-here".to_owned(),
        "/southmoor".into(),
        "/southmoor/access_requests".into(),
        "/southmoor/settings".into(),
        "/NORTHLIGHT/nothing".into(),
        "/-x".into(),
        "/a".into(),
        "/northlight/nothing".into(),
        "/northlight/access_requests/x".into(),
        "/settings/x".into(),
        "/%00".into(),
        "/northlight%2f..".into(),
        "/invitations/".into(),
        "/dev/mailbox".into(),
        "/setup/short/x".into(),
        format!("/{}", "a".repeat(3000)),
        "/northlight/access_requests?request=none".into(),
        format!("/northlight/access_requests?request={}", uuid(house)),
    ];
    paths.extend(
        RESERVED
            .iter()
            .filter(|w| {
                !matches!(
                    **w,
                    "settings"
                        | "signin"
                        | "signup"
                        | "reset"
                        | "waiting"
                        | "customers"
                        | "goodbye"
                        | "healthz"
                        | "readyz"
                )
            })
            .map(|w| format!("/{w}")),
    );
    for path in paths {
        let answer = house.get(&path, &cookie).await;
        // Another spelling leads to the one that is nowhere.
        let answer = match answer.status.as_u16() {
            308 => house.get(answer.location(), &cookie).await,
            _ => answer,
        };
        assert_eq!(answer.status, 404, "{path}");
    }
    for path in [
        "/northlight/access_requests?after=x",
        "/northlight/access_requests?after=1_2",
        "/northlight/access_requests?tab=all",
        "/northlight/access_requests?sort=up",
        "/northlight/users?after=x",
        "/northlight/users?after=x_y",
        "/northlight/access_requests?q=a&q=b",
        "/signin?back=a&back=b",
        "/signin?back[]=a",
        "/northlight?%ff=1&%ff=2",
    ] {
        assert_eq!(house.get(path, &cookie).await.status, 400, "{path}");
    }
    // Invalid UTF-8 in a segment of a path.
    assert_eq!(house.get("/%ff%fe", &cookie).await.status, 400);
    assert_eq!(rows(house).await, before);
    house.deliver().await;
}

both!(bodies_that_cannot_be_taken);
async fn bodies_that_cannot_be_taken(house: &House) {
    let ivo = house.organisation("northlight").await;
    let cookie = house.cookie(&ivo).await;
    let before = rows(house).await;
    let cases: Vec<(u16, Request<Body>)> = vec![
        (
            415,
            post(
                "/actions/sign_in",
                "application/json",
                r#"{"email":"a@b.test","password":"x"}"#,
            ),
        ),
        (
            415,
            post("/actions/sign_in", "text/plain", "email=a@b.test&password=x"),
        ),
        (
            415,
            post("/actions/sign_in", "multipart/form-data; boundary=x", "--x--"),
        ),
        (415, post("/actions/sign_in", "", "email=a@b.test&password=x")),
        (
            413,
            post("/actions/sign_in", FORM, format!("email={}", "a".repeat(70_000))),
        ),
        (400, post("/actions/sign_in", FORM, "")),
        (400, post("/actions/sign_in", FORM, "email=a%40b.test")),
        (
            400,
            post(
                "/actions/sign_in",
                FORM,
                "email=a%40b.test&email=c%40d.test&password=x",
            ),
        ),
        (
            400,
            post("/actions/sign_in", FORM, "email[]=a%40b.test&password=x"),
        ),
        (
            400,
            post("/actions/sign_in", FORM, "email[0]=a%40b.test&password=x"),
        ),
        (400, post("/actions/sign_in", FORM, vec![b'e', 0xff, b'=', b'1'])),
        (404, post("/actions/nothing", FORM, "a=1")),
        (404, post("/actions/", FORM, "a=1")),
        (405, Request::get("/actions/sign_in").body(Body::empty()).unwrap()),
        (405, post("/signin", FORM, "a=1")),
        (
            401,
            post("/actions/withdraw", FORM, format!("request={}", uuid(house))),
        ),
    ];
    for (status, mut request) in cases {
        let what = format!(
            "{:?} {}",
            request.headers().get(header::CONTENT_TYPE),
            request.uri()
        );
        request
            .headers_mut()
            .insert(header::ACCEPT, "application/json".parse().unwrap());
        let answer = house.send(request).await;
        assert_eq!(answer.status.as_u16(), status, "{what}: {}", answer.body);
    }
    for (body, status) in [
        ("org=northlight&request=x&verdict=approve".to_owned(), 404),
        (
            format!("org=northlight&request={}&verdict=approve", uuid(house)),
            404,
        ),
        (
            format!("org=northlight&request={}&verdict=perhaps", uuid(house)),
            422,
        ),
        (format!("org=..&request={}&verdict=approve", uuid(house)), 404),
        ("org=northlight&verdict=approve".to_owned(), 400),
    ] {
        assert_eq!(
            house.post("/actions/decide", &cookie, &body).await.status,
            status,
            "{body}"
        );
    }
    assert_eq!(rows(house).await, before);
    house.deliver().await;
}

both!(fields_that_cannot_be_taken);
/// Fields too long, hostile or empty: named, with a reason; and text that is only strange is kept
/// as it is and shown as text.
async fn fields_that_cannot_be_taken(house: &House) {
    house.organisation("northlight").await;
    let mira = house.person("mira@northlight.test", "Mira").await;
    house.belongs(&mira, "northlight").await;
    let cookie = house.cookie(&mira).await;
    for message in [
        "x".repeat(501),
        "a\u{0}b".into(),
        "a\u{202e}b".into(),
        "a\u{2066}b".into(),
    ] {
        let encoded: String = url::form_urlencoded::byte_serialize(message.as_bytes()).collect();
        let answer = house
            .post(
                "/actions/request_access",
                &cookie,
                &format!("organisation=northlight&message={encoded}"),
            )
            .await;
        assert_eq!(
            (answer.status.as_u16(), answer.body.contains("\"message\",")),
            (422, true),
            "{}",
            answer.body
        );
    }
    assert_eq!(house.count("select count(*) from requests").await, 0);
    let strange = "</textarea><script>alert(1)</script> & \"quotes\" https://evil.test";
    let encoded: String = url::form_urlencoded::byte_serialize(strange.as_bytes()).collect();
    assert_eq!(
        house
            .post(
                "/actions/request_access",
                &cookie,
                &format!("organisation=northlight&message={encoded}")
            )
            .await
            .status,
        200
    );
    let page = house.get("/waiting", &cookie).await.body;
    assert!(!page.contains("<script>alert"), "shown as text");
    assert!(page.contains("&lt;/textarea&gt;&lt;script&gt;alert(1)"), "{page}");
    house.deliver().await;
}

both!(new_forms_take_no_nonsense);
/// Everything new that takes text: too much, hostile or empty is named; a search takes anything and
/// finds nothing.
async fn new_forms_take_no_nonsense(house: &House) {
    let ivo = house.organisation("northlight").await;
    let cookie = house.cookie(&ivo).await;
    house.deliver().await;
    let before = rows(house).await;
    let (long, marks) = ("x".repeat(10_000), "a%E2%80%AEb%00");
    for (path, body) in [
        ("ask_sign_up", format!("email={long}%40b.test")),
        ("ask_sign_up", "email=a%40b.test%0d%0aBcc:x%40b.test".into()),
        ("ask_sign_up", "email=".into()),
        ("ask_sign_up", "email=a%40b.test%2Cc%40d.test".into()),
        ("invite", format!("org=northlight&email={marks}")),
        ("invite", "org=northlight&email=".into()),
        ("invite", "org=northlight&email=a%40b.test%2C+c%40d.test".into()),
        ("change_welcome", format!("org=northlight&admin_contact={long}")),
        ("change_welcome", format!("org=northlight&admin_contact={marks}")),
        ("add_domain", format!("org=northlight&domain={long}.test")),
        ("add_domain", "org=northlight&domain=a%2Fb.test".into()),
        ("add_domain", "org=northlight&domain=%3Cb%3E.test".into()),
    ] {
        let answer = house.post(&format!("/actions/{path}"), &cookie, &body).await;
        assert_eq!(
            answer.status,
            422,
            "{path} {}: {}",
            &body[..body.len().min(60)],
            answer.body
        );
    }
    for (path, body) in [
        ("ask_sign_up", "email=a%40b.test&email=c%40d.test"),
        ("invite", "org=northlight&email[]=a%40b.test"),
        ("set_roles", "org=northlight&account=x&account=y"),
    ] {
        assert_eq!(
            house
                .post(&format!("/actions/{path}"), &cookie, body)
                .await
                .status,
            400,
            "{path}"
        );
    }
    assert_eq!(rows(house).await, before, "nothing was written");
    for search in [long.as_str(), marks, "%25", "_", "%27%3B--", "%F0%9F%9A%AA"] {
        let unlink = house
            .post(
                "/actions/unlink_provider",
                &cookie,
                &format!("org=northlight&provider=idp&theirs={search}"),
            )
            .await;
        assert!(matches!(unlink.status.as_u16(), 400 | 404), "{}", unlink.body);
        for page in ["access_requests", "users"] {
            let found = house
                .get(&format!("/northlight/{page}?q={search}"), &cookie)
                .await;
            assert_eq!(found.status, 200, "{page} {}", &search[..search.len().min(20)]);
        }
    }
}

both!(typed_text_survives);
/// Without scripts a failed form comes back with the reason and what was typed, never a secret, and
/// only to the browser that typed it.
async fn typed_text_survives(house: &House) {
    house.organisation("northlight").await;
    let mira = house.person("mira@northlight.test", "Mira").await;
    house.belongs(&mira, "northlight").await;
    let cookie = house.cookie(&mira).await;
    let text = "Dear all, </textarea><b>please</b> ".repeat(20);
    let encoded: String = url::form_urlencoded::byte_serialize(text.as_bytes()).collect();
    let failed = house
        .post_form(
            "/actions/request_access",
            &cookie,
            &format!("organisation=northlight&page=%2Fsignup&message={encoded}"),
        )
        .await;
    assert_eq!(
        (failed.status.as_u16(), failed.location()),
        (303, "/signup?failed=1")
    );
    let browser = failed.cookie("anteroom-form").unwrap();
    let page = house
        .get(failed.location(), &format!("{cookie}; {browser}"))
        .await
        .body;
    assert!(
        page.contains("This is too long: at most 500 characters."),
        "{page}"
    );
    assert!(
        page.contains("Dear all, &lt;/textarea&gt;&lt;b&gt;please"),
        "{page}"
    );
    assert!(
        !house
            .get(failed.location(), &cookie)
            .await
            .body
            .contains("Dear all"),
        "another browser sees nothing"
    );
    assert!(
        !house
            .get("/signup", &format!("{cookie}; {browser}"))
            .await
            .body
            .contains("Dear all"),
        "a fresh visit begins anew"
    );
    // Secrets are not kept.
    let failed = house
        .post_form(
            "/actions/sign_in",
            "",
            "email=mira%40northlight.test&password=hunter22hunter&page=%2Fsignin",
        )
        .await;
    let browser = failed.cookie("anteroom-draft").unwrap();
    let page = house.get("/signin?failed=1", &browser).await.body;
    assert!(
        page.contains("mira@northlight.test") && !page.contains("hunter22"),
        "{page}"
    );
    assert_eq!(
        house
            .count("select count(*) from drafts where sealed like '%mira%'")
            .await,
        0,
        "drafts are sealed"
    );
    house.deliver().await;
}

both!(refusals_lead_somewhere);
/// With scripts and without, the same refusal; a post by a stranger leads to sign-in, and by a
/// member without rights to an explanation.
async fn refusals_lead_somewhere(house: &House) {
    house.organisation("northlight").await;
    let mira = house.person("mira@northlight.test", "Mira").await;
    let cookie = house.cookie(&mira).await;
    let body = format!(
        "org=northlight&request={}&verdict=approve&page=%2Fnorthlight%2Faccess_requests",
        uuid(house)
    );
    let to_signin = house.post_form("/actions/decide", "", &body).await;
    assert_eq!(
        (to_signin.status.as_u16(), to_signin.location()),
        (303, "/signin?back=%2Fnorthlight%2Faccess_requests")
    );
    let refused = house.post_form("/actions/decide", &cookie, &body).await;
    assert_eq!(refused.status, 404);
    assert!(refused.body.contains("There is nothing here"));
    house.deliver().await;
}

both!(a_database_that_does_not_answer);
/// The database goes away: a clear answer and no panic; it comes back: all is well without a
/// restart.
async fn a_database_that_does_not_answer(house: &House) {
    let ivo = house.organisation("northlight").await;
    house.deliver().await;
    let cookie = house.cookie(&ivo).await;
    // Every connection for writing is taken, as when another program holds the file or the server
    // is out of connections.
    let mut held = Vec::new();
    while held.len()
        < if house.desk.db.kind == anteroom::store::DatabaseKind::Sqlite {
            1
        } else {
            16
        }
    {
        held.push(house.desk.db.begin().await.unwrap());
    }
    let answer = house
        .post(
            "/actions/change_profile",
            &cookie,
            "name=Ivo&language=en&time_zone=UTC&theme=system",
        )
        .await;
    assert_eq!(answer.status, 503, "{}", answer.body);
    assert!(answer.body.contains("try again in a minute"));
    let page = house
        .post_form(
            "/actions/sign_in",
            "",
            "email=admin%40northlight.test&password=x&page=%2Fsignin",
        )
        .await;
    assert_eq!(page.status, 503);
    drop(held);
    let body = format!(
        "email=admin%40northlight.test&password={}",
        PASSWORD.replace(' ', "+")
    );
    let well: Answer = house.post("/actions/sign_in", "", &body).await;
    assert_eq!(well.status, 200, "{}", well.body);
}
