//! What platforms deliver: kept before it is answered, each thing once, and put off where it cannot
//! be worked on yet.
use crate::chat::arrived::{Arrived, Refused};
use crate::desk::Desk;
use crate::desk::faults::broken;
use crate::domain::connector::{ConnectorState, Platform};
use crate::domain::delivery::DeliveryOutcome;
use crate::domain::{Error, Result, Time, text};
use crate::store;
use crate::store::chat::connectors::Kept;
use crate::store::deliveries::arrivals::{Arrival, ClaimedArrival};

/// The connector whose webhook's address ends so.
#[tracing::instrument(name = "chat::arrivals::connector_of_hook", skip_all)]
pub async fn connector_of_hook(desk: &Desk, platform: Platform, hook: &str) -> Result<Kept> {
    let found = store::chat::connectors::find_by_hook(&mut *desk.db.read().await?, platform, hook).await?;
    found
        .filter(|k| k.connector.state == ConnectorState::Active)
        .ok_or(Error::NotFound)
}

/// Keeps what came by a webhook and was believed, before anybody is answered; how much of it is
/// new. That something came is noted also where it brings nothing, as a challenge does.
#[tracing::instrument(name = "chat::arrivals::keep_arrivals", skip_all)]
pub async fn keep_arrivals(desk: &Desk, kept: &Kept, arrived: &[Arrived], now: Time) -> Result<usize> {
    let was_noted = kept
        .health
        .last_event
        .is_some_and(|at| at >= now - store::chat::connectors::NOTED);
    if arrived.is_empty() && was_noted {
        return Ok(0);
    }
    let mut new = 0;
    let mut tx = desk.db.begin().await?;
    store::chat::connectors::note_event(&mut tx, &kept.organisation, &kept.connector.id, now).await?;
    for one in arrived {
        let text = serde_json::to_string(one).map_err(|_| broken())?;
        let (event, message, lane) = names(one);
        let (event, message, lane) = (kept_name(&event), kept_name(&message), known_as(&lane));
        let arrival = Arrival {
            event,
            message,
            lane,
            arrived: text,
        };
        let is_new = store::deliveries::arrivals::keep(
            &mut tx,
            &desk.mint.id(now),
            &kept.organisation,
            &kept.connector.id,
            &arrival,
            now,
        )
        .await?;
        new += usize::from(is_new);
    }
    tx.commit().await?;
    Ok(new)
}

/// Writes down why something was refused that came to a connector, for whoever sets it up; what
/// comes in quick succession costs nothing.
#[tracing::instrument(name = "chat::arrivals::note_refused", skip_all)]
pub async fn note_refused(desk: &Desk, kept: &Kept, refused: Refused, now: Time) -> Result<()> {
    let noted = kept.health.last_refused.as_ref();
    if noted.is_some_and(|(at, why)| why == refused.as_str() && *at >= now - store::chat::connectors::NOTED) {
        return Ok(());
    }
    let mut tx = desk.db.begin().await?;
    store::chat::connectors::note_refused(
        &mut tx,
        &kept.organisation,
        &kept.connector.id,
        refused.as_str(),
        now,
    )
    .await?;
    tx.commit().await
}

/// Whom to ask the platform about before this is worked on: somebody who is not known by a name
/// yet, and whose message may make a request.
#[tracing::instrument(name = "chat::arrivals::nameless", skip_all)]
pub async fn nameless(desk: &Desk, claimed: &ClaimedArrival, now: Time) -> Result<Option<(Kept, String)>> {
    let Ok(Arrived::Message(message)) = serde_json::from_str(&claimed.arrived) else {
        return Ok(None);
    };
    let (mut conn, person) = (desk.db.read().await?, known_as(&message.person));
    let kept = store::chat::connectors::find(&mut conn, &claimed.organisation, &claimed.connector).await?;
    if kept.connector.platform != Platform::Slack || !message.name.is_empty() || !kept.connector.onboarding {
        return Ok(None);
    }
    let contact =
        store::chat::contacts::find_by_person(&mut conn, &kept.organisation, &kept.connector.id, &person)
            .await?;
    let asks = contact.is_none_or(|c| c.name == c.person && c.may_ask(now));
    Ok(asks.then_some((kept, message.person)))
}

/// Puts off what could not be worked on until `next`; gives it up where there is none.
#[tracing::instrument(name = "chat::arrivals::put_off_arrival", skip_all)]
pub async fn put_off_arrival(
    desk: &Desk,
    claimed: &ClaimedArrival,
    why: &str,
    next: Option<Time>,
    now: Time,
) -> Result<DeliveryOutcome> {
    let outcome = next.map_or_else(
        || DeliveryOutcome::Failed(why.to_owned()),
        |at| DeliveryOutcome::Deferred(why.to_owned(), at),
    );
    let mut tx = desk.db.begin().await?;
    store::deliveries::outcomes::finish(&mut tx, &claimed.hold, &outcome, now).await?;
    tx.commit().await?;
    Ok(outcome)
}

/// The names of the delivery and of what it brings, by which each is taken once; and whose it is.
pub(crate) fn names(arrived: &Arrived) -> (String, String, String) {
    match arrived {
        Arrived::Message(m) => (m.event.clone(), m.key.clone(), m.person.clone()),
        Arrived::Press(p) => (p.event.clone(), format!("press:{}", p.event), p.person.clone()),
        Arrived::Renamed { event, former, .. } => (event.clone(), event.clone(), former.clone()),
        Arrived::Reach { event, person, .. } => (event.clone(), event.clone(), person.clone()),
        Arrived::Report(r) => {
            let name = format!(
                "report:{}:{}",
                r.message,
                if r.problem.is_empty() {
                    "delivered"
                } else {
                    "failed"
                }
            );
            (name.clone(), name.clone(), name)
        }
    }
}

/// An identity as it is stored.
pub(super) fn known_as(person: &str) -> String {
    text::visible(person, LABEL)
}

/// A name by which a delivery or a message is told from others, as it is stored. A long one by its
/// hash: PostgreSQL takes no key of any length.
pub(super) fn kept_name(name: &str) -> String {
    // PostgreSQL takes no text with a NUL either; what is made visible takes its place.
    let tame = text::visible(name, usize::MAX);
    if tame.len() <= LABEL {
        tame
    } else {
        format!("sha256:{}", crate::desk::mint::hash(&tame))
    }
}

/// The longest label or identity.
pub(crate) const LABEL: usize = 200;
