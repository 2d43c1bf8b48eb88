//! The queue's filter: read from the address, shown as a form and as chips, each of which can be
//! taken away.
use crate::desk::queue::list::ConnectorChoice;
use crate::domain::connector::Platform;
use crate::domain::ids::ConnectorId;
use crate::domain::member::Membership;
use crate::domain::request::{ApprovalType, RequestKind, StatusWord, Tab};
use crate::domain::{Error, Result};
use crate::pages::chat::names;
use crate::pages::parts;
use crate::site::Call;
use crate::store::queue::query::{Filter, StatusFilter};
use leptos::prelude::*;

/// The parts of the address that filter.
pub const NAMES: [&str; 8] = [
    "status",
    "approval",
    "kind",
    "provider",
    "connector",
    "requester",
    "from",
    "until",
];
/// What stands in place of a default that was taken away.
const ANY: &str = "any";

/// What a part of the address says; where it says nothing, the tab's default.
fn asked<'a>(call: &'a Call, tab: Tab, name: &str) -> &'a str {
    match (call.asked(name), name) {
        ("", "approval") => ApprovalType::Manual.as_str(),
        ("", "status") if tab == Tab::Others => StatusFilter::OPEN,
        ("", "status") if tab == Tab::Pending => StatusWord::Pending.as_str(),
        (ANY, _) => "",
        (value, _) => value,
    }
}

/// A word of a closed list; nothing stands for all of them.
fn word<T>(value: &str, parse: fn(&str) -> Option<T>) -> Result<Option<T>> {
    if value.is_empty() {
        Ok(None)
    } else {
        parse(value).map(Some).ok_or(Error::Malformed)
    }
}

/// What the address filters by.
pub fn filter(call: &Call, tab: Tab) -> Result<Filter> {
    let day = |name: &str| match call.asked(name) {
        "" => Ok(None),
        typed => parts::day(call, typed).map(Some),
    };
    Ok(Filter {
        status: word(asked(call, tab, "status"), StatusFilter::parse)?,
        approval: word(asked(call, tab, "approval"), ApprovalType::parse)?,
        kind: word(asked(call, tab, "kind"), RequestKind::parse)?,
        provider: word(asked(call, tab, "provider"), Platform::parse)?,
        connector: word(asked(call, tab, "connector"), |id| {
            ConnectorId::try_from(id.to_owned()).ok()
        })?,
        from: day("from")?.map(|d| d.begins),
        until: day("until")?.map(|d| d.ends),
        requester: call.asked("requester").chars().take(200).collect(),
    })
}

/// The parts of the address that filter, as they stand there.
pub fn kept(call: &Call) -> Vec<(String, String)> {
    NAMES
        .into_iter()
        .map(|n| (n.to_owned(), call.asked(n).to_owned()))
        .filter(|(_, v)| !v.is_empty())
        .collect()
}

/// The address with this part of the filter taken away; None: with all of it.
fn without(call: &Call, member: &Membership, tab: Tab, gone: Option<&str>) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    for name in ["tab", "sort", "q"]
        .into_iter()
        .filter(|n| !call.asked(n).is_empty())
    {
        query.append_pair(name, call.asked(name));
    }
    for name in NAMES {
        let value = if gone.is_none_or(|g| g == name) {
            ""
        } else {
            asked(call, tab, name)
        };
        let has_default = name == "approval" || (name == "status" && tab != Tab::Approved);
        match value {
            "" if has_default => {
                query.append_pair(name, ANY);
            }
            "" => {}
            value => {
                query.append_pair(name, value);
            }
        }
    }
    format!("/{}/access_requests?{}", member.slug, query.finish())
}

/// The filter's form and its chips. `sources`: the connectors to choose from.
pub fn view(call: &Call, member: &Membership, tab: Tab, sources: &[ConnectorChoice]) -> AnyView {
    let words = call.words();
    let drawn = Drawn {
        call,
        member,
        tab,
        sources,
    };
    view! {
        <details class="filter">
            <summary class="button">{words.say("filter-title")}</summary>
            {drawn.form()}
        </details>
        <h2 class="unseen">{words.say("filter-applied")}</h2>
        {drawn.chips()}
    }
    .into_any()
}

/// What the filter is drawn from.
struct Drawn<'a> {
    call: &'a Call,
    member: &'a Membership,
    tab: Tab,
    sources: &'a [ConnectorChoice],
}

impl Drawn<'_> {
    fn asked(&self, name: &str) -> &str {
        asked(self.call, self.tab, name)
    }

    fn form(&self) -> AnyView {
        let call = self.call;
        let hidden = ["tab", "sort", "q"]
            .into_iter()
            .filter(|n| !call.asked(n).is_empty());
        let hidden = hidden
            .map(|n| view! { <input type="hidden" name=n value=call.asked(n).to_owned() /> })
            .collect_view();
        view! {
            <form class="filters" method="get" action=format!("/{}/access_requests", self.member.slug)>
                {hidden}
                {self.input("from", "date")}
                {self.input("until", "date")}
                {self.input("requester", "text")}
                {self.select("approval", ApprovalType::ALL.map(ApprovalType::as_str).into())}
                {(self.tab != Tab::Approved).then(|| self.select("status", statuses()))}
                {self.select("kind", RequestKind::ALL.map(RequestKind::as_str).into())}
                {self.chat()}
                <button type="submit" class="button main">
                    {call.words().say("filter-apply")}
                </button>
            </form>
        }
        .into_any()
    }

    /// What concerns chat, where there is any: the platform and the connector.
    fn chat(&self) -> AnyView {
        // One that is deleted stays chosen.
        let chosen = self.asked("connector");
        let is_listed = |id: &str| self.sources.iter().any(|s| s.id.as_str() == id);
        let gone = Some(chosen).filter(|id| !id.is_empty() && !is_listed(id));
        let by_chat = !self.sources.is_empty() || gone.is_some() || !self.asked("provider").is_empty();
        let connectors = || self.sources.iter().map(|s| s.id.as_str()).chain(gone).collect();
        view! {
            {by_chat.then(|| self.select("provider", Platform::ALL.map(Platform::as_str).into()))}
            {by_chat.then(|| self.select("connector", connectors()))}
        }
        .into_any()
    }

    /// One of a closed list, or any.
    fn select(&self, name: &'static str, all: Vec<&str>) -> AnyView {
        let (call, words) = (self.call, self.call.words());
        let now = self.asked(name);
        let any = view! {
            <option value=ANY selected=now.is_empty()>
                {words.say("filter-any")}
            </option>
        };
        let options = all
            .into_iter()
            .map(|v| {
                view! {
                    <option value=v.to_owned() selected=now == v>
                        {value_words(call, self.sources, name, v)}
                    </option>
                }
            })
            .collect_view();
        view! {
            <div class="field-row">
                <label for=format!("filter-{name}")>{words.say(&format!("filter-{name}"))}</label>
                <select class="field" id=format!("filter-{name}") name=name>
                    {any}
                    {options}
                </select>
            </div>
        }
        .into_any()
    }

    /// Something to type.
    fn input(&self, name: &'static str, kind: &'static str) -> AnyView {
        let label = self.call.words().say(&format!("filter-{name}"));
        view! {
            <div class="field-row">
                <label for=format!("filter-{name}")>{label}</label>
                <input
                    class="field"
                    type=kind
                    id=format!("filter-{name}")
                    name=name
                    value=self.call.asked(name).to_owned()
                />
            </div>
        }
        .into_any()
    }

    /// What is filtered by, each with the way to take it away, and the way to take all away.
    fn chips(&self) -> AnyView {
        let chips: Vec<_> = NAMES.into_iter().filter_map(|name| self.chip(name)).collect();
        let clear = (!chips.is_empty()).then(|| {
            let to = without(self.call, self.member, self.tab, None);
            view! {
                <li>
                    <a href=to>{self.call.words().say("filter-clear")}</a>
                </li>
            }
        });
        view! { <ul class="chips">{chips}{clear}</ul> }.into_any()
    }

    fn chip(&self, name: &'static str) -> Option<AnyView> {
        let (call, words) = (self.call, self.call.words());
        let value = self.asked(name);
        (!value.is_empty()).then(|| {
            let text = format!(
                "{}: {}",
                words.say(&format!("filter-{name}")),
                value_words(call, self.sources, name, value)
            );
            let label = words.tell("filter-remove", &[("filter", &text)]);
            let to = without(call, self.member, self.tab, Some(name));
            view! {
                <li class="chip">
                    {text.clone()} " " <a href=to aria-label=label>
                        "×"
                    </a>
                </li>
            }
            .into_any()
        })
    }
}

/// What may be chosen as status.
fn statuses() -> Vec<&'static str> {
    let words = StatusWord::ALL.into_iter().map(StatusWord::as_str);
    std::iter::once(StatusFilter::OPEN).chain(words).collect()
}

/// A value of the filter in words.
fn value_words(call: &Call, sources: &[ConnectorChoice], name: &str, value: &str) -> String {
    let words = call.words();
    match name {
        "status" => words.say(&format!("filter-status-{}", value.replace('_', "-"))),
        "approval" => words.say(&format!("approval-type-{value}")),
        "kind" => words.say(&format!("kind-{value}")),
        "provider" => Platform::parse(value).map_or_else(String::new, |p| names::platform(call, p)),
        "connector" => sources
            .iter()
            .find(|s| s.id.as_str() == value)
            .map_or_else(|| words.say("connector-gone"), |s| s.name.clone()),
        _ => value.to_owned(),
    }
}
