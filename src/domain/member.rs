//! Members: an account in an organisation, with what it may do there.
use super::changes::{Facts, Field};
use super::ids::{AccountId, OrganisationId, RoleId};
use super::organisation::Slug;
use super::role::{Permission, Permissions};
use super::{Error, Result, Time, Why, text};

/// An active member as policy needs it: read anew for every request, so that a change of role
/// counts at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Membership {
    pub organisation: OrganisationId,
    pub slug: Slug,
    pub organisation_name: String,
    pub customer_number: String,
    /// Whom to ask at the organisation; may be empty.
    pub contact: String,
    /// Whether the account belongs to other organisations too.
    pub of_several: bool,
    pub account: AccountId,
    /// The union over the member's roles.
    pub permissions: Permissions,
    /// Whether one of the roles is the built-in Administrator.
    pub administrator: bool,
    /// The organisation demands a second factor of administrators and this person has none:
    /// permissions rest until it is set up.
    pub factor_missing: bool,
    pub joined_at: Time,
    /// From when on the organisation is closed; may lie ahead.
    pub closes_at: Option<Time>,
}

impl Membership {
    /// Whether the organisation still lets its members in, or why not.
    pub fn open(&self, now: Time) -> Result<()> {
        open(self.closes_at, now)
    }
    /// No permission at all: only home, FAQs, settings, feedback.
    pub fn is_restricted(&self) -> bool {
        self.permissions.is_empty()
    }
    /// Holds any permission beyond using the portal: what an organisation's demand for a second
    /// factor is about.
    pub fn administers(&self) -> bool {
        administers(self.permissions)
    }
    pub fn may(&self, permission: Permission) -> bool {
        !self.factor_missing && self.permissions.has(permission)
    }
}

/// What a member may do at the moment at which they do something.
#[derive(Clone, Debug)]
pub struct RightsNow {
    /// Nobody has ended the session that they act in.
    pub signed_in: bool,
    pub permissions: Permissions,
    pub administrator: bool,
    /// As in [`Membership`].
    pub factor_missing: bool,
    /// From when on the organisation is closed; may lie ahead.
    pub closes_at: Option<Time>,
}

impl RightsNow {
    /// Whether the organisation still lets its members in, or why not.
    pub fn open(&self, now: Time) -> Result<()> {
        open(self.closes_at, now)
    }
}

fn open(closes_at: Option<Time>, now: Time) -> Result<()> {
    if closes_at.is_some_and(|at| at <= now) {
        Err(Error::Refused(Why::OrganisationClosed))
    } else {
        Ok(())
    }
}

/// Whether any of these is more than using the portal.
pub fn administers(permissions: Permissions) -> bool {
    Permission::ALL
        .into_iter()
        .any(|p| p != Permission::PortalUse && permissions.has(p))
}

/// What an organisation writes down about a member's work. All of it may be empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Employment {
    pub manager: Option<AccountId>,
    pub job_title: String,
    pub department: String,
}

impl Employment {
    /// What the history says of it.
    pub fn facts(&self) -> Facts {
        let manager = self.manager.as_ref().map(ToString::to_string);
        vec![
            (Field::Manager, manager.unwrap_or_default()),
            (Field::JobTitle, self.job_title.clone()),
            (Field::Department, self.department.clone()),
        ]
    }
}

/// Which roles a member has, by their ids in any order.
pub fn role_facts(roles: &[RoleId]) -> Facts {
    let mut ids: Vec<&str> = roles.iter().map(RoleId::as_str).collect();
    ids.sort_unstable();
    vec![(Field::Roles, ids.join(" "))]
}

/// A job title or a department: up to 100 characters, may be empty.
pub fn work(raw: &str) -> Result<String, Why> {
    text::line(raw, 100)
}
