//! Random commands against a model of requests for resources: ten thousand steps on each database.
//! `ANTEROOM_SEED` repeats another run.
use crate::access::portal::{Portal, SLUG, said};
use crate::harness::{House, at, step};
use anteroom::desk::access::flows::StepDraft;
use anteroom::desk::access::submission::Wish;
use anteroom::desk::people::members::Work;
use anteroom::desk::{Actor, access, joining, people, queue, requests};
use anteroom::domain::ids::{GroupId, RequestId};
use anteroom::domain::organisation::REQUEST_LIFE;
use anteroom::domain::request::StatusWord;
use anteroom::domain::time::Span;
use anteroom::domain::verdict::Verdict;
use anteroom::domain::{Error, Time};
use anteroom::store;
use std::collections::BTreeSet;

const STEPS: usize = 10_000;
const REVIEWERS: usize = 3;
const REQUESTERS: usize = 4;
const MANAGERS: usize = 2;

/// A request as it should be. Its flow: two of the group, then the requester's manager.
#[derive(Clone, Debug)]
struct Modelled {
    id: RequestId,
    requester: usize,
    status: StatusWord,
    step: usize,
    /// Who approved the first step.
    approved: BTreeSet<usize>,
    expires: Time,
}

/// Everything as it should be.
struct Model {
    now: Time,
    group: BTreeSet<usize>,
    manager: Vec<Option<usize>>,
    active: bool,
    has: Vec<bool>,
    requests: Vec<Modelled>,
}

impl Model {
    fn is_open(&self, r: &Modelled) -> bool {
        matches!(
            r.status,
            StatusWord::Pending | StatusWord::MissingData | StatusWord::Error
        ) && self.now < r.expires
    }

    fn word(&self, r: &Modelled) -> StatusWord {
        let stored_open = matches!(
            r.status,
            StatusWord::Pending | StatusWord::MissingData | StatusWord::Error
        );
        if stored_open && self.now >= r.expires {
            StatusWord::Expired
        } else {
            r.status
        }
    }

    /// Whom a request waits for: reviewers, or managers (counted on from there).
    fn waits_for(&self, r: &Modelled) -> BTreeSet<usize> {
        if !self.is_open(r) || r.status != StatusWord::Pending {
            return BTreeSet::new();
        }
        match r.step {
            0 => self.group.difference(&r.approved).copied().collect(),
            _ => self.manager[r.requester]
                .map(|m| REVIEWERS + m)
                .into_iter()
                .collect(),
        }
    }

    /// Brings a request that is neither decided nor in error to where it belongs.
    fn settle(&mut self, at: usize) {
        let mut r = self.requests[at].clone();
        if !self.is_open(&r) || r.status == StatusWord::Error {
            return;
        }
        if !self.active {
            r.status = StatusWord::Error;
        } else {
            if r.step == 0
                && !self.group.is_empty()
                && r.approved.intersection(&self.group).count() >= 2.min(self.group.len())
            {
                r.step = 1;
            }
            let nobody = if r.step == 0 {
                self.group.is_empty()
            } else {
                self.manager[r.requester].is_none()
            };
            r.status = if nobody {
                StatusWord::MissingData
            } else {
                StatusWord::Pending
            };
        }
        self.requests[at] = r;
    }

    fn settle_all(&mut self, which: impl Fn(&Modelled) -> bool) {
        for at in 0..self.requests.len() {
            if which(&self.requests[at]) {
                self.settle(at);
            }
        }
    }

    /// The newest open request, or the newest at all, of this requester.
    fn of(&self, requester: usize) -> Option<usize> {
        let open = (0..self.requests.len())
            .rev()
            .find(|n| self.requests[*n].requester == requester && self.is_open(&self.requests[*n]));
        open.or_else(|| {
            (0..self.requests.len())
                .rev()
                .find(|n| self.requests[*n].requester == requester)
        })
    }
}

/// A small generator, so that a run can be repeated.
struct Dice(u64);

impl Dice {
    fn throw(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % sides as u64) as usize
    }
}

struct World<'a> {
    p: Portal<'a>,
    group: GroupId,
    /// Reviewers, then managers, then requesters.
    people: Vec<Actor>,
    model: Model,
}

impl World<'_> {
    fn at(&self, actor: &Actor) -> Actor {
        at(actor, self.model.now)
    }

    fn requester(&self, n: usize) -> Actor {
        self.at(&self.people[REVIEWERS + MANAGERS + n])
    }

    /// One command; what was tried, in words.
    async fn step(&mut self, dice: &mut Dice) -> String {
        let (desk, house) = (&self.p.house.desk, self.p.house);
        let ivo = self.at(&self.p.ivo);
        let n = dice.throw(REQUESTERS);
        let at = self.model.of(n);
        match dice.throw(20) {
            0..4 => {
                let who = self.requester(n);
                let member = house.membership(&who, SLUG).await;
                let asked = access::submission::ask_for(
                    desk,
                    &who,
                    &member,
                    &self.p.resource,
                    &Wish {
                        reason: "x".into(),
                        ..Wish::default()
                    },
                )
                .await;
                let open = at.is_some_and(|at| self.model.is_open(&self.model.requests[at]));
                let may = self.model.active && !open && !self.model.has[n];
                match asked {
                    Ok(id) => {
                        assert!(may, "{n} asked");
                        let expires = self.model.now + REQUEST_LIFE;
                        let fresh = Modelled {
                            id,
                            requester: n,
                            status: StatusWord::Pending,
                            step: 0,
                            approved: BTreeSet::new(),
                            expires,
                        };
                        self.model.requests.push(fresh);
                        self.model.settle(self.model.requests.len() - 1);
                    }
                    Err(e) => assert!(
                        !may || matches!(e, Error::TooManyTries { .. }),
                        "{n} may ask: {e:?}"
                    ),
                }
                format!("{n} asks")
            }
            4..11 => {
                let voter = dice.throw(REVIEWERS + MANAGERS);
                let approves = dice.throw(5) > 0;
                let Some(at) = at else { return "nothing".into() };
                let who = self.at(&self.people[voter]);
                let member = house.membership(&who, SLUG).await;
                let r = self.model.requests[at].clone();
                let verdict = if approves {
                    Verdict::Approve.into()
                } else {
                    said(Verdict::Reject, "No")
                };
                let done = access::votes::vote(desk, &who, &member, &r.id, &verdict).await;
                assert_eq!(
                    done.is_ok(),
                    self.model.waits_for(&r).contains(&voter),
                    "vote of {voter}: {done:?}"
                );
                if done.is_ok() {
                    let (now, m) = (self.model.now, &mut self.model);
                    if !approves {
                        m.requests[at].status = StatusWord::Denied;
                    } else {
                        m.requests[at].expires = now + REQUEST_LIFE;
                        if r.step == 1 {
                            m.requests[at].status = StatusWord::Approved;
                            m.has[n] = true;
                        } else {
                            m.requests[at].approved.insert(voter);
                            m.settle(at);
                        }
                    }
                }
                format!("{voter} votes {approves} on {n}'s")
            }
            11..13 => {
                let Some(at) = at else { return "nothing".into() };
                let r = self.model.requests[at].clone();
                let what = dice.throw(3);
                let done = match what {
                    0 => queue::decisions::decide(desk, &ivo, &self.p.member, &r.id, Verdict::Approve).await,
                    1 => {
                        queue::decisions::decide_with(
                            desk,
                            &ivo,
                            &self.p.member,
                            &r.id,
                            &said(Verdict::Reject, "No"),
                        )
                        .await
                    }
                    _ => queue::decisions::cancel_request(desk, &ivo, &self.p.member, &r.id, "No").await,
                };
                let may = self.model.is_open(&r) && (what != 0 || self.model.active);
                assert_eq!(done.is_ok(), may, "decide {what}: {done:?}");
                if may {
                    self.model.requests[at].status =
                        [StatusWord::Approved, StatusWord::Denied, StatusWord::Canceled][what];
                    self.model.has[n] |= what == 0;
                }
                format!("an administrator decides {what} on {n}'s")
            }
            13 => {
                let Some(at) = at else { return "nothing".into() };
                let r = self.model.requests[at].clone();
                let done = joining::requests::withdraw(desk, &self.requester(n), &r.id).await;
                assert_eq!(done.is_ok(), self.model.is_open(&r), "withdraw: {done:?}");
                if done.is_ok() {
                    self.model.requests[at].status = StatusWord::Canceled;
                }
                format!("{n} withdraws")
            }
            14 | 15 => {
                let m = dice.throw(MANAGERS + 1);
                let manager = if m == MANAGERS {
                    String::new()
                } else {
                    self.people[REVIEWERS + m].account.email.to_string()
                };
                let work = Work {
                    manager,
                    ..Work::default()
                };
                people::members::set_employment(desk, &ivo, &self.p.member, self.requester(n).id(), &work)
                    .await
                    .unwrap();
                self.model.manager[n] = Some(m).filter(|m| *m < MANAGERS);
                self.model.settle_all(|r| r.requester == n);
                format!("{n}'s manager is {m}")
            }
            16 | 17 => {
                let who = dice.throw(REVIEWERS);
                let account = self.people[who].account.clone();
                if self.model.group.remove(&who) {
                    people::groups::remove(desk, &ivo, &self.p.member, &self.group, &account.id)
                        .await
                        .unwrap();
                } else {
                    people::groups::add(desk, &ivo, &self.p.member, &self.group, account.email.as_str())
                        .await
                        .unwrap();
                    self.model.group.insert(who);
                }
                self.model.settle_all(|_| true);
                format!("the group is {:?}", self.model.group)
            }
            18 => {
                match dice.throw(4) {
                    0 => {
                        self.model.active = !self.model.active;
                        access::resources::set_state(
                            desk,
                            &ivo,
                            &self.p.member,
                            &self.p.resource,
                            self.model.active,
                        )
                        .await
                        .unwrap();
                        if !self.model.active {
                            self.model.settle_all(|_| true);
                        }
                    }
                    1 if self.model.has[n] => {
                        let who = self.requester(n);
                        let member = house.membership(&who, SLUG).await;
                        let grants = access::grants::list_own(desk, &who, &member).await.unwrap();
                        access::grants::end(desk, &who, &member, &grants[0].grant.id)
                            .await
                            .unwrap();
                        self.model.has[n] = false;
                    }
                    _ => {
                        let Some(at) = at else { return "nothing".into() };
                        let r = self.model.requests[at].clone();
                        let done = queue::repair::retry(desk, &ivo, &self.p.member, &r.id).await;
                        let may =
                            self.model.is_open(&r) && r.status == StatusWord::Error && self.model.active;
                        assert_eq!(done.is_ok(), may, "retry: {done:?}");
                        if may {
                            self.model.requests[at].status = StatusWord::Pending;
                            self.model.settle(at);
                        }
                    }
                }
                format!("the resource is active: {}", self.model.active)
            }
            _ => {
                let days = [0, 0, 1, 3, 12][dice.throw(5)];
                self.model.now = self.model.now + Span::days(days) + Span::minutes(1);
                if dice.throw(2) == 0 {
                    requests::expiry::sweep(desk, self.model.now).await.unwrap();
                }
                format!("{days} days pass")
            }
        }
    }

    /// Fails unless the newest request of each requester, whom it waits for, and what they have are
    /// as modelled.
    async fn compare(&self) {
        for n in 0..REQUESTERS {
            let Some(at) = self.model.of(n) else { continue };
            let r = &self.model.requests[at];
            let stored = self.p.stored(&r.id).await;
            assert_eq!(
                stored.status_at(self.model.now).word(),
                self.model.word(r),
                "{r:?}"
            );
            if self.model.is_open(r) {
                assert_eq!(stored.expect_asked().unwrap().step, r.step, "{r:?}");
                let assigned = store::access::steps::list_assigned(
                    &mut *self.p.house.raw().await,
                    &self.p.member.organisation,
                    &r.id,
                )
                .await
                .unwrap();
                let found: BTreeSet<usize> = assigned
                    .iter()
                    .map(|a| self.people.iter().position(|p| p.id() == &a.account).unwrap())
                    .collect();
                assert_eq!(found, self.model.waits_for(r), "{r:?}");
            }
            assert_eq!(
                self.p.has(&self.requester(n)).await.len(),
                usize::from(self.model.has[n]),
                "what {n} has"
            );
        }
    }
}

both!(ten_thousand_commands);
async fn ten_thousand_commands(house: &House) {
    let seed = std::env::var("ANTEROOM_SEED")
        .ok()
        .and_then(|s| s.parse().ok())
        .unwrap_or(20_261_122);
    let (ivo, member) = house.founder(SLUG).await;
    let mut people = Vec::new();
    for n in 0..REVIEWERS + MANAGERS + REQUESTERS {
        people.push(house.portal_user(&ivo, &format!("P{n} Person")).await);
    }
    let group = house.group(&ivo, "Lab", &[]).await;
    let two = StepDraft {
        quorum: "number".into(),
        number: "2".into(),
        ..step(&format!("group:{group}"))
    };
    let p = Portal::over(house, ivo, member, vec![two, step("manager")]).await;
    let model = Model {
        now: house.now,
        group: BTreeSet::new(),
        manager: vec![None; REQUESTERS],
        active: true,
        has: vec![false; REQUESTERS],
        requests: Vec::new(),
    };
    let mut world = World {
        p,
        group,
        people,
        model,
    };
    let mut dice = Dice(seed);
    let mut last = Vec::new();
    for n in 0..STEPS {
        let told = Tell(format!("seed {seed}, step {n}, after {last:?}"));
        last.push(world.step(&mut dice).await);
        world.compare().await;
        drop(told);
        if last.len() > 12 {
            last.remove(0);
        }
    }
    let reached: BTreeSet<&str> = world
        .model
        .requests
        .iter()
        .map(|r| world.model.word(r).as_str())
        .collect();
    assert!(
        ["approved", "denied", "canceled", "expired"]
            .iter()
            .all(|s| reached.contains(s)),
        "{reached:?}"
    );
    house.expects_owed_letters();
}

/// Says what led to a failed assertion.
struct Tell(String);

impl Drop for Tell {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("{}", self.0);
        }
    }
}
