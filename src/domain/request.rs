//! Requests: somebody asks for something; what may happen to it, and when.
use super::account::{Email, Language};
use super::ids::{AccountId, InvitationId, OrganisationId, RequestId};
use super::invitation::Invitation;
use super::linking::Origin;
use super::organisation::Organisation;
use super::policy::{Decider, Requester};
use super::time::Span;
use super::{Error, Result, Time, Why, text};
use serde::{Deserialize, Serialize};

/// How long a request lives after its submission, where the organisation says nothing else.
pub const LIFE: Span = Span::days(30);
/// How long after a rejection the same person is refused, unless an administrator allows them to ask again.
pub const PAUSE: Span = Span::hours(24);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    Join,
}

impl Kind {
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Join => "join",
        }
    }
}

/// What a decider says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    Approve,
    Reject,
}

impl Verdict {
    pub fn as_str(self) -> &'static str {
        match self {
            Verdict::Approve => "approve",
            Verdict::Reject => "reject",
        }
    }
    pub fn parse(s: &str) -> Option<Self> {
        [Verdict::Approve, Verdict::Reject].into_iter().find(|v| v.as_str() == s)
    }
}

/// What finally happened, by whom and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    pub by: AccountId,
    pub at: Time,
}

/// Where a request stands, with the facts of that state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Status {
    Pending,
    /// The invitation is owed or was accepted.
    Approved {
        decision: Decision,
        invitation: InvitationId,
    },
    Denied(Decision),
    /// Withdrawn by its requester.
    Canceled(Decision),
    Expired {
        at: Time,
    },
}

/// The word of a status: the stored form, and the key of its name on screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StatusWord {
    Pending,
    Approved,
    Denied,
    Canceled,
    Expired,
}

impl StatusWord {
    pub const ALL: [StatusWord; 5] =
        [StatusWord::Pending, StatusWord::Approved, StatusWord::Denied, StatusWord::Canceled, StatusWord::Expired];
    pub fn as_str(self) -> &'static str {
        match self {
            StatusWord::Pending => "pending",
            StatusWord::Approved => "approved",
            StatusWord::Denied => "denied",
            StatusWord::Canceled => "canceled",
            StatusWord::Expired => "expired",
        }
    }
    pub fn parse(s: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|w| w.as_str() == s)
    }
}

/// Where a request stands in the queue. Together the tabs hold every request, each exactly once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Tab {
    /// Open, and an administrator is to decide.
    #[default]
    Pending,
    Approved,
    /// All the rest.
    Others,
}

impl Tab {
    pub const ALL: [Tab; 3] = [Tab::Pending, Tab::Approved, Tab::Others];
    pub fn as_str(self) -> &'static str {
        match self {
            Tab::Pending => "pending",
            Tab::Approved => "approved",
            Tab::Others => "others",
        }
    }
    pub fn parse(s: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|t| t.as_str() == s)
    }
    pub fn of(word: StatusWord) -> Self {
        match word {
            StatusWord::Pending => Tab::Pending,
            StatusWord::Approved => Tab::Approved,
            StatusWord::Denied | StatusWord::Canceled | StatusWord::Expired => Tab::Others,
        }
    }
}

impl Status {
    pub fn word(&self) -> StatusWord {
        match self {
            Status::Pending => StatusWord::Pending,
            Status::Approved { .. } => StatusWord::Approved,
            Status::Denied(_) => StatusWord::Denied,
            Status::Canceled(_) => StatusWord::Canceled,
            Status::Expired { .. } => StatusWord::Expired,
        }
    }
    pub fn decision(&self) -> Option<&Decision> {
        match self {
            Status::Approved { decision, .. } => Some(decision),
            Status::Denied(d) | Status::Canceled(d) => Some(d),
            Status::Pending | Status::Expired { .. } => None,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    pub id: RequestId,
    pub organisation: OrganisationId,
    pub kind: Kind,
    /// Who submitted it; None where somebody without an account did, as by asking for a new link.
    pub account: Option<AccountId>,
    pub email: Email,
    pub name: String,
    pub message: String,
    pub language: Language,
    /// How its author was matched with the organisation.
    pub origin: Origin,
    /// After a rejection: an administrator lets the person ask again at once.
    pub may_ask_again: bool,
    pub submitted_at: Time,
    pub expires_at: Time,
    pub status: Status,
    pub version: i64,
}

impl Request {
    /// A new join request, by nobody with an account, without name and message.
    pub fn new(id: RequestId, organisation: &Organisation, email: Email, origin: Origin, now: Time) -> Self {
        Self {
            id,
            organisation: organisation.id.clone(),
            kind: Kind::Join,
            account: None,
            email,
            name: String::new(),
            message: String::new(),
            language: Language::default(),
            origin,
            may_ask_again: false,
            submitted_at: now,
            expires_at: now + organisation.request_life,
            status: Status::Pending,
            version: 1,
        }
    }

    /// The status as it is at `now`: an open request past its life is expired, even if no sweep ran.
    pub fn status_at(&self, now: Time) -> Status {
        match self.status {
            Status::Pending if now >= self.expires_at => Status::Expired { at: self.expires_at },
            ref other => other.clone(),
        }
    }

    /// Approves: an invitation is owed. Fails with what it is if it is no longer pending.
    pub fn approve(self, decider: &Decider, invitation: InvitationId, now: Time) -> Result<Self> {
        let decision = Decision { by: decider.account().clone(), at: now };
        self.leave_pending(now, Status::Approved { decision, invitation })
    }

    /// Denies, for good.
    pub fn deny(self, decider: &Decider, now: Time) -> Result<Self> {
        let decision = Decision { by: decider.account().clone(), at: now };
        self.leave_pending(now, Status::Denied(decision))
    }

    /// Its author joined by an invitation: what was asked for is in place, thanks to whoever invited.
    pub fn settle_by_joining(self, accepted: &Invitation, now: Time) -> Result<Self> {
        let decision = Decision { by: accepted.invited_by.clone(), at: now };
        self.leave_pending(now, Status::Approved { decision, invitation: accepted.id.clone() })
    }

    /// The requester takes it back.
    pub fn withdraw(self, requester: &Requester, now: Time) -> Result<Self> {
        let decision = Decision { by: requester.account().clone(), at: now };
        self.leave_pending(now, Status::Canceled(decision))
    }

    /// The organisation closed, and nobody will decide it any more.
    pub fn cancel_by_closing(self, organisation: &Organisation, now: Time) -> Result<Self> {
        let by = organisation.closed_by.clone().ok_or(Error::Refused(Why::DoesNotClose))?;
        self.leave_pending(now, Status::Canceled(Decision { by, at: now }))
    }

    /// Whoever asked is erased.
    pub fn cancel_by_erasing(self, account: &AccountId, now: Time) -> Result<Self> {
        self.leave_pending(now, Status::Canceled(Decision { by: account.clone(), at: now }))
    }

    /// Until when a rejection keeps the same person from asking again; None if they may.
    pub fn pause(&self, now: Time) -> Option<Time> {
        match &self.status {
            Status::Denied(decision) if !self.may_ask_again => Some(decision.at + PAUSE).filter(|end| now < *end),
            _ => None,
        }
    }

    /// After a rejection, lets the person ask again at once.
    pub fn allow_again(self, _: &Decider) -> Result<Self> {
        match self.status {
            Status::Denied(_) if !self.may_ask_again => Ok(Self { may_ask_again: true, ..self }),
            _ => Err(Error::Refused(Why::NotRejected)),
        }
    }

    /// Writes down that its life ended.
    pub fn expire(self) -> Result<Self> {
        let at = self.expires_at;
        match self.status {
            Status::Pending => Ok(Self { status: Status::Expired { at }, ..self }),
            _ => Err(Error::Refused(Why::NotPending)),
        }
    }

    fn leave_pending(self, now: Time, next: Status) -> Result<Self> {
        match self.status_at(now) {
            Status::Pending => Ok(Self { status: next, ..self }),
            _ => Err(Error::Refused(Why::NotPending)),
        }
    }
}

/// What the requester may write to the administrators: up to 500 characters.
pub fn message(raw: &str) -> Result<String, Why> {
    text::lines(raw, 500)
}
