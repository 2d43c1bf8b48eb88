//! Live pages: one server-sent stream for each open page. It says what changed and nothing more;
//! the page fetches what it may see. All instances learn of each other's changes by reading the
//! history past what they have read.
use crate::clock;
use crate::desk::{Actor, Desk, account, history};
use crate::domain::ids::OrganisationId;
use crate::domain::organisation::Slug;
use crate::domain::role::Permission;
use crate::domain::{Result, policy};
use crate::site::call::Call;
use crate::store::Kind;
use crate::store::history::Change;
use axum::response::sse::{Event, Sse};
use futures_util::Stream;
use futures_util::stream::unfold;
use std::collections::BTreeSet;
use std::convert::Infallible;
use std::time::Duration;
use tokio::sync::broadcast::{self, Receiver, Sender, error::RecvError};
use tokio_util::sync::CancellationToken;

/// How long a change of another instance may take to be seen here.
const ROUND: Duration = Duration::from_secs(1);
/// How often a quiet stream says that it is there, and its session is looked at.
const PULSE: Duration = Duration::from_secs(20);
/// Changes that a slow reader may lag behind; past that it is told to look at everything.
const BACKLOG: usize = 256;
/// Changes come in bursts; this long they are gathered.
const PAUSE: Duration = Duration::from_millis(50);
/// PostgreSQL numbers events before their transactions end, so one may appear below others that
/// were read already: so many are read again.
const OVERLAP: i64 = 200;

/// Where streams hear of changes.
#[derive(Clone)]
pub struct Hub(Sender<Change>);

impl Default for Hub {
    fn default() -> Self {
        Self(broadcast::channel(BACKLOG).0)
    }
}

/// What was read of the history.
struct Progress {
    newest: i64,
    /// The numbers in the overlap that were read.
    known: BTreeSet<i64>,
    overlap: i64,
}

impl Hub {
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

    async fn round(&self, desk: &Desk, progress: &mut Option<Progress>) -> Result<()> {
        let overlap = if desk.db.kind == Kind::Postgres {
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
            *progress = Some(Progress {
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

/// What a member hears.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reader {
    /// Everything that happens.
    OfRequests,
    /// Only that rights may have changed, not whose.
    OfRights,
}

/// Reads the history past what was read.
pub struct Watcher {
    hub: Hub,
    desk: Desk,
    progress: Option<Progress>,
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

struct Listener {
    changes: Receiver<Change>,
    desk: Desk,
    actor: Actor,
    slug: Slug,
    organisation: OrganisationId,
    stopping: CancellationToken,
}

/// The stream of one page. It ends when the server stops, and when the reader may no longer read.
pub fn stream(call: &Call) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>> + use<>>> {
    let (actor, member) = (call.actor()?.clone(), call.member()?.clone());
    let listener = Listener {
        changes: call.site.live.0.subscribe(),
        desk: call.desk().clone(),
        actor,
        slug: member.slug,
        organisation: member.organisation,
        stopping: call.site.stopping.clone(),
    };
    Ok(Sse::new(unfold(listener, next)))
}

async fn next(mut l: Listener) -> Option<(Result<Event, Infallible>, Listener)> {
    loop {
        let heard = tokio::select! {
            () = l.stopping.cancelled() => return None,
            heard = tokio::time::timeout(PULSE, l.changes.recv()) => match heard {
                Err(_) => None,
                Ok(Ok(change)) if change.organisation != l.organisation => continue,
                Ok(Ok(change)) => Some((change.what, change.object)),
                // Too far behind to say what: everything may have changed.
                Ok(Err(RecvError::Lagged(_))) => Some(Default::default()),
                Ok(Err(RecvError::Closed)) => return None,
            },
        };
        // What was ended or taken away since the stream began counts at once.
        let reader = l.reader().await?;
        let event = match heard {
            None => Event::default().comment("here"),
            Some((what, object)) if reader == Reader::OfRequests => told(&what, &object),
            Some((what, _)) if what.is_empty() || what.starts_with("role.") => told("", ""),
            Some(_) => continue,
        };
        return Some((Ok(event), l));
    }
}

fn told(what: &str, object: &str) -> Event {
    Event::default().data(serde_json::json!({ "what": what, "object": object }).to_string())
}

impl Listener {
    /// What the reader may hear now; None: nothing any more.
    async fn reader(&self) -> Option<Reader> {
        let now = clock::now();
        if !account::sessions::is_live(&self.desk, &self.actor, now)
            .await
            .ok()?
        {
            return None;
        }
        let member = account::memberships::membership(&self.desk, &self.actor, &self.slug)
            .await
            .ok()
            .filter(|m| m.open(now).is_ok())?;
        Some(if policy::permitted(&member, Permission::RequestsView).is_ok() {
            Reader::OfRequests
        } else {
            Reader::OfRights
        })
    }
}
