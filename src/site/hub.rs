//! Where open pages hear of changes. Each instance learns of the others' by reading on in the
//! history.
use crate::desk::{Desk, history};
use crate::domain::Result;
use crate::store::DatabaseKind;
use crate::store::history::OrganisationChange;
use std::collections::BTreeSet;
use std::time::Duration;
use tokio::sync::broadcast::{self, Receiver, Sender};
use tokio_util::sync::CancellationToken;

/// How long a change of another instance may take to be seen here.
const ROUND: Duration = Duration::from_secs(1);
/// Changes that a slow reader may lag behind; past that it is told to look at everything.
const BACKLOG: usize = 256;
/// Changes come in bursts; this long they are gathered.
const PAUSE: Duration = Duration::from_millis(50);
/// PostgreSQL numbers events before their transactions end, so one may appear below others that
/// were read already: so many are read again.
const OVERLAP: i64 = 200;

/// Where streams hear of changes.
#[derive(Clone)]
pub struct Hub(Sender<OrganisationChange>);

impl Default for Hub {
    fn default() -> Self {
        Self(broadcast::channel(BACKLOG).0)
    }
}

/// What was read of the history.
struct HubProgress {
    newest: i64,
    /// The numbers in the overlap that were read.
    known: BTreeSet<i64>,
    overlap: i64,
}

impl Hub {
    /// What happens from now on.
    pub fn listen(&self) -> Receiver<OrganisationChange> {
        self.0.subscribe()
    }

    /// Begins to watch the history: what happens from now on will be told.
    pub async fn watch(self, desk: Desk) -> Watcher {
        let mut watcher = Watcher {
            hub: self,
            desk,
            progress: None,
        };
        watcher.round().await;
        watcher
    }

    async fn round(&self, desk: &Desk, progress: &mut Option<HubProgress>) -> Result<()> {
        let overlap = if desk.db.kind == DatabaseKind::Postgres {
            OVERLAP
        } else {
            0
        };
        let Some(p) = progress else {
            let newest = history::newest_change(desk).await?;
            let known = history::changes_after(desk, newest - overlap)
                .await?
                .iter()
                .map(|c| c.seq)
                .collect();
            *progress = Some(HubProgress {
                newest,
                known,
                overlap,
            });
            return Ok(());
        };
        for change in history::changes_after(desk, p.newest - p.overlap).await? {
            if p.known.insert(change.seq) {
                p.newest = p.newest.max(change.seq);
                // Nobody listening is no trouble.
                let _ = self.0.send(change);
            }
        }
        p.known = p.known.split_off(&(p.newest - p.overlap));
        Ok(())
    }
}

/// Reads the history past what was read.
pub struct Watcher {
    hub: Hub,
    desk: Desk,
    progress: Option<HubProgress>,
}

impl Watcher {
    /// Reads until told to stop.
    pub async fn run(mut self, stop: CancellationToken) {
        while !stop.is_cancelled() {
            tokio::select! {
                () = stop.cancelled() => {}
                () = self.desk.db.changed.notified() => tokio::time::sleep(PAUSE).await,
                () = tokio::time::sleep(ROUND) => {}
            }
            self.round().await;
        }
    }

    async fn round(&mut self) {
        if let Err(e) = self.hub.round(&self.desk, &mut self.progress).await {
            tracing::warn!(cause = %e, "changes could not be read; open pages hear of them later");
        }
    }
}
