//! `/{org}/invitations`: everything that was sent, with what became of it and how its letter fares.
use crate::desk::people::invitations::Invitations;
use crate::desk::{joining, people};
use crate::domain::ids::{InvitationId, RoleId};
use crate::domain::invitation::{Invitation, InvitationStatusWord};
use crate::domain::member::Membership;
use crate::domain::role::Role;
use crate::domain::{Error, Result, Time};
use crate::islands::queue::MailLine;
use crate::pages::deliveries::fates;
use crate::pages::parts::form::Form;
use crate::pages::people::invite_dialog;
use crate::pages::people::pieces::{self, role_names};
use crate::pages::{Frame, Sheet, parts};
use crate::site::Call;
use crate::store::people::invitations::{InvitationQuery, ListedInvitation};
use leptos::prelude::*;

pub async fn sheet(call: Call) -> Result<Sheet> {
    let words = call.words();
    let member = call.member()?.clone();
    let look = look(&call)?;
    let found = people::invitations::list(call.desk(), call.actor()?, &member, &look).await?;
    let left = joining::invitations::left(call.desk(), call.actor()?, &member).await?;
    let title = pieces::title(&call, "invitations");
    let draw = move || {
        let here = address(&call, &member, &[]);
        let next = found.next.as_ref().map(|(at, id)| {
            let to = address(&call, &member, &[("after", &format!("{}_{id}", at.0))]);
            view! {
                <p>
                    <a class="button" href=to>
                        {words.say("invitations-next")}
                    </a>
                </p>
            }
        });
        let invite = view! {
            <a class="button main" href=parts::with(&here, "do", "invite")>
                {words.say("users-invite")}
            </a>
        };
        view! {
            {pieces::head(&call, &member, "invitations", Some(invite.into_any()))}
            {parts::done(&call, &["resent", "deleted", "tried"])}
            {parts::trouble(&call, &["resend_invitation", "delete_invitation", "copy_link", "try_again"])}
            {link(&call)}
            {filters(&call, &member, &look, &found)}
            {table(&call, &member, &found, &here)}
            {next}
            {confirm(&call, &member, &found, &here)}
            {invite_dialog::dialog(&call, &member, &found.roles, left, &here)}
        }
        .into_any()
    };
    Ok(Sheet::new(title, Frame::House("users"), draw))
}

fn look(call: &Call) -> Result<InvitationQuery> {
    let status = call.asked("status");
    let after = call.asked("after");
    let place = |after: &str| {
        let (at, id) = after.split_once('_')?;
        Some((
            Time(at.parse().ok()?),
            InvitationId::try_from(id.to_owned()).ok()?,
        ))
    };
    Ok(InvitationQuery {
        status: if status.is_empty() {
            None
        } else {
            Some(InvitationStatusWord::parse(status).ok_or(Error::Malformed)?)
        },
        search: call.asked("q").chars().take(200).collect(),
        undelivered: call.asked("undelivered") == "1",
        after: if after.is_empty() {
            None
        } else {
            Some(place(after).ok_or(Error::Malformed)?)
        },
    })
}

/// The page's address with what is looked for, and with these parts.
fn address(call: &Call, member: &Membership, more: &[(&str, &str)]) -> String {
    pieces::address(call, member, "invitations", &["q", "status", "undelivered"], more)
}

/// A link that is shown once, to be handed over.
fn link(call: &Call) -> Option<AnyView> {
    let link = call.once.of("/actions/copy_link").first()?.clone();
    let text = call.words().say("queue-link");
    Some(
        view! {
            <div class="banner info" role="status">
                <p>{text}<br /><code class="link-once">{link}</code></p>
            </div>
        }
        .into_any(),
    )
}

fn filters(call: &Call, member: &Membership, look: &InvitationQuery, found: &Invitations) -> AnyView {
    let words = call.words();
    let path = format!("/{}/invitations", member.slug);
    let options = InvitationStatusWord::ALL.into_iter().map(|s| {
        view! {
            <option value=s.as_str() selected=look.status == Some(s)>
                {words.say(&format!("invitation-status-{}", s.as_str()))}
            </option>
        }
    });
    let filtered = !look.search.is_empty() || look.status.is_some() || look.undelivered;
    let clear = filtered.then(|| view! { <a href=path.clone()>{words.say("queue-search-clear")}</a> });
    let failed = (found.undelivered > 0 && !look.undelivered).then(|| {
        let text = words.tell("invitations-undelivered", &[("n", &found.undelivered)]);
        view! {
            <div class="banner" role="status">
                <span aria-hidden="true">"▲"</span>
                <p>{text}</p>
                <a href=format!("{path}?undelivered=1")>{words.say("invitations-undelivered-show")}</a>
            </div>
        }
    });
    let no_mail = (!call.desk().plan.delivers_mail).then(|| {
        view! {
            <div class="banner" role="status">
                <span aria-hidden="true">"▲"</span>
                <p>{words.say("invitations-no-mail")}</p>
            </div>
        }
    });
    view! {
        {failed}
        {no_mail}
        <form class="tools" role="search" method="get" action=path.clone()>
            <input
                class="field search"
                type="search"
                name="q"
                value=look.search.clone()
                aria-label=words.say("people-search")
                placeholder=words.say("people-search")
            />
            <select class="field pick" name="status" aria-label=words.say("queue-status")>
                <option value="">{words.say("invitations-all")}</option>
                {options.collect_view()}
            </select>
            <button type="submit" class="button">
                {words.say("queue-search-button")}
            </button>
            {clear}
        </form>
    }
    .into_any()
}

fn table(call: &Call, member: &Membership, found: &Invitations, here: &str) -> AnyView {
    let words = call.words();
    if found.listed.is_empty() {
        return view! {
            <div class="empty">
                <h2>{words.say("invitations-none")}</h2>
                <p class="soft">{words.say("invitations-none-text")}</p>
            </div>
        }
        .into_any();
    }
    let rows = found
        .listed
        .iter()
        .map(|(l, roles)| row(call, member, l, &found.roles, roles, here))
        .collect_view();
    view! {
        <div class="sheet">
            <table>
                <caption>{words.say("people-invitations")}</caption>
                <thead>
                    <tr>
                        <th scope="col">{words.say("invitation-for")}</th>
                        <th scope="col">{words.say("users-roles")}</th>
                        <th scope="col">{words.say("invitations-sent")}</th>
                        <th scope="col">{words.say("queue-status")}</th>
                        <th scope="col">{words.say("invitations-letter")}</th>
                        <th scope="col">
                            <span class="unseen">{words.say("queue-actions")}</span>
                        </th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn row(
    call: &Call,
    member: &Membership,
    l: &ListedInvitation,
    all: &[Role],
    roles: &[RoleId],
    here: &str,
) -> AnyView {
    let words = call.words();
    let (i, status) = (&l.invitation, l.invitation.status_at(call.now()));
    let shape = match status {
        InvitationStatusWord::Pending => "state wait",
        InvitationStatusWord::Accepted => "state yes",
        InvitationStatusWord::Expired | InvitationStatusWord::Deleted => "state off",
    };
    let open = matches!(
        status,
        InvitationStatusWord::Pending | InvitationStatusWord::Expired
    );
    let acts = open.then(|| acts(call, member, i, here));
    let expires = open.then(|| expires(call, i, status));
    let by = words.tell("event-by", &[("actor", &l.inviter)]);
    let letter = l.letter.as_ref().map(|d| {
        let mail = fates::line(call, d, open);
        letter(call, member, mail, here)
    });
    view! {
        <tr id=format!("i-{}", i.id)>
            <td class="who">
                <strong>{i.name.clone()}</strong>
                <span class="soft mail" title=i.email.shown()>
                    {i.email.shown()}
                </span>
            </td>
            <td class="wide">{role_names(call, all, roles)}</td>
            <td class="wide">{parts::time(call, i.created_at)} <br /><small class="soft">{by}</small></td>
            <td>
                <span class=shape>{words.say(&format!("invitation-status-{}", status.as_str()))}</span>
                {expires}
            </td>
            <td class="wide">{letter}</td>
            <td class="wide">
                <div class="acts">{acts}</div>
            </td>
        </tr>
    }
    .into_any()
}

/// What one can do about an open invitation: send it again, copy its link, delete it.
fn acts(call: &Call, member: &Membership, i: &Invitation, here: &str) -> AnyView {
    let words = call.words();
    let form = |action: &'static str, label: &'static str, back: &str| {
        Form::new(call, action, label)
            .plain()
            .class("inline")
            .hidden("org", member.slug.as_str())
            .hidden("invitation", i.id.as_str())
            .hidden("back", back)
            .button_class("button small")
            .labelled(&i.email.shown())
    };
    let resend = form(
        "resend_invitation",
        "invitations-resend",
        &parts::with(here, "done", "resent"),
    )
    .icon(parts::icon(parts::AGAIN))
    .draw();
    let copy = (!call.desk().plan.delivers_mail).then(|| form("copy_link", "queue-copy", here).draw());
    let label = format!("{}: {}", words.say("invitations-delete"), i.email.shown());
    view! {
        {resend}
        {copy}
        <a
            class="button small"
            href=parts::with(here, "delete", i.id.as_str())
            aria-label=label
            title=words.say("invitations-delete")
        >
            {parts::icon(parts::BIN)}
        </a>
    }
    .into_any()
}

/// Until when the link can be used, or since when not.
fn expires(call: &Call, i: &Invitation, status: InvitationStatusWord) -> AnyView {
    let key = if status == InvitationStatusWord::Pending {
        "users-link-until"
    } else {
        "users-link-over"
    };
    view! {
        <br />
        <small class="soft">{call.words().say(key)} " " {parts::deadline(call, i.expires_at)}</small>
    }
    .into_any()
}

/// How the letter fares, with the button that tries it again.
fn letter(call: &Call, member: &Membership, mail: MailLine, here: &str) -> AnyView {
    let again = fates::again(call, member, &mail, here);
    view! {
        <small>{mail.text}</small>
        {again}
    }
    .into_any()
}

/// The dialog that asks once more before an invitation is deleted.
fn confirm(call: &Call, member: &Membership, found: &Invitations, here: &str) -> Option<AnyView> {
    let words = call.words();
    let asked = call.asked("delete");
    let (l, _) = found
        .listed
        .iter()
        .find(|(l, _)| l.invitation.id.as_str() == asked)?;
    let form = Form::new(call, "delete_invitation", "invitations-delete-press")
        .hidden("org", member.slug.as_str())
        .hidden("invitation", l.invitation.id.as_str())
        .hidden("back", &parts::with(here, "done", "deleted"))
        .button_class("button danger main")
        .cancel(here)
        .draw();
    let inside = view! {
        <div class="subject">
            <strong>{l.invitation.email.shown()}</strong>
        </div>
        <p>{words.say("invitations-delete-text")}</p>
        {form}
    };
    Some(parts::dialog(
        words.say("invitations-delete-title"),
        here,
        inside.into_any(),
    ))
}
