//! Letters: every one leaves once, is tried again when it must be, and is never lost.
use crate::harness::House;
use anteroom::delivery::mail::letter;
use anteroom::delivery::tries::{self, MOST, delay};
use anteroom::desk::{account, deliveries, letters};
use anteroom::domain::account::Language;
use anteroom::domain::delivery::{DeliveryOutcome, JobKind, LEASE};
use anteroom::domain::notice::Letter;
use anteroom::domain::time::Span;
use anteroom::domain::{Error, Time};
use anteroom::store;
use anteroom::store::deliveries::queue::{Claimed, Room};
use futures::future::join_all;
use std::collections::HashSet;

/// A house that owes `n` letters.
pub async fn owing(house: &House, n: usize) {
    for i in 0..n {
        let email = format!("reader{i}@northlight.test");
        account::accounts::ask_reset(
            &house.desk,
            &anteroom::desk::Caller {
                place: format!("10.0.{}.{}", i / 200, i % 200),
                ..house.caller()
            },
            &email,
        )
        .await
        .unwrap();
    }
}

both!(a_letter_is_claimed_once);
/// Many workers, one claim each: no letter is in two claims.
async fn a_letter_is_claimed_once(house: &House) {
    owing(house, 60).await;
    let now = house.now;
    let claims = (0..12).map(|_| {
        let desk = house.desk.clone();
        tokio::spawn(async move {
            let room = Room {
                kinds: vec![JobKind::Letter],
                limit: 8,
                channels: vec![],
                organisations: vec![],
            };
            deliveries::claim(&desk, &room, now).await.unwrap().0
        })
    });
    let all: Vec<_> = join_all(claims)
        .await
        .into_iter()
        .flat_map(|c| c.unwrap())
        .map(|job| job.hold().id.clone())
        .collect();
    assert_eq!(all.iter().collect::<HashSet<_>>().len(), all.len());
    assert!(all.len() <= 60 && all.len() >= 8, "{}", all.len());
    house.expects_owed_letters();
}

both!(a_lease_ends);
/// A worker that died holding a letter: after its lease another tries, and the dead one's word no
/// longer counts.
async fn a_lease_ends(house: &House) {
    owing(house, 1).await;
    let claim = async |now| {
        let claimed = house.claim(JobKind::Letter, now, 8).await;
        claimed
            .into_iter()
            .map(|job| job.hold().clone())
            .collect::<Vec<_>>()
    };
    let dead = claim(house.now).await;
    assert_eq!(dead.len(), 1);
    assert!(claim(house.now + LEASE - Span(1)).await.is_empty());
    let heir = claim(house.now + LEASE).await;
    assert_eq!((heir.len(), heir[0].attempts), (1, 1));
    let mut tx = house.desk.db.begin().await.unwrap();
    assert_eq!(
        store::deliveries::outcomes::finish(&mut tx, &dead[0], &DeliveryOutcome::Sent, house.now).await,
        Err(Error::Stale)
    );
    store::deliveries::outcomes::finish(
        &mut tx,
        &heir[0],
        &DeliveryOutcome::Deferred("busy".into(), house.now + Span::hours(1)),
        house.now,
    )
    .await
    .unwrap();
    tx.commit().await.unwrap();
    assert!(claim(house.now + Span::minutes(59)).await.is_empty());
    let late = claim(house.now + Span::hours(1)).await;
    let mut tx = house.desk.db.begin().await.unwrap();
    store::deliveries::outcomes::finish(
        &mut tx,
        &late[0],
        &DeliveryOutcome::Failed("no such mailbox".into()),
        house.now,
    )
    .await
    .unwrap();
    tx.commit().await.unwrap();
    assert!(claim(tries::surely_due(house.now)).await.is_empty());
}

both!(a_second_try_sends_the_same_link);
/// A link that is made at delivery is made once: every try sends the same.
async fn a_second_try_sends_the_same_link(house: &House) {
    house.organisation("northlight").await;
    house.deliver().await;
    account::accounts::ask_reset(&house.desk, &house.caller(), "admin@northlight.test")
        .await
        .unwrap();
    let mut links = HashSet::new();
    for n in 0..2 {
        let now = house.now + Span(LEASE.0 * n);
        let Some(Claimed::Letter(mut claimed)) = house.claim(JobKind::Letter, now, 1).await.pop() else {
            panic!("a letter is owed");
        };
        assert_eq!(
            letters::prepare_letter(&house.desk, &mut claimed, now).await,
            Ok(None)
        );
        links.insert(
            letters::letter_secret(&house.desk, claimed.sealed.as_deref())
                .unwrap()
                .unwrap(),
        );
    }
    assert_eq!(links.len(), 1);
    house.expects_owed_letters();
}

both!(what_has_served_is_thrown_away);
async fn what_has_served_is_thrown_away(house: &House) {
    let ivo = house.organisation("northlight").await;
    account::accounts::ask_reset(&house.desk, &house.caller(), "admin@northlight.test")
        .await
        .unwrap();
    house.deliver().await;
    account::sessions::sign_out(&house.desk, &ivo).await.unwrap();
    let events = house.count("select count(*) from events").await;
    assert_eq!(
        account::prune::run(&house.desk, house.now + Span::hours(1))
            .await
            .unwrap(),
        0
    );
    account::prune::run(&house.desk, house.now + Span::days(400))
        .await
        .unwrap();
    for table in ["sessions", "deliveries", "tokens", "drafts", "tries"] {
        assert_eq!(
            house.count(&format!("select count(*) from {table}")).await,
            0,
            "{table}"
        );
    }
    assert_eq!(house.count("select count(*) from events").await, events);
}

#[test]
fn waiting_doubles_with_some_chance_up_to_a_limit() {
    let mint = anteroom::clock::mint();
    let mut spread = HashSet::new();
    for attempts in 0..MOST {
        for _ in 0..40 {
            let wait = delay(attempts, mint).0;
            let middle = (30_000_i64 << attempts).min(8 * 3_600_000);
            assert!(
                (middle * 79 / 100..=middle * 121 / 100).contains(&wait),
                "{attempts}: {wait}"
            );
            spread.insert(wait);
        }
    }
    assert!(spread.len() > 100, "the waits differ by chance");
    let all: i64 = (0..MOST - 1).map(|n| (30_000_i64 << n).min(8 * 3_600_000)).sum();
    assert!(
        (24 * 3_600_000..72 * 3_600_000).contains(&all),
        "a dead letter after one to three days: {all}"
    );
}

/// Mail programs that drop styles show breaks all the same.
#[test]
fn h22_breaks_are_markup() {
    let letter = Letter::RequestCanceled {
        organisation: "Northlight".into(),
        reason: "first <b>\nsecond\n\nfourth".into(),
    };
    let written = letter::render(&letter, Language::En, "https://anteroom.test", None).unwrap();
    assert!(
        written.html.contains("first &#60;b&#62;<br>second<br><br>fourth"),
        "{}",
        written.html
    );
    assert!(!written.html.contains("pre-line"));
}

/// Every letter in every language: a subject of one line, its link in both parts, no word missing,
/// hostile text harmless.
#[test]
fn letters_are_whole() {
    let hostile = "<script>alert(1)</script> & \"Co\"";
    let request = anteroom::clock::mint().id(Time(1));
    let letters = [
        (
            Letter::RequestSubmitted {
                organisation: hostile.into(),
                slug: "northlight".into(),
                request,
                name: hostile.into(),
                email: "a@b.test".into(),
                message: format!("{hostile}\nsecond"),
            },
            true,
        ),
        (
            Letter::Invitation {
                organisation: hostile.into(),
                customer_number: "40-1187".into(),
                inviter: hostile.into(),
                hours: 24,
            },
            true,
        ),
        (
            Letter::Welcome {
                organisation: hostile.into(),
                slug: "northlight".into(),
                customer_number: "1".into(),
                restricted: true,
                roles: String::new(),
            },
            true,
        ),
        (
            Letter::Welcome {
                organisation: hostile.into(),
                slug: "northlight".into(),
                customer_number: "1".into(),
                restricted: false,
                roles: hostile.into(),
            },
            true,
        ),
        (
            Letter::RolesChanged {
                organisation: hostile.into(),
                slug: "northlight".into(),
                given: hostile.into(),
                taken: String::new(),
            },
            true,
        ),
        (
            Letter::WaitsForRights {
                organisation: hostile.into(),
                slug: "northlight".into(),
                name: hostile.into(),
                email: "a@b.test".into(),
            },
            true,
        ),
        (Letter::PasswordReset, true),
        (Letter::PasswordChanged, false),
        (
            Letter::EmailProof {
                new: "new@b.test".into(),
            },
            true,
        ),
        (
            Letter::EmailChangeAsked {
                new: "new@b.test".into(),
            },
            false,
        ),
        (
            Letter::EmailChanged {
                new: "new@b.test".into(),
            },
            false,
        ),
        (Letter::FactorChanged { on: true }, false),
        (Letter::FactorChanged { on: false }, false),
        (Letter::CodesRenewed, false),
        (
            Letter::WayInChanged {
                way: hostile.into(),
                added: true,
            },
            false,
        ),
        (
            Letter::WayInChanged {
                way: hostile.into(),
                added: false,
            },
            false,
        ),
        (Letter::LinkProof { way: hostile.into() }, true),
        (Letter::EmailDropped { way: hostile.into() }, false),
    ];
    for language in Language::ALL {
        for (l, has_link) in &letters {
            let r = letter::render(l, language, "https://anteroom.test", Some("TOKEN")).unwrap();
            assert!(
                !r.subject.contains('\n') && !r.subject.starts_with("letter-"),
                "{l:?}"
            );
            assert_eq!(
                r.text.contains("\nhttps://anteroom.test/"),
                *has_link,
                "{l:?}: {}",
                r.text
            );
            assert_eq!(
                r.html.contains("href=\"https://anteroom.test/"),
                *has_link,
                "{l:?}"
            );
            assert!(!r.html.contains("<script>"), "{l:?}");
            assert!(
                !r.text.contains("{ $") && !r.text.contains("letter-"),
                "{l:?}: {}",
                r.text
            );
        }
    }
    assert!(
        letter::render(
            &Letter::EmailProof {
                new: "x@y.test".into()
            },
            Language::En,
            "https://anteroom.test",
            None
        )
        .is_err(),
        "never without its link"
    );
}
