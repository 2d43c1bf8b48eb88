//! The queue's query plans: whatever is filtered or looked for and however it is sorted, no
//! statement goes through all requests.
use crate::harness::{House, rows};
use anteroom::domain::Time;
use anteroom::domain::connector::Platform;
use anteroom::domain::request::{ApprovalType, RequestKind, StatusWord, Tab};
use anteroom::store;
use anteroom::store::queue::query::{Filter, QueuePlace, QueueQuery, Sort, StatusFilter};

/// So many requests of all kinds, statuses and types, written as rows, and counted.
const ROWS: usize = 20_000;
/// The connector by which some of them came.
const CONNECTOR: &str = "0192d3a0-0000-7000-8000-0000000c0de0";

async fn fill(house: &House, org: &str, account: &str) {
    let mut conn = house.raw().await;
    let sqlite = house.desk.db.kind == store::DatabaseKind::Sqlite;
    let hex = |n: &str| {
        if sqlite {
            format!("printf('%012x', {n})")
        } else {
            format!("lpad(to_hex({n}), 12, '0')")
        }
    };
    let series = format!("with recursive s(n) as (select 1 union all select n + 1 from s where n < {ROWS})");
    let id = format!("'0192d3a0-0000-7000-8000-' || {}", hex("n"));
    let fill = format!(
        "insert into requests (id, org_id, kind, account_id, email, email_key, name, sorts_as, message, \
         language, origin, status, tab, approval, submitted_at, expires_at, version) {series} \
         select {id}, '{org}', case when n % 3 = 0 then 'join' else 'resource' end, '{account}', 'p@x.test', \
         'p' || n || '@x.test', 'Person', 'person ' || {}, '', 'en', '', case n % 7 when 0 then 'pending' \
         when 1 then 'missing_data' when 2 then 'error' when 3 then 'approved' when 4 then 'denied' \
         when 5 then 'canceled' else 'expired' end, case when n % 7 = 3 then 'approved' \
         when n % 14 = 0 then 'pending' else 'others' end, case when n % 5 = 0 then 'automatic' \
         else 'manual' end, n * 1000, 9000000000000, 1 from s",
        hex("n * 7919 % 100000")
    );
    let terms = format!(
        "insert into request_terms (org_id, term, request_id) {series} select '{org}', 'person', {id} from s"
    );
    let more = format!(
        "insert into request_terms (org_id, term, request_id) {series} \
         select '{org}', 'p' || (n % 500), {id} from s"
    );
    let chat = format!(
        "insert into connectors (id, org_id, platform, name, hook, onboarding, mode, language, texts, \
         settings, secrets) values ('{CONNECTOR}', '{org}', 'telegram', 'Bot', 'h', 1, 'once', 'en', '{{}}', \
         '{{}}', '')"
    );
    let by_chat = format!(
        "update requests set kind = 'chat', connector_id = '{CONNECTOR}' where sorts_as like '%7' \
         or sorts_as like '%e'"
    );
    let counts = "insert into request_counts (org_id, tab, status, approval, kind, n) \
        select org_id, tab, status, approval, kind, count(*) from requests \
        group by org_id, tab, status, approval, kind";
    // PostgreSQL wants `with` before `insert`, SQLite takes both ways.
    let ahead = |sql: String| match sql.find("with recursive") {
        Some(at) => {
            let (insert, rest) = sql.split_at(at);
            let (with, select) = rest.split_once(") select").expect("a series");
            format!("{with}) {insert} select{select}")
        }
        None => sql,
    };
    for sql in [
        ahead(fill),
        ahead(terms),
        ahead(more),
        chat,
        by_chat,
        counts.to_owned(),
        "analyze".to_owned(),
    ] {
        rows::execute(&mut conn, &sql).await;
    }
}

both!(no_filter_reads_all_requests);
/// Every combination that the queue offers, in all four orders, on its first page and in the
/// middle.
async fn no_filter_reads_all_requests(house: &House) {
    let (ivo, member) = house.founder("northlight").await;
    house.deliver().await;
    fill(house, member.organisation.as_str(), ivo.id().as_str()).await;
    let mut conn = house.raw().await;
    let shelves = store::queue::shelves::shelves(&mut conn, &member.organisation, house.now)
        .await
        .unwrap();
    let middle = QueuePlace {
        time: Time(10_000_000),
        name: "person 00000000c000".into(),
        id: house.mint().id(house.now),
    };
    let statuses = std::iter::once(None).chain(StatusWord::ALL.map(Some));
    let mut plans = 0;
    for (tab, status) in Tab::ALL
        .into_iter()
        .flat_map(|t| statuses.clone().map(move |s| (t, s)))
    {
        for (approval, kind) in [
            (None, None),
            (Some(ApprovalType::Automatic), None),
            (None, Some(RequestKind::Join)),
            (Some(ApprovalType::Manual), Some(RequestKind::Resource)),
        ] {
            for sort in [Sort::Newest, Sort::Oldest, Sort::NameUp, Sort::NameDown] {
                let dates = Filter {
                    from: Some(Time(5_000_000)),
                    until: Some(Time(15_000_000)),
                    ..Filter::default()
                };
                for (after, filter) in [
                    (None, Filter::default()),
                    (Some(middle.clone()), Filter::default()),
                    (None, dates),
                ] {
                    let look = QueueQuery {
                        tab,
                        sort,
                        after,
                        filter: Filter {
                            status: status.map(StatusFilter::One),
                            approval,
                            kind,
                            ..filter
                        },
                        ..QueueQuery::default()
                    };
                    plans += check(house, &mut conn, &member.organisation, &look, &shelves).await;
                }
            }
        }
        for (search, requester) in [
            ("p17", ""),
            ("", "p17"),
            ("p17 p171", ""),
            ("person", ""),
            ("", "person"),
            ("person p17", ""),
            ("p person", ""),
        ] {
            let filter = Filter {
                status: status.map(StatusFilter::One),
                requester: requester.into(),
                ..Filter::default()
            };
            let look = QueueQuery {
                tab,
                search: search.into(),
                filter,
                ..QueueQuery::default()
            };
            plans += check(house, &mut conn, &member.organisation, &look, &shelves).await;
        }
    }
    let connector = Some(CONNECTOR.to_owned().try_into().unwrap());
    for tab in Tab::ALL {
        for sort in [Sort::Newest, Sort::Oldest, Sort::NameUp, Sort::NameDown] {
            let by_provider = Filter {
                provider: Some(Platform::Telegram),
                ..Filter::default()
            };
            let by_connector = Filter {
                connector: connector.clone(),
                status: Some(StatusFilter::One(StatusWord::Denied)),
                ..Filter::default()
            };
            for (after, filter) in [
                (None, by_provider.clone()),
                (Some(middle.clone()), by_provider),
                (None, by_connector),
            ] {
                plans += check(
                    house,
                    &mut conn,
                    &member.organisation,
                    &QueueQuery {
                        tab,
                        sort,
                        after,
                        filter,
                        ..QueueQuery::default()
                    },
                    &shelves,
                )
                .await;
            }
        }
    }
    assert!(plans > 300, "{plans}");
    // Nothing of it was a real request: the rows go, so that the counters can be compared at the
    // end as always.
    for table in ["request_terms", "requests", "request_counts", "connectors"] {
        rows::execute(&mut conn, &format!("delete from {table}")).await;
    }
}

/// Fails if the plan goes through the whole table; 1 if there was a plan.
async fn check(
    house: &House,
    conn: &mut store::Conn,
    org: &anteroom::domain::ids::OrganisationId,
    look: &QueueQuery,
    shelves: &store::queue::shelves::Shelves,
) -> usize {
    let plan = store::queue::list::plan(conn, house.desk.db.kind, org, look, shelves, house.now)
        .await
        .unwrap();
    let whole = |line: &String| {
        line.contains("SCAN r") && !line.contains("USING")
            || line.contains("Seq Scan on requests")
            || line.contains("Seq Scan on request_terms")
    };
    assert!(!plan.iter().any(whole), "{look:?}\n{}", plan.join("\n"));
    usize::from(!plan.is_empty())
}
