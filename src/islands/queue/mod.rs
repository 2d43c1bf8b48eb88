//! The queue: tabs with live numbers, search, the table with its details, and the dialog that
//! decides. Its first HTML comes from the server and works without scripts: every button that asks
//! is a link to a page that has the dialog open.
mod dialog;
#[cfg(feature = "hydrate")]
mod keys;
#[cfg(feature = "hydrate")]
mod live;
mod props;
mod row;
mod state;

use crate::islands::queue::state::QueueState;
use leptos::prelude::*;
pub use props::{ChatCells, MailLine, QueueFrame, QueueRow, QueueWords, RowDetails, Rows, TabCounts};
use std::sync::Arc;

#[island]
pub fn Queue(
    rows: Rows,
    words: QueueWords,
    frame: QueueFrame,
    /// The filter and its chips, drawn on the server.
    children: Children,
) -> impl IntoView {
    super::hydrated();
    let open = rows.rows.iter().filter_map(|r| r.details.clone()).collect();
    let shown: Vec<Arc<QueueRow>> = rows.rows.into_iter().map(Arc::new).collect();
    let asked = crate::islands::queue::state::Deed::parse(&frame.asks)
        .and_then(|v| shown.first().filter(|r| r.open).map(|r| (r.clone(), v)));
    let state = QueueState {
        shown: RwSignal::new(shown),
        counts: RwSignal::new(rows.counts),
        fresh: RwSignal::new(0),
        open: RwSignal::new(open),
        asked: RwSignal::new(asked),
        words: StoredValue::new(words),
        frame: StoredValue::new(frame),
    };
    #[cfg(feature = "hydrate")]
    {
        live::listen(state);
        keys::listen(state);
    }
    let next = (!rows.next.is_empty()).then(|| {
        view! {
            <p>
                <a class="button" href=rows.next>
                    {state.words.with_value(|w| w.get("queue-next"))}
                </a>
            </p>
        }
    });
    view! {
        {tabs(state)}
        {troubled(state, "error", "error")}
        {troubled(state, "missing_data", "missing")}
        {search(state)}
        {children()}
        {fresh(state)}
        {table(state)}
        {next}
        {dialog::dialog(state)}
        {dialog::keys(state)}
    }
}

fn tabs(state: QueueState) -> impl IntoView {
    let (w, f) = (state.words.get_value(), state.frame.get_value());
    let tab = |name: &'static str, label: String, number: fn(&TabCounts) -> i64| {
        let to = f.tab_address(name);
        let here = (f.tab == name).then_some("page");
        let class = if name == "pending" { "count due" } else { "count" };
        view! {
            <a href=to aria-current=here>
                {label}
                " "
                <span class=class>{move || state.counts.with(number)}</span>
            </a>
        }
    };
    view! {
        <nav class="tabs" aria-label=w.get("nav-requests")>
            {tab("pending", w.get("queue-tab-pending"), |c| c.pending)}
            {tab("approved", w.get("queue-tab-approved"), |c| c.approved)}
            {tab("others", w.get("queue-tab-others"), |c| c.others)}
        </nav>
    }
}

fn search(state: QueueState) -> impl IntoView {
    let (w, f) = (state.words.get_value(), state.frame.get_value());
    let clear = (!f.search.is_empty())
        .then(|| view! { <a href=f.address(&[("q", "")])>{w.get("queue-search-clear")}</a> });
    let kept = || {
        let kept = [
            ("tab", f.tab.clone(), "pending"),
            ("sort", f.sort.clone(), "newest"),
        ]
        .into_iter()
        .filter(|(_, value, default)| value != default);
        let kept = kept
            .map(|(name, value, _)| (name.to_owned(), value))
            .chain(f.kept.iter().cloned());
        kept.map(|(name, value)| view! { <input type="hidden" name=name value=value /> })
            .collect::<Vec<_>>()
    };
    let searched =
        (!f.search.is_empty()).then(|| view! { <input type="hidden" name="q" value=f.search.clone() /> });
    view! {
        // The rows' buttons belong to this form: without scripts they lead to the page that has the
        // dialog, or the details, open.
        <form id="queue-ask" method="get" action=f.path.clone()>
            {kept()}
            {searched}
        </form>
        <form class="tools" role="search" method="get" action=f.path.clone()>
            {kept()}
            <input
                class="field search"
                type="search"
                name="q"
                id="queue-search"
                value=f.search.clone()
                aria-label=w.get("queue-search")
                placeholder=w.get("queue-search")
            />
            <button type="submit" class="button">
                {w.get("queue-search-button")}
            </button>
            {clear}
        </form>
    }
}

/// Says how many requests have missing data, or an error, whatever filter is on.
fn troubled(state: QueueState, status: &'static str, word: &'static str) -> impl IntoView {
    let (w, f) = (state.words.get_value(), state.frame.get_value());
    let to = format!("{}?tab=others&status={status}&approval=any", f.path);
    let count = move || {
        state
            .counts
            .with(|c| if word == "error" { c.errors } else { c.missing })
    };
    let view = state.words.with_value(|w| w.get("missing-view"));
    let text = move || match count() {
        1 => w.get(&format!("{word}-one")),
        n => w.get(&format!("{word}-many")).replace('#', &n.to_string()),
    };
    let class = move || if count() > 0 { "banner" } else { "unseen" };
    view! {
        <div class=class role="status" hidden=move || count() == 0>
            <span aria-hidden="true">"▲"</span>
            <p>{text}</p>
            <a href=to>{view}</a>
        </div>
    }
}

/// Says that there are new requests, and shows them when asked to: no row moves by itself.
fn fresh(state: QueueState) -> impl IntoView {
    let (w, f) = (state.words.get_value(), state.frame.get_value());
    let to = f.address(&[("sort", ""), ("q", ""), ("tab", "")]);
    view! {
        <div aria-live="polite">
            {move || {
                (state.fresh.get() > 0)
                    .then(|| {
                        view! {
                            <div class="banner info">
                                <p>{w.get("queue-fresh")}</p>
                                <a href=to.clone()>{w.get("queue-fresh-show")}</a>
                            </div>
                        }
                    })
            }}
        </div>
    }
}

fn table(state: QueueState) -> impl IntoView {
    let (w, f) = (state.words.get_value(), state.frame.get_value());
    if state.shown.with_untracked(Vec::is_empty) {
        return view! {
            <div class="empty">
                <h2>{w.get("empty")}</h2>
                <p class="soft">{w.get("empty-text")}</p>
            </div>
        }
        .into_any();
    }
    view! {
        <div class=if f.only == "chat" { "sheet many" } else { "sheet" }>
            <table>
                <caption>{w.get("nav-requests")}</caption>
                <thead>
                    <tr>
                        {heads(&w, &f)} <th scope="col">
                            <span class="unseen">{w.get("queue-actions")}</span>
                        </th>
                    </tr>
                </thead>
                <tbody>
                    <For
                        each=move || state.shown.get()
                        key=|r| format!("{} {} {}", r.id, r.version, r.status)
                        children=move |r| row::row(r, state)
                    />
                </tbody>
            </table>
        </div>
    }
    .into_any()
}

/// The heads of the columns between the box to tick and the buttons.
fn heads(w: &QueueWords, f: &QueueFrame) -> AnyView {
    let plain = |name: &str| view! { <th scope="col">{w.get(name)}</th> };
    let by_name = |name: &str| sorter(f, w.get(name), ["name", "name_down", "name"]);
    let by_time = |name: &str| sorter(f, w.get(name), ["oldest", "newest", "newest"]);
    match f.only.as_str() {
        "chat" => view! {
            {by_name("queue-user-name")}
            {plain("queue-identifier")}
            {plain("queue-provider")}
            {plain("queue-connector")}
            {plain("queue-conversation")}
            {plain("queue-status")}
            {by_time("queue-created-at")}
            {f
                .shows_decisions()
                .then(|| {
                    view! {
                        {plain("queue-processed-by")}
                        {plain("queue-note")}
                    }
                })}
        }
        .into_any(),
        only => view! {
            {by_name("queue-email")}
            {(only != "join").then(|| plain("queue-what"))}
            {by_time("queue-requested-at")}
            {plain("queue-status")}
            {plain("queue-id")}
        }
        .into_any(),
    }
}

/// The head of a column that sorts: upwards, downwards, and which of them comes first.
fn sorter(f: &QueueFrame, label: String, [up, down, default]: [&'static str; 3]) -> AnyView {
    let (aria, mark) = match f.sort.as_str() {
        s if s == up => ("ascending", " ↑"),
        s if s == down => ("descending", " ↓"),
        _ => ("none", ""),
    };
    let turn = if f.sort == up {
        down
    } else if f.sort == down {
        up
    } else {
        default
    };
    view! {
        <th scope="col" aria-sort=aria>
            <a href=f.address(&[("sort", turn)])>{label}<span aria-hidden="true">{mark}</span></a>
        </th>
    }
    .into_any()
}
