//! Parts of many pages: instants, notes, icons, dialogs, what went well or wrong.
pub mod field;
pub mod form;
pub mod prose;
mod refused;

use crate::desk::account::limits::{self, Day};
use crate::domain::changes::Field;
use crate::domain::request::{RequestKind, Status, StatusWord};
use crate::domain::{Error, Result, Time};
use crate::islands::modal::Modal;
use crate::islands::when::When;
use crate::site::Call;
use crate::store::history::Entry;
use crate::store::people::member_list::ListedMember;
use crate::words::Words;
use leptos::prelude::*;

/// What every form says of itself: its page, whom that was drawn for, which of its pages it stands
/// on, and what it shows (empty: nothing that others change).
pub fn marks(call: &Call, seen: &str) -> AnyView {
    let whom = call.actor.as_ref().or(call.half.as_ref());
    let whom = whom.map(|a| {
        view! {
            <input type="hidden" name="as" value=a.id().to_string() />
            <input type="hidden" name="press" value=call.press.clone() />
        }
    });
    let seen = (!seen.is_empty()).then(|| {
        view! { <input type="hidden" name="seen" value=seen.to_owned() /> }
    });
    view! {
        <input type="hidden" name="page" value=whole_path(call) />
        {whom}
        {seen}
    }
    .into_any()
}

/// The page's own address, for the way back of a post without scripts.
pub fn whole_path(call: &Call) -> String {
    let kept = call
        .query
        .iter()
        .filter(|(n, _)| !matches!(n.as_str(), "failed" | "shown" | "done"));
    let query = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(kept)
        .finish();
    if query.is_empty() {
        call.path.clone()
    } else {
        format!("{}?{query}", call.path)
    }
}

/// An instant in words, with the exact one in the reader's zone.
pub fn instant(call: &Call, at: Time) -> When {
    let words = call.words();
    When {
        ago: words.ago(at, call.now()),
        exact: words.exact(at, call.zone()),
        iso: at.rfc3339(),
    }
}

/// An instant as an element: relative words, the exact instant on hover.
pub fn time(call: &Call, at: Time) -> AnyView {
    let w = instant(call, at);
    view! {
        <time datetime=w.iso title=w.exact>
            {w.ago}
        </time>
    }
    .into_any()
}

/// An instant on which something depends: also its date, time and zone as text, for print and for
/// touch.
pub fn deadline(call: &Call, at: Time) -> AnyView {
    let w = instant(call, at);
    view! {
        <time class="until" datetime=w.iso>
            {w.ago}
            " ("
            {w.exact}
            ")"
        </time>
    }
    .into_any()
}

/// The path with a further part of its query.
pub fn with(path: &str, name: &str, value: &str) -> String {
    let query = url::form_urlencoded::Serializer::new(String::new())
        .append_pair(name, value)
        .finish();
    format!("{path}{}{query}", if path.contains('?') { '&' } else { '?' })
}

/// A member as they are proposed while a name is typed.
pub fn proposal(member: &ListedMember) -> String {
    format!("{} <{}>", member.name, member.email.shown())
}

/// What happened, by whom, and when, in words.
pub fn entry(call: &Call, e: &Entry) -> (String, When) {
    let words = call.words();
    let mut what = event_name(words, &e.what);
    if let Some(role) = &e.role {
        what = words.tell("event-of", &[("what", &what), ("which", role)]);
    }
    let by = e
        .actor
        .as_ref()
        .map(|a| words.tell("event-by", &[("actor", a)]))
        .unwrap_or_default();
    (format!("{what} {by}").trim().to_owned(), instant(call, e.at))
}

/// A type of event in words.
pub fn event_name(words: Words, what: &str) -> String {
    words.say(&format!("event-{}", what.replace(['.', '_'], "-")))
}

/// A field of the history in words.
pub fn field_name(words: Words, field: Field) -> String {
    words.say(&format!("field-{}", field.as_str().replace('_', "-")))
}

/// The day that a field of type date names (`2026-11-22`), in the reader's time zone.
pub fn day(call: &Call, typed: &str) -> Result<Day> {
    let date = chrono::NaiveDate::parse_from_str(typed, "%Y-%m-%d").map_err(|_| Error::Malformed)?;
    Ok(limits::day(call.zone(), date, call.now()))
}

/// A line drawing for a button: the path of one of the icons below, in a box of 24.
pub fn icon(path: &'static str) -> AnyView {
    view! {
        <svg
            width="16"
            height="16"
            viewBox="0 0 24 24"
            fill="none"
            stroke="currentColor"
            stroke-width="2"
            stroke-linecap="round"
            aria-hidden="true"
        >
            <path d=path />
        </svg>
    }
    .into_any()
}

/// A circle arrow.
pub const AGAIN: &str = "M20 11a8 8 0 1 0-2.3 6.3M20 4v7h-7";
/// A rubbish bin.
pub const BIN: &str = "M4 7h16M9 7V4h6v3M6 7l1 13h10l1-13M10 11v5M14 11v5";

/// A dialog that the page has open; `back` is where leaving it leads.
pub fn dialog(title: String, back: &str, inside: AnyView) -> AnyView {
    view! {
        <Modal label="dialog-title".to_owned() back=back.to_owned()>
            <h2 id="dialog-title">{title}</h2>
            {inside}
        </Modal>
    }
    .into_any()
}

/// What went well, named by the address' `done`, in words (`done-…`); only words of the given list,
/// so that no link can say anything else.
pub fn done(call: &Call, known: &[&str]) -> AnyView {
    let word = known.iter().find(|w| **w == call.asked("done"));
    word.map(|w| {
        view! {
            <p class="banner info" role="status">
                {call.words().say(&format!("done-{w}"))}
            </p>
        }
    })
    .into_any()
}

/// What went wrong in a form of a row, for the head of the page.
pub fn trouble(call: &Call, actions: &[&str]) -> AnyView {
    let draft = call
        .draft
        .as_ref()
        .filter(|d| actions.iter().any(|a| d.action == format!("/actions/{a}")));
    let words = draft
        .and_then(|d| d.error.as_ref())
        .map(|e| call.words().explain_alone(e, call.now()));
    words
        .map(|w| {
            view! {
                <p class="trouble" role="alert">
                    {w}
                </p>
            }
        })
        .into_any()
}

/// A heading with a line under it.
pub fn head(title: String, text: String) -> AnyView {
    view! {
        <header class="lead">
            <h1>{title}</h1>
            <p class="soft">{text}</p>
        </header>
    }
    .into_any()
}

/// The languages to choose from.
pub fn languages() -> Vec<(String, String)> {
    crate::domain::account::Language::ALL
        .into_iter()
        .map(|l| (l.tag().to_owned(), l.own_name().to_owned()))
        .collect()
}

/// The name of a request's status, with the class of its shape.
pub fn status_of(words: Words, kind: RequestKind, status: &Status) -> (String, &'static str) {
    let word = status.word();
    let key = match status {
        Status::Provisioning(_) => "status-provisioning".to_owned(),
        _ => kind.status_key(word),
    };
    let shape = match word {
        StatusWord::Pending => "wait",
        StatusWord::MissingData | StatusWord::Error => "lack",
        StatusWord::Approved => "yes",
        StatusWord::Denied => "no",
        StatusWord::Canceled | StatusWord::Expired => "off",
    };
    (words.say(&key), shape)
}

/// What stands for a resource: its icon, or the first letter of its name.
pub fn resource_icon(icon: &str, name: &str) -> AnyView {
    let shown = if icon.is_empty() {
        name.chars().next().map(String::from).unwrap_or_default()
    } else {
        icon.to_owned()
    };
    view! {
        <span class="icon" aria-hidden="true">
            {shown}
        </span>
    }
    .into_any()
}

/// Where the address says that one came from, if that is a path of this site.
pub fn back_or(call: &Call, or: &str) -> String {
    crate::domain::path::own(call.asked("back"))
        .unwrap_or(or)
        .to_owned()
}

/// The way to the next page, which begins after this place.
pub fn next_page(call: &Call, after: Option<String>) -> AnyView {
    let to = after.map(|place| {
        let kept = call
            .query
            .iter()
            .filter(|(n, _)| matches!(n.as_str(), "q" | "standing"));
        let query = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(kept)
            .append_pair("after", &place)
            .finish();
        format!("{}?{query}", call.path)
    });
    to.map(|to| {
        view! {
            <p>
                <a class="button" href=to>
                    {call.words().say("queue-next")}
                </a>
            </p>
        }
    })
    .into_any()
}

/// A browser's name out of its description of itself; the description if it is unknown.
pub fn browser(agent: &str) -> String {
    let known = [
        ("Edg/", "Edge"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ];
    known.iter().find(|(mark, _)| agent.contains(mark)).map_or_else(
        || agent.chars().take(60).collect(),
        |(_, name)| (*name).to_owned(),
    )
}

/// Time zones to choose from, each with its name: those of places, and UTC. The chosen one is among them,
/// whatever it is: some go by names of former days, as `PRC`.
pub fn zones(chosen: &str) -> Vec<(String, String)> {
    let former = ["Etc/", "US/", "Canada/", "Brazil/", "Chile/", "Mexico/"];
    let is_place = |name: &str| name.contains('/') && !former.iter().any(|f| name.starts_with(f));
    chrono_tz::TZ_VARIANTS
        .iter()
        .map(|zone| zone.name())
        .filter(|name| is_place(name) || *name == "UTC" || *name == chosen)
        .map(|name| (name.to_owned(), name.replace('_', " ")))
        .collect()
}
