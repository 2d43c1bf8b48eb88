//! `/{org}/roles`: what each role allows, who has it, creating, changing and deleting roles.
use crate::desk::people;
use crate::desk::people::roles::UsedRole;
use crate::domain::Result;
use crate::domain::ids::RoleId;
use crate::domain::member::Membership;
use crate::domain::role::{Permission, Permissions};
use crate::pages::parts::field::{FieldKind, Tick};
use crate::pages::parts::form::Form;
use crate::pages::people::pieces::{self, permission_name, permission_names, role_name};
use crate::pages::{Frame, Sheet, parts};
use crate::site::Call;
use leptos::prelude::*;

pub async fn sheet(call: Call) -> Result<Sheet> {
    let words = call.words();
    let member = call.member()?.clone();
    let used = people::roles::list(call.desk(), &member).await?;
    let title = pieces::title(&call, "roles");
    let draw = move || {
        let here = format!("/{}/roles", member.slug);
        let create = view! {
            <a class="button main" href=parts::with(&here, "do", "create")>
                {words.say("roles-create")}
            </a>
        };
        let rows = used.iter().map(|u| row(&call, &member, u)).collect_view();
        view! {
            {pieces::head(&call, &member, "roles", Some(create.into_any()))}
            {parts::done(&call, &["saved", "deleted"])}
            <div class="sheet">
                <table>
                    <caption>{words.say("people-roles")}</caption>
                    <thead>
                        <tr>
                            <th scope="col">{words.say("label-role")}</th>
                            <th scope="col">{words.say("roles-allows")}</th>
                            <th scope="col">{words.say("people-users")}</th>
                            <th scope="col">{words.say("roles-invitations")}</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
            {(call.asked("do") == "create").then(|| new(&call, &member, &here))}
        }
        .into_any()
    };
    Ok(Sheet::new(title, Frame::House("users"), draw))
}

fn row(call: &Call, member: &Membership, u: &UsedRole) -> AnyView {
    let words = call.words();
    let name = role_name(call, &u.role);
    let name = if u.role.built_in {
        view! {
            <strong>{name}</strong>
            <small class="soft">{words.say("roles-built-in")}</small>
        }
        .into_any()
    } else {
        view! {
            <a href=format!("/{}/roles/{}", member.slug, u.role.id)>
                <strong>{name}</strong>
            </a>
        }
        .into_any()
    };
    let allows = if u.role.built_in {
        words.say("roles-everything")
    } else {
        permission_names(call, u.role.permissions)
    };
    view! {
        <tr>
            <td class="who">{name}</td>
            <td class="wide soft">{allows}</td>
            <td class="wide few">{words.tell("roles-members", &[("n", &u.holders)])}</td>
            <td class="wide few">
                {words.tell("roles-open-invitations", &[("n", &(u.invitations.len() as i64))])}
            </td>
        </tr>
    }
    .into_any()
}

/// A box for each permission (`may_…`); what the reader does not hold cannot be changed.
fn permission_boxes(call: &Call, member: &Membership, held: Permissions) -> Vec<Tick> {
    let tick = |p: Permission| Tick {
        name: format!("may_{}", p.as_str()),
        words: permission_name(call, p),
        on: held.has(p),
        fixed: !member.permissions.has(p),
    };
    Permission::ALL.into_iter().map(tick).collect()
}

fn new(call: &Call, member: &Membership, back: &str) -> AnyView {
    let form = Form::new(call, "create_role", "roles-create")
        .hidden("org", member.slug.as_str())
        .field("name", "label-role", FieldKind::TEXT, "")
        .ticks(
            call.words().say("roles-allows"),
            permission_boxes(call, member, Permissions::NONE),
        )
        .cancel(back)
        .draw();
    parts::dialog(call.words().say("roles-create"), back, form)
}

/// `/{org}/roles/{role}`: changing and deleting one.
pub async fn one(call: Call) -> Result<Sheet> {
    let words = call.words();
    let member = call.member()?.clone();
    let id = RoleId::try_from(call.param("role").to_owned())?;
    let used = people::roles::find(call.desk(), &member, &id).await?;
    let name = role_name(&call, &used.role);
    let title = format!("{name} · {}", words.say("nav-users"));
    let draw = move || {
        let list = format!("/{}/roles", member.slug);
        let here = format!("{list}/{id}");
        let change = (!used.role.built_in).then(|| {
            let form = Form::new(&call, "change_role", "save")
                .hidden("org", member.slug.as_str())
                .hidden("role", id.as_str())
                .showing(&used.role.facts())
                .field("name", "label-role", FieldKind::TEXT, &used.role.name)
                .ticks(
                    words.say("roles-allows"),
                    permission_boxes(&call, &member, used.role.permissions),
                )
                .with(invitations(&call, &used, true))
                .draw();
            view! { <section class="panel">{form}</section> }
        });
        let delete = (!used.role.built_in).then(|| {
            view! {
                <a class="button danger" href=parts::with(&here, "do", "delete")>
                    {words.say("roles-delete")}
                </a>
            }
        });
        view! {
            <p>
                <a href=list.clone()>{words.say("roles-back")}</a>
            </p>
            <div class="head">
                <h1>{name}</h1>
                {delete}
            </div>
            {usage(&call, &used)}
            {change}
            {(call.asked("do") == "delete" && !used.role.built_in)
                .then(|| confirm(&call, &member, &used, &here))}
        }
        .into_any()
    };
    Ok(Sheet::new(title, Frame::House("users"), draw))
}

/// How many and who have the role, and how many open invitations carry it, to whom.
fn usage(call: &Call, u: &UsedRole) -> AnyView {
    let words = call.words();
    let mut names = u.names.join(", ");
    if u.holders > u.names.len() as i64 {
        names.push_str(" …");
    }
    let mut addresses: Vec<String> = u.invitations.iter().take(20).map(|i| i.email.shown()).collect();
    if u.invitations.len() > 20 {
        addresses.push("…".into());
    }
    view! {
        <dl class="facts">
            <dt>{words.tell("roles-members", &[("n", &u.holders)])}</dt>
            <dd>{names}</dd>
            <dt>{words.tell("roles-open-invitations", &[("n", &(u.invitations.len() as i64))])}</dt>
            <dd>{addresses.join(", ")}</dd>
        </dl>
    }
    .into_any()
}

/// Where open invitations carry the role: the choice of what becomes of them, which nobody makes
/// for the reader.
fn invitations(call: &Call, u: &UsedRole, keep: bool) -> AnyView {
    if u.invitations.is_empty() {
        return ().into_any();
    }
    let words = call.words();
    let failed = call
        .draft
        .as_ref()
        .and_then(|d| d.error.as_ref())
        .map(|e| match e {
            crate::domain::Error::Invalid(faults) => faults
                .iter()
                .find(|f| f.field == "invitations")
                .map(|f| words.reason(f.why)),
            _ => None,
        });
    let fault = failed.flatten();
    let calm = fault.is_none();
    let id = if keep {
        "change-invitations-fault"
    } else {
        "delete-invitations-fault"
    };
    let choices = ["keep", "drop", "delete"]
        .into_iter()
        .filter(|c| keep || *c != "keep")
        .map(|choice| {
            view! {
                <label class="tick">
                    <input type="radio" name="invitations" value=choice />
                    <span>{words.say(&format!("roles-then-{choice}"))}</span>
                </label>
            }
        });
    view! {
        <fieldset class="ticks" aria-describedby=id>
            <legend>{words.tell("roles-then", &[("n", &(u.invitations.len() as i64))])}</legend>
            {choices.collect_view()}
            <small class="fault" id=id data-fault-for="invitations" hidden=calm>
                {fault}
            </small>
        </fieldset>
    }
    .into_any()
}

fn confirm(call: &Call, member: &Membership, u: &UsedRole, here: &str) -> AnyView {
    let words = call.words();
    let form = Form::new(call, "delete_role", "roles-delete")
        .hidden("org", member.slug.as_str())
        .hidden("role", u.role.id.as_str())
        .with(invitations(call, u, false))
        .button_class("button danger main")
        .cancel(here)
        .draw();
    let open =
        (u.requests > 0).then(|| view! { <p>{words.tell("delete-breaks", &[("n", &u.requests)])}</p> });
    let inside = view! {
        <div class="subject">
            <strong>{u.role.name.clone()}</strong>
        </div>
        <p>{words.say("roles-delete-text")}</p>
        {usage(call, u)}
        {open}
        {form}
    };
    parts::dialog(words.say("roles-delete-title"), here, inside.into_any())
}
