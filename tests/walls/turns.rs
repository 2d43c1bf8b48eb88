//! Rights are those of the moment at which a change is made, not of the moment at which it was
//! asked for.
use super::doors::actions;
use super::existence::{body, things};
use super::rooms::sources;
use crate::harness::{House, rows};
use anteroom::domain::role::Permission;
use anteroom::store;
use anteroom::web::doors::{Door, Leads};
use std::time::Duration;

/// What the members of an organisation may change.
fn changes() -> impl Iterator<Item = &'static Door> {
    actions().filter(|d| matches!(d.leads, Leads::Action) && d.is_of_organisation())
}

both!(row_s12_rights_are_those_of_the_turn);
/// At every action of members: its rights are taken while it waits for its turn, and it does nothing
/// and says so; with them it gets further.
async fn row_s12_rights_are_those_of_the_turn(house: &House) {
    let (ivo, things) = things(house).await;
    let mona = house.member(&ivo, "Mona").by_provider();
    let mona = mona.with(&[Permission::PortalUse]).await;
    let administrators = house.administrators(&ivo).await;
    house.give(&ivo, &mona, &[administrators]).await;
    let org = house.home(&mona).await.organisation;
    let cookie = house.cookie(&mona).await;
    house.deliver().await;
    let kept = format!(
        "select role_id from member_roles where account_id = '{}'",
        mona.id()
    );
    let roles: Vec<String> = house
        .fetch(&kept)
        .await
        .iter()
        .map(|r| sqlx::Row::get(r, 0))
        .collect();
    let mut waited = 0;
    let mut at_once = Vec::new();
    for door in changes() {
        let events = house.count("select count(*) from events").await;
        let sent = body(door, |name| things.get(name).cloned().unwrap_or_default());
        let mut tx = house.desk.db.begin().await.unwrap();
        store::people::members::lock(&mut tx, &org).await.unwrap();
        let asked = house.post(door.path, &cookie, &sent);
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
        let take = format!("delete from member_roles where account_id = '{}'", mona.id());
        rows::execute(&mut tx, &take).await;
        tx.commit().await.unwrap();
        let answer = match early {
            Some(answer) => {
                at_once.push((door.path, answer.status.as_u16()));
                answer
            }
            None => {
                waited += 1;
                asked.await
            }
        };
        assert!(
            answer.status.is_client_error(),
            "{}: {} {}",
            door.path,
            answer.status,
            answer.body
        );
        assert_eq!(
            house.count("select count(*) from events").await,
            events,
            "{}",
            door.path
        );
        for role in &roles {
            let back = format!(
                "insert into member_roles (org_id, account_id, role_id) values ('{org}', '{}', '{role}')",
                mona.id()
            );
            house.execute(&back).await;
        }
    }
    assert!(
        waited > 45 && at_once.len() < 12,
        "{waited} waited; at once: {at_once:?}"
    );
    house.expects_owed_letters();
}

#[test]
fn changes_by_members_begin_with_their_rights() {
    let mut found = 0;
    for (path, text) in sources("src/desk")
        .into_iter()
        .filter(|(p, _)| !p.ends_with("rights.rs"))
    {
        for function in text.split("async fn ").skip(1) {
            let Some((head, body)) = function.split_once(" {\n") else {
                continue;
            };
            let body = body.split("\n}\n").next().unwrap_or_default();
            if !(head.contains("&Membership") && head.contains("&Actor")) {
                continue;
            }
            found += 1;
            // These read the rights again in the transaction that they are given.
            let again = ["lock_to_decide(", "decide_in("]
                .iter()
                .any(|by| body.contains(by));
            assert!(
                again || !body.contains("desk.db.begin()"),
                "{}: {} changes something without `rights::begin_for`",
                path.display(),
                head.split('(').next().unwrap_or_default()
            );
        }
    }
    assert!(found > 90, "{found}");
}
