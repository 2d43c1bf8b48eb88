//! `/{org}/my_requests`: what one has asked for, how far it has come, and what one can still do
//! about it.
use crate::desk::access;
use crate::desk::access::my_requests::Mine;
use crate::domain::Result;
use crate::domain::changes::Field;
use crate::domain::ids::RequestId;
use crate::domain::member::Membership;
use crate::domain::request::Status;
use crate::islands::progress::progress as draw_progress;
use crate::pages::access::progress;
use crate::pages::parts::form::Form;
use crate::pages::{Frame, Sheet, parts};
use crate::site::Call;
use leptos::prelude::*;

pub async fn sheet(call: Call) -> Result<Sheet> {
    let words = call.words();
    let member = call.member()?.clone();
    let picked = match call.asked("request") {
        "" => None,
        id => Some(RequestId::try_from(id.to_owned())?),
    };
    let mine = access::my_requests::list(call.desk(), call.actor()?, &member, picked.as_ref()).await?;
    let title = words.say("nav-my-requests");
    let heading = title.clone();
    let draw = move || {
        let here = format!("/{}/my_requests", member.slug);
        let list = if mine.is_empty() {
            let to = format!("/{}/catalog", member.slug);
            view! {
                <div class="empty">
                    <h2>{words.say("mine-none")}</h2>
                    <p class="soft">{words.say("mine-none-text")}</p>
                    <p>
                        <a class="button main" href=to>
                            {words.say("nav-catalog")}
                        </a>
                    </p>
                </div>
            }
            .into_any()
        } else {
            mine.iter()
                .map(|m| one(&call, &member, m, picked.as_ref() == Some(&m.request.id), &here))
                .collect_view()
                .into_any()
        };
        view! {
            <div class="head">
                <h1>{heading}</h1>
            </div>
            {parts::done(&call, &["requested", "withdrawn", "saved", "reminded", "answered"])}
            {parts::trouble(&call, &["nudge", "withdraw"])}
            {list}
        }
        .into_any()
    };
    Ok(Sheet::new(title, Frame::House("my-requests"), draw))
}

fn one(call: &Call, member: &Membership, m: &Mine, picked: bool, here: &str) -> AnyView {
    let words = call.words();
    let r = &m.request;
    let (status, shape) = parts::status_of(words, r.kind(), &m.status);
    let steps = progress::words(call, member, r, &m.progress, false);
    let for_whom = (r.account.as_ref() != r.asked().map(|a| &a.holder)).then(|| {
        view! {
            " · "
            {words.tell("mine-for", &[("name", &r.name)])}
        }
    });
    let reason =
        (!r.message.is_empty()).then(|| view! { <blockquote class="words">{r.message.clone()}</blockquote> });
    view! {
        <article class="panel" id=format!("r-{}", r.id)>
            <p class="spread">
                <strong>{m.resource.clone()}</strong>
                <span class=format!("state {shape}")>{status}</span>
            </p>
            <p class="soft">
                {words.say("waiting-asked")} " " {parts::time(call, r.submitted_at)} " · "
                <span class="id">{r.id.short()}</span> {for_whom}
            </p>
            {reason}
            {decided(call, m)}
            <details open=picked || m.status.is_open()>
                <summary>{words.say("progress-title")}</summary>
                <div class="apart-top">{draw_progress(&steps)}</div>
            </details>
            {questions(call, member, m, here)}
            {m.status.is_open().then(|| acts(call, member, m, here))}
            {again(call, member, m)}
        </article>
    }
    .into_any()
}

/// Who decided, why, and what the requester can do next.
fn decided(call: &Call, m: &Mine) -> Option<AnyView> {
    let words = call.words();
    let decision = match &m.status {
        Status::Provisioning(_) => None,
        status => status.decision(),
    };
    decision.map(|d| {
        let by = match (&m.decided_by, &d.by) {
            (Some(by), Some(_)) => words.tell(
                "queue-decided",
                &[("by", by), ("when", &words.ago(d.at, call.now()))],
            ),
            _ => words.say("mine-automatic"),
        };
        let reason = (!d.reason.is_empty())
            .then(|| view! { <blockquote class="words">{d.reason.clone()}</blockquote> });
        let next = (!d.next_steps.is_empty()).then(|| {
            view! {
                <p>
                    <strong>{words.say("mine-next-steps")}</strong>
                </p>
                <p class="words">{d.next_steps.clone()}</p>
            }
        });
        view! {
            <p class="soft">{by}</p>
            {reason}
            {next}
        }
        .into_any()
    })
}

/// The way to ask once more, where it ended without access.
fn again(call: &Call, member: &Membership, m: &Mine) -> Option<AnyView> {
    let r = &m.request;
    let has_it = matches!(m.status, Status::Approved { .. } | Status::Provisioning(_));
    (!m.status.is_open() && !has_it).then(|| {
        let to = r
            .asked()
            .map(|a| format!("/{}/catalog?ask={}&like={}", member.slug, a.resource, r.id))
            .unwrap_or_default();
        view! {
            <p>
                <a class="button small" href=to>
                    {call.words().say("mine-again")}
                </a>
            </p>
        }
        .into_any()
    })
}

/// Open questions, each with the form that answers it.
fn questions(call: &Call, member: &Membership, m: &Mine, here: &str) -> AnyView {
    let back = parts::with(
        &parts::with(here, "request", m.request.id.as_str()),
        "done",
        "answered",
    );
    let forms = m
        .progress
        .questions
        .iter()
        .filter(|q| q.answer.is_none())
        .map(|q| {
            let asked = call
                .words()
                .tell("progress-question", &[("by", &q.asked_by_name)]);
            let form = Form::new(call, "answer_question", "mine-answer")
                .hidden("org", member.slug.as_str())
                .about("question", q.id.as_str())
                .hidden("back", &back)
                .lines("answer", "mine-answer-label", "", 2)
                .draw();
            view! {
                <div class="banner">
                    <div>
                        <strong>{asked}</strong>
                        <p class="words">{q.question.clone()}</p>
                        {form}
                    </div>
                </div>
            }
        });
    forms.collect_view().into_any()
}

/// Reminding, rewording, withdrawing: what an open request's requester may do.
fn acts(call: &Call, member: &Membership, m: &Mine, here: &str) -> AnyView {
    let words = call.words();
    let id = m.request.id.as_str();
    let here = parts::with(here, "request", id);
    let nudge = Form::new(call, "nudge", "mine-remind")
        .plain()
        .class("inline")
        .hidden("org", member.slug.as_str())
        .hidden("request", id)
        .hidden("back", &parts::with(&here, "done", "reminded"))
        .button_class("button small");
    let is_stuck = m.request.missing().is_some() || matches!(m.status, Status::Error(..));
    let nudge = (!is_stuck).then(|| nudge.draw());
    let withdraw = Form::new(call, "withdraw", "waiting-withdraw")
        .plain()
        .class("inline")
        .hidden("request", id)
        .hidden("back", &parts::with(&here, "done", "withdrawn"))
        .button_class("button small")
        .draw();
    let reword = Form::new(call, "reword", "save")
        .hidden("org", member.slug.as_str())
        .about("request", id)
        .hidden("back", &parts::with(&here, "done", "saved"))
        .showing(&vec![(Field::Reason, m.request.message.clone())])
        .lines("reason", "ask-reason-optional", &m.request.message, 3)
        .draw();
    view! {
        <div class="tools">{nudge}{withdraw}</div>
        <details>
            <summary>{words.say("mine-reword")}</summary>
            {reword}
        </details>
    }
    .into_any()
}
