//! Chat at work: what came is worked on, and what is owed is sent to platforms and to
//! organisations' agents.
use crate::chat::sent::{Bases, Send, SendResult};
use crate::delivery::chat::pace::{Busy, Paces};
use crate::delivery::chat::texts;
use crate::delivery::hooks::provisioning::{self, Hooks};
use crate::delivery::mail::worker;
use crate::desk::faults::broken;
use crate::desk::requests::posts::Say;
use crate::desk::{self, Desk, requests};
use crate::domain::ids::ConnectorId;
use crate::domain::time::Span;
use crate::domain::{Result, Time, delivery_failure};
use crate::store::chat::arrivals::ClaimedArrival;
use crate::store::chat::connectors::Kept;
use crate::store::chat::sends::{Due, MessageKind, Way};
use crate::store::outbox::DeliveryOutcome;
use crate::{clock, store};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::{Mutex, Notify, RwLock};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tracing::Instrument as _;

const PATIENCE: Duration = Duration::from_secs(15);
const ROUND: Duration = Duration::from_secs(5);
/// What is worked on, and sent on each way, at the same time; and of that how much for one
/// connector is begun at once: however long its platform or its agent takes to answer, there is
/// room for the others.
const EVENTS: usize = 64;
const EVENTS_EACH: usize = 16;
const SENDS: usize = 256;
const SENDS_EACH: usize = 8;
/// After so many tries something is given up: with the worker's delays, after about a day and a
/// half.
const TRIES: i64 = 14;
/// How often a platform is asked for a name that it cannot tell just now, and how long after the
/// first time; each time twice as long.
const NAME_TRIES: i64 = 3;
const NAME_DELAY: Span = Span::seconds(5);

/// The way to the platforms. Cloning shares it.
#[derive(Clone)]
pub struct Platforms {
    pub(crate) client: reqwest::Client,
    pub bases: Arc<Bases>,
    /// Where links lead.
    pub(crate) public_url: Arc<str>,
    pub(crate) hooks: Hooks,
    /// The Bot Framework's keys, as far as they are known, and since when.
    pub keys: Arc<RwLock<Option<(crate::chat::teams_keys::TeamsKeys, Instant)>>>,
    /// When they were asked for last.
    pub(crate) keys_asked: Arc<Mutex<Option<Instant>>>,
    /// Access tokens of Teams connectors.
    pub(crate) tokens: Arc<Mutex<HashMap<ConnectorId, PlatformToken>>>,
    paces: Paces,
    started: Instant,
    /// Calls nobody, as if every platform took everything.
    pub(crate) pretends: bool,
}

/// An access token of a Teams connector.
#[derive(Clone)]
pub(crate) struct PlatformToken {
    /// The connector's version with whose credentials it was fetched.
    pub version: i64,
    pub text: String,
    /// Shortly before its end.
    pub until: Time,
}

impl Platforms {
    /// `public_url`: where links begin, from the configuration.
    pub fn new(bases: Bases, hooks: Hooks, public_url: &str) -> Result<Self> {
        Ok(Self {
            client: provisioning::built(provisioning::client(PATIENCE))?,
            bases: Arc::new(bases),
            public_url: public_url.into(),
            hooks,
            keys: Arc::default(),
            keys_asked: Arc::default(),
            tokens: Arc::default(),
            paces: Paces::default(),
            started: Instant::now(),
            pretends: false,
        })
    }

    /// For the demo, which sends nothing: platforms are not called, and seem to take everything.
    pub fn pretending(self) -> Self {
        Self {
            pretends: true,
            ..self
        }
    }

    /// The time since the start: unlike the clock's it is never set.
    fn runs(&self) -> Time {
        Time(i64::try_from(self.started.elapsed().as_millis()).unwrap_or(i64::MAX))
    }

    /// Works on what came until told to stop.
    pub async fn work(self, desk: Desk, stop: CancellationToken) {
        let (mut under_way, busy) = (JoinSet::new(), Busy::default());
        while !stop.is_cancelled() {
            let begun = self.begin_work(&desk, &mut under_way, &busy).await;
            rest(begun, &mut under_way, EVENTS, &desk.db.chat_bell, &stop).await;
        }
        under_way.join_all().await;
    }

    /// Sends one way until told to stop: a slow agent keeps no platform waiting.
    pub async fn send(self, desk: Desk, way: Way, stop: CancellationToken) {
        let bell = match way {
            Way::Agents => &desk.db.agent_bell,
            Way::People => &desk.db.people_bell,
            Way::Channels => &desk.db.channel_bell,
        };
        let (mut under_way, busy) = (JoinSet::new(), Busy::default());
        while !stop.is_cancelled() {
            if way == Way::Channels
                && let Err(e) = requests::posts::close_posts(&desk, clock::now()).await
            {
                tracing::warn!(cause = %e, "posts of decided requests could not be edited");
            }
            let begun = self.begin_sending(&desk, way, &mut under_way, &busy).await;
            rest(begun, &mut under_way, SENDS, bell, &stop).await;
        }
        under_way.join_all().await;
    }

    /// Works on what waits now, one batch, to its end; how much it was.
    pub async fn work_round(&self, desk: &Desk) -> Result<usize> {
        let mut under_way = JoinSet::new();
        let begun = self.begin_work(desk, &mut under_way, &Busy::default()).await?;
        under_way.join_all().await;
        Ok(begun)
    }

    /// Sends what is due now, one batch each way, to its end; how much it was.
    pub async fn send_round(&self, desk: &Desk) -> Result<usize> {
        let mut under_way = JoinSet::new();
        let mut begun = 0;
        for way in Way::ALL {
            begun += self
                .begin_sending(desk, way, &mut under_way, &Busy::default())
                .await?;
        }
        under_way.join_all().await;
        Ok(begun)
    }

    /// Begins to work on what waits now, as far as there is room; how much it is.
    async fn begin_work(&self, desk: &Desk, under_way: &mut JoinSet<()>, busy: &Busy) -> Result<usize> {
        let room = EVENTS.saturating_sub(under_way.len()).min(EVENTS_EACH);
        let mut tx = desk.db.begin().await?;
        let claimed =
            store::chat::arrivals::claim(&mut tx, clock::now(), room as i64, &busy.with(EVENTS_EACH)).await?;
        if claimed.is_empty() {
            return Ok(0);
        }
        tx.commit().await?;
        let begun = claimed.len();
        for one in claimed {
            let (platforms, desk, at_work) = (self.clone(), desk.clone(), busy.begin(&one.connector));
            let span = tracing::info_span!("arrival", id = %one.id, organisation = %one.organisation,
                connector = %one.connector, attempt = one.attempts);
            let worked = async move {
                let _at_work = at_work;
                let Err(e) = platforms.work_on(&desk, &one).await else {
                    return;
                };
                let now = clock::now();
                let next = (one.attempts + 1 < TRIES).then(|| now + worker::delay(one.attempts, desk.mint));
                tracing::warn!(cause = %e, "what came by chat could not be worked on");
                if let Err(e) = desk::chat::arrivals::put_off_arrival(&desk, &one, &e.key(), next, now).await
                {
                    tracing::warn!(cause = %e, "nor put off; it will be tried again");
                }
            };
            under_way.spawn(worked.instrument(span));
        }
        Ok(begun)
    }

    /// Begins to send what is due now, as far as there is room; how much it is.
    async fn begin_sending(
        &self,
        desk: &Desk,
        way: Way,
        under_way: &mut JoinSet<()>,
        busy: &Busy,
    ) -> Result<usize> {
        let room = SENDS.saturating_sub(under_way.len()).min(SENDS_EACH);
        let mut tx = desk.db.begin().await?;
        let due =
            store::chat::sends::claim_sends(&mut tx, way, clock::now(), room as i64, &busy.with(SENDS_EACH))
                .await?;
        if due.is_empty() {
            return Ok(0);
        }
        tx.commit().await?;
        let begun = due.len();
        for one in due {
            let (platforms, desk, at_work) = (self.clone(), desk.clone(), busy.begin(&one.connector));
            let span = tracing::info_span!("message", id = %one.id, organisation = %one.organisation,
                connector = %one.connector, attempt = one.attempts);
            let sent = async move {
                let _at_work = at_work;
                if let Err(e) = platforms.deliver(&desk, &one).await {
                    tracing::warn!(cause = %e, "a message's outcome could not be written down; it will \
                        be sent again");
                }
            };
            under_way.spawn(sent.instrument(span));
        }
        Ok(begun)
    }

    async fn work_on(&self, desk: &Desk, claimed: &ClaimedArrival) -> Result<()> {
        let now = clock::now();
        let name = match desk::chat::arrivals::nameless(desk, claimed, now).await? {
            Some((kept, person)) => {
                let (known, _) = desk::chat::connectors::knows(desk, &kept, now)?;
                match self.name_of(&kept, &known, &person).await {
                    Ok(name) => name,
                    Err(why) if claimed.attempts + 1 < NAME_TRIES => {
                        let next = clock::now() + Span(NAME_DELAY.0 << claimed.attempts.clamp(0, NAME_TRIES));
                        return desk::chat::arrivals::put_off_arrival(
                            desk,
                            claimed,
                            &why,
                            Some(next),
                            clock::now(),
                        )
                        .await;
                    }
                    Err(_) => None,
                }
            }
            None => None,
        };
        desk::chat::intake::work_on_arrival(desk, claimed, name.as_deref(), clock::now()).await
    }

    async fn deliver(&self, desk: &Desk, due: &Due) -> Result<()> {
        let Some((kept, contact)) = desk::chat::contacts::due_for(desk, due).await? else {
            return desk::chat::contacts::sent(desk, due, &DeliveryOutcome::Dropped, None, "", clock::now())
                .await;
        };
        let mut channel = String::new();
        let fate = if due.what == MessageKind::Agent {
            self.tell_agent(desk, &kept, due).await?
        } else if contact.as_ref().is_some_and(|c| c.has_opted_out()) {
            SendResult::Unreachable(delivery_failure::OPTED_OUT.into())
        } else {
            let Some(send) = self.worded(desk, &kept, due).await? else {
                return desk::chat::contacts::sent(
                    desk,
                    due,
                    &DeliveryOutcome::Dropped,
                    None,
                    "",
                    clock::now(),
                )
                .await;
            };
            if let Send::Post { channel: to, .. } | Send::Edit { channel: to, .. } = &send {
                channel.clone_from(to);
            }
            let (connector, chat) = (&kept.connector.id, send.chat().to_owned());
            match self.paces.take(connector, &chat, self.runs()) {
                Ok(wait) => tokio::time::sleep(Duration::from_millis(wait.0.unsigned_abs())).await,
                Err(wait) => return desk::chat::contacts::postpone(desk, due, clock::now() + wait).await,
            }
            let (known, _) = desk::chat::connectors::knows(desk, &kept, clock::now())?;
            let fate = self.tell_platform(&kept, &known, contact.as_ref(), send).await;
            if let SendResult::Later(_, Some(seconds)) = &fate {
                self.paces.pause(
                    connector,
                    &chat,
                    self.runs() + Span::seconds((*seconds).clamp(0, 3600)),
                );
            }
            fate
        };
        let now = clock::now();
        let later = |why: &str, after: Option<i64>| put_off(desk, due, why, after, now);
        let outcome = match &fate {
            SendResult::Sent(_) => DeliveryOutcome::Sent,
            SendResult::Later(why, after) => later(why, *after),
            SendResult::Never(why) | SendResult::Unreachable(why) => DeliveryOutcome::Failed(why.clone()),
            SendResult::Moved(to) => {
                desk::chat::connectors::move_channel(desk, &kept, &channel, to, now).await?;
                later(&fate.why(), None)
            }
            SendResult::TokenRefused => later(&fate.why(), None),
            SendResult::WindowOver => DeliveryOutcome::Failed(fate.why()),
        };
        desk::chat::contacts::sent(desk, due, &outcome, Some(&fate), &channel, now).await
    }

    /// What is to be sent, with its words; None: nothing any more.
    async fn worded(&self, desk: &Desk, kept: &Kept, due: &Due) -> Result<Option<Send>> {
        if !matches!(
            due.what,
            MessageKind::Post | MessageKind::Edit | MessageKind::Whisper
        ) {
            return serde_json::from_str(&due.send).map(Some).map_err(|_| broken());
        }
        let say: Say = serde_json::from_str(&due.send).map_err(|_| broken())?;
        if due.what == MessageKind::Whisper {
            return Ok(texts::whisper(&kept.connector, &say, &self.public_url));
        }
        let posted = requests::posts::posted(desk, due, kept, &say, clock::now()).await?;
        Ok(posted.map(|p| texts::post(&kept.connector, &say, &p, &self.public_url)))
    }
}

/// Something is sent later, or was tried often enough. `after`: the seconds for which the platform
/// wants to be left alone.
fn put_off(desk: &Desk, due: &Due, why: &str, after: Option<i64>, now: Time) -> DeliveryOutcome {
    if due.attempts + 1 >= TRIES {
        return DeliveryOutcome::Failed(why.to_owned());
    }
    // However soon the platform would have it: many tries in a few seconds are no more use than
    // one.
    let delay = worker::delay(due.attempts, desk.mint).max(Span::seconds(after.unwrap_or(0).clamp(0, 3600)));
    DeliveryOutcome::Deferred(why.to_owned(), now + delay)
}

/// Rests until told to stop, until the bell rings or something is finished, or a while; not at all
/// where something was begun and there is room for more.
async fn rest(
    begun: Result<usize>,
    under_way: &mut JoinSet<()>,
    most: usize,
    bell: &Notify,
    stop: &CancellationToken,
) {
    while under_way.try_join_next().is_some() {}
    match begun {
        Ok(n) if n > 0 && under_way.len() < most => return,
        Ok(_) => {}
        Err(e) => tracing::warn!(cause = %e, "what waits in chat could not be claimed"),
    }
    tokio::select! {
        () = stop.cancelled() => {}
        () = bell.notified() => {}
        Some(_) = under_way.join_next() => {}
        () = tokio::time::sleep(ROUND) => {}
    }
}
