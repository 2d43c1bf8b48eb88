//! Deliveries as a whole: handing them to whoever delivers, the channels in trouble, and what people
//! see of both.
use crate::desk::history::About;
use crate::desk::{Actor, Desk, cut_to, history, rights};
use crate::domain::delivery::{Channel, DeliveryOutcome, DeliveryState, JobKind};
use crate::domain::event::What;
use crate::domain::ids::{LetterId, OrganisationId};
use crate::domain::member::Membership;
use crate::domain::role::Permission;
use crate::domain::{Error, Result, Time, delivery_failure, policy};
use crate::store::deliveries::channels::Trouble;
use crate::store::deliveries::fates::{ChannelCount, Fate, FateQuery};
use crate::store::deliveries::hold::Hold;
use crate::store::deliveries::queue::{Claimed, Room};
use crate::store::{self, Conn};
use std::collections::HashMap;

/// Claims what is due, and says which channels are in trouble.
#[tracing::instrument(name = "deliveries::claim", skip_all)]
pub async fn claim(desk: &Desk, room: &Room, now: Time) -> Result<(Vec<Claimed>, Vec<Channel>)> {
    let mut tx = desk.db.begin().await?;
    let due = store::deliveries::queue::claim(&mut tx, now, room).await?;
    if due.is_empty() {
        return Ok((due, vec![]));
    }
    let troubled = store::deliveries::channels::list_all(&mut tx).await?;
    tx.commit().await?;
    Ok((due, troubled.into_iter().map(|t| t.channel).collect()))
}

/// Writes down how a try ended of which nothing else is to be said.
#[tracing::instrument(name = "deliveries::finish", skip_all)]
pub async fn finish(desk: &Desk, hold: &Hold, outcome: &DeliveryOutcome, now: Time) -> Result<()> {
    let mut tx = desk.db.begin().await?;
    store::deliveries::outcomes::finish(&mut tx, hold, outcome, now).await?;
    tx.commit().await
}

/// Something got through: the channel's trouble is over, and what waits is due. Whether it was in
/// any.
#[tracing::instrument(name = "deliveries::channel_works", skip_all)]
pub async fn channel_works(desk: &Desk, channel: &Channel, now: Time) -> Result<bool> {
    let mut tx = desk.db.begin().await?;
    let was = store::deliveries::channels::resume(&mut tx, channel, now).await?;
    tx.commit().await?;
    Ok(was)
}

/// The clock's work: what a wrong clock put far ahead is brought back, and channels by which nothing
/// goes any more are in no trouble.
#[tracing::instrument(name = "deliveries::sweep", skip_all)]
pub async fn sweep(desk: &Desk, now: Time) -> Result<()> {
    let mut tx = desk.db.begin().await?;
    let brought_back = store::deliveries::queue::bring_back(&mut tx, now).await?;
    if brought_back > 0 {
        tracing::warn!(brought_back, "the clock was ahead: what it put off is due again");
    }
    let idle = store::deliveries::channels::forget_idle(&mut tx, now).await?;
    let troubled = store::deliveries::channels::list_all(&mut tx).await?;
    metrics::gauge!("anteroom_channels_in_trouble").set(troubled.len() as f64);
    if brought_back + idle > 0 {
        tx.commit().await?;
    }
    Ok(())
}

/// What somebody sees of their organisation's deliveries.
pub struct Deliveries {
    pub counts: Vec<ChannelCount>,
    pub troubled: Vec<Trouble>,
    pub listed: Vec<Fate>,
    /// After which one the next page begins.
    pub next: Option<LetterId>,
}

const PAGE: usize = 50;

/// What waits, was put off and was given up in the organisation, by channel. Whoever decides requests
/// sees all of it, whoever manages connectors what goes and comes by them.
#[tracing::instrument(name = "deliveries::list", skip_all)]
pub async fn list(
    desk: &Desk,
    member: &Membership,
    channel: Option<Channel>,
    state: Option<DeliveryState>,
    after: Option<LetterId>,
) -> Result<Deliveries> {
    let (org, kinds) = seen_by(member)?;
    let mut conn = desk.db.read().await?;
    let look = FateQuery {
        kinds: kinds.clone(),
        channel,
        state,
        after,
    };
    let mut listed = store::deliveries::fates::list(&mut conn, &org, &look, PAGE + 1).await?;
    let next = cut_to(&mut listed, PAGE).map(|fate| fate.id.clone());
    Ok(Deliveries {
        counts: store::deliveries::fates::count_by_channel(&mut conn, &org, &kinds).await?,
        troubled: list_troubled(&mut conn, &org, &kinds).await?,
        listed,
        next,
    })
}

/// The organisation whose deliveries a member may see, and of which kinds.
pub(crate) fn seen_by(member: &Membership) -> Result<(OrganisationId, Vec<JobKind>)> {
    if let Ok(permitted) = policy::permitted(member, Permission::RequestsDecide) {
        return Ok((permitted.organisation().clone(), JobKind::ALL.to_vec()));
    }
    let permitted = policy::permitted(member, Permission::ConnectorsManage)?;
    Ok((
        permitted.organisation().clone(),
        vec![JobKind::Message, JobKind::Arrival],
    ))
}

/// The channels in trouble that a member should know of; none for whoever may do nothing about it.
#[tracing::instrument(name = "deliveries::troubled", skip_all)]
pub async fn troubled(desk: &Desk, member: &Membership) -> Result<Vec<Trouble>> {
    let Ok((org, kinds)) = seen_by(member) else {
        return Ok(vec![]);
    };
    list_troubled(&mut *desk.db.read().await?, &org, &kinds).await
}

/// The organisation's channels in trouble by which these kinds go.
async fn list_troubled(conn: &mut Conn, org: &OrganisationId, kinds: &[JobKind]) -> Result<Vec<Trouble>> {
    let mut troubled = store::deliveries::channels::list(conn, org).await?;
    troubled.retain(|t| is_of(&t.channel, kinds));
    Ok(troubled)
}

/// Whether any of these kinds goes by the channel.
fn is_of(channel: &Channel, kinds: &[JobKind]) -> bool {
    kinds.contains(&JobKind::Letter) || matches!(channel.parts().0, "platform" | "agent" | "arrivals")
}

/// How deliveries stand in the whole instance, for whoever runs it: a line for each channel in
/// trouble, and one for each channel of each organisation where something waits or was given up.
pub struct Standing {
    pub troubled: Vec<Trouble>,
    pub counts: Vec<ChannelCount>,
}

impl std::fmt::Display for Standing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.troubled.is_empty() {
            writeln!(f, "no channel is in trouble")?;
        }
        for t in &self.troubled {
            let (reason, code) = delivery_failure::loggable(&t.reason);
            writeln!(
                f,
                "in trouble: {} since {}, next try {}: {reason} {code}",
                t.channel,
                t.since.utc().to_rfc3339(),
                t.paused_until.utc().to_rfc3339()
            )?;
        }
        for c in &self.counts {
            let of = c.organisation.as_ref().map_or("", |o| o.as_str());
            let (channel, waiting, deferred, failed) = (&c.channel, c.waiting, c.deferred, c.failed);
            writeln!(
                f,
                "{channel} {of}: {waiting} waiting, {deferred} deferred, {failed} failed"
            )?;
        }
        Ok(())
    }
}

/// How deliveries stand in the whole instance.
#[tracing::instrument(name = "deliveries::standing", skip_all)]
pub async fn standing(desk: &Desk) -> Result<Standing> {
    let mut conn = desk.db.read().await?;
    Ok(Standing {
        troubled: store::deliveries::channels::list_all(&mut conn).await?,
        counts: store::deliveries::fates::count_all(&mut conn).await?,
    })
}

/// What the resources and connectors of these channels are called, by their ids.
#[tracing::instrument(name = "deliveries::names", skip_all)]
pub async fn names(
    desk: &Desk,
    member: &Membership,
    channels: &[&Channel],
) -> Result<HashMap<String, String>> {
    let (org, _) = seen_by(member)?;
    let ids: Vec<&str> = channels.iter().map(|channel| channel.parts().1).collect();
    store::deliveries::channels::list_names(&mut *desk.db.read().await?, &org, &ids).await
}

/// Has all of the organisation's deliveries on a channel tried again now; how many were given up. A
/// channel of the organisation's own rests no longer.
#[tracing::instrument(name = "deliveries::try_all_again", skip_all)]
pub async fn try_all_again(
    desk: &Desk,
    actor: &Actor,
    member: &Membership,
    channel: &Channel,
) -> Result<u64> {
    let (org, kinds) = seen_by(member)?;
    if !is_of(channel, &kinds) {
        return Err(Error::Forbidden);
    }
    let mut tx = rights::begin_for(desk, actor, member).await?;
    let met = store::deliveries::fates::try_all_again(&mut tx, &org, channel, actor.now()).await?;
    let own = store::deliveries::channels::find(&mut tx, channel).await?;
    if own.is_some_and(|t| t.organisation.as_ref() == Some(&org)) {
        store::deliveries::channels::resume(&mut tx, channel, actor.now()).await?;
    }
    let about = About::Thing(&org, channel.parts().1);
    if met > 0 && !channel.parts().1.is_empty() {
        history::record(desk, &mut tx, actor, What::LetterTriedAgain, about, vec![]).await?;
    }
    tx.commit().await?;
    Ok(met)
}
