//! Migrations: from nothing to this version, again without effect, over data, and never over a newer database.
use crate::harness::House;
use anteroom::store::{self, migrations};
use sqlx::AssertSqlSafe;

/// Sample rows as the newest step before this version would hold them. Grows with each step.
const SAMPLE: [&str; 5] = [
    "insert into accounts (id, email, email_key, name, language, time_zone, created_at) values ('0192d3a0-0000-7000-8000-000000000001', 'Ada@b.test', 'ada@b.test', 'Ada', 'en', 'UTC', 5)",
    "insert into organisations (id, slug, name, customer_number, created_at) values ('0192d3a0-0000-7000-8000-000000000002', 'northlight', 'Northlight', '1', 5)",
    "insert into members (org_id, account_id, state, joined_at) values ('0192d3a0-0000-7000-8000-000000000002', '0192d3a0-0000-7000-8000-000000000001', 'active', 5)",
    "insert into requests (id, org_id, kind, account_id, email, email_key, name, message, language, status, submitted_at, expires_at) values ('0192d3a0-0000-7000-8000-000000000003', '0192d3a0-0000-7000-8000-000000000002', 'join', '0192d3a0-0000-7000-8000-000000000001', 'Ada@b.test', 'ada@b.test', 'Ada', '', 'en', 'pending', 5, 9)",
    "insert into events (id, what, object, at, digest) values ('0192d3a0-0000-7000-8000-000000000004', 'request.submitted', 'x', 5, '00')",
];

both! {
    async fn each_step_keeps_what_is_there(house: House) {
        for sql in SAMPLE {
            sqlx::query(sql).execute(&mut *house.raw().await).await.unwrap();
        }
        migrations::run(&house.desk.db).await.unwrap();
        for table in ["accounts", "organisations", "members", "requests", "events"] {
            assert_eq!(house.count(&format!("select count(*) from {table}")).await, 1, "{table}");
        }
        let org = anteroom::domain::ids::OrganisationId::try_from("0192d3a0-0000-7000-8000-000000000002".to_owned()).unwrap();
        assert_eq!(store::requests::list_newest(&mut *house.raw().await, &org, None, 9).await.unwrap().len(), 1);
    }

    /// A program that is older than the database changes nothing: rolling back means restoring a backup.
    async fn a_newer_database_is_left_alone(house: House) {
        let newer = migrations::newest() + 1;
        let sql = match house.desk.db.kind {
            store::Kind::Sqlite => format!("insert into _sqlx_migrations (version, description, success, checksum, execution_time) values ({newer}, 'future', 1, x'00', 0)"),
            store::Kind::Postgres => format!("insert into _sqlx_migrations (version, description, success, checksum, execution_time) values ({newer}, 'future', true, ''::bytea, 0)"),
        };
        sqlx::query(AssertSqlSafe(sql)).execute(&mut *house.raw().await).await.unwrap();
        assert!(migrations::run(&house.desk.db).await.is_err());
    }

    /// States outside their list cannot be stored, and an impossible row is an error, never a default.
    async fn impossible_rows_are_refused(house: House) {
        for sql in SAMPLE {
            sqlx::query(sql).execute(&mut *house.raw().await).await.unwrap();
        }
        assert!(sqlx::query("update requests set status = 'maybe'").execute(&mut *house.raw().await).await.is_err());
        // Approved without a decision: no code writes that, and no code reads it as anything.
        sqlx::query("update requests set status = 'approved'").execute(&mut *house.raw().await).await.unwrap();
        let org = anteroom::domain::ids::OrganisationId::try_from("0192d3a0-0000-7000-8000-000000000002".to_owned()).unwrap();
        assert_eq!(store::requests::list_newest(&mut *house.raw().await, &org, None, 9).await, Err(anteroom::domain::Error::Internal));
    }
}
