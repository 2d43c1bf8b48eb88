//! The one loop: claims what is due, delivers it, writes down how it went. Every try has an end,
//! and nobody waits for another's.
use crate::clock;
use crate::delivery::busy::{BATCH, Busy};
use crate::delivery::chat::workers::Platforms;
use crate::delivery::hooks::provisioning::Hooks;
use crate::delivery::mail::letters::Post;
use crate::delivery::tries;
use crate::desk::{Desk, deliveries, requests};
use crate::domain::delivery::{Channel, DeliveryOutcome, JobKind};
use crate::domain::{Result, delivery_failure};
use crate::store::deliveries::hold::Hold;
use crate::store::deliveries::queue::Claimed;
use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tracing::Instrument as _;

/// [`Deliverers::rest`], unless it is told otherwise.
const REST: Duration = Duration::from_secs(5);
/// What is under way when the server stops has so long to end.
const GRACE: Duration = Duration::from_secs(12);

/// How long one try may take in all, whatever its steps allow themselves: less than a lease.
const fn patience(kind: JobKind) -> Duration {
    Duration::from_secs(match kind {
        JobKind::Letter => 100,
        JobKind::HookCall => 30,
        JobKind::Message | JobKind::Arrival => 90,
    })
}

/// Whoever delivers. Cloning shares it.
#[derive(Clone)]
pub struct Deliverers {
    pub desk: Desk,
    /// None: no mail server is configured, and letters wait.
    pub post: Option<Post>,
    pub hooks: Hooks,
    pub platforms: Platforms,
    /// How long the queue is not looked at where nobody calls.
    pub rest: Duration,
    busy: Busy,
    /// Channels that are known to be in trouble.
    troubled: Arc<Mutex<HashSet<Channel>>>,
}

impl Deliverers {
    pub fn new(desk: Desk, post: Option<Post>, hooks: Hooks, platforms: Platforms) -> Self {
        Self {
            desk,
            post,
            hooks,
            platforms,
            rest: REST,
            busy: Busy::default(),
            troubled: Arc::default(),
        }
    }

    /// Delivers until told to stop; what is under way then may end, for a while.
    pub async fn run(self, stop: CancellationToken) {
        let mut under_way = JoinSet::new();
        while !stop.is_cancelled() {
            // What ended is counted out before the queue is looked at, never after it: the room that it
            // leaves is seen, or it ends the rest.
            while under_way.try_join_next().is_some() {}
            match self.begin(&self.kinds(), &mut under_way).await {
                // There may be more; of less than it could take, nothing is left.
                Ok(BATCH) => continue,
                Ok(_) => {}
                Err(e) => tracing::warn!(cause = %e, "what is due could not be claimed"),
            }
            self.close_posts().await;
            tokio::select! {
                () = stop.cancelled() => {}
                () = self.desk.db.bell.notified() => {}
                Some(_) = under_way.join_next() => {}
                () = tokio::time::sleep(self.rest) => {}
            }
        }
        let ended = async { while under_way.join_next().await.is_some() {} };
        if tokio::time::timeout(GRACE, ended).await.is_err() {
            tracing::warn!("some deliveries took too long to end; they are tried again");
        }
    }

    /// Owes the edits of posts whose requests were decided; the bell rings for them.
    async fn close_posts(&self) {
        if let Err(e) = requests::posts::close_posts(&self.desk, clock::now()).await {
            tracing::warn!(cause = %e, "posts of decided requests could not be edited");
        }
    }

    /// Delivers what is due now of these kinds, one claim, to its end; how much it was.
    pub async fn round(&self, kinds: &[JobKind]) -> Result<usize> {
        let mut under_way = JoinSet::new();
        let begun = self.begin(kinds, &mut under_way).await?;
        under_way.join_all().await;
        Ok(begun)
    }

    /// What can be delivered here.
    fn kinds(&self) -> Vec<JobKind> {
        let can = |kind: &JobKind| *kind != JobKind::Letter || self.post.is_some();
        JobKind::ALL.into_iter().filter(can).collect()
    }

    /// Begins to deliver what is due now, as far as there is room; how much it is.
    async fn begin(&self, kinds: &[JobKind], under_way: &mut JoinSet<()>) -> Result<usize> {
        let Some(room) = self.busy.room(kinds) else {
            return Ok(0);
        };
        let (due, troubled) = deliveries::claim(&self.desk, &room, clock::now()).await?;
        let begun = due.len();
        if begun > 0 {
            *self.troubled() = troubled.into_iter().collect();
        }
        for job in due {
            let (deliverers, at_work, span) = (self.clone(), self.busy.begin(job.hold()), span(&job));
            let delivered = async move {
                let _at_work = at_work;
                deliverers.deliver(job).await;
            };
            under_way.spawn(delivered.instrument(span));
        }
        Ok(begun)
    }

    /// Tries once, within its time, and writes down how it went.
    async fn deliver(&self, job: Claimed) {
        let hold = job.hold().clone();
        let tried = tokio::time::timeout(patience(hold.kind), self.attempt(job)).await;
        let outcome = match tried {
            Ok(Ok(outcome)) => Ok(outcome),
            Ok(Err(e)) => {
                tracing::warn!(cause = %e, "a delivery went wrong here; it is tried again");
                self.put_off(&hold, &e.key()).await
            }
            Err(_) => self.put_off(&hold, delivery_failure::NO_ANSWER).await,
        };
        match outcome {
            Ok(outcome) => self.note(&hold, &outcome).await,
            Err(e) => {
                tracing::warn!(cause = %e, "how a delivery went could not be written down; it is tried again")
            }
        }
    }

    async fn attempt(&self, job: Claimed) -> Result<DeliveryOutcome> {
        let desk = &self.desk;
        match job {
            Claimed::Letter(letter) => match &self.post {
                Some(post) => post.deliver(desk, *letter).await,
                None => Ok(DeliveryOutcome::Paused(delivery_failure::MAIL_UNREACHABLE.into())),
            },
            Claimed::HookCall(call) => self.hooks.deliver(desk, *call).await,
            Claimed::Message(due) => self.platforms.deliver(desk, &due).await,
            Claimed::Arrival(arrival) => self.platforms.work_on(desk, &arrival).await,
        }
    }

    /// What went wrong here, or took too long, is tried again as anything else is.
    async fn put_off(&self, hold: &Hold, why: &str) -> Result<DeliveryOutcome> {
        let now = clock::now();
        let outcome = tries::again(hold, tries::MOST, why.to_owned(), self.desk.mint, now);
        deliveries::finish(&self.desk, hold, &outcome, now).await?;
        Ok(outcome)
    }

    fn troubled(&self) -> MutexGuard<'_, HashSet<Channel>> {
        self.troubled.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Says that a channel is in trouble, where that is news.
    fn warn(&self, hold: &Hold, why: &str) {
        if self.troubled().insert(hold.channel.clone()) {
            let (reason, code) = delivery_failure::loggable(why);
            tracing::warn!(channel = %hold.channel, reason, code,
                "a channel is in trouble: what goes by it waits, and is tried again and again");
        }
    }

    /// Counts it, and says once when a channel gets into trouble and once when it is out of it.
    async fn note(&self, hold: &Hold, outcome: &DeliveryOutcome) {
        let (kind, word) = (hold.kind.as_str(), outcome.word());
        metrics::counter!("anteroom_deliveries_total", "kind" => kind, "outcome" => word).increment(1);
        match outcome {
            DeliveryOutcome::Paused(why) => self.warn(hold, why),
            DeliveryOutcome::Sent => {
                if !self.troubled().remove(&hold.channel) {
                    return;
                }
                match deliveries::channel_works(&self.desk, &hold.channel, clock::now()).await {
                    Ok(true) => tracing::info!(channel = %hold.channel, "a channel is out of its trouble"),
                    Ok(false) => {}
                    Err(e) => {
                        tracing::warn!(cause = %e, "a channel's end of trouble could not be written down")
                    }
                }
            }
            _ => {}
        }
    }
}

fn span(job: &Claimed) -> tracing::Span {
    let hold = job.hold();
    let organisation = hold.organisation.as_ref().map(tracing::field::display);
    let (id, attempt) = (&hold.id, hold.attempts);
    match job {
        Claimed::Letter(_) => tracing::info_span!("letter", %id, organisation, attempt),
        Claimed::HookCall(_) => tracing::info_span!("hook_call", %id, organisation, attempt),
        Claimed::Message(due) => {
            tracing::info_span!("message", %id, organisation, connector = %due.connector, attempt)
        }
        Claimed::Arrival(arrival) => {
            tracing::info_span!("arrival", %id, organisation, connector = %arrival.connector, attempt)
        }
    }
}
