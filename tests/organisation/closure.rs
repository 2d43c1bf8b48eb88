//! Safe ways out: renaming, exporting and closing an organisation; deleting one's account.
use crate::harness::{House, PASSWORD};
use anteroom::desk::{Actor, account, history, joining, organisation, people, queue};
use anteroom::domain::account::{Email, Language};
use anteroom::domain::member::Membership;
use anteroom::domain::organisation::GRACE;
use anteroom::domain::role::{Permission, Permissions};
use anteroom::domain::time::Span;
use anteroom::domain::verdict::Verdict;
use anteroom::domain::{Error, Time, Why};
use anteroom::store::Kind;
use std::io::Read as _;

fn at(actor: &Actor, now: Time) -> Actor {
    let mut later = actor.clone();
    later.caller.now = now;
    later
}

/// A member with all permissions, but not the role Administrator.
async fn deputy(house: &House, ivo: &Actor, member: &Membership) -> (Actor, Membership) {
    let role = people::roles::create(&house.desk, ivo, member, "Deputies", Permissions::all())
        .await
        .unwrap();
    let dana = house.person("dana@northlight.test", "Dana Deputy").await;
    joining::invitations::invite(&house.desk, ivo, member, "dana@northlight.test")
        .await
        .unwrap();
    let token = house.token_mailed("dana@northlight.test", "invitations").await;
    let (begun, _) = people::acceptance::accept_as(&house.desk, &dana, &token)
        .await
        .unwrap();
    people::members::set_roles(&house.desk, ivo, member, dana.id(), &[role])
        .await
        .unwrap();
    let dana = house.actor(&begun.token).await;
    let membership = house.member(&dana, "northlight").await;
    (dana, membership)
}

/// Somebody new, with a password.
async fn sign_up(house: &House, email: &str) -> Actor {
    joining::signup::ask_sign_up(&house.desk, &house.caller(), email)
        .await
        .unwrap();
    let token = house.token_mailed(email, "signup").await;
    let begun = joining::signup::sign_up(&house.desk, &house.caller(), &token, "Ben", PASSWORD)
        .await
        .unwrap();
    house.actor(&begun.token).await
}

/// The archive's files by name.
pub fn unpacked(archive: Vec<u8>) -> Vec<(String, String)> {
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(archive)).unwrap();
    (0..archive.len())
        .map(|n| {
            let mut file = archive.by_index(n).unwrap();
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes).unwrap();
            (
                file.name().unwrap().into_owned(),
                String::from_utf8_lossy(&bytes).into_owned(),
            )
        })
        .collect()
}

both!(an_organisation_is_renamed);
async fn an_organisation_is_renamed(house: &House) {
    let ivo = house.organisation("northlight").await;
    let member = house.member(&ivo, "northlight").await;
    let (dana, theirs) = deputy(house, &ivo, &member).await;
    organisation::closure::rename(&house.desk, &ivo, &member, " Northlight Group ", "40-9")
        .await
        .unwrap();
    let now = house.member(&ivo, "northlight").await;
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
    let ivo = house.organisation("northlight").await;
    let member = house.member(&ivo, "northlight").await;
    let (dana, theirs) = deputy(house, &ivo, &member).await;
    let mira = house.person("mira@northlight.test", "Mira").await;
    let request = house.asks(&mira, "northlight").await;
    joining::invitations::invite(&house.desk, &ivo, &member, "zoe@northlight.test")
        .await
        .unwrap();
    let invited = house.token_mailed("zoe@northlight.test", "invitations").await;
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
                "select count(*) from outbox where recipient = 'mira@northlight.test' and letter \
        like '%request_closed%'"
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
    sqlx::query("update organisations set closes_at = 5, closed_at = 6")
        .execute(&mut *house.raw().await)
        .await
        .unwrap();
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

both!(row_32_the_export_is_whole_and_harmless);
/// Row 32: the export holds all of the organisation and nothing of another one, no secret, and no
/// cell that a spreadsheet would run.
async fn row_32_the_export_is_whole_and_harmless(house: &House) {
    let ivo = house.organisation("northlight").await;
    let member = house.member(&ivo, "northlight").await;
    let olga = house.organisation("southmoor").await;
    joining::invitations::invite(
        &house.desk,
        &olga,
        &house.member(&olga, "southmoor").await,
        "hidden@southmoor.test",
    )
    .await
    .unwrap();
    for (n, name) in ["=1+1", "+49", "-x", "@SUM(A1)", "\u{ff1d}1", "Plain, \"quoted\""]
        .iter()
        .enumerate()
    {
        let person = house.person(&format!("p{n}@northlight.test"), name).await;
        house.asks(&person, "northlight").await;
    }
    let hostile = house.person("line@northlight.test", "Line").await;
    house.belongs(&hostile, "northlight").await;
    joining::requests::request_access(&house.desk, &hostile, &member.slug, "=cmd()\n=cmd()")
        .await
        .unwrap();
    joining::invitations::invite(&house.desk, &ivo, &member, "zoe@northlight.test")
        .await
        .unwrap();
    let token = house.token_mailed("zoe@northlight.test", "invitations").await;
    organisation::home_page::write_faq(&house.desk, &ivo, &member, Language::En, "Ask.")
        .await
        .unwrap();
    let pdf = b"%PDF-1.7\n%%EOF".to_vec();
    let file = anteroom::desk::organisation::home_page::Typed {
        title: "Sheet".into(),
        url: String::new(),
        file: Some(("a.pdf".into(), pdf)),
    };
    organisation::home_page::add_link(&house.desk, &ivo, &member, file)
        .await
        .unwrap();
    let files = unpacked(
        organisation::export::export(&house.desk, &ivo, &member)
            .await
            .unwrap(),
    );
    let whole = |name: &str| {
        files
            .iter()
            .find(|(n, _)| n == name)
            .unwrap_or_else(|| panic!("{name} is there"))
            .1
            .clone()
    };
    assert_eq!(
        files.len(),
        2 * 16 + 1,
        "{:?}",
        files.iter().map(|(n, _)| n).collect::<Vec<_>>()
    );
    assert!(
        files
            .iter()
            .any(|(n, text)| n.ends_with(" a.pdf") && text.starts_with("%PDF-"))
    );
    let requests: Vec<serde_json::Value> = serde_json::from_str(&whole("requests.json")).unwrap();
    assert_eq!(requests.len(), 7);
    assert!(
        requests
            .iter()
            .any(|r| r["name"] == "=1+1" && r["submitted_at"] == house.now.0),
        "JSON says what is stored"
    );
    let history: Vec<serde_json::Value> = serde_json::from_str(&whole("history.json")).unwrap();
    assert!(
        history.iter().any(|e| e["what"] == "organisation.exported"),
        "{history:?}"
    );
    let mut cells = 0;
    for (name, text) in &files {
        assert!(
            !text.contains(&token) && !text.contains(&anteroom::desk::mint::hash(&token)),
            "{name} holds a token"
        );
        assert!(!text.contains("southmoor") && !text.contains("argon2"), "{name}");
        if name.ends_with(".csv") {
            let mut reader = csv::ReaderBuilder::new()
                .has_headers(false)
                .from_reader(text.as_bytes());
            for cell in reader
                .records()
                .flat_map(|r| r.unwrap().iter().map(str::to_owned).collect::<Vec<_>>())
            {
                cells += 1;
                let number = cell.parse::<i64>().is_ok();
                assert!(
                    number || !cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '\u{ff1d}']),
                    "{name}: {cell}"
                );
            }
        }
    }
    assert!(cells > 100);
    let (dana, theirs) = deputy(house, &ivo, &member).await;
    assert_eq!(
        organisation::export::export(&house.desk, &dana, &theirs)
            .await
            .err(),
        Some(Error::Forbidden)
    );
    let cookie = house.cookie(&ivo).await;
    let answer = house.post("/northlight/export", &cookie, "").await;
    assert_eq!(
        (answer.status.as_u16(), answer.headers["content-type"].as_bytes()),
        (200, &b"application/zip"[..])
    );
    assert_eq!(
        house.get("/northlight/export", &cookie).await.status,
        405,
        "a link cannot ask for it"
    );
    house.deliver().await;
}

both!(an_account_is_erased);
/// Deleting one's account: asked for with care, taken back, asked for again, done: nothing tells
/// who it was, and what was decided stands.
async fn an_account_is_erased(house: &House) {
    let ivo = house.organisation("northlight").await;
    let member = house.member(&ivo, "northlight").await;
    let mira = house.person("Mira@northlight.test", "Mira Okafor").await;
    let request = house.asks(&mira, "northlight").await;
    queue::decisions::decide(&house.desk, &ivo, &member, &request, Verdict::Approve)
        .await
        .unwrap();
    let token = house.token_mailed("Mira@northlight.test", "invitations").await;
    let (begun, _) = people::acceptance::accept_as(&house.desk, &mira, &token)
        .await
        .unwrap();
    let mira = house.actor(&begun.token).await;
    let role = people::roles::create(
        &house.desk,
        &ivo,
        &member,
        "Deciders",
        [Permission::RequestsView, Permission::RequestsDecide]
            .into_iter()
            .collect(),
    )
    .await
    .unwrap();
    people::members::set_roles(&house.desk, &ivo, &member, mira.id(), &[role])
        .await
        .unwrap();
    let nora = house.person("nora@northlight.test", "Nora").await;
    let decided = house.asks(&nora, "northlight").await;
    queue::decisions::decide(
        &house.desk,
        &mira,
        &house.member(&mira, "northlight").await,
        &decided,
        Verdict::Reject,
    )
    .await
    .unwrap();
    assert_eq!(
        account::erasure::delete_account(&house.desk, &mira, "", "mira@northlight.test").await,
        Err(Error::Refused(Why::StillAMember))
    );
    people::departure::cancel_access(
        &house.desk,
        &mira,
        &house.member(&mira, "northlight").await,
        "40-1187",
    )
    .await
    .unwrap();
    house.deliver().await;
    assert_eq!(
        account::erasure::delete_account(&house.desk, &mira, "", "nora@northlight.test").await,
        Err(Error::field("email", Why::NotYourAddress))
    );
    let stale = at(&mira, house.now + Span::hours(2));
    assert_eq!(
        account::erasure::delete_account(&house.desk, &stale, "", "mira@northlight.test").await,
        Err(Error::Refused(Why::ConfirmAgain))
    );
    account::erasure::delete_account(&house.desk, &mira, "", "mira@northlight.test")
        .await
        .unwrap();
    assert!(
        house
            .letters_to("Mira@northlight.test")
            .await
            .last()
            .unwrap()
            .subject
            .contains("deleted in seven days")
    );
    let mira = house.again(&mira).await;
    assert_eq!(mira.account.erases_at, Some(house.now + GRACE));
    account::erasure::keep_account(&house.desk, &mira).await.unwrap();
    assert_eq!(
        account::erasure::sweep(&house.desk, house.now + GRACE).await,
        Ok(0)
    );
    let mira = house.again(&mira).await;
    account::erasure::delete_account(&house.desk, &mira, "", "MIRA@northlight.test")
        .await
        .unwrap();
    house.deliver().await;
    assert_eq!(
        account::erasure::sweep(&house.desk, house.now + GRACE - Span(1)).await,
        Ok(0)
    );
    while history::seals::sweep(&house.desk, house.now).await.unwrap() > 0 {}
    // She was invited under another address than she has now.
    sqlx::query(
        "update invitations set email = 'old.mira@else.test', email_key = 'old.mira@else.test' where \
        accepted_by is not null",
    )
    .execute(&mut *house.raw().await)
    .await
    .unwrap();
    organisation::organisations::change_welcome(&house.desk, &ivo, &member, "mira@Northlight.test", false)
        .await
        .unwrap();
    assert_eq!(
        account::erasure::sweep(&house.desk, house.now + GRACE).await,
        Ok(1)
    );
    assert_eq!(
        account::erasure::sweep(&house.desk, house.now + GRACE).await,
        Ok(0)
    );
    while history::seals::sweep(&house.desk, house.now).await.unwrap() > 0 {}
    assert_eq!(
        anteroom::store::history::seals::verify(&mut *house.raw().await)
            .await
            .unwrap()
            .1,
        None,
        "the seals hold"
    );
    assert!(
        account::sessions::find_actor(&house.desk, &begun.token, &house.caller())
            .await
            .unwrap()
            .is_none(),
        "no session is left"
    );
    for table in [
        "accounts",
        "identities",
        "sessions",
        "tokens",
        "requests",
        "request_terms",
        "members",
        "member_terms",
        "invitations",
        "outbox",
        "organisations",
        "drafts",
    ] {
        let found = match house.desk.db.kind {
            Kind::Postgres => {
                house
                    .count(&format!(
                        "select count(*) from {table} t where lower(t::text) like '%mira%'"
                    ))
                    .await
            }
            Kind::Sqlite => rows_with(house, table, "mira").await,
        };
        assert_eq!(found, 0, "{table} tells who it was");
    }
    let places = house
        .count(
            "select count(*) from event_details d join events e on e.id = d.event_id where \
        e.what = 'request.denied' and d.place is null",
        )
        .await;
    assert_eq!(
        places, 1,
        "what she did in the organisation keeps its detail, without the place"
    );
    let told = house
        .count(
            "select count(*) from event_details d join events e on e.id = d.event_id where \
        lower(d.detail) like '%mira%' and e.what <> 'organisation.changed'",
        )
        .await;
    assert_eq!(told, 0, "no detail tells who it was");
    // What she decided stands, with somebody who did it.
    let details = queue::list::request_details(&house.desk, &ivo, &member, &decided)
        .await
        .unwrap();
    assert!(
        details
            .row
            .decided_by
            .as_deref()
            .is_some_and(|by| by.starts_with("P-")),
        "{:?}",
        details.row.decided_by
    );
    assert_eq!(details.row.request.status.word().as_str(), "denied");
    assert!(
        details
            .history
            .iter()
            .any(|e| e.what == "request.denied" && e.actor.as_deref().is_some_and(|a| a.starts_with("P-")))
    );
    // The address is free again, for a new and different person.
    let again = house.person("Mira@northlight.test", "Mira").await;
    assert_ne!(again.id(), mira.id());
    assert!(
        joining::requests::own_requests(&house.desk, &again)
            .await
            .unwrap()
            .is_empty()
    );
    house.deliver().await;
}

both!(whoever_joins_again_stays);
/// Whoever is let in again during the seven days stays; an open request of somebody erased is
/// withdrawn.
async fn whoever_joins_again_stays(house: &House) {
    let ivo = house.organisation("northlight").await;
    let member = house.member(&ivo, "northlight").await;
    let mira = house.person("mira@northlight.test", "Mira").await;
    account::erasure::delete_account(&house.desk, &mira, "", "mira@northlight.test")
        .await
        .unwrap();
    joining::invitations::invite(&house.desk, &ivo, &member, "mira@northlight.test")
        .await
        .unwrap();
    let token = house.token_mailed("mira@northlight.test", "invitations").await;
    people::acceptance::accept_as(&house.desk, &house.again(&mira).await, &token)
        .await
        .unwrap();
    assert_eq!(house.again(&mira).await.account.erases_at, None);
    let nora = house.person("nora@northlight.test", "Nora").await;
    house.asks(&nora, "northlight").await;
    account::erasure::delete_account(&house.desk, &nora, "", "nora@northlight.test")
        .await
        .unwrap();
    assert_eq!(
        account::erasure::delete_account(&house.desk, &house.again(&nora).await, "", "nora@northlight.test")
            .await,
        Err(Error::Refused(Why::LeavesAlready))
    );
    assert_eq!(
        account::erasure::keep_account(&house.desk, &ivo).await,
        Err(Error::Refused(Why::DoesNotLeave))
    );
    // Asked for from a link, before there was an account.
    sqlx::query("update requests set account_id = null")
        .execute(&mut *house.raw().await)
        .await
        .unwrap();
    assert_eq!(
        account::erasure::sweep(&house.desk, house.now + GRACE).await,
        Ok(1)
    );
    assert_eq!(
        house
            .count("select count(*) from requests where status = 'canceled' and email like '%erased.invalid'")
            .await,
        1
    );
    assert!(
        anteroom::store::account::accounts::find_by_proven_email(
            &mut *house.raw().await,
            &Email::parse("nora@northlight.test").unwrap()
        )
        .await
        .unwrap()
        .is_none()
    );
    // A password is asked for where there is one.
    let begun = sign_up(house, "ben@northlight.test").await;
    let ben = at(&begun, house.now + Span::hours(2));
    assert_eq!(
        account::erasure::delete_account(&house.desk, &ben, "wrong", "ben@northlight.test").await,
        Err(Error::field("password", Why::WrongPassword))
    );
    account::erasure::delete_account(&house.desk, &ben, PASSWORD, "ben@northlight.test")
        .await
        .unwrap();
    house.deliver().await;
    house.expects_owed_letters();
}

both!(row_33_rights_are_not_mixed_up_under_load);
/// Row 33: rights are never mixed up between requests, whatever runs at the same time.
async fn row_33_rights_are_not_mixed_up_under_load(house: &House) {
    let ivo = house.organisation("northlight").await;
    let olga = house.organisation("southmoor").await;
    let member = house.member(&ivo, "northlight").await;
    let (dana, _) = deputy(house, &ivo, &member).await;
    let bare = house.person("bare@northlight.test", "Bare").await;
    joining::invitations::invite(&house.desk, &ivo, &member, "bare@northlight.test")
        .await
        .unwrap();
    let token = house.token_mailed("bare@northlight.test", "invitations").await;
    let (begun, _) = people::acceptance::accept_as(&house.desk, &bare, &token)
        .await
        .unwrap();
    let bare = house.actor(&begun.token).await;
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
async fn rows_with(house: &House, table: &str, text: &str) -> i64 {
    use sqlx::Row as _;
    let columns: Vec<String> = sqlx::query(sqlx::AssertSqlSafe(format!(
        "select name from pragma_table_info('{table}')"
    )))
    .fetch_all(&mut *house.raw().await)
    .await
    .unwrap()
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
