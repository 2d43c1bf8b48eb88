//! Insights: what an organisation's history shows, to whom; filtered, paged, exported.
use crate::harness::{House, PASSWORD};
use anteroom::desk::{account, history, organisation, people};
use anteroom::domain::Error;
use anteroom::domain::event::{Service, What};
use anteroom::domain::role::{Permission, Permissions};
use anteroom::domain::time::Span;
use anteroom::domain::verdict::Verdict;
use anteroom::store::history::insights::InsightsQuery;
use std::collections::BTreeSet;

both!(the_history_is_read);
/// Everything of the organisation and of nobody else; every filter narrows; pages follow one
/// another without a gap.
async fn the_history_is_read(house: &House) {
    let (ivo, member) = house.founder("northlight").await;
    let (olga, foreign) = house.founder("southmoor").await;
    organisation::organisations::demand_factor(&house.desk, &olga, &foreign, false)
        .await
        .unwrap();
    let mira = house.person("mira@northlight.test", "Mira Okafor").await;
    let request = house.asks(&mira, "northlight").await;
    house.decide(&ivo, &request, Verdict::Approve).await;
    house.role(&ivo, "Readers", &[]).await;
    organisation::organisations::change_welcome(&house.desk, &ivo, &member, ["Ask Ivo", ""], false)
        .await
        .unwrap();
    let all = history::insights::list(&house.desk, &member, &InsightsQuery::default(), 100)
        .await
        .unwrap();
    assert!(
        all.next.is_none() && all.entries.windows(2).all(|w| w[0].seq > w[1].seq),
        "newest first"
    );
    let words = |entries: &[anteroom::store::history::insights::ShownEvent]| {
        entries.iter().map(|e| e.what.clone()).collect::<Vec<_>>()
    };
    let said = words(&all.entries);
    for what in [
        "organisation.created",
        "request.submitted",
        "request.approved",
        "invitation.sent",
        "role.created",
        "organisation.changed",
    ] {
        assert!(said.iter().any(|w| w == what), "{what}: {said:?}");
    }
    assert!(
        all.entries.iter().all(|e| !e.actor_email.contains("southmoor")),
        "nothing of another organisation"
    );
    let find = async |look: InsightsQuery| {
        history::insights::list(&house.desk, &member, &look, 100)
            .await
            .unwrap()
            .entries
    };
    assert_eq!(
        words(
            &find(InsightsQuery {
                service: Some(Service::Requests),
                ..InsightsQuery::default()
            })
            .await
        ),
        ["request.approved", "request.submitted"]
    );
    assert_eq!(
        words(
            &find(InsightsQuery {
                service: Some(Service::Connectors),
                ..InsightsQuery::default()
            })
            .await
        ),
        [""; 0]
    );
    assert_eq!(
        words(
            &find(InsightsQuery {
                what: Some(What::RoleCreated),
                ..InsightsQuery::default()
            })
            .await
        ),
        ["role.created"]
    );
    assert_eq!(
        words(
            &find(InsightsQuery {
                object: request.to_string(),
                ..InsightsQuery::default()
            })
            .await
        ),
        ["request.approved", "request.submitted"]
    );
    assert_eq!(
        find(InsightsQuery {
            actor: "ivo br".into(),
            service: Some(Service::Requests),
            ..InsightsQuery::default()
        })
        .await
        .len(),
        1
    );
    assert!(
        find(InsightsQuery {
            actor: "nobody".into(),
            ..InsightsQuery::default()
        })
        .await
        .is_empty()
    );
    assert!(
        find(InsightsQuery {
            until: Some(house.now),
            ..InsightsQuery::default()
        })
        .await
        .is_empty()
    );
    assert_eq!(
        find(InsightsQuery {
            from: Some(house.now),
            until: Some(house.now + Span(1)),
            ..InsightsQuery::default()
        })
        .await
        .len(),
        all.entries.len()
    );
    // Page by page.
    let (mut look, mut seen) = (InsightsQuery::default(), Vec::new());
    loop {
        let page = history::insights::list(&house.desk, &member, &look, 2)
            .await
            .unwrap();
        seen.extend(page.entries.iter().map(|e| e.id.clone()));
        let Some(next) = page.next else { break };
        look.before = Some(next);
    }
    assert_eq!(seen, all.entries.iter().map(|e| e.id.clone()).collect::<Vec<_>>());
    // Who changed what, from where.
    let changed = find(InsightsQuery {
        what: Some(What::OrganisationChanged),
        ..InsightsQuery::default()
    })
    .await;
    let detail = changed[0].detail.clone().unwrap();
    assert!(
        detail.contains("Ask Ivo")
            && changed[0].place.as_deref() == Some("192.0.2.7")
            && changed[0].actor == "Ivo Brandt",
        "{detail}"
    );
    // Who has left, and who only ever asked, is found all the same.
    house.deliver().await;
    let asked = find(InsightsQuery {
        actor: "mira".into(),
        ..InsightsQuery::default()
    })
    .await;
    assert_eq!(words(&asked), ["request.submitted"]);
    let token = house.token_mailed("mira@northlight.test", "invitations").await;
    let mira = house.accept(&mira, &token).await;
    people::departure::cancel_access(
        &house.desk,
        &mira,
        &house.membership(&mira, "northlight").await,
        "40-1187",
    )
    .await
    .unwrap();
    let left = find(InsightsQuery {
        actor: "okafor".into(),
        ..InsightsQuery::default()
    })
    .await;
    assert!(left.iter().any(|e| e.what == "member.left"), "{:?}", words(&left));
    let none: Permissions = [Permission::RequestsView].into_iter().collect();
    let bare = anteroom::domain::member::Membership {
        permissions: none,
        ..member.clone()
    };
    assert_eq!(
        history::insights::list(&house.desk, &bare, &InsightsQuery::default(), 9)
            .await
            .err(),
        Some(Error::Forbidden)
    );
    house.deliver().await;
}

both!(sign_ins_of_members_are_shown);
/// Sign-ins of members from the day they joined; nobody else's, and none from before.
async fn sign_ins_of_members_are_shown(house: &House) {
    let (_, member) = house.founder("northlight").await;
    house.person("stranger@northlight.test", "Stranger").await;
    let later = house.caller_at(house.now + Span::minutes(5));
    account::accounts::sign_in(&house.desk, &later, "admin@northlight.test", PASSWORD)
        .await
        .unwrap();
    let _ = account::accounts::sign_in(&house.desk, &later, "admin@northlight.test", "wrong password").await;
    let look = InsightsQuery {
        service: Some(Service::SignIn),
        ..InsightsQuery::default()
    };
    let found = history::insights::list(&house.desk, &member, &look, 100)
        .await
        .unwrap()
        .entries;
    let kinds: BTreeSet<&str> = found.iter().map(|e| e.what.as_str()).collect();
    assert_eq!(kinds, BTreeSet::from(["signin.failed", "signin.succeeded"]));
    assert!(
        found.iter().all(|e| e.actor_email == "admin@northlight.test"),
        "{found:?}"
    );
    house
        .execute("update members set joined_at = joined_at + 600000")
        .await;
    assert!(
        history::insights::list(&house.desk, &member, &look, 100)
            .await
            .unwrap()
            .entries
            .is_empty(),
        "what was before is nobody's business here"
    );
    house.deliver().await;
}

both!(the_history_is_exported);
/// The export holds what the page shows, all of it, in pieces; cells are harmless; nonsense is
/// refused.
async fn the_history_is_exported(house: &House) {
    let (ivo, member) = house.founder("northlight").await;
    for n in 0..600 {
        house.role(&ivo, &format!("=cmd({n})"), &[]).await;
    }
    let cookie = house.cookie(&ivo).await;
    let csv_file = house
        .get(
            "/northlight/insights/export?format=csv&what=role.created",
            &cookie,
        )
        .await;
    assert_eq!(
        (
            csv_file.status.as_u16(),
            csv_file.headers["content-disposition"].to_str().unwrap()
        ),
        (200, "attachment; filename*=UTF-8''northlight-insights.csv")
    );
    let mut reader = csv::Reader::from_reader(csv_file.body.as_bytes());
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 600);
    assert!(
        rows.iter()
            .all(|r| r[1] == *"role.created" && !r.iter().any(|c| c.starts_with('='))),
        "{:?}",
        rows[0]
    );
    let json = house
        .get("/northlight/insights/export?format=json", &cookie)
        .await;
    let whole: Vec<serde_json::Value> =
        serde_json::from_str(&json.body).unwrap_or_else(|e| panic!("{e}: {}", &json.body[..200]));
    let shown = history::insights::list(&house.desk, &member, &InsightsQuery::default(), 10_000)
        .await
        .unwrap()
        .entries;
    assert_eq!(
        whole
            .iter()
            .map(|e| e["id"].as_str().unwrap())
            .collect::<Vec<_>>(),
        shown.iter().map(|e| e.id.as_str()).collect::<Vec<_>>()
    );
    let none = house
        .get("/northlight/insights/export?format=json&actor=nobody", &cookie)
        .await;
    assert_eq!(
        serde_json::from_str::<Vec<serde_json::Value>>(&none.body)
            .unwrap()
            .len(),
        0
    );
    for nonsense in [
        "service=x",
        "what=x",
        "from=yesterday",
        "until=2026-13-45",
        "before=x",
    ] {
        assert_eq!(
            house
                .get(&format!("/northlight/insights?{nonsense}"), &cookie)
                .await
                .status,
            400,
            "{nonsense}"
        );
        assert_eq!(
            house
                .get(&format!("/northlight/insights/export?{nonsense}"), &cookie)
                .await
                .status,
            400,
            "{nonsense}"
        );
    }
    let page = house
        .get(
            "/northlight/insights?from=2020-01-01&until=2100-01-01&service=directory",
            &cookie,
        )
        .await
        .body;
    assert!(
        page.contains("Role created") && page.contains("=cmd(599)") && page.contains("before="),
        "a page, with a next one"
    );
    house.deliver().await;
}
