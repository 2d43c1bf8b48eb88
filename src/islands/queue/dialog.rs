//! The dialog that decides: what will happen, whom it is about, and the form. There is one for all
//! rows, so that a row that changes below it takes nothing away. Without scripts it stands open on
//! the page that its link leads to.
use super::QueueRow;
use super::props::KEYS;
use crate::islands::queue::state::{Deed, QueueState};
use leptos::html;
use leptos::prelude::*;
use std::sync::Arc;

pub(super) fn dialog(state: QueueState) -> impl IntoView {
    move || state.asked.get().map(|(row, deed)| question(state, row, deed))
}

/// What stands in a dialog. The fields are to type in, each with whether it must be.
struct Face {
    title: String,
    text: String,
    press: String,
    class: &'static str,
    fields: Vec<(&'static str, &'static str, bool)>,
}

fn face(state: QueueState, r: &QueueRow, deed: Deed) -> Face {
    let w = state.words.get_value();
    let grant = ["grant-title", "grant-text", "grant-press"];
    let deny = ["deny-title", "deny-text", "deny-press"];
    let cancel = [
        "cancel-request-title",
        "cancel-request-text",
        "cancel-request-press",
    ];
    let ask = ["ask-requester-title", "ask-requester-text", "ask-requester-press"];
    let approve = ["queue-approve-title", "queue-approve-text", "queue-approve-press"];
    let reject = ["queue-reject-title", "queue-reject-text", "queue-reject-press"];
    let chat_approve = ["chat-approve-title", "chat-approve-text", "chat-approve-press"];
    let chat_reject = ["chat-reject-title", "chat-reject-text", "chat-reject-press"];
    let chat_cancel = ["cancel-request-title", "chat-cancel-text", "cancel-request-press"];
    let note = ("reason", "chat-note", false);
    let (why, next) = (
        ("reason", "deny-reason", true),
        ("next_steps", "deny-next-steps", false),
    );
    let ([title, text, press], class, fields): (_, _, &[_]) = match (deed, r.kind.as_str()) {
        (Deed::Approve, "resource") => (grant, "button main", &[]),
        (Deed::Reject, "resource") if r.overrides => (
            deny,
            "button danger main",
            &[why, next, ("notes", "deny-notes", false)],
        ),
        (Deed::Reject, "resource") => (deny, "button danger main", &[why, next]),
        (Deed::Approve, "chat") => (chat_approve, "button main", &[note]),
        (Deed::Reject, "chat") => (chat_reject, "button danger main", &[note]),
        (Deed::Approve, _) => (approve, "button main", &[]),
        (Deed::Reject, _) => (reject, "button danger main", &[]),
        (Deed::Cancel, "chat") => (chat_cancel, "button danger main", &[note]),
        (Deed::Cancel, _) => (cancel, "button danger main", &[why]),
        (Deed::Ask, _) => (ask, "button main", &[("question", "ask-requester-label", true)]),
    };
    let override_text = if r.overrides && matches!(deed, Deed::Approve | Deed::Reject) {
        w.get("override-text")
    } else {
        String::new()
    };
    let text = [w.get(text), override_text].join(" ");
    Face {
        title: w.get(title),
        text,
        press: w.get(press),
        class,
        fields: fields.to_vec(),
    }
}

/// The question that stands open: what is asked, its dialog, and whether it is over, decided by
/// somebody else meanwhile: then there is nothing to press any more.
#[derive(Clone, Copy)]
struct DialogQuestion {
    state: QueueState,
    deed: Deed,
    node: NodeRef<html::Dialog>,
    over: RwSignal<bool>,
}

fn question(state: QueueState, r: Arc<QueueRow>, deed: Deed) -> impl IntoView {
    let (why, over) = (
        RwSignal::new(state.frame.with_value(|f| f.failed.clone())),
        RwSignal::new(false),
    );
    let node = NodeRef::<html::Dialog>::new();
    #[cfg(feature = "hydrate")]
    Effect::new(move |_| node.get().inspect(crate::islands::browser::show_modal));
    let question = DialogQuestion {
        state,
        deed,
        node,
        over,
    };
    let action = match deed {
        Deed::Approve | Deed::Reject => "/actions/decide",
        Deed::Cancel => "/actions/cancel_request",
        Deed::Ask => "/actions/ask_requester",
    };
    view! {
        <dialog
            node_ref=node
            open
            aria-labelledby="decide-title"
            on:cancel=move |e: leptos::ev::Event| leave(&e, state, node)
            on:close=closer(state, r.id.clone(), deed)
        >
            <form
                class="dialog"
                method="post"
                action=action
                on:submit=decider(state, r.id.clone(), why, over)
            >
                {inside(question, &r, why)}
            </form>
        </dialog>
    }
}

/// What the form shows, from the title down to the buttons.
fn inside(q: DialogQuestion, r: &QueueRow, why: RwSignal<String>) -> AnyView {
    let Face {
        title,
        text,
        press,
        class,
        fields,
    } = face(q.state, r, q.deed);
    let first = fields.first().map(|(name, ..)| *name);
    let fields = fields
        .into_iter()
        .map(|(name, label, required)| field(q.state, name, label, required, first == Some(name)))
        .collect_view();
    let back = q.state.frame.with_value(|f| f.address(&[("request", &r.id)]));
    let decide = view! {
        <button
            type="submit"
            class=class
            name="verdict"
            value=q.deed.word()
            autofocus=first.is_none()
            hidden=move || q.over.get()
        >
            {press}
        </button>
    };
    view! {
        <h2 id="decide-title">{title}</h2>
        {subject(r)}
        <p>{text}</p>
        <p role="alert" class="trouble" hidden=move || why.with(String::is_empty)>
            {move || why.get()}
        </p>
        {fields}
        {block(q, r)}
        {hidden(q.state, r, &back)}
        <footer>{leaving(q, back)} {decide}</footer>
    }
    .into_any()
}

/// Whom, and what, the question is about.
fn subject(r: &QueueRow) -> AnyView {
    view! {
        <div class="subject">
            <strong>{r.name.clone()}</strong>
            <br />
            <span class="soft">
                {r.email.clone()}{(!r.what.is_empty()).then(|| format!(" · {}", r.what))}
            </span>
        </div>
    }
    .into_any()
}

/// Whoever is rejected in chat can be blocked as well.
fn block(q: DialogQuestion, r: &QueueRow) -> Option<AnyView> {
    (q.deed == Deed::Reject && r.kind == "chat").then(|| {
        let ticked = q
            .state
            .frame
            .with_value(|f| f.typed.iter().any(|(name, _)| name == "block"));
        view! {
            <label class="tick">
                <input type="checkbox" name="block" value="on" checked=ticked />
                {q.state.words.with_value(|w| w.get("chat-block"))}
            </label>
        }
        .into_any()
    })
}

/// What is posted unseen.
fn hidden(state: QueueState, r: &QueueRow, back: &str) -> AnyView {
    let f = state.frame.get_value();
    view! {
        <input type="hidden" name="org" value=f.org />
        <input type="hidden" name="request" value=r.id.clone() />
        <input type="hidden" name="page" value=f.page />
        <input type="hidden" name="as" value=f.whom />
        <input type="hidden" name="press" value=f.press />
        <input type="hidden" name="back" value=back.to_owned() />
    }
    .into_any()
}

/// The way out of the dialog.
fn leaving(q: DialogQuestion, back: String) -> AnyView {
    let w = q.state.words.get_value();
    // Where the deed is to cancel, the way out is called otherwise.
    let way_out = if q.deed == Deed::Cancel {
        "queue-keep"
    } else {
        "cancel"
    };
    let label = move || w.get(if q.over.get() { "close" } else { way_out });
    view! {
        <a
            class="button"
            id="decide-leave"
            href=back
            on:click=move |e: leptos::ev::MouseEvent| leave(&e, q.state, q.node)
        >
            {label}
        </a>
    }
    .into_any()
}

/// Lines to type, with what a failed post without scripts left behind.
fn field(
    state: QueueState,
    name: &'static str,
    label: &str,
    required: bool,
    first: bool,
) -> impl IntoView + use<> {
    let (w, f) = (state.words.get_value(), state.frame.get_value());
    let of = |all: &[(String, String)]| {
        all.iter()
            .find(|(n, _)| n == name)
            .map(|(_, v)| v.clone())
            .unwrap_or_default()
    };
    let (typed, fault) = (of(&f.typed), of(&f.faults));
    let (id, note) = (format!("decide-{name}"), format!("decide-{name}-fault"));
    view! {
        <div class="field-row">
            <label for=id.clone()>{w.get(label)}</label>
            <textarea
                id=id
                class="field"
                name=name
                rows="2"
                aria-required=required.then_some("true")
                aria-describedby=note.clone()
                autofocus=first
            >
                {typed}
            </textarea>
            <small class="fault" id=note data-fault-for=name hidden=fault.is_empty()>
                {fault.clone()}
            </small>
        </div>
    }
}

/// The keys and what they do; opened by `?`.
pub(super) fn keys(state: QueueState) -> impl IntoView {
    let w = state.words.get_value();
    state.frame.with_value(|f| f.keys).then(|| {
        let rows = KEYS
            .iter()
            .map(|(key, what)| {
                view! {
                    <dt>
                        <kbd>{*key}</kbd>
                    </dt>
                    <dd>{w.get(what)}</dd>
                }
            })
            .collect_view();
        view! {
            <dialog id="queue-keys" aria-labelledby="queue-keys-title">
                <div class="dialog">
                    <h2 id="queue-keys-title">{w.get("keys-title")}</h2>
                    <dl class="facts">{rows}</dl>
                    <footer>
                        <button type="button" class="button" command="close" commandfor="queue-keys">
                            {w.get("close")}
                        </button>
                    </footer>
                </div>
            </dialog>
        }
    })
}

/// Leaves the dialog, by Escape or by its link. The question goes with it at once: the event that
/// the browser sends after closing may come when the next one is asked already.
#[cfg(feature = "hydrate")]
fn leave(event: &leptos::ev::Event, state: QueueState, node: NodeRef<html::Dialog>) {
    event.prevent_default();
    if let Some(dialog) = node.get_untracked() {
        dialog.close();
    }
    state.asked.set(None);
}

#[cfg(not(feature = "hydrate"))]
fn leave(_: &leptos::ev::Event, _: QueueState, _: NodeRef<html::Dialog>) {}

/// After the dialog: where its opener is gone with the decision, its row has the focus.
#[cfg(feature = "hydrate")]
fn closer(state: QueueState, id: String, deed: Deed) -> impl Fn(leptos::ev::Event) {
    use crate::islands::browser;
    move |_| {
        if state
            .asked
            .with_untracked(|asked| asked.as_ref().is_some_and(|(row, v)| row.id == id && *v == deed))
        {
            state.asked.set(None);
        }
        let id = id.clone();
        leptos::task::spawn_local(async move {
            leptos::task::tick().await;
            if browser::nothing_is_focused() && state.asked.with_untracked(Option::is_none) {
                browser::focus(&format!("r-{id}"));
            }
        });
    }
}

#[cfg(not(feature = "hydrate"))]
fn closer(_: QueueState, _: String, _: Deed) -> impl Fn(leptos::ev::Event) {
    |_| {}
}

/// Opens the dialog about a row.
#[cfg(feature = "hydrate")]
pub(super) fn asker(state: QueueState, row: Arc<QueueRow>, deed: Deed) -> impl Fn(leptos::ev::MouseEvent) {
    move |event| {
        event.prevent_default();
        state.frame.update_value(|f| f.failed.clear());
        state.asked.set(Some((row.clone(), deed)));
    }
}

#[cfg(not(feature = "hydrate"))]
pub(super) fn asker(_: QueueState, _: Arc<QueueRow>, _: Deed) -> impl Fn(leptos::ev::MouseEvent) {
    |_| {}
}

#[cfg(feature = "hydrate")]
fn decider(
    state: QueueState,
    id: String,
    why: RwSignal<String>,
    over: RwSignal<bool>,
) -> impl Fn(web_sys::SubmitEvent) {
    use crate::islands::browser::{self, PostAnswer};
    move |event| {
        let (id, w) = (id.clone(), state.words.get_value());
        let Some(form) = browser::form_of(&event) else {
            return;
        };
        why.set(String::new());
        browser::submit(event, w.get("form-pending"), move |answer| {
            match answer {
                PostAnswer::Done(_) => {
                    state.asked.set(None);
                    super::live::look_again(state, Some(id.clone()), false);
                }
                PostAnswer::Refused(refusal) => {
                    // Whatever it is now, the row below shows it.
                    if refusal.error.status() == 409 {
                        over.set(true);
                        browser::focus("decide-leave");
                        super::live::look_again(state, None, false);
                    }
                    browser::show_fields(&form, &refusal.fields);
                    why.set(refusal.message);
                }
                PostAnswer::Offline => why.set(w.get("form-offline")),
            }
        });
    }
}

#[cfg(not(feature = "hydrate"))]
fn decider(
    _: QueueState,
    _: String,
    _: RwSignal<String>,
    _: RwSignal<bool>,
) -> impl Fn(leptos::ev::SubmitEvent) {
    |_| {}
}
