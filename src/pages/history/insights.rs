//! `/{org}/insights`: what happened, by whom, when, to what, from where; filtered by the address, a
//! page at a time.
use crate::desk::history;
use crate::desk::history::insights::Insights;
use crate::domain::changes::{Change, Field};
use crate::domain::event::{Service, What};
use crate::domain::member::Membership;
use crate::domain::role::Permission;
use crate::domain::{Error, Result, text};
use crate::pages::{Frame, Sheet, parts};
use crate::site::Call;
use crate::store::history::insights::{InsightsQuery, ShownEvent};
use crate::store::history::objects::{NamedObject, ObjectKind};
use crate::words::Words;
use leptos::prelude::*;

const PAGE: usize = 50;
/// The parts of the address that say what is looked for.
const FILTERS: [&str; 6] = ["service", "what", "actor", "object", "from", "until"];

pub async fn sheet(call: Call) -> Result<Sheet> {
    let words = call.words();
    let member = call.member()?.clone();
    let look = look(&call)?;
    let found = history::insights::list(call.desk(), &member, &look, PAGE).await?;
    let title = words.say("nav-insights");
    let heading = title.clone();
    let draw = move || {
        let export = |format: &'static str, label: &'static str| {
            let to = address(&call, &member, "insights/export", &[("format", format)]);
            view! {
                <a class="button small" href=to download="">
                    {words.say(label)}
                </a>
            }
        };
        let next = found.next.map(|seq| {
            let to = address(&call, &member, "insights", &[("before", &seq.to_string())]);
            view! {
                <p>
                    <a class="button" href=to>
                        {words.say("queue-next")}
                    </a>
                </p>
            }
        });
        view! {
            <div class="head">
                <h1>{heading}</h1>
                <div class="acts">{export("csv", "insights-csv")} {export("json", "insights-json")}</div>
            </div>
            {filters(&call, &member, &look)}
            {table(&call, &member, &found)}
            {next}
        }
        .into_any()
    };
    Ok(Sheet::new(title, Frame::House("insights"), draw))
}

/// What the address looks for; nonsense is refused.
pub fn look(call: &Call) -> Result<InsightsQuery> {
    let chosen = |name: &str| Some(call.asked(name).to_owned()).filter(|v| !v.is_empty());
    let day = |name: &str, end: bool| {
        chosen(name)
            .map(|v| parts::day(call, &v).map(|d| if end { d.ends } else { d.begins }))
            .transpose()
    };
    Ok(InsightsQuery {
        service: chosen("service")
            .map(|s| Service::parse(&s).ok_or(Error::Malformed))
            .transpose()?,
        what: chosen("what")
            .map(|w| What::parse(&w).ok_or(Error::Malformed))
            .transpose()?,
        actor: call.asked("actor").chars().take(200).collect(),
        object: text::tamed(call.asked("object"), 100),
        from: day("from", false)?,
        until: day("until", true)?,
        before: chosen("before")
            .map(|n| n.parse().map_err(|_| Error::Malformed))
            .transpose()?,
    })
}

fn address(call: &Call, member: &Membership, page: &str, more: &[(&str, &str)]) -> String {
    crate::pages::people::pieces::address(call, member, page, &FILTERS, more)
}

fn filters(call: &Call, member: &Membership, look: &InsightsQuery) -> AnyView {
    let words = call.words();
    let path = format!("/{}/insights", member.slug);
    let services = Service::ALL.into_iter().map(|s| {
        view! {
            <option value=s.as_str() selected=look.service == Some(s)>
                {words.say(&format!("service-{}", s.as_str()))}
            </option>
        }
    });
    let kinds = What::ALL
        .into_iter()
        .filter(|w| {
            w.service()
                .is_some_and(|s| look.service.is_none_or(|only| only == s))
        })
        .map(|w| {
            view! {
                <option value=w.as_str() selected=look.what == Some(w)>
                    {parts::event_name(words, w.as_str())}
                </option>
            }
        });
    let clear = FILTERS
        .iter()
        .any(|f| !call.asked(f).is_empty())
        .then(|| view! { <a href=path.clone()>{words.say("queue-search-clear")}</a> });
    view! {
        <form class="filters" role="search" method="get" action=path.clone()>
            <div class="field-row">
                <label for="insights-service">{words.say("insights-service")}</label>
                <select id="insights-service" class="field" name="service">
                    <option value="">{words.say("insights-all")}</option>
                    {services.collect_view()}
                </select>
            </div>
            <div class="field-row">
                <label for="insights-what">{words.say("insights-what")}</label>
                <select id="insights-what" class="field" name="what">
                    <option value="">{words.say("insights-all")}</option>
                    {kinds.collect_view()}
                </select>
            </div>
            {typed(call, "actor", "insights-actor", "text")}
            {typed(call, "object", "insights-object", "text")}
            {typed(call, "from", "insights-from", "date")}
            {typed(call, "until", "insights-until", "date")}
            <div class="tools">
                <button type="submit" class="button">
                    {words.say("insights-apply")}
                </button>
                {clear}
            </div>
        </form>
    }
    .into_any()
}

/// A filter that is typed, with what the address says of it.
fn typed(call: &Call, name: &'static str, label: &str, kind: &'static str) -> impl IntoView + use<> {
    let id = format!("insights-{name}");
    view! {
        <div class="field-row">
            <label for=id.clone()>{call.words().say(label)}</label>
            <input
                id=id
                class="field"
                type=kind
                name=name
                value=call.asked(name).to_owned()
                autocomplete="off"
            />
        </div>
    }
}

fn table(call: &Call, member: &Membership, found: &Insights) -> AnyView {
    let words = call.words();
    if found.entries.is_empty() {
        return view! {
            <div class="empty">
                <h2>{words.say("insights-none")}</h2>
                <p class="soft">{words.say("insights-none-text")}</p>
            </div>
        }
        .into_any();
    }
    let rows = found
        .entries
        .iter()
        .map(|e| row(call, member, found, e))
        .collect_view();
    view! {
        <div class="sheet">
            <table>
                <caption>{words.say("nav-insights")}</caption>
                <thead>
                    <tr>
                        <th scope="col">{words.say("insights-what")}</th>
                        <th scope="col">{words.say("insights-actor")}</th>
                        <th scope="col">{words.say("insights-when")}</th>
                        <th scope="col">{words.say("queue-details")}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

/// A field with what it was and what it is.
fn change(words: Words, found: &Insights, change: &Change) -> AnyView {
    let side = |value: &Option<String>| match value {
        None => words.say("insights-empty"),
        Some(why) if change.field == Field::Failure => words.undelivered(why),
        Some(value) => found.told(value),
    };
    let (before, after) = (side(&change.before), side(&change.after));
    view! {
        <dt>{parts::field_name(words, change.field)}</dt>
        <dd class="words">{words.tell("insights-change", &[("before", &before), ("after", &after)])}</dd>
    }
    .into_any()
}

fn row(call: &Call, member: &Membership, found: &Insights, e: &ShownEvent) -> AnyView {
    let words = call.words();
    let name = parts::event_name(words, &e.what);
    let part = |label: &str, value: Option<String>| {
        value.filter(|v| !v.is_empty()).map(|v| {
            view! {
                <dt>{words.say(label)}</dt>
                <dd class="words">{v}</dd>
            }
        })
    };
    let facts = match e.facts() {
        Some(d) => view! {
            {part("insights-before", d.before)}
            {part("insights-after", d.after.map(|a| words.undelivered(&a)))}
            {d.changes.iter().map(|c| change(words, found, c)).collect_view()}
            {part("insights-notes", d.notes)}
            {part("insights-place", d.place)}
        }
        .into_any(),
        None => view! {
            <dt>{words.say("queue-details")}</dt>
            <dd>{words.say("insights-erased")}</dd>
        }
        .into_any(),
    };
    let same = format!("/{}/insights?object={}", member.slug, e.object);
    view! {
        <tr>
            <td class="who">
                <strong>{name.clone()}</strong>
                <span class="mail">{about(member, found, e)}</span>
            </td>
            <td class="wide">
                {actor(words, e)} <br /><span class="soft mail">{text::shown(&e.actor_email)}</span>
            </td>
            <td class="wide">{parts::time(call, e.at)}</td>
            <td class="wide">
                <details>
                    <summary>{words.say("queue-details")}<span class="unseen">": " {name}</span></summary>
                    <dl class="facts">
                        {facts} <dt>{words.say("insights-exactly")}</dt>
                        <dd>{words.exact(e.at, call.zone())}</dd> <dt>{words.say("insights-object")}</dt><dd>
                            <a href=same>
                                <code>{e.object.clone()}</code>
                            </a>
                        </dd> <dt>{words.say("insights-id")}</dt><dd>
                            <code>{e.id.clone()}</code>
                        </dd>
                    </dl>
                </details>
            </td>
        </tr>
    }
    .into_any()
}

/// What it happened to, with its page.
fn about(member: &Membership, found: &Insights, e: &ShownEvent) -> AnyView {
    let name = found.name(e);
    let object = found.objects.get(&e.object);
    match object.and_then(|object| page(member, object, &e.object)) {
        Some(to) => view! { <a href=to>{name}</a> }.into_any(),
        None => name.into_any(),
    }
}

/// Whoever did it. Without a name: the clock, whose entries come from nowhere; the operator, at the machine;
/// or somebody who was not signed in.
fn actor(words: Words, e: &ShownEvent) -> String {
    if !e.actor.is_empty() {
        return e.actor.clone();
    }
    let place = e.facts().and_then(|facts| facts.place);
    words.say(match place.as_deref() {
        Some("") => "insights-clock",
        Some("operator") => "insights-operator",
        _ => "insights-nobody",
    })
}

/// The page of a thing, for those who may open it.
fn page(member: &Membership, object: &NamedObject, id: &str) -> Option<String> {
    let (needed, to) = match object.kind {
        ObjectKind::Member => (Permission::MembersManage, format!("users/{id}")),
        ObjectKind::Role => (Permission::RolesManage, format!("roles/{id}")),
        ObjectKind::Group => (Permission::GroupsManage, format!("groups/{id}")),
        ObjectKind::Flow => (Permission::FlowsManage, format!("flows/{id}")),
        ObjectKind::Resource => (Permission::ResourcesManage, format!("resources/{id}")),
        ObjectKind::Connector => (Permission::ConnectorsManage, format!("connectors/{id}")),
        ObjectKind::Contact => {
            let contacts = format!("connectors/{}/contacts", object.within);
            (
                Permission::ConnectorsManage,
                parts::with(&contacts, "q", &object.more),
            )
        }
        ObjectKind::Invitation => (
            Permission::InvitationsSend,
            parts::with("invitations", "q", &object.name),
        ),
        ObjectKind::Request => (
            Permission::RequestsView,
            parts::with("access_requests", "request", id),
        ),
        ObjectKind::Grant => (
            Permission::RequestsView,
            parts::with("access_requests", "request", &object.within),
        ),
        ObjectKind::Former => return None,
        ObjectKind::Domain | ObjectKind::Link | ObjectKind::Organisation => {
            (Permission::SettingsManage, "settings".to_owned())
        }
    };
    member.may(needed).then(|| format!("/{}/{to}", member.slug))
}
