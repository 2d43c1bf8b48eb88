//! Copies all rows of one database into another of the same version, whichever kind each of them is.
//! Whole tables are copied as they are, of all organisations: no use case reads or writes here.
use super::db::{DatabaseKind, Db, Tx};
use super::rows::{Bindings, Columns as _, Row, Statement as _, fault};
use crate::domain::{Error, Result};
use crate::store::conn::Conn;
use futures_util::StreamExt as _;
use sqlx::{AssertSqlSafe, Row as _};

/// Rows that one statement writes; a statement takes at most 32,766 values on SQLite.
const AT_ONCE: usize = 200;

/// What tells no facts of ours: which steps were taken.
const STEPS: &str = "_sqlx_migrations";

/// A table, and how many rows of it were copied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CopiedTable {
    pub name: String,
    pub rows: i64,
}

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Holds {
    Text,
    Number,
    Bytes,
}

struct Column {
    name: String,
    holds: Holds,
    /// Counted by the database; all else is written as it is anyway.
    counted: bool,
}

/// A foreign key of PostgreSQL, which is taken away while rows come in any order, and given back.
struct ForeignKey {
    table: String,
    name: String,
    meaning: String,
}

/// Copies everything in one transaction, from one look at `from`, and counts it on both sides. Refused: a
/// table or a column is missing on one side. `to` holds nothing afterwards that was there before.
pub async fn copy(from: &Db, to: &Db) -> Result<Vec<CopiedTable>> {
    let mut seen = from.snapshot().await?;
    let mut tx = to.begin().await?;
    take_time(&mut seen, from.kind).await?;
    take_time(&mut tx, to.kind).await?;
    let keys = loosen(&mut tx, to.kind).await?;
    let tables = tables(&mut seen, from.kind).await?;
    if tables != self::tables(&mut tx, to.kind).await? {
        return Err(differs("the tables"));
    }
    let mut copied = Vec::new();
    for name in tables {
        let rows = copy_table(&mut seen, from.kind, &mut tx, to.kind, &name).await?;
        copied.push(CopiedTable { name, rows });
    }
    for key in &keys {
        let (table, name, meaning) = (&key.table, &key.name, &key.meaning);
        run(
            &mut tx,
            format!("alter table \"{table}\" add constraint \"{name}\" {meaning}"),
        )
        .await?;
    }
    tx.commit().await?;
    Ok(copied)
}

/// A table may take as long as it takes.
async fn take_time(conn: &mut Conn, kind: DatabaseKind) -> Result<()> {
    if kind == DatabaseKind::Postgres {
        for limit in [
            "statement_timeout",
            "idle_in_transaction_session_timeout",
            "lock_timeout",
        ] {
            run(conn, format!("set local {limit} = 0")).await?;
        }
    }
    Ok(())
}

/// Lets rows come before those that they belong to, until the end of the transaction.
async fn loosen(tx: &mut Tx, kind: DatabaseKind) -> Result<Vec<ForeignKey>> {
    if kind == DatabaseKind::Sqlite {
        run(tx, "pragma defer_foreign_keys = on".to_owned()).await?;
        return Ok(Vec::new());
    }
    let keys = sqlx::query(
        "select t.relname::text as of_table, c.conname::text as name, pg_get_constraintdef(c.oid) as meaning \
         from pg_constraint c join pg_class t on t.oid = c.conrelid where c.contype = 'f' \
         and c.connamespace = current_schema()::regnamespace",
    );
    let keys = keys.list(tx, |row| {
        Ok(ForeignKey {
            table: row.text("of_table")?,
            name: row.text("name")?,
            meaning: row.text("meaning")?,
        })
    });
    let keys = keys.await?;
    for key in &keys {
        run(
            tx,
            format!("alter table \"{}\" drop constraint \"{}\"", key.table, key.name),
        )
        .await?;
    }
    Ok(keys)
}

async fn tables(conn: &mut Conn, kind: DatabaseKind) -> Result<Vec<String>> {
    let sql = match kind {
        DatabaseKind::Sqlite => {
            "select name from sqlite_master where type = 'table' and name not like 'sqlite!_%' escape '!' \
             and name <> $1 order by name"
        }
        DatabaseKind::Postgres => {
            "select tablename::text as name from pg_tables where schemaname = current_schema() \
             and tablename <> $1 order by tablename::text collate \"C\""
        }
    };
    sqlx::query(sql)
        .bind(STEPS)
        .list(conn, |row| row.text("name"))
        .await
}

async fn columns(conn: &mut Conn, kind: DatabaseKind, table: &str) -> Result<Vec<Column>> {
    let sql = match kind {
        DatabaseKind::Sqlite => {
            "select name, lower(type) as type, '' as counted from pragma_table_info($1) order by name"
        }
        DatabaseKind::Postgres => {
            "select column_name::text as name, data_type::text as type, \
             coalesce(identity_generation::text, '') as counted from information_schema.columns \
             where table_schema = current_schema() and table_name = $1 \
             order by column_name::text collate \"C\""
        }
    };
    let read = |row: &Row| {
        let of = row.text("type")?;
        Ok(Column {
            name: row.text("name")?,
            holds: match of.as_str() {
                "text" | "character varying" => Holds::Text,
                "blob" | "bytea" => Holds::Bytes,
                _ if of.contains("int") => Holds::Number,
                _ => {
                    return Err(differs(&format!("{table} has a column of type {of}")));
                }
            },
            counted: !row.text("counted")?.is_empty(),
        })
    };
    sqlx::query(sql).bind(table.to_owned()).list(conn, read).await
}

/// Copies one table; how many rows it has, on both sides.
async fn copy_table(
    seen: &mut Conn,
    from: DatabaseKind,
    tx: &mut Tx,
    to: DatabaseKind,
    table: &str,
) -> Result<i64> {
    let (ours, theirs) = (columns(seen, from, table).await?, columns(tx, to, table).await?);
    let same = ours.len() == theirs.len() && ours.iter().zip(&theirs).all(|(a, b)| a.name == b.name);
    if !same || ours.is_empty() {
        return Err(differs(&format!("the columns of {table}")));
    }
    let names: Vec<String> = ours.iter().map(|c| format!("\"{}\"", c.name)).collect();
    let names = names.join(", ");
    let counted = theirs.iter().find(|c| c.counted);
    let over = counted.map_or("", |_| "overriding system value ");
    let begin = format!("insert into \"{table}\" ({names}) {over}values ");
    // What a step wrote into the new database stands in the old one too.
    if count(tx, table).await? > 0 {
        run(tx, format!("delete from \"{table}\"")).await?;
    }
    {
        let all = format!("select {names} from \"{table}\"");
        let mut rows = sqlx::query(AssertSqlSafe(all)).fetch(&mut *seen).chunks(AT_ONCE);
        while let Some(some) = rows.next().await {
            let mut values = Bindings::default();
            let mut places = Vec::with_capacity(some.len());
            for row in some {
                places.push(bind(&mut values, &row.map_err(fault)?, &ours)?);
            }
            let sql = begin.clone() + &places.join(", ");
            sqlx::query_with(AssertSqlSafe(sql), values.0).run(tx).await?;
        }
    }
    if let Some(counted) = counted {
        let (of, name) = (format!("'\"{table}\"', '{}'", counted.name), &counted.name);
        let next = format!("coalesce((select max(\"{name}\") from \"{table}\"), 0) + 1");
        run(
            tx,
            format!("select setval(pg_get_serial_sequence({of}), {next}, false)"),
        )
        .await?;
    }
    let (had, has) = (count(seen, table).await?, count(tx, table).await?);
    if had != has {
        return Err(differs(&format!("the rows of {table}: {had} and {has}")));
    }
    Ok(has)
}

fn differs(what: &str) -> Error {
    tracing::error!(what, "the two databases differ");
    Error::Internal
}

/// Binds a row: its placeholders.
fn bind(values: &mut Bindings, row: &Row, columns: &[Column]) -> Result<String> {
    let mut places = Vec::with_capacity(columns.len());
    for (n, column) in columns.iter().enumerate() {
        places.push(match column.holds {
            Holds::Text => values.bind(row.try_get::<Option<String>, _>(n).map_err(fault)?)?,
            Holds::Number => values.bind(row.try_get::<Option<i64>, _>(n).map_err(fault)?)?,
            Holds::Bytes => values.bind(row.try_get::<Option<Vec<u8>>, _>(n).map_err(fault)?)?,
        });
    }
    Ok(format!("({})", places.join(", ")))
}

async fn count(conn: &mut Conn, table: &str) -> Result<i64> {
    let sql = format!("select count(*) as n from \"{table}\"");
    sqlx::query(AssertSqlSafe(sql)).number(conn, "n").await
}

async fn run(conn: &mut Conn, sql: String) -> Result<()> {
    sqlx::query(AssertSqlSafe(sql)).run(conn).await
}
