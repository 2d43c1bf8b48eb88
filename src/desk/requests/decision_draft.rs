//! What a decider says, as typed.
use crate::domain::error::Faults;
use crate::domain::verdict::Verdict;
use crate::domain::{Result, resource_request};

/// What a decider says, as typed.
#[derive(Clone, Debug)]
pub struct DecisionDraft {
    pub verdict: Verdict,
    /// Why; a denial of a resource needs it. The requester reads it.
    pub reason: String,
    /// What the requester may do next.
    pub next_steps: String,
    /// For administrators alone, in Insights.
    pub notes: String,
    /// Of chat: whoever is rejected is blocked, so that nothing they write makes a request any
    /// more.
    pub block: bool,
}

impl From<Verdict> for DecisionDraft {
    fn from(verdict: Verdict) -> Self {
        Self {
            verdict,
            reason: String::new(),
            next_steps: String::new(),
            notes: String::new(),
            block: false,
        }
    }
}

impl DecisionDraft {
    /// With texts that may stand, about a resource.
    pub(crate) fn checked(&self) -> Result<DecisionDraft> {
        let mut faults = Faults::default();
        let reason = if self.verdict == Verdict::Reject {
            resource_request::reason(&self.reason)
        } else {
            resource_request::notes(&self.reason)
        };
        let reason = faults.take("reason", reason);
        let next_steps = faults.take("next_steps", resource_request::notes(&self.next_steps));
        let notes = faults.take("notes", resource_request::notes(&self.notes));
        let ((reason, next_steps), notes) = faults.done(reason.zip(next_steps).zip(notes))?;
        Ok(DecisionDraft {
            reason,
            next_steps,
            notes,
            ..self.clone()
        })
    }
}
