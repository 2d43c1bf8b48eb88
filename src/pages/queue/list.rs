//! `/{org}/access_requests`: the queue, drawn by its island from what is put into words here.
use crate::desk::queue;
use crate::desk::queue::list::{Page, RequestRow};
use crate::domain::ids::RequestId;
use crate::domain::member::Membership;
use crate::domain::request::Tab;
use crate::domain::verdict::Verdict;
use crate::domain::{Error, Result, Time};
use crate::islands::queue::{ChatCells, Queue, QueueFrame, QueueRow, QueueWords, Rows, TabCounts};
use crate::pages::queue::details::details;
use crate::pages::queue::{bulk, filter};
use crate::pages::{Frame, Sheet, parts};
use crate::site::Call;
use crate::store;
use crate::store::queue::query::{QueuePlace, QueueQuery, Sort};
use leptos::prelude::*;

pub async fn sheet(call: Call) -> Result<Sheet> {
    let words = call.words();
    let member = call.member()?.clone();
    let look = look(&call)?;
    let picked = picked(&call)?;
    let page = queue::list::page(call.desk(), call.actor()?, &member, &look, picked.as_ref()).await?;
    let mut rows = in_words(&call, &member, page, picked.as_ref());
    if let (Some(id), Some(first)) = (&picked, rows.rows.first_mut()) {
        first.details = Some(details(&call, &member, id).await?);
    }
    let sources = queue::list::queue_sources(call.desk(), &member).await?;
    let title = words.say("nav-requests");
    let heading = title.clone();
    let surround = surround(&call, &member, &rows, look.filter.is_of_chat());
    let draw = move || {
        view! {
            <div class="head">
                <h1>{heading}</h1>
                {exports(&call, &member)}
            </div>
            {notices(&call, &surround)}
            <Queue rows=rows words=table_words(&call, &look) frame=surround>
                {filter::view(&call, &member, look.tab, &sources)}
                {bulk::form(&call, &member, look.tab)}
            </Queue>
        }
        .into_any()
    };
    Ok(Sheet::new(title, Frame::House("requests"), draw))
}

/// The parts of the address that say what is listed.
fn listing(call: &Call) -> impl Iterator<Item = (&String, &String)> {
    call.query
        .iter()
        .filter(|(n, _)| matches!(n.as_str(), "tab" | "sort" | "q") || filter::NAMES.contains(&n.as_str()))
}

/// The ways to what is listed, as a file.
fn exports(call: &Call, member: &Membership) -> AnyView {
    let to = |format: &'static str, label: &'static str| {
        let kept = listing(call);
        let query = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(kept)
            .append_pair("format", format)
            .finish();
        view! {
            <a
                class="button small"
                href=format!("/{}/access_requests/export?{query}", member.slug)
                download=""
            >
                {call.words().say(label)}
            </a>
        }
    };
    view! {
        <details class="dots">
            <summary class="button">{call.words().say("queue-export")}</summary>
            <div class="menu">{to("csv", "queue-export-csv")} {to("json", "queue-export-json")}</div>
        </details>
    }
    .into_any()
}

/// What the address asks for.
pub fn look(call: &Call) -> Result<QueueQuery> {
    let tab = if call.asked("tab").is_empty() {
        Tab::Pending
    } else {
        Tab::parse(call.asked("tab")).ok_or(Error::Malformed)?
    };
    let sort = match call.asked("sort") {
        "" | "newest" => Sort::Newest,
        "oldest" => Sort::Oldest,
        "name" => Sort::NameUp,
        "name_down" => Sort::NameDown,
        _ => return Err(Error::Malformed),
    };
    let after = if call.asked("after").is_empty() {
        None
    } else {
        Some(place(call.asked("after"))?)
    };
    Ok(QueueQuery {
        tab,
        filter: filter::filter(call, tab)?,
        sort,
        search: call.asked("q").chars().take(200).collect(),
        after,
    })
}

/// The request that the address names: by itself, or with what is to be decided about it
/// (`do=approve-ID`, as a row's button says).
fn picked(call: &Call) -> Result<Option<RequestId>> {
    let named = call
        .asked("do")
        .split_once('-')
        .map_or(call.asked("request"), |(_, id)| id);
    if named.is_empty() {
        Ok(None)
    } else {
        RequestId::try_from(named.to_owned()).map(Some)
    }
}

/// A place in the list from its address: the instant, the id, and the name if that sorts.
fn place(after: &str) -> Result<QueuePlace> {
    let mut parts = after.splitn(3, '_');
    let mut next = || parts.next().ok_or(Error::Malformed);
    let time = Time(next()?.parse().map_err(|_| Error::Malformed)?);
    let id = RequestId::try_from(next()?.to_owned()).map_err(|_| Error::Malformed)?;
    Ok(QueuePlace {
        time,
        id,
        name: parts.next().unwrap_or_default().to_owned(),
    })
}

fn in_words(call: &Call, member: &Membership, page: Page, picked: Option<&RequestId>) -> Rows {
    let next = page.next.map_or(String::new(), |p| {
        let kept = listing(call);
        let place = format!("{}_{}_{}", p.time.0, p.id, p.name);
        let query = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(kept)
            .append_pair("after", &place)
            .finish();
        format!("/{}/access_requests?{query}", member.slug)
    });
    let rows = page
        .rows
        .iter()
        .map(|r| row(call, r, picked == Some(&r.request.id)))
        .collect();
    let store::queue::shelves::Counts {
        pending,
        approved,
        others,
        missing,
        errors,
    } = page.counts;
    let counts = TabCounts {
        pending,
        approved,
        others,
        missing,
        errors,
    };
    Rows { rows, next, counts }
}

/// These rows as they are now, for an open page.
pub async fn look_again(call: &Call, ids: &[RequestId]) -> Result<Rows> {
    let member = call.member()?;
    let page = queue::list::look_again(call.desk(), call.actor()?, member, ids).await?;
    Ok(in_words(call, member, page, None))
}

fn row(call: &Call, r: &RequestRow, picked: bool) -> QueueRow {
    let words = call.words();
    let (status, shape) = parts::status_of(words, r.request.kind(), &r.status);
    let decided = match (r.status.decision(), &r.decided_by) {
        (Some(d), Some(by)) => {
            let key = if d.overrides {
                "queue-overridden"
            } else {
                "queue-decided"
            };
            words.tell(key, &[("by", by), ("when", &words.ago(d.at, call.now()))])
        }
        (Some(_), None) => words.say("mine-automatic"),
        _ => String::new(),
    };
    QueueRow {
        id: r.request.id.to_string(),
        version: r.request.version,
        short: r.request.id.short(),
        name: r.request.name.clone(),
        email: r
            .chat
            .as_ref()
            .map_or_else(|| r.request.email.shown(), |c| c.person.clone()),
        kind: r.request.kind().as_str().to_owned(),
        what: what(call, r),
        overrides: r.request.is_overridden_in_queue(),
        submitted: parts::instant(call, r.request.submitted_at),
        shape: shape.into(),
        status,
        decided,
        chat: r.chat.as_ref().map(|c| ChatCells {
            provider: crate::pages::chat::names::platform(call, c.platform),
            connector: c.connector.clone(),
            conversation: c.conversation.clone(),
            by: r.decided_by.clone().unwrap_or_default(),
            note: r.status.decision().map_or(String::new(), |d| d.reason.clone()),
        }),
        open: r.actions.contains(&Verdict::Approve),
        picked,
        details: None,
    }
}

/// What is asked for: to join, a resource by its name, or a connector's chat.
fn what(call: &Call, r: &RequestRow) -> String {
    match (&r.resource, &r.chat) {
        (Some(resource), _) => resource.clone(),
        (None, Some(chat)) => crate::pages::chat::names::place(call, chat.platform, &chat.connector),
        (None, None) => call.words().say("kind-join"),
    }
}

fn surround(call: &Call, member: &Membership, rows: &Rows, of_chat: bool) -> QueueFrame {
    let mut surround = QueueFrame {
        org: member.slug.to_string(),
        path: format!("/{}/access_requests", member.slug),
        page: parts::whole_path(call),
        whom: call
            .actor
            .as_ref()
            .map_or_else(String::new, |a| a.id().to_string()),
        press: call.press.clone(),
        tab: if call.asked("tab").is_empty() {
            "pending".into()
        } else {
            call.asked("tab").to_owned()
        },
        sort: if call.asked("sort").is_empty() {
            "newest".into()
        } else {
            call.asked("sort").to_owned()
        },
        search: call.asked("q").to_owned(),
        keys: call.actor.as_ref().is_some_and(|a| a.account.keys),
        kept: filter::kept(call),
        only: if of_chat {
            "chat"
        } else {
            Some("join")
                .filter(|join| call.asked("kind") == *join)
                .unwrap_or_default()
        }
        .into(),
        ..QueueFrame::default()
    };
    // The dialog is about the request that the address names, if it can still be decided.
    if rows.rows.first().is_some_and(|r| r.picked && r.open) {
        surround.asks = call.asked("do").split('-').next().unwrap_or_default().to_owned();
        let actions = [
            "/actions/decide",
            "/actions/cancel_request",
            "/actions/ask_requester",
        ];
        if let Some(draft) = call
            .draft
            .as_ref()
            .filter(|d| actions.contains(&d.action.as_str()))
        {
            surround.failed = draft.error.as_ref().map(|e| call.explain(e)).unwrap_or_default();
            surround.typed = draft.fields.clone();
            if let Some(Error::Invalid(faults)) = &draft.error {
                surround.faults = faults
                    .iter()
                    .map(|f| (f.field.clone(), call.words().reason(f.why)))
                    .collect();
            }
        }
    }
    surround
}

/// What stands above the table: a link that is shown once, a decision that came too late, letters
/// that wait for a mail server.
fn notices(call: &Call, surround: &QueueFrame) -> AnyView {
    let words = call.words();
    let link = call.once.of("/actions/copy_link").first().cloned().map(|link| {
        view! {
            <div class="banner info" role="status">
                <p>{words.say("queue-link")}<br /><code class="link-once">{link}</code></p>
            </div>
        }
    });
    // A form that stands on the page says itself what went wrong with it.
    let draft = call.draft.as_ref().filter(|d| d.action != "/actions/decide_many");
    let error = match draft {
        Some(draft) if surround.failed.is_empty() => draft.error.as_ref(),
        _ => None,
    };
    let trouble = error.map(|e| {
        view! {
            <p class="trouble" role="alert">
                {call.explain(e)}
            </p>
        }
    });
    let no_mail = (!call.desk().plan.delivers_mail).then(|| {
        view! {
            <div class="banner" role="status">
                <span aria-hidden="true">"▲"</span>
                <p>{words.say("queue-no-mail")}</p>
            </div>
        }
    });
    view! {
        {link}
        {trouble}
        {no_mail}
    }
    .into_any()
}

fn text_of(call: &Call, verdict: &str) -> String {
    let organisation = call
        .member
        .as_ref()
        .map(|m| m.organisation_name.clone())
        .unwrap_or_default();
    call.words().tell(
        &format!("queue-{verdict}-text"),
        &[("organisation", &organisation)],
    )
}

fn table_words(call: &Call, look: &QueueQuery) -> QueueWords {
    let w = call.words();
    let names = "nav-requests queue-tab-pending queue-tab-approved queue-tab-others queue-search \
        queue-search-button queue-search-clear queue-fresh queue-fresh-show queue-email queue-requested-at \
        queue-status queue-id queue-actions queue-details queue-approve queue-reject cancel close \
        queue-approve-title queue-approve-press queue-reject-title queue-reject-press form-pending \
        form-offline queue-message queue-origin queue-history queue-mails queue-no-message queue-copy \
        queue-try-again queue-allow-again queue-to-user queue-next keys-title keys-search keys-down keys-up \
        keys-open keys-approve keys-reject keys-help queue-what queue-reason queue-grant queue-deny \
        queue-more queue-cancel queue-retry queue-follow queue-vote queue-vote-hint grant-title grant-text \
        grant-press deny-title deny-text deny-press deny-reason chat-approve-title chat-approve-text \
        chat-approve-press chat-reject-title chat-reject-text chat-reject-press chat-cancel-text chat-note \
        chat-block queue-user-name queue-identifier queue-provider queue-connector queue-conversation \
        queue-created-at queue-processed-by queue-note deny-next-steps deny-notes override-text \
        cancel-request-title cancel-request-text cancel-request-press ask-requester ask-requester-title \
        ask-requester-text ask-requester-press ask-requester-label missing-view missing-one \
        error-one queue-keep bulk-pick";
    let mut all: Vec<(String, String)> = names
        .split_whitespace()
        .map(|name| (name.to_owned(), w.say(name)))
        .collect();
    for many in ["missing-many", "error-many"] {
        all.push((many.into(), w.tell(many, &[("n", &"#")])));
    }
    let empty = if look.search.is_empty() {
        look.tab.as_str()
    } else {
        "search"
    };
    all.push(("empty".into(), w.say(&format!("queue-empty-{empty}"))));
    all.push(("empty-text".into(), w.say(&format!("queue-empty-{empty}-text"))));
    all.extend(
        ["approve", "reject"].map(|verdict| (format!("queue-{verdict}-text"), text_of(call, verdict))),
    );
    QueueWords(all)
}
