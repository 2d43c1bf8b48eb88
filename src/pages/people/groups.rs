//! `/{org}/groups`: named sets of members: creating, filling, renaming, deleting.
use crate::desk::people;
use crate::desk::people::groups::GroupUse;
use crate::domain::Result;
use crate::domain::group::Group;
use crate::domain::ids::GroupId;
use crate::domain::member::Membership;
use crate::domain::role::Permission;
use crate::pages::parts::field::FieldKind;
use crate::pages::parts::form::Form;
use crate::pages::people::pieces;
use crate::pages::{Frame, Sheet, parts};
use crate::site::Call;
use crate::store::people::groups::InGroup;
use leptos::prelude::*;

pub async fn sheet(call: Call) -> Result<Sheet> {
    let words = call.words();
    let member = call.member()?.clone();
    let groups = people::groups::list(call.desk(), &member).await?;
    let title = pieces::title(&call, "groups");
    let draw = move || {
        let form = Form::new(&call, "create_group", "groups-create")
            .hidden("org", member.slug.as_str())
            .field("name", "label-group", FieldKind::TEXT, "")
            .draw();
        view! {
            {pieces::head(&call, &member, "groups", None)}
            {parts::done(&call, &["deleted"])}
            {table(&call, &member, &groups)}
            <section class="panel">
                <h2>{words.say("groups-create")}</h2>
                {form}
            </section>
        }
        .into_any()
    };
    Ok(Sheet::new(title, Frame::House("users"), draw))
}

fn table(call: &Call, member: &Membership, groups: &[(Group, i64)]) -> AnyView {
    let words = call.words();
    if groups.is_empty() {
        return view! {
            <div class="empty">
                <h2>{words.say("groups-none")}</h2>
                <p class="soft">{words.say("groups-none-text")}</p>
            </div>
        }
        .into_any();
    }
    let rows = groups.iter().map(|(g, n)| {
        let to = format!("/{}/groups/{}", member.slug, g.id);
        view! {
            <tr>
                <td class="who">
                    <a href=to>
                        <strong>{g.name.clone()}</strong>
                    </a>
                </td>
                <td class="wide">{words.tell("roles-members", &[("n", n)])}</td>
            </tr>
        }
    });
    view! {
        <div class="sheet">
            <table>
                <caption>{words.say("people-groups")}</caption>
                <thead>
                    <tr>
                        <th scope="col">{words.say("label-group")}</th>
                        <th scope="col">{words.say("people-users")}</th>
                    </tr>
                </thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        </div>
    }
    .into_any()
}

/// `/{org}/groups/{group}`: who is in it.
pub async fn one(call: Call) -> Result<Sheet> {
    let words = call.words();
    let member = call.member()?.clone();
    let id = GroupId::try_from(call.param("group").to_owned())?;
    let (group, within) = people::groups::find(call.desk(), &member, &id).await?;
    let used = people::groups::group_use(call.desk(), &member, &id).await?;
    let proposed = people::members::find_members(call.desk(), &member, Permission::GroupsManage, "").await?;
    let title = format!("{} · {}", group.name, words.say("nav-users"));
    let draw = move || {
        let list = format!("/{}/groups", member.slug);
        let here = format!("{list}/{id}");
        let others = proposed
            .iter()
            .filter(|p| !within.iter().any(|m| m.account == p.account));
        let add = add(&call, &member, &id, others.map(parts::proposal), &here);
        let rename = Form::new(&call, "rename_group", "save")
            .hidden("org", member.slug.as_str())
            .hidden("group", id.as_str())
            .hidden("back", &parts::with(&here, "done", "saved"))
            .showing(&group.facts())
            .field("name", "label-group", FieldKind::TEXT, &group.name)
            .draw();
        view! {
            <p>
                <a href=list.clone()>{words.say("groups-back")}</a>
            </p>
            <div class="head">
                <h1>{group.name.clone()}</h1>
                <a class="button danger" href=parts::with(&here, "do", "delete")>
                    {words.say("groups-delete")}
                </a>
            </div>
            {parts::done(&call, &["saved"])}
            {parts::trouble(&call, &["remove_from_group"])}
            <section class="panel">
                <h2>{words.say("people-users")}</h2>
                {members(&call, &member, &id, &within, &here)}
                {add}
            </section>
            <section class="panel">
                <h2>{words.say("groups-rename")}</h2>
                {rename}
            </section>
            {(call.asked("do") == "delete").then(|| confirm(&call, &member, &group, &within, &used, &here))}
        }
        .into_any()
    };
    Ok(Sheet::new(title, Frame::House("users"), draw))
}

/// The form that adds one of these.
fn add(
    call: &Call,
    member: &Membership,
    id: &GroupId,
    others: impl Iterator<Item = String>,
    here: &str,
) -> AnyView {
    Form::new(call, "add_to_group", "groups-add")
        .hidden("org", member.slug.as_str())
        .hidden("group", id.as_str())
        .hidden("back", &parts::back_or(call, &parts::with(here, "done", "saved")))
        .focus("person")
        .proposing("person", "groups-person", "", others)
        .draw()
}

fn members(call: &Call, member: &Membership, id: &GroupId, within: &[InGroup], here: &str) -> AnyView {
    let words = call.words();
    if within.is_empty() {
        return view! { <p class="soft">{words.say("groups-empty")}</p> }.into_any();
    }
    let rows = within.iter().map(|m| {
        let form = Form::new(call, "remove_from_group", "groups-take-out")
            .plain()
            .class("inline")
            .hidden("org", member.slug.as_str())
            .hidden("group", id.as_str())
            .hidden("account", m.account.as_str())
            .hidden("back", &parts::with(here, "done", "saved"))
            .button_class("button small")
            .draw();
        view! {
            <li class="session">
                <span>
                    <strong>{m.name.clone()}</strong>
                    <span class="soft mail">{m.email.shown()}</span>
                </span>
                {form}
            </li>
        }
    });
    view! { <ul class="sessions">{rows.collect_view()}</ul> }.into_any()
}

fn confirm(
    call: &Call,
    member: &Membership,
    group: &Group,
    within: &[InGroup],
    used: &GroupUse,
    here: &str,
) -> AnyView {
    let words = call.words();
    let form = Form::new(call, "delete_group", "groups-delete")
        .hidden("org", member.slug.as_str())
        .hidden("group", group.id.as_str())
        .button_class("button danger main")
        .cancel(here)
        .draw();
    let touched = [
        ("groups-delete-flows", &used.flows),
        ("groups-delete-resources", &used.resources),
    ];
    let touched = touched
        .into_iter()
        .filter(|(_, names)| !names.is_empty())
        .map(|(key, names)| view! { <li>{words.tell(key, &[("names", &names.join(", "))])}</li> });
    let open = (used.requests > 0)
        .then(|| view! { <li>{words.tell("delete-breaks", &[("n", &used.requests)])}</li> });
    let text = words.tell("groups-delete-text", &[("n", &(within.len() as i64))]);
    let inside = view! {
        <div class="subject">
            <strong>{group.name.clone()}</strong>
        </div>
        <p>{text}</p>
        <ul>{touched.collect_view()}{open}</ul>
        {form}
    };
    parts::dialog(words.say("groups-delete-title"), here, inside.into_any())
}
