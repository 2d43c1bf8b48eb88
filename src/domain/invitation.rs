//! Invitations: an address asked to join. The link is a secret of its addressee; only its hash is
//! here.
use super::account::{Account, Email, Language};
use super::ids::{AccountId, InvitationId, OrganisationId, RequestId};
use super::organisation::{INVITATION_LIFE, Organisation};
use super::time::Span;
use super::word_enum::word_enum;
use super::{Error, Result, Time, Why};

/// How long a link lives unless the organisation says otherwise.
pub const LIFE: Span = INVITATION_LIFE;

word_enum! {
    /// What an invitation is at an instant: the key of its name on screen.
    InvitationStatusWord {
        Pending = "pending",
        Expired = "expired",
        Accepted = "accepted",
        Deleted = "deleted",
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InvitationStatus {
    Pending,
    Accepted { by: AccountId, at: Time },
    Deleted { at: Time },
}

impl InvitationStatus {
    pub fn as_str(&self) -> &'static str {
        match self {
            InvitationStatus::Pending => "pending",
            InvitationStatus::Accepted { .. } => "accepted",
            InvitationStatus::Deleted { .. } => "deleted",
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invitation {
    pub id: InvitationId,
    pub organisation: OrganisationId,
    pub email: Email,
    pub name: String,
    pub language: Language,
    /// The join request it answers, if any.
    pub request: Option<RequestId>,
    pub invited_by: AccountId,
    pub created_at: Time,
    pub expires_at: Time,
    pub status: InvitationStatus,
    pub version: i64,
}

impl Invitation {
    /// A new one, answering no request, without a name.
    pub fn new(
        id: InvitationId,
        organisation: &Organisation,
        email: Email,
        language: Language,
        invited_by: AccountId,
        now: Time,
    ) -> Self {
        Self {
            id,
            organisation: organisation.id.clone(),
            email,
            name: String::new(),
            language,
            request: None,
            invited_by,
            created_at: now,
            expires_at: now + organisation.invitation_life,
            status: InvitationStatus::Pending,
            version: 1,
        }
    }

    /// Whether its link still works, or why not.
    pub fn open(&self, now: Time) -> Result<()> {
        match self.status {
            InvitationStatus::Accepted { .. } => Err(Error::Refused(Why::LinkUsed)),
            InvitationStatus::Deleted { .. } => Err(Error::Refused(Why::LinkDead)),
            InvitationStatus::Pending if now >= self.expires_at => Err(Error::Refused(Why::LinkExpired)),
            InvitationStatus::Pending => Ok(()),
        }
    }

    /// The addressee accepts. Whoever has another address is refused, and the invitation stays as
    /// it is.
    pub fn accept(self, account: &Account, now: Time) -> Result<Self> {
        self.open(now)?;
        if account.email.key() != self.email.key() {
            return Err(Error::Refused(Why::OtherAccount));
        }
        Ok(Self {
            status: InvitationStatus::Accepted {
                by: account.id.clone(),
                at: now,
            },
            ..self
        })
    }

    /// What it is at `now`: its link runs out at its instant, without anybody doing anything.
    pub fn status_at(&self, now: Time) -> InvitationStatusWord {
        match self.status {
            InvitationStatus::Accepted { .. } => InvitationStatusWord::Accepted,
            InvitationStatus::Deleted { .. } => InvitationStatusWord::Deleted,
            InvitationStatus::Pending if now >= self.expires_at => InvitationStatusWord::Expired,
            InvitationStatus::Pending => InvitationStatusWord::Pending,
        }
    }

    /// A new link with a full new life; the old link is dead from then on, as only one hash is
    /// kept.
    pub fn renew(self, life: Span, now: Time) -> Result<Self> {
        match self.status {
            InvitationStatus::Pending => Ok(Self {
                expires_at: now + life,
                ..self
            }),
            InvitationStatus::Accepted { .. } => Err(Error::Refused(Why::LinkUsed)),
            InvitationStatus::Deleted { .. } => Err(Error::Refused(Why::LinkDead)),
        }
    }

    /// An administrator takes it back, whether or not its link has run out.
    pub fn delete(self, now: Time) -> Result<Self> {
        match self.status {
            InvitationStatus::Pending => Ok(Self {
                status: InvitationStatus::Deleted { at: now },
                ..self
            }),
            InvitationStatus::Accepted { .. } => Err(Error::Refused(Why::LinkUsed)),
            InvitationStatus::Deleted { .. } => Err(Error::Refused(Why::LinkDead)),
        }
    }
}
