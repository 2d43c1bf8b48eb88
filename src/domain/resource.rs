//! Resources, which members may ask for; grants, by which a member has one, perhaps until a date;
//! and what hooks are told.
use super::changes::{Facts, Field};
use super::ids::{AccountId, FlowId, GrantId, GroupId, RequestId, ResourceId, RoleId};
use super::member::Membership;
use super::role::Permission;
use super::time::Span;
use super::{Error, Result, Time, Why, text};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resource {
    pub id: ResourceId,
    pub name: String,
    pub description: String,
    /// One or two characters that stand for it, as an emoji or initials; may be empty.
    pub icon: String,
    /// Where it is used: a web address, or empty.
    pub link: String,
    pub owner: Option<AccountId>,
    /// The flow that requests for it follow; None: nobody can ask yet.
    pub flow: Option<FlowId>,
    /// The longest grant in days; None: a grant may last for ever.
    pub most_days: Option<i64>,
    pub reason_required: bool,
    /// The web address that is told when access begins and ends; empty: none, and access begins at
    /// once.
    pub hook: String,
    pub audience: Audience,
    pub state: ResourceState,
    pub version: i64,
}

/// Who may ask.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Audience {
    Everyone,
    /// Whoever has one of the roles or is in one of the groups.
    Some {
        roles: Vec<RoleId>,
        groups: Vec<GroupId>,
    },
}

impl Audience {
    /// `everyone`, or the ids parted by spaces.
    fn words(&self) -> String {
        match self {
            Audience::Everyone => "everyone".to_owned(),
            Audience::Some { roles, groups } => {
                let ids = roles.iter().map(RoleId::as_str);
                let ids: Vec<&str> = ids.chain(groups.iter().map(GroupId::as_str)).collect();
                ids.join(" ")
            }
        }
    }
    pub fn has(&self, roles: &[RoleId], groups: &[GroupId]) -> bool {
        match self {
            Audience::Everyone => true,
            Audience::Some {
                roles: may,
                groups: within,
            } => may.iter().any(|r| roles.contains(r)) || within.iter().any(|g| groups.contains(g)),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResourceState {
    Active,
    /// Nobody can ask for it; what was granted stays.
    Disabled,
    /// Kept for the requests and grants that name it.
    Deleted,
}

impl ResourceState {
    pub const ALL: [ResourceState; 3] = [
        ResourceState::Active,
        ResourceState::Disabled,
        ResourceState::Deleted,
    ];
    pub fn as_str(self) -> &'static str {
        match self {
            ResourceState::Active => "active",
            ResourceState::Disabled => "disabled",
            ResourceState::Deleted => "deleted",
        }
    }
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.as_str() == word)
    }
}

impl Resource {
    /// What the history says of it.
    pub fn facts(&self) -> Facts {
        let id = |id: Option<&str>| id.unwrap_or_default().to_owned();
        let days = self.most_days.map(|d| d.to_string());
        vec![
            (Field::Name, self.name.clone()),
            (Field::State, self.state.as_str().to_owned()),
            (Field::Owner, id(self.owner.as_ref().map(AccountId::as_str))),
            (Field::Flow, id(self.flow.as_ref().map(FlowId::as_str))),
            (Field::Days, days.unwrap_or_default()),
            (Field::Audience, self.audience.words()),
            (Field::Link, self.link.clone()),
            (Field::Hook, self.hook.clone()),
            (Field::ReasonRequired, self.reason_required.to_string()),
            (Field::Icon, self.icon.clone()),
            (Field::Description, self.description.clone()),
        ]
    }

    /// Those of its facts that a form holds: all but its state.
    pub fn typed_facts(&self) -> Facts {
        let mut facts = self.facts();
        facts.retain(|(field, _)| *field != Field::State);
        facts
    }

    /// How many days a grant shall last, as typed: nothing means as long as may be.
    pub fn days(&self, typed: &str) -> Result<Option<i64>, Why> {
        let most = self.most_days.unwrap_or(LONGEST_GRANT);
        match typed.trim() {
            "" => Ok(self.most_days),
            typed => typed
                .parse()
                .ok()
                .filter(|d| (1..=most).contains(d))
                .map(Some)
                .ok_or(Why::NotInRange(1, most as u16)),
        }
    }

    /// The reason as typed.
    pub fn reason(&self, raw: &str) -> Result<String, Why> {
        let reason = text::lines(raw, 500)?;
        if self.reason_required && reason.is_empty() {
            Err(Why::Missing)
        } else {
            Ok(reason)
        }
    }
}

/// What a provisioning hook is told, as JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HookCall {
    #[serde(rename = "type")]
    pub kind: HookKind,
    pub request: RequestId,
    pub resource: ResourceId,
    pub resource_name: String,
    /// Who gets or loses access.
    pub account: AccountId,
    pub email: String,
    pub name: String,
    /// For how many days; None: for ever.
    pub days: Option<i64>,
    /// When it was decided; milliseconds since 1970, UTC.
    pub at: Time,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum HookKind {
    #[serde(rename = "access.granted")]
    Grant,
    #[serde(rename = "access.ended")]
    End,
}

/// The longest time that may be set for a grant, in days.
pub const LONGEST_GRANT: i64 = 3650;

pub fn name(raw: &str) -> Result<String, Why> {
    text::required(raw, 80)
}

pub fn description(raw: &str) -> Result<String, Why> {
    text::lines(raw, 500)
}

/// Up to two characters as people count them; a flag or a face may take eight code points.
pub fn icon(raw: &str) -> Result<String, Why> {
    text::line(raw, 8)
}

/// The longest grant as typed: nothing means for ever.
pub fn most_days(raw: &str) -> Result<Option<i64>, Why> {
    match raw.trim() {
        "" => Ok(None),
        typed => typed
            .parse()
            .ok()
            .filter(|d| (1..=LONGEST_GRANT).contains(d))
            .map(Some)
            .ok_or(Why::NotInRange(1, LONGEST_GRANT as u16)),
    }
}

/// A member has a resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    pub id: GrantId,
    pub resource: ResourceId,
    pub account: AccountId,
    /// The request by which it came to be, or was made longer the last time.
    pub request: RequestId,
    pub granted_at: Time,
    /// When it ends by itself.
    pub ends_at: Option<Time>,
    pub ended: Option<GrantEnd>,
    pub version: i64,
}

/// That a grant is over: since when, and who ended it; None: its time was over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GrantEnd {
    pub at: Time,
    pub by: Option<AccountId>,
}

/// How long before its end the holder of a grant is told, in the order of the letters.
pub const NOTICES: [Span; 3] = [Span::days(7), Span::days(1), Span::hours(1)];

impl Grant {
    /// Whether it holds at `now`, even if no sweep has written down its end.
    pub fn holds(&self, now: Time) -> bool {
        self.ended.is_none() && self.ends_at.is_none_or(|end| now < end)
    }

    /// Makes it last for so many days from now, or for ever. A grant is never made shorter by
    /// another request.
    pub fn extend(self, days: Option<i64>, request: &RequestId, now: Time) -> Self {
        let asked = days.map(|d| now + Span::days(d));
        let ends_at = match (self.ends_at, asked) {
            (Some(before), Some(asked)) => Some(before.max(asked)),
            _ => None,
        };
        Self {
            ends_at,
            request: request.clone(),
            ..self
        }
    }

    /// Ends it early: its holder may, and whoever manages resources.
    pub fn end(self, member: &Membership, now: Time) -> Result<Self> {
        if self.account != member.account && !member.may(Permission::ResourcesManage) {
            return Err(Error::NotFound);
        }
        if !self.holds(now) {
            return Err(Error::Refused(Why::GrantIsOver));
        }
        Ok(Self {
            ended: Some(GrantEnd {
                at: now,
                by: Some(member.account.clone()),
            }),
            ..self
        })
    }

    /// Writes down that its time is over.
    pub fn lapse(self, now: Time) -> Result<Self> {
        match self.ends_at.filter(|end| self.ended.is_none() && *end <= now) {
            Some(end) => Ok(Self {
                ended: Some(GrantEnd { at: end, by: None }),
                ..self
            }),
            None => Err(Error::Stale),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_grant_ends_at_its_instant_and_is_never_made_shorter() {
        let id = |n: u8| format!("0192d3a0-0000-7000-8000-0000000000{n:02x}");
        let grant = Grant {
            id: id(1).try_into().unwrap(),
            resource: id(2).try_into().unwrap(),
            account: id(3).try_into().unwrap(),
            request: id(4).try_into().unwrap(),
            granted_at: Time(0),
            ends_at: Some(Time(Span::days(10).0)),
            ended: None,
            version: 1,
        };
        assert!(grant.holds(Time(Span::days(10).0 - 1)) && !grant.holds(Time(Span::days(10).0)));
        let again: RequestId = id(5).try_into().unwrap();
        assert_eq!(
            grant.clone().extend(Some(3), &again, Time(0)).ends_at,
            grant.ends_at
        );
        assert_eq!(
            grant.clone().extend(Some(30), &again, Time(0)).ends_at,
            Some(Time(Span::days(30).0))
        );
        assert_eq!(grant.clone().extend(None, &again, Time(0)).ends_at, None);
        assert_eq!(grant.clone().lapse(Time(5)), Err(Error::Stale));
        assert!(!grant.lapse(Time(Span::days(11).0)).unwrap().holds(Time(0)));
    }
}
