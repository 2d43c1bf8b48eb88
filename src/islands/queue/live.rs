//! What keeps an open queue true: the stream of changes, and fetching anew what is shown.
use super::{RowDetails, Rows};
use crate::islands::queue::state::QueueState;
use crate::islands::{browser, live};
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::sync::Arc;

/// Listens while the page is seen; what was missed while it was hidden is fetched when it is seen
/// again.
pub(super) fn listen(state: QueueState) {
    live::listen(&state.frame.with_value(|f| f.org.clone()), move |change| {
        let known = state
            .shown
            .with_untracked(|rows| rows.iter().any(|r| r.id == change.object));
        look_again(state, None, !known && change.what == "request.submitted");
    });
}

/// Fetches the numbers and the shown rows anew; they change where they stand. `focused`: the row
/// that has just been decided. `submitted`: there is a new request; it is said only if it waits for
/// administrators.
pub(super) fn look_again(state: QueueState, focused: Option<String>, submitted: bool) {
    spawn_local(async move {
        let ids: Vec<String> = state
            .shown
            .with_untracked(|rows| rows.iter().map(|r| r.id.clone()).collect());
        let org = state.frame.with_value(|f| f.org.clone());
        let asked: Option<Rows> =
            browser::read("/actions/look_again", &[("org", &org), ("ids", &ids.join(" "))]).await;
        let Some(Rows { rows, counts, .. }) = asked else {
            return;
        };
        if submitted && counts.pending > state.counts.with_untracked(|c| c.pending) {
            state.fresh.update(|n| *n += 1);
        }
        state.counts.set(counts);
        let changed = |now: &super::QueueRow| {
            state
                .shown
                .with_untracked(|shown| shown.iter().any(|r| r.id == now.id && r.version != now.version))
        };
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
                    *row = Arc::new(super::QueueRow {
                        picked: row.picked,
                        details: None,
                        ..now.clone()
                    });
                }
            }
        });
        leptos::task::tick().await;
        if let Some(id) = focused
            && browser::nothing_is_focused()
        {
            browser::focus(&format!("r-{id}"));
        }
    });
}

/// Opens or closes the details of a row.
pub(super) fn toggle(state: QueueState, id: String) {
    if state.is_open(&id) {
        state.open.update(|open| open.retain(|d| d.id != id));
    } else {
        spawn_local(fetch_details(state, id));
    }
}

async fn fetch_details(state: QueueState, id: String) {
    let org = state.frame.with_value(|f| f.org.clone());
    let asked: Option<RowDetails> =
        browser::read("/actions/request_details", &[("org", &org), ("request", &id)]).await;
    if let Some(details) = asked {
        state.open.update(|open| {
            open.retain(|d| d.id != id);
            open.push(details);
        });
    }
}
