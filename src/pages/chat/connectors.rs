//! `/{org}/connectors`: the organisation's accounts at chat platforms: adding, changing, checking,
//! disabling, deleting.
use crate::desk::chat;
use crate::domain::changes::{self, Field};
use crate::domain::connector::{Connector, ConnectorState, Platform};
use crate::domain::ids::ConnectorId;
use crate::domain::member::Membership;
use crate::domain::role::Permission;
use crate::domain::{Error, Result, policy};
use crate::islands::copy::Copyable;
use crate::pages::chat::connector_form::form_fields;
use crate::pages::chat::names::platform;
use crate::pages::parts::form::Form;
use crate::pages::{Frame, Sheet, parts};
use crate::site::Call;
use crate::store::chat::connectors::Kept;
use crate::store::deliveries::fates::Fate;
use leptos::prelude::*;

pub async fn sheet(call: Call) -> Result<Sheet> {
    let words = call.words();
    let member = call.member()?.clone();
    let connectors = chat::connectors::list(call.desk(), &member).await?;
    let title = words.say("nav-connectors");
    let heading = title.clone();
    let draw = move || {
        let here = format!("/{}/connectors", member.slug);
        let rows = connectors.iter().map(|k| row(&call, k, &here)).collect_view();
        let list = if connectors.is_empty() {
            view! {
                <div class="empty">
                    <h2>{words.say("connectors-none")}</h2>
                    <p class="soft">{words.say("connectors-none-text")}</p>
                </div>
            }
            .into_any()
        } else {
            view! {
                <div class="sheet">
                    <table>
                        <caption>{words.say("nav-connectors")}</caption>
                        <thead>
                            <tr>
                                <th scope="col">{words.say("queue-connector")}</th>
                                <th scope="col">{words.say("queue-provider")}</th>
                                <th scope="col">{words.say("connectors-onboarding")}</th>
                                <th scope="col">{words.say("connectors-last-event")}</th>
                                <th scope="col">{words.say("queue-status")}</th>
                            </tr>
                        </thead>
                        <tbody>{rows}</tbody>
                    </table>
                </div>
            }
            .into_any()
        };
        view! {
            <div class="head">
                <h1>{heading}</h1>
                <a class="button main" href=format!("{here}/new")>
                    {words.say("connectors-add")}
                </a>
            </div>
            {parts::done(&call, &["deleted"])}
            {list}
        }
        .into_any()
    };
    Ok(Sheet::new(title, Frame::House("connectors"), draw))
}

fn row(call: &Call, k: &Kept, here: &str) -> AnyView {
    let words = call.words();
    let c = &k.connector;
    let (state, shape) = state(call, k);
    let onboarding = words.say(if c.onboarding {
        "connectors-on"
    } else {
        "connectors-off"
    });
    let last = k.health.last_event.map_or_else(
        || words.say("connectors-never").into_any(),
        |at| parts::time(call, at),
    );
    view! {
        <tr>
            <td class="who">
                <a href=format!("{here}/{}", c.id)>
                    <strong>{c.name.clone()}</strong>
                </a>
            </td>
            <td class="wide">
                <span class="narrow-label">{words.say("queue-provider")}": "</span>
                {platform(call, c.platform)}
            </td>
            <td class="wide">
                <span class="narrow-label">{words.say("connectors-onboarding")}": "</span>
                {onboarding}
            </td>
            <td class="wide">
                <span class="narrow-label">{words.say("connectors-last-event")}": "</span>
                {last}
            </td>
            <td>
                <span class=format!("state {shape}")>{state}</span>
            </td>
        </tr>
    }
    .into_any()
}

fn state(call: &Call, k: &Kept) -> (String, &'static str) {
    let shape = match k.connector.state {
        ConnectorState::Active if k.health.problem.is_empty() => "yes",
        ConnectorState::Active => "lack",
        _ => "off",
    };
    let key = if shape == "lack" {
        "connectors-in-trouble".to_owned()
    } else {
        format!("resource-{}", k.connector.state.as_str())
    };
    (call.words().say(&key), shape)
}

/// `/{org}/connectors/new`: first the platform, then what it needs.
pub async fn new(call: Call) -> Result<Sheet> {
    let words = call.words();
    let member = call.member()?.clone();
    policy::permitted(&member, Permission::ConnectorsManage)?;
    let chosen = match call.asked("platform") {
        "" => None,
        word => Some(Platform::parse(word).ok_or(Error::Malformed)?),
    };
    if let Some(platform) = chosen {
        policy::sets_up_connectors(&member, platform)?;
    }
    let title = words.say("connectors-add");
    let heading = title.clone();
    let draw = move || {
        let here = format!("/{}/connectors", member.slug);
        let body = match chosen {
            None => choose(&call, &member, &here),
            Some(p) => {
                let form = Form::new(&call, "create_connector", "connectors-add")
                    .hidden("org", member.slug.as_str())
                    .hidden("platform", p.as_str());
                view! {
                    <h2>{platform(&call, p)}</h2>
                    {form_fields(&call, form, p, None).draw()}
                }
                .into_any()
            }
        };
        view! {
            <p>
                <a href=here.clone()>{words.say("connectors-back")}</a>
            </p>
            <div class="head">
                <h1>{heading}</h1>
            </div>
            <section class="panel">{body}</section>
        }
        .into_any()
    };
    Ok(Sheet::new(title, Frame::House("connectors"), draw))
}

/// The platforms to choose from, and what is lacking for the others.
fn choose(call: &Call, member: &Membership, here: &str) -> AnyView {
    let words = call.words();
    let ways = Platform::ALL
        .into_iter()
        .filter(|p| policy::sets_up_connectors(member, *p).is_ok())
        .map(|p| {
            view! {
                <li>
                    <a class="button" href=format!("{here}/new?platform={}", p.as_str())>
                        {platform(call, p)}
                    </a>
                </li>
            }
        });
    let lacks = !member.may(Permission::RequestsDecide);
    let needs = lacks.then(|| view! { <p class="soft">{words.say("connectors-needs-decide")}</p> });
    view! {
        <p>{words.say("connectors-choose")}</p>
        <ul class="plain">{ways.collect_view()}</ul>
        {needs}
    }
    .into_any()
}

/// `/{org}/connectors/{connector}`: changing one, its address, its state.
pub async fn one(call: Call) -> Result<Sheet> {
    let words = call.words();
    let member = call.member()?.clone();
    let id = ConnectorId::try_from(call.param("connector").to_owned())?;
    let kept = chat::connectors::find(call.desk(), &member, &id).await?;
    let undelivered = chat::connectors::undelivered(call.desk(), &member, &id).await?;
    let latest = chat::connectors::latest_sends(call.desk(), &member, &id).await?;
    let title = format!("{} · {}", kept.connector.name, words.say("nav-connectors"));
    let draw = move || {
        let list = format!("/{}/connectors", member.slug);
        let here = format!("{list}/{id}");
        let p = kept.connector.platform;
        let form = Form::new(&call, "change_connector", "save")
            .showing(&kept.connector.typed_facts())
            .hidden("org", member.slug.as_str())
            .hidden("connector", id.as_str());
        let form = match policy::sets_up_connectors(&member, p) {
            Ok(_) => form_fields(&call, form, p, Some(&kept.connector)).draw(),
            Err(_) => view! { <p class="soft">{words.say("connectors-needs-decide")}</p> }.into_any(),
        };
        let (state, shape) = state(&call, &kept);
        view! {
            <p>
                <a href=list.clone()>{words.say("connectors-back")}</a>
            </p>
            <div class="head">
                <h1>{kept.connector.name.clone()} " " <span class=format!("state {shape}")>{state}</span></h1>
                {tools(&call, &member, &kept, &here)}
            </div>
            {parts::done(&call, &["saved", "checked"])}
            {shown(&call)}
            {parts::trouble(&call, &["set_connector_state", "check_connector", "send_all_again"])}
            {failed(&call, &member, &kept, undelivered, &here)}
            {standing(&call, &kept)}
            <section class="panel">{form}</section>
            {sent(&call, &latest)}
            {(call.asked("do") == "delete").then(|| confirm(&call, &member, &kept.connector, &here))}
        }
        .into_any()
    };
    Ok(Sheet::new(title, Frame::House("connectors"), draw))
}

fn tools(call: &Call, member: &Membership, kept: &Kept, here: &str) -> AnyView {
    let words = call.words();
    let active = kept.connector.state == ConnectorState::Active;
    let (key, value) = if active {
        ("resources-disable", "")
    } else {
        ("resources-enable", "on")
    };
    let button = |action: &'static str, label: &'static str| {
        Form::new(call, action, label)
            .plain()
            .class("inline")
            .hidden("org", member.slug.as_str())
            .hidden("connector", kept.connector.id.as_str())
            .button_class("button")
    };
    let switch = button("set_connector_state", key)
        .hidden("active", value)
        .showing(&changes::of(kept.connector.facts(), &[Field::State]))
        .hidden("back", &parts::with(here, "done", "saved"))
        .draw();
    let check = button("check_connector", "connectors-check").draw();
    view! {
        <div class="tools">
            <a class="button" href=format!("{here}/contacts")>
                {words.say("connectors-contacts")}
            </a>
            {check}
            {switch}
            <a class="button danger" href=parts::with(here, "do", "delete")>
                {words.say("connectors-delete")}
            </a>
        </div>
    }
    .into_any()
}

/// What was made and is shown once: secrets to paste at the platform, and the agent's.
fn shown(call: &Call) -> AnyView {
    let words = call.words();
    let shown = ["create_connector", "change_connector"]
        .iter()
        .flat_map(|action| call.once.of(&format!("/actions/{action}")).to_vec())
        .collect::<Vec<_>>();
    let lines = shown
        .iter()
        .map(|secret| {
            // What signs what an agent is told begins so; the other one is the platform's.
            let label = if secret.starts_with("whsec_") {
                "connectors-shown-agent"
            } else {
                "connectors-shown-platform"
            };
            view! {
                <li>
                    <p class="soft">{words.say(label)}</p>
                    <Copyable text=secret.clone() copy=words.say("copy") copied=words.say("copied") />
                </li>
            }
        })
        .collect_view();
    (!shown.is_empty())
        .then(|| {
            view! {
                <div class="banner info" role="status">
                    <div>
                        <p>{words.say("connectors-shown")}</p>
                        <ul class="plain">{lines}</ul>
                    </div>
                </div>
            }
        })
        .into_any()
}

/// Says how many messages were given up, with the button that sends them again.
fn failed(call: &Call, member: &Membership, kept: &Kept, n: i64, here: &str) -> Option<AnyView> {
    let again = Form::new(call, "send_all_again", "queue-try-again")
        .plain()
        .class("inline")
        .hidden("org", member.slug.as_str())
        .hidden("connector", kept.connector.id.as_str())
        .hidden("back", here)
        .button_class("button small");
    (n > 0).then(|| {
        let text = call.words().tell("connectors-undelivered", &[("n", &n)]);
        view! {
            <div class="banner" role="status">
                <span aria-hidden="true">"▲"</span>
                <p>{text}</p>
                {again.draw()}
            </div>
        }
        .into_any()
    })
}

/// The webhook's address, and how the connector has been doing.
fn standing(call: &Call, kept: &Kept) -> AnyView {
    let words = call.words();
    let address = format!(
        "{}/hooks/{}/{}",
        call.site.public_url,
        kept.connector.platform.as_str(),
        kept.hook
    );
    let when = |at: Option<crate::domain::Time>| {
        at.map_or_else(
            || words.say("connectors-never").into_any(),
            |at| parts::time(call, at),
        )
    };
    let problem = (!kept.health.problem.is_empty()).then(|| {
        view! {
            <dt>{words.say("connectors-problem")}</dt>
            <dd class="words">
                {words.undelivered(&kept.health.problem)} " · " {when(kept.health.last_failure)}
            </dd>
        }
    });
    let refused = kept.health.last_refused.as_ref().map(|(at, why)| {
        let why = words.say(&format!("connectors-refused-{why}"));
        view! {
            <dt>{words.say("connectors-refused")}</dt>
            <dd class="words">{why} " · " {parts::time(call, *at)}</dd>
        }
    });
    view! {
        <section class="panel">
            <h2>{words.say("connectors-address")}</h2>
            <p>
                <code class="link-once">{address}</code>
            </p>
            <p class="soft">{words.say("connectors-address-hint")}</p>
            <dl class="facts">
                <dt>{words.say("connectors-last-event")}</dt>
                <dd>{when(kept.health.last_event)}</dd>
                <dt>{words.say("connectors-last-delivery")}</dt>
                <dd>{when(kept.health.last_delivery)}</dd>
                {problem}
                {refused}
            </dl>
        </section>
    }
    .into_any()
}

/// What was sent last, folded away: to people, to approvers, and to the agent.
fn sent(call: &Call, latest: &[Fate]) -> Option<AnyView> {
    let lines = latest.iter().map(|fate| {
        let name = fate.to.clone().map(|name| {
            view! {
                <strong>{name}</strong>
                " · "
            }
        });
        view! { <li>{name}{crate::pages::deliveries::fates::sentence(call, fate)}</li> }
    });
    let title = call.words().say("connectors-latest");
    (!latest.is_empty()).then(|| {
        view! {
            <section class="panel">
                <details class="fold">
                    <summary>{title}</summary>
                    <ul class="plain">{lines.collect_view()}</ul>
                </details>
            </section>
        }
        .into_any()
    })
}

/// The dialog that says what deleting does.
fn confirm(call: &Call, member: &Membership, c: &Connector, here: &str) -> AnyView {
    let words = call.words();
    let form = Form::new(call, "delete_connector", "connectors-delete")
        .hidden("org", member.slug.as_str())
        .hidden("connector", c.id.as_str())
        .button_class("button danger main")
        .cancel(here)
        .draw();
    let inside = view! {
        <div class="subject">
            <strong>{c.name.clone()}</strong>
        </div>
        <p>{words.say("connectors-delete-text")}</p>
        {form}
    };
    parts::dialog(words.say("connectors-delete-title"), here, inside.into_any())
}
