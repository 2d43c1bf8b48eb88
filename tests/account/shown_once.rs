//! What is shown once (S02): to the session that it was made for, at its first look, and to nobody
//! after that.
use crate::harness::{Answer, House, PASSWORD, at};
use anteroom::desk::{Actor, account};
use anteroom::domain::Time;
use anteroom::domain::shown_once::{LIFE, MadeOnce, ShownOnce};
use axum::body::Body;
use http::{Method, Request, header};

const GONE: &str = "is shown once and is gone";

/// A code for chat that waits to be shown; its page's address.
async fn waits(house: &House, cookie: &str) -> String {
    let made = house
        .post_form("/actions/make_chat_code", cookie, "page=%2Fsettings")
        .await;
    assert_eq!(made.status.as_u16(), 303, "{}", made.body);
    assert!(made.location().contains("shown="));
    made.location().to_owned()
}

fn shows(page: &Answer) -> bool {
    page.body.contains("link-once")
}

async fn asks(house: &House, method: Method, path: &str, cookie: &str, purpose: &str) -> Answer {
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header(header::COOKIE, cookie)
        .header(header::ACCEPT, "text/html")
        .header("sec-purpose", purpose);
    house.send(request.body(Body::empty()).unwrap()).await
}

async fn rows(house: &House) -> i64 {
    house.count("select count(*) from shown_once").await
}

both!(the_first_look_is_the_last);
/// The page shows it once; then it says that it was shown, in this tab and in any other.
async fn the_first_look_is_the_last(house: &House) {
    let ivo = house.organisation("northlight").await;
    let cookie = house.cookie(&ivo).await;
    let page = waits(house, &cookie).await;
    // Not a look: a program that asks for the head, and a browser that fetches ahead.
    asks(house, Method::HEAD, &page, &cookie, "").await;
    asks(house, Method::GET, &page, &cookie, "prefetch;prerender").await;
    let other = page.replace("/settings", "/waiting");
    assert!(!shows(&house.get(&other, &cookie).await), "another page");
    let first = house.get(&page, &cookie).await;
    assert!(shows(&first) && !first.body.contains(GONE));
    assert_eq!(first.headers["cache-control"], "no-store");
    assert_eq!(rows(house).await, 0);
    let again = house.get(&page, &cookie).await;
    assert!(!shows(&again) && again.body.contains(GONE));
    for odd in ["1", "", "x", "%00", "0123456789abcdef0123456789abcdef"] {
        let page = house.get(&format!("/settings?shown={odd}"), &cookie).await;
        assert!(!shows(&page) && page.body.contains(GONE), "{odd}");
    }
    assert!(!house.get("/settings", &cookie).await.body.contains(GONE));
    // Two looks at one moment: one of them.
    let page = waits(house, &cookie).await;
    let (a, b) = tokio::join!(house.get(&page, &cookie), house.get(&page, &cookie));
    assert_eq!([a, b].iter().filter(|p| shows(p)).count(), 1);
    house.deliver().await;
}

both!(nobody_else_sees_it);
/// Not another session of the same person, not another person at the same browser, not after
/// signing out and in again; and nothing of it stays in the database.
async fn nobody_else_sees_it(house: &House) {
    let ivo = house.organisation("northlight").await;
    let mira = house.person("mira@northlight.test", "Mira").await;
    let (here, there) = (house.cookie(&ivo).await, house.cookie(&ivo).await);
    // `cookie` copies the session, but for its id.
    let page = waits(house, &here).await;
    let eve = house.cookie(&mira).await;
    for stranger in [there.as_str(), eve.as_str(), ""] {
        let seen = house.get(&page, stranger).await;
        assert!(!shows(&seen), "{stranger}");
    }
    assert_eq!(rows(house).await, 1, "theirs is still there");
    house.post_form("/actions/sign_out", &here, "back=%2F").await;
    assert_eq!(rows(house).await, 0);
    let body = format!(
        "email=admin%40northlight.test&password={}",
        PASSWORD.replace(' ', "+")
    );
    let signed_in = house.post_form("/actions/sign_in", "", &body).await;
    let cookie = signed_in.cookie("anteroom").unwrap();
    let seen = house.get(&page, &cookie).await;
    assert!(!shows(&seen) && seen.body.contains(GONE));
    house.deliver().await;
}

type Ends = (&'static str, &'static str);

both!(it_goes_with_the_session);
/// However a session ends, what it was to be shown ends with it.
async fn it_goes_with_the_session(house: &House) {
    let ivo = house.organisation("northlight").await;
    let password = PASSWORD.replace(' ', "+");
    let ways: [Ends; 4] = [
        ("/actions/sign_out", ""),
        (
            "/actions/sign_in",
            "email=admin%40northlight.test&password=PASSWORD",
        ),
        (
            "/actions/change_password",
            "current_password=PASSWORD&new_password=velvet+orchard+signal",
        ),
        ("/actions/end_other_sessions", ""),
    ];
    for (action, body) in ways {
        let cookie = house.cookie(&ivo).await;
        waits(house, &cookie).await;
        let by = if action.ends_with("other_sessions") {
            house.cookie(&ivo).await
        } else {
            cookie
        };
        let done = house
            .post_form(action, &by, &body.replace("PASSWORD", &password))
            .await;
        assert_eq!(done.status.as_u16(), 303, "{action}: {}", done.body);
        assert_eq!(rows(house).await, 0, "{action}");
    }
    // Where the session ended while it was made, nothing is kept.
    let other = house.cookie(&ivo).await;
    let ended: Actor = house.actor(other.trim_start_matches("anteroom=")).await;
    account::sessions::sign_out(&house.desk, &ended).await.unwrap();
    let made = MadeOnce {
        action: "/actions/copy_link".into(),
        lines: vec!["secret".into()],
    };
    let kept = account::shown_once::keep(&house.desk, &ended, "/settings", &made, house.now).await;
    assert!(kept.is_err());
    house.deliver().await;
}

both!(it_waits_a_moment_and_is_sealed);
/// It waits for minutes only, for its own session in the database too, and a few at most.
async fn it_waits_a_moment_and_is_sealed(house: &House) {
    let ivo = house.organisation("northlight").await;
    let one = house
        .actor(house.cookie(&ivo).await.trim_start_matches("anteroom="))
        .await;
    let two = house
        .actor(house.cookie(&ivo).await.trim_start_matches("anteroom="))
        .await;
    let made = MadeOnce {
        action: "/actions/copy_link".into(),
        lines: vec!["recovery-plain".into()],
    };
    let keep = async |who: &Actor, now: Time| {
        account::shown_once::keep(&house.desk, who, "/x", &made, now)
            .await
            .unwrap()
    };
    let take = async |who: &Actor, key: &str, now: Time| {
        account::shown_once::take(&house.desk, who, key, "/x", now)
            .await
            .unwrap()
    };
    let key = keep(&one, house.now).await;
    assert_eq!(
        house
            .count("select count(*) from shown_once where sealed like '%recovery%'")
            .await,
        0
    );
    // A row that is moved to another session does not open there.
    house
        .execute(&format!(
            "update shown_once set session_id = '{}'",
            two.session.id
        ))
        .await;
    assert_eq!(take(&two, &key, house.now).await, ShownOnce::Gone);
    let key = keep(&one, house.now).await;
    assert_eq!(
        take(&at(&one, house.now + LIFE), &key, house.now + LIFE).await,
        ShownOnce::Gone
    );
    account::prune::run(&house.desk, house.now + LIFE + LIFE)
        .await
        .unwrap();
    assert_eq!(rows(house).await, 0);
    let mut keys = Vec::new();
    for n in 0..12 {
        keys.push(keep(&one, Time(house.now.0 + n)).await);
    }
    assert_eq!(rows(house).await, 8);
    assert_eq!(take(&one, &keys[3], house.now).await, ShownOnce::Gone);
    assert_eq!(
        take(&one, &keys[4], house.now).await.of("/actions/copy_link"),
        ["recovery-plain"]
    );
    house.deliver().await;
}

both!(recovery_codes_follow_the_new_session);
/// Switching the second factor on begins a new session: that one sees the codes. What failed in a
/// form is nothing to the next one at the browser either.
async fn recovery_codes_follow_the_new_session(house: &House) {
    let ivo = house.organisation("northlight").await;
    let cookie = house.cookie(&ivo).await;
    let other = house.cookie(&ivo).await;
    house.post_form("/actions/begin_factor", &cookie, "").await;
    let page = house.get("/settings", &cookie).await.body;
    let begins = page.find("type this key into the app").unwrap();
    let secret: String = page[begins..]
        .split("<code>")
        .nth(1)
        .unwrap()
        .chars()
        .take_while(char::is_ascii_alphanumeric)
        .collect();
    // The secret is shown to the session that began, and to no other.
    let elsewhere = house.get("/settings", &other).await.body;
    assert!(!elsewhere.contains(&secret) && elsewhere.contains("Set up second factor"));
    let totp = totp_rs::Builder::new()
        .with_secret(totp_rs::Secret::try_from_base32(&secret).unwrap())
        .build()
        .unwrap();
    let code = totp
        .generate(u64::try_from(anteroom::clock::now().0 / 1000).unwrap())
        .to_string();
    let wrong = house
        .post_form("/actions/confirm_factor", &cookie, "code=000000&page=%2Fsettings")
        .await;
    assert!(wrong.location().starts_with("/settings?failed="));
    let on = house
        .post_form(
            "/actions/confirm_factor",
            &cookie,
            &format!("code={code}&page=%2Fsettings"),
        )
        .await;
    let new = on.cookie("anteroom").unwrap();
    assert!(
        !house
            .get(on.location(), &cookie)
            .await
            .body
            .contains("recovery codes in a safe")
    );
    let shown = house.get(on.location(), &new).await.body;
    assert!(shown.contains("recovery codes in a safe"), "{shown}");
    assert!(house.get(on.location(), &new).await.body.contains(GONE));
    // A draft of somebody signed in.
    let failed = house
        .post_form(
            "/actions/ask_email_change",
            &new,
            "email=not-one&page=%2Fsettings",
        )
        .await;
    let browser = failed.cookie("anteroom-form").unwrap();
    let mira = house
        .cookie(&house.person("mira@northlight.test", "Mira").await)
        .await;
    let theirs = house
        .get(failed.location(), &format!("{mira}; {browser}"))
        .await
        .body;
    assert!(!theirs.contains("not-one"));
    let own = house
        .get(failed.location(), &format!("{new}; {browser}"))
        .await
        .body;
    assert!(own.contains("not-one"));
    house.deliver().await;
}
