//! A row of the queue, and the details below it.
use super::{Details, Mail, Row};
use crate::islands::progress;
use crate::islands::queue::state::{Deed, State};
use crate::islands::when::When;
use leptos::prelude::*;
use std::sync::Arc;

pub(super) fn row(r: Arc<Row>, state: State) -> impl IntoView + use<> {
    let mark = if r.picked { "picked" } else { "" };
    let (id, open_id) = (r.id.clone(), r.id.clone());
    let is_open = Memo::new(move |_| state.open.with(|open| open.iter().any(|d| d.id == open_id)));
    let below = r.clone();
    let pick = (r.open && !r.picked).then(|| {
        view! {
            <input
                type="checkbox"
                class="pick-row"
                form="queue-bulk"
                name=format!("pick_{id}")
                value="on"
                aria-label=format!("{}: {}", state.words.with_value(|w| w.get("bulk-pick")), r.email)
            />
            " "
        }
    });
    let only = state.frame.with_value(|f| f.only.clone());
    // Where there is a column for it, it does not stand below the name.
    let mail = (only != "chat").then(|| {
        view! {
            <span class="soft mail" title=r.email.clone()>
                {r.email.clone()}
            </span>
        }
    });
    let cells = cells(&r, &only, state);
    view! {
        <tr
            id=format!("r-{id}")
            class=mark
            tabindex="-1"
            autofocus=r.picked && state.frame.with_value(|f| f.asks.is_empty())
        >
            <td class="who">{pick}<strong>{r.name.clone()}</strong>{mail}</td>
            {cells}
            <td class="wide">
                <div class="acts">{verdicts(&r, state)} {opener(&r, is_open, state)}</div>
            </td>
        </tr>
        {move || is_open.get().then(|| details(&below, state))}
    }
}

/// The cells between the name and the buttons.
fn cells(r: &Row, only: &str, state: State) -> AnyView {
    let status = view! {
        <td>
            <span class=format!("state {}", r.shape)>{r.status.clone()}</span>
        </td>
    };
    let submitted = view! { <td class="wide">{when(&r.submitted)}</td> };
    match &r.chat {
        Some(chat) if only == "chat" => {
            let cell = |label: &str, text: &str| {
                let label = state.words.with_value(|w| format!("{}: ", w.get(label)));
                (!text.is_empty()).then(|| {
                    view! {
                        <span class="narrow-label">{label}</span>
                        {text.to_owned()}
                    }
                })
            };
            view! {
                <td class="wide mail">{cell("queue-identifier", &r.email)}</td>
                <td class="wide whole">{cell("queue-provider", &chat.provider)}</td>
                <td class="wide">{cell("queue-connector", &chat.connector)}</td>
                <td class="wide mail">{cell("queue-conversation", &chat.conversation)}</td>
                {status}
                {submitted}
                {state
                    .frame
                    .with_value(super::Frame::shows_decisions)
                    .then(|| {
                        view! {
                            <td class="wide">{cell("queue-processed-by", &chat.by)}</td>
                            <td class="wide words">{cell("queue-note", &chat.note)}</td>
                        }
                    })}
            }
            .into_any()
        }
        _ => view! {
            {(only != "join").then(|| view! { <td class="wide">{r.what.clone()}</td> })}
            {submitted}
            {status}
            <td class="id wide">{r.short.clone()}</td>
        }
        .into_any(),
    }
}

fn when(w: &When) -> impl IntoView + use<> {
    view! {
        <time datetime=w.iso.clone() title=w.exact.clone()>
            {w.ago.clone()}
        </time>
    }
}

/// The buttons of an open request, or who decided it.
fn verdicts(r: &Arc<Row>, state: State) -> AnyView {
    if !r.open {
        let has_column = state.frame.with_value(super::Frame::shows_decisions);
        return (!has_column)
            .then(|| view! { <span class="soft">{r.decided.clone()}</span> })
            .into_any();
    }
    let w = state.words.get_value();
    let resource = r.kind == "resource";
    let button = |deed: Deed, label: String, class: &'static str| {
        let value = format!("{}-{}", deed.word(), r.id);
        view! {
            <button
                type="submit"
                form="queue-ask"
                name="do"
                value=value
                class=class
                aria-haspopup="dialog"
                aria-label=format!("{label}: {}", r.email)
                on:click=super::dialog::asker(state, r.clone(), deed)
            >
                {label.clone()}
            </button>
        }
    };
    let (approve, reject) = if resource {
        ("queue-grant", "queue-deny")
    } else {
        ("queue-approve", "queue-reject")
    };
    let ask = resource.then(|| button(Deed::Ask, w.get("ask-requester"), "button small"));
    view! {
        {button(Deed::Approve, w.get(approve), "button small main")}
        {button(Deed::Reject, w.get(reject), "button small")}
        <details class="dots">
            <summary class="button small" aria-label=format!("{}: {}", w.get("queue-more"), r.email)>
                <span aria-hidden="true">"⋯"</span>
            </summary>
            <div class="menu">
                {button(Deed::Approve, w.get(approve), "button small")}
                {button(Deed::Reject, w.get(reject), "button small")} {ask}
                {button(Deed::Cancel, w.get("queue-cancel"), "button small")}
            </div>
        </details>
    }
    .into_any()
}

/// Opens the details: without scripts by the page that has them open.
fn opener(r: &Row, is_open: Memo<bool>, state: State) -> impl IntoView + use<> {
    let label = state
        .words
        .with_value(|w| format!("{}: {}", w.get("queue-details"), r.email));
    let id = r.id.clone();
    let expanded = move || if is_open.get() { "true" } else { "false" };
    view! {
        <button
            type="submit"
            form="queue-ask"
            name="request"
            value=r.id.clone()
            class="button small more"
            aria-label=label
            aria-expanded=expanded
            on:click=move |e: leptos::ev::MouseEvent| toggle(&e, state, &id)
        >
            <span aria-hidden="true">"⌄"</span>
        </button>
    }
}

#[cfg(feature = "hydrate")]
fn toggle(event: &leptos::ev::MouseEvent, state: State, id: &str) {
    event.prevent_default();
    super::live::toggle(state, id.to_owned());
}

#[cfg(not(feature = "hydrate"))]
fn toggle(_: &leptos::ev::MouseEvent, _: State, _: &str) {}

/// Message, history and letters.
fn details(r: &Row, state: State) -> AnyView {
    let (w, f) = (state.words.get_value(), state.frame.get_value());
    let found = state
        .open
        .with(|open| open.iter().find(|d| d.id == r.id).cloned());
    let Some(d) = found else { return ().into_any() };
    let Details {
        message,
        facts,
        progress: steps,
        vote,
        may_retry,
        may_follow,
        history,
        mails,
        copyable,
        may_allow_again,
        user,
        ..
    } = d;
    let label = if r.kind == "resource" {
        w.get("queue-reason")
    } else {
        w.get("queue-message")
    };
    let message = if message.is_empty() {
        w.get("queue-no-message")
    } else {
        message
    };
    let facts = facts
        .into_iter()
        .map(|(label, fact)| {
            view! {
                <dt>{label}</dt>
                <dd class="words">{fact}</dd>
            }
        })
        .collect_view();
    let history = history
        .iter()
        .map(|(what, at)| {
            view! { <li class="done">{what.clone()} " " <span class="soft">{when(at)}</span></li> }
        })
        .collect_view();
    let form = |action: &'static str, field: &'static str, value: String, label: String| {
        view! {
            <form method="post" action=action>
                <input type="hidden" name="org" value=f.org.clone() />
                <input type="hidden" name=field value=value />
                <input type="hidden" name="page" value=f.page.clone() />
                <input type="hidden" name="back" value=f.address(&[("request", &r.id)]) />
                <button type="submit" class="button small">
                    {label}
                </button>
            </form>
        }
        .into_any()
    };
    let letters = mails
        .into_iter()
        .map(|Mail { text, again, chat }| {
            let (action, field) = if chat {
                ("/actions/send_again", "message")
            } else {
                ("/actions/try_letter_again", "letter")
            };
            let again = (!again.is_empty()).then(|| form(action, field, again, w.get("queue-try-again")));
            view! { <li>{text} {again}</li> }
        })
        .collect_view();
    let copy = (!copyable.is_empty())
        .then(|| form("/actions/copy_link", "invitation", copyable, w.get("queue-copy")));
    let allow = may_allow_again.then(|| {
        form(
            "/actions/allow_again",
            "request",
            r.id.clone(),
            w.get("queue-allow-again"),
        )
    });
    let retry = may_retry.then(|| {
        form(
            "/actions/retry_request",
            "request",
            r.id.clone(),
            w.get("queue-retry"),
        )
    });
    let follow = may_follow.then(|| {
        form(
            "/actions/follow_newest",
            "request",
            r.id.clone(),
            w.get("queue-follow"),
        )
    });
    let vote = (!vote.is_empty())
        .then(|| view! { <p>{w.get("queue-vote-hint")} " " <a href=vote>{w.get("queue-vote")}</a></p> });
    let progress = (!steps.steps.is_empty()).then(
        || view! { <div>{progress::progress(&steps)}{vote}<div class="tools">{retry}{follow}</div></div> },
    );
    let columns = match f.only.as_str() {
        "chat" if f.shows_decisions() => "10",
        "chat" => "8",
        "join" => "5",
        _ => "6",
    };
    let user = (!user.is_empty()).then(|| {
        view! {
            <p>
                <a href=user>{w.get("queue-to-user")}</a>
            </p>
        }
    });
    let mark = if r.picked { "below picked" } else { "below" };
    view! {
        <tr class=mark>
            <td colspan=columns class="wide">
                <div class="details">
                    <dl>
                        <dt>{label}</dt>
                        <dd class="words">{message}</dd>
                        {facts}
                    </dl>
                    {progress}
                    <div>
                        <h2 class="minor">{w.get("queue-history")}</h2>
                        <ol class="steps">{history}</ol>
                        {allow}
                    </div>
                    <div>
                        <h2 class="minor">{w.get("queue-mails")}</h2>
                        <ul class="plain">{letters}</ul>
                        {copy}
                        {user}
                    </div>
                </div>
            </td>
        </tr>
    }
    .into_any()
}
