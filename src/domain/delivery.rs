//! Deliveries: what is owed to somebody outside or is still to be worked on, how one try ends, and
//! the channels on which it goes.
use super::Time;
use super::ids::{ConnectorId, ResourceId};
use super::time::Span;
use super::word_enum::word_enum;

word_enum! {
    /// What is delivered.
    JobKind { Letter = "letter", HookCall = "hook_call", Message = "message", Arrival = "arrival" }
}

word_enum! {
    /// How a delivery fares.
    DeliveryState {
        /// It waits for its first or its next try.
        Queued = "queued",
        Sent = "sent",
        /// It was given up; somebody may have it tried again.
        Failed = "failed",
        /// There was nobody to tell any more.
        Dropped = "dropped",
        /// Something newer about the same thing took its place.
        Overtaken = "overtaken",
    }
}

/// How a try ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DeliveryOutcome {
    Sent,
    /// To be tried again; why, and when.
    Deferred(String, Time),
    /// Never to be tried again by itself; what the other side says of this very thing.
    Failed(String),
    /// There is nobody to tell.
    Dropped,
    /// What it says is not true any more.
    Overtaken,
    /// The channel is in trouble, whatever is sent by it: this was no try. Why.
    Paused(String),
}

impl DeliveryOutcome {
    /// The outcome's word, for counters.
    pub fn word(&self) -> &'static str {
        match self {
            DeliveryOutcome::Sent => "sent",
            DeliveryOutcome::Deferred(..) => "deferred",
            DeliveryOutcome::Failed(_) => "failed",
            DeliveryOutcome::Dropped => "dropped",
            DeliveryOutcome::Overtaken => "overtaken",
            DeliveryOutcome::Paused(_) => "paused",
        }
    }

    /// What went wrong.
    pub fn reason(&self) -> Option<&str> {
        match self {
            DeliveryOutcome::Deferred(why, _)
            | DeliveryOutcome::Failed(why)
            | DeliveryOutcome::Paused(why) => Some(why),
            DeliveryOutcome::Sent | DeliveryOutcome::Dropped | DeliveryOutcome::Overtaken => None,
        }
    }

    /// Where the delivery stands after it.
    pub fn state(&self) -> DeliveryState {
        match self {
            DeliveryOutcome::Sent => DeliveryState::Sent,
            DeliveryOutcome::Deferred(..) | DeliveryOutcome::Paused(_) => DeliveryState::Queued,
            DeliveryOutcome::Failed(_) => DeliveryState::Failed,
            DeliveryOutcome::Dropped => DeliveryState::Dropped,
            DeliveryOutcome::Overtaken => DeliveryState::Overtaken,
        }
    }
}

/// The way by which deliveries go: what is in trouble together, and has its share of the work
/// together. As text: `mail`, or its word and the id of whose it is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Channel(String);

impl Channel {
    /// The mail server, which all organisations share.
    pub fn mail() -> Self {
        Self("mail".into())
    }
    /// A resource's provisioning hook.
    pub fn hook(resource: &ResourceId) -> Self {
        Self(format!("hook:{resource}"))
    }
    /// A connector's platform.
    pub fn platform(connector: &ConnectorId) -> Self {
        Self(format!("platform:{connector}"))
    }
    /// A connector's agent.
    pub fn agent(connector: &ConnectorId) -> Self {
        Self(format!("agent:{connector}"))
    }
    /// What comes by a connector.
    pub fn arrivals(connector: &ConnectorId) -> Self {
        Self(format!("arrivals:{connector}"))
    }
    pub fn as_str(&self) -> &str {
        &self.0
    }
    /// Its word, and the id of whose it is; empty for the mail server.
    pub fn parts(&self) -> (&str, &str) {
        self.0.split_once(':').unwrap_or((&self.0, ""))
    }
}

impl TryFrom<String> for Channel {
    type Error = super::Error;
    fn try_from(text: String) -> super::Result<Self> {
        let known = ["mail", "hook", "platform", "agent", "arrivals"];
        let channel = Self(text);
        if known.contains(&channel.parts().0) {
            Ok(channel)
        } else {
            Err(super::Error::Malformed)
        }
    }
}

impl std::fmt::Display for Channel {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// How long a worker may hold a delivery before another may try: longer than any try may take.
pub const LEASE: Span = Span::minutes(2);

/// How long a channel rests after its first failure, and at most; each time twice as long.
pub const FIRST_PAUSE: Span = Span::seconds(30);
pub const LONGEST_PAUSE: Span = Span::minutes(15);

/// How long something waits for a channel in trouble before it is given up, and told as what could
/// not be delivered: nobody should be surprised weeks later.
pub const LONGEST_WAIT: Span = Span::days(7);

/// How far ahead any instant of a delivery may lie; what lies further was written by a clock that
/// was wrong.
pub const FURTHEST: Span = Span::days(1);
