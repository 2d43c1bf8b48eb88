//! The clock's work: expired requests, seals of the history, pruning. Each is safe to run by
//! several instances at once.
use crate::desk::Desk;
use crate::domain::request::Request;
use crate::domain::{Error, Result, Time};
use crate::store;
use crate::store::history::Window;

/// The name of the mark up to which all events are sealed.
const SEALED: &str = "sealed_through";
/// How far the mark stays behind the newest event: PostgreSQL numbers events before their
/// transactions end, so a smaller number may appear a little later.
const MARGIN: i64 = 5000;
/// How much of the history is looked at in one go, so that a long backlog is not gone through again
/// and again.
const WINDOW: i64 = 2 * MARGIN;

/// What a piece of the clock's work came to; nothing where it is Stale: another instance was
/// quicker, or somebody changed it just now, and the next round looks again.
pub(crate) fn unless_stale<T: Default>(done: Result<T>) -> Result<T> {
    if let Err(Error::Stale) = done {
        Ok(T::default())
    } else {
        done
    }
}

impl Desk {
    /// Settles requests whose life is over; how many. Reading is right without it: a request
    /// expires at its instant.
    pub async fn sweep_requests(&self, now: Time) -> Result<usize> {
        let due = store::requests::list_due(&mut *self.db.read().await?, now, 100).await?;
        let mut settled = 0;
        for request in due {
            settled += unless_stale(self.expire_one(request, now).await.map(|()| 1))?;
        }
        Ok(settled)
    }

    async fn expire_one(&self, request: Request, now: Time) -> Result<()> {
        let mut tx = self.db.begin().await?;
        self.expire(&mut tx, request, now).await?;
        tx.commit().await
    }

    /// Seals what the history holds unsealed; how many events. Up to a mark everything is sealed
    /// and is not looked at again.
    pub async fn seal_history(&self, now: Time) -> Result<usize> {
        let mut conn = self.db.read().await?;
        let mut mark = store::instance::find(&mut conn, SEALED)
            .await?
            .and_then(|m| m.parse().ok())
            .unwrap_or(0);
        let newest = store::history::newest(&mut conn).await?;
        let (window, chains) = loop {
            let window = Window {
                after: mark,
                through: mark + WINDOW,
            };
            let chains = store::history::list_unsealed_chains(&mut conn, window).await?;
            if !chains.is_empty() || window.through >= newest {
                break (window, chains);
            }
            mark = window.through.min(newest - MARGIN);
            let mut tx = self.db.begin().await?;
            store::instance::keep(&mut tx, SEALED, &mark.to_string()).await?;
            tx.commit().await?;
        };
        drop(conn);
        let mut sealed = 0;
        for chain in chains {
            sealed += unless_stale(self.seal_chain(&chain, window, now).await)?;
        }
        Ok(sealed)
    }

    async fn seal_chain(&self, chain: &str, window: Window, now: Time) -> Result<usize> {
        let mut tx = self.db.begin().await?;
        let sealed = store::history::seal(&mut tx, chain, window, now).await?;
        tx.commit().await?;
        Ok(sealed)
    }

    /// Throws away what has served its time.
    pub async fn prune(&self, now: Time) -> Result<u64> {
        let mut tx = self.db.begin().await?;
        let gone = store::prune::run(&mut tx, now).await?;
        tx.commit().await?;
        Ok(gone)
    }
}
