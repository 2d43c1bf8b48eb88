//! What a check of policy returns: values that only policy makes, and that writes demand.
use crate::domain::ids::{AccountId, OrganisationId};
use crate::domain::links::Origin;

/// May decide this request in the queue.
pub struct Decider {
    pub(super) account: AccountId,
}

impl Decider {
    pub fn account(&self) -> &AccountId {
        &self.account
    }
}

/// Submitted this request.
pub struct Requester {
    pub(super) account: AccountId,
}

impl Requester {
    pub fn account(&self) -> &AccountId {
        &self.account
    }
}

/// Belongs to an organisation's people without being its member yet: by their provider's
/// organisation or their address' domain.
pub struct Matched {
    pub(super) organisation: OrganisationId,
    pub(super) account: AccountId,
    pub(super) origin: Origin,
}

impl Matched {
    pub fn organisation(&self) -> &OrganisationId {
        &self.organisation
    }
    pub fn account(&self) -> &AccountId {
        &self.account
    }
    pub fn origin(&self) -> &Origin {
        &self.origin
    }
}

/// Holds one permission in one organisation.
pub struct Permitted {
    pub(super) organisation: OrganisationId,
    pub(super) account: AccountId,
}

impl Permitted {
    pub fn organisation(&self) -> &OrganisationId {
        &self.organisation
    }
    pub fn account(&self) -> &AccountId {
        &self.account
    }
}

/// Was asked to vote on a request, for themselves or for somebody who is away.
pub struct Approver {
    pub(super) account: AccountId,
    pub(super) instead_of: Option<AccountId>,
}

impl Approver {
    pub fn account(&self) -> &AccountId {
        &self.account
    }
    pub fn instead_of(&self) -> Option<&AccountId> {
        self.instead_of.as_ref()
    }
}

/// May block whoever writes to a connector.
pub struct Blocker {
    pub(super) organisation: OrganisationId,
    pub(super) account: AccountId,
}

impl Blocker {
    pub fn organisation(&self) -> &OrganisationId {
        &self.organisation
    }
    pub fn account(&self) -> &AccountId {
        &self.account
    }
}

/// A membership that may end: whose, where, and by whom.
pub struct Departure {
    pub(super) organisation: OrganisationId,
    pub(super) account: AccountId,
    pub(super) by: AccountId,
}

impl Departure {
    pub fn organisation(&self) -> &OrganisationId {
        &self.organisation
    }
    /// Who leaves.
    pub fn account(&self) -> &AccountId {
        &self.account
    }
    /// Who has them leave: themselves, or a member who may.
    pub fn by(&self) -> &AccountId {
        &self.by
    }
}

/// An account whose last day, chosen by its owner, is over.
pub struct Erasable {
    pub(super) account: AccountId,
}

impl Erasable {
    pub fn account(&self) -> &AccountId {
        &self.account
    }
}
