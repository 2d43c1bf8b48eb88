//! Rights are those of the moment at which a change is made, not of the moment at which it was
//! asked for.
use super::doors::actions;
use super::existence::{body, things};
use super::rooms::sources;
use crate::harness::{House, PASSWORD, rows};
use anteroom::domain::ids::{AccountId, OrganisationId};
use anteroom::domain::role::Permission;
use anteroom::store;
use anteroom::web::doors::{Door, Leads, Needs};
use std::time::Duration;

/// What the members of an organisation may change.
fn changes() -> impl Iterator<Item = &'static Door> {
    actions().filter(|d| matches!(d.leads, Leads::Action) && d.is_of_organisation())
}

/// What people may change of what is their own, signed in.
fn own_changes() -> impl Iterator<Item = &'static Door> {
    let own = |d: &&Door| matches!(d.needs, Needs::Account) && matches!(d.leads, Leads::Action);
    actions().filter(own)
}

/// Who holds the turn that a change waits for.
enum Turn<'a> {
    Members(&'a OrganisationId),
    Account(&'a AccountId),
}

/// Asks while somebody else has the turn, and does this before it is given back: it is refused, and
/// nothing was done. Whether it had waited.
async fn is_refused_in_turn(
    house: &House,
    turn: Turn<'_>,
    (cookie, door, sent): (&str, &Door, &str),
    then: &str,
) -> bool {
    let events = house.count("select count(*) from events").await;
    let asked = house.post(door.path, cookie, sent);
    let mut tx = house.desk.db.begin().await.unwrap();
    match turn {
        Turn::Members(org) => store::people::members::lock(&mut tx, org).await.unwrap(),
        Turn::Account(id) => store::account::accounts::turn(&mut tx, id).await.unwrap(),
    }
    let mut asked = std::pin::pin!(asked);
    let early = loop {
        tokio::select! {
            answer = &mut asked => break Some(answer),
            () = tokio::time::sleep(Duration::from_millis(2)) => {}
        }
        if house.desk.db.waiting() > 0 {
            break None;
        }
    };
    rows::execute(&mut tx, then).await;
    tx.commit().await.unwrap();
    let had_waited = early.is_none();
    let answer = match early {
        Some(answer) => answer,
        None => asked.await,
    };
    let is_refused = answer.status.is_client_error();
    assert!(is_refused, "{}: {} {}", door.path, answer.status, answer.body);
    let now = house.count("select count(*) from events").await;
    assert_eq!(now, events, "{}", door.path);
    had_waited
}

both!(row_s12_rights_are_those_of_the_turn);
/// At every action of members: its rights are taken, or its session ended, while it waits for its
/// turn, and it does nothing and says so; with them it gets further.
async fn row_s12_rights_are_those_of_the_turn(house: &House) {
    let (ivo, things) = things(house).await;
    let mona = house.member(&ivo, "Mona").by_provider();
    let mona = mona.with(&[Permission::PortalUse]).await;
    let administrators = house.administrators(&ivo).await;
    house.give(&ivo, &mona, &[administrators]).await;
    let org = house.home(&mona).await.organisation;
    let cookie = house.cookie(&mona).await;
    house.deliver().await;
    let id = mona.id();
    let kept = format!("select role_id from member_roles where account_id = '{id}'");
    let roles = house.fetch(&kept).await;
    let roles: Vec<String> = roles.iter().map(|r| sqlx::Row::get(r, 0)).collect();
    let taken = [
        format!("delete from member_roles where account_id = '{id}'"),
        format!("update sessions set ended_at = 1 where account_id = '{id}' and ended_at is null"),
    ];
    let (mut waited, mut at_once) = (Vec::new(), Vec::new());
    for (door, take) in changes().flat_map(|door| taken.each_ref().map(|take| (door, take))) {
        let sent = body(door, |name| things.get(name).cloned().unwrap_or_default());
        let asked = (cookie.as_str(), door, sent.as_str());
        let had_waited = is_refused_in_turn(house, Turn::Members(&org), asked, take).await;
        if had_waited { &mut waited } else { &mut at_once }.push(door.path);
        house
            .execute(&format!(
                "update sessions set ended_at = null where account_id = '{id}' and ended_at = 1"
            ))
            .await;
        for role in &roles {
            let back = format!(
                "insert into member_roles (org_id, account_id, role_id) \
                 values ('{org}', '{id}', '{role}') on conflict do nothing"
            );
            house.execute(&back).await;
        }
    }
    assert!(
        waited.len() > 90 && at_once.len() < 24,
        "{} waited; at once: {at_once:?}",
        waited.len()
    );
    house.expects_owed_letters();
}

both!(row_s12_sessions_are_those_of_the_turn);
/// At every action of what is one's own: the session ends while it waits for its turn, and nothing
/// is done with it.
async fn row_s12_sessions_are_those_of_the_turn(house: &House) {
    let (ivo, things) = things(house).await;
    let mona = house.member(&ivo, "Mona").with(&[Permission::PortalUse]).await;
    let cookie = house.cookie(&mona).await;
    house.deliver().await;
    let id = mona.id();
    let end = format!("update sessions set ended_at = 1 where account_id = '{id}' and ended_at is null");
    let password = format!("password={}", PASSWORD.replace(' ', "+"));
    let (mut waited, mut at_once) = (Vec::new(), Vec::new());
    for door in own_changes() {
        let sent = body(door, |name| things.get(name).cloned().unwrap_or_default());
        let sent = sent.replace("password=x", &password);
        let asked = (cookie.as_str(), door, sent.as_str());
        let had_waited = is_refused_in_turn(house, Turn::Account(id), asked, &end).await;
        if had_waited { &mut waited } else { &mut at_once }.push(door.path);
        house
            .execute(&format!(
                "update sessions set ended_at = null where account_id = '{id}' and ended_at = 1"
            ))
            .await;
    }
    assert!(waited.len() > 10, "{waited:?} waited; at once: {at_once:?}");
    house.expects_owed_letters();
}

/// What stands here changes nothing that anybody has a right to: it counts tries, and keeps what a
/// page shows next.
const NEITHER: [&str; 4] = ["codes.rs", "reentry.rs", "drafts.rs", "shown_once.rs"];

#[test]
fn changes_begin_with_the_rights_to_them() {
    let mut found = 0;
    for (path, text) in sources("src/desk")
        .into_iter()
        .filter(|(p, _)| !p.ends_with("rights.rs") && !NEITHER.iter().any(|file| p.ends_with(file)))
    {
        for function in text.split("async fn ").skip(1) {
            let Some((head, body)) = function.split_once(" {\n") else {
                continue;
            };
            let body = body.split("\n}\n").next().unwrap_or_default();
            let name = head.split('(').next().unwrap_or_default();
            if !head.contains("&Actor") {
                continue;
            }
            found += 1;
            // These read the rights again in the transaction that they are given.
            let again = ["lock_to_decide(", "decide_in("]
                .iter()
                .any(|by| body.contains(by));
            assert!(
                again || !body.contains("desk.db.begin()"),
                "{}: {name} changes something without `rights::begin_for` or `rights::begin_own`",
                path.display()
            );
        }
    }
    assert!(found > 90, "{found}");
}
