//! The queue's table with its dialogs. Rows come as props, and anew from the server after each decision.
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// An instant as people read it: relative, exact on hover, and for machines.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct When {
    pub ago: String,
    pub exact: String,
    pub iso: String,
}

/// One request, in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    pub id: String,
    pub version: i64,
    pub short: String,
    pub name: String,
    pub email: String,
    pub message: String,
    pub submitted: When,
    /// The class that gives the status its shape: `wait`, `yes`, `no`, `off`.
    pub shape: String,
    pub status: String,
    /// "by Ivo Brandt, 2 hours ago"; empty while open.
    pub decided: String,
    /// Whether this reader may decide it now.
    pub open: bool,
    /// Named by the address: stands first, expanded and marked.
    pub picked: bool,
    /// Id of an open invitation whose link can be copied, where there is no mail server; else empty.
    pub copyable: String,
    pub history: Vec<(String, When)>,
    pub mails: Vec<String>,
}

/// A page of the queue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rows {
    pub rows: Vec<Row>,
    /// The address of the next page; empty on the last.
    pub next: String,
    pub pending: i64,
}

/// The words of the table and its dialogs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Words {
    pub caption: String,
    pub email: String,
    pub requested_at: String,
    pub status: String,
    pub id: String,
    pub actions: String,
    pub approve: String,
    pub reject: String,
    pub cancel: String,
    pub approve_title: String,
    pub approve_text: String,
    pub send_invitation: String,
    pub reject_title: String,
    pub reject_text: String,
    pub reject_request: String,
    pub pending: String,
    pub offline: String,
    pub message: String,
    pub history: String,
    pub mails: String,
    pub no_message: String,
    pub copy_link: String,
    pub as_page: String,
}

/// What the page knows of the table besides its rows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Frame {
    pub org: String,
    /// The page's own address, for posts without scripts.
    pub page: String,
    pub after: String,
    pub request: String,
    /// The row whose form failed without scripts, and why; empty if none.
    pub failed_row: String,
    pub failed_why: String,
}

#[island]
pub fn Queue(rows: Rows, words: Words, frame: Frame) -> impl IntoView {
    super::hydrated();
    let shown = RwSignal::new(rows.rows);
    let (words, frame) = (StoredValue::new(words), StoredValue::new(frame));
    let table = Table { shown, words, frame };
    let w = words.get_value();
    view! {
        <div class="sheet">
            <table>
                <caption>{w.caption}</caption>
                <thead>
                    <tr>
                        <th scope="col">{w.email}</th>
                        <th scope="col">{w.requested_at}</th>
                        <th scope="col">{w.status}</th>
                        <th scope="col">{w.id}</th>
                        <th scope="col"><span class="unseen">{w.actions}</span></th>
                    </tr>
                </thead>
                <tbody>
                    <For each=move || shown.get() key=|r| (r.id.clone(), r.version, r.status.clone(), r.picked) children=move |r| row(r, table)/>
                </tbody>
            </table>
        </div>
    }
}

#[derive(Clone, Copy)]
struct Table {
    shown: RwSignal<Vec<Row>>,
    words: StoredValue<Words>,
    frame: StoredValue<Frame>,
}

fn row(r: Row, table: Table) -> impl IntoView + use<> {
    let w = table.words.get_value();
    let details = r.picked.then(|| details(&r, table));
    let dialogs = r.open.then(|| {
        let approve = (w.approve_title.clone(), w.approve_text.clone(), w.send_invitation.clone());
        let reject = (w.reject_title.clone(), w.reject_text.clone(), w.reject_request.clone());
        view! {
            <span class="acts">
                {opener("approve", &r, &w.approve, "button small main")} {opener("reject", &r, &w.reject, "button small")}
            </span>
            {dialog("approve", approve, &r, table)}
            {dialog("reject", reject, &r, table)}
        }
    });
    let decided = (!r.open && !r.decided.is_empty()).then(|| view! { <span class="acts soft">{r.decided.clone()}</span> });
    let state = format!("state {}", r.shape);
    let mark = if r.picked { "picked" } else { "" };
    view! {
        <tr id=format!("r-{}", r.id) class=mark tabindex=r.picked.then_some("-1") autofocus=r.picked>
            <td class="who"><strong>{r.name.clone()}</strong><span class="soft mail" title=r.email.clone()>{r.email.clone()}</span></td>
            <td class="wide">{when(&r.submitted)}</td>
            <td><span class=state>{r.status.clone()}</span></td>
            <td class="id wide">{r.short.clone()}</td>
            <td class="wide">{dialogs}{decided}</td>
        </tr>
        {details}
    }
}

fn when(w: &When) -> impl IntoView + use<> {
    view! { <time datetime=w.iso.clone() title=w.exact.clone()>{w.ago.clone()}</time> }
}

fn opener(verdict: &str, r: &Row, label: &str, class: &'static str) -> impl IntoView + use<> {
    view! {
        <button type="button" class=class command="show-modal" commandfor=format!("{verdict}-{}", r.id) aria-label=format!("{label}: {}", r.email)>
            {label.to_owned()}
        </button>
    }
}

/// The dialog of one verdict: what will happen, whom it is about, and the form.
fn dialog(verdict: &'static str, (title, text, press): (String, String, String), r: &Row, table: Table) -> impl IntoView + use<> {
    let (w, f) = (table.words.get_value(), table.frame.get_value());
    let id = format!("{verdict}-{}", r.id);
    let heading = format!("{id}-title");
    let (title_id, closed) = (heading.clone(), id.clone());
    let failed = f.failed_row == id;
    let class = if verdict == "approve" { "button main" } else { "button danger main" };
    view! {
        <dialog id=id aria-labelledby=heading open=failed>
            <form class="dialog" method="post" action="/actions/decide" on:submit=decider(table)>
                <h2 id=title_id>{title}</h2>
                <div class="subject"><strong>{r.name.clone()}</strong><br/><span class="soft">{r.email.clone()}</span></div>
                <p>{text}</p>
                <p role="alert" class="trouble" hidden=!failed>{if failed { f.failed_why.clone() } else { String::new() }}</p>
                <input type="hidden" name="org" value=f.org.clone()/>
                <input type="hidden" name="request" value=r.id.clone()/>
                <input type="hidden" name="page" value=f.page.clone()/>
                <footer>
                    <button type="button" class="button" command="close" commandfor=closed>{w.cancel}</button>
                    <button type="submit" class=class name="verdict" value=verdict>{press}</button>
                </footer>
            </form>
        </dialog>
    }
}

/// Message, history and letters of the request that the address names.
fn details(r: &Row, table: Table) -> impl IntoView + use<> {
    let (w, f) = (table.words.get_value(), table.frame.get_value());
    let message = if r.message.is_empty() { w.no_message.clone() } else { r.message.clone() };
    let history = r
        .history
        .iter()
        .map(|(what, at)| view! { <li class="done">{what.clone()} " " <span class="soft">{when(at)}</span></li> })
        .collect_view();
    let mails = r.mails.iter().map(|m| view! { <li>{m.clone()}</li> }).collect_view();
    let pages = r.open.then(|| {
        let to = format!("/{}/access_requests?do=approve&request={}", f.org, r.id);
        view! { <p><a href=to>{w.as_page.clone()}</a></p> }
    });
    let copy = (!r.copyable.is_empty()).then(|| {
        view! {
            <form method="post" action="/actions/copy_link">
                <input type="hidden" name="org" value=f.org.clone()/>
                <input type="hidden" name="invitation" value=r.copyable.clone()/>
                <input type="hidden" name="page" value=f.page.clone()/>
                <button type="submit" class="button small">{w.copy_link.clone()}</button>
            </form>
        }
    });
    view! {
        <tr class="picked">
            <td colspan="5" class="wide">
                <div class="details">
                    <dl><dt>{w.message}</dt><dd class="words">{message}</dd></dl>
                    <div><h2 class="minor">{w.history}</h2><ol class="steps">{history}</ol></div>
                    <div><h2 class="minor">{w.mails}</h2><ul class="plain">{mails}</ul>{copy}{pages}</div>
                </div>
            </td>
        </tr>
    }
}

#[cfg(feature = "hydrate")]
fn decider(table: Table) -> impl Fn(web_sys::SubmitEvent) {
    use super::browser;
    move |event| {
        let Some(form) = browser::form_of(&event) else { return };
        event.prevent_default();
        if browser::is_busy(&form) {
            return;
        }
        browser::clear(&form);
        leptos::task::spawn_local(async move {
            let w = table.words.get_value();
            browser::busy(&form, &event, Some(&w.pending));
            match browser::post(&form, &event).await {
                Some(Ok(_)) => refresh(table).await,
                Some(Err(refusal)) if refusal.error.status() == 401 => browser::go("/signin"),
                Some(Err(refusal)) => {
                    browser::busy(&form, &event, None);
                    browser::show(&form, &refusal.message, &refusal.fields);
                }
                None => {
                    browser::busy(&form, &event, None);
                    browser::show(&form, &w.offline, &[]);
                }
            }
        });
    }
}

#[cfg(not(feature = "hydrate"))]
fn decider(table: Table) -> impl Fn(leptos::ev::SubmitEvent) {
    move |_| super::unused(table.shown)
}

/// Fetches the rows anew; the changed one is drawn again, its dialog gone with it.
#[cfg(feature = "hydrate")]
async fn refresh(table: Table) {
    let f = table.frame.get_value();
    match crate::actions::requests::list_requests(f.org, f.after, f.request).await {
        Ok(rows) => table.shown.set(rows.rows),
        Err(_) => super::browser::go(&f.page),
    }
}
