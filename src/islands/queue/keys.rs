//! Single keys: `/` search, `j` and `k` rows, Enter details, `a` approve, `d` reject, `?` help.
use crate::islands::browser;
use crate::islands::queue::state::{Deed, QueueState};
use leptos::ev;
use leptos::prelude::*;
use wasm_bindgen::JsCast as _;
use web_sys::{Element, HtmlDialogElement, HtmlElement};

pub(super) fn listen(state: QueueState) {
    if state.frame.with_value(|f| f.keys) {
        let _ = window_event_listener(ev::keydown, move |event| pressed(state, &event));
    }
}

fn pressed(state: QueueState, event: &web_sys::KeyboardEvent) {
    let taken = event.default_prevented() || event.ctrl_key() || event.meta_key() || event.alt_key();
    let Some(document) = browser::document() else {
        return;
    };
    let focused = document.active_element();
    let typing = focused.as_ref().is_some_and(|e| {
        e.matches("input, textarea, select, [contenteditable]")
            .unwrap_or(false)
    });
    let modal = document.query_selector("dialog:modal").ok().flatten().is_some();
    if taken || typing || modal {
        return;
    }
    let row = focused
        .as_ref()
        .and_then(|e| e.closest("tr[id^='r-']").ok().flatten());
    let done = match event.key().as_str() {
        "/" => browser::focus("queue-search"),
        "j" => step(row.as_ref(), 1),
        "k" => step(row.as_ref(), -1),
        "?" => show_help(),
        "Enter" if focused.as_ref() == row.as_ref() => row.is_some_and(|r| {
            super::live::toggle(state, id_of(&r));
            true
        }),
        "a" => row.is_some_and(|r| ask(state, &r, Deed::Approve)),
        "d" => row.is_some_and(|r| ask(state, &r, Deed::Reject)),
        _ => false,
    };
    if done {
        event.prevent_default();
    }
}

fn id_of(row: &Element) -> String {
    row.id().trim_start_matches("r-").to_owned()
}

fn step(from: Option<&Element>, by: i32) -> bool {
    let Some(rows) = browser::document().and_then(|d| d.query_selector_all("tr[id^='r-']").ok()) else {
        return false;
    };
    let all: Vec<Element> = (0..rows.length())
        .filter_map(|i| rows.get(i)?.dyn_into().ok())
        .collect();
    let at = from.and_then(|row| all.iter().position(|r| r == row));
    let next = match at {
        Some(at) => at.checked_add_signed(by as isize),
        None => Some(0),
    };
    let Some(row) = next
        .and_then(|n| all.get(n))
        .and_then(|r| r.dyn_ref::<HtmlElement>())
    else {
        return false;
    };
    row.focus().is_ok()
}

fn ask(state: QueueState, row: &Element, deed: Deed) -> bool {
    let id = id_of(row);
    let found = state
        .shown
        .with_untracked(|rows| rows.iter().find(|r| r.id == id && r.open).cloned());
    let Some(found) = found else { return false };
    state.asked.set(Some((found, deed)));
    true
}

fn show_help() -> bool {
    let dialog = browser::document()
        .and_then(|d| d.get_element_by_id("queue-keys"))
        .and_then(|e| e.dyn_into::<HtmlDialogElement>().ok());
    dialog.is_some_and(|d| d.show_modal().is_ok())
}
