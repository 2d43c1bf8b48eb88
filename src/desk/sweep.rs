//! The clock's work: expired requests, seals of the history, pruning. Each is safe to run by several instances at once.
use super::Desk;
use crate::domain::{Error, Result, Time};
use crate::store;

impl Desk {
    /// Settles requests whose life is over; how many. Reading is right without it: a request expires at its instant.
    pub async fn sweep_requests(&self, now: Time) -> Result<usize> {
        let due = store::requests::list_due(&mut *self.db.read().await?, now, 100).await?;
        let mut settled = 0;
        for request in due {
            let mut tx = self.db.begin().await?;
            match self.expire(&mut tx, request, now).await {
                Ok(()) => {
                    tx.commit().await?;
                    settled += 1;
                }
                Err(Error::Stale) => {}
                Err(e) => return Err(e),
            }
        }
        Ok(settled)
    }

    /// Seals what the history holds unsealed; how many events.
    pub async fn seal_history(&self, now: Time) -> Result<usize> {
        let chains = store::history::list_unsealed_chains(&mut *self.db.read().await?).await?;
        let mut sealed = 0;
        for chain in chains {
            let mut tx = self.db.begin().await?;
            match store::history::seal(&mut tx, &chain, now).await {
                Ok(n) => {
                    tx.commit().await?;
                    sealed += n;
                }
                Err(Error::Stale) => {}
                Err(e) => return Err(e),
            }
        }
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
