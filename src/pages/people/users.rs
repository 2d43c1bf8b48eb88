//! `/{org}/users`: the members with their roles, and those who are invited.
use crate::desk::people::members::{User, Users};
use crate::desk::{joining, people};
use crate::domain::ids::{AccountId, RoleId};
use crate::domain::invitation::Invitation;
use crate::domain::member::Membership;
use crate::domain::member::role_facts;
use crate::domain::role::{Permission, Role};
use crate::domain::{Error, Result};
use crate::pages::parts::form::Form;
use crate::pages::people::invite_dialog;
use crate::pages::people::pieces::{self, role_boxes, role_names};
use crate::pages::{Frame, Sheet, parts};
use crate::site::Call;
use crate::store::people::invitations::OPEN_LISTED;
use crate::store::people::member_list::{ListedMember, MemberQuery};
use leptos::prelude::*;

pub async fn sheet(call: Call) -> Result<Sheet> {
    let words = call.words();
    let member = call.member()?.clone();
    let look = look(&call)?;
    let found = people::members::list(call.desk(), &member, &look).await?;
    let sends = member.may(Permission::InvitationsSend);
    let left = if sends {
        joining::invitations::left(call.desk(), call.actor()?, &member).await?
    } else {
        0
    };
    let title = pieces::title(&call, "users");
    let draw = move || {
        let here = address(&call, &member, &[]);
        let next = found.next.as_ref().map(|(name, id)| {
            let to = address(&call, &member, &[("after", &format!("{id}_{name}"))]);
            view! {
                <p>
                    <a class="button" href=to>
                        {words.say("users-next")}
                    </a>
                </p>
            }
        });
        let invite = sends.then(|| {
            view! {
                <a class="button main" href=address(&call, &member, &[("do", "invite")])>
                    {words.say("users-invite")}
                </a>
            }
            .into_any()
        });
        view! {
            {pieces::head(&call, &member, "users", invite)}
            {parts::done(&call, &["roles", "resent", "removed"])}
            {parts::trouble(&call, &["set_roles", "resend_invitation"])}
            {search(&call, &member, &look, &found)}
            {table(&call, &member, &found, &here)}
            {next}
            {sends.then(|| invite_dialog::dialog(&call, &member, &found.roles, left, &here))}
        }
        .into_any()
    };
    Ok(Sheet::new(title, Frame::House("users"), draw))
}

fn look(call: &Call) -> Result<MemberQuery> {
    let role = call.asked("role");
    Ok(MemberQuery {
        search: call.asked("q").chars().take(200).collect(),
        role: if role.is_empty() {
            None
        } else {
            Some(RoleId::try_from(role.to_owned())?)
        },
        waiting: call.asked("waiting") == "1",
        after: if call.asked("after").is_empty() {
            None
        } else {
            Some(place(call.asked("after"))?)
        },
    })
}

/// The page's address with what is looked for, and with these parts.
fn address(call: &Call, member: &Membership, more: &[(&str, &str)]) -> String {
    pieces::address(call, member, "users", &["q", "role", "waiting"], more)
}

/// The place after which a page begins: id and name of the last member before it.
fn place(after: &str) -> Result<(String, AccountId)> {
    let (id, name) = after.split_once('_').ok_or(Error::Malformed)?;
    Ok((
        name.to_owned(),
        AccountId::try_from(id.to_owned()).map_err(|_| Error::Malformed)?,
    ))
}

fn search(call: &Call, member: &Membership, look: &MemberQuery, found: &Users) -> AnyView {
    let words = call.words();
    let path = format!("/{}/users", member.slug);
    let filtered = !look.search.is_empty() || look.role.is_some() || look.waiting;
    let clear = filtered.then(|| view! { <a href=path.clone()>{words.say("queue-search-clear")}</a> });
    let roles = found.roles.iter().map(|r| {
        view! {
            <option value=r.id.to_string() selected=look.role.as_ref() == Some(&r.id)>
                {pieces::role_name(call, r)}
            </option>
        }
    });
    let waiting = (found.waiting > 0 && !look.waiting).then(|| {
        let text = words.tell("users-waiting", &[("n", &found.waiting)]);
        view! {
            <div class="banner" role="status">
                <span aria-hidden="true">"▲"</span>
                <p>{text}</p>
                <a href=format!("{path}?waiting=1")>{words.say("users-waiting-show")}</a>
            </div>
        }
    });
    let only_waiting = look
        .waiting
        .then(|| view! { <h2>{words.say("users-waiting-title")}</h2> });
    view! {
        {waiting}
        <form class="tools" role="search" method="get" action=path.clone()>
            <input
                class="field search"
                type="search"
                name="q"
                value=look.search.clone()
                aria-label=words.say("people-search")
                placeholder=words.say("people-search")
            />
            <select class="field pick" name="role" aria-label=words.say("users-role-filter")>
                <option value="">{words.say("users-role-all")}</option>
                {roles.collect_view()}
            </select>
            <button type="submit" class="button">
                {words.say("queue-search-button")}
            </button>
            {clear}
        </form>
        {only_waiting}
    }
    .into_any()
}

fn table(call: &Call, member: &Membership, found: &Users, here: &str) -> AnyView {
    let words = call.words();
    if found.users.is_empty() && found.invited.is_empty() {
        return view! {
            <div class="empty">
                <h2>{words.say("queue-empty-search")}</h2>
            </div>
        }
        .into_any();
    }
    let invited = found
        .invited
        .iter()
        .map(|i| invited(call, member, i, here))
        .collect_view();
    let users = found
        .users
        .iter()
        .map(|u| user(call, member, u, &found.roles, here))
        .collect_view();
    // Only the newest are shown here.
    let more = found.invited.len() >= OPEN_LISTED && member.may(Permission::InvitationsSend);
    let more = more.then(|| {
        view! {
            <p>
                <a href=format!("/{}/invitations", member.slug)>{words.say("invite-to-list")}</a>
            </p>
        }
    });
    view! {
        {more}
        <div class="sheet crowded">
            <table>
                <caption>{words.say("people-users")}</caption>
                <thead>
                    <tr>
                        <th scope="col">{words.say("users-person")}</th>
                        <th scope="col">{words.say("users-roles")}</th>
                        <th scope="col">{words.say("users-manager")}</th>
                        <th scope="col">{words.say("queue-status")}</th>
                        <th scope="col">{words.say("users-seen")}</th>
                        <th scope="col">
                            <span class="unseen">{words.say("queue-actions")}</span>
                        </th>
                    </tr>
                </thead>
                <tbody>{invited}{users}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn user(call: &Call, member: &Membership, u: &User, roles: &[Role], here: &str) -> AnyView {
    let words = call.words();
    let l = &u.listed;
    let form = Form::new(call, "set_roles", "save")
        .plain()
        .hidden("org", member.slug.as_str())
        .about("account", l.account.as_str())
        .showing(&role_facts(&u.roles))
        .hidden("back", &parts::with(here, "done", "roles"))
        .ticks(
            words.say("users-roles"),
            role_boxes(call, member, roles, &u.roles),
        )
        .button_class("button small main")
        .draw();
    let label = format!("{}: {}", words.say("users-set-roles"), l.email.shown());
    let seen = l.seen_at.map(|at| {
        view! {
            <span class="narrow-label">{words.say("users-seen")} " "</span>
            {parts::time(call, at)}
        }
    });
    let manager = l.manager.clone().map(|name| {
        view! {
            <span class="narrow-label">{words.say("users-manager")} " "</span>
            {name}
        }
    });
    view! {
        <tr>
            <td class="who">
                <a href=format!("/{}/users/{}", member.slug, l.account)>
                    <strong>{l.name.clone()}</strong>
                </a>
                <span class="soft mail" title=l.email.shown()>
                    {l.email.shown()}
                </span>
            </td>
            <td class="wide names">{role_names(call, roles, &u.roles)}</td>
            <td class="wide">{manager}</td>
            <td>{state(call, l)}</td>
            <td class="wide">{seen}</td>
            <td class="wide">
                <details class="acts-menu">
                    <summary class="button small" aria-label=label>
                        {words.say("users-set-roles")}
                    </summary>
                    {form}
                </details>
            </td>
        </tr>
    }
    .into_any()
}

/// Whether somebody waits for a role, and since when.
fn state(call: &Call, l: &ListedMember) -> AnyView {
    let words = call.words();
    match l.waits_since {
        Some(since) => {
            let when = words.tell("users-waits-since", &[("when", &words.ago(since, call.now()))]);
            view! {
                <span class="state wait">{words.say("users-waits")}</span>
                <small class="soft since">{when}</small>
            }
            .into_any()
        }
        None => view! { <span class="state yes">{words.say("users-active")}</span> }.into_any(),
    }
}

fn invited(call: &Call, member: &Membership, i: &Invitation, here: &str) -> AnyView {
    let words = call.words();
    let open = i.open(call.now()).is_ok();
    let until = if open {
        "users-link-until"
    } else {
        "users-link-over"
    };
    let resend = member.may(Permission::InvitationsSend).then(|| {
        Form::new(call, "resend_invitation", "users-resend")
            .plain()
            .class("inline")
            .hidden("org", member.slug.as_str())
            .hidden("invitation", i.id.as_str())
            .hidden("back", &parts::with(here, "done", "resent"))
            .button_class("button small")
            .draw()
    });
    view! {
        <tr id=format!("i-{}", i.id)>
            <td class="who">
                <strong>{i.name.clone()}</strong>
                <span class="soft mail" title=i.email.shown()>
                    {i.email.shown()}
                </span>
            </td>
            <td class="wide soft"></td>
            <td class="wide"></td>
            <td>
                <span class="state wait">{words.say("users-invited")}</span>
            </td>
            <td class="wide">{words.say(until)} " " {parts::deadline(call, i.expires_at)}</td>
            <td class="wide">
                <div class="acts">{resend}</div>
            </td>
        </tr>
    }
    .into_any()
}
