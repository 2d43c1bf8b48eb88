//! What is known of a delivery whatever it is, while somebody works on it, and once it is there.
use crate::domain::delivery::{Channel, JobKind, LONGEST_WAIT};
use crate::domain::ids::{LetterId, OrganisationId};
use crate::domain::{Result, Time};
use crate::store::rows::impossible;

/// What a worker holds of a delivery, whatever it is.
#[derive(Clone, Debug)]
pub struct Hold {
    pub id: LetterId,
    pub kind: JobKind,
    pub organisation: Option<OrganisationId>,
    pub channel: Channel,
    /// Tries before this one.
    pub attempts: i64,
    pub created_at: Time,
    /// When it was owed, or tried again by somebody.
    pub waits_since: Time,
    pub lease_until: Time,
}

impl Hold {
    /// Whose it is, of what is always some organisation's.
    pub(super) fn owner(&self) -> Result<OrganisationId> {
        self.organisation
            .clone()
            .ok_or_else(|| impossible("deliveries.org_id"))
    }

    /// Whether it has waited for so long that it is better given up and told than sent by surprise.
    pub fn is_too_late(&self, now: Time) -> bool {
        now >= self.waits_since + LONGEST_WAIT
    }
}

/// Where a message stands that a platform has taken.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stands {
    /// Its id there; empty where the platform gave none.
    pub message: String,
    /// The channel; empty for what went to one person.
    pub channel: String,
}
