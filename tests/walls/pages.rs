//! Pages as the server draws them: one worker thread is enough, nothing leaks, machines get their
//! answers.
use crate::harness::{House, ORIGIN};
use anteroom::domain::verdict::Verdict;
use http::header;

/// Leptos had reports of pages that hang on a single CPU: every page is drawn on a runtime with one
/// thread.
#[test]
fn one_thread_draws_every_page() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let work = tokio::spawn(async {
            let house = House::sqlite().await;
            let ivo = house.organisation("northlight").await;
            let cookie = house.cookie(&ivo).await;
            for path in [
                "/northlight",
                "/northlight/access_requests",
                "/northlight/settings",
                "/settings",
                "/waiting",
                "/northlight/users",
                "/nowhere",
            ] {
                let answer = house.get(path, &cookie).await;
                assert!(answer.body.contains("</html>"), "{path}: {}", answer.status);
            }
            house.deliver().await;
            house.close().await;
        });
        tokio::time::timeout(std::time::Duration::from_secs(60), work)
            .await
            .expect("no page hangs")
            .unwrap();
    });
}

#[tokio::test]
async fn the_queue_shows_who_decided_and_no_buttons() {
    let house = House::sqlite().await;
    let ivo = house.organisation("northlight").await;
    let mira = house.person("mira@northlight.test", "Mira <b>Okafor</b>").await;
    let id = house.asks(&mira, "northlight").await;
    let cookie = house.cookie(&ivo).await;
    let page = house
        .get(
            &format!("/northlight/access_requests?do=approve&request={id}"),
            &cookie,
        )
        .await;
    assert_eq!(page.status, 200);
    assert!(page.body.contains("Send Invitation") && page.body.contains("<dialog open"));
    assert!(page.body.contains("Mira &lt;b&gt;Okafor") && !page.body.contains("<b>Okafor"));
    // The queue as it was filtered and sorted, with what was decided in it.
    let back = url::form_urlencoded::byte_serialize(
        format!("/northlight/access_requests?tab=pending&sort=oldest&request={id}").as_bytes(),
    )
    .collect::<String>();
    let body = format!(
        "org=northlight&request={id}&verdict=approve&page=%2Fnorthlight%2Faccess_requests&back={back}"
    );
    let done = house.post_form("/actions/decide", &cookie, &body).await;
    assert_eq!(
        (done.status.as_u16(), done.location()),
        (
            303,
            format!("/northlight/access_requests?tab=pending&sort=oldest&request={id}").as_str()
        )
    );
    let page = house.get(done.location(), &cookie).await.body;
    assert!(page.contains("Invited") && page.contains("by Ivo Brandt") && !page.contains("\"approve-"));
    // The second of two, without scripts: back to the page, which says who was quicker.
    let late = house
        .post_form("/actions/decide", &cookie, &body.replace("approve", "reject"))
        .await;
    let browser = late.cookie("anteroom-form").unwrap();
    let page = house
        .get(late.location(), &format!("{cookie}; {browser}"))
        .await
        .body;
    assert!(
        page.contains("Ivo Brandt approved this request, just now."),
        "{page}"
    );
    house.deliver().await;
    house.close().await;
}

/// No page and no answer ever holds a token that was issued: those are in letters and cookies
/// alone.
#[tokio::test]
async fn tokens_are_shown_nowhere() {
    let house = House::sqlite().await;
    let ivo = house.organisation("northlight").await;
    let mira = house.person("mira@northlight.test", "Mira Okafor").await;
    let id = house.asks(&mira, "northlight").await;
    house.decide(&ivo, &id, Verdict::Approve).await;
    let token = house.token_mailed("mira@northlight.test", "invitations").await;
    let cookie = house.cookie(&ivo).await;
    for path in [
        "/northlight",
        "/northlight/access_requests",
        &format!("/northlight/access_requests?request={id}"),
        "/settings",
    ] {
        assert!(!house.get(path, &cookie).await.body.contains(&token), "{path}");
    }
    let listed = house
        .post(
            "/actions/look_again",
            &cookie,
            &format!("org=northlight&ids={id}"),
        )
        .await;
    assert_eq!(listed.status, 200);
    let rows: anteroom::islands::queue::Rows = serde_json::from_str(&listed.body).unwrap();
    assert_eq!(
        (rows.rows.len(), rows.rows[0].id.as_str(), rows.rows[0].open),
        (1, id.as_str(), false)
    );
    assert!(
        !listed.body.contains(&token) && !listed.body.contains("hash"),
        "{}",
        listed.body
    );
    house.close().await;
}

#[tokio::test]
async fn languages_are_negotiated_and_chosen() {
    let house = House::sqlite().await;
    let page = async |accepted: &str, cookie: &str| {
        let request = http::Request::get("/signin")
            .header(header::ACCEPT_LANGUAGE, accepted)
            .header(header::COOKIE, cookie);
        house
            .send(request.body(axum::body::Body::empty()).unwrap())
            .await
            .body
    };
    assert!(page("de-AT,en;q=0.5", "").await.contains("<html lang=\"de\""));
    assert!(
        page("tlh,en;q=0.5,de;q=0.9", "")
            .await
            .contains("<html lang=\"de\"")
    );
    assert!(page("tlh", "").await.contains("<html lang=\"en\""));
    assert!(
        page("en", "anteroom-language=de")
            .await
            .contains("<html lang=\"de\"")
    );
    assert!(
        page("en", "anteroom-language=%3Cx")
            .await
            .contains("<html lang=\"en\"")
    );
    house.close().await;
}

#[tokio::test]
async fn machines_get_their_answers() {
    let house = House::sqlite().await;
    assert_eq!(house.get("/healthz", "").await.body, "ok\n");
    assert_eq!(house.get("/readyz", "").await.body, "ready\n");
    assert_eq!(
        house.get("/metrics", "").await.status,
        404,
        "no token configured: not here"
    );
    let guarded = house.router_with(|s| s.metrics_token = Some("let-me-see".to_owned().into()));
    let ask = async |token: &str| {
        let request = http::Request::get("/metrics")
            .header(header::AUTHORIZATION, token)
            .body(axum::body::Body::empty())
            .unwrap();
        crate::harness::send_to(&guarded, request).await.status.as_u16()
    };
    assert_eq!(
        (
            ask("Bearer let-me-see").await,
            ask("Bearer nope").await,
            ask("").await
        ),
        (200, 401, 401)
    );
    house.site.stopping.cancel();
    assert_eq!(house.get("/readyz", "").await.status, 503);
    house.close().await;
}

#[tokio::test]
async fn a_letter_leads_through_sign_in_to_its_request() {
    let house = House::sqlite().await;
    house.organisation("northlight").await;
    let mira = house.person("mira@northlight.test", "Mira Okafor").await;
    let id = house.asks(&mira, "northlight").await;
    let letter = house
        .letters_to("admin@northlight.test")
        .await
        .into_iter()
        .find(|m| m.subject.contains("asks to join"))
        .unwrap();
    let link = letter
        .text
        .lines()
        .find(|l| l.starts_with(ORIGIN))
        .unwrap()
        .strip_prefix(ORIGIN)
        .unwrap()
        .to_owned();
    let to_signin = house.get(&link, "").await;
    let back = to_signin
        .location()
        .strip_prefix("/signin?back=")
        .unwrap()
        .to_owned();
    let signed_in = house
        .post_form(
            "/actions/sign_in",
            "",
            &format!("email=admin%40northlight.test&password=tangled+copper+lantern&back={back}"),
        )
        .await;
    assert_eq!(
        signed_in.location(),
        format!("/northlight/access_requests?request={id}")
    );
    house.close().await;
}
