//! Approval Progress: each step of a request's flow, whom it asked, who voted, and what it waits
//! for.
use crate::desk::Desk;
use crate::desk::access::steps::approvals;
use crate::domain::flow::{Approvers, Flow, Missing, Quorum};
use crate::domain::ids::GroupId;
use crate::domain::request::{Request, Status};
use crate::domain::verdict::Verdict;
use crate::domain::{Result, Time};
use crate::store::access::questions::Question;
use crate::store::access::steps::{Assigned, Review};
use crate::store::{self, Conn};

/// How far a request has come.
#[derive(Clone, Debug, Default)]
pub struct Progress {
    pub flow: String,
    /// The version that it follows, and the newest.
    pub number: i64,
    pub newest: i64,
    pub flow_deleted: bool,
    /// The steps of the newest version, where that is not the one that it follows: approvers, their
    /// names, and how many must approve.
    pub newer: Vec<(Approvers, Vec<String>, Quorum)>,
    pub steps: Vec<ProgressStep>,
    pub questions: Vec<Question>,
}

/// One step.
#[derive(Clone, Debug)]
pub struct ProgressStep {
    pub approvers: Approvers,
    /// The group's name, or the named members'.
    pub names: Vec<String>,
    pub quorum: Quorum,
    pub stage: Stage,
    pub reviews: Vec<Review>,
    /// Whom it waits for, if it is the current one.
    pub waiting: Vec<Assigned>,
    /// How many more approvals it needs, if it is the current one and asks somebody.
    pub more: usize,
    pub missing: Option<Missing>,
    /// The group to which somebody can be added.
    pub group: Option<GroupId>,
    /// An administrator decided in place of those whom it asked: who, what, when.
    pub overridden: Option<(String, Verdict, Time)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    Done,
    Current,
    Ahead,
    /// It ended before it was this step's turn, or before it was met.
    Passed,
}

/// How far a request has come; of a request to join, nothing.
pub(crate) async fn progress(desk: &Desk, conn: &mut Conn, request: &Request) -> Result<Progress> {
    let Some(asked) = request.asked() else {
        return Ok(Progress::default());
    };
    let org = &request.organisation;
    let flow = store::access::flows::find(conn, org, &asked.flow).await?;
    let rules = store::access::flows::find_rules(conn, org, &asked.flow, asked.flow_number).await?;
    let reviews = store::access::steps::list_reviews(conn, org, &request.id).await?;
    let mut waiting = store::access::steps::list_assigned(conn, org, &request.id).await?;
    let overridden = overridden(conn, request).await?;
    let mut steps = Vec::new();
    for (index, step) in rules.steps.iter().enumerate() {
        let current = index == asked.step && request.status.is_open();
        let here: Vec<Review> = reviews
            .iter()
            .filter(|r| r.flow_number == asked.flow_number && r.step == index)
            .cloned()
            .collect();
        let waits = if current {
            std::mem::take(&mut waiting)
        } else {
            Vec::new()
        };
        let approved = approvals(&here, asked.flow_number, index).len();
        let (names, group) = names(desk, conn, request, &step.approvers).await?;
        steps.push(ProgressStep {
            approvers: step.approvers.clone(),
            names,
            quorum: step.quorum,
            stage: stage(&request.status, asked.step, index),
            reviews: here,
            more: step.quorum.more(waits.len(), approved),
            waiting: waits,
            missing: if current { request.missing() } else { None },
            group,
            overridden: if index == asked.step {
                overridden.clone()
            } else {
                None
            },
        });
    }
    let newer = newer_steps(desk, conn, request, &flow).await?;
    let questions = store::access::questions::list(conn, org, &request.id).await?;
    Ok(Progress {
        flow: flow.name,
        number: asked.flow_number,
        newest: flow.number,
        flow_deleted: flow.deleted,
        newer,
        steps,
        questions,
    })
}

/// How the step at `index` stands in a request that has come to the step `reached`.
fn stage(status: &Status, reached: usize, index: usize) -> Stage {
    let decided_there = match status {
        Status::Approved { decision, .. }
        | Status::Provisioning(decision)
        | Status::Error(_, Some(decision)) => !decision.overrides && decision.by.is_some(),
        _ => false,
    };
    let is_open = status.is_open();
    if index < reached || (index == reached && decided_there) {
        Stage::Done
    } else if is_open && index == reached {
        Stage::Current
    } else if is_open {
        Stage::Ahead
    } else {
        Stage::Passed
    }
}

/// The steps of the flow's newest version, where the request follows an older one: whom each asks,
/// by kind and by names, and how many of them.
async fn newer_steps(
    desk: &Desk,
    conn: &mut Conn,
    request: &Request,
    flow: &Flow,
) -> Result<Vec<(Approvers, Vec<String>, Quorum)>> {
    let mut newer = Vec::new();
    if flow.number <= request.expect_asked()?.flow_number {
        return Ok(newer);
    }
    for step in &flow.rules.steps {
        let (names, _) = names(desk, conn, request, &step.approvers).await?;
        newer.push((step.approvers.clone(), names, step.quorum));
    }
    Ok(newer)
}

/// The names of the group or of the members whom a step asks; and the group, to which somebody
/// can be added.
pub(crate) async fn names(
    _desk: &Desk,
    conn: &mut Conn,
    request: &Request,
    approvers: &Approvers,
) -> Result<(Vec<String>, Option<GroupId>)> {
    let org = &request.organisation;
    match approvers {
        Approvers::Group(id) => {
            let name = match store::people::groups::find(conn, org, id).await {
                Ok(group) => vec![group.name],
                Err(crate::domain::Error::NotFound) => Vec::new(),
                Err(e) => return Err(e),
            };
            Ok((name, Some(id.clone())))
        }
        Approvers::Members(ids) => Ok((store::account::accounts::list_names(conn, ids).await?, None)),
        Approvers::Administrators | Approvers::Manager | Approvers::Owner => Ok((Vec::new(), None)),
    }
}

/// Who overrode the approvers of a request, if somebody did, what they decided, and when.
async fn overridden(conn: &mut Conn, request: &Request) -> Result<Option<(String, Verdict, Time)>> {
    let (verdict, decision) = match &request.status {
        Status::Approved { decision, .. } | Status::Provisioning(decision) => (Verdict::Approve, decision),
        Status::Denied(decision) => (Verdict::Reject, decision),
        _ => return Ok(None),
    };
    let (Some(by), true) = (&decision.by, decision.overrides) else {
        return Ok(None);
    };
    Ok(Some((
        store::account::accounts::find(conn, by).await?.name,
        verdict,
        decision.at,
    )))
}
