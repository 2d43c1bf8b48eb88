//! `/{org}/users/{account}`: one member: their work, roles, groups, sessions, what they asked for,
//! what happened, and removing them.
use crate::desk::people;
use crate::desk::people::members::MemberDetails;
use crate::domain::Result;
use crate::domain::ids::AccountId;
use crate::domain::member::Membership;
use crate::domain::member::role_facts;
use crate::domain::role::Permission;
use crate::pages::chat::contacts;
use crate::pages::parts::field::FieldKind;
use crate::pages::parts::form::Form;
use crate::pages::people::pieces::{self, role_boxes, role_names};
use crate::pages::{Frame, Sheet, parts};
use crate::site::Call;
use crate::store::people::member_list::ListedMember;
use leptos::prelude::*;

pub async fn sheet(call: Call) -> Result<Sheet> {
    let words = call.words();
    let member = call.member()?.clone();
    let account = AccountId::try_from(call.param("account").to_owned())?;
    let details = people::members::find(call.desk(), call.actor()?, &member, &account).await?;
    let proposed = people::members::find_members(call.desk(), &member, Permission::MembersManage, "").await?;
    let title = format!("{} · {}", details.user.listed.name, words.say("nav-users"));
    let draw = move || {
        let l = &details.user.listed;
        let here = format!("/{}/users/{account}", member.slug);
        let own = call.actor.as_ref().is_some_and(|a| *a.id() == account);
        let remove = (!own).then(|| {
            view! {
                <a class="button danger" href=parts::with(&here, "do", "remove")>
                    {words.say("user-remove")}
                </a>
            }
            .into_any()
        });
        view! {
            <p>
                <a href=format!("/{}/users", member.slug)>{words.say("user-back")}</a>
            </p>
            <div class="head">
                <h1>{l.name.clone()}</h1>
                {remove}
            </div>
            {parts::done(&call, &["saved", "roles", "session"])}
            {parts::trouble(&call, &["set_roles", "remove_member", "end_member_session"])}
            {waits(&call, l)}
            {facts(&call, l)}
            {employment(&call, &member, l, &proposed, &here)}
            {roles(&call, &member, &details, &here)}
            {groups(&call, &member, &details)}
            {sessions(&call, &member, &details, &here)}
            {requests(&call, &member, &details)}
            {channels(&call, &member, &details)}
            {history(&call, &details)}
            {(!own && call.asked("do") == "remove").then(|| confirm(&call, &member, &details, &here))}
        }
        .into_any()
    };
    Ok(Sheet::new(title, Frame::House("users"), draw))
}

/// Says since when somebody waits for a role.
fn waits(call: &Call, l: &ListedMember) -> Option<AnyView> {
    let words = call.words();
    l.waits_since.map(|since| {
        let text = words.tell("users-waits-since", &[("when", &words.ago(since, call.now()))]);
        view! {
            <div class="banner" role="status">
                <span aria-hidden="true">"▲"</span>
                <p>{text}</p>
                <a href="#roles">{words.say("users-set-roles")}</a>
            </div>
        }
        .into_any()
    })
}

/// Address, and when they joined and were seen.
fn facts(call: &Call, l: &ListedMember) -> AnyView {
    let words = call.words();
    view! {
        <section class="panel">
            <h2>{words.say("user-details")}</h2>
            <dl class="facts">
                <dt>{words.say("label-email")}</dt>
                <dd class="mail">{l.email.shown()}</dd>
                <dt>{words.say("user-joined")}</dt>
                <dd>{parts::time(call, l.joined_at)}</dd>
                <dt>{words.say("users-seen")}</dt>
                <dd>{l.seen_at.map(|at| parts::time(call, at))}</dd>
            </dl>
        </section>
    }
    .into_any()
}

/// Manager, job title, department.
fn employment(
    call: &Call,
    member: &Membership,
    l: &ListedMember,
    proposed: &[ListedMember],
    here: &str,
) -> AnyView {
    let words = call.words();
    let manager = l.manager.clone().unwrap_or_default();
    let form = Form::new(call, "set_employment", "save")
        .hidden("org", member.slug.as_str())
        .hidden("account", l.account.as_str())
        .hidden(
            "back",
            &parts::back_or(
                call,
                &format!("{}#employment", parts::with(here, "done", "saved")),
            ),
        )
        .showing(&l.employment.facts())
        .focus("manager")
        .proposing(
            "manager",
            "label-manager",
            &manager,
            proposed
                .iter()
                .filter(|p| p.account != l.account)
                .map(parts::proposal),
        )
        .field(
            "job_title",
            "label-job-title",
            FieldKind::TEXT.optional(),
            &l.employment.job_title,
        )
        .field(
            "department",
            "label-department",
            FieldKind::TEXT.optional(),
            &l.employment.department,
        )
        .draw();
    view! {
        <section class="panel" id="employment">
            <h2>{words.say("user-employment")}</h2>
            {form}
        </section>
    }
    .into_any()
}

fn roles(call: &Call, member: &Membership, d: &MemberDetails, here: &str) -> AnyView {
    let words = call.words();
    let form = Form::new(call, "set_roles", "save")
        .hidden("org", member.slug.as_str())
        .about("account", d.user.listed.account.as_str())
        .showing(&role_facts(&d.user.roles))
        .hidden("back", &parts::with(here, "done", "roles"))
        .ticks(
            words.say("users-roles"),
            role_boxes(call, member, &d.all_roles, &d.user.roles),
        )
        .draw();
    let held = role_names(call, &d.all_roles, &d.user.roles);
    view! {
        <section class="panel" id="roles">
            <h2>{words.say("users-roles")}</h2>
            <p class="soft">{held}</p>
            {form}
        </section>
    }
    .into_any()
}

fn groups(call: &Call, member: &Membership, d: &MemberDetails) -> AnyView {
    let words = call.words();
    let may = member.may(Permission::GroupsManage);
    let list = d.groups.iter().map(|g| {
        let name = g.name.clone();
        if may {
            view! {
                <li>
                    <a href=format!("/{}/groups/{}", member.slug, g.id)>{name}</a>
                </li>
            }
            .into_any()
        } else {
            view! { <li>{name}</li> }.into_any()
        }
    });
    let none = d
        .groups
        .is_empty()
        .then(|| view! { <p class="soft">{words.say("user-no-groups")}</p> });
    view! {
        <section class="panel">
            <h2>{words.say("people-groups")}</h2>
            {none}
            <ul class="plain">{list.collect_view()}</ul>
        </section>
    }
    .into_any()
}

fn sessions(call: &Call, member: &Membership, d: &MemberDetails, here: &str) -> AnyView {
    let words = call.words();
    let list = d.sessions.iter().map(|s| {
        let form = Form::new(call, "end_member_session", "settings-session-end")
            .plain()
            .class("inline")
            .hidden("org", member.slug.as_str())
            .hidden("account", d.user.listed.account.as_str())
            .hidden("session", s.id.as_str())
            .hidden("back", &parts::with(here, "done", "session"))
            .button_class("button small")
            .draw();
        view! {
            <li class="session">
                <span>
                    <strong>{parts::browser(&s.agent)}</strong>
                    <span class="soft">
                        {s.place.clone()} " · " {words.say("settings-session-begun")} " "
                        {parts::time(call, s.created_at)}
                    </span>
                </span>
                {form}
            </li>
        }
    });
    let none = d
        .sessions
        .is_empty()
        .then(|| view! { <p class="soft">{words.say("user-no-sessions")}</p> });
    view! {
        <section class="panel">
            <h2>{words.say("user-sessions")}</h2>
            {none}
            <ul class="sessions">{list.collect_view()}</ul>
        </section>
    }
    .into_any()
}

fn requests(call: &Call, member: &Membership, d: &MemberDetails) -> AnyView {
    let words = call.words();
    let list = d.requests.iter().map(|r| {
        let (text, shape) = parts::status_of(words, r.kind(), &r.status_at(call.now()));
        let to = format!("/{}/access_requests?request={}", member.slug, r.id);
        let when = parts::time(call, r.submitted_at);
        let name = if member.may(Permission::RequestsView) {
            view! { <a href=to>{r.id.short()}</a> }.into_any()
        } else {
            view! { {r.id.short()} }.into_any()
        };
        view! {
            <li class="spread">
                <span>{name} " " {when}</span>
                <span class=format!("state {shape}")>{text}</span>
            </li>
        }
    });
    let none = d
        .requests
        .is_empty()
        .then(|| view! { <p class="soft">{words.say("user-no-requests")}</p> });
    view! {
        <section class="panel">
            <h2>{words.say("nav-requests")}</h2>
            {none}
            <ul class="plain rows">{list.collect_view()}</ul>
        </section>
    }
    .into_any()
}

/// Where they are known in chat, for whoever manages connectors.
fn channels(call: &Call, member: &Membership, d: &MemberDetails) -> Option<AnyView> {
    let list = d.channels.iter().map(|l| {
        let c = &l.contact;
        let place = crate::pages::chat::names::place(call, l.platform, &l.connector);
        let to = parts::with(
            &format!("/{}/connectors/{}/contacts", member.slug, c.connector),
            "q",
            &c.person,
        );
        let (text, shape) = contacts::standing_words(call, c.standing);
        let noted = c.proven_at.is_none().then(|| {
            view! {
                " "
                <span class="soft">{call.words().say("user-channel-noted")}</span>
            }
        });
        view! {
            <li class="spread">
                <span>
                    <a href=to>{place}</a>
                    " "
                    <span class="mail">{c.person.clone()}</span>
                    {noted}
                </span>
                <span class=format!("state {shape}")>{text}</span>
            </li>
        }
    });
    let heading = call.words().say("user-channels");
    (!d.channels.is_empty()).then(|| {
        view! {
            <section class="panel">
                <h2>{heading}</h2>
                <ul class="plain rows">{list.collect_view()}</ul>
            </section>
        }
        .into_any()
    })
}

fn history(call: &Call, d: &MemberDetails) -> AnyView {
    let lines = d.history.iter().map(|e| {
        let (text, when) = parts::entry(call, e);
        view! {
            <li class="done">
                {text} " " <time class="soft" datetime=when.iso title=when.exact>
                    {when.ago}
                </time>
            </li>
        }
    });
    view! {
        <section class="panel">
            <h2>{call.words().say("queue-history")}</h2>
            <ol class="steps">{lines.collect_view()}</ol>
        </section>
    }
    .into_any()
}

/// The dialog that says what ends with the membership.
fn confirm(call: &Call, member: &Membership, d: &MemberDetails, here: &str) -> AnyView {
    let words = call.words();
    let l = &d.user.listed;
    let t = &d.ties;
    let consequences = [
        ("user-remove-roles", t.roles),
        ("user-remove-groups", t.groups),
        ("user-remove-reports", t.reports),
        ("user-remove-invitations", t.invitations),
    ];
    let list = consequences
        .into_iter()
        .filter(|(_, n)| *n > 0)
        .map(|(key, n)| view! { <li>{words.tell(key, &[("n", &n)])}</li> });
    let form = Form::new(call, "remove_member", "user-remove")
        .hidden("org", member.slug.as_str())
        .hidden("account", l.account.as_str())
        .button_class("button danger main")
        .cancel(here)
        .draw();
    let inside = view! {
        <div class="subject">
            <strong>{l.name.clone()}</strong>
            <br />
            <span class="soft">{l.email.shown()}</span>
        </div>
        <ul>
            <li>{words.tell("user-remove-access", &[("organisation", &member.organisation_name)])}</li>
            {list.collect_view()}
            {pieces::reach(call, &d.reach)}
            <li>{words.say("user-remove-letter")}</li>
        </ul>
        {form}
    };
    parts::dialog(
        words.tell(
            "user-remove-title",
            &[("organisation", &member.organisation_name)],
        ),
        here,
        inside.into_any(),
    )
}
