//! What finally happened to a request, and by what right. Whoever approves, denies or grants needs
//! a [`Decision`], whoever ends a request without either a [`Cancellation`]; both are made from a
//! proof of policy or of a flow, and from nothing else.
//!
//! An account alone decides nothing, while a proof does (each pair differs in nothing else):
//!
//! ```compile_fail,E0277
//! # use anteroom::domain::{Time, decision::Decision, ids::AccountId};
//! fn decide(account: &AccountId, now: Time) -> Decision {
//!     Decision::by(account, now) // error: `AccountId` is no proof that this may be decided
//! }
//! ```
//!
//! ```
//! # use anteroom::domain::{Time, decision::Decision, policy::Decider};
//! fn decide(decider: &Decider, now: Time) -> Decision {
//!     Decision::by(decider, now)
//! }
//! ```
//!
//! Nor does an account cancel:
//!
//! ```compile_fail,E0277
//! # use anteroom::domain::{Time, decision::Cancellation, ids::AccountId};
//! fn cancel(account: &AccountId, now: Time) -> Cancellation {
//!     Cancellation::by(account, now) // error: `AccountId` is no proof that this may be canceled
//! }
//! ```
//!
//! ```
//! # use anteroom::domain::{Time, decision::Cancellation, policy::Requester};
//! fn cancel(requester: &Requester, now: Time) -> Cancellation {
//!     Cancellation::by(requester, now)
//! }
//! ```
//!
//! A requester may cancel but not decide, and who cancels grants nothing:
//!
//! ```compile_fail,E0277
//! # use anteroom::domain::{Time, decision::Decision, policy::Requester};
//! fn decide(requester: &Requester, now: Time) -> Decision {
//!     Decision::by(requester, now) // error: `Requester` is no proof that this may be decided
//! }
//! ```
//!
//! ```compile_fail,E0308
//! # use anteroom::domain::{Result, decision::Cancellation, ids::GrantId, request::Request};
//! fn grant(request: Request, canceled: Cancellation, id: GrantId) -> Result<Request> {
//!     request.grant(canceled, id) // error: expected `Decision`, found `Cancellation`
//! }
//! ```
//!
//! ```
//! # use anteroom::domain::{Result, decision::Decision, ids::GrantId, request::Request};
//! fn grant(request: Request, decision: Decision, id: GrantId) -> Result<Request> {
//!     request.grant(decision, id)
//! }
//! ```
use crate::domain::Time;
use crate::domain::ids::AccountId;
use crate::domain::policy::proofs::{Approver, Decider, Departure, Erasable, Permitted, Requester};
use crate::domain::step_state::Met;

/// What finally happened, when, and by whom; None: by a flow's condition, or by nobody in
/// particular. A record: it lets nobody do anything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decided {
    pub by: Option<AccountId>,
    pub at: Time,
    /// What the requester is told: why, and what to do next. May be empty.
    pub reason: String,
    pub next_steps: String,
    /// An administrator decided in place of the approvers whom the flow asked.
    pub overrides: bool,
}

impl Decided {
    /// By this account, without a word.
    pub fn new(by: Option<AccountId>, at: Time) -> Self {
        Self {
            by,
            at,
            reason: String::new(),
            next_steps: String::new(),
            overrides: false,
        }
    }
}

/// A decision that may be made.
#[derive(Debug)]
pub struct Decision(Decided);

impl Decision {
    /// By whoever the proof names.
    pub fn by(proof: &impl Decides, at: Time) -> Self {
        Self(Decided::new(proof.whose().cloned(), at))
    }

    /// One that was made and could not be carried out: its proof was given then.
    pub(super) fn again(decided: Decided) -> Self {
        Self(decided)
    }

    /// With what the requester is told.
    pub fn telling(self, reason: String, next_steps: String) -> Self {
        Self(Decided {
            reason,
            next_steps,
            ..self.0
        })
    }

    /// In place of the approvers whom the flow asks, if so.
    pub fn overriding(self, overrides: bool) -> Self {
        Self(Decided { overrides, ..self.0 })
    }

    /// The record of it, once it is made.
    pub(super) fn decided(self) -> Decided {
        self.0
    }
}

/// An end without yes or no that may be made.
#[derive(Debug)]
pub struct Cancellation(Decided);

impl Cancellation {
    /// By whoever the proof names.
    pub fn by(proof: &impl Cancels, at: Time) -> Self {
        Self(Decided::new(proof.whose().cloned(), at))
    }

    /// With what the requester is told.
    pub fn telling(self, reason: String) -> Self {
        Self(Decided { reason, ..self.0 })
    }

    /// The record of it, once it is made.
    pub(super) fn decided(self) -> Decided {
        self.0
    }
}

/// A proof that somebody, or a flow, may approve and deny.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no proof that this may be decided",
    label = "a proof is missing here",
    note = "`policy::decider` and `policy::approver` prove people, `Met` proves a flow"
)]
pub trait Decides: sealed::Proof {}

impl Decides for Decider {}
impl Decides for Approver {}
impl Decides for Met {}

/// A proof that somebody may end a request without yes or no.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no proof that this may be canceled",
    label = "a proof is missing here",
    note = "the checks of `policy` make proofs: of a requester, a decider, a permission, a departure"
)]
pub trait Cancels: sealed::Proof {}

impl Cancels for Decider {}
impl Cancels for Requester {}
impl Cancels for Permitted {}
impl Cancels for Departure {}
impl Cancels for Erasable {}

mod sealed {
    use crate::domain::ids::AccountId;
    use crate::domain::policy::proofs::{Approver, Decider, Departure, Erasable, Permitted, Requester};
    use crate::domain::step_state::Met;

    /// Nothing outside of this file becomes a proof.
    pub trait Proof {
        /// Whose act it is; None: nobody's in particular.
        fn whose(&self) -> Option<&AccountId>;
    }

    /// Proofs that are somebody's, and how each says whose.
    macro_rules! whose {
        ($($proof:ty: $account:ident),+ $(,)?) => {
            $(impl Proof for $proof {
                fn whose(&self) -> Option<&AccountId> {
                    Some(self.$account())
                }
            })+
        };
    }
    whose!(
        Decider: account,
        Approver: account,
        Requester: account,
        Permitted: account,
        Departure: by,
        Erasable: account,
    );

    impl Proof for Met {
        fn whose(&self) -> Option<&AccountId> {
            self.last()
        }
    }
}
