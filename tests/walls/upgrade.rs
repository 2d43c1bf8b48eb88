//! A database that an older version made, brought to this one: what holds for new rows holds for
//! those too.
use crate::harness::{House, rows};
use anteroom::domain::account::Email;
use anteroom::domain::event::What;
use anteroom::domain::member::Membership;
use anteroom::domain::role::{Permission, Permissions};
use anteroom::store::history::insights::{self, InsightsQuery};
use anteroom::store::history::seals;
use anteroom::store::{self, DatabaseKind, Db, migrations};

/// Rows that 8b25fd7 wrote, one statement a line.
const OLD: &str = include_str!("made_by_8b25fd7.sql");

/// A database as 8b25fd7 left it, after the upgrade.
async fn upgraded(house: &House) -> Db {
    let db = house.another_database().await;
    migrations::run_to(&db, 10).await.unwrap();
    for line in OLD.lines().filter(|l| !l.starts_with("--")) {
        let numbered = line.starts_with("insert into events ") && db.kind == DatabaseKind::Postgres;
        let line = if numbered {
            line.replacen(") values (", ") overriding system value values (", 1)
        } else {
            line.to_owned()
        };
        rows::execute(&mut db.read().await.unwrap(), &line).await;
    }
    migrations::run(&db).await.unwrap();
    db
}

/// Where the administrator of that database belongs.
async fn memberships_of_ivo(conn: &mut store::Conn) -> Vec<Membership> {
    let ivo = Email::parse("ivo.brandt@northlight.test").unwrap();
    let ivo = store::account::accounts::find_by_proven_email(conn, &ivo)
        .await
        .unwrap()
        .unwrap();
    store::people::members::list_of_account(conn, &ivo.id)
        .await
        .unwrap()
}

both!(administrators_of_old_are_all_permissions);
/// Whoever was an administrator then may all that there is now, though their role's row tells what
/// there was; so may they after a permission has come, of which the row knows nothing.
async fn administrators_of_old_are_all_permissions(house: &House) {
    let db = upgraded(house).await;
    let stored =
        "update roles set permissions = replace(permissions, 'insights.view', '') where built_in = 1";
    for later in [None, Some(stored)] {
        if let Some(sql) = later {
            rows::execute(&mut db.read().await.unwrap(), sql).await;
        }
        let mut conn = db.read().await.unwrap();
        let of = memberships_of_ivo(&mut conn).await;
        assert_eq!(of.len(), 1);
        assert!(of[0].administrator);
        assert_eq!(of[0].permissions, Permissions::all());
        for permission in Permission::ALL {
            let holders = store::people::members::list_holders(&mut conn, &of[0].organisation, permission);
            let holders: Vec<_> = holders.await.unwrap().into_iter().map(|h| h.account).collect();
            assert!(holders.contains(&of[0].account), "{}", permission.as_str());
        }
    }
    db.close().await;
}

both!(the_history_of_old_is_whole);
/// Old entries are verified as before, and say what they said.
async fn the_history_of_old_is_whole(house: &House) {
    let db = upgraded(house).await;
    let mut conn = db.read().await.unwrap();
    let (extent, broken) = seals::verify(&mut conn).await.unwrap();
    assert!(broken.is_none());
    assert_eq!((extent.events, extent.seals, extent.chains), (153, 1, 1));
    drop(conn);
    says_what_it_said(&db).await;
    let changed = "update event_details set detail = '{\"after\":\"Portal: roles.manage\"}' \
        where detail like '%Portal: %'";
    rows::execute(&mut db.read().await.unwrap(), changed).await;
    let (_, broken) = seals::verify(&mut db.read().await.unwrap()).await.unwrap();
    assert!(broken.is_some());
    db.close().await;
}

/// Entries that hold a text before and one after are read as they were written.
async fn says_what_it_said(db: &Db) {
    let mut conn = db.read().await.unwrap();
    let of = memberships_of_ivo(&mut conn).await;
    let look = InsightsQuery {
        what: Some(What::MemberChanged),
        ..InsightsQuery::default()
    };
    let found = insights::list(&mut conn, &of[0].organisation, &look, 10)
        .await
        .unwrap();
    assert_eq!(found.len(), 2);
    for shown in found {
        let facts = shown.facts().unwrap();
        assert!(facts.changes.is_empty());
        let before = "manager: ; job title: ; department: ";
        assert_eq!(
            (facts.before.as_deref(), facts.was().as_deref()),
            (Some(before), Some(before))
        );
        let after = facts.after.clone().unwrap();
        assert!(
            after.starts_with("manager: 0") && after.ends_with("; job title: Engineer; department: Optics"),
            "{after}"
        );
        assert_eq!(facts.is(), Some(after));
    }
}
