//! Nobody learns by an id whether a thing is there: who may not do what a door does gets the same
//! answer for a thing that is there, for one that is not, and for what is no id.
use super::doors::{actions, all_but, member_with};
use crate::access::portal::Portal;
use crate::chat::room::Room;
use crate::harness::{House, step, uuid};
use anteroom::desk::organisation::home_page::TypedLink;
use anteroom::desk::{Actor, access, organisation};
use anteroom::domain::connector::Platform;
use anteroom::domain::role::Permission;
use anteroom::domain::verdict::Verdict;
use anteroom::web::doors::{Door, Needs};
use sqlx::Row as _;
use std::collections::BTreeMap;

/// Ids of things that are there, by the names of the fields that name them.
pub(super) type Things = BTreeMap<&'static str, String>;

/// The body of a door's sample about these ids.
pub(super) fn body(door: &Door, id: impl Fn(&str) -> String) -> String {
    let sample = door.sample.replace("{org}", "northlight");
    let named: Vec<String> = sample
        .split('&')
        .map(|pair| match pair.split_once('=') {
            Some((name, "{id}")) => format!("{name}={}", id(name)),
            _ => pair.replace("{id}", &id("request")),
        })
        .collect();
    named.join("&")
}

/// Things of each kind, most of them Zoe's, and whoever looks after them.
pub(super) async fn things(house: &House) -> (Actor, Things) {
    let room = Room::new(house, Platform::Telegram).await;
    room.hears(1, 7, "Hello").await;
    let (ivo, member) = (room.ivo.clone(), room.member.clone());
    let portal = Portal::over(house, ivo.clone(), member.clone(), vec![step("administrators")]).await;
    let zoe = portal.user("Zoe").await;
    let granted = portal.asks(&zoe).await;
    house.decide(&ivo, &granted, Verdict::Approve).await;
    let yan = portal.user("Yan").await;
    let request = portal.asks(&yan).await;
    access::my_requests::question(&house.desk, &ivo, &member, &request, "Why?")
        .await
        .unwrap();
    house.invite(&ivo, "new@northlight.test").await;
    let link = TypedLink {
        title: "Manual".into(),
        url: "https://example.test".into(),
        file: None,
    };
    organisation::home_page::add_link(&house.desk, &ivo, &member, link)
        .await
        .unwrap();
    organisation::links::add_domain(&house.desk, &ivo, &member, "northlight.test")
        .await
        .unwrap();
    let mut things = Things::from([
        ("request", request.to_string()),
        ("flow", portal.flow.to_string()),
        ("resource", portal.resource.to_string()),
        ("role", house.role(&ivo, "Readers", &[]).await.to_string()),
        ("group", house.group(&ivo, "Lab", &[&zoe]).await.to_string()),
        ("connector", room.connector.to_string()),
        ("account", zoe.id().to_string()),
        ("session", zoe.session.id.to_string()),
    ]);
    for (name, table) in [
        ("grant", "grants"),
        ("question", "questions"),
        ("invitation", "invitations where status = 'pending'"),
        ("link", "home_links"),
        ("domain", "domains"),
        ("contact", "contacts"),
        ("delivery", "deliveries where kind = 'letter'"),
    ] {
        let rows = house.fetch(&format!("select min(id) from {table}")).await;
        things.insert(name, rows[0].get(0));
    }
    (ivo, things)
}

both!(row_s34_rights_come_before_the_look_up);
/// At every action that names a thing, a member without the right, or a stranger to the thing where
/// no right is needed, gets one answer whatever the id.
async fn row_s34_rights_come_before_the_look_up(house: &House) {
    let (ivo, things) = things(house).await;
    let mut tried = 0;
    for door in actions().filter(|d| d.sample.contains("{id}")) {
        let (who, expected) = match door.needs {
            Needs::May(one) => (all_but(&[one]), Some(403)),
            Needs::MayEither(one, other) => (all_but(&[one, other]), Some(403)),
            Needs::Administrator => (Permission::ALL.to_vec(), Some(403)),
            // Their own things only.
            _ => (vec![Permission::PortalUse], None),
        };
        let cookie = member_with(house, &ivo, &who).await;
        same_for_all(house, door, &cookie, &things, expected).await;
        // Who has the right to have such things, and not this one.
        if matches!(
            door.needs,
            Needs::May(Permission::PortalUse) | Needs::MayEither(..)
        ) {
            let cookie = member_with(house, &ivo, &[Permission::PortalUse]).await;
            same_for_all(house, door, &cookie, &things, None).await;
        }
        tried += 1;
    }
    assert!(tried > 35, "{tried}");
    house.expects_owed_letters();
}

async fn same_for_all(house: &House, door: &Door, cookie: &str, things: &Things, expected: Option<u16>) {
    // What is in the catalogue is shown to everybody who may ask for it.
    if door.path.ends_with("ask_for") && expected.is_none() {
        return;
    }
    let there = body(door, |name| {
        let found = things.get(name);
        found
            .unwrap_or_else(|| panic!("{}: no {name} was made", door.path))
            .clone()
    });
    let answer = house.post(door.path, cookie, &there).await;
    for other in [uuid(house), "x".into(), String::new()] {
        let absent = house
            .post(door.path, cookie, &body(door, |_| other.clone()))
            .await;
        assert_eq!(
            (absent.status, &absent.body),
            (answer.status, &answer.body),
            "{} for {other:?}",
            door.path
        );
    }
    let status = answer.status.as_u16();
    let right = expected.map_or(status == 404 || status == 403, |expected| status == expected);
    assert!(right, "{}: {status} {}", door.path, answer.body);
}
