//! What entries say of a change: field by field, and as it was written before there were fields.
use crate::harness::House;
use anteroom::desk::people;
use anteroom::domain::role::{Permission, Permissions};
use serde_json::{Value, json};

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
