//! The operator's commands on real files, and the demo's content.
use crate::harness::{House, rows};
use anteroom::clock;
use anteroom::config::{self, Config};
use anteroom::desk::{Desk, account, demo, operator};
use anteroom::serve::{commands, files, server};
use std::path::{Path, PathBuf};

fn config(data: &Path) -> Config {
    config::parse(["anteroom", "--data", data.to_str().unwrap()], &|_| None)
        .unwrap()
        .1
}

fn folder() -> PathBuf {
    let folder = std::env::temp_dir().join(format!("anteroom-operator-{}", clock::mint().salt()));
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

async fn open(config: &Config) -> Desk {
    files::make_folders(config).unwrap();
    server::desk(config, files::open(config).await.unwrap()).unwrap()
}

/// A copy made while somebody writes is whole, holds what had been acknowledged before it began,
/// and serves again where it is put.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_under_load_can_be_restored() {
    let at = folder();
    let (live, copy) = (config(&at.join("live")), at.join("copy.db"));
    let desk = open(&live).await;
    assert!(operator::check_key(&desk).await.unwrap());
    demo::organisation::fill_demo(&desk, clock::now()).await.unwrap();
    let writer = {
        let desk = desk.clone();
        tokio::spawn(async move {
            for n in 0.. {
                let caller = anteroom::desk::Caller {
                    now: clock::now(),
                    place: format!("10.1.{}.{}", n / 200, n % 200),
                    agent: String::new(),
                    language: Default::default(),
                    zone: None,
                    session: None,
                    posted: Default::default(),
                };
                if account::accounts::ask_reset(&desk, &caller, &format!("p{n}@northlight.test"))
                    .await
                    .is_err()
                {
                    return;
                }
            }
        })
    };
    commands::backup(&live, &copy).await.unwrap();
    assert!(
        commands::backup(&live, &copy).await.is_err(),
        "a backup is never overwritten"
    );
    writer.abort();
    let restored = config(&at.join("restored"));
    commands::restore(&restored, &copy).await.unwrap();
    assert!(
        commands::restore(&restored, &copy).await.is_err(),
        "a database is never overwritten"
    );
    let again = open(&restored).await;
    assert!(
        operator::check_key(&again).await.unwrap(),
        "the instance key came along"
    );
    assert!(operator::demo_state(&again).await.unwrap().1);
    std::fs::write(at.join("broken.db"), vec![7; 8192]).unwrap();
    let other = config(&at.join("other"));
    assert!(commands::restore(&other, &at.join("broken.db")).await.is_err());
    assert!(
        !at.join("other/anteroom.db").exists(),
        "nothing is left of what could not be restored"
    );
    std::fs::remove_dir_all(at).unwrap();
}

#[tokio::test]
async fn one_server_for_one_file() {
    let at = folder();
    let c = config(&at);
    files::make_folders(&c).unwrap();
    let held = files::lock(&c).unwrap();
    assert!(files::lock(&c).unwrap_err().to_string().contains("serving"));
    drop(held);
    assert!(files::lock(&c).is_ok());
    // A key that is not the database's is noticed before anything is sealed with it.
    let desk = open(&c).await;
    assert!(operator::check_key(&desk).await.unwrap());
    desk.db.close().await;
    std::fs::write(at.join(files::KEY_FILE), "ab".repeat(32)).unwrap();
    assert!(!operator::check_key(&open(&c).await).await.unwrap());
    assert!(commands::reset_link(&c, "nobody@northlight.test").await.is_err());
    std::fs::remove_dir_all(at).unwrap();
}

both!(the_demo_is_believable);
async fn the_demo_is_believable(house: &House) {
    operator::mark_demo(&house.desk).await.unwrap();
    demo::organisation::fill_demo(&house.desk, house.now)
        .await
        .unwrap();
    assert!(house.count("select count(*) from requests").await >= 60);
    for status in ["pending", "approved", "denied", "canceled", "expired"] {
        assert!(
            house
                .count(&format!(
                    "select count(*) from requests where status = '{status}'"
                ))
                .await
                > 0,
            "{status}"
        );
    }
    assert!(
        house
            .count(&format!(
                "select count(*) from invitations where status = 'pending' and expires_at > {}",
                house.now.0
            ))
            .await
            > 0
    );
    assert!(house.count("select count(*) from members").await > 3);
    assert_eq!(operator::demo_state(&house.desk).await.unwrap(), (true, true));
    assert!(
        demo::organisation::demo_sign_in(&house.desk, &house.caller(), "administrator")
            .await
            .is_err(),
        "only a demo has such a door"
    );
    let demo = house.with_plan(|p| p.demo = true);
    for who in ["administrator", "member", "stranger"] {
        demo::organisation::demo_sign_in(&demo, &house.caller(), who)
            .await
            .unwrap();
    }
    assert!(
        demo::organisation::demo_sign_in(&demo, &house.caller(), "root")
            .await
            .is_err()
    );
    house.deliver().await;
    let given_up = "select count(*) from deliveries where state = 'failed'";
    assert_eq!(house.count(given_up).await, 0, "old stories owe letters of today");
}

/// The disk is full: a clear answer, and exactly what was acknowledged is there; there is room
/// again: all is well without a restart. On PostgreSQL a full disk is the server's to report; its
/// class of errors (53) is read as SQLite's code 13 is.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk() {
    let house = House::sqlite().await;
    house.organisation("northlight").await;
    house.deliver().await;
    let limit = async |pages: &str| {
        let mut tx = house.desk.db.begin().await.unwrap();
        rows::execute(&mut tx, &format!("pragma max_page_count = {pages}")).await;
    };
    // No page more than there is: what is free inside the file still takes some rows.
    limit("1").await;
    let (mut acknowledged, mut refused) = (0, 0);
    for n in 0..400 {
        let caller = anteroom::desk::Caller {
            place: format!("10.2.{}.{}", n / 200, n % 200),
            ..house.caller()
        };
        match account::accounts::ask_reset(&house.desk, &caller, &format!("p{n}@northlight.test")).await {
            Ok(()) => acknowledged += 1,
            Err(anteroom::domain::Error::Unavailable) => refused += 1,
            Err(e) => panic!("{e:?}"),
        }
    }
    assert!(refused > 0);
    // There is room again.
    limit("1000000").await;
    assert_eq!(
        house
            .count("select count(*) from deliveries where kind = 'letter' and state = 'queued'")
            .await,
        acknowledged
    );
    assert_eq!(house.get("/signin", "").await.status, 200);
    // There is room again.
    limit("1000000000").await;
    account::accounts::ask_reset(&house.desk, &house.caller(), "late@northlight.test")
        .await
        .unwrap();
    house.expects_owed_letters();
    house.close().await;
}
