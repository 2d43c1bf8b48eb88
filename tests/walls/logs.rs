//! What the log says: which request, which organisation, which use case and which delivery; and
//! nobody's name, address or secret.
use crate::harness::{House, PASSWORD};
use anteroom::domain::ids::OrganisationId;
use anteroom::web::doors::{self, Leads};
use axum::body::Body;
use http::Request;

/// Typed, sent or stored somewhere below; none may be in the log.
const PRIVATE: [&str; 9] = [
    "northlight.test",
    "Ivo Brandt",
    "Zora",
    "zora",
    "sub-zora",
    PASSWORD,
    "tangled+copper",
    "192.0.2.7",
    "anteroom=",
];

/// Goes through all that is logged at any level (S17: by libraries too) while people come, ask and are
/// decided upon, and while every door is tried.
#[tokio::test]
async fn the_log_names_requests_and_nobody() {
    let log = super::Log::begin().await;
    for house in [House::sqlite().await, House::postgres().await] {
        let ivo = house.organisation("northlight").await;
        let cookie = house.cookie(&ivo).await;
        let zora = house.person("zora@northlight.test", "Zora Quill").await;
        let request = house.asks(&zora, "northlight").await;
        log.clear();
        let decision = format!("org=northlight&request={request}&verdict=approve");
        let decided = house.post("/actions/decide", &cookie, &decision).await;
        assert_eq!(decided.status, 200, "{}", decided.body);
        for door in doors::all() {
            let path = door.path.replace("{org}", "northlight");
            let path = path
                .split('/')
                .map(|part| {
                    if part.starts_with('{') {
                        "zora@northlight.test"
                    } else {
                        part
                    }
                })
                .collect::<Vec<_>>()
                .join("/");
            match door.leads {
                Leads::Action | Leads::Read | Leads::Upload(_) => {
                    let body = door.body("northlight") + "&note=Zora+Quill";
                    house.post(&path, &cookie, &body).await;
                    house.post_form(&path, "", &body).await;
                }
                _ if door.path.ends_with("/live") => {}
                _ => {
                    house
                        .get(&format!("{path}?q=Zora&email=zora%40northlight.test"), &cookie)
                        .await;
                }
            }
        }
        let fields = format!(
            "email=zora%40northlight.test&password={}",
            PASSWORD.replace(' ', "+")
        );
        house.post("/actions/sign_in", &cookie, &fields).await;
        house.post("/actions/ask_reset", &cookie, &fields).await;
        assert!(house.deliver().await > 0);

        let said = log.text();
        let organisation = house.membership(&ivo, "northlight").await.organisation;
        for (line, what) in said.lines().zip(1..) {
            let found = PRIVATE.iter().find(|word| line.contains(**word));
            assert_eq!(found, None, "line {what}: {line}");
        }
        let id = decided.headers["x-request-id"].to_str().unwrap();
        decision_is_told(&said, id, &organisation);
        let letter = said
            .lines()
            .find(|l| l.contains(":letter{id=") || l.contains(" letter{id="));
        assert!(letter.is_some_and(|l| l.contains("attempt=0")), "{letter:?}");
        house.expects_owed_letters();
        house.close().await;
    }
}

/// Statements of the decision lie in the spans of their request and of their use case.
fn decision_is_told(said: &str, id: &str, organisation: &OrganisationId) {
    let of_it: Vec<&str> = said.lines().filter(|l| l.contains(id)).collect();
    let settled = of_it.iter().find(|l| l.contains("update requests set"));
    let settled = settled.unwrap_or_else(|| panic!("no statement of {id} among {}", of_it.len()));
    for part in [
        "http{request_id=",
        "method=POST",
        "route=\"/actions/decide\"",
        &format!("organisation=\"{organisation}\""),
        ":queue::decisions::decide_with:",
    ] {
        assert!(settled.contains(part), "{part} is not in {settled}");
    }
    assert!(of_it.iter().any(|l| l.contains("answered status=200 ms=")));
}

/// A fault of ours has one name for whoever meets it and for whoever reads the log.
#[tokio::test]
async fn a_fault_is_found_in_the_log_by_what_the_page_says() {
    let log = super::Log::begin().await;
    for house in [House::sqlite().await, House::postgres().await] {
        let ivo = house.organisation("northlight").await;
        let cookie = house.cookie(&ivo).await;
        house.deliver().await;
        house.execute("alter table groups rename to lost_groups").await;
        log.clear();
        let page = house.get("/northlight/groups", &cookie).await;
        let answer = house
            .post("/actions/create_group", &cookie, "org=northlight&name=Couriers")
            .await;
        for (answer, route) in [(page, "/{org}/groups"), (answer, "/actions/create_group")] {
            assert_eq!(answer.status, 500, "{}", answer.body);
            let id = answer.headers["x-request-id"].to_str().unwrap();
            assert_eq!(id.len(), 32, "{id}");
            assert!(
                answer.body.contains(&format!("If you report it, name {id}.")),
                "{}",
                answer.body
            );
            let said = log.text();
            let cause = said
                .lines()
                .find(|l| l.contains(id) && l.contains("a statement failed"));
            let cause = cause.unwrap_or_else(|| panic!("{id} is not in the log: {said}"));
            assert!(cause.contains(route), "{cause}");
        }
        house.execute("alter table lost_groups rename to groups").await;
        house.close().await;
    }
}

/// S28: what was refused stands in the log with who it was and where from, so that an operator can
/// follow it, and with nobody's name or address.
#[tokio::test]
async fn row_s28_refusals_are_told_with_who_and_where() {
    let log = super::Log::begin().await;
    for house in [House::sqlite().await, House::postgres().await] {
        let ivo = house.organisation("northlight").await;
        house.organisation("southmoor").await;
        let zora = house.member(&ivo, "Zora Quill").at("zora@northlight.test").await;
        let cookie = house.cookie(&zora).await;
        house.deliver().await;
        log.clear();
        let mark = anteroom::site::place::mark(&house.desk.keys, "unknown");
        let told = |answer: &crate::harness::Answer, kind: &str, reason: &str, account: &str| {
            let id = answer.headers["x-request-id"].to_str().unwrap();
            let said = log.text();
            let line = said
                .lines()
                .find(|l| l.contains(id) && l.contains(" refused kind="));
            let line = line.unwrap_or_else(|| panic!("{reason} is not told: {said}"));
            for part in [
                format!("kind=\"{kind}\""),
                format!("reason=\"{reason}\""),
                format!("account=\"{account}\""),
                format!("place=\"{mark}\""),
            ] {
                assert!(line.contains(&part), "{part}: {line}");
            }
        };
        let hers = zora.id().as_str();
        let refused = house
            .post("/actions/create_role", &cookie, "org=northlight&name=Boss")
            .await;
        told(&refused, "authorization", "error-forbidden", hers);
        told(
            &house.get("/northlight/users", &cookie).await,
            "authorization",
            "error-forbidden",
            hers,
        );
        told(
            &house.get("/southmoor/users", &cookie).await,
            "authorization",
            "no-member",
            hers,
        );
        let elsewhere = house
            .post("/actions/create_role", &cookie, "org=southmoor&name=Boss")
            .await;
        told(&elsewhere, "authorization", "no-member", hers);
        let wrong = "email=zora%40northlight.test&password=wrong";
        let failed = house.post("/actions/sign_in", "", wrong).await;
        told(&failed, "authentication", "why-sign-in-failed", "");
        for _ in 0..10 {
            house.post_form("/actions/sign_in", "", wrong).await;
        }
        let limited = house.post("/actions/sign_in", "", wrong).await;
        assert_eq!(limited.status, 429);
        told(&limited, "limit", "error-too-many-tries", "");
        let forged = Request::post("/actions/sign_out").header("origin", "https://evil.test");
        let forged = house.send(forged.body(Body::empty()).unwrap()).await;
        assert_eq!(forged.status, 403);
        let hook = house
            .send(
                Request::post("/hooks/slack/zora-secret")
                    .body(Body::empty())
                    .unwrap(),
            )
            .await;
        told(&hook, "signature", "unknown-hook", "");
        let said = log.text();
        for (line, what) in said.lines().zip(1..) {
            let found = PRIVATE.iter().find(|word| line.contains(**word));
            assert_eq!(found, None, "line {what}: {line}");
        }
        house.expects_owed_letters();
        house.close().await;
    }
}

/// The id of a proxy that is trusted is taken over, if it can stand in a log; nobody else's is.
#[tokio::test]
async fn ids_come_from_trusted_proxies_alone() {
    let _log = super::Log::begin().await;
    let house = House::sqlite().await;
    let behind = house.router_with(|site| site.trusted_hops = 1);
    for (router, sent, taken) in [
        (&behind, "7f-edge.1", true),
        (&behind, "Root=1-67891233-abcdef012345678912345678", true),
        (&behind, "", false),
        (&behind, "a b", false),
        (&behind, "a\"} ERROR", false),
        (&behind, &"7".repeat(65), false),
        (&house.router, "7f-edge.1", false),
    ] {
        let request = Request::get("/signin")
            .header("x-request-id", sent)
            .body(Body::empty())
            .unwrap();
        let answer = crate::harness::send_to(router, request).await;
        let id = answer.headers["x-request-id"].to_str().unwrap();
        assert_eq!(id == sent, taken, "{sent}: {id}");
        assert!(taken || id.len() == 32, "{sent}: {id}");
    }
    house.close().await;
}
