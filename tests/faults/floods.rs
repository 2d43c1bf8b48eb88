//! Floods: what strangers post again and again leaves little behind, and takes nothing from those
//! whom it is about.
use crate::harness::{House, PASSWORD};
use anteroom::desk::{Caller, account, joining};
use anteroom::domain::account::Email;
use anteroom::domain::time::Span;
use anteroom::domain::{Error, Time};
use anteroom::store::DatabaseKind;
use anteroom::store::account::tokens::{self, Purpose, Token};
use anteroom::web::doors::{self, Door, Leads, Needs};
use std::collections::BTreeMap;
use std::pin::pin;
use std::time::Duration;

/// The rows of every table.
async fn rows(house: &House) -> BTreeMap<String, i64> {
    let tables = match house.desk.db.kind {
        DatabaseKind::Sqlite => {
            "select name from sqlite_master where type = 'table' and name not like 'sqlite%'"
        }
        DatabaseKind::Postgres => {
            "select table_name::text from information_schema.tables where table_schema = 'public'"
        }
    };
    let mut counted = BTreeMap::new();
    for row in house.fetch(tables).await {
        let table: String = sqlx::Row::get(&row, 0);
        let rows = house.count(&format!("select count(*) from {table}")).await;
        counted.insert(table, rows);
    }
    counted
}

/// What came, table by table.
fn grown(before: &BTreeMap<String, i64>, after: &BTreeMap<String, i64>) -> Vec<(String, i64)> {
    let more = after
        .iter()
        .map(|(table, rows)| (table.clone(), rows - before[table]));
    more.filter(|(_, more)| *more != 0).collect()
}

/// The doors through which strangers may send something.
fn open_to_strangers() -> impl Iterator<Item = &'static Door> {
    let open = |d: &&Door| matches!(d.needs, Needs::Nobody | Needs::HalfSignedIn | Needs::Demo);
    doors::all()
        .filter(open)
        .filter(|d| !matches!(d.leads, Leads::Page(_)))
}

/// Posts through every open door, each post with another address and much that nobody asked for.
async fn flood(house: &House, posts: usize) -> usize {
    let (filler, mut sent) = ("x".repeat(20_000), 0);
    for door in open_to_strangers() {
        let path = door.path.replace(['{', '}'], "");
        for n in 0..posts {
            let address = format!("a{n}%40b.test");
            let body = door.body("northlight").replace("a%40b.test", &address);
            let body = format!("{body}&page=%2Fsignin&name{n}={filler}");
            // A page is drawn for each that comes from a form.
            if n < 8 {
                house.post_form(&path, "", &body).await;
            } else {
                house.post(&path, "", &body).await;
            }
            sent += 1;
        }
    }
    sent
}

both!(strangers_leave_little);
/// Every door that is open to strangers, each posted through many times from one place: a bounded
/// number of rows stays, none of them with what was typed.
async fn strangers_leave_little(house: &House) {
    house.organisation("northlight").await;
    house.deliver().await;
    let before = rows(house).await;
    let sent = flood(house, 110).await;
    assert!(sent > 1_000, "{sent}");
    let after = rows(house).await;
    let more = grown(&before, &after);
    let all: i64 = more.iter().map(|(_, more)| more).sum();
    // Counters of 100 sign-ins and 40 letters from a place, the letters, and 60 notes of failures;
    // twice that where a window ends in between.
    assert!(all <= 1_400, "{more:?}");
    assert_eq!(after["drafts"], 0);
    assert!(
        more.iter().all(|(table, _)| {
            ["tries", "events", "event_details", "deliveries"].contains(&table.as_str())
        }),
        "{more:?}"
    );
    let long = "select count(*) from tries where length(subject) > 400";
    assert_eq!(house.count(long).await, 0);
    house.deliver().await;
}

fn from(house: &House, place: &str, now: Time) -> Caller {
    Caller {
        place: place.into(),
        ..house.caller_at(now)
    }
}

both!(strangers_use_up_no_letters);
/// F10: strangers ask for somebody's letters, of every kind and from many places, all night; the
/// owner asks in the morning and gets a link that works. What a stranger asks for later takes it
/// from nobody.
async fn strangers_use_up_no_letters(house: &House) {
    house.organisation("northlight").await;
    house.deliver().await;
    let (owner, nobody) = ("admin@northlight.test", "nobody@northlight.test");
    let ask = async |place: &str, now: Time| {
        for address in [owner, nobody] {
            let caller = from(house, place, now);
            let reset = account::accounts::ask_reset(&house.desk, &caller, address).await;
            let sign_up = joining::signup::ask_sign_up(&house.desk, &caller, address).await;
            assert_eq!((reset, sign_up), (Ok(()), Ok(())), "the answers stay equal");
        }
    };
    let resets = async || {
        let all = house.letters_to(owner).await.into_iter();
        all.filter(|l| l.subject == "Set a new password")
            .collect::<Vec<_>>()
    };
    for n in 0..60 {
        ask(&format!("198.51.100.{n}"), house.now - Span::hours(9)).await;
    }
    let night = resets().await.len();
    assert!((3..=6).contains(&night), "{night}");
    let early = house.token_mailed(owner, "reset").await;
    ask("192.0.2.7", house.now).await;
    assert_eq!(resets().await.len(), night + 1, "the owner gets a letter");
    let token = house.token_mailed(owner, "reset").await;
    assert_eq!(token, early, "the link that is still good is sent again");
    for n in 0..60 {
        ask(&format!("203.0.113.{n}"), house.now).await;
    }
    // A pause, in which the last link works; the day may be another one than in the night.
    assert!(resets().await.len() <= night + 3);
    let later = house.now + Span::minutes(10);
    for n in 0..60 {
        ask(&format!("203.0.113.{n}"), later).await;
    }
    account::accounts::look_at_reset(&house.desk, &token, house.now)
        .await
        .unwrap();
    account::accounts::reset_password(&house.desk, &house.caller(), &token, "quiet amber harbour")
        .await
        .unwrap();
    let used = account::accounts::look_at_reset(&house.desk, &token, house.now).await;
    assert!(used.is_err(), "once");
    let signed_in = account::accounts::sign_in(&house.desk, &house.caller(), owner, PASSWORD).await;
    assert!(signed_in.is_err());
    house.expects_owed_letters();
}

both!(a_met_limit_is_found_by_reading);
/// Past a limit the count stays as it is, however often somebody tries.
async fn a_met_limit_is_found_by_reading(house: &House) {
    let stranger = from(house, "198.51.100.1", house.now);
    let ask =
        async |n: usize| joining::signup::ask_sign_up(&house.desk, &stranger, &format!("a{n}@b.test")).await;
    for n in 0..21 {
        let asked = ask(n).await;
        assert_eq!(asked.is_ok(), n < 20, "{n}: {asked:?}");
    }
    let before = rows(house).await;
    let counted = "select cast(sum(count) as bigint) from tries";
    let tries = house.count(counted).await;
    for n in 0..30 {
        assert!(matches!(ask(n).await, Err(Error::TooManyTries { .. })));
    }
    assert_eq!((rows(house).await, house.count(counted).await), (before, tries));
    // The letters of another purpose are none of these.
    let reset = account::accounts::ask_reset(&house.desk, &stranger, "a@b.test").await;
    assert_eq!(reset, Ok(()));
    house.deliver().await;
}

both!(links_that_are_made_at_once_are_one);
/// Two letters to one address leave at the same time: the second waits for the link of the first.
async fn links_that_are_made_at_once_are_one(house: &House) {
    let (db, email) = (&house.desk.db, Email::parse("a@b.test").unwrap());
    let until = house.now + Span::hours(1);
    let mut first = db.begin().await.unwrap();
    let none = tokens::find_good(&mut first, Purpose::Reset, &email, until).await;
    assert!(none.unwrap().is_none());
    let mut second = pin!(async {
        let mut tx = db.begin().await.unwrap();
        let good = tokens::find_good(&mut tx, Purpose::Reset, &email, until).await;
        tx.commit().await.unwrap();
        good.unwrap().map(|(_, hash)| hash)
    });
    while db.waiting() == 0 {
        tokio::select! {
            found = &mut second => panic!("it found {found:?}"),
            () = tokio::time::sleep(Duration::from_millis(2)) => {}
        }
    }
    let token = Token {
        id: house.desk.mint.id(house.now),
        purpose: Purpose::Reset,
        account: None,
        email: Some(email.clone()),
        created_at: house.now,
        expires_at: until,
        used_at: None,
    };
    tokens::create(&mut first, &token, "its hash").await.unwrap();
    first.commit().await.unwrap();
    assert_eq!(second.await.as_deref(), Some("its hash"));
}
