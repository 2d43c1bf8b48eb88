//! Renaming and closing an organisation; and rights, which are never mixed up under load.
use crate::harness::{House, PASSWORD, at};
use anteroom::desk::{Actor, account, joining, organisation, people, queue};
use anteroom::domain::member::Membership;
use anteroom::domain::organisation::GRACE;
use anteroom::domain::role::Permission;
use anteroom::domain::time::Span;
use anteroom::domain::verdict::Verdict;
use anteroom::domain::{Error, Why};

/// A member with all permissions, but not the role Administrator.
pub(super) async fn deputy(house: &House, ivo: &Actor) -> (Actor, Membership) {
    let dana = house.member(ivo, "Dana Deputy").by_provider();
    let dana = dana.with(&Permission::ALL).await;
    let membership = house.membership(&dana, "northlight").await;
    (dana, membership)
}

/// Somebody new, with a password.
pub async fn sign_up(house: &House, email: &str) -> Actor {
    joining::signup::ask_sign_up(&house.desk, &house.caller(), email)
        .await
        .unwrap();
    let token = house.token_mailed(email, "signup").await;
    let begun = joining::signup::sign_up(&house.desk, &house.caller(), &token, "Ben", PASSWORD)
        .await
        .unwrap();
    house.actor(&begun.token).await
}

both!(an_organisation_is_renamed);
async fn an_organisation_is_renamed(house: &House) {
    let (ivo, member) = house.founder("northlight").await;
    let (dana, theirs) = deputy(house, &ivo).await;
    organisation::closure::rename(&house.desk, &ivo, &member, " Northlight Group ", "40-9")
        .await
        .unwrap();
    let now = house.membership(&ivo, "northlight").await;
    assert_eq!(
        (now.organisation_name.as_str(), now.customer_number.as_str()),
        ("Northlight Group", "40-9")
    );
    assert!(
        matches!(organisation::closure::rename(&house.desk, &ivo, &member, "", "").await,
        Err(Error::Invalid(faults)) if faults.len() == 2)
    );
    assert_eq!(
        organisation::closure::rename(&house.desk, &dana, &theirs, "Mine", "1").await,
        Err(Error::Forbidden),
        "all permissions are not the role"
    );
    house.deliver().await;
}

both!(an_organisation_closes);
/// Closing: announced, taken back, announced again, done. From its instant on nobody is in and
/// links say why; whoever waited is told.
async fn an_organisation_closes(house: &House) {
    let (ivo, member) = house.founder("northlight").await;
    let (dana, theirs) = deputy(house, &ivo).await;
    let mira = house.person("mira@northlight.test", "Mira").await;
    let request = house.asks(&mira, "northlight").await;
    let invited = house.invitation(&ivo, "zoe@northlight.test").await;
    assert_eq!(
        organisation::closure::keep_organisation(&house.desk, &ivo, &member).await,
        Err(Error::Refused(Why::DoesNotClose))
    );
    assert_eq!(
        organisation::closure::close_organisation(&house.desk, &ivo, &member, "40-1188").await,
        Err(Error::field("customer_number", Why::NotTheNumber))
    );
    assert_eq!(
        organisation::closure::close_organisation(&house.desk, &dana, &theirs, "40-1187").await,
        Err(Error::Forbidden)
    );
    organisation::closure::close_organisation(&house.desk, &ivo, &member, " 40-1187 ")
        .await
        .unwrap();
    assert_eq!(
        organisation::closure::close_organisation(&house.desk, &ivo, &member, "40-1187").await,
        Err(Error::Refused(Why::ClosesAlready))
    );
    assert!(
        house
            .letters_to("dana@northlight.test")
            .await
            .last()
            .unwrap()
            .subject
            .contains("closes in seven days")
    );
    let cookie = house.cookie(&dana).await;
    assert!(
        house
            .get("/northlight", &cookie)
            .await
            .body
            .contains("northlight Labs closes"),
        "a banner on every page"
    );
    assert!(
        people::acceptance::look_at_invitation(&house.desk, &invited)
            .await
            .unwrap()
            .open(house.now)
            .is_ok(),
        "until then all goes on"
    );
    organisation::closure::keep_organisation(&house.desk, &ivo, &member)
        .await
        .unwrap();
    assert!(
        house
            .letters_to("dana@northlight.test")
            .await
            .last()
            .unwrap()
            .subject
            .contains("stays open")
    );
    assert_eq!(
        organisation::closure::sweep(&house.desk, house.now + GRACE + GRACE).await,
        Ok(0)
    );
    organisation::closure::close_organisation(&house.desk, &ivo, &member, "40-1187")
        .await
        .unwrap();
    let end = house.now + GRACE;
    // True from the instant on, before any sweep.
    let before = end - Span(1);
    assert!(
        account::memberships::membership(&house.desk, &at(&ivo, before), &member.slug)
            .await
            .is_ok()
    );
    assert_eq!(
        account::memberships::membership(&house.desk, &at(&ivo, end), &member.slug)
            .await
            .err(),
        Some(Error::Refused(Why::OrganisationClosed))
    );
    assert!(
        account::memberships::memberships(&house.desk, &at(&ivo, end))
            .await
            .unwrap()
            .is_empty()
    );
    assert_eq!(
        people::acceptance::look_at_invitation(&house.desk, &invited)
            .await
            .unwrap()
            .open(end),
        Err(Error::Refused(Why::OrganisationClosed))
    );
    assert_eq!(
        queue::decisions::decide(&house.desk, &at(&ivo, end), &member, &request, Verdict::Approve).await,
        Err(Error::Refused(Why::OrganisationClosed))
    );
    assert_eq!(organisation::closure::sweep(&house.desk, before).await, Ok(0));
    assert_eq!(
        organisation::closure::sweep(&house.desk, end).await,
        Ok(0),
        "first the open requests"
    );
    assert_eq!(house.count("select count(*) from provider_links").await, 1);
    assert_eq!(organisation::closure::sweep(&house.desk, end).await, Ok(1));
    assert_eq!(organisation::closure::sweep(&house.desk, end).await, Ok(0));
    assert_eq!(
        house.count("select count(*) from provider_links").await,
        0,
        "its people may belong elsewhere"
    );
    assert_eq!(
        house
            .count("select count(*) from requests where status = 'canceled'")
            .await,
        1
    );
    assert_eq!(
        house
            .count(
                "select count(*) from deliveries where kind = 'letter' \
                 and recipient = 'mira@northlight.test' and job like '%request_closed%'"
            )
            .await,
        1
    );
    let status = joining::requests::look_at_status(
        &house.desk,
        &anteroom::desk::requests::status_token::make(&house.desk, &request),
        end,
    )
    .await
    .unwrap();
    assert_eq!(status.request.status.word().as_str(), "canceled");
    assert_eq!(
        organisation::closure::keep_organisation(&house.desk, &at(&ivo, end), &member).await,
        Err(Error::Refused(Why::OrganisationClosed))
    );
    house
        .execute("update organisations set closes_at = 5, closed_at = 6")
        .await;
    let page = house.get("/northlight", &cookie).await;
    assert!(
        page.status == 409 && page.body.contains("The organisation is closed"),
        "{} {}",
        page.status,
        page.body
    );
    house.deliver().await;
    house.expects_owed_letters();
}

both!(row_33_rights_are_not_mixed_up_under_load);
/// Row 33: rights are never mixed up between requests, whatever runs at the same time.
async fn row_33_rights_are_not_mixed_up_under_load(house: &House) {
    let ivo = house.organisation("northlight").await;
    let olga = house.organisation("southmoor").await;
    let (dana, _) = deputy(house, &ivo).await;
    let bare = house.member(&ivo, "Bare").by_provider().await;
    house.deliver().await;
    let mut callers = Vec::new();
    for (actor, own, other) in [
        (&ivo, 200, 404),
        (&olga, 404, 200),
        (&dana, 200, 404),
        (&bare, 403, 404),
    ] {
        callers.push((house.cookie(actor).await, own, other));
    }
    let asks = (0..64 * 8).map(|n| {
        let (cookie, own, other) = callers[n % callers.len()].clone();
        let page = ["users", "access_requests", "settings", "roles"][(n / 4) % 4];
        let (slug, expected) = if (n / 16) % 2 == 0 {
            ("northlight", own)
        } else {
            ("southmoor", other)
        };
        async move {
            let answer = house.get(&format!("/{slug}/{page}"), &cookie).await;
            (slug, page, n % 4, expected, answer)
        }
    });
    use futures_util::StreamExt as _;
    let answers: Vec<_> = futures_util::stream::iter(asks)
        .buffer_unordered(64)
        .collect()
        .await;
    assert_eq!(answers.len(), 512);
    for (slug, page, who, expected, answer) in answers {
        assert_eq!(answer.status.as_u16(), expected, "{slug}/{page} by {who}");
        let others = if slug == "northlight" {
            "southmoor Labs"
        } else {
            "northlight Labs"
        };
        assert!(
            expected != 200 || !answer.body.contains(others),
            "{slug}/{page} shows another organisation's name"
        );
    }
    house.deliver().await;
}

/// How many rows of a SQLite table hold the text anywhere.
pub async fn rows_with(house: &House, table: &str, text: &str) -> i64 {
    use sqlx::Row as _;
    let columns: Vec<String> = house
        .fetch(&format!("select name from pragma_table_info('{table}')"))
        .await
        .iter()
        .map(|r| r.get::<String, _>("name"))
        .collect();
    let any = columns
        .iter()
        .map(|c| format!("lower({c}) like '%{text}%'"))
        .collect::<Vec<_>>()
        .join(" or ");
    house
        .count(&format!("select count(*) from {table} where {any}"))
        .await
}
