//! The queue: tabs that share out all requests, search, sorting, paging by key, letters tried
//! again, and the stream of changes.
use crate::harness::{House, at};
use anteroom::desk::deliveries;
use anteroom::desk::{Actor, Caller, account, joining, organisation, people, queue, requests};
use anteroom::domain::delivery::DeliveryOutcome;
use anteroom::domain::delivery::JobKind;
use anteroom::domain::ids::{LetterId, RequestId};
use anteroom::domain::organisation::REQUEST_LIFE;
use anteroom::domain::request::Tab;
use anteroom::domain::time::Span;
use anteroom::domain::verdict::Verdict;
use anteroom::domain::{Error, Time};
use anteroom::store::queue::query::{QueueQuery, Sort};
use axum::body::Body;
use futures::StreamExt as _;
use http::{Request, StatusCode, header};
use std::time::Duration;
use tower::ServiceExt as _;

/// Somebody with this name asks, `ago` seconds before now.
async fn asked(house: &House, name: &str, email: &str, ago: i64) -> (Actor, RequestId) {
    let person = house.person(email, name).await;
    let then = Actor {
        caller: Caller {
            now: house.now - Span::seconds(ago),
            ..person.caller.clone()
        },
        ..person.clone()
    };
    let id = house.asks(&then, "northlight").await;
    (person, id)
}

both!(tabs_share_out_all_requests);
/// Each request stands under exactly one tab, and the number on the tab is that of its rows under
/// its default filter, also when no sweep has run.
async fn tabs_share_out_all_requests(house: &House) {
    let (ivo, member) = house.founder("northlight").await;
    let mut all = Vec::new();
    for n in 0..8 {
        all.push(asked(house, &format!("Person {n}"), &format!("p{n}@northlight.test"), n).await);
    }
    for (n, verdict) in [(0, Verdict::Approve), (1, Verdict::Approve), (2, Verdict::Reject)] {
        house.decide(&ivo, &all[n].1, verdict).await;
    }
    joining::requests::withdraw(&house.desk, &all[3].0, &all[3].1)
        .await
        .unwrap();
    for (now, sizes) in [(house.now, [4, 2, 2]), (house.now + REQUEST_LIFE, [0, 2, 6])] {
        let ivo = at(&ivo, now);
        let mut seen = Vec::new();
        for (tab, size) in Tab::ALL.into_iter().zip(sizes) {
            for sort in [Sort::Newest, Sort::Oldest, Sort::NameUp, Sort::NameDown] {
                let page = queue::list::page(
                    &house.desk,
                    &ivo,
                    &member,
                    &QueueQuery {
                        tab,
                        sort,
                        ..QueueQuery::default()
                    },
                    None,
                )
                .await
                .unwrap();
                assert_eq!(page.rows.len(), size, "{tab:?} {sort:?}");
                assert_eq!(
                    (page.counts.pending, page.counts.approved, page.counts.others),
                    (sizes[0] as i64, sizes[1] as i64, 0)
                );
                if sort == Sort::Newest {
                    seen.extend(page.rows.iter().map(|r| r.request.id.clone()));
                }
            }
        }
        seen.sort();
        seen.dedup();
        assert_eq!(seen.len(), 8);
    }
    // The sweep only writes down what was true already.
    requests::expiry::sweep(&house.desk, house.now + REQUEST_LIFE)
        .await
        .unwrap();
    let late = at(&ivo, house.now + REQUEST_LIFE);
    let page = queue::list::page(
        &house.desk,
        &late,
        &member,
        &QueueQuery {
            tab: Tab::Others,
            ..QueueQuery::default()
        },
        None,
    )
    .await
    .unwrap();
    assert_eq!((page.rows.len(), page.counts.others), (6, 0));
    // Each of the four requesters is told.
    let letters = house
        .count(
            "select count(*) from deliveries where kind = 'letter' \
                and job like '%request_expired%' and state = 'queued'",
        )
        .await;
    assert_eq!(letters, 4);
    house.expects_owed_letters();
}

both!(every_sort_pages_by_key);
/// Every sort goes through all rows by key, each once, in order, however many share a name or an
/// instant.
async fn every_sort_pages_by_key(house: &House) {
    let (ivo, member) = house.founder("northlight").await;
    let people = ["adam", "Eva", "Öner", "Zoe"];
    for n in 0..60 {
        asked(
            house,
            people[(n + 1) % 4],
            &format!("p{n}@northlight.test"),
            (n / 7) as i64,
        )
        .await;
    }
    for sort in [Sort::Newest, Sort::Oldest, Sort::NameUp, Sort::NameDown] {
        let mut look = QueueQuery {
            sort,
            ..QueueQuery::default()
        };
        let mut found: Vec<(Time, Option<usize>, RequestId)> = Vec::new();
        loop {
            let page = queue::list::page(&house.desk, &ivo, &member, &look, None)
                .await
                .unwrap();
            found.extend(page.rows.iter().map(|r| {
                (
                    r.request.submitted_at,
                    people.iter().position(|p| *p == r.request.name),
                    r.request.id.clone(),
                )
            }));
            match page.next {
                Some(next) => look.after = Some(next),
                None => break,
            }
        }
        assert_eq!(found.len(), 60, "{sort:?}");
        let sorted = match sort {
            Sort::Newest => found.is_sorted_by(|a, b| (a.0, &a.2) > (b.0, &b.2)),
            Sort::Oldest => found.is_sorted_by(|a, b| (a.0, &a.2) < (b.0, &b.2)),
            Sort::NameUp => found.is_sorted_by(|a, b| (&a.1, &a.2) < (&b.1, &b.2)),
            Sort::NameDown => found.is_sorted_by(|a, b| (&a.1, &a.2) > (&b.1, &b.2)),
        };
        assert!(sorted, "{sort:?}");
    }
    house.deliver().await;
}

both!(search_finds_beginnings);
/// The search finds the beginnings of words of name and address, all of the words typed, and never
/// another organisation's.
async fn search_finds_beginnings(house: &House) {
    let ivo = house.organisation("northlight").await;
    let olga = house.organisation("southmoor").await;
    let member = house.membership(&ivo, "northlight").await;
    let southmoor = house.membership(&olga, "southmoor").await;
    asked(house, "Mira Okafor", "mira.okafor@northlight.test", 1).await;
    asked(house, "Öner Müller", "o.m_2@partner.test", 2).await;
    asked(
        house,
        "50% _off_ \'; drop table requests; --",
        "x@partner.test",
        3,
    )
    .await;
    let found = async |search: &str| {
        let look = QueueQuery {
            search: search.into(),
            ..QueueQuery::default()
        };
        queue::list::page(&house.desk, &ivo, &member, &look, None)
            .await
            .unwrap()
            .rows
            .len()
    };
    for (search, n) in [
        ("mira", 1),
        ("OKA", 1),
        ("okafor mira", 1),
        ("mira.okafor@n", 1),
        ("@partner", 2),
        ("partner.test", 2),
        ("müll", 1),
        ("MÜLLER ön", 1),
        ("ira", 0),
        ("mira müller", 0),
        ("%", 0),
        ("50%", 1),
        ("_", 0),
        ("';", 0),
        ("", 3),
        ("   ", 3),
        ("a b c d e f g h", 0),
    ] {
        assert_eq!(found(search).await, n, "{search:?}");
    }
    let look = QueueQuery {
        search: "mira".into(),
        ..QueueQuery::default()
    };
    assert!(
        queue::list::page(&house.desk, &olga, &southmoor, &look, None)
            .await
            .unwrap()
            .rows
            .is_empty()
    );
    house.deliver().await;
}

both!(letters_are_tried_again);
/// A letter that waits is tried now; one that failed goes again; an invitation's comes with a new
/// link, as the old one was erased.
async fn letters_are_tried_again(house: &House) {
    let (ivo, member) = house.founder("northlight").await;
    let mira = house.person("mira@northlight.test", "Mira").await;
    house.belongs(&mira, "northlight").await;
    house.deliver().await;
    let (_, id) = asked(house, "Mira", "mira@northlight.test", 0).await;
    let fail = async |outcome: DeliveryOutcome| {
        let claimed = house.claim(JobKind::Letter, house.now, 9).await;
        for one in &claimed {
            deliveries::finish(&house.desk, one.hold(), &outcome, house.now)
                .await
                .unwrap();
        }
        claimed
            .iter()
            .map(|c| c.hold().id.clone())
            .collect::<Vec<LetterId>>()
    };
    let letters = fail(DeliveryOutcome::Deferred(
        "greylisted".into(),
        house.now + Span::hours(1),
    ))
    .await;
    assert_eq!((letters.len(), house.deliver().await), (1, 0), "not due yet");
    people::undelivered::try_again(&house.desk, &ivo, &member, &letters[0])
        .await
        .unwrap();
    assert_eq!(house.deliver().await, 1);
    assert_eq!(
        people::undelivered::try_again(&house.desk, &ivo, &member, &letters[0]).await,
        Err(Error::NotFound),
        "it was sent"
    );

    house.decide(&ivo, &id, Verdict::Approve).await;
    let letters = fail(DeliveryOutcome::Failed("no such user".into())).await;
    assert_eq!(
        house
            .count(
                "select count(*) from deliveries where kind = 'letter' and state = 'failed' \
                    and sealed is null"
            )
            .await,
        1
    );
    let (olga, foreign) = house.founder("southmoor").await;
    assert_eq!(
        people::undelivered::try_again(&house.desk, &olga, &foreign, &letters[0]).await,
        Err(Error::NotFound)
    );
    people::undelivered::try_again(&house.desk, &ivo, &member, &letters[0])
        .await
        .unwrap();
    let token = house.token_mailed("mira@northlight.test", "invitations").await;
    assert!(
        people::acceptance::look_at_invitation(&house.desk, &token)
            .await
            .is_ok()
    );
    let history = queue::list::request_details(&house.desk, &ivo, &member, &id)
        .await
        .unwrap()
        .history;
    assert!(
        history.iter().any(|e| e.what == "invitation.renewed"),
        "the request's history says that its invitation went again"
    );
    // The letter that failed is replaced: trying it again does nothing to the link that was
    // delivered.
    assert_eq!(
        people::undelivered::try_again(&house.desk, &ivo, &member, &letters[0]).await,
        Err(Error::NotFound)
    );
    assert!(
        people::acceptance::look_at_invitation(&house.desk, &token)
            .await
            .unwrap()
            .open(house.now)
            .is_ok()
    );
    house.deliver().await;
}

both!(the_stream_says_what_changed);
/// An open page hears of its organisation's changes, of no other's, and its stream ends with the
/// session.
async fn the_stream_says_what_changed(house: &House) {
    let ivo = house.organisation("northlight").await;
    let olga = house.organisation("southmoor").await;
    // The link with the provider is told to nobody any more.
    house.belongs(&ivo, "northlight").await;
    let stop = tokio_util::sync::CancellationToken::new();
    let hub = tokio::spawn(
        house
            .site
            .live
            .clone()
            .watch(house.desk.clone())
            .await
            .run(stop.clone()),
    );
    let (mine, hers) = (house.cookie(&ivo).await, house.cookie(&olga).await);
    let open = async |slug: &str, cookie: &str| {
        let request = Request::get(format!("/{slug}/live"))
            .header(header::HOST, "127.0.0.1:3000")
            .header(header::COOKIE, cookie)
            .body(Body::empty())
            .unwrap();
        house.router.clone().oneshot(request).await.unwrap()
    };
    assert_eq!(open("northlight", "").await.status(), StatusCode::SEE_OTHER);
    assert_eq!(open("northlight", &hers).await.status(), StatusCode::NOT_FOUND);
    let (a, b) = (open("northlight", &mine).await, open("southmoor", &hers).await);
    assert_eq!(a.headers()[header::CONTENT_TYPE], "text/event-stream");
    let (mut a, mut b) = (a.into_body().into_data_stream(), b.into_body().into_data_stream());
    let (_, id) = asked(house, "Mira", "mira@northlight.test", 0).await;
    let heard = tokio::time::timeout(Duration::from_secs(10), a.next())
        .await
        .expect("it is told")
        .unwrap()
        .unwrap();
    let heard = String::from_utf8(heard.to_vec()).unwrap();
    assert!(
        heard.contains("request.submitted") && heard.contains(id.as_str()) && !heard.contains("mira"),
        "{heard}"
    );
    // What another organisation hears next is of its own.
    organisation::organisations::demand_factor(
        &house.desk,
        &olga,
        &house.membership(&olga, "southmoor").await,
        false,
    )
    .await
    .unwrap();
    let heard = tokio::time::timeout(Duration::from_secs(10), b.next())
        .await
        .expect("it is told")
        .unwrap()
        .unwrap();
    assert!(
        String::from_utf8(heard.to_vec())
            .unwrap()
            .contains("organisation.changed")
    );
    // The session ends: so does the stream, at the next change at the latest.
    account::sessions::end_others(&house.desk, &ivo, "")
        .await
        .unwrap();
    asked(house, "Ben", "ben@northlight.test", 0).await;
    let ended = tokio::time::timeout(Duration::from_secs(10), async {
        while a.next().await.is_some() {}
    })
    .await;
    assert!(ended.is_ok(), "the stream goes on without its session");
    stop.cancel();
    hub.await.unwrap();
    house.deliver().await;
}
