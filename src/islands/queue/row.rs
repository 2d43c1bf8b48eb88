//! A row of the queue, and the details below it.
use super::{MailLine, QueueFrame, QueueRow, QueueWords, RowDetails};
use crate::islands::progress;
use crate::islands::queue::state::{Deed, QueueState};
use crate::islands::when::When;
use leptos::prelude::*;
use std::sync::Arc;

pub(super) fn row(r: Arc<QueueRow>, state: QueueState) -> impl IntoView + use<> {
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
                aria-label=format!("{}: {}", state.words.with_value(|w| w.get("bulk-pick")), r.subject())
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
fn cells(r: &QueueRow, only: &str, state: QueueState) -> AnyView {
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
                    .with_value(QueueFrame::shows_decisions)
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
fn verdicts(r: &Arc<QueueRow>, state: QueueState) -> AnyView {
    if !r.open {
        let has_column = state.frame.with_value(QueueFrame::shows_decisions);
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
                aria-label=format!("{label}: {}", r.subject())
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
            <summary class="button small" aria-label=format!("{}: {}", w.get("queue-more"), r.subject())>
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
fn opener(r: &QueueRow, is_open: Memo<bool>, state: QueueState) -> impl IntoView + use<> {
    let label = state
        .words
        .with_value(|w| format!("{}: {}", w.get("queue-details"), r.subject()));
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
fn toggle(event: &leptos::ev::MouseEvent, state: QueueState, id: &str) {
    event.prevent_default();
    super::live::toggle(state, id.to_owned());
}

#[cfg(not(feature = "hydrate"))]
fn toggle(_: &leptos::ev::MouseEvent, _: QueueState, _: &str) {}

/// Message, history and letters.
fn details(r: &QueueRow, state: QueueState) -> AnyView {
    let found = state
        .open
        .with(|open| open.iter().find(|d| d.id == r.id).cloned());
    let Some(d) = found else { return ().into_any() };
    let below = Below {
        row: r,
        frame: state.frame.get_value(),
        words: state.words.get_value(),
    };
    let mark = if r.picked { "below picked" } else { "below" };
    view! {
        <tr class=mark>
            <td colspan=below.columns() class="wide">
                <div class="details">
                    {below.facts(&d)} {below.progress(&d)} {below.history(&d)} {below.letters(&d)}
                </div>
            </td>
        </tr>
    }
    .into_any()
}

/// What the pieces of the details share: the row that they stand below, its page, and the words.
struct Below<'a> {
    row: &'a QueueRow,
    frame: QueueFrame,
    words: QueueWords,
}

impl Below<'_> {
    /// How many columns the table has.
    fn columns(&self) -> &'static str {
        match self.frame.only.as_str() {
            "chat" if self.frame.shows_decisions() => "10",
            "chat" => "8",
            "join" => "5",
            _ => "6",
        }
    }

    /// What the requester wrote, and the facts of the request.
    fn facts(&self, d: &RowDetails) -> AnyView {
        let label = if self.row.kind == "resource" {
            "queue-reason"
        } else {
            "queue-message"
        };
        let message = if d.message.is_empty() {
            self.words.get("queue-no-message")
        } else {
            d.message.clone()
        };
        let facts = d.facts.iter().map(|(label, fact)| {
            view! {
                <dt>{label.clone()}</dt>
                <dd class="words">{fact.clone()}</dd>
            }
        });
        view! {
            <dl>
                <dt>{self.words.get(label)}</dt>
                <dd class="words">{message}</dd>
                {facts.collect_view()}
            </dl>
        }
        .into_any()
    }

    /// How far the approval has come, the way to one's own vote, and what helps one that is stuck.
    fn progress(&self, d: &RowDetails) -> Option<AnyView> {
        let w = &self.words;
        let retry = d
            .may_retry
            .then(|| self.act("/actions/retry_request", "queue-retry"));
        let follow = d
            .may_follow
            .then(|| self.act("/actions/follow_newest", "queue-follow"));
        let vote = (!d.vote.is_empty()).then(|| {
            view! { <p>{w.get("queue-vote-hint")} " " <a href=d.vote.clone()>{w.get("queue-vote")}</a></p> }
        });
        (!d.progress.steps.is_empty()).then(|| {
            let steps = progress::progress(&d.progress);
            view! { <div>{steps}{vote}<div class="tools">{retry}{follow}</div></div> }.into_any()
        })
    }

    /// What has happened, with the button that allows a new request.
    fn history(&self, d: &RowDetails) -> AnyView {
        let history = d.history.iter().map(|(what, at)| {
            view! { <li class="done">{what.clone()} " " <span class="soft">{when(at)}</span></li> }
        });
        let allow = d
            .may_allow_again
            .then(|| self.act("/actions/allow_again", "queue-allow-again"));
        view! {
            <div>
                <h2 class="minor">{self.words.get("queue-history")}</h2>
                <ol class="steps">{history.collect_view()}</ol>
                {allow}
            </div>
        }
        .into_any()
    }

    /// Letters and messages, the link to copy, and the way to the user.
    fn letters(&self, d: &RowDetails) -> AnyView {
        let w = &self.words;
        let copy = (!d.copyable.is_empty()).then(|| {
            let link = d.copyable.clone();
            self.form("/actions/copy_link", "invitation", link, w.get("queue-copy"))
        });
        let user = (!d.user.is_empty()).then(|| {
            view! {
                <p>
                    <a href=d.user.clone()>{w.get("queue-to-user")}</a>
                </p>
            }
        });
        view! {
            <div>
                <h2 class="minor">{w.get("queue-mails")}</h2>
                <ul class="plain">{d.mails.iter().map(|m| self.letter(m)).collect_view()}</ul>
                {copy}
                {user}
            </div>
        }
        .into_any()
    }

    /// How a letter or a message fares, with the button that tries it again.
    fn letter(&self, m: &MailLine) -> AnyView {
        let label = self.words.get("queue-try-again");
        let again = (!m.again.is_empty())
            .then(|| self.form("/actions/try_again", "delivery", m.again.clone(), label));
        view! { <li>{m.text.clone()} {again}</li> }.into_any()
    }

    /// A button that does something with the request.
    fn act(&self, action: &'static str, label: &str) -> AnyView {
        self.form(action, "request", self.row.id.clone(), self.words.get(label))
    }

    /// A button that does something and comes back to these details.
    fn form(&self, action: &'static str, field: &'static str, value: String, label: String) -> AnyView {
        let f = &self.frame;
        view! {
            <form method="post" action=action>
                <input type="hidden" name="org" value=f.org.clone() />
                <input type="hidden" name=field value=value />
                <input type="hidden" name="page" value=f.page.clone() />
                <input type="hidden" name="as" value=f.whom.clone() />
                <input type="hidden" name="press" value=f.press.clone() />
                <input type="hidden" name="back" value=f.address(&[("request", &self.row.id)]) />
                <button type="submit" class="button small">
                    {label}
                </button>
            </form>
        }
        .into_any()
    }
}
