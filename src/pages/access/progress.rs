//! Approval Progress, put into words for whoever looks: administrators also see what they can add.
use crate::desk::access::progress::{Progress, ProgressStep, Stage};
use crate::domain::flow::{Approvers, Missing, Quorum};
use crate::domain::member::Membership;
use crate::domain::request::{Problem, Request, Status};
use crate::domain::role::Permission;
use crate::domain::verdict::Verdict;
use crate::islands::progress::{ProgressWords, StepWords, Talk};
use crate::islands::when::When;
use crate::pages::parts;
use crate::site::Call;
use crate::store::access::steps::Review;

/// The progress in words. `administers`: with the ways to what is missing.
pub fn words(
    call: &Call,
    member: &Membership,
    request: &Request,
    p: &Progress,
    administers: bool,
) -> ProgressWords {
    let w = call.words();
    let flow = w.tell("progress-flow", &[("flow", &p.flow), ("number", &p.number)]);
    let note = match &request.status {
        Status::Error(problem, _) if administers => problem_words(call, *problem),
        // What is to be done about it is not theirs to do.
        Status::Error(..) => w.say("progress-error-told"),
        _ if !administers && request.missing().is_some() => w.say("progress-missing-told"),
        _ if administers && p.flow_deleted => w.say("progress-flow-deleted"),
        _ if administers && p.newest > p.number => newer(call, p),
        _ => String::new(),
    };
    let steps = p
        .steps
        .iter()
        .enumerate()
        .map(|(n, s)| step(call, member, request, n, s, administers))
        .collect();
    let talk = p.questions.iter().map(|q| Talk {
        question: w.tell("progress-question", &[("by", &q.asked_by_name)]),
        said: q.question.clone(),
        asked: Some(parts::instant(call, q.asked_at)),
        answer: q
            .answer
            .as_ref()
            .map(|(text, _)| text.clone())
            .unwrap_or_default(),
        answered: q.answer.as_ref().map(|(_, at)| parts::instant(call, *at)),
    });
    let title = if administers {
        w.say("progress-title")
    } else {
        String::new()
    };
    ProgressWords {
        title,
        flow,
        note,
        steps,
        talk: talk.collect(),
    }
}

/// That there is a newer version of the flow, and in which steps it differs.
fn newer(call: &Call, p: &Progress) -> String {
    let line = |approvers_of: &Approvers, names: &[String], of: Quorum| {
        format!("{} ({})", approvers(call, approvers_of, names), quorum(call, of))
    };
    let before: Vec<String> = p
        .steps
        .iter()
        .map(|s| line(&s.approvers, &s.names, s.quorum))
        .collect();
    let after: Vec<String> = p
        .newer
        .iter()
        .map(|(who, names, of)| line(who, names, *of))
        .collect();
    let differs = (0..before.len().max(after.len()))
        .filter(|n| before.get(*n) != after.get(*n))
        .map(|n| {
            let none = || "–".to_owned();
            let (was, is) = (
                before.get(n).cloned().unwrap_or_else(none),
                after.get(n).cloned().unwrap_or_else(none),
            );
            call.words().tell(
                "progress-differs",
                &[("n", &((n + 1) as i64)), ("was", &was), ("is", &is)],
            )
        });
    let head = call.words().tell("progress-newer", &[("number", &p.newest)]);
    std::iter::once(head).chain(differs).collect::<Vec<_>>().join(" ")
}

/// What went wrong, and what can be done about it.
pub fn problem_words(call: &Call, problem: Problem) -> String {
    call.words()
        .say(&format!("problem-{}", problem.as_str().replace('_', "-")))
}

fn step(
    call: &Call,
    member: &Membership,
    request: &Request,
    n: usize,
    s: &ProgressStep,
    administers: bool,
) -> StepWords {
    let w = call.words();
    let who = approvers(call, &s.approvers, &s.names);
    let title = w.tell("progress-step", &[("n", &((n + 1) as i64)), ("who", &who)]);
    let stage = match s.stage {
        Stage::Done => "done",
        Stage::Current => "now",
        Stage::Ahead => "ahead",
        Stage::Passed => "off",
    };
    let mut lines = lines(call, s);
    let mut add = (String::new(), String::new());
    if let Some(missing) = s.missing {
        lines.push((
            w.say(&format!("missing-{}", missing.as_str().replace('_', "-"))),
            None,
        ));
        if administers {
            add = way(call, member, request, missing, s).unwrap_or_default();
        }
    }
    StepWords {
        title,
        stage: stage.into(),
        stage_words: w.say(&format!("progress-{stage}")),
        lines,
        add,
    }
}

/// What was voted in a step and by whom, and whom it waits for.
fn lines(call: &Call, s: &ProgressStep) -> Vec<(String, Option<When>)> {
    let w = call.words();
    let mut lines: Vec<_> = s
        .reviews
        .iter()
        .map(|r| (voted(call, r), Some(parts::instant(call, r.at))))
        .collect();
    if !s.waiting.is_empty() {
        let names: Vec<String> = s
            .waiting
            .iter()
            .map(|a| match &a.instead_of {
                Some((_, away)) => w.tell("progress-instead", &[("name", &a.name), ("away", away)]),
                None => a.name.clone(),
            })
            .collect();
        let (names, more) = (shortened(&names), s.more as i64);
        lines.push((w.tell("progress-waits", &[("names", &names), ("n", &more)]), None));
    }
    if let Some((by, verdict, at)) = &s.overridden {
        let key = if *verdict == Verdict::Approve {
            "progress-overridden-approved"
        } else {
            "progress-overridden-denied"
        };
        lines.push((w.tell(key, &[("by", by)]), Some(parts::instant(call, *at))));
    }
    lines
}

/// One vote, also one given in somebody's place.
fn voted(call: &Call, r: &Review) -> String {
    let w = call.words();
    let key = if r.verdict == Verdict::Approve {
        "progress-approved"
    } else {
        "progress-denied"
    };
    match &r.instead_of {
        Some(away) => w.tell(&format!("{key}-for"), &[("by", &r.name), ("away", away)]),
        None => w.tell(key, &[("by", &r.name)]),
    }
}

/// Names in a line; many are cut short.
fn shortened(names: &[String]) -> String {
    const MOST: usize = 8;
    let mut line = names.iter().take(MOST).cloned().collect::<Vec<_>>().join(", ");
    if names.len() > MOST {
        line += &format!(" +{}", names.len() - MOST);
    }
    line
}

/// Where what is missing can be added, for whoever may.
fn way(
    call: &Call,
    member: &Membership,
    request: &Request,
    missing: Missing,
    s: &ProgressStep,
) -> Option<(String, String)> {
    let (w, slug, asked) = (call.words(), &member.slug, request.asked()?);
    let back = format!("/{slug}/access_requests?request={}", request.id);
    match missing {
        Missing::Manager if member.may(Permission::MembersManage) => {
            let to = parts::with(&format!("/{slug}/users/{}", asked.holder), "back", &back);
            Some((w.say("add-in-users"), parts::with(&to, "focus", "manager")))
        }
        Missing::Owner if member.may(Permission::ResourcesManage) => {
            let to = parts::with(&format!("/{slug}/resources/{}", asked.resource), "back", &back);
            Some((w.say("add-in-resources"), parts::with(&to, "focus", "owner")))
        }
        Missing::GroupMember if member.may(Permission::GroupsManage) => {
            let to = parts::with(&format!("/{slug}/groups/{}", s.group.as_ref()?), "back", &back);
            Some((w.say("add-in-groups"), parts::with(&to, "focus", "person")))
        }
        _ => None,
    }
}

/// Who a step asks, in words.
pub fn approvers(call: &Call, approvers: &Approvers, names: &[String]) -> String {
    let w = call.words();
    match approvers {
        Approvers::Administrators => w.say("approvers-administrators"),
        Approvers::Manager => w.say("approvers-manager"),
        Approvers::Owner => w.say("approvers-owner"),
        Approvers::Group(_) => match names.first() {
            Some(name) => w.tell("approvers-group", &[("name", name)]),
            None => w.say("approvers-group-gone"),
        },
        Approvers::Members(_) => shortened(names),
    }
}

/// How many must approve, in words.
pub fn quorum(call: &Call, quorum: Quorum) -> String {
    match quorum {
        Quorum::Any => call.words().say("quorum-any"),
        Quorum::All => call.words().say("quorum-all"),
        Quorum::Number(n) => call.words().tell("quorum-of", &[("n", &i64::from(n))]),
    }
}
