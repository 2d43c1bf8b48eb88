//! How tries end: done, put off with their lane, or given back.
use super::hold::{Hold, Stands};
use super::lanes::lock;
use crate::domain::delivery::DeliveryOutcome;
use crate::domain::ids::LetterId;
use crate::domain::{Result, Time};
use crate::store::db::Tx;
use crate::store::rows::Statement as _;

/// Writes down how a try ended, if this worker still holds the lease. Delivered letters lose their
/// secret; what is never shown or sent again is not kept.
pub async fn finish(tx: &mut Tx, hold: &Hold, outcome: &DeliveryOutcome, now: Time) -> Result<()> {
    finish_at(tx, hold, outcome, &Stands::default(), now).await
}

/// As [`finish`], with where a message stands now.
pub(super) async fn finish_at(
    tx: &mut Tx,
    hold: &Hold,
    outcome: &DeliveryOutcome,
    stands: &Stands,
    now: Time,
) -> Result<()> {
    let due = match outcome {
        DeliveryOutcome::Deferred(_, next) => *next,
        _ => now,
    };
    let state = outcome.state().as_str();
    let is_over = i64::from(state != "queued");
    let was_try = i64::from(!matches!(outcome, DeliveryOutcome::Paused(_)));
    let some = |text: &str| Some(text.to_owned()).filter(|t| !t.is_empty());
    match outcome {
        DeliveryOutcome::Deferred(..) => lock(tx, LANE_OF, hold.id.as_str()).await?,
        DeliveryOutcome::Paused(_) => lock(tx, "channel = $1", hold.channel.as_str()).await?,
        _ => {}
    }
    sqlx::query(
        "update deliveries set lease_until = 0, reason = $4, due_at = $5, message = coalesce($8, message), \
         place = coalesce($9, place), attempts = attempts - 1 + $7, \
         state = case when $6 = 0 and overtaken = 1 then 'overtaken' else $3 end, \
         ended_at = case when $6 = 0 and overtaken = 0 then null else $10 end, \
         sealed = case when $6 = 0 then sealed else null end, \
         job = case when $3 = 'sent' and (kind = 'arrival' or what in ('whisper', 'agent')) then '' \
         else job end where id = $1 and lease_until = $2 and state = 'queued'",
    )
    .bind(hold.id.as_str())
    .bind(hold.lease_until.0)
    .bind(state)
    .bind(outcome.reason().map(str::to_owned))
    .bind(due.0)
    .bind(is_over)
    .bind(was_try)
    .bind(some(&stands.message))
    .bind(some(&stands.channel))
    .bind(now.0)
    .run_once(tx)
    .await?;
    match outcome {
        DeliveryOutcome::Deferred(_, until) => hold_lane(tx, &hold.id, *until).await,
        DeliveryOutcome::Paused(why) => super::channels::pause(tx, hold, why, now).await,
        _ => Ok(()),
    }
}

/// What is in the lane of the delivery with this id.
pub(super) const LANE_OF: &str = "lane = (select lane from deliveries where id = $1)";

/// Nothing of a lane is due before its first: else each claim would look at all that waits behind
/// those that are put off.
async fn hold_lane(tx: &mut Tx, id: &LetterId, until: Time) -> Result<()> {
    sqlx::query(
        "update deliveries set due_at = $2 where state = 'queued' and due_at < $2 \
         and lane = (select lane from deliveries where id = $1 and state = 'queued')",
    )
    .bind(id.as_str())
    .bind(until.0)
    .run(tx)
    .await
}

/// Gives back what was not tried: it is due later, and this was no attempt.
pub async fn postpone(tx: &mut Tx, hold: &Hold, until: Time) -> Result<()> {
    lock(tx, LANE_OF, hold.id.as_str()).await?;
    sqlx::query(
        "update deliveries set lease_until = 0, due_at = $3, attempts = attempts - 1, \
         state = case when overtaken = 1 then 'overtaken' else state end, \
         ended_at = case when overtaken = 1 then $3 else ended_at end \
         where id = $1 and lease_until = $2 and state = 'queued'",
    )
    .bind(hold.id.as_str())
    .bind(hold.lease_until.0)
    .bind(until.0)
    .run_once(tx)
    .await?;
    hold_lane(tx, &hold.id, until).await
}
