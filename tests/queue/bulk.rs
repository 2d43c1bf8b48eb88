//! Many requests at once: each by the guarded path of a single decision, also after a restart; and
//! the queue as a file.
use crate::access::portal::{Portal, SLUG};
use crate::harness::{House, step};
use anteroom::desk::queue::bulk::Which;
use anteroom::desk::{Actor, letters, queue};
use anteroom::domain::ids::RequestId;
use anteroom::domain::request::{StatusWord, Tab};
use anteroom::domain::role::Permission;
use anteroom::domain::verdict::Verdict;
use anteroom::domain::{Error, Why};
use anteroom::store;
use anteroom::store::queue::query::{Filter, QueueQuery, StatusFilter};

/// So many people who ask to join.
async fn askers(house: &House, n: usize) -> Vec<(Actor, RequestId)> {
    let mut all = Vec::new();
    for i in 0..n {
        let person = house
            .person(&format!("p{i}@northlight.test"), &format!("Person {i}"))
            .await;
        let id = house.asks(&person, SLUG).await;
        all.push((person, id));
    }
    all
}

both!(many_are_decided_one_by_one);
/// Everything that matches: a few at once, the rest in the background, whichever process works on
/// it. What was decided meanwhile, and one's own, is refused with the reason.
async fn many_are_decided_one_by_one(house: &House) {
    let p = Portal::new(house, vec![step("administrators")]).await;
    let all = askers(house, 45).await;
    let own = p.asks(&p.ivo).await;
    let which = Which::Matching(Box::default());
    let job = queue::bulk::decide_many(&house.desk, &p.ivo, &p.member, which, Verdict::Approve, "")
        .await
        .unwrap();
    let shown = queue::bulk::bulk_job(&house.desk, &p.member, &job).await.unwrap();
    assert_eq!(
        (shown.counts.all, shown.counts.done, shown.job.ended_at),
        (45, 20, None),
        "one's own lacks data, and is not listed"
    );
    // Decided by somebody else while it waits.
    let waiting = shown
        .items
        .iter()
        .find(|i| i.result.is_none())
        .unwrap()
        .request
        .clone();
    house.decide(&p.ivo, &waiting, Verdict::Reject).await;
    while queue::bulk::work_off(&house.desk, house.now).await.unwrap() {}
    let shown = queue::bulk::bulk_job(&house.desk, &p.member, &job).await.unwrap();
    assert_eq!(
        (
            shown.counts.done,
            shown.counts.refused,
            shown.job.ended_at.is_some()
        ),
        (45, 1, true)
    );
    assert_eq!(
        shown.items[0].result,
        Some(Err(Error::AlreadyDecided {
            by: "Ivo Brandt".into(),
            verdict: Verdict::Reject,
            at: house.now
        }))
    );
    assert_eq!(house.count("select count(*) from invitations").await, 44);
    let these = Which::These(vec![own, all[0].1.clone()]);
    let job = queue::bulk::decide_many(&house.desk, &p.ivo, &p.member, these, Verdict::Reject, "Enough")
        .await
        .unwrap();
    let shown = queue::bulk::bulk_job(&house.desk, &p.member, &job).await.unwrap();
    assert_eq!((shown.counts.done, shown.counts.refused), (2, 2));
    assert!(
        shown
            .items
            .iter()
            .any(|i| i.result == Some(Err(Error::Refused(Why::OwnRequest))))
    );
    house.deliver().await;
}

both!(a_job_survives_its_server);
/// A server dies with a job in its hands. On SQLite the next one goes on at once; where there may
/// be others, once the lease is over.
async fn a_job_survives_its_server(house: &House) {
    let p = Portal::new(house, vec![step("administrators")]).await;
    askers(house, 25).await;
    let job = queue::bulk::decide_many(
        &house.desk,
        &p.ivo,
        &p.member,
        Which::Matching(Box::default()),
        Verdict::Approve,
        "",
    )
    .await
    .unwrap();
    let mut tx = house.desk.db.begin().await.unwrap();
    assert_eq!(
        store::queue::bulk::claim(&mut tx, house.now)
            .await
            .unwrap()
            .map(|j| j.id),
        Some(job.clone())
    );
    tx.commit().await.unwrap();
    assert_eq!(
        queue::bulk::work_off(&house.desk, house.now).await,
        Ok(false),
        "somebody holds it"
    );
    letters::release_leases(&house.desk).await.unwrap();
    let sqlite = house.desk.db.kind == store::DatabaseKind::Sqlite;
    assert_eq!(queue::bulk::work_off(&house.desk, house.now).await, Ok(sqlite));
    assert_eq!(
        queue::bulk::work_off(&house.desk, house.now + store::queue::bulk::LEASE).await,
        Ok(!sqlite)
    );
    let shown = queue::bulk::bulk_job(&house.desk, &p.member, &job).await.unwrap();
    assert_eq!((shown.counts.done, shown.job.ended_at.is_some()), (25, true));
    house.expects_owed_letters();
}

both!(jobs_are_guarded);
/// Bad input, the wrong organisation, and a right that was lost while a job was under way.
async fn jobs_are_guarded(house: &House) {
    let p = Portal::new(house, vec![step("administrators")]).await;
    let all = askers(house, 30).await;
    let none = queue::bulk::decide_many(
        &house.desk,
        &p.ivo,
        &p.member,
        Which::These(Vec::new()),
        Verdict::Approve,
        "",
    )
    .await;
    assert_eq!(none, Err(Error::Refused(Why::NothingPicked)));
    let ids: Vec<RequestId> = (0..10_001).map(|_| house.mint().id(house.now)).collect();
    let too_many = queue::bulk::decide_many(
        &house.desk,
        &p.ivo,
        &p.member,
        Which::These(ids),
        Verdict::Approve,
        "",
    )
    .await;
    assert_eq!(too_many, Err(Error::Refused(Why::TooManyPicked)));
    // Requests of another organisation are in no job.
    let (olga, foreign) = house.founder("southmoor").await;
    let theirs = queue::bulk::decide_many(
        &house.desk,
        &olga,
        &foreign,
        Which::These(vec![all[0].1.clone()]),
        Verdict::Reject,
        "No",
    )
    .await
    .unwrap();
    assert_eq!(
        queue::bulk::bulk_job(&house.desk, &foreign, &theirs)
            .await
            .unwrap()
            .counts
            .all,
        0
    );
    assert_eq!(
        queue::bulk::bulk_job(&house.desk, &p.member, &theirs).await.err(),
        Some(Error::NotFound)
    );
    // A second administrator begins, and loses the right before the background takes over.
    let decides = [
        Permission::RequestsView,
        Permission::RequestsDecide,
        Permission::PortalUse,
    ];
    let tess = house.member(&p.ivo, "Tess Varga").with(&decides).await;
    let job = queue::bulk::decide_many(
        &house.desk,
        &tess,
        &house.membership(&tess, SLUG).await,
        Which::Matching(Box::default()),
        Verdict::Reject,
        "Enough",
    )
    .await
    .unwrap();
    house.give(&p.ivo, &tess, &[]).await;
    while queue::bulk::work_off(&house.desk, house.now).await.unwrap() {}
    let shown = queue::bulk::bulk_job(&house.desk, &p.member, &job).await.unwrap();
    assert_eq!(
        (shown.counts.all, shown.counts.done, shown.counts.refused),
        (30, 30, 10)
    );
    assert!(
        shown
            .items
            .iter()
            .take(10)
            .all(|i| i.result == Some(Err(Error::Forbidden)))
    );
    house.deliver().await;
}

both!(the_queue_is_exported);
/// The file holds exactly what the page lists under its filter, in its order; cells that a
/// spreadsheet would run are harmless.
async fn the_queue_is_exported(house: &House) {
    let p = Portal::new(house, vec![step("administrators")]).await;
    let all = askers(house, 30).await;
    let evil = house.person("evil@northlight.test", "=cmd()").await;
    let evil = house.asks(&evil, SLUG).await;
    house.decide(&p.ivo, &all[3].1, Verdict::Reject).await;
    let mira = p.user("Mira Okafor").await;
    p.asks(&mira).await;
    let cookie = house.cookie(&p.ivo).await;
    for (query, filter, tab) in [
        (
            "",
            Filter {
                status: Some(StatusFilter::One(StatusWord::Pending)),
                ..Filter::default()
            },
            Tab::Pending,
        ),
        (
            "kind=join&sort=name&",
            Filter {
                kind: Some(anteroom::domain::request::RequestKind::Join),
                ..Filter::default()
            },
            Tab::Pending,
        ),
        (
            "tab=others&status=denied&",
            Filter {
                status: Some(StatusFilter::One(StatusWord::Denied)),
                ..Filter::default()
            },
            Tab::Others,
        ),
        (
            "requester=person+2&",
            Filter {
                requester: "person 2".into(),
                ..Filter::default()
            },
            Tab::Pending,
        ),
    ] {
        let sort = if query.contains("sort") {
            store::queue::query::Sort::NameUp
        } else {
            store::queue::query::Sort::Newest
        };
        let look = QueueQuery {
            tab,
            filter,
            sort,
            ..QueueQuery::default()
        };
        let (listed, _) = queue::list::queue_piece(&house.desk, &p.member, &look, house.now, 1000)
            .await
            .unwrap();
        let json = house
            .get(
                &format!("/northlight/access_requests/export?{query}format=json"),
                &cookie,
            )
            .await;
        let whole: Vec<serde_json::Value> =
            serde_json::from_str(&json.body).unwrap_or_else(|e| panic!("{e}: {}", json.body));
        let ids: Vec<&str> = whole.iter().map(|r| r["id"].as_str().unwrap()).collect();
        assert_eq!(
            ids,
            listed.iter().map(|r| r.request.id.as_str()).collect::<Vec<_>>(),
            "{query}"
        );
        assert!(!ids.is_empty(), "{query}");
        let file = house
            .get(
                &format!("/northlight/access_requests/export?{query}format=csv"),
                &cookie,
            )
            .await;
        let mut reader = csv::Reader::from_reader(file.body.as_bytes());
        let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
        assert_eq!(rows.iter().map(|r| &r[0]).collect::<Vec<_>>(), ids, "{query}");
        assert!(rows.iter().all(|r| !r.iter().any(|c| c.starts_with('='))));
    }
    let page = house
        .get("/northlight/access_requests/export?format=csv", &cookie)
        .await
        .body;
    assert!(page.contains(evil.as_str()) && page.contains("'=cmd()"));
    for nonsense in [
        "status=x",
        "approval=x",
        "kind=x",
        "from=yesterday",
        "until=2026-13-45",
        "tab=x",
        "sort=x",
        "after=x",
    ] {
        assert_eq!(
            house
                .get(&format!("/northlight/access_requests?{nonsense}"), &cookie)
                .await
                .status,
            400,
            "{nonsense}"
        );
        assert_eq!(
            house
                .get(&format!("/northlight/access_requests/export?{nonsense}"), &cookie)
                .await
                .status,
            400,
            "{nonsense}"
        );
    }
    house.deliver().await;
}
