//! The dialog that decides: what will happen, whom it is about, and the form. There is one for all rows, so that a row that changes
//! below it takes nothing away. Without scripts it stands open on the page that its link leads to.
use super::props::KEYS;
use super::{Row, State, Verdict};
use leptos::html;
use leptos::prelude::*;
use std::sync::Arc;

pub(super) fn dialog(state: State) -> impl IntoView {
    move || state.asked.get().map(|(row, verdict)| question(state, row, verdict))
}

fn question(state: State, r: Arc<Row>, verdict: Verdict) -> impl IntoView {
    let (w, f) = (state.words.get_value(), state.frame.get_value());
    let (title, text, press, class) = match verdict {
        Verdict::Approve => (w.get("queue-approve-title"), w.get("queue-approve-text"), w.get("queue-approve-press"), "button main"),
        Verdict::Reject => (w.get("queue-reject-title"), w.get("queue-reject-text"), w.get("queue-reject-press"), "button danger main"),
    };
    let why = RwSignal::new(f.failed.clone());
    // Decided by somebody else meanwhile: there is nothing to press any more.
    let over = RwSignal::new(false);
    let back = f.address(&[("request", &r.id)]);
    let node = NodeRef::<html::Dialog>::new();
    #[cfg(feature = "hydrate")]
    Effect::new(move |_| node.get().inspect(crate::islands::browser::show_modal));
    let cancel = move || if over.get() { w.get("close") } else { w.get("cancel") };
    view! {
        <dialog node_ref=node open aria-labelledby="decide-title" on:cancel=move |e: leptos::ev::Event| leave(&e, state, node) on:close=closer(state, r.id.clone(), verdict)>
            <form class="dialog" method="post" action="/actions/decide" on:submit=decider(state, r.id.clone(), why, over)>
                <h2 id="decide-title">{title}</h2>
                <div class="subject"><strong>{r.name.clone()}</strong><br/><span class="soft">{r.email.clone()}</span></div>
                <p>{text}</p>
                <p role="alert" class="trouble" hidden=move || why.with(String::is_empty)>{move || why.get()}</p>
                <input type="hidden" name="org" value=f.org.clone()/>
                <input type="hidden" name="request" value=r.id.clone()/>
                <input type="hidden" name="page" value=f.page.clone()/>
                <footer>
                    <a class="button" id="decide-leave" href=back on:click=move |e: leptos::ev::MouseEvent| leave(&e, state, node)>{cancel}</a>
                    <button type="submit" class=class name="verdict" value=verdict.word() autofocus hidden=move || over.get()>{press}</button>
                </footer>
            </form>
        </dialog>
    }
}

/// The keys and what they do; opened by `?`.
pub(super) fn keys(state: State) -> impl IntoView {
    let w = state.words.get_value();
    state.frame.with_value(|f| f.keys).then(|| {
        let rows = KEYS.iter().map(|(key, what)| view! { <dt><kbd>{*key}</kbd></dt><dd>{w.get(what)}</dd> }).collect_view();
        view! {
            <dialog id="queue-keys" aria-labelledby="queue-keys-title">
                <div class="dialog">
                    <h2 id="queue-keys-title">{w.get("keys-title")}</h2>
                    <dl class="facts">{rows}</dl>
                    <footer><button type="button" class="button" command="close" commandfor="queue-keys">{w.get("close")}</button></footer>
                </div>
            </dialog>
        }
    })
}

/// Leaves the dialog, by Escape or by its link. The question goes with it at once: the event that the browser sends after closing may come
/// when the next one is asked already.
#[cfg(feature = "hydrate")]
fn leave(event: &leptos::ev::Event, state: State, node: NodeRef<html::Dialog>) {
    event.prevent_default();
    if let Some(dialog) = node.get_untracked() {
        dialog.close();
    }
    state.asked.set(None);
}

#[cfg(not(feature = "hydrate"))]
fn leave(_: &leptos::ev::Event, _: State, _: NodeRef<html::Dialog>) {}

/// After the dialog: where its opener is gone with the decision, its row has the focus.
#[cfg(feature = "hydrate")]
fn closer(state: State, id: String, verdict: Verdict) -> impl Fn(leptos::ev::Event) {
    use crate::islands::browser;
    move |_| {
        if state.asked.with_untracked(|asked| asked.as_ref().is_some_and(|(row, v)| row.id == id && *v == verdict)) {
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
fn closer(_: State, _: String, _: Verdict) -> impl Fn(leptos::ev::Event) {
    |_| {}
}

/// Opens the dialog about a row.
#[cfg(feature = "hydrate")]
pub(super) fn asker(state: State, row: Arc<Row>, verdict: Verdict) -> impl Fn(leptos::ev::MouseEvent) {
    move |event| {
        event.prevent_default();
        state.frame.update_value(|f| f.failed.clear());
        state.asked.set(Some((row.clone(), verdict)));
    }
}

#[cfg(not(feature = "hydrate"))]
pub(super) fn asker(_: State, _: Arc<Row>, _: Verdict) -> impl Fn(leptos::ev::MouseEvent) {
    |_| {}
}

#[cfg(feature = "hydrate")]
fn decider(state: State, id: String, why: RwSignal<String>, over: RwSignal<bool>) -> impl Fn(web_sys::SubmitEvent) {
    use crate::islands::browser::{self, Answer};
    move |event| {
        let (id, w) = (id.clone(), state.words.get_value());
        why.set(String::new());
        browser::submit(event, w.get("form-pending"), move |answer| {
            match answer {
                Answer::Done(_) => {
                    state.asked.set(None);
                    super::live::look_again(state, Some(id.clone()));
                }
                Answer::Refused(refusal) => {
                    // Whatever it is now, the row below shows it.
                    if refusal.error.status() == 409 {
                        over.set(true);
                        browser::focus("decide-leave");
                        super::live::look_again(state, None);
                    }
                    why.set(refusal.message);
                }
                Answer::Offline => why.set(w.get("form-offline")),
            }
        });
    }
}

#[cfg(not(feature = "hydrate"))]
fn decider(_: State, _: String, _: RwSignal<String>, _: RwSignal<bool>) -> impl Fn(leptos::ev::SubmitEvent) {
    |_| {}
}
