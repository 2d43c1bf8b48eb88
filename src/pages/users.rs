//! `/{org}/users`: the members with their roles, and those who are invited.
use super::{Frame, Sheet, parts};
use crate::desk::users::{User, Users};
use crate::domain::ids::AccountId;
use crate::domain::invitation::Invitation;
use crate::domain::member::Membership;
use crate::domain::role::{ADMINISTRATOR, Permission, Role};
use crate::domain::{Error, Result};
use crate::pages::parts::{Form, Kind};
use crate::web::Call;
use leptos::prelude::*;

pub async fn sheet(call: Call) -> Result<Sheet> {
    let words = call.words();
    let member = call.member()?.clone();
    let after = if call.asked("after").is_empty() { None } else { Some(place(call.asked("after"))?) };
    let found = call.desk().users(&member, call.asked("q"), after.as_ref()).await?;
    let title = words.say("nav-users");
    let heading = title.clone();
    let draw = move || {
        let next = found.next.as_ref().map(|(name, id)| {
            let query = url::form_urlencoded::Serializer::new(String::new())
                .append_pair("q", call.asked("q"))
                .append_pair("after", &format!("{id}_{name}"))
                .finish();
            view! { <p><a class="button" href=format!("/{}/users?{query}", member.slug)>{words.say("users-next")}</a></p> }
        });
        let invite = member.may(Permission::InvitationsSend).then(|| {
            Form::new(&call, "invite", "users-invite-button")
                .hidden("org", member.slug.as_str())
                .field("email", "label-email", Kind::OTHER_EMAIL, "")
                .draw()
        });
        view! {
            <div class="head"><h1>{heading}</h1></div>
            {parts::done(&call, &["roles", "resent", "invited"])}
            {parts::trouble(&call, &["set_roles", "resend_invitation"])}
            {search(&call, &member)}
            {table(&call, &member, &found)}
            {next}
            {invite.map(|form| view! { <section class="panel"><h2>{words.say("users-invite")}</h2><p class="soft">{words.say("users-invite-text")}</p>{form}</section> })}
        }
        .into_any()
    };
    Ok(Sheet::new(title, Frame::House("users"), draw))
}

/// The place after which a page begins: id and name of the last member before it.
fn place(after: &str) -> Result<(String, AccountId)> {
    let (id, name) = after.split_once('_').ok_or(Error::Malformed)?;
    Ok((name.to_owned(), AccountId::try_from(id.to_owned()).map_err(|_| Error::Malformed)?))
}

fn search(call: &Call, member: &Membership) -> AnyView {
    let words = call.words();
    let asked = call.asked("q").to_owned();
    let path = format!("/{}/users", member.slug);
    let clear = (!asked.is_empty()).then(|| view! { <a href=path.clone()>{words.say("queue-search-clear")}</a> });
    view! {
        <form class="tools" role="search" method="get" action=path.clone()>
            <input class="field search" type="search" name="q" value=asked aria-label=words.say("queue-search") placeholder=words.say("queue-search")/>
            <button type="submit" class="button">{words.say("queue-search-button")}</button>
            {clear}
        </form>
    }
    .into_any()
}

fn table(call: &Call, member: &Membership, found: &Users) -> AnyView {
    let words = call.words();
    if found.users.is_empty() && found.invited.is_empty() {
        return view! { <div class="empty"><h2>{words.say("queue-empty-search")}</h2></div> }.into_any();
    }
    let invited = found.invited.iter().map(|i| invited(call, member, i)).collect_view();
    let users = found.users.iter().map(|u| user(call, member, u, &found.roles)).collect_view();
    view! {
        <div class="sheet">
            <table>
                <caption>{words.say("nav-users")}</caption>
                <thead>
                    <tr>
                        <th scope="col">{words.say("users-person")}</th>
                        <th scope="col">{words.say("users-roles")}</th>
                        <th scope="col">{words.say("queue-status")}</th>
                        <th scope="col">{words.say("users-seen")}</th>
                        <th scope="col"><span class="unseen">{words.say("queue-actions")}</span></th>
                    </tr>
                </thead>
                <tbody>{invited}{users}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn role_name(call: &Call, role: &Role) -> String {
    if role.built_in && role.name == ADMINISTRATOR { call.words().say("role-administrator") } else { role.name.clone() }
}

fn user(call: &Call, member: &Membership, u: &User, roles: &[Role]) -> AnyView {
    let words = call.words();
    let named: Vec<String> = roles.iter().filter(|r| u.roles.contains(&r.id)).map(|r| role_name(call, r)).collect();
    let named = if named.is_empty() { words.say("users-no-roles") } else { named.join(", ") };
    let boxes = roles
        .iter()
        .map(|r| {
            let field = format!("role_{}", r.id);
            view! { <label class="tick"><input type="checkbox" name=field value="on" checked=u.roles.contains(&r.id)/> <span>{role_name(call, r)}</span></label> }
        })
        .collect_view();
    let form = Form::new(call, "set_roles", "save")
        .plain()
        .hidden("org", member.slug.as_str())
        .hidden("account", u.listed.account.as_str())
        .with(boxes.into_any())
        .button_class("button small main")
        .draw();
    let label = format!("{}: {}", words.say("users-set-roles"), u.listed.email);
    view! {
        <tr>
            <td class="who"><strong>{u.listed.name.clone()}</strong><span class="soft mail" title=u.listed.email.to_string()>{u.listed.email.to_string()}</span></td>
            <td class="wide">{named}</td>
            <td><span class="state yes">{words.say("users-active")}</span></td>
            <td class="wide">{u.listed.seen_at.map(|at| parts::time(call, at))}</td>
            <td class="wide"><details class="acts-menu"><summary class="button small" aria-label=label>{words.say("users-set-roles")}</summary>{form}</details></td>
        </tr>
    }
    .into_any()
}

fn invited(call: &Call, member: &Membership, i: &Invitation) -> AnyView {
    let words = call.words();
    let open = i.open(call.now()).is_ok();
    let until = if open { "users-link-until" } else { "users-link-over" };
    let resend = member.may(Permission::InvitationsSend).then(|| {
        Form::new(call, "resend_invitation", "users-resend")
            .plain()
            .class("inline")
            .hidden("org", member.slug.as_str())
            .hidden("invitation", i.id.as_str())
            .button_class("button small")
            .draw()
    });
    view! {
        <tr id=format!("i-{}", i.id)>
            <td class="who"><strong>{i.name.clone()}</strong><span class="soft mail" title=i.email.to_string()>{i.email.to_string()}</span></td>
            <td class="wide soft">{words.say("users-no-roles")}</td>
            <td><span class="state wait">{words.say("users-invited")}</span></td>
            <td class="wide">{words.say(until)} " " {parts::time(call, i.expires_at)}</td>
            <td class="wide"><div class="acts">{resend}</div></td>
        </tr>
    }
    .into_any()
}
