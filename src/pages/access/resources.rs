//! `/{org}/resources`: what members may ask for: creating, changing, disabling, deleting, and who
//! has it.
use crate::desk::access::resources::ResourceChoices;
use crate::desk::{access, people};
use crate::domain::Result;
use crate::domain::changes::{self, Field};
use crate::domain::ids::ResourceId;
use crate::domain::member::Membership;
use crate::domain::resource::{Audience, ResourceState};
use crate::domain::role::Permission;
use crate::pages::access::catalog;
use crate::pages::parts::field::{FieldKind, Tick};
use crate::pages::parts::form::Form;
use crate::pages::{Frame, Sheet, parts};
use crate::site::Call;
use crate::store::access::grants::ListedGrant;
use crate::store::access::resources::ListedResource;
use leptos::prelude::*;

pub async fn sheet(call: Call) -> Result<Sheet> {
    let words = call.words();
    let member = call.member()?.clone();
    let search: String = call.asked("q").chars().take(200).collect();
    let page = access::resources::list(call.desk(), &member, &search, catalog::after(&call)?).await?;
    let title = words.say("nav-resources");
    let heading = title.clone();
    let draw = move || {
        let here = format!("/{}/resources", member.slug);
        let rows = page.listed.iter().map(|l| row(&call, l, &here)).collect_view();
        let list = if page.listed.is_empty() {
            let (key, text) = if search.is_empty() {
                ("resources-none", "resources-none-text")
            } else {
                ("catalog-not-found", "catalog-not-found-text")
            };
            view! {
                <div class="empty">
                    <h2>{words.say(key)}</h2>
                    <p class="soft">{words.say(text)}</p>
                </div>
            }
            .into_any()
        } else {
            view! {
                <div class="sheet">
                    <table>
                        <caption>{words.say("nav-resources")}</caption>
                        <thead>
                            <tr>
                                <th scope="col">{words.say("label-resource")}</th>
                                <th scope="col">{words.say("label-owner")}</th>
                                <th scope="col">{words.say("label-flow")}</th>
                                <th scope="col">{words.say("resources-holders")}</th>
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
                    {words.say("resources-create")}
                </a>
            </div>
            {parts::done(&call, &["saved", "deleted"])}
            {catalog::searching(&call, &here, &search)}
            {list}
            {parts::next_page(&call, page.next.as_ref().map(|(name, id)| format!("{id}_{name}")))}
        }
        .into_any()
    };
    Ok(Sheet::new(title, Frame::House("resources"), draw))
}

fn row(call: &Call, l: &ListedResource, here: &str) -> AnyView {
    let words = call.words();
    let r = &l.resource;
    let or = |name: &Option<String>, key: &str| name.clone().unwrap_or_else(|| words.say(key));
    let (state, shape) = state(call, r.state);
    view! {
        <tr>
            <td class="who">
                <a href=format!(
                    "{here}/{}",
                    r.id,
                )>{parts::resource_icon(&r.icon, &r.name)} " " <strong>{r.name.clone()}</strong></a>
            </td>
            <td class="wide">
                <span class="narrow-label">{words.say("label-owner")}": "</span>
                {or(&l.owner, "nobody")}
            </td>
            <td class="wide">
                <span class="narrow-label">{words.say("label-flow")}": "</span>
                {or(&l.flow, "resources-no-flow")}
            </td>
            <td class="wide few">
                <span class="narrow-label">{words.say("resources-holders")}": "</span>
                {l.holders}
            </td>
            <td>
                <span class=format!("state {shape}")>{state}</span>
            </td>
        </tr>
    }
    .into_any()
}

fn state(call: &Call, state: ResourceState) -> (String, &'static str) {
    let shape = if state == ResourceState::Active {
        "yes"
    } else {
        "off"
    };
    (call.words().say(&format!("resource-{}", state.as_str())), shape)
}

/// `/{org}/resources/new`.
pub async fn new(call: Call) -> Result<Sheet> {
    let words = call.words();
    let member = call.member()?.clone();
    let choices = access::resources::choices(call.desk(), &member).await?;
    let proposed = proposals(&call, &member).await?;
    let title = words.say("resources-create");
    let heading = title.clone();
    let draw = move || {
        let form = fields(
            &call,
            Form::new(&call, "create_resource", "resources-create").hidden("org", member.slug.as_str()),
            None,
            &choices,
            proposed,
        );
        let list = format!("/{}/resources", member.slug);
        view! {
            <p>
                <a href=list>{words.say("resources-back")}</a>
            </p>
            <div class="head">
                <h1>{heading}</h1>
            </div>
            <section class="panel">{form.draw()}</section>
        }
        .into_any()
    };
    Ok(Sheet::new(title, Frame::House("resources"), draw))
}

async fn proposals(call: &Call, member: &Membership) -> Result<Vec<String>> {
    let found = people::members::find_members(call.desk(), member, Permission::ResourcesManage, "").await?;
    Ok(found.iter().map(parts::proposal).collect())
}

/// `/{org}/resources/{resource}`: changing one, and who has it.
pub async fn one(call: Call) -> Result<Sheet> {
    let words = call.words();
    let member = call.member()?.clone();
    let id = ResourceId::try_from(call.param("resource").to_owned())?;
    let listed = access::resources::find(call.desk(), &member, &id).await?;
    let holders = access::grants::holders(call.desk(), call.actor()?, &member, &id).await?;
    let choices = access::resources::choices(call.desk(), &member).await?;
    let proposed = proposals(&call, &member).await?;
    let title = format!("{} · {}", listed.resource.name, words.say("nav-resources"));
    let draw = move || {
        let list = format!("/{}/resources", member.slug);
        let here = format!("{list}/{id}");
        let back = parts::back_or(&call, &parts::with(&here, "done", "saved"));
        let form = Form::new(&call, "change_resource", "save")
            .hidden("org", member.slug.as_str())
            .hidden("resource", id.as_str())
            .hidden("back", &back)
            .showing(&listed.resource.typed_facts())
            .focus("owner");
        let form = fields(&call, form, Some(&listed), &choices, proposed).draw();
        let switch = switch(&call, &member, &listed, &here);
        let (state, shape) = state(&call, listed.resource.state);
        view! {
            <p>
                <a href=list.clone()>{words.say("resources-back")}</a>
            </p>
            <div class="head">
                <h1>
                    {listed.resource.name.clone()} " " <span class=format!("state {shape}")>{state}</span>
                </h1>
                <div class="tools">
                    {switch}<a class="button danger" href=parts::with(&here, "do", "delete")>
                        {words.say("resources-delete")}
                    </a>
                </div>
            </div>
            {parts::done(&call, &["saved", "ended"])}
            {secret(&call)}
            {parts::trouble(&call, &["set_resource_state", "end_grant"])}
            <section class="panel">{form}</section>
            <section class="panel">
                <h2>{words.say("resources-holders")}</h2>
                {grants(&call, &member, &holders, &here)}
            </section>
            {(call.asked("do") == "delete").then(|| confirm(&call, &member, &listed, &holders, &here))}
        }
        .into_any()
    };
    Ok(Sheet::new(title, Frame::House("resources"), draw))
}

/// The button that disables it, or enables it again.
fn switch(call: &Call, member: &Membership, l: &ListedResource, here: &str) -> AnyView {
    let (key, value) = if l.resource.state == ResourceState::Active {
        ("resources-disable", "")
    } else {
        ("resources-enable", "on")
    };
    Form::new(call, "set_resource_state", key)
        .plain()
        .class("inline")
        .hidden("org", member.slug.as_str())
        .hidden("resource", l.resource.id.as_str())
        .hidden("active", value)
        .showing(&changes::of(l.resource.facts(), &[Field::State]))
        .hidden("back", &parts::with(here, "done", "saved"))
        .button_class("button")
        .draw()
}

/// The secret of a new hook, shown once.
fn secret(call: &Call) -> AnyView {
    let made = |action| call.once.of(action).first().cloned();
    let shown = made("/actions/create_resource").or_else(|| made("/actions/change_resource"));
    let words = call.words();
    shown
        .map(|secret| {
            view! {
                <div class="banner info" role="status">
                    <p>{words.say("hook-secret")}<br /><code class="link-once">{secret}</code></p>
                </div>
            }
        })
        .into_any()
}

/// Who has it, each with the button that ends it.
fn grants(call: &Call, member: &Membership, holders: &[ListedGrant], here: &str) -> AnyView {
    let words = call.words();
    if holders.is_empty() {
        return view! { <p class="soft">{words.say("resources-nobody")}</p> }.into_any();
    }
    let rows = holders.iter().map(|g| {
        let end = Form::new(call, "end_grant", "applications-end")
            .plain()
            .class("inline")
            .hidden("org", member.slug.as_str())
            .hidden("grant", g.grant.id.as_str())
            .hidden("back", &parts::with(here, "done", "ended"))
            .labelled(&g.holder)
            .button_class("button small")
            .draw();
        let until = match g.grant.ends_at {
            Some(at) => view! {
                {words.say("applications-until")}
                " "
                {parts::time(call, at)}
            }
            .into_any(),
            None => view! { {words.say("applications-for-ever")} }.into_any(),
        };
        view! {
            <li class="session">
                <span>
                    <strong>{g.holder.clone()}</strong>
                    <span class="soft mail">{crate::domain::text::shown(&g.email)}</span>
                    <span class="soft">{until}</span>
                </span>
                {end}
            </li>
        }
    });
    view! { <ul class="sessions">{rows.collect_view()}</ul> }.into_any()
}

/// The fields of a resource.
fn fields<'a>(
    call: &'a Call,
    form: Form<'a>,
    listed: Option<&ListedResource>,
    choices: &ResourceChoices,
    proposed: Vec<String>,
) -> Form<'a> {
    let form = about(form, listed);
    let form = form.proposing(
        "owner",
        "label-owner",
        &text(listed, |l| l.owner.clone().unwrap_or_default()),
        proposed.into_iter(),
    );
    let form = granting(call, form, listed, choices);
    audience(call, form, listed, choices)
}

/// What stands in a field of this resource; nothing for a new one.
fn text(listed: Option<&ListedResource>, of: fn(&ListedResource) -> String) -> String {
    listed.map(of).unwrap_or_default()
}

/// What it is.
fn about<'a>(form: Form<'a>, listed: Option<&ListedResource>) -> Form<'a> {
    let text = |of| text(listed, of);
    form.field(
        "name",
        "label-name",
        FieldKind::TEXT,
        &text(|l| l.resource.name.clone()),
    )
    .lines(
        "description",
        "label-description",
        &text(|l| l.resource.description.clone()),
        2,
    )
    .field(
        "icon",
        "label-icon",
        FieldKind::TEXT.optional(),
        &text(|l| l.resource.icon.clone()),
    )
    .field(
        "link",
        "label-link",
        FieldKind::TEXT.optional(),
        &text(|l| l.resource.link.clone()),
    )
}

/// How it is given: by which flow, for how long, by which hook, for which reason.
fn granting<'a>(
    call: &'a Call,
    form: Form<'a>,
    listed: Option<&ListedResource>,
    choices: &ResourceChoices,
) -> Form<'a> {
    let text = |of| text(listed, of);
    let none = (String::new(), call.words().say("resources-no-flow"));
    let flows = choices
        .flows
        .iter()
        .map(|(id, name)| (id.to_string(), name.clone()));
    form.choice(
        "flow",
        "label-flow",
        std::iter::once(none).chain(flows).collect(),
        &text(|l| {
            l.resource
                .flow
                .as_ref()
                .map(ToString::to_string)
                .unwrap_or_default()
        }),
    )
    .field(
        "most_days",
        "label-most-days",
        FieldKind::TEXT.optional(),
        &text(|l| l.resource.most_days.map(|d| d.to_string()).unwrap_or_default()),
    )
    .field(
        "hook",
        "label-hook",
        FieldKind::TEXT.optional(),
        &text(|l| l.resource.hook.clone()),
    )
    .tick(
        "reason_required",
        "label-reason-required",
        listed.is_some_and(|l| l.resource.reason_required),
    )
}

/// Who may ask for it: everyone, or some roles and groups.
fn audience<'a>(
    call: &'a Call,
    form: Form<'a>,
    listed: Option<&ListedResource>,
    choices: &ResourceChoices,
) -> Form<'a> {
    let words = call.words();
    let (now, roles, groups): (_, &[_], &[_]) = match listed.map(|l| &l.resource.audience) {
        Some(Audience::Some { roles, groups }) => ("some", roles, groups),
        _ => ("everyone", &[], &[]),
    };
    let audience = vec![
        ("everyone".to_owned(), words.say("audience-everyone")),
        ("some".to_owned(), words.say("audience-some")),
    ];
    let ticks = choices.roles.iter().map(|r| Tick {
        name: format!("role_{}", r.id),
        words: crate::pages::people::pieces::role_name(call, r),
        on: roles.contains(&r.id),
        fixed: false,
    });
    let boxes = choices.groups.iter().map(|g| Tick {
        name: format!("group_{}", g.id),
        words: words.tell("approvers-group", &[("name", &g.name)]),
        on: groups.contains(&g.id),
        fixed: false,
    });
    form.choice("audience", "label-audience", audience, now)
        .ticks(words.say("audience-who"), ticks.chain(boxes).collect())
}

/// The dialog that says what deleting does.
fn confirm(
    call: &Call,
    member: &Membership,
    l: &ListedResource,
    holders: &[ListedGrant],
    here: &str,
) -> AnyView {
    let words = call.words();
    let form = Form::new(call, "delete_resource", "resources-delete")
        .hidden("org", member.slug.as_str())
        .hidden("resource", l.resource.id.as_str())
        .button_class("button danger main")
        .cancel(here)
        .draw();
    let inside = view! {
        <div class="subject">
            <strong>{l.resource.name.clone()}</strong>
        </div>
        <ul>
            <li>{words.tell("resources-delete-holders", &[("n", &(holders.len() as i64))])}</li>
            <li>{words.say("resources-delete-requests")}</li>
        </ul>
        {form}
    };
    parts::dialog(words.say("resources-delete-title"), here, inside.into_any())
}
