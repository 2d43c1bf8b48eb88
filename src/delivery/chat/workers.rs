//! Chat at work: what came is worked on, and what is owed is sent to platforms and to
//! organisations' agents.
use crate::chat::sent::{Bases, Send, SendResult};
use crate::clock;
use crate::delivery::chat::pace::Paces;
use crate::delivery::chat::texts;
use crate::delivery::hooks::provisioning::{self, Hooks};
use crate::delivery::tries;
use crate::desk::faults::broken;
use crate::desk::requests::posts::Say;
use crate::desk::{self, Desk, requests};
use crate::domain::delivery::DeliveryOutcome;
use crate::domain::ids::ConnectorId;
use crate::domain::time::Span;
use crate::domain::{Result, Time, delivery_failure};
use crate::store::chat::connectors::Kept;
use crate::store::deliveries::arrivals::ClaimedArrival;
use crate::store::deliveries::messages::{Due, MessageKind};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::{Mutex, RwLock};

const PATIENCE: Duration = Duration::from_secs(15);
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
            client: provisioning::built(provisioning::client(PATIENCE)?)?,
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

    /// Works on something that came, and writes down how that went.
    pub(crate) async fn work_on(&self, desk: &Desk, claimed: &ClaimedArrival) -> Result<DeliveryOutcome> {
        let attempts = claimed.hold.attempts;
        let now = clock::now();
        let name = match desk::chat::arrivals::nameless(desk, claimed, now).await? {
            Some((kept, person)) => {
                let (known, _) = desk::chat::connectors::knows(desk, &kept, now)?;
                match self.name_of(&kept, &known, &person).await {
                    Ok(name) => name,
                    Err(why) if attempts + 1 < NAME_TRIES => {
                        let next = clock::now() + Span(NAME_DELAY.0 << attempts.clamp(0, NAME_TRIES));
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

    /// Sends a message and writes down how that went.
    pub(crate) async fn deliver(&self, desk: &Desk, due: &Due) -> Result<DeliveryOutcome> {
        let dropped = |outcome: DeliveryOutcome| async move {
            desk::chat::contacts::sent(desk, due, &outcome, None, "", clock::now()).await?;
            Ok(outcome)
        };
        if due.hold.is_too_late(clock::now()) {
            return dropped(DeliveryOutcome::Failed(delivery_failure::TOO_LATE.into())).await;
        }
        let Some((kept, contact)) = desk::chat::contacts::due_for(desk, due).await? else {
            return dropped(DeliveryOutcome::Dropped).await;
        };
        let mut channel = String::new();
        let fate = if due.what == MessageKind::Agent {
            self.tell_agent(desk, &kept, due).await?
        } else if contact.as_ref().is_some_and(|c| c.has_opted_out()) {
            SendResult::Unreachable(delivery_failure::OPTED_OUT.into())
        } else {
            let Some(send) = self.worded(desk, &kept, due).await? else {
                return dropped(DeliveryOutcome::Dropped).await;
            };
            if let Send::Post { channel: to, .. } | Send::Edit { channel: to, .. } = &send {
                channel.clone_from(to);
            }
            let (connector, chat) = (&kept.connector.id, send.chat().to_owned());
            match self.paces.take(connector, &chat, self.runs()) {
                Ok(wait) => tokio::time::sleep(Duration::from_millis(wait.0.unsigned_abs())).await,
                Err(wait) => {
                    let until = clock::now() + wait;
                    desk::chat::contacts::postpone(desk, due, until).await?;
                    return Ok(DeliveryOutcome::Deferred(String::new(), until));
                }
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
            SendResult::Channel(_) | SendResult::TokenRefused => DeliveryOutcome::Paused(fate.why()),
            SendResult::WindowOver => DeliveryOutcome::Failed(fate.why()),
        };
        desk::chat::contacts::sent(desk, due, &outcome, Some(&fate), &channel, now).await?;
        Ok(outcome)
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
    // However soon the platform would have it: many tries in a few seconds are no more use than
    // one.
    let after = Span::seconds(after.unwrap_or(0).clamp(0, 3600));
    tries::again_after(&due.hold, tries::MOST, why.to_owned(), after, desk.mint, now)
}
