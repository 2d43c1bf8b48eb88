//! What only requests for resources do: they go through the steps of a flow, wait for a
//! provisioning hook, and end in a grant.
use crate::domain::decision::{Cancellation, Decision};
use crate::domain::flow::{Approvers, Missing, Quorum, Rules};
use crate::domain::ids::GrantId;
use crate::domain::policy::proofs::{Decider, Departure};
use crate::domain::request::{Matter, Outcome, Problem, Request, ResourceRequest, Status};
use crate::domain::step_state::StepState;
use crate::domain::time::Span;
use crate::domain::{Error, Result, Time, Why, text};

/// Where no life runs out: while a hook is being called.
const NEVER: Time = Time(i64::MAX);

impl Request {
    /// What it asks for, if that is a resource.
    pub fn asked(&self) -> Option<&ResourceRequest> {
        if let Matter::Resource(asked) = &self.matter {
            Some(asked)
        } else {
            None
        }
    }

    /// As [`Request::asked`]; of another kind nothing is found.
    pub fn expect_asked(&self) -> Result<&ResourceRequest> {
        self.asked().ok_or(Error::NotFound)
    }

    /// With these facts of what it asks for.
    fn with(self, change: impl FnOnce(&mut ResourceRequest)) -> Self {
        let Matter::Resource(mut asked) = self.matter else {
            return self;
        };
        change(&mut asked);
        Self {
            matter: Matter::Resource(asked),
            ..self
        }
    }

    /// Comes to a step of its flow, whose days run from now.
    pub fn begin_step(self, rules: &Rules, step: usize, now: Time) -> Result<Self> {
        let found = rules.steps.get(step).ok_or(Error::Internal)?;
        Ok(self.with(|asked| {
            asked.step = step;
            asked.at_administrators = found.approvers == Approvers::Administrators;
            let last = step + 1 == rules.steps.len();
            asked.administrators_decide = asked.at_administrators && last && found.quorum == Quorum::Any;
            asked.escalated = false;
            asked.remind_at = found.remind_days.map(|d| now + Span::days(i64::from(d)));
            asked.escalate_at = found
                .escalation
                .as_ref()
                .map(|(d, _)| now + Span::days(i64::from(*d)));
        }))
    }

    /// Stands as its current step does; what is in Error, or decided already, stays as it is.
    pub fn stand(self, standing: &StepState, now: Time) -> Result<Self> {
        let next = match standing {
            StepState::Waits { .. } | StepState::Met => Status::Pending,
            StepState::Missing(missing) => Status::MissingData(*missing),
        };
        match self.status_at(now) {
            Status::Pending | Status::MissingData(_) => Ok(Self { status: next, ..self }),
            Status::Error(..) => Ok(self),
            _ => Err(Error::Refused(Why::NotPending)),
        }
    }

    /// What is missing, while something is.
    pub fn missing(&self) -> Option<Missing> {
        match self.status {
            Status::MissingData(missing) => Some(missing),
            _ => None,
        }
    }

    /// Somebody voted or changed it: its life begins anew.
    pub fn live_on(self, life: Span, now: Time) -> Self {
        Self {
            expires_at: now + life,
            ..self
        }
    }

    /// Those who have not voted were reminded.
    pub fn reminded(self) -> Self {
        self.with(|asked| asked.remind_at = None)
    }

    /// Its step's escalation begins.
    pub fn escalate(self) -> Self {
        self.with(|asked| {
            asked.escalated = true;
            asked.escalate_at = None;
        })
    }

    /// Approved, and the grant is made.
    pub fn grant(self, decision: Decision, grant: GrantId) -> Result<Self> {
        let decision = decision.decided();
        let outcome = Outcome::Grant(grant);
        self.leave_open(decision.at, Status::Approved { decision, outcome })
    }

    /// Approved, and the resource's hook is to be called first.
    pub fn provision(self, decision: Decision) -> Result<Self> {
        let decision = decision.decided();
        let provisioned = self.leave_open(decision.at, Status::Provisioning(decision))?;
        Ok(Self {
            expires_at: NEVER,
            ..provisioned
        })
    }

    /// The hook has answered well.
    pub fn provisioned(self, grant: GrantId) -> Result<Self> {
        match self.status {
            Status::Provisioning(decision) => Ok(Self {
                status: Status::Approved {
                    decision,
                    outcome: Outcome::Grant(grant),
                },
                ..self
            }),
            _ => Err(Error::Stale),
        }
    }

    /// The hook refused for good: an administrator may try again, deny or cancel, for as long as a
    /// request lives.
    pub fn hook_failed(self, life: Span, now: Time) -> Result<Self> {
        match self.status {
            Status::Provisioning(decision) => Ok(Self {
                status: Status::Error(Problem::HookFailed, Some(decision)),
                expires_at: now + life,
                ..self
            }),
            _ => Err(Error::Stale),
        }
    }

    /// Something that its flow names is gone, or what it asks for. One that was approved and is
    /// being provisioned lives on for `life`, so that an administrator can act.
    pub fn break_off(self, problem: Problem, life: Span, now: Time) -> Result<Self> {
        match self.status {
            Status::Provisioning(decision) => Ok(Self {
                status: Status::Error(problem, Some(decision)),
                expires_at: now + life,
                ..self
            }),
            _ => self.leave_open(now, Status::Error(problem, None)),
        }
    }

    /// Whoever it is for is gone, while its hook was being called.
    pub fn cancel_provisioning(self, departure: &Departure, now: Time) -> Result<Self> {
        match self.status {
            Status::Provisioning(_) => Ok(Self {
                status: Status::Canceled(Cancellation::by(departure, now).decided()),
                ..self
            }),
            _ => Err(Error::Stale),
        }
    }

    /// What was decided before it came into Error, to be carried out once more; None if nothing
    /// was.
    pub fn decision_to_repeat(&self, _: &Decider) -> Option<Decision> {
        match &self.status {
            Status::Error(_, decided) => decided.clone().map(Decision::again),
            _ => None,
        }
    }

    /// Leaves Error for the step where it stood.
    pub fn mend(self) -> Self {
        match self.status {
            Status::Error(..) => Self {
                status: Status::Pending,
                ..self
            },
            _ => self,
        }
    }

    /// Leaves Error for a newer version of its flow, at whose first step it begins anew: approvals
    /// that still count are counted there.
    pub fn follow(self, rules: &Rules, number: i64, now: Time) -> Result<Self> {
        match self.status_at(now) {
            Status::Error(..) => {}
            _ => return Err(Error::Refused(Why::NotInError)),
        }
        let moved = Self {
            status: Status::Pending,
            ..self
        }
        .with(|asked| asked.flow_number = number);
        moved.begin_step(rules, 0, now)
    }

    /// Another reason, in the requester's words.
    pub fn reword(self, message: String, now: Time) -> Result<Self> {
        if self.is_open(now) {
            Ok(Self { message, ..self })
        } else {
            Err(Error::Refused(Why::NotPending))
        }
    }

    /// Whether a decision in the queue would pass over approvers whom the flow asks: unless the
    /// current step is the last one, asks administrators, and any one of them is enough.
    pub fn is_overridden_in_queue(&self) -> bool {
        self.asked()
            .is_some_and(|asked| !asked.administrators_decide || self.status != Status::Pending)
    }
}

/// What is said with a denial: 1 to 1,000 characters.
pub fn reason(raw: &str) -> Result<String, Why> {
    let reason = text::lines(raw, 1000)?;
    if reason.is_empty() {
        Err(Why::Missing)
    } else {
        Ok(reason)
    }
}

/// Next steps, notes, questions and answers: up to 1,000 characters.
pub fn notes(raw: &str) -> Result<String, Why> {
    text::lines(raw, 1000)
}
