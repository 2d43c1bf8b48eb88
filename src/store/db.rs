//! Opening a database, and the two ways into it: [`Db::read`] for reading, [`Db::begin`] for a
//! guarded write.
use super::counts::{Gathered, Shelf};
use super::given_up::lasting;
use super::rows::fault;
use crate::config::StatementLimits;
use crate::domain::ids::OrganisationId;
use crate::domain::{Error, Result};
use crate::store::conn::Conn;
use sqlx::any::{AnyConnectOptions, AnyPoolOptions};
use sqlx::pool::PoolConnection;
use sqlx::{Any, AnyConnection, AnyPool, AssertSqlSafe, Connection as _, Row as _, Transaction};
use std::fs::OpenOptions;
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::str::FromStr as _;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;
use tokio::sync::Notify;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DatabaseKind {
    Sqlite,
    Postgres,
}

/// An open database. Cloning shares it.
#[derive(Clone)]
pub struct Db {
    pub kind: DatabaseKind,
    pub(super) pools: Arc<SharedPools>,
    /// PostgreSQL: the server, to connect to it anew.
    pub(super) server: Option<Arc<PostgresServer>>,
    /// SQLite: a connection that nobody uses, so that there always is one, and with it its log.
    keeper: Arc<Mutex<Option<AnyConnection>>>,
    /// SQLite: where the file was when it was opened.
    place: Option<Arc<FilePlace>>,
    /// Rung when something was owed, so that whoever delivers need not wait for the next round.
    pub bell: Arc<Notify>,
    /// Rung at every commit, for live pages.
    pub changed: Arc<Notify>,
    waiting: Arc<AtomicUsize>,
    pub(super) settled: Arc<AtomicU64>,
}

/// The connections there are.
#[derive(Clone)]
pub(super) struct Pools {
    pub read: AnyPool,
    /// SQLite: exactly one connection, so writers queue here and never meet a busy file.
    /// PostgreSQL: the same pool as `read`.
    pub write: AnyPool,
}

/// The same, which are replaced all at once when they are given up.
pub(super) struct SharedPools(RwLock<Pools>);

impl SharedPools {
    fn now(&self) -> Pools {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Puts others in their place; those of before.
    pub(super) fn replace(&self, others: Pools) -> Pools {
        let mut now = self.0.write().unwrap_or_else(PoisonError::into_inner);
        std::mem::replace(&mut now, others)
    }
}

/// A PostgreSQL server, and how to connect to it anew.
pub(super) struct PostgresServer {
    pub options: AnyConnectOptions,
    pub pool: AnyPoolOptions,
    /// As [`ServerStanding`], when it was last looked at.
    pub standing: AtomicU8,
}

/// How a server stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ServerStanding {
    Writes = 0,
    OnlyReads = 1,
    Gone = 2,
}

/// Somebody who waits for a turn to write.
pub(super) struct Waits(Arc<AtomicUsize>);

impl Waits {
    pub(super) fn of(waiting: &Arc<AtomicUsize>) -> Self {
        waiting.fetch_add(1, Ordering::Relaxed);
        Self(waiting.clone())
    }
}

impl Drop for Waits {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// The oldest SQLite without the WAL-reset corruption (sqlite.org/wal.html, fixed in 3.51.3).
const SQLITE_OLDEST: (u32, u32, u32) = (3, 51, 3);
const READERS: u32 = 4;
const POSTGRES_CONNECTIONS: u32 = 16;
const WAIT: Duration = Duration::from_secs(5);
/// How long a transaction on PostgreSQL may wait for its own server, which may have gone away.
const IDLE: Duration = Duration::from_secs(60);
/// How long a connection that was not used is trusted to be there still.
const TRUSTED: Duration = Duration::from_secs(2);

impl Db {
    /// Opens (and creates, for this user alone) the SQLite file at `path`: WAL, full sync, foreign
    /// keys.
    pub async fn open_sqlite(path: &Path) -> Result<Db> {
        Self::open_sqlite_with(path, StatementLimits::default()).await
    }

    /// As [`Db::open_sqlite`]. Of the limits, the one for locks holds.
    pub async fn open_sqlite_with(path: &Path, limits: StatementLimits) -> Result<Db> {
        sqlx::any::install_default_drivers();
        // SQLite gives its log and its index the rights of the file itself.
        make_private(path).map_err(out_of_reach)?;
        let options = AnyConnectOptions::from_str(&sqlite_url(path)).map_err(fault)?;
        let write = let_go_of_stuck(sqlite_pool(limits))
            .max_connections(1)
            .acquire_timeout(limits.lock)
            .connect_with(options.clone())
            .await
            .map_err(fault)?;
        require_safe_sqlite(&write).await?;
        let read = sqlite_pool(limits)
            .max_connections(READERS)
            .connect_with(options.clone())
            .await
            .map_err(fault)?;
        let mut keeper = AnyConnection::connect_with(&options).await.map_err(fault)?;
        // It holds the file and its log once it has looked into them.
        sqlx::query("select count(*) from sqlite_master")
            .execute(&mut keeper)
            .await
            .map_err(fault)?;
        let place = FilePlace::of(path).map_err(out_of_reach)?;
        Ok(Db {
            place: Some(Arc::new(place)),
            keeper: Arc::new(Mutex::new(Some(keeper))),
            ..Self::of(DatabaseKind::Sqlite, read, write)
        })
    }

    /// Connects to PostgreSQL at `url`.
    pub async fn open_postgres(url: &str) -> Result<Db> {
        Self::open_postgres_with(url, StatementLimits::default()).await
    }

    /// As [`Db::open_postgres`].
    pub async fn open_postgres_with(url: &str, limits: StatementLimits) -> Result<Db> {
        sqlx::any::install_default_drivers();
        let options = AnyConnectOptions::from_str(url).map_err(fault)?;
        let pool = AnyPoolOptions::new()
            .max_connections(POSTGRES_CONNECTIONS)
            .acquire_timeout(WAIT);
        let pool = pool.after_connect(move |conn, _| {
            Box::pin(async move {
                for (name, limit) in [
                    ("statement_timeout", limits.run),
                    ("lock_timeout", limits.lock),
                    ("idle_in_transaction_session_timeout", IDLE),
                ] {
                    sqlx::query("select set_config($1, $2, false)")
                        .bind(name)
                        .bind(limit.as_millis().to_string())
                        .execute(&mut *conn)
                        .await?;
                }
                // To compile a short statement takes longer than to run it.
                let quick = sqlx::query("select set_config('jit', 'off', false)");
                quick.execute(&mut *conn).await.map(drop)
            })
        });
        // A connection that was used a moment ago is not tried again before it is used: each trial
        // is a way to the server and back.
        let pool = pool.test_before_acquire(false).before_acquire(|conn, used| {
            Box::pin(async move {
                if used.idle_for < TRUSTED {
                    Ok(true)
                } else {
                    conn.ping().await.map(|()| true)
                }
            })
        });
        let server = Arc::new(PostgresServer {
            options: options.clone(),
            pool: pool.clone(),
            standing: AtomicU8::new(ServerStanding::Writes as u8),
        });
        let pool = pool.connect_with(options).await.map_err(fault)?;
        Ok(Db {
            server: Some(server),
            ..Self::of(DatabaseKind::Postgres, pool.clone(), pool)
        })
    }

    fn of(kind: DatabaseKind, read: AnyPool, write: AnyPool) -> Db {
        let bell = Arc::default;
        Db {
            kind,
            pools: Arc::new(SharedPools(RwLock::new(Pools { read, write }))),
            server: None,
            place: None,
            keeper: Arc::default(),
            bell: bell(),
            changed: bell(),
            waiting: Arc::default(),
            settled: Arc::default(),
        }
    }

    /// How many wait at this moment for their turn to write: for the writer of the file, or for
    /// those who change an organisation's members.
    pub fn waiting(&self) -> usize {
        self.waiting.load(Ordering::Relaxed)
    }

    /// A connection for reading.
    pub async fn read(&self) -> Result<PoolConnection<Any>> {
        let conn = self.pools.now().read.acquire().await;
        self.require_place()?;
        conn.map_err(fault)
    }

    /// A transaction that may write. On SQLite it holds the one writer from its first statement on
    /// (`begin immediate`), so what it reads stays true until it commits. Group commit would be
    /// built here and in [`Tx::commit`], and nowhere else.
    pub async fn begin(&self) -> Result<Tx> {
        let waits = Waits::of(&self.waiting);
        let pool = self.pools.now().write;
        let inner = match self.kind {
            DatabaseKind::Sqlite => pool.begin_with("begin immediate").await,
            DatabaseKind::Postgres => lasting(pool.begin()).await,
        };
        // What is written to a file that is gone is lost with the last connection.
        self.require_place()?;
        drop(waits);
        let (bell, changed, waiting) = (self.bell.clone(), self.changed.clone(), self.waiting.clone());
        inner
            .map(|inner| Tx {
                inner,
                kind: self.kind,
                bell,
                changed,
                waiting,
                owes: false,
                holds_members: false,
                counts: Gathered::new(),
            })
            .map_err(fault)
    }

    /// Unavailable if the SQLite file that was opened, or its log, is no more where it was.
    pub(super) fn require_place(&self) -> Result<()> {
        if self.place.as_ref().is_none_or(|place| place.holds()) {
            return Ok(());
        }
        tracing::error!(
            "the database's file, or its log, was deleted or replaced while it is served: nothing is read \
             or written any more; stop, put it back or restore a backup, and start again"
        );
        Err(Error::Unavailable)
    }

    /// A transaction that only reads and sees the database as it is now, however long it takes: no
    /// limit of statements holds for it.
    pub async fn snapshot(&self) -> Result<Transaction<'static, Any>> {
        let pool = self.pools.now().read;
        match self.kind {
            DatabaseKind::Sqlite => pool.begin_with("begin").await.map_err(fault),
            DatabaseKind::Postgres => {
                let begin = "begin isolation level repeatable read read only";
                let mut seen = pool.begin_with(begin).await.map_err(fault)?;
                sqlx::query("set local statement_timeout = 0")
                    .execute(&mut *seen)
                    .await
                    .map_err(fault)?;
                Ok(seen)
            }
        }
    }

    /// Closes all connections; SQLite's log is folded into the file.
    pub async fn close(&self) {
        let keeper = self.keeper.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(keeper) = keeper {
            let _ = keeper.close().await;
        }
        let Pools { read, write } = self.pools.now();
        read.close().await;
        write.close().await;
    }

    /// Runs statements outside a transaction on the writer: migrations, `vacuum into`.
    pub(super) async fn writer(&self) -> Result<PoolConnection<Any>> {
        self.pools.now().write.acquire().await.map_err(fault)
    }
}

/// An open transaction. Dropped without [`Tx::commit`], it never happened.
pub struct Tx {
    inner: Transaction<'static, Any>,
    pub(super) kind: DatabaseKind,
    bell: Arc<Notify>,
    changed: Arc<Notify>,
    pub(super) waiting: Arc<AtomicUsize>,
    /// A delivery was owed in it: who delivers is woken once it is committed.
    pub(super) owes: bool,
    /// It shares the turn of who changes members with others.
    pub(super) holds_members: bool,
    /// What it adds to the numbers of requests.
    pub(super) counts: Gathered,
}

impl Tx {
    /// Has PostgreSQL read the beginning of an index where the first rows by its order are wanted, and
    /// not all to sort them: it counted what waits when nothing did. SQLite goes by the indexes alone.
    pub(super) async fn read_in_order(&mut self) -> Result<()> {
        match self.kind {
            DatabaseKind::Sqlite => Ok(()),
            DatabaseKind::Postgres => sqlx::query("set local enable_sort = off")
                .execute(&mut **self)
                .await
                .map(drop)
                .map_err(fault),
        }
    }

    /// Adds to the number of an organisation's requests of one kind; written at the commit.
    pub(super) fn count(&mut self, org: &OrganisationId, shelf: Shelf, more: i64) {
        *self.counts.entry((org.clone(), shelf)).or_default() += more;
    }

    pub async fn commit(mut self) -> Result<()> {
        let gathered = std::mem::take(&mut self.counts);
        super::counts::write(&mut self.inner, gathered).await?;
        lasting(self.inner.commit()).await.map_err(fault)?;
        self.changed.notify_one();
        if self.owes {
            self.bell.notify_one();
        }
        Ok(())
    }
}

impl std::ops::Deref for Tx {
    type Target = Conn;
    fn deref(&self) -> &Conn {
        &self.inner
    }
}

impl std::ops::DerefMut for Tx {
    fn deref_mut(&mut self) -> &mut Conn {
        &mut self.inner
    }
}

/// What tells a file from any other: its device and its number there.
type Inode = (u64, u64);

fn inode(path: &Path) -> std::io::Result<Inode> {
    path.metadata().map(|file| (file.dev(), file.ino()))
}

/// A file as it was found under its path.
struct FilePlace {
    path: PathBuf,
    /// SQLite's log; None where it keeps none.
    log: Option<(PathBuf, Inode)>,
    inode: Inode,
    /// It or its log was seen to be gone: what was opened since may be another one.
    lost: AtomicBool,
}

impl FilePlace {
    fn of(path: &Path) -> std::io::Result<Self> {
        let log = PathBuf::from(format!("{}-wal", path.canonicalize()?.display()));
        Ok(Self {
            path: path.to_owned(),
            log: inode(&log).ok().map(|inode| (log, inode)),
            inode: inode(path)?,
            lost: AtomicBool::new(false),
        })
    }

    /// Whether the same file is there still, and always was, and the same log: a connection that is
    /// opened where that is gone makes another one. SQLite removes it with the last connection.
    fn holds(&self) -> bool {
        let same = |path: &Path, was: Inode| inode(path).is_ok_and(|is| is == was);
        let there =
            same(&self.path, self.inode) && self.log.as_ref().is_none_or(|(log, was)| same(log, *was));
        if !there {
            self.lost.store(true, Ordering::Relaxed);
        }
        !self.lost.load(Ordering::Relaxed)
    }
}

/// Makes an empty file that only this user may read, if nothing is there yet.
pub fn make_private(path: &Path) -> std::io::Result<()> {
    let made = OpenOptions::new()
        .create_new(true)
        .write(true)
        .mode(0o600)
        .open(path);
    match made {
        Err(e) if e.kind() != std::io::ErrorKind::AlreadyExists => Err(e),
        // Where a link leads nowhere yet, the file is made at its end.
        Err(_) if !path.exists() => {
            let mut open = OpenOptions::new();
            open.create(true).truncate(false).write(true).mode(0o600);
            open.open(path).map(drop)
        }
        _ => Ok(()),
    }
}

fn out_of_reach(e: std::io::Error) -> Error {
    tracing::error!(cause = %e, "the database's file cannot be opened");
    Error::Unavailable
}

/// The URL of a file: characters with a meaning in URLs are escaped.
fn sqlite_url(path: &Path) -> String {
    let mut url = String::from("sqlite://");
    for c in path.to_string_lossy().chars() {
        match c {
            '%' => url.push_str("%25"),
            '?' => url.push_str("%3F"),
            '#' => url.push_str("%23"),
            ' ' => url.push_str("%20"),
            c => url.push(c),
        }
    }
    // It was made with the rights that it is to have; one that is gone must not come back empty.
    url + "?mode=rw"
}

/// Throws away connections that come back stuck: when the disk is full SQLite itself rolls back,
/// and the driver would believe the transaction open for ever.
fn let_go_of_stuck(pool: AnyPoolOptions) -> AnyPoolOptions {
    pool.after_release(|conn, _| {
        Box::pin(async move {
            conn.ping().await?;
            Ok(!conn.is_in_transaction())
        })
    })
}

/// A pool whose connections have their pragmas. A file does not hang up: no connection is tried
/// before it is used.
fn sqlite_pool(limits: StatementLimits) -> AnyPoolOptions {
    let pool = AnyPoolOptions::new()
        .acquire_timeout(WAIT)
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false);
    let busy = format!("pragma busy_timeout = {}", limits.lock.as_millis());
    pool.after_connect(move |conn, _| {
        let busy = busy.clone();
        Box::pin(async move {
            sqlx::query(AssertSqlSafe(busy)).execute(&mut *conn).await?;
            for pragma in [
                "pragma journal_mode = wal",
                "pragma synchronous = full",
                "pragma foreign_keys = on",
            ] {
                sqlx::query(pragma).execute(&mut *conn).await?;
            }
            Ok(())
        })
    })
}

async fn require_safe_sqlite(pool: &AnyPool) -> Result<()> {
    let row = sqlx::query("select sqlite_version() as version")
        .fetch_one(pool)
        .await
        .map_err(fault)?;
    let version: String = row.try_get("version").map_err(fault)?;
    let mut parts = version.split('.').map(|p| p.parse::<u32>().unwrap_or(0));
    let mut next = || parts.next().unwrap_or(0);
    if (next(), next(), next()) < SQLITE_OLDEST {
        tracing::error!(
            version,
            "this SQLite can corrupt its log; 3.51.3 or newer is needed"
        );
        return Err(Error::Unavailable);
    }
    Ok(())
}
