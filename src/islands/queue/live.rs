//! What keeps an open queue true: the stream of changes, and fetching anew what is shown.
use super::{Details, Rows, State};
use crate::islands::browser;
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde::Deserialize;
use std::cell::RefCell;
use std::sync::Arc;
use wasm_bindgen::JsCast as _;
use wasm_bindgen::closure::Closure;
use web_sys::{EventSource, MessageEvent};

/// What the stream says: which kind of event, and what it happened to.
#[derive(Deserialize)]
struct Change {
    what: String,
    object: String,
}

/// The open stream with what listens to it: both go when the page is hidden.
struct Stream {
    source: EventSource,
    _changed: Closure<dyn FnMut(MessageEvent)>,
    _opened: Closure<dyn FnMut()>,
}

thread_local! {
    static STREAM: RefCell<Option<Stream>> = const { RefCell::new(None) };
}

/// Listens while the page is seen; what was missed while it was hidden is fetched when it is seen again.
pub(super) fn listen(state: State) {
    connect(state);
    let _ = window_event_listener_untyped("visibilitychange", move |_| {
        if browser::document().is_some_and(|d| d.hidden()) {
            if let Some(stream) = STREAM.take() {
                stream.source.close();
            }
        } else if STREAM.with_borrow(Option::is_none) {
            connect(state);
        }
    });
}

fn connect(state: State) {
    let Ok(stream) = EventSource::new(&state.frame.with_value(|f| format!("/{}/live", f.org))) else { return };
    let changed = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
        let Some(text) = event.data().as_string() else { return };
        let Ok(change) = serde_json::from_str::<Change>(&text) else { return };
        let known = state.shown.with_untracked(|rows| rows.iter().any(|r| r.id == change.object));
        if !known && change.what == "request.submitted" {
            state.fresh.update(|n| *n += 1);
        }
        look_again(state, None);
    });
    stream.set_onmessage(Some(changed.as_ref().unchecked_ref()));
    // Each time it opens: what happened while it was not is told by nobody.
    let opened = Closure::<dyn FnMut()>::new(move || look_again(state, None));
    stream.set_onopen(Some(opened.as_ref().unchecked_ref()));
    STREAM.with_borrow_mut(|kept| *kept = Some(Stream { source: stream, _changed: changed, _opened: opened }));
}

/// Fetches the numbers and the shown rows anew; they change where they stand. `focused`: the row that has just been decided.
pub(super) fn look_again(state: State, focused: Option<String>) {
    spawn_local(async move {
        let ids: Vec<String> = state.shown.with_untracked(|rows| rows.iter().map(|r| r.id.clone()).collect());
        let org = state.frame.with_value(|f| f.org.clone());
        let asked: Option<Rows> = browser::read("/actions/look_again", &[("org", &org), ("ids", &ids.join(" "))]).await;
        let Some(Rows { rows, counts, .. }) = asked else { return };
        state.counts.set(counts);
        let changed =
            |now: &super::Row| state.shown.with_untracked(|shown| shown.iter().any(|r| r.id == now.id && r.version != now.version));
        for id in rows.iter().filter(|r| changed(r)).map(|r| r.id.clone()) {
            if state.is_open(&id) {
                fetch_details(state, id).await;
            }
        }
        // A row that is drawn anew loses the focus; it gets it back.
        let focused = focused.or_else(browser::focused_row);
        state.shown.update(|shown| {
            for row in shown.iter_mut() {
                if let Some(now) = rows.iter().find(|r| r.id == row.id) {
                    *row = Arc::new(super::Row { picked: row.picked, details: None, ..now.clone() });
                }
            }
        });
        leptos::task::tick().await;
        if let Some(id) = focused.filter(|_| browser::nothing_is_focused()) {
            browser::focus(&format!("r-{id}"));
        }
    });
}

/// Opens or closes the details of a row.
pub(super) fn toggle(state: State, id: String) {
    if state.is_open(&id) {
        state.open.update(|open| open.retain(|d| d.id != id));
    } else {
        spawn_local(fetch_details(state, id));
    }
}

async fn fetch_details(state: State, id: String) {
    let org = state.frame.with_value(|f| f.org.clone());
    let asked: Option<Details> = browser::read("/actions/request_details", &[("org", &org), ("request", &id)]).await;
    if let Some(details) = asked {
        state.open.update(|open| {
            open.retain(|d| d.id != id);
            open.push(details);
        });
    }
}
