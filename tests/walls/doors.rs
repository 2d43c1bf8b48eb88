//! Every door of the site, from the one table: who lacks what it needs is refused, and nothing
//! changes.
use crate::harness::{House, step, uuid};
use anteroom::desk::access::resources::ResourceDraft;
use anteroom::desk::queue::bulk::Which;
use anteroom::desk::{Actor, queue};
use anteroom::domain::connector::Platform;
use anteroom::domain::role::Permission;
use anteroom::domain::verdict::Verdict;
use anteroom::web::doors::{Door, Leads, Needs, all};
use leptos::server_fn::axum::server_fn_paths;
use std::collections::{BTreeMap, BTreeSet};

pub fn actions() -> impl Iterator<Item = &'static Door> {
    all().filter(|d| matches!(d.leads, Leads::Action | Leads::Read | Leads::Upload(_)))
}

/// Doors of machines that an organisation's members alone may pass: streams, files, the export.
fn machines() -> impl Iterator<Item = &'static Door> {
    all().filter(|d| matches!(d.leads, Leads::Get(_) | Leads::Post(_)) && d.is_of_organisation())
}

#[test]
fn every_server_function_has_a_door_and_the_other_way_round() {
    let uploads = |d: &&Door| matches!(d.leads, Leads::Upload(_));
    assert_eq!(actions().filter(uploads).count(), 2);
    let doors: BTreeSet<&str> = actions().filter(|d| !uploads(d)).map(|d| d.path).collect();
    let functions: BTreeSet<&str> = server_fn_paths().map(|(path, _)| path).collect();
    assert_eq!(doors, functions);
    assert!(
        server_fn_paths().all(|(_, method)| method == http::Method::POST),
        "nothing changes by GET"
    );
    assert!(doors.len() > 20);
}

/// A member of the organisation with exactly these permissions, by cookie.
pub async fn member_with(house: &House, ivo: &Actor, permissions: &[Permission]) -> String {
    let email = format!("m-{}@northlight.test", uuid(house));
    let member = house.member(ivo, "Member").at(&email).appointed();
    house.cookie(&member.with(permissions).await).await
}

pub fn all_but(without: &[Permission]) -> Vec<Permission> {
    let all = Permission::ALL.into_iter();
    all.filter(|p| !without.contains(p)).collect()
}

both!(actions_refuse_who_lacks_what_they_need);
/// Actions: strangers get 401; members of another organisation 404; members without the permission
/// 403, with all the others in hand.
async fn actions_refuse_who_lacks_what_they_need(house: &House) {
    let ivo = house.organisation("northlight").await;
    let olga = house.organisation("southmoor").await;
    let foreign = house.cookie(&olga).await;
    // Whoever is to be refused holds all else, and is there before anything is counted.
    let mut lacking = BTreeMap::new();
    for door in actions() {
        let others = match door.needs {
            Needs::May(permission) => all_but(&[permission]),
            Needs::MayEither(one, other) => all_but(&[one, other]),
            Needs::Administrator => Permission::ALL.to_vec(),
            _ => continue,
        };
        lacking.insert(door.path, member_with(house, &ivo, &others).await);
    }
    house.deliver().await;
    let changed = "select count(*) from events where what not in ('signin.succeeded', 'signin.failed', \
        'account.created', 'identity.linked')";
    let before = house.count(changed).await;
    for door in actions() {
        let body = door.body("northlight");
        let stranger = house.post(door.path, "", &body).await;
        match door.needs {
            Needs::Nobody => assert!(
                !matches!(stranger.status.as_u16(), 400 | 401 | 403 | 404 | 500),
                "{}: the sample does not decode: {} {}",
                door.path,
                stranger.status,
                stranger.body
            ),
            Needs::Demo => assert_eq!(stranger.status, 404, "{}", door.path),
            _ => assert_eq!(stranger.status, 401, "{}: {}", door.path, stranger.body),
        }
        if let Needs::May(permission) = door.needs {
            assert_eq!(
                house.post(door.path, &foreign, &body).await.status,
                404,
                "{} for a member of another organisation",
                door.path
            );
            let refused = house.post(door.path, &lacking[door.path], &body).await;
            assert_eq!(
                refused.status.as_u16(),
                403,
                "{} without {}",
                door.path,
                permission.as_str()
            );
        }
        if let Needs::MayEither(..) = door.needs {
            assert_eq!(
                house.post(door.path, &foreign, &body).await.status,
                404,
                "{} for a member of another organisation",
                door.path
            );
            assert_eq!(
                house.post(door.path, &lacking[door.path], &body).await.status,
                403,
                "{} without either",
                door.path
            );
        }
        if door.needs == Needs::Administrator {
            assert_eq!(
                house.post(door.path, &foreign, &body).await.status,
                404,
                "{} for a member of another organisation",
                door.path
            );
            assert_eq!(
                house.post(door.path, &lacking[door.path], &body).await.status,
                403,
                "{} without the role",
                door.path
            );
        }
    }
    assert_eq!(house.count(changed).await, before, "nothing changed");
    for door in actions() {
        let body = door.body("northlight");
        if let Needs::May(permission) = door.needs {
            let with = member_with(house, &ivo, &[permission]).await;
            let let_in = house.post(door.path, &with, &body).await;
            assert!(
                !matches!(let_in.status.as_u16(), 401 | 403 | 500) || door.path.ends_with("demand_factor"),
                "{} with it: {} {}",
                door.path,
                let_in.status,
                let_in.body
            );
        }
    }
    house.deliver().await;
}

both!(a_real_request_is_not_decided_without_the_right);
/// A real request of the organisation, tried by a member with every right but the one to decide.
async fn a_real_request_is_not_decided_without_the_right(house: &House) {
    let ivo = house.organisation("northlight").await;
    let mira = house.person("mira@northlight.test", "Mira").await;
    let id = house.asks(&mira, "northlight").await;
    let without = member_with(house, &ivo, &all_but(&[Permission::RequestsDecide])).await;
    assert_eq!(
        house
            .post(
                "/actions/decide",
                &without,
                &format!("org=northlight&request={id}&verdict=approve")
            )
            .await
            .status,
        403
    );
    assert_eq!(
        house
            .count("select count(*) from requests where status = 'pending'")
            .await,
        1
    );
    let page = house
        .get(&format!("/northlight/access_requests?request={id}"), &without)
        .await
        .body;
    assert!(
        page.contains("mira@northlight.test") && !page.contains("\"approve-"),
        "who may only look has no buttons"
    );
    house.deliver().await;
}

both!(machines_refuse_who_lacks_what_they_need);
/// Streams, files and the export: strangers sign in, members of other organisations find nothing,
/// and the export is the administrators'.
async fn machines_refuse_who_lacks_what_they_need(house: &House) {
    let ivo = house.organisation("northlight").await;
    let olga = house.organisation("southmoor").await;
    let foreign = house.cookie(&olga).await;
    let member = member_with(house, &ivo, &Permission::ALL).await;
    assert!(machines().count() >= 3);
    for door in machines() {
        let path = door
            .path
            .replace("{org}", "northlight")
            .replace("{file}", "0192d3a0-0000-7000-8000-000000000000");
        let ask = async |cookie: &str| {
            if matches!(door.leads, Leads::Post(_)) {
                house.post(&path, cookie, "").await
            } else {
                house.get(&path, cookie).await
            }
        };
        assert!(!ask("").await.status.is_success(), "{path}");
        assert_eq!(
            ask(&foreign).await.status,
            404,
            "{path} for a member of another organisation"
        );
        if door.needs == Needs::Administrator {
            assert_eq!(ask(&member).await.status, 403, "{path} without the role");
        }
        if let Needs::May(permission) = door.needs {
            let without = member_with(house, &ivo, &all_but(&[permission])).await;
            assert_eq!(
                ask(&without).await.status,
                403,
                "{path} without {}",
                permission.as_str()
            );
        }
    }
    house.deliver().await;
}

both!(pages_refuse_who_lacks_what_they_need);
/// Pages: strangers go to sign-in and come back, members of other organisations find nothing,
/// members without the right are told so.
async fn pages_refuse_who_lacks_what_they_need(house: &House) {
    let (ivo, member) = house.founder("northlight").await;
    let role = house.role(&ivo, "Readers", &[]).await;
    let group = house.group(&ivo, "Lab", &[]).await;
    let flow = house.flow(&ivo, "Two eyes", vec![step("administrators")]).await;
    let draft = ResourceDraft {
        name: "Console".into(),
        ..ResourceDraft::default()
    };
    let resource = house.resource(&ivo, draft).await;
    let nothing = Which::These(vec![house.mint().id(house.now)]);
    let job = queue::bulk::decide_many(&house.desk, &ivo, &member, nothing, Verdict::Approve, "")
        .await
        .unwrap();
    let fields = [("name", "Desk"), ("bot_token", "1:a")]
        .map(|(n, v)| (n.to_owned(), v.to_owned()))
        .into();
    let (connector, _) = house.connector(&ivo, Platform::Telegram, &fields).await;
    let olga = house.organisation("southmoor").await;
    let foreign = house.cookie(&olga).await;
    let bare = member_with(house, &ivo, &[]).await;
    for door in all().filter(|d| matches!(d.leads, Leads::Page(_))) {
        let path = door
            .path
            .replace("{org}", "northlight")
            .replace("{token}", "x")
            .replace("{account}", ivo.id().as_str());
        let path = path
            .replace("{role}", role.as_str())
            .replace("{group}", group.as_str());
        let path = path
            .replace("{flow}", flow.as_str())
            .replace("{resource}", resource.as_str())
            .replace("{job}", job.as_str())
            .replace("{connector}", connector.as_str());
        let stranger = house.get(&path, "").await;
        match door.needs {
            // A link that never was: not found, or explained.
            Needs::Nobody => assert!(
                matches!(stranger.status.as_u16(), 200 | 404 | 409),
                "{path}: {}",
                stranger.status
            ),
            Needs::Demo => assert_eq!(stranger.status, 404, "{path}"),
            _ => assert!(
                stranger.status == 303 && stranger.location().starts_with("/signin?back=%2F"),
                "{path}: {}",
                stranger.status
            ),
        }
        if matches!(door.needs, Needs::Member | Needs::May(_) | Needs::MayEither(..)) {
            assert_eq!(
                house.get(&path, &foreign).await.status,
                404,
                "{path} for a member of another organisation"
            );
        }
        if let Needs::May(permission) = door.needs {
            assert_eq!(
                house.get(&path, &bare).await.status,
                403,
                "{path} without {}",
                permission.as_str()
            );
            let with = member_with(house, &ivo, &[permission]).await;
            assert_eq!(
                house.get(&path, &with).await.status,
                200,
                "{path} with {}",
                permission.as_str()
            );
        }
        if let Needs::MayEither(one, other) = door.needs {
            assert_eq!(house.get(&path, &bare).await.status, 403, "{path} without either");
            for permission in [one, other] {
                let with = member_with(house, &ivo, &[permission]).await;
                assert_eq!(
                    house.get(&path, &with).await.status,
                    200,
                    "{path} with {}",
                    permission.as_str()
                );
            }
        }
    }
    // An organisation that does not exist and one that is not ours look the same to everybody.
    let (there, nowhere) = (
        house.get("/northlight", &foreign).await,
        house.get("/nowhere-at-all", &foreign).await,
    );
    let shape = |body: &str, slug: &str| body.replace(slug, "X").len();
    assert_eq!(
        (there.status, shape(&there.body, "northlight")),
        (nowhere.status, shape(&nowhere.body, "nowhere-at-all"))
    );
    let (there, nowhere) = (
        house.get("/northlight", "").await,
        house.get("/nowhere-at-all", "").await,
    );
    assert_eq!(
        (there.status, there.location().replace("northlight", "X")),
        (nowhere.status, nowhere.location().replace("nowhere-at-all", "X"))
    );
    house.deliver().await;
}

/// Nothing large comes in but where a row says so.
#[test]
fn limits_stand_in_the_rows() {
    let large: BTreeSet<&str> = all().filter(|d| d.limit > 64 * 1024).map(|d| d.path).collect();
    let expected = ["/actions/add_link", "/actions/invite", "/actions/write_faq"];
    assert_eq!(large, expected.into_iter().collect());
    assert!(all().all(|d| d.limit >= 64 * 1024));
}
