//! `/{org}/approvals`: what waits for one's vote, voting, asking back, and being away.
use crate::desk::access;
use crate::desk::access::votes::Waiting;
use crate::domain::ids::RequestId;
use crate::domain::member::Membership;
use crate::domain::role::Permission;
use crate::domain::{Result, Time};
use crate::islands::progress::progress as draw_progress;
use crate::pages::access::progress;
use crate::pages::parts::field::FieldKind;
use crate::pages::parts::form::Form;
use crate::pages::{Frame, Sheet, parts};
use crate::site::Call;
use crate::store::access::delegations::Delegation;
use leptos::prelude::*;

pub async fn sheet(call: Call) -> Result<Sheet> {
    let words = call.words();
    let (actor, member) = (call.actor()?.clone(), call.member()?.clone());
    let asked = call.asked("do").split_once('-');
    let named = asked.map_or(call.asked("request"), |(_, id)| id);
    let picked = if named.is_empty() {
        None
    } else {
        Some(RequestId::try_from(named.to_owned())?)
    };
    let (waiting, all) = access::votes::list(call.desk(), &actor, &member, picked.as_ref()).await?;
    let delegation = access::delegations::delegation(call.desk(), &actor, &member).await?;
    let proposed = access::delegations::proposed_delegates(call.desk(), &member).await?;
    let title = words.say("nav-approvals");
    let heading = title.clone();
    let draw = move || {
        let here = format!("/{}/approvals", member.slug);
        let list = if waiting.is_empty() {
            view! {
                <div class="empty">
                    <h2>{words.say("approvals-none")}</h2>
                    <p class="soft">{words.say("approvals-none-text")}</p>
                </div>
            }
            .into_any()
        } else {
            waiting
                .iter()
                .map(|w| one(&call, &member, w, picked.as_ref() == Some(&w.request.id), &here))
                .collect_view()
                .into_any()
        };
        let more = (all > waiting.len() as i64)
            .then(|| view! { <p class="soft">{words.tell("approvals-more", &[("n", &all)])}</p> });
        let about = waiting
            .first()
            .filter(|w| picked.as_ref() == Some(&w.request.id) && waits(&call, w));
        let what = call.asked("do").split('-').next().unwrap_or_default().to_owned();
        view! {
            <div class="head">
                <h1>{heading}</h1>
            </div>
            <p class="soft">{words.say("approvals-text")}</p>
            {parts::done(&call, &["voted", "questioned", "saved", "back"])}
            {list}
            {more}
            {away(&call, &member, delegation.as_ref(), proposed, &here)}
            {about.and_then(|w| dialog(&call, &member, w, &what, &here))}
        }
        .into_any()
    };
    Ok(Sheet::new(title, Frame::House("approvals"), draw))
}

/// Whether it still waits for the reader.
fn waits(call: &Call, w: &Waiting) -> bool {
    let me = call.actor.as_ref().map(|a| a.id().clone());
    w.request.is_open(call.now())
        && w.progress
            .steps
            .iter()
            .any(|s| s.waiting.iter().any(|a| Some(&a.account) == me.as_ref()))
}

fn one(call: &Call, member: &Membership, w: &Waiting, picked: bool, here: &str) -> AnyView {
    let words = call.words();
    let r = &w.request;
    let (status, shape) = parts::status_of(words, r.kind(), &r.status_at(call.now()));
    let steps = progress::words(call, member, r, &w.progress, false);
    let ask = |what: &str, label: &str, class: &'static str| {
        let to = parts::with(here, "do", &format!("{what}-{}", r.id));
        let label = words.say(label);
        view! {
            <a class=class href=to aria-label=format!("{label}: {}, {}", r.name, w.resource)>
                {label.clone()}
            </a>
        }
    };
    let acts = if waits(call, w) {
        view! {
            <div class="tools">
                {ask("approve", "approvals-approve", "button main")}
                {ask("reject", "approvals-deny", "button")}{ask("ask", "ask-requester", "button")}
            </div>
        }
        .into_any()
    } else {
        view! { <p class="soft">{words.say("approvals-over")}</p> }.into_any()
    };
    let instead = w
        .instead_of
        .as_ref()
        .map(|name| view! { <p>{words.tell("approvals-instead", &[("name", name)])}</p> });
    let days = r.asked().map(|a| match a.days {
        Some(n) => words.tell("approvals-days", &[("n", &n)]),
        None => words.say("applications-for-ever"),
    });
    let reason =
        (!r.message.is_empty()).then(|| view! { <blockquote class="words">{r.message.clone()}</blockquote> });
    view! {
        <article class=if picked { "panel picked" } else { "panel" } id=format!("r-{}", r.id)>
            <p class="spread">
                <strong>{w.resource.clone()}</strong>
                <span class=format!("state {shape}")>{status}</span>
            </p>
            <p>{r.name.clone()} " " <span class="soft mail">{r.email.shown()}</span></p>
            <p class="soft">
                {words.say("waiting-asked")} " " {parts::time(call, r.submitted_at)} " · "
                <span class="id">{r.id.short()}</span> " · " {days}
            </p>
            {instead}
            {reason}
            <details open=picked>
                <summary>{words.say("progress-title")}</summary>
                <div class="apart-top">{draw_progress(&steps)}</div>
            </details>
            {acts}
        </article>
    }
    .into_any()
}

/// The dialog about one request: approve, deny, or ask its requester.
fn dialog(call: &Call, member: &Membership, w: &Waiting, what: &str, here: &str) -> Option<AnyView> {
    let words = call.words();
    let r = &w.request;
    let back = parts::with(here, "request", r.id.as_str());
    let vote = |verdict: &str, button: &str| {
        Form::new(call, "vote", button)
            .hidden("org", member.slug.as_str())
            .about("request", r.id.as_str())
            .hidden("verdict", verdict)
            .hidden("back", &parts::with(&back, "done", "voted"))
    };
    let (title, text, form) = match what {
        "approve" => (
            "approvals-approve-title",
            "approvals-approve-text",
            vote("approve", "approvals-approve"),
        ),
        "reject" => (
            "deny-title",
            "deny-text",
            vote("reject", "deny-press")
                .lines("reason", "deny-reason", "", 3)
                .lines("next_steps", "deny-next-steps", "", 2)
                .button_class("button danger main"),
        ),
        "ask" => (
            "ask-requester",
            "ask-requester-text",
            Form::new(call, "ask_requester", "ask-requester-press")
                .hidden("org", member.slug.as_str())
                .about("request", r.id.as_str())
                .hidden("back", &parts::with(&back, "done", "questioned"))
                .lines("question", "ask-requester-label", "", 3),
        ),
        _ => return None,
    };
    let inside = view! {
        <div class="subject">
            <strong>{w.resource.clone()}</strong>
            <br />
            <span class="soft">{r.name.clone()} " · " {r.email.shown()}</span>
        </div>
        <p>{words.say(text)}</p>
        {form.cancel(&back).draw()}
    };
    Some(parts::dialog(words.say(title), &back, inside.into_any()))
}

/// Who decides in one's place, and until when.
fn away(
    call: &Call,
    member: &Membership,
    found: Option<&Delegation>,
    proposed: Vec<String>,
    here: &str,
) -> AnyView {
    let words = call.words();
    let day = |at: Time| {
        at.utc()
            .with_timezone(&call.zone().parse().unwrap_or(chrono_tz::UTC))
            .format("%Y-%m-%d")
            .to_string()
    };
    let now = found.map(|d| {
        let form = Form::new(call, "come_back", "away-end")
            .plain()
            .class("inline")
            .hidden("org", member.slug.as_str())
            .hidden("back", &parts::with(here, "done", "back"))
            .button_class("button small")
            .draw();
        let from = parts::deadline(call, d.from);
        let until = parts::deadline(call, d.until);
        view! {
            <p>{words.tell("away-now", &[("name", &d.delegate_name)])} " (" {from} " – " {until} ")"</p>
            {form}
        }
    });
    let (from, until) = found
        .map(|d| (day(d.from), day(d.until)))
        .unwrap_or_else(|| (day(call.now()), String::new()));
    let name = found.map(|d| d.delegate_name.clone()).unwrap_or_default();
    let form = Form::new(call, "delegate", "away-save")
        .hidden("org", member.slug.as_str())
        .hidden("back", &parts::with(here, "done", "saved"))
        .proposing("delegate", "away-delegate", &name, proposed.into_iter())
        .field("from", "away-from", FieldKind::DATE, &from)
        .field("until", "away-until", FieldKind::DATE, &until)
        .draw();
    let open = found.is_some()
        || call
            .draft
            .as_ref()
            .is_some_and(|d| d.action == "/actions/delegate");
    let hint = member.may(Permission::PortalUse).then(|| words.say("away-text"));
    view! {
        <section class="panel" id="away">
            <details open=open>
                <summary>{words.say("away-title")}</summary>
                <p class="soft">{hint}</p>
                {now}
                {form}
            </details>
        </section>
    }
    .into_any()
}
