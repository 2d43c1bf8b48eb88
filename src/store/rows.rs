//! Running statements, binding their values, and reading columns into values. An impossible row is
//! an error with its cause in the log, never a default.
use crate::domain::time::Span;
use crate::domain::{Error, Result, Time, text};
use crate::store::conn::Conn;
use crate::store::given_up::{doubt_writing, lasting, met_a_reader};
use sqlx::any::AnyArguments;
pub use sqlx::any::AnyRow as Row;
use sqlx::query::Query;
use sqlx::{Any, Arguments as _, Encode, Row as _, Type};

/// What may be asked of a statement whose values are bound. Failures are told as [`fault`] does.
pub trait Statement: Sized {
    /// All rows.
    async fn list<T>(self, conn: &mut Conn, read: impl Fn(&Row) -> Result<T>) -> Result<Vec<T>>;
    /// The row, if there is one.
    async fn find<T>(self, conn: &mut Conn, read: impl Fn(&Row) -> Result<T>) -> Result<Option<T>>;
    /// The number in the column `name` of the only row.
    async fn number(self, conn: &mut Conn, name: &str) -> Result<i64>;
    /// Writes; how many rows it met.
    async fn affected(self, conn: &mut Conn) -> Result<u64>;
    /// Writes as [`Statement::affected`]; a value that a unique index already holds is answered
    /// with `taken`.
    async fn unless_taken(self, conn: &mut Conn, taken: Error) -> Result<u64>;
    /// Writes a new row; a value that a unique index already holds is answered with `taken`.
    async fn insert(self, conn: &mut Conn, taken: Error) -> Result<()> {
        self.unless_taken(conn, taken).await.map(|_| ())
    }
    /// Writes whatever it meets, be it nothing.
    async fn run(self, conn: &mut Conn) -> Result<()> {
        self.affected(conn).await.map(|_| ())
    }
    /// A guarded write: it must meet exactly the row that was read. No row says that somebody was
    /// quicker: Stale.
    async fn run_once(self, conn: &mut Conn) -> Result<()> {
        if self.affected(conn).await? == 1 {
            Ok(())
        } else {
            Err(Error::Stale)
        }
    }
}

impl Statement for Query<'_, Any, AnyArguments> {
    async fn list<T>(self, conn: &mut Conn, read: impl Fn(&Row) -> Result<T>) -> Result<Vec<T>> {
        lasting(self.fetch_all(conn))
            .await
            .map_err(fault)?
            .iter()
            .map(read)
            .collect()
    }
    async fn find<T>(self, conn: &mut Conn, read: impl Fn(&Row) -> Result<T>) -> Result<Option<T>> {
        lasting(self.fetch_optional(conn))
            .await
            .map_err(fault)?
            .as_ref()
            .map(read)
            .transpose()
    }
    async fn number(self, conn: &mut Conn, name: &str) -> Result<i64> {
        lasting(self.fetch_one(conn)).await.map_err(fault)?.number(name)
    }
    async fn affected(self, conn: &mut Conn) -> Result<u64> {
        lasting(self.execute(conn))
            .await
            .map(|done| done.rows_affected())
            .map_err(fault)
    }
    async fn unless_taken(self, conn: &mut Conn, taken: Error) -> Result<u64> {
        let done = lasting(self.execute(conn)).await;
        done.map(|done| done.rows_affected())
            .map_err(|e| if is_taken(&e) { taken } else { fault(e) })
    }
}

/// What went wrong below, as people may know it; the cause goes to the log.
pub fn fault(e: sqlx::Error) -> Error {
    // PostgreSQL takes no NUL in a text: whoever sent one sent something that is no text.
    if matches!(&e, sqlx::Error::Database(db) if db.code().as_deref() == Some("22021")) {
        return Error::Malformed;
    }
    if unavailable(&e) {
        doubt_writing();
        tracing::warn!(cause = %e, "the database does not answer");
        Error::Unavailable
    } else {
        tracing::error!(cause = %e, "a statement failed");
        Error::Internal
    }
}

/// Busy, full, unreachable: worth another try later, in words that say so.
fn unavailable(e: &sqlx::Error) -> bool {
    match e {
        sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::WorkerCrashed => true,
        // SQLite: 5 busy, 6 locked, 10 I/O, 13 full, 14 cannot open, 8 read-only; PostgreSQL:
        // classes 08, 40, 53 and 57, of each all codes; 25006, a server that only reads.
        sqlx::Error::Database(db) => db.code().is_some_and(|code| {
            let sqlite = code
                .parse::<i64>()
                .is_ok_and(|n| code.len() < 5 && matches!(n & 0xff, 5 | 6 | 8 | 10 | 13 | 14));
            let only_reads = code == "25006";
            if only_reads {
                met_a_reader();
            }
            // A lock that another holds too long, and a transaction that was left waiting.
            let waited = ["55P03", "25P03"].contains(&&*code);
            let class = code
                .get(..2)
                .is_some_and(|class| ["08", "53", "57", "40"].contains(&class));
            let postgres = only_reads || waited || class;
            sqlite || (code.len() == 5 && postgres)
        }),
        _ => false,
    }
}

/// True if the statement failed because a unique index already holds the value.
fn is_taken(e: &sqlx::Error) -> bool {
    matches!(e, sqlx::Error::Database(db) if db.is_unique_violation())
}

/// The values of a statement that is put together from parts: binding one gives its placeholder.
#[derive(Default)]
pub struct Bindings(pub AnyArguments);

impl Bindings {
    pub fn bind<T: for<'q> Encode<'q, Any> + Type<Any>>(&mut self, value: T) -> Result<String> {
        self.0.add(value).map_err(|e| fault(sqlx::Error::Encode(e)))?;
        Ok(format!("${}", self.0.len()))
    }

    /// Binds the [`text::words`] of a search, each as [`Bindings::begins_with`].
    pub fn beginnings(&mut self, search: &str) -> Result<Vec<(String, String)>> {
        text::words(search)
            .iter()
            .map(|word| self.begins_with(word))
            .collect()
    }

    /// Binds a folded word: the placeholders between which terms lie that begin with it.
    pub fn begins_with(&mut self, word: &str) -> Result<(String, String)> {
        Ok((
            self.bind(word.to_owned())?,
            self.bind(format!("{word}\u{10ffff}"))?,
        ))
    }

    /// Binds texts for an `in (…)`, which holds at least one that nothing equals.
    pub fn list<T: ToString>(&mut self, values: impl IntoIterator<Item = T>) -> Result<String> {
        let mut list = String::from("''");
        for value in values {
            list += ", ";
            list += &self.bind(value.to_string())?;
        }
        Ok(list)
    }
}

/// What is written into a column.
pub enum Cell {
    Text(Option<String>),
    Number(Option<i64>),
}

impl Bindings {
    /// Binds what is written into a column.
    pub fn cell(&mut self, cell: Cell) -> Result<String> {
        match cell {
            Cell::Text(text) => self.bind(text),
            Cell::Number(number) => self.bind(number),
        }
    }
}

/// A value as it is written.
pub trait Written {
    fn cell(&self) -> Cell;
}

impl Written for str {
    fn cell(&self) -> Cell {
        Cell::Text(Some(self.to_owned()))
    }
}
impl Written for String {
    fn cell(&self) -> Cell {
        self.as_str().cell()
    }
}
impl Written for i64 {
    fn cell(&self) -> Cell {
        Cell::Number(Some(*self))
    }
}
impl Written for bool {
    fn cell(&self) -> Cell {
        i64::from(*self).cell()
    }
}
impl Written for Span {
    fn cell(&self) -> Cell {
        self.0.cell()
    }
}
impl Written for Option<Span> {
    fn cell(&self) -> Cell {
        Cell::Number(self.map(|span| span.0))
    }
}
impl Written for Option<Time> {
    fn cell(&self) -> Cell {
        Cell::Number(self.map(|time| time.0))
    }
}
impl Written for Option<&str> {
    fn cell(&self) -> Cell {
        Cell::Text(self.map(str::to_owned))
    }
}

pub trait Columns {
    fn text(&self, name: &str) -> Result<String>;
    fn maybe_text(&self, name: &str) -> Result<Option<String>>;
    fn number(&self, name: &str) -> Result<i64>;
    fn maybe_number(&self, name: &str) -> Result<Option<i64>>;
    fn time(&self, name: &str) -> Result<Time> {
        self.number(name).map(Time)
    }
    fn maybe_time(&self, name: &str) -> Result<Option<Time>> {
        Ok(self.maybe_number(name)?.map(Time))
    }
    fn flag(&self, name: &str) -> Result<bool> {
        Ok(self.number(name)? != 0)
    }
    /// An id or another text with a shape of its own.
    fn parsed<T: TryFrom<String>>(&self, name: &str) -> Result<T> {
        T::try_from(self.text(name)?).map_err(|_| impossible(name))
    }
    fn maybe_parsed<T: TryFrom<String>>(&self, name: &str) -> Result<Option<T>> {
        self.maybe_text(name)?
            .map(|t| T::try_from(t).map_err(|_| impossible(name)))
            .transpose()
    }
}

impl Columns for Row {
    fn text(&self, name: &str) -> Result<String> {
        self.try_get(name).map_err(fault)
    }
    fn maybe_text(&self, name: &str) -> Result<Option<String>> {
        self.try_get(name).map_err(fault)
    }
    fn number(&self, name: &str) -> Result<i64> {
        self.try_get(name).map_err(fault)
    }
    fn maybe_number(&self, name: &str) -> Result<Option<i64>> {
        self.try_get(name).map_err(fault)
    }
}

/// A pattern for `like .. escape '!'` that finds texts with this part.
pub fn containing(part: &str) -> String {
    let escaped: String = part
        .chars()
        .flat_map(|c| {
            if matches!(c, '%' | '_' | '!') {
                vec!['!', c]
            } else {
                vec![c]
            }
        })
        .collect();
    format!("%{escaped}%")
}

/// A stored value that no code of this version could have written, or one that cannot be written.
pub fn impossible(what: &str) -> Error {
    tracing::error!(what, "a stored row makes no sense");
    Error::Internal
}
