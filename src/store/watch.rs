//! Whether the database can be written just now, looked at from beside the pool. Behind a failover
//! connections can lead to a server that only reads, or that is gone and says nothing: those are
//! given up, and what is under way on them ends.
use super::conn::Conn;
use super::db::{Db, Pools, PostgresServer, ServerStanding};
use super::given_up::{give_up, has_met_a_reader, troubles};
use super::rows::{Columns as _, Statement as _};
use crate::domain::{Error, Result};
use sqlx::{AnyConnection, Connection as _};
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How often the server is looked at.
const BEAT: Duration = Duration::from_secs(2);
/// A server that takes longer to answer is gone, or as good as gone.
const PATIENCE: Duration = Duration::from_secs(5);
/// A change that is tried and takes longer than this was not taken.
const MOMENT: Duration = Duration::from_secs(1);
/// So long connections that were given up may take to close.
const CLOSING: Duration = Duration::from_secs(10);

impl PostgresServer {
    fn stands(&self, now: ServerStanding) {
        let before = self.standing.swap(now as u8, Ordering::Relaxed);
        match now {
            _ if before == now as u8 => {}
            ServerStanding::Writes => tracing::info!("the database can be written again"),
            ServerStanding::OnlyReads => {
                tracing::warn!("the database can be read and not written: changes fail")
            }
            ServerStanding::Gone => tracing::warn!("the database does not answer"),
        }
    }

    /// Looks at the server, by a connection of before or a new one.
    async fn look(&self, before: Option<AnyConnection>) -> Option<(ServerStanding, AnyConnection)> {
        let looked = async {
            let mut conn = match before {
                Some(conn) => conn,
                None => AnyConnection::connect_with(&self.options).await.ok()?,
            };
            let standing = match writes(&mut conn).await.ok()? {
                true => ServerStanding::Writes,
                false => ServerStanding::OnlyReads,
            };
            Some((standing, conn))
        };
        tokio::time::timeout(PATIENCE, looked).await.ok()?
    }
}

/// Whether PostgreSQL takes changes on this connection.
pub(super) async fn writes(conn: &mut Conn) -> Result<bool> {
    let read_only = sqlx::query("select current_setting('transaction_read_only') as it")
        .find(conn, |row| row.text("it"))
        .await?;
    Ok(read_only.is_some_and(|it| it == "off"))
}

impl Db {
    /// Unavailable if the database could not be written when it was last looked at.
    pub(super) fn require_standing(&self) -> Result<()> {
        match &self.server {
            Some(server) if server.standing.load(Ordering::Relaxed) != ServerStanding::Writes as u8 => {
                Err(Error::Unavailable)
            }
            _ => Ok(()),
        }
    }

    /// Where something failed since changes were taken: whether they are taken again. Unavailable if not.
    pub(super) async fn settle_doubts(&self, change: impl AsyncFnOnce() -> Result<()>) -> Result<()> {
        let troubles = troubles();
        if self.settled.load(Ordering::Relaxed) == troubles {
            return Ok(());
        }
        let changed = tokio::time::timeout(MOMENT, change()).await;
        changed.map_err(|_| Error::Unavailable)??;
        self.settled.store(troubles, Ordering::Relaxed);
        Ok(())
    }

    /// Looks after the connections to PostgreSQL until told to stop. A server that does not answer, or
    /// only reads, is looked for anew at each beat; once it stands otherwise, all connections of before
    /// are given up.
    pub async fn watch(&self, stop: CancellationToken) {
        let Some(server) = &self.server else { return };
        let (mut own, mut stood) = (None, ServerStanding::Writes);
        loop {
            // Whoever is gone may be elsewhere by now: that is looked at without waiting, once.
            let was_known = own.is_some();
            let met_a_reader = has_met_a_reader();
            let looked = server.look(own.take().filter(|_| !met_a_reader)).await;
            let (stands, conn) = match looked {
                Some((stands, conn)) => (stands, Some(conn)),
                None => (ServerStanding::Gone, None),
            };
            let is_another = stands != stood || (met_a_reader && stands == ServerStanding::Writes);
            if is_another && stands != ServerStanding::Gone {
                self.give_up_connections(server);
            }
            server.stands(stands);
            stood = stands;
            own = conn.filter(|_| stands == ServerStanding::Writes);
            if stands == ServerStanding::Gone && was_known {
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
        give_up();
        tokio::spawn(tokio::time::timeout(CLOSING, async move {
            former.write.close().await
        }));
    }
}
