//! Requests: somebody asks for something; what may happen to it, and when. What only requests for
//! resources do is in [`crate::domain::resource_request`].
use super::account::{Email, Language};
use super::content_kind::ContentKind;
use super::decision::{Cancellation, Decided, Decision};
use super::flow::{Flow, Missing};
use super::ids::{
    AccountId, ConnectorId, ContactId, FlowId, GrantId, InvitationId, OrganisationId, RequestId, ResourceId,
};
use super::invitation::{self, Invitation};
use super::organisation::Organisation;
use super::policy::proofs::{Blocker, Decider, Erasable, Requester};
use super::time::Span;
use super::word_enum::word_enum;
use super::{Error, Result, Time, Why, text};
use crate::domain::links::Origin;

/// How long after a rejection the same person is refused, unless an administrator allows them to
/// ask again.
pub const PAUSE: Span = Span::hours(24);

word_enum! {
    /// What is asked for.
    RequestKind { Join = "join", Resource = "resource", Chat = "chat" }
}
word_enum! {
    /// Whether people decide, or a flow's condition did.
    ApprovalType { Manual = "manual", Automatic = "automatic" }
}
word_enum! {
    /// The word of a status: the stored form, and the key of its name on screen.
    StatusWord {
        Pending = "pending", MissingData = "missing_data", Error = "error", Approved = "approved",
        Denied = "denied", Canceled = "canceled",
        Expired = "expired",
    }
}
word_enum! {
    /// Where a request stands in the queue. Together the tabs hold every request, each exactly
    /// once.
    #[derive(Default)]
    Tab {
        /// Open, and administrators are to decide.
        #[default]
        Pending = "pending",
        Approved = "approved",
        /// All the rest.
        Others = "others",
    }
}
word_enum! {
    /// Why a request is in Error.
    Problem { GroupGone = "group_gone", RoleGone = "role_gone", ResourceGone = "resource_gone",
    HookFailed = "hook_failed" }
}

impl StatusWord {
    /// Whether what stands so is not closed yet.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Pending | Self::MissingData | Self::Error)
    }
}

impl RequestKind {
    /// The key of a status's name: who joins is invited, whoever gets something is approved.
    pub fn status_key(self, word: StatusWord) -> String {
        match (self, word) {
            (Self::Resource, StatusWord::Approved | StatusWord::Denied) => {
                format!("status-resource-{}", word.as_str())
            }
            (Self::Chat, StatusWord::Approved) => "status-chat-approved".to_owned(),
            (Self::Join | Self::Resource | Self::Chat, _) => format!("status-{}", word.as_str()),
        }
    }
}

/// What whoever was approved has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The invitation is owed or was accepted.
    Invitation(InvitationId),
    Grant(GrantId),
    /// This contact is active.
    Contact(ContactId),
}

/// Where a request stands, with the facts of that state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Status {
    Pending,
    /// Approved, but the resource's provisioning hook has not answered yet: shown as Pending,
    /// without buttons.
    Provisioning(Decided),
    /// Nobody can decide the current step.
    MissingData(Missing),
    /// Something went wrong; with the decision that was being carried out, if one was made.
    Error(Problem, Option<Decided>),
    Approved {
        decision: Decided,
        outcome: Outcome,
    },
    Denied(Decided),
    /// Withdrawn by its requester, canceled by an administrator, or its flow was deleted.
    Canceled(Decided),
    Expired {
        at: Time,
    },
}

impl Status {
    pub fn word(&self) -> StatusWord {
        match self {
            Status::Pending | Status::Provisioning(_) => StatusWord::Pending,
            Status::MissingData(_) => StatusWord::MissingData,
            Status::Error(..) => StatusWord::Error,
            Status::Approved { .. } => StatusWord::Approved,
            Status::Denied(_) => StatusWord::Denied,
            Status::Canceled(_) => StatusWord::Canceled,
            Status::Expired { .. } => StatusWord::Expired,
        }
    }
    /// What was decided; also where it is still being carried out.
    pub fn decision(&self) -> Option<&Decided> {
        match self {
            Status::Approved { decision, .. } => Some(decision),
            Status::Provisioning(d) | Status::Denied(d) | Status::Canceled(d) => Some(d),
            Status::Error(_, decision) => decision.as_ref(),
            Status::Pending | Status::MissingData(_) | Status::Expired { .. } => None,
        }
    }
    /// Whether somebody can still decide it.
    pub fn is_open(&self) -> bool {
        matches!(self, Status::Pending | Status::MissingData(_) | Status::Error(..))
    }
}

/// What is asked for, with the facts of that kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Matter {
    Join,
    Resource(Box<ResourceRequest>),
    Chat(Box<Chatted>),
}

/// Who asks by writing to a connector. Its request has no address: [`no_address`] stands in place
/// of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chatted {
    pub connector: ConnectorId,
    pub contact: ContactId,
    /// How many messages came after the one that the request shows.
    pub further: i64,
    /// What that one brought, which names it where it has no words.
    pub content: ContentKind,
}

/// What stands in place of an address for whoever has none: nothing is ever mailed there.
pub fn no_address(contact: &ContactId) -> Result<Email> {
    Email::parse(&format!("{contact}@chat.invalid")).map_err(|_| Error::Internal)
}

/// What a request for a resource says beside what every request does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResourceRequest {
    pub resource: ResourceId,
    /// Whom it is for: the submitter, or somebody whose manager the submitter is.
    pub holder: AccountId,
    /// How many days it is asked for; None: for ever.
    pub days: Option<i64>,
    pub flow: FlowId,
    /// The version of the flow that it follows.
    pub flow_number: i64,
    /// The current step, from 0.
    pub step: usize,
    /// Whether that step asks administrators.
    pub at_administrators: bool,
    /// Whether any one of them ends the flow with that, so that deciding in the queue passes over
    /// nobody.
    pub administrators_decide: bool,
    /// Whether the step's escalation has begun.
    pub escalated: bool,
    /// When those who have not voted are reminded, and when others are asked too.
    pub remind_at: Option<Time>,
    pub escalate_at: Option<Time>,
    pub approval: ApprovalType,
}

impl ResourceRequest {
    /// Asks for the resource for ever, by the newest version of its flow, before its first step.
    pub fn new(resource: ResourceId, holder: AccountId, flow: &Flow) -> Self {
        Self {
            resource,
            holder,
            days: None,
            flow: flow.id.clone(),
            flow_number: flow.number,
            step: 0,
            at_administrators: false,
            administrators_decide: false,
            escalated: false,
            remind_at: None,
            escalate_at: None,
            approval: ApprovalType::Manual,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    pub id: RequestId,
    pub organisation: OrganisationId,
    pub matter: Matter,
    /// Who submitted it; None where somebody without an account did, as by asking for a new link.
    pub account: Option<AccountId>,
    /// Address and name of whom it is for.
    pub email: Email,
    pub name: String,
    /// Why it is asked, in the requester's words.
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
            matter: Matter::Join,
            account: None,
            email,
            name: String::new(),
            message: String::new(),
            language: Language::default(),
            origin,
            may_ask_again: false,
            submitted_at: now,
            expires_at: now + organisation.requests.life,
            status: Status::Pending,
            version: 1,
        }
    }

    pub fn kind(&self) -> RequestKind {
        match self.matter {
            Matter::Join => RequestKind::Join,
            Matter::Resource(_) => RequestKind::Resource,
            Matter::Chat(_) => RequestKind::Chat,
        }
    }

    pub fn approval(&self) -> ApprovalType {
        match &self.matter {
            Matter::Join | Matter::Chat(_) => ApprovalType::Manual,
            Matter::Resource(asked) => asked.approval,
        }
    }

    /// The tab that holds it.
    pub fn tab(&self) -> Tab {
        match (&self.status, &self.matter) {
            (Status::Approved { .. }, _) => Tab::Approved,
            (Status::Pending, Matter::Join | Matter::Chat(_)) => Tab::Pending,
            (Status::Pending, Matter::Resource(asked)) if asked.at_administrators => Tab::Pending,
            _ => Tab::Others,
        }
    }

    /// The status as it is at `now`: an open request past its life is expired, even if no sweep
    /// ran.
    pub fn status_at(&self, now: Time) -> Status {
        if self.status.is_open() && now >= self.expires_at {
            Status::Expired { at: self.expires_at }
        } else {
            self.status.clone()
        }
    }

    /// Whether it can still be decided at `now`.
    pub fn is_open(&self, now: Time) -> bool {
        self.status_at(now).is_open()
    }

    /// Approves: an invitation is owed. Fails with what it is if it is no longer pending.
    pub fn approve(self, decider: &Decider, invitation: InvitationId, now: Time) -> Result<Self> {
        let decision = Decision::by(decider, now).decided();
        self.leave_open(
            now,
            Status::Approved {
                decision,
                outcome: Outcome::Invitation(invitation),
            },
        )
    }

    /// Approves somebody who wrote: their contact is active.
    pub fn activate(self, decision: Decision) -> Result<Self> {
        let Matter::Chat(chatted) = &self.matter else {
            return Err(Error::NotFound);
        };
        let outcome = Outcome::Contact(chatted.contact.clone());
        let decision = decision.decided();
        self.leave_open(decision.at, Status::Approved { decision, outcome })
    }

    /// What was sent with it, or in the place of words.
    pub fn content(&self) -> ContentKind {
        self.chatted().map(|c| c.content).unwrap_or_default()
    }

    /// Whether, and where, it was asked by writing to a connector.
    pub fn chatted(&self) -> Option<&Chatted> {
        if let Matter::Chat(chatted) = &self.matter {
            Some(chatted)
        } else {
            None
        }
    }

    /// Denies, for good: by a decider in the queue, or by one who was asked to vote.
    pub fn deny(self, decision: Decision) -> Result<Self> {
        let decision = decision.decided();
        self.leave_open(decision.at, Status::Denied(decision))
    }

    /// Whoever wrote is blocked, and asks for nothing any more.
    pub fn deny_by_blocking(self, blocker: &Blocker, now: Time) -> Result<Self> {
        self.leave_open(
            now,
            Status::Denied(Decided::new(Some(blocker.account().clone()), now)),
        )
    }

    /// Its author joined by an invitation: what was asked for is in place, thanks to whoever
    /// invited. Fails if nobody has accepted it.
    pub fn settle_by_joining(self, accepted: &Invitation, now: Time) -> Result<Self> {
        if !matches!(accepted.status, invitation::InvitationStatus::Accepted { .. }) {
            return Err(Error::Internal);
        }
        let decision = Decided::new(Some(accepted.invited_by.clone()), now);
        let outcome = Outcome::Invitation(accepted.id.clone());
        self.leave_open(now, Status::Approved { decision, outcome })
    }

    /// The requester takes it back.
    pub fn withdraw(self, requester: &Requester, now: Time) -> Result<Self> {
        self.cancel(Cancellation::by(requester, now))
    }

    /// The organisation closed, and nobody will decide it any more. Fails while it is open.
    pub fn cancel_by_closing(self, organisation: &Organisation, now: Time) -> Result<Self> {
        let closes = Error::Refused(Why::DoesNotClose);
        let by = organisation.closed_by.clone().ok_or(closes.clone())?;
        if organisation.open(now).is_ok() {
            return Err(closes);
        }
        self.leave_open(now, Status::Canceled(Decided::new(Some(by), now)))
    }

    /// Whoever asked is erased.
    pub fn cancel_by_erasing(self, erasable: &Erasable, now: Time) -> Result<Self> {
        self.cancel(Cancellation::by(erasable, now))
    }

    /// Ends it without yes or no: taken from the queue, or what it needs is deleted or gone.
    pub fn cancel(self, cancellation: Cancellation) -> Result<Self> {
        let canceled = cancellation.decided();
        self.leave_open(canceled.at, Status::Canceled(canceled))
    }

    /// Until when a rejection keeps the same person from asking again; None if they may.
    pub fn pause(&self, now: Time) -> Option<Time> {
        match &self.status {
            // What one may ask for in the catalogue one may ask for again at once.
            Status::Denied(decision) if !self.may_ask_again && self.kind() == RequestKind::Join => {
                Some(decision.at + PAUSE).filter(|end| now < *end)
            }
            _ => None,
        }
    }

    /// After a rejection, lets the person ask again at once.
    pub fn allow_again(self, _: &Decider) -> Result<Self> {
        match self.status {
            Status::Denied(_) if !self.may_ask_again && self.kind() == RequestKind::Join => Ok(Self {
                may_ask_again: true,
                ..self
            }),
            _ => Err(Error::Refused(Why::NotRejected)),
        }
    }

    /// Writes down that its life ended. The clock is the proof: it fails before that instant.
    pub fn expire(self, now: Time) -> Result<Self> {
        let at = self.expires_at;
        if self.status.is_open() && at <= now {
            Ok(Self {
                status: Status::Expired { at },
                ..self
            })
        } else {
            Err(Error::Refused(Why::NotPending))
        }
    }

    pub(super) fn leave_open(self, now: Time, next: Status) -> Result<Self> {
        if self.is_open(now) {
            Ok(Self { status: next, ..self })
        } else {
            Err(Error::Refused(Why::NotPending))
        }
    }
}

/// What the requester may write to the administrators: up to 500 characters.
pub fn message(raw: &str) -> Result<String, Why> {
    text::lines(raw, 500)
}
