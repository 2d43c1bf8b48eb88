//! Whether the database can be written just now, looked at from beside the pool. Behind a failover
//! connections can lead to a server that only reads, or that is gone and says nothing: those are
//! given up, and what is under way on them ends.
use super::conn::Conn;
use super::db::{Db, Pools};
use super::rows::{Columns as _, Statement as _};
use crate::domain::{Error, Result};
use sqlx::any::{AnyConnectOptions, AnyPoolOptions};
use sqlx::{AnyConnection, Connection as _};
use std::future::Future;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::time::Duration;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// How often the server is looked at.
const BEAT: Duration = Duration::from_secs(2);
/// A server that takes longer to answer is gone, or as good as gone.
const PATIENCE: Duration = Duration::from_secs(5);
/// So long connections that were given up may take to close.
const CLOSING: Duration = Duration::from_secs(10);

/// Told when connections are given up. One for the process: a statement knows its connection alone,
/// and a server has one database.
static GIVEN_UP: LazyLock<watch::Sender<()>> = LazyLock::new(|| watch::channel(()).0);
/// A write met a server that only reads.
static MET_A_READER: AtomicBool = AtomicBool::new(false);

/// Waits for a statement, but not on a connection that is given up meanwhile.
pub(super) async fn lasting<T>(statement: impl Future<Output = sqlx::Result<T>>) -> sqlx::Result<T> {
    let mut given_up = GIVEN_UP.subscribe();
    tokio::select! {
        biased;
        done = statement => done,
        _ = given_up.changed() => Err(sqlx::Error::Io(std::io::ErrorKind::TimedOut.into())),
    }
}

/// Notes that a write was refused because the server only reads.
pub(super) fn met_a_reader() {
    MET_A_READER.store(true, Ordering::Relaxed);
}

/// A PostgreSQL server, and how to connect to it anew.
pub(super) struct PostgresServer {
    pub options: AnyConnectOptions,
    pub pool: AnyPoolOptions,
    standing: AtomicU8,
}

/// How the server stood when it was last looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Standing {
    Writes = 0,
    OnlyReads = 1,
    Gone = 2,
}

impl PostgresServer {
    pub(super) fn new(options: AnyConnectOptions, pool: AnyPoolOptions) -> Self {
        Self {
            options,
            pool,
            standing: AtomicU8::new(Standing::Writes as u8),
        }
    }

    fn stands(&self, now: Standing) {
        let before = self.standing.swap(now as u8, Ordering::Relaxed);
        match now {
            _ if before == now as u8 => {}
            Standing::Writes => tracing::info!("the database can be written again"),
            Standing::OnlyReads => tracing::warn!("the database can be read and not written: changes fail"),
            Standing::Gone => tracing::warn!("the database does not answer"),
        }
    }

    /// Looks at the server, by a connection of before or a new one.
    async fn look(&self, before: Option<AnyConnection>) -> Option<(Standing, AnyConnection)> {
        let looked = async {
            let mut conn = match before {
                Some(conn) => conn,
                None => AnyConnection::connect_with(&self.options).await.ok()?,
            };
            let standing = match require_writable(&mut conn).await {
                Ok(()) => Standing::Writes,
                Err(Error::Unavailable) => Standing::OnlyReads,
                Err(_) => return None,
            };
            Some((standing, conn))
        };
        tokio::time::timeout(PATIENCE, looked).await.ok()?
    }
}

/// Unavailable where PostgreSQL takes no changes on this connection.
pub(super) async fn require_writable(conn: &mut Conn) -> Result<()> {
    let read_only = sqlx::query("select current_setting('transaction_read_only') as it")
        .find(conn, |row| row.text("it"))
        .await;
    match read_only {
        Ok(Some(it)) if it == "off" => Ok(()),
        Ok(_) => Err(Error::Unavailable),
        Err(_) => Err(Error::Internal),
    }
}

impl Db {
    /// Unavailable if the database could not be written when it was last looked at.
    pub(super) fn require_standing(&self) -> Result<()> {
        match &self.server {
            Some(server) if server.standing.load(Ordering::Relaxed) != Standing::Writes as u8 => {
                Err(Error::Unavailable)
            }
            _ => Ok(()),
        }
    }

    /// Looks after the connections to PostgreSQL until told to stop. A server that does not answer, or
    /// only reads, is looked for anew at each beat; once it stands otherwise, all connections of before
    /// are given up.
    pub async fn watch(&self, stop: CancellationToken) {
        let Some(server) = &self.server else { return };
        let (mut own, mut stood) = (None, Standing::Writes);
        loop {
            // Whoever is gone may be elsewhere by now: that is looked at without waiting, once.
            let was_known = own.is_some();
            let met_a_reader = MET_A_READER.swap(false, Ordering::Relaxed);
            let looked = server.look(own.take().filter(|_| !met_a_reader)).await;
            let (stands, conn) = match looked {
                Some((stands, conn)) => (stands, Some(conn)),
                None => (Standing::Gone, None),
            };
            let is_another = stands != stood || (met_a_reader && stands == Standing::Writes);
            if is_another && stands != Standing::Gone {
                self.give_up_connections(server);
            }
            server.stands(stands);
            stood = stands;
            own = conn.filter(|_| stands == Standing::Writes);
            if stands == Standing::Gone && was_known {
                continue;
            }
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(BEAT) => {}
            }
        }
    }

    /// Begins with new connections; those of before close on their own time, or never.
    fn give_up_connections(&self, server: &PostgresServer) {
        let fresh = server.pool.clone().connect_lazy_with(server.options.clone());
        let former = self.pools.replace(Pools {
            read: fresh.clone(),
            write: fresh,
        });
        GIVEN_UP.send_replace(());
        MET_A_READER.store(false, Ordering::Relaxed);
        tokio::spawn(tokio::time::timeout(CLOSING, async move {
            former.write.close().await
        }));
    }
}
