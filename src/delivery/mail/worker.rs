//! The outbox worker: claims what is due, delivers it, writes down how it went. A crash between
//! sending and writing down sends a letter twice, with one Message-ID; nothing is ever lost.
use crate::delivery::mail::letter;
use crate::delivery::mail::transport::{MailTrouble, Transport};
use crate::desk::mint::Mint;
use crate::desk::{Desk, letters};
use crate::domain::time::Span;
use crate::domain::{Result, Time, delivery_failure};
use crate::store::outbox::{ClaimedLetter, DeliveryOutcome};
use crate::{clock, store};
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use tracing::Instrument as _;

/// How often the worker looks without being called.
const ROUND: Duration = Duration::from_secs(5);
/// Letters in one claim, delivered at the same time.
const BATCH: i64 = 8;
/// After so many tries a letter is a dead letter: with the delays below, after about a day and a
/// half.
pub const TRIES: i64 = 14;
const FIRST_DELAY: Span = Span::seconds(30);
const LONGEST_DELAY: Span = Span::hours(8);

pub struct Worker {
    pub desk: Desk,
    pub transport: Arc<Transport>,
    pub public_url: String,
}

impl Worker {
    /// Works until told to stop; what it holds then is finished first.
    pub async fn run(self, stop: CancellationToken) {
        while !stop.is_cancelled() {
            match self.round().await {
                Ok(n) if n > 0 => continue,
                Ok(_) => {}
                Err(e) => tracing::warn!(cause = %e, "the outbox could not be worked on"),
            }
            tokio::select! {
                () = stop.cancelled() => {}
                () = self.desk.db.bell.notified() => {}
                () = tokio::time::sleep(ROUND) => {}
            }
        }
    }

    /// Delivers what is due now, one batch; how many letters it was.
    pub async fn round(&self) -> Result<usize> {
        let mut tx = self.desk.db.begin().await?;
        let claimed = store::outbox::claim(&mut tx, clock::now(), BATCH).await?;
        if claimed.is_empty() {
            return Ok(0);
        }
        tx.commit().await?;
        let count = claimed.len();
        let mut running = tokio::task::JoinSet::new();
        for one in claimed {
            let (desk, transport, url) = (self.desk.clone(), self.transport.clone(), self.public_url.clone());
            let span = tracing::info_span!("letter", id = %one.id, attempt = one.attempts);
            running.spawn(async move { deliver(&desk, &transport, &url, one).await }.instrument(span));
        }
        while let Some(done) = running.join_next().await {
            match done {
                Ok(Ok(())) => {}
                Ok(Err(e)) => {
                    tracing::warn!(cause = %e, "a letter's outcome could not be written down; it will be \
                        tried again")
                }
                Err(e) => tracing::error!(cause = %e, "delivering a letter panicked"),
            }
        }
        Ok(count)
    }
}

async fn deliver(desk: &Desk, transport: &Transport, url: &str, mut claimed: ClaimedLetter) -> Result<()> {
    let outcome = if letters::prepare_letter(desk, &mut claimed, clock::now()).await? {
        attempt(desk, transport, url, &claimed).await
    } else {
        DeliveryOutcome::Dropped
    };
    metrics::counter!("anteroom_letters_total", "outcome" => outcome.word()).increment(1);
    let mut tx = desk.db.begin().await?;
    store::outbox::finish(&mut tx, &claimed, &outcome, clock::now()).await?;
    tx.commit().await
}

async fn attempt(desk: &Desk, transport: &Transport, url: &str, claimed: &ClaimedLetter) -> DeliveryOutcome {
    let rendered = letters::letter_secret(desk, claimed.sealed.as_deref())
        .and_then(|s| letter::render(&claimed.letter, claimed.language, url, s.as_deref()));
    let Ok(rendered) = rendered else {
        return DeliveryOutcome::Failed(delivery_failure::LETTER.into());
    };
    let now = clock::now();
    match transport
        .send(desk, &claimed.id, &claimed.to, &rendered, now)
        .await
    {
        Ok(()) => DeliveryOutcome::Sent,
        Err(MailTrouble::Final(why)) => DeliveryOutcome::Failed(why),
        Err(MailTrouble::Passing(why)) if claimed.attempts + 1 >= TRIES => DeliveryOutcome::Failed(why),
        Err(MailTrouble::Passing(why)) => {
            DeliveryOutcome::Deferred(why, clock::now() + delay(claimed.attempts, desk.mint))
        }
    }
}

/// How long to wait after the `attempts`-th failed try (from 0): doubling, with a fifth more or
/// less by chance, so that many letters do not come back in one moment.
pub fn delay(attempts: i64, mint: Mint) -> Span {
    let doubled = FIRST_DELAY
        .0
        .saturating_mul(1 << attempts.clamp(0, 20))
        .min(LONGEST_DELAY.0);
    let [chance] = mint.bytes::<1>();
    Span(doubled * (80 + i64::from(chance) * 40 / 255) / 100)
}

/// For tests of time: the instant after which a letter deferred now is surely due.
pub fn surely_due(now: Time) -> Time {
    now + LONGEST_DELAY + LONGEST_DELAY
}
