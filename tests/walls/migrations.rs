//! Migrations: from nothing to this version, again without effect, over data, and never over a
//! newer database.
use crate::harness::{House, rows};
use anteroom::domain::Time;
use anteroom::domain::ids::OrganisationId;
use anteroom::domain::request::Tab;
use anteroom::store::queue::query::QueueQuery;
use anteroom::store::{self, migrations};
use sqlx::Row as _;

const ORG: &str = "0192d3a0-0000-7000-8000-000000000002";

/// Sample rows as the first version would hold them.
const SAMPLE: [&str; 8] = [
    "insert into accounts (id, email, email_key, name, language, time_zone, created_at) \
     values ('0192d3a0-0000-7000-8000-000000000001', 'Ada@b.test', 'ada@b.test', 'Ada', 'en', 'UTC', 5)",
    "insert into organisations (id, slug, name, customer_number, created_at) \
     values ('0192d3a0-0000-7000-8000-000000000002', 'northlight', 'Northlight', '1', 5)",
    "insert into members (org_id, account_id, state, joined_at) \
     values ('0192d3a0-0000-7000-8000-000000000002', '0192d3a0-0000-7000-8000-000000000001', 'active', 5)",
    "insert into requests (id, org_id, kind, account_id, email, email_key, name, message, language, status, \
     submitted_at, expires_at) values ('0192d3a0-0000-7000-8000-000000000003', \
     '0192d3a0-0000-7000-8000-000000000002', 'join', '0192d3a0-0000-7000-8000-000000000001', 'Ada@b.test', \
     'ada@b.test', 'Ada', '', 'en', 'pending', 5, 9)",
    "insert into requests (id, org_id, kind, account_id, email, email_key, name, message, language, status, \
     submitted_at, expires_at, decided_at, decided_by) \
     values ('0192d3a0-0000-7000-8000-000000000005', '0192d3a0-0000-7000-8000-000000000002', 'join', \
     '0192d3a0-0000-7000-8000-000000000001', 'Ada@b.test', 'ada@b.test', 'Ada', '', 'en', 'denied', 4, 9, 5, \
     '0192d3a0-0000-7000-8000-000000000001')",
    "insert into sessions (id, token_hash, account_id, how, factor, place, agent, created_at, proven_at, \
     seen_at) values ('0192d3a0-0000-7000-8000-000000000006', 'aa', '0192d3a0-0000-7000-8000-000000000001', \
     'password', 'none', 'x', 'y', 5, 5, 5)",
    "insert into tokens (id, purpose, token_hash, account_id, created_at, expires_at) \
     values ('0192d3a0-0000-7000-8000-000000000007', 'reset', 'bb', '0192d3a0-0000-7000-8000-000000000001', \
     5, 9)",
    "insert into events (id, what, object, at, digest) \
     values ('0192d3a0-0000-7000-8000-000000000004', 'request.submitted', 'x', 5, '00')",
];

/// How the digests begin of the steps that have been released: on SQLite, on PostgreSQL. Whoever
/// releases a version adds a row for each step that it is the first to have. A step without a row
/// has not been released, may still be changed, and is not compared.
const RELEASED: [[&str; 2]; 10] = [
    ["5dc590c0aa4ff875", "54d9616a1236a259"],
    ["e11698f05cff59f4", "3481afc9fd2179c9"],
    ["bb8f0531a097aa00", "0277c4bb218372b2"],
    ["6e4b3d378ec50618", "e8e579f39f4400e1"],
    ["9eacf41e3cf4a47c", "9eacf41e3cf4a47c"],
    ["0184acac760682c0", "a49888dac94894d7"],
    ["ce3797f0186f98f3", "ce3797f0186f98f3"],
    ["467c62c0dc3536a1", "467c62c0dc3536a1"],
    ["1c1eaa3ee6ed10d0", "1c1eaa3ee6ed10d0"],
    ["da0d7240ac4aab41", "da0d7240ac4aab41"],
];

both!(released_steps_stay_as_they_are);
/// A step that databases have taken is never changed, or those refuse the next start; and the steps
/// are numbered without a gap.
async fn released_steps_stay_as_they_are(house: &House) {
    let sql = "select version, checksum from _sqlx_migrations order by version";
    let rows = house.fetch(sql).await;
    let versions: Vec<i64> = rows.iter().map(|r| r.get(0)).collect();
    assert_eq!(versions, (1..=migrations::newest()).collect::<Vec<_>>());
    let of = match house.desk.db.kind {
        store::DatabaseKind::Sqlite => 0,
        store::DatabaseKind::Postgres => 1,
    };
    for (row, released) in rows.iter().zip(RELEASED) {
        let digest: Vec<u8> = row.get(1);
        let begins: String = digest[..8].iter().map(|b| format!("{b:02x}")).collect();
        assert_eq!(begins, released[of], "step {}", row.get::<i64, _>(0));
    }
}

both!(each_step_keeps_what_is_there);
async fn each_step_keeps_what_is_there(house: &House) {
    let db = house.another_database().await;
    migrations::run_to(&db, 1).await.unwrap();
    for sql in SAMPLE {
        rows::execute(&mut db.read().await.unwrap(), sql).await;
    }
    migrations::run(&db).await.unwrap();
    migrations::run(&db).await.unwrap();
    let mut conn = db.read().await.unwrap();
    for (table, there) in [
        ("accounts", 1),
        ("organisations", 1),
        ("members", 1),
        ("requests", 2),
        ("sessions", 1),
        ("tokens", 1),
        ("events", 1),
        ("request_terms", 4),
    ] {
        let counted = rows::count(&mut conn, &format!("select count(*) from {table}")).await;
        assert_eq!(counted, there, "{table}");
    }
    let org = OrganisationId::try_from(ORG.to_owned()).unwrap();
    let look = |tab, search: &str| QueueQuery {
        tab,
        search: search.into(),
        ..QueueQuery::default()
    };
    let shelves = store::queue::shelves::shelves(&mut conn, &org, Time(6))
        .await
        .unwrap();
    let found = store::queue::list::list(&mut conn, &org, &look(Tab::Pending, "ad"), &shelves, Time(6), 9)
        .await
        .unwrap();
    assert_eq!(
        (
            found.len(),
            found[0].request.message.as_str(),
            found[0].sorts_as.as_str()
        ),
        (1, "", "ada")
    );
    assert_eq!(
        store::queue::list::list(&mut conn, &org, &look(Tab::Others, "ada@b"), &shelves, Time(6), 9)
            .await
            .unwrap()
            .len(),
        1
    );
    let counts = shelves.counts();
    assert_eq!((counts.pending, counts.approved, counts.others), (1, 0, 0));
    drop(conn);
    db.close().await;
}

both!(posts_learn_where_they_stand);
/// Posts that stand learn where; secrets replaced before have no end of their own, and count no
/// longer.
async fn posts_learn_where_they_stand(house: &House) {
    let db = house.another_database().await;
    migrations::run_to(&db, 7).await.unwrap();
    let org = format!(
        "insert into organisations (id, slug, name, customer_number, created_at) \
         values ('{ORG}', 'northlight', 'Northlight', '1', 5)"
    );
    let connector = format!(
        "insert into connectors (id, org_id, platform, name, hook, onboarding, mode, language, texts, \
         settings, secrets, secrets_before, before_until, channel) \
         values ('n', '{ORG}', 'slack', 'Desk', 'h', 1, 'once', 'en', '{{}}', '{{}}', 's', 'former', 9, 'C1')"
    );
    let send = |id: &str, what: &str, state: &str| {
        format!(
            "insert into chat_sends (id, org_id, connector_id, what, lane, number, send, state, next_try_at, \
             created_at) values ('{id}', '{ORG}', 'n', '{what}', '{id}', 1, '', '{state}', 5, 5)"
        )
    };
    for sql in [
        org,
        connector,
        send("a", "post", "sent"),
        send("b", "post", "queued"),
        send("c", "approval", "sent"),
    ] {
        rows::execute(&mut db.read().await.unwrap(), &sql).await;
    }
    migrations::run(&db).await.unwrap();
    let mut conn = db.read().await.unwrap();
    let rows = rows::fetch(
        &mut conn,
        "select coalesce(place, '') from deliveries order by id",
    )
    .await;
    assert_eq!(
        rows.iter().map(|r| r.get::<String, _>(0)).collect::<Vec<_>>(),
        ["C1", "", ""]
    );
    let none = "select count(*) from connectors where secrets_before is null and before_until is null";
    assert_eq!(rows::count(&mut conn, none).await, 1);
    drop(conn);
    db.close().await;
}

/// A database as it was at `version`, with an organisation that has a connector.
async fn with_a_connector(house: &House, version: i64) -> store::Db {
    let db = house.another_database().await;
    migrations::run_to(&db, version).await.unwrap();
    let org = format!(
        "insert into organisations (id, slug, name, customer_number, created_at) \
         values ('{ORG}', 'northlight', 'Northlight', '1', 5)"
    );
    let connector = format!(
        "insert into connectors (id, org_id, platform, name, hook, onboarding, mode, language, texts, \
         settings, secrets) values ('n', '{ORG}', 'slack', 'Desk', 'h', 1, 'once', 'en', '{{}}', '{{}}', 's')"
    );
    for sql in [org, connector] {
        rows::execute(&mut db.read().await.unwrap(), &sql).await;
    }
    db
}

both!(what_waits_keeps_its_order);
/// What waited of one person goes on in the order of its deliveries, and of each in its own; what
/// is over stays as it is.
async fn what_waits_keeps_its_order(house: &House) {
    let db = with_a_connector(house, 9).await;
    let event = |id: &str, lane: &str, number: i64, state: &str, at: i64| {
        format!(
            "insert into chat_events (id, org_id, connector_id, event, message, lane, number, arrived, \
             state, next_try_at, created_at) \
             values ('{id}', '{ORG}', 'n', '{id}', '{id}', '{lane}', {number}, '', '{state}', 5, {at})"
        )
    };
    for sql in [
        event("d", "x", 0, "queued", 6),
        event("c", "x", 0, "queued", 7),
        event("b", "x", 2, "queued", 6),
        event("a", "y", 4, "queued", 9),
        event("e", "x", 8, "sent", 5),
    ] {
        rows::execute(&mut db.read().await.unwrap(), &sql).await;
    }
    migrations::run(&db).await.unwrap();
    let mut conn = db.read().await.unwrap();
    let rows = rows::fetch(
        &mut conn,
        "select id, number from deliveries order by lane, number",
    )
    .await;
    let placed: Vec<(String, i64)> = rows.iter().map(|r| (r.get(0), r.get(1))).collect();
    assert_eq!(
        placed,
        [("d", 1), ("b", 2), ("c", 3), ("e", 8), ("a", 1)].map(|(id, n)| (id.to_owned(), n))
    );
    drop(conn);
    db.close().await;
}

both!(what_waits_goes_on_in_one_queue);
/// Letters, calls, messages and arrivals of before are deliveries now, with their states, tries and
/// places; calls about one person and one resource stand in one lane.
async fn what_waits_goes_on_in_one_queue(house: &House) {
    let db = with_a_connector(house, 11).await;
    let call = |id: &str, who: &str, at: i64| {
        format!(
            "insert into hook_calls (id, org_id, resource_id, request_id, call, state, next_try_at, \
             created_at, attempts, problem) \
             values ('{id}', '{ORG}', 'r', '0192d3a0-0000-7000-8000-000000000003', \
             '{{\"account\":\"{who}\"}}', 'queued', 7, {at}, 2, 'undelivered-answered 503')"
        )
    };
    for sql in [
        SAMPLE[0].to_owned(),
        SAMPLE[3].to_owned(),
        format!("insert into flows (id, org_id, name, number) values ('f', '{ORG}', 'Flow', 1)"),
        format!(
            "insert into resources (id, org_id, name, sorts_as, description, icon, link, reason_required, \
             audience) values ('r', '{ORG}', 'Console', '', '', '', '', 0, 'everyone')"
        ),
        "insert into outbox (id, recipient, language, letter, sealed, state, next_try_at, lease_until, \
         attempts, created_at) values ('l', 'a@b.test', 'en', '{}', 's', 'queued', 6, 9, 3, 5)"
            .to_owned(),
        call("late", "x", 6),
        call("early", "x", 5),
        call("other", "y", 5),
        format!(
            "insert into chat_sends (id, org_id, connector_id, what, lane, number, send, state, next_try_at, \
             created_at, message) values ('a', '{ORG}', 'n', 'agent', 'agent:1', 4, '{{}}', 'failed', 5, 5, \
             'm')"
        ),
        format!(
            "insert into chat_events (id, org_id, connector_id, event, message, lane, number, arrived, \
             state, next_try_at, created_at) \
             values ('e', '{ORG}', 'n', 'e1', 'm1', '42', 1, 'it', 'sent', 5, 5)"
        ),
    ] {
        rows::execute(&mut db.read().await.unwrap(), &sql).await;
    }
    migrations::run(&db).await.unwrap();
    let mut conn = db.read().await.unwrap();
    let sql = "select id || ' ' || kind || ' ' || channel || ' ' || lane || ' ' || number || ' ' || state \
        || ' ' || attempts || ' ' || due_at || ' ' || lease_until from deliveries order by kind, id";
    let carried = rows::fetch(&mut conn, sql).await;
    assert_eq!(
        carried.iter().map(|r| r.get::<String, _>(0)).collect::<Vec<_>>(),
        [
            "e arrival arrivals:n arrival:n:42 1 sent 0 5 0",
            "early hook_call hook:r hook:r:x 1 queued 2 7 0",
            "late hook_call hook:r hook:r:x 2 queued 2 7 0",
            "other hook_call hook:r hook:r:y 1 queued 2 7 0",
            "l letter mail letter:l 1 queued 3 6 9",
            "a message agent:n agent:1 4 failed 0 5 0",
        ]
    );
    let kept = "select count(*) from deliveries where (id = 'l' and sealed = 's' and recipient = 'a@b.test') \
        or (id = 'early' and account_id = 'x' and reason = 'undelivered-answered 503') \
        or (id = 'a' and message = 'm' and what = 'agent') or (id = 'e' and event = 'e1' and message = 'm1')";
    assert_eq!(rows::count(&mut conn, kept).await, 4);
    drop(conn);
    db.close().await;
}

both!(addresses_learn_who_proved_them);
/// An address that was proven at the instant at which an identity was linked is a provider's word;
/// any other one its mailbox has proven. Recovery codes stay.
async fn addresses_learn_who_proved_them(house: &House) {
    let db = house.another_database().await;
    migrations::run_to(&db, 13).await.unwrap();
    let account = |id: &str, proven: &str| {
        format!(
            "insert into accounts (id, email, email_key, email_proven_at, name, language, time_zone, \
             created_at) values ('{id}', 'M{id}@x.test', 'm{id}@x.test', {proven}, 'M', 'en', 'UTC', 5)"
        )
    };
    let identity = |subject: &str, of: &str, at: i64| {
        format!(
            "insert into identities (issuer, subject, provider, account_id, linked_at) \
             values ('https://idp.test', '{subject}', 'idp', '{of}', {at})"
        )
    };
    for sql in [
        account("a", "5"),
        account("b", "5"),
        account("c", "null"),
        identity("1", "a", 5),
        identity("2", "b", 9),
        identity("3", "c", 5),
        "insert into recovery_codes (account_id, code_hash) values ('a', 'aa')".to_owned(),
    ] {
        rows::execute(&mut db.read().await.unwrap(), &sql).await;
    }
    migrations::run(&db).await.unwrap();
    let mut conn = db.read().await.unwrap();
    let sql = "select a.email_proven_by, coalesce(i.email, '') from accounts a \
        join identities i on i.account_id = a.id order by a.id";
    let rows = rows::fetch(&mut conn, sql).await;
    let found: Vec<(String, String)> = rows.iter().map(|r| (r.get(0), r.get(1))).collect();
    let expected = [("provider", "Ma@x.test"), ("mailbox", ""), ("mailbox", "")];
    assert_eq!(
        found,
        expected.map(|(by, email)| (by.to_owned(), email.to_owned()))
    );
    for table in ["recovery_codes", "shown_once", "identity_offers"] {
        let n = rows::count(&mut conn, &format!("select count(*) from {table}")).await;
        assert_eq!(n, i64::from(table == "recovery_codes"), "{table}");
    }
    drop(conn);
    db.close().await;
}

both!(connectors_keep_their_platform);
/// The column of a platform is made anew, without a list of all platforms.
async fn connectors_keep_their_platform(house: &House) {
    let db = with_a_connector(house, 10).await;
    migrations::run(&db).await.unwrap();
    let mut conn = db.read().await.unwrap();
    let row = &rows::fetch(&mut conn, "select platform from connectors").await[0];
    assert_eq!(row.get::<String, _>(0), "slack");
    drop(conn);
    db.close().await;
}

both!(a_newer_database_is_left_alone);
/// A program that is older than the database changes nothing: rolling back means restoring a
/// backup.
async fn a_newer_database_is_left_alone(house: &House) {
    let newer = migrations::newest() + 1;
    let sql = match house.desk.db.kind {
        store::DatabaseKind::Sqlite => format!(
            "insert into _sqlx_migrations (version, description, success, checksum, execution_time) \
             values ({newer}, 'future', 1, x'00', 0)"
        ),
        store::DatabaseKind::Postgres => format!(
            "insert into _sqlx_migrations (version, description, success, checksum, execution_time) \
             values ({newer}, 'future', true, ''::bytea, 0)"
        ),
    };
    house.execute(&sql).await;
    assert!(migrations::run(&house.desk.db).await.is_err());
}

both!(impossible_rows_are_refused);
/// States outside their list cannot be stored, and an impossible row is an error, never a default.
async fn impossible_rows_are_refused(house: &House) {
    for sql in SAMPLE {
        house.execute(sql).await;
    }
    assert!(
        house
            .try_execute(
                "update requests set status = 'maybe' where id = '0192d3a0-0000-7000-8000-000000000003'"
            )
            .await
            .is_err()
    );
    // Approved without a decision: no code writes that, and no code reads it as anything.
    house
        .execute("update requests set status = 'approved' where status = 'pending'")
        .await;
    let count = "insert into request_counts (org_id, tab, status, approval, kind, n) \
        select org_id, tab, status, approval, kind, count(*) from requests \
        group by org_id, tab, status, approval, kind";
    house.execute(count).await;
    let org = OrganisationId::try_from(ORG.to_owned()).unwrap();
    let shelves = store::queue::shelves::shelves(&mut *house.raw().await, &org, Time(6))
        .await
        .unwrap();
    let listed = store::queue::list::list(
        &mut *house.raw().await,
        &org,
        &QueueQuery::default(),
        &shelves,
        Time(6),
        9,
    )
    .await;
    assert_eq!(listed, Err(anteroom::domain::Error::Internal));
}

/// A file by another name would be no step, and nobody would miss it.
#[test]
fn each_file_is_a_step_or_the_twin_of_one() {
    let folder = super::rooms::manifest().join("migrations");
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    let mut steps = 0;
    for name in &names {
        let stem = name.strip_suffix(".sql").unwrap_or_else(|| panic!("{name}"));
        let twin = [".sqlite", ".postgres"]
            .iter()
            .find_map(|of| stem.strip_suffix(of));
        match twin {
            Some(step) => assert!(names.contains(&format!("{step}.sql")), "{name} is nothing's twin"),
            None => {
                steps += 1;
                assert!(
                    stem.starts_with(&format!("{steps:04}_")),
                    "{name} is not step {steps}"
                );
            }
        }
    }
    assert_eq!(migrations::newest(), steps);
}
