//! How a step of a flow stands: whom it asks now, who has approved, and whether that is enough.
use crate::domain::account::Account;
use crate::domain::flow::{Approvers, Condition, Missing, Step};
use crate::domain::ids::{AccountId, GroupId, RoleId};
use std::collections::{BTreeMap, BTreeSet};

/// The people whom a step may name, as they are now.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct People {
    /// Those among them who are eligible: active, with `portal.use` or `requests.decide`, and
    /// neither the submitter nor the one it is for.
    pub eligible: BTreeSet<AccountId>,
    pub administrators: BTreeSet<AccountId>,
    pub manager: Option<AccountId>,
    pub owner: Option<AccountId>,
    /// The members of the groups that the rules name.
    pub groups: BTreeMap<GroupId, BTreeSet<AccountId>>,
    /// Who is away, and who decides for them meanwhile.
    pub delegates: BTreeMap<AccountId, AccountId>,
}

impl People {
    /// Who decides for somebody: the delegate, or the delegate of a delegate who is away too. It ends
    /// before who may not decide, and in a ring with the last one who was not there yet.
    fn stand_in(&self, account: &AccountId) -> AccountId {
        let chain = chain(&self.delegates, account);
        let last = chain.into_iter().take_while(|d| self.eligible.contains(d)).last();
        last.unwrap_or_else(|| account.clone())
    }
}

/// The delegate of somebody, that one's own, and so on; each once, and never the first.
pub fn chain(delegates: &BTreeMap<AccountId, AccountId>, account: &AccountId) -> Vec<AccountId> {
    let mut found: Vec<AccountId> = Vec::new();
    let mut next = delegates.get(account);
    while let Some(delegate) = next.filter(|d| *d != account && !found.contains(d)) {
        found.push(delegate.clone());
        next = delegates.get(delegate);
    }
    found
}

/// How a step stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StepState {
    /// These have not voted, each with whom they stand for; so many approvals are needed in all.
    Waits {
        asked: BTreeMap<AccountId, Option<AccountId>>,
        needed: usize,
    },
    /// Enough have approved.
    Met,
    /// Nobody eligible can be found: what is missing.
    Missing(Missing),
}

/// The proof that a flow says yes: its condition holds, or enough have approved its last step.
#[derive(Debug)]
pub struct Met {
    last: Option<AccountId>,
}

impl Met {
    /// Whose approval was the last one needed; None: the condition alone.
    pub fn last(&self) -> Option<&AccountId> {
        self.last.as_ref()
    }
}

impl StepState {
    /// The proof that enough have approved; None while they have not. `last`: whose approval was
    /// the last.
    pub fn met(&self, last: &AccountId) -> Option<Met> {
        (*self == StepState::Met).then(|| Met {
            last: Some(last.clone()),
        })
    }
}

impl Condition {
    /// The proof that the condition holds for an account with these roles and groups. An address
    /// that nobody has proven says nothing.
    pub fn met(&self, of: &Account, roles: &[RoleId], groups: &[GroupId]) -> Option<Met> {
        let holds = match self {
            Condition::Role(role) => roles.contains(role),
            Condition::Group(group) => groups.contains(group),
            Condition::Domain(domain) => of.email_proven_at.is_some() && of.email.domain() == *domain,
        };
        holds.then_some(Met { last: None })
    }
}

/// An approval of a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Approved {
    pub by: AccountId,
    /// For whom, while that one was away.
    pub instead_of: Option<AccountId>,
}

/// Somebody who is asked, for themselves and for those who are away.
#[derive(Clone, Debug, Default)]
struct Voice {
    itself: bool,
    away: BTreeSet<AccountId>,
}

impl Voice {
    /// Whether these approvals say what this voice was asked: by the same person, or for each of
    /// those whom it speaks for.
    fn has_spoken(&self, account: &AccountId, approvals: &[Approved]) -> bool {
        let spoken_for = |seat: &AccountId| {
            approvals
                .iter()
                .any(|a| a.by == *seat || a.instead_of.as_ref() == Some(seat))
        };
        approvals.iter().any(|a| a.by == *account)
            || ((!self.itself || spoken_for(account)) && self.away.iter().all(spoken_for))
    }
}

impl Step {
    /// How the step stands when these have approved; `escalated`: its escalation's days are over.
    /// Whoever is not among its approvers any more does not count any more.
    pub fn stand(&self, people: &People, approvals: &[Approved], escalated: bool) -> StepState {
        let first = [Some(&self.approvers), self.fallback.as_ref()]
            .into_iter()
            .flatten()
            .map(|a| a.find(people))
            .find(|f| !f.is_empty());
        let further = self
            .escalation
            .as_ref()
            .map(|(_, a)| {
                if escalated {
                    a.find(people)
                } else {
                    BTreeMap::new()
                }
            })
            .unwrap_or_default();
        let base = first.unwrap_or_else(|| further.clone());
        if base.is_empty() {
            return StepState::Missing(self.approvers.missing());
        }
        let needed = self.quorum.of(base.len());
        let mut all = further;
        all.extend(base);
        let (spoken, silent): (Vec<_>, Vec<_>) = all
            .into_iter()
            .partition(|(account, voice)| voice.has_spoken(account, approvals));
        if spoken.len() >= needed {
            return StepState::Met;
        }
        let asked = silent.into_iter().map(|(account, voice)| {
            (
                account,
                if voice.itself {
                    None
                } else {
                    voice.away.into_iter().next()
                },
            )
        });
        StepState::Waits {
            asked: asked.collect(),
            needed,
        }
    }
}

impl Approvers {
    /// The eligible among them; in place of who is away their delegate, if that one is eligible
    /// too.
    fn find(&self, people: &People) -> BTreeMap<AccountId, Voice> {
        let named: BTreeSet<AccountId> = match self {
            Approvers::Administrators => people.administrators.clone(),
            Approvers::Manager => people.manager.iter().cloned().collect(),
            Approvers::Owner => people.owner.iter().cloned().collect(),
            Approvers::Group(id) => people.groups.get(id).cloned().unwrap_or_default(),
            Approvers::Members(ids) => ids.iter().cloned().collect(),
        };
        let mut found: BTreeMap<AccountId, Voice> = BTreeMap::new();
        // Whoever may not decide cannot have somebody else do it either.
        for account in named.into_iter().filter(|a| people.eligible.contains(a)) {
            let stands_in = people.stand_in(&account);
            if stands_in == account {
                found.entry(account).or_default().itself = true;
            } else {
                found.entry(stands_in).or_default().away.insert(account);
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::flow::Quorum;

    fn account(n: u8) -> AccountId {
        AccountId::try_from(format!("0192d3a0-0000-7000-8000-0000000000{n:02x}")).unwrap()
    }

    fn step(approvers: Approvers, quorum: Quorum) -> Step {
        Step {
            approvers,
            quorum,
            fallback: None,
            remind_days: None,
            escalation: None,
        }
    }

    fn waits(asked: &[u8], needed: usize) -> StepState {
        StepState::Waits {
            asked: asked.iter().map(|n| (account(*n), None)).collect(),
            needed,
        }
    }

    fn people() -> People {
        People {
            eligible: [account(1), account(2), account(3)].into(),
            administrators: [account(1), account(9)].into(),
            manager: Some(account(8)),
            owner: Some(account(2)),
            ..People::default()
        }
    }

    fn by(accounts: &[u8]) -> Vec<Approved> {
        accounts
            .iter()
            .map(|n| Approved {
                by: account(*n),
                instead_of: None,
            })
            .collect()
    }

    #[test]
    fn a_step_asks_who_is_eligible() {
        let stand = |s: &Step| s.stand(&people(), &[], false);
        assert_eq!(
            stand(&step(Approvers::Administrators, Quorum::All)),
            waits(&[1], 1)
        );
        assert_eq!(
            stand(&step(Approvers::Manager, Quorum::Any)),
            StepState::Missing(Missing::Manager),
            "the manager is not eligible"
        );
        let fallback = Step {
            fallback: Some(Approvers::Owner),
            ..step(Approvers::Manager, Quorum::Any)
        };
        assert_eq!(stand(&fallback), waits(&[2], 1));
        let three = Approvers::Members(vec![account(1), account(2), account(3), account(7)]);
        assert_eq!(
            stand(&step(three.clone(), Quorum::Number(2))),
            waits(&[1, 2, 3], 2)
        );
        assert_eq!(
            stand(&step(three, Quorum::Number(9))),
            waits(&[1, 2, 3], 3),
            "more than there are means all"
        );
    }

    #[test]
    fn enough_approvals_meet_it_and_others_are_asked_in_time() {
        let two = step(
            Approvers::Members(vec![account(1), account(2), account(3)]),
            Quorum::Number(2),
        );
        assert_eq!(two.stand(&people(), &by(&[3]), false), waits(&[1, 2], 2));
        assert_eq!(two.stand(&people(), &by(&[3, 1]), false), StepState::Met);
        let escalates = Step {
            escalation: Some((3, Approvers::Owner)),
            ..step(Approvers::Administrators, Quorum::All)
        };
        assert_eq!(escalates.stand(&people(), &[], false), waits(&[1], 1));
        assert_eq!(escalates.stand(&people(), &[], true), waits(&[1, 2], 1));
        let late = Step {
            escalation: Some((3, Approvers::Owner)),
            ..step(Approvers::Manager, Quorum::Any)
        };
        assert_eq!(
            late.stand(&people(), &[], true),
            waits(&[2], 1),
            "the escalation finds somebody"
        );
    }

    #[test]
    fn a_delegate_decides_for_who_is_away() {
        let away = People {
            delegates: [(account(2), account(3)), (account(1), account(9))].into(),
            ..people()
        };
        let asked = |s: Step| s.stand(&away, &[], false);
        let instead = StepState::Waits {
            asked: [(account(3), Some(account(2)))].into(),
            needed: 1,
        };
        assert_eq!(asked(step(Approvers::Owner, Quorum::Any)), instead);
        assert_eq!(
            asked(step(Approvers::Administrators, Quorum::Any)),
            waits(&[1], 1),
            "a delegate who is not eligible cannot"
        );
        let both = step(Approvers::Members(vec![account(2), account(3)]), Quorum::All);
        assert_eq!(
            both.stand(&away, &by(&[3]), false),
            StepState::Met,
            "one person is one approval"
        );
    }

    #[test]
    fn h13_a_delegate_who_is_away_too_has_their_own_decide() {
        let away = |delegates: &[(u8, u8)]| People {
            delegates: delegates
                .iter()
                .map(|(a, d)| (account(*a), account(*d)))
                .collect(),
            ..people()
        };
        let owner = || step(Approvers::Owner, Quorum::Any);
        let asked = |by: u8| StepState::Waits {
            asked: [(account(by), Some(account(2)))].into(),
            needed: 1,
        };
        let stand = |delegates: &[(u8, u8)]| owner().stand(&away(delegates), &[], false);
        assert_eq!(stand(&[(2, 3), (3, 1)]), asked(1));
        assert_eq!(
            stand(&[(2, 3), (3, 9), (9, 1)]),
            asked(3),
            "before who may not decide"
        );
        assert_eq!(stand(&[(2, 3), (3, 2)]), asked(3), "a ring of two");
        assert_eq!(
            stand(&[(2, 1), (1, 3), (3, 1)]),
            asked(3),
            "a ring behind somebody"
        );
    }

    #[test]
    fn who_may_not_decide_delegates_nothing() {
        let away = People {
            delegates: [(account(8), account(1))].into(),
            ..people()
        };
        let stands = step(Approvers::Manager, Quorum::Any).stand(&away, &[], false);
        assert_eq!(
            stands,
            StepState::Missing(Missing::Manager),
            "the manager is the requester, or has left"
        );
    }

    #[test]
    fn all_means_all_who_are_asked_now() {
        let all = step(Approvers::Members(vec![account(1), account(2)]), Quorum::All);
        assert_eq!(
            all.stand(&people(), &by(&[1, 3]), false),
            waits(&[2], 2),
            "who is asked no more counts no more"
        );
        // What a delegate approved counts for whoever was away, also when they are back.
        let instead = vec![Approved {
            by: account(3),
            instead_of: Some(account(2)),
        }];
        assert_eq!(all.stand(&people(), &instead, false), waits(&[1], 2));
        assert_eq!(
            all.stand(&people(), &[instead, by(&[1])].concat(), false),
            StepState::Met
        );
    }
}
