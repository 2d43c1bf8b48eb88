//! What entries say of a change: field by field, and as it was written before there were fields.
use crate::access::portal::{Portal, SLUG};
use crate::harness::{House, step};
use anteroom::desk::{history, people};
use anteroom::domain::role::{Permission, Permissions};
use anteroom::domain::verdict::Verdict;
use anteroom::store::history::insights::InsightsQuery;
use serde_json::{Value, json};
use std::collections::BTreeSet;

both!(changes_are_shown_field_by_field);
/// A change names the fields that differ, on the page in words and in the export by their own; an
/// entry with texts is shown and exported with these.
async fn changes_are_shown_field_by_field(house: &House) {
    let (ivo, member) = house.founder("northlight").await;
    let portal: Permissions = [Permission::PortalUse].into_iter().collect();
    let id = house.role(&ivo, "Readers", &[Permission::PortalUse]).await;
    people::roles::change(&house.desk, &ivo, &member, &id, "Editors", portal, None)
        .await
        .unwrap();
    people::roles::delete(&house.desk, &ivo, &member, &id, None)
        .await
        .unwrap();
    let cookie = house.cookie(&ivo).await;
    let page = async || {
        let drawn = house.get("/northlight/insights", &cookie).await.body;
        drawn.replace("<!>", "")
    };
    let shown = page().await;
    for said in [
        "<dt>Name</dt><dd class=\"words\">— → Readers</dd>",
        "<dt>Permissions</dt><dd class=\"words\">— → portal.use</dd>",
        "<dt>Name</dt><dd class=\"words\">Readers → Editors</dd>",
        "<dt>Name</dt><dd class=\"words\">Editors → —</dd>",
    ] {
        assert!(shown.contains(said), "{said}");
    }
    let exported = async |what: &str| {
        let path = format!("/northlight/insights/export?format=json&what={what}");
        let body = house.get(&path, &cookie).await.body;
        let mut rows: Vec<Value> = serde_json::from_str(&body).unwrap();
        assert_eq!(rows.len(), 1);
        rows.remove(0)
    };
    let created = exported("role.created").await;
    assert_eq!(
        (&created["before"], &created["after"]),
        (&Value::Null, &json!("name: Readers; permissions: portal.use"))
    );
    let changed = exported("role.changed").await;
    assert_eq!(
        (&changed["before"], &changed["after"], &changed["changes"]),
        (
            &json!("name: Readers"),
            &json!("name: Editors"),
            &json!([{ "field": "name", "before": "Readers", "after": "Editors" }])
        )
    );
    let csv = house
        .get(
            "/northlight/insights/export?format=csv&what=role.changed",
            &cookie,
        )
        .await
        .body;
    assert!(csv.starts_with("\u{feff}\"at\",\"what\",\"actor\",\"actor_email\","));
    assert!(csv.contains("\"name: Readers\",\"name: Editors\""), "{csv}");
    house
        .execute(
            "update event_details set detail = '{\"before\":\"Readers: portal.use\",\"after\":\"Editors: \
             portal.use\"}' where event_id = (select id from events where what = 'role.changed')",
        )
        .await;
    let shown = page().await;
    for said in [
        "<dt>Before</dt><dd class=\"words\">Readers: portal.use</dd>",
        "<dt>After</dt><dd class=\"words\">Editors: portal.use</dd>",
    ] {
        assert!(shown.contains(said), "{said}");
    }
    let old = exported("role.changed").await;
    assert_eq!(
        (&old["before"], &old["after"], &old["changes"]),
        (
            &json!("Readers: portal.use"),
            &json!("Editors: portal.use"),
            &json!([])
        )
    );
    house.deliver().await;
}

both!(entries_name_what_they_are_about);
/// An auditor reads what it happened to, by its name and with its page, and finds it by its name; nothing of
/// another organisation is named.
async fn entries_name_what_they_are_about(house: &House) {
    let p = Portal::new(house, vec![step("administrators")]).await;
    let mira = p.user("Mira Okafor").await;
    let id = p.asks(&mira).await;
    p.vote(&p.ivo, &id, &Verdict::Approve.into()).await.unwrap();
    let readers = house.role(&p.ivo, "Überprüfer", &[Permission::PortalUse]).await;
    let lost = house.role(&p.ivo, "Lost", &[]).await;
    people::roles::delete(&house.desk, &p.ivo, &p.member, &lost, None)
        .await
        .unwrap();
    let cookie = house.cookie(&p.ivo).await;
    let page = async |query: &str| {
        let drawn = house.get(&format!("/{SLUG}/insights?{query}"), &cookie).await;
        assert_eq!(drawn.status, 200, "{query}");
        drawn.body.replace("<!>", "")
    };
    let shown = page("").await;
    for said in [
        format!("<a href=\"/{SLUG}/access_requests?request={id}\">Mira Okafor, Billing console</a>"),
        format!(
            "<a href=\"/{SLUG}/users/{}\">Mira Okafor, mira@northlight.test</a>",
            mira.id()
        ),
        format!("<a href=\"/{SLUG}/roles/{readers}\">Überprüfer</a>"),
        "<span class=\"mail\">Lost</span>".into(),
    ] {
        assert!(shown.contains(&said), "{said}");
    }
    let found = async |object: &str| {
        let look = InsightsQuery {
            object: object.into(),
            ..InsightsQuery::default()
        };
        let found = history::insights::list(&house.desk, &p.member, &look, 100)
            .await
            .unwrap();
        let whats: BTreeSet<String> = found.entries.into_iter().map(|e| e.what).collect();
        whats
    };
    assert_eq!(found("UBERPR").await, BTreeSet::from(["role.created".to_owned()]));
    let of_mira = found("okafor").await;
    for what in ["member.joined", "request.submitted", "grant.made", "role.given"] {
        assert!(of_mira.contains(what), "{what}: {of_mira:?}");
    }
    let of_both = found("mira billing").await;
    assert!(of_both.contains("request.submitted") && !of_both.contains("member.joined"));
    assert_eq!(found("nobody%").await, BTreeSet::new());
    // Somebody else's organisation neither finds nor names them.
    let (tess, theirs) = house.founder("southmoor").await;
    let all = history::insights::list(&house.desk, &theirs, &InsightsQuery::default(), 100)
        .await
        .unwrap();
    let named: BTreeSet<&str> = all.objects.values().map(|o| o.name.as_str()).collect();
    assert_eq!(
        named,
        BTreeSet::from([tess.account.name.as_str(), "southmoor Labs"])
    );
    house.deliver().await;
}
