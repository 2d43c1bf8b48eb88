//! `copy`: everything goes from one database to another, of either kind, and works on there.
use crate::harness::databases::empty_postgres;
use crate::harness::{House, rows};
use anteroom::clock;
use anteroom::config::{self, Config};
use anteroom::desk::{Desk, demo, operator};
use anteroom::domain::account::Email;
use anteroom::serve::{copy, files, server};
use std::path::{Path, PathBuf};

fn folder() -> PathBuf {
    let folder = std::env::temp_dir().join(format!("anteroom-copy-{}", clock::mint().salt()));
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

fn config(data: &Path, database: &str) -> Config {
    let args = ["anteroom", "--data", data.to_str().unwrap(), "--database", database];
    config::parse(args, &|_| None).unwrap().1
}

async fn open(config: &Config) -> Desk {
    server::desk(config, files::open(config).await.unwrap()).unwrap()
}

/// All rows of a table, each as one text, in one order.
async fn contents(desk: &Desk, sql: &str) -> Vec<String> {
    use sqlx::Row as _;
    let found = rows::fetch(&mut *desk.db.read().await.unwrap(), sql).await;
    found.iter().map(|row| row.get::<String, _>(0)).collect()
}

#[tokio::test]
async fn everything_is_copied_there_and_back() {
    let at = folder();
    let (first, other, third) = (
        format!("sqlite:{}", at.join("anteroom.db").display()),
        empty_postgres().await,
        format!("sqlite:{}", at.join("back.db").display()),
    );
    let here = config(&at, &first);
    let desk = open(&here).await;
    assert!(operator::check_key(&desk).await.unwrap());
    demo::organisation::fill_demo(&desk, clock::now()).await.unwrap();
    let texts = [
        "select name || ' ' || email_key || ' ' || found_by as t from invitations order by id",
        "select id || ' ' || name || ' ' || message || ' ' || sorts_as as t from requests order by id",
        "select what || ' ' || object || ' ' || coalesce(detail, '') as t from events order by seq",
        "select term || ' ' || request_id as t from request_terms order by request_id, term",
    ];
    let mut before = Vec::new();
    for sql in texts {
        before.push(contents(&desk, sql).await);
    }
    assert!(before.iter().all(|rows| rows.len() > 3), "{:?}", before.iter().map(Vec::len));
    desk.db.close().await;
    copy::copy(&here, None, &other).await.unwrap();
    copy::copy(&here, Some(&other), &third).await.unwrap();
    for database in [&other, &third] {
        let there = open(&config(&at, database)).await;
        assert!(operator::check_key(&there).await.unwrap(), "the same key");
        for (sql, before) in texts.iter().zip(&before) {
            let mut after = contents(&there, sql).await;
            let mut before = before.clone();
            // The two sort texts in different orders.
            after.sort();
            before.sort();
            assert_eq!(after, before, "{sql}");
        }
        // It is written on: the next event has the next number, and rows that belong to nothing are refused.
        let email = Email::parse("ivo@northlight.test").unwrap();
        operator::operator_reset_token(&there, &email, clock::now())
            .await
            .unwrap();
        let orphan = "insert into domains (id, org_id, name, challenge, added_at) \
            values ('x', 'none', 'x.test', 'x', 1)";
        let mut conn = there.db.writer().await.unwrap();
        assert!(rows::try_execute(&mut conn, orphan).await.is_err(), "foreign keys are back");
        drop(conn);
        let (_, broken) = anteroom::store::history::seals::verify(&mut *there.db.read().await.unwrap())
            .await
            .unwrap();
        assert!(broken.is_none());
        there.db.close().await;
    }
    // Nothing is overwritten, nothing is copied of nothing.
    for (from, to) in [(None, &other), (None, &third), (Some(third.as_str()), &first)] {
        let refused = copy::copy(&here, from, to).await.unwrap_err().to_string();
        assert!(refused.contains("in use already"), "{refused}");
    }
    let held = files::lock(&here).unwrap();
    let refused = copy::copy(&here, None, &other).await.unwrap_err().to_string();
    assert!(refused.contains("serving"), "{refused}");
    drop(held);
    let nowhere = format!("sqlite:{}", at.join("nowhere.db").display());
    assert!(copy::copy(&here, Some(&nowhere), &other).await.is_err());
    assert!(!at.join("nowhere.db").exists());
    std::fs::remove_dir_all(at).unwrap();
}

both!(another_organisation_is_created_by_the_operator);
async fn another_organisation_is_created_by_the_operator(house: &House) {
    use anteroom::desk::account;
    use anteroom::desk::organisation::organisations::NewOrganisation;
    use anteroom::domain::error::Error;
    let (ivo, _) = house.founder("northlight").await;
    let plan = |slug: &str| NewOrganisation {
        slug: slug.into(),
        name: "Southmoor".into(),
        customer_number: "4712".into(),
    };
    let create = async |slug: &str, email: &str| {
        let email = Email::parse(email).unwrap();
        operator::create_organisation(&house.desk, &plan(slug), &email, house.now).await
    };
    let (slug, token) = create("southmoor", ivo.account.email.as_str()).await.unwrap();
    assert!((slug.as_str(), token) == ("southmoor", None), "they sign in as before");
    assert_eq!(account::memberships::memberships(&house.desk, &ivo).await.unwrap().len(), 2);
    let taken = create("southmoor", "nia@westmoor.test").await;
    assert!(matches!(taken, Err(Error::Invalid(_))), "{taken:?}");
    assert!(matches!(create("Not a slug", "nia@westmoor.test").await, Err(Error::Invalid(_))));
    let (_, token) = create("westmoor", "nia@westmoor.test").await.unwrap();
    let page = house.get(&format!("/reset/{}", token.unwrap()), "").await;
    assert_eq!(page.status, 200);
    let listed = operator::list_organisations(&house.desk).await.unwrap();
    let listed: Vec<_> = listed.iter().map(|o| (o.slug.as_str(), o.members, o.waiting)).collect();
    assert_eq!(listed, [("northlight", 1, 0), ("southmoor", 1, 0), ("westmoor", 1, 0)]);
    house.deliver().await;
}
