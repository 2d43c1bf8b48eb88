//! What the edge refuses, how it says so, and what it keeps of what browsers report.
use crate::harness::{House, ORIGIN, rows, send_bare};
use anteroom::desk::account;
use axum::body::Body;
use http::{Request, Version};

fn from_hosts(path: &str, hosts: &[&str]) -> Request<Body> {
    let all = hosts
        .iter()
        .fold(Request::get(path), |request, host| request.header("host", *host));
    all.header("accept", "text/html").body(Body::empty()).unwrap()
}

/// S25: a request names one host. Which one changes nothing: health checks use an address, and no
/// answer is made of it.
#[tokio::test]
async fn row_s25_a_request_names_one_host() {
    let house = House::sqlite().await;
    for hosts in [
        &[][..],
        &[""],
        &["127.0.0.1:3000", "127.0.0.1:3000"],
        &["127.0.0.1:3000", "evil.test"],
        &["evil.test/x"],
        &["a@evil.test"],
        &["http://evil.test"],
        &["evil test"],
    ] {
        for path in ["/signin", "/readyz", "/nowhere"] {
            let answer = send_bare(&house.router, from_hosts(path, hosts)).await;
            assert_eq!(answer.status, 400, "{path} {hosts:?}");
            assert!(answer.headers.contains_key("content-security-policy"));
        }
    }
    for host in [
        "127.0.0.1:3000",
        "10.1.2.3",
        "[::1]:8080",
        "evil.test",
        "localhost",
    ] {
        for (path, status) in [
            ("/readyz", 200),
            ("/healthz", 200),
            ("/signin", 200),
            ("/settings", 303),
        ] {
            let answer = send_bare(&house.router, from_hosts(path, &[host])).await;
            assert_eq!(answer.status.as_u16(), status, "{path} {host}");
            assert!(!answer.body.contains("evil.test") && !answer.location().contains("evil"));
        }
    }
    for (target, host, status) in [
        ("http://127.0.0.1:3000/readyz", "127.0.0.1:3000", 200),
        ("http://evil.test/readyz", "127.0.0.1:3000", 400),
        ("http://127.0.0.1:3000/readyz", "evil.test", 400),
    ] {
        let answer = send_bare(&house.router, from_hosts(target, &[host])).await;
        assert_eq!(answer.status.as_u16(), status, "{target} {host}");
    }
    let mut old = from_hosts("/readyz", &[]);
    *old.version_mut() = Version::HTTP_10;
    assert_eq!(
        send_bare(&house.router, old).await.status,
        200,
        "HTTP/1.0 knows no host"
    );
    house.close().await;
}

/// S26: whatever does not work for now says when to come back.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn row_s26_what_fails_for_now_says_when_to_try_again() {
    let house = House::sqlite().await;
    let ivo = house.organisation("northlight").await;
    let cookie = house.cookie(&ivo).await;
    house.deliver().await;
    let mut full = 0;
    for n in 0..400 {
        let mut tx = house.desk.db.begin().await.unwrap();
        rows::execute(&mut tx, "pragma max_page_count = 1").await;
        drop(tx);
        let body = format!("org=northlight&name=Group+{n}+{}", "x".repeat(50));
        for answer in [
            house.post("/actions/create_group", &cookie, &body).await,
            house
                .post_form("/actions/create_group", &cookie, &body.replace("Group", "Other"))
                .await,
        ] {
            if answer.status == 503 {
                full += 1;
                assert_eq!(answer.headers["retry-after"], "10");
            }
        }
        if full > 2 {
            break;
        }
    }
    assert!(full > 2, "the disk was full");
    let router = house.router_with(|site| site.stopping.cancel());
    let stopping = send_bare(&router, from_hosts("/readyz", &["127.0.0.1:3000"])).await;
    assert!(stopping.status == 503 && stopping.headers.contains_key("retry-after"));
    for n in 0..12 {
        let tried = account::accounts::sign_in(&house.desk, &house.caller(), "x@b.test", "wrong").await;
        assert!(tried.is_err(), "{n}");
    }
    let mut answers = Vec::new();
    for _ in 0..12 {
        answers.push(
            house
                .post("/actions/sign_in", "", "email=x%40b.test&password=wrong")
                .await,
        );
    }
    let last = answers.pop().unwrap();
    assert_eq!(last.status, 429);
    let seconds: i64 = last.headers["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((1..=900).contains(&seconds), "{seconds}");
    house.expects_owed_letters();
    house.close().await;
}

/// S31: pages say where reports of their policy go; reports are counted, whatever they are, and the
/// answer holds nothing.
#[tokio::test]
async fn row_s31_reports_of_pages_policies_are_counted() {
    let house = House::sqlite().await;
    let page = house.get("/signin", "").await;
    let policy = page.headers["content-security-policy"].to_str().unwrap();
    assert!(
        policy.contains("report-uri /hooks/policy; report-to policy"),
        "{policy}"
    );
    assert_eq!(page.headers["reporting-endpoints"], "policy=\"/hooks/policy\"");
    let before = house.count("select count(*) from events").await;
    let report = r#"{"csp-report":{"effective-directive":"script-src-elem","blocked-uri":"x"}}"#;
    let large = format!("[{}]", vec![r#"{"body":{}}"#; 20_000].join(","));
    for (body, origin) in [(report, Some(ORIGIN)), (report, None), ("", None), (&large, None)] {
        let mut request = Request::post("/hooks/policy").header("content-type", "application/csp-report");
        if let Some(origin) = origin {
            request = request
                .header("origin", origin)
                .header("sec-fetch-site", "same-origin");
        }
        let answer = house
            .send(request.body(Body::from(body.to_owned())).unwrap())
            .await;
        assert_eq!(
            (answer.status.as_u16(), answer.body.as_str()),
            (204, ""),
            "{origin:?}"
        );
    }
    assert_eq!(house.count("select count(*) from events").await, before);
    house.close().await;
}
