//! Approval flows: ordered steps, each with its approvers and how many of them must approve. Every
//! save is a new version that never changes; a request keeps to the version that was there when it
//! was submitted.
use super::changes::{Facts, Field};
use super::ids::{AccountId, FlowId, GroupId, RoleId};
use super::{Why, text};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// A flow with its newest version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flow {
    pub id: FlowId,
    pub name: String,
    /// The number of the newest version, from 1.
    pub number: i64,
    pub rules: Rules,
    /// Deleted flows are kept for the requests that followed them.
    pub deleted: bool,
    pub version: i64,
}

impl Flow {
    /// What the history says of it.
    pub fn facts(&self) -> Facts {
        let rules = serde_json::to_string(&self.rules);
        vec![
            (Field::Name, self.name.clone()),
            (Field::Version, self.number.to_string()),
            (Field::Rules, rules.unwrap_or_default()),
        ]
    }
}

/// What one version of a flow says; stored as JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rules {
    pub approval: Approval,
    /// One to five.
    pub steps: Vec<Step>,
}

/// Whether somebody must decide.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Approval {
    Manual,
    /// Approved at once where the condition holds for whom it is for; decided by the steps
    /// otherwise.
    Automatic(Condition),
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Condition {
    Role(RoleId),
    Group(GroupId),
    /// The part of the address after the `@`, in lower case.
    Domain(String),
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    pub approvers: Approvers,
    pub quorum: Quorum,
    /// Who is asked where the approvers are nobody.
    pub fallback: Option<Approvers>,
    /// Days until those who have not voted are reminded.
    pub remind_days: Option<u16>,
    /// Days until others are asked too, and who.
    pub escalation: Option<(u16, Approvers)>,
}

/// Who is asked in a step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Approvers {
    /// Every active member with `requests.decide`.
    Administrators,
    /// The manager of whom it is for.
    Manager,
    /// The owner of the resource.
    Owner,
    Group(GroupId),
    Members(Vec<AccountId>),
}

/// How many of a step's approvers must approve.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Quorum {
    Any,
    All,
    /// So many, or all if there are fewer.
    Number(u16),
}

impl Quorum {
    /// How many approvals are needed of so many that are asked: at least one, at most all.
    pub fn of(self, asked: usize) -> usize {
        match self {
            Quorum::Any => 1,
            Quorum::All => asked.max(1),
            Quorum::Number(n) => usize::from(n).clamp(1, asked.max(1)),
        }
    }
}

impl Quorum {
    /// How many more approvals are needed of so many who have not voted, when so many have
    /// approved.
    pub fn more(self, silent: usize, approved: usize) -> usize {
        match self {
            Quorum::Any => silent.min(1),
            Quorum::All => silent,
            Quorum::Number(n) => usize::from(n)
                .saturating_sub(approved)
                .clamp(silent.min(1), silent),
        }
    }
}

/// What an administrator can add so that a step has somebody to decide.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Missing {
    Manager,
    Owner,
    GroupMember,
    /// Named members or administrators: another right, or a decision, helps.
    Approver,
}

impl Missing {
    pub const ALL: [Missing; 4] = [
        Missing::Manager,
        Missing::Owner,
        Missing::GroupMember,
        Missing::Approver,
    ];
    pub fn as_str(self) -> &'static str {
        match self {
            Missing::Manager => "manager",
            Missing::Owner => "owner",
            Missing::GroupMember => "group_member",
            Missing::Approver => "approver",
        }
    }
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|m| m.as_str() == word)
    }
}

impl Step {
    /// Whoever this step may ask, in any case.
    pub fn all_approvers(&self) -> impl Iterator<Item = &Approvers> {
        [
            Some(&self.approvers),
            self.fallback.as_ref(),
            self.escalation.as_ref().map(|(_, a)| a),
        ]
        .into_iter()
        .flatten()
    }
}

impl Approvers {
    /// What is missing where they are nobody.
    pub fn missing(&self) -> Missing {
        match self {
            Approvers::Manager => Missing::Manager,
            Approvers::Owner => Missing::Owner,
            Approvers::Group(_) => Missing::GroupMember,
            Approvers::Administrators | Approvers::Members(_) => Missing::Approver,
        }
    }
}

/// As many steps a flow may have.
pub const STEPS: usize = 5;
/// The longest time until a reminder or an escalation, in days.
pub const LONGEST_WAIT: u16 = 365;

impl Rules {
    /// Steps, numbers and names that can be meant; otherwise the step (from 0; None for the flow)
    /// and the reason.
    pub fn check(&self) -> Result<(), (Option<usize>, Why)> {
        if self.steps.is_empty() || self.steps.len() > STEPS {
            return Err((None, Why::NotInRange(1, STEPS as u16)));
        }
        self.steps
            .iter()
            .enumerate()
            .try_for_each(|(n, step)| step.check().map_err(|why| (Some(n), why)))
    }

    /// The groups that the rules name, each once.
    pub fn groups(&self) -> BTreeSet<GroupId> {
        let of_steps = self
            .steps
            .iter()
            .flat_map(Step::all_approvers)
            .filter_map(|a| match a {
                Approvers::Group(id) => Some(id.clone()),
                _ => None,
            });
        let of_condition = match &self.approval {
            Approval::Automatic(Condition::Group(id)) => Some(id.clone()),
            _ => None,
        };
        of_steps.chain(of_condition).collect()
    }

    /// The members whom the rules name, each once.
    pub fn members(&self) -> BTreeSet<AccountId> {
        let named = self
            .steps
            .iter()
            .flat_map(Step::all_approvers)
            .filter_map(|a| match a {
                Approvers::Members(ids) => Some(ids.clone()),
                _ => None,
            });
        named.flatten().collect()
    }

    /// The role that the condition names.
    pub fn role(&self) -> Option<&RoleId> {
        match &self.approval {
            Approval::Automatic(Condition::Role(id)) => Some(id),
            _ => None,
        }
    }
}

impl Step {
    fn check(&self) -> Result<(), Why> {
        if self
            .all_approvers()
            .any(|a| matches!(a, Approvers::Members(ids) if ids.is_empty()))
        {
            return Err(Why::Missing);
        }
        let known = match &self.approvers {
            Approvers::Manager | Approvers::Owner => Some(1),
            Approvers::Members(ids) => Some(ids.len()),
            Approvers::Administrators | Approvers::Group(_) => None,
        };
        let days = [self.remind_days, self.escalation.as_ref().map(|(d, _)| *d)];
        if days.into_iter().flatten().any(|d| d == 0 || d > LONGEST_WAIT) {
            return Err(Why::NotInRange(1, LONGEST_WAIT));
        }
        match self.quorum {
            Quorum::Number(0) => Err(Why::NotInRange(1, 100)),
            Quorum::Number(n) if known.is_some_and(|k| usize::from(n) > k) => Err(Why::MoreThanThereAre),
            _ => Ok(()),
        }
    }
}

/// A flow's name: 1 to 80 characters.
pub fn name(raw: &str) -> Result<String, Why> {
    text::required(raw, 80)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(approvers: Approvers, quorum: Quorum) -> Step {
        Step {
            approvers,
            quorum,
            fallback: None,
            remind_days: None,
            escalation: None,
        }
    }

    #[test]
    fn rules_that_nobody_can_mean_are_refused() {
        let rules = |steps| Rules {
            approval: Approval::Manual,
            steps,
        };
        let good = step(Approvers::Administrators, Quorum::Any);
        assert_eq!(rules(vec![good.clone()]).check(), Ok(()));
        assert_eq!(rules(vec![]).check(), Err((None, Why::NotInRange(1, 5))));
        assert_eq!(
            rules(vec![good.clone(); 6]).check(),
            Err((None, Why::NotInRange(1, 5)))
        );
        assert_eq!(
            rules(vec![good, step(Approvers::Members(vec![]), Quorum::Any)]).check(),
            Err((Some(1), Why::Missing))
        );
        assert_eq!(
            rules(vec![step(Approvers::Owner, Quorum::Number(0))]).check(),
            Err((Some(0), Why::NotInRange(1, 100)))
        );
        assert_eq!(
            rules(vec![step(Approvers::Manager, Quorum::Number(2))]).check(),
            Err((Some(0), Why::MoreThanThereAre))
        );
    }

    #[test]
    fn rules_survive_storage() {
        let rules = Rules {
            approval: Approval::Automatic(Condition::Domain("northlight.test".into())),
            steps: vec![Step {
                escalation: Some((3, Approvers::Administrators)),
                ..step(Approvers::Manager, Quorum::Number(2))
            }],
        };
        let stored = serde_json::to_string(&rules).unwrap();
        assert_eq!(serde_json::from_str::<Rules>(&stored).unwrap(), rules);
    }
}
