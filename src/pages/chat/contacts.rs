//! `/{org}/connectors/{connector}/contacts`: everyone who wrote, and where they stand.
use crate::desk::chat;
use crate::desk::chat::contacts::Contacts;
use crate::domain::contact::{Contact, ContactStanding};
use crate::domain::ids::{ConnectorId, ContactId};
use crate::domain::member::Membership;
use crate::domain::{Error, Result, Time};
use crate::pages::parts::field::FieldKind;
use crate::pages::parts::form::Form;
use crate::pages::{Frame, Sheet, parts};
use crate::site::Call;
use crate::store::chat::contacts::{ContactQuery, Linked};
use leptos::prelude::*;

pub async fn sheet(call: Call) -> Result<Sheet> {
    let words = call.words();
    let member = call.member()?.clone();
    let id = ConnectorId::try_from(call.param("connector").to_owned())?;
    let look = look(&call)?;
    let found = chat::contacts::list(call.desk(), &member, &id, &look).await?;
    let title = format!(
        "{} · {}",
        words.say("connectors-contacts"),
        found.kept.connector.name
    );
    let heading = title.clone();
    let draw = move || {
        let back = format!("/{}/connectors/{id}", member.slug);
        let here = format!("{back}/contacts");
        view! {
            <p>
                <a href=back>{words.say("contacts-back")}</a>
            </p>
            <div class="head">
                <h1>{heading}</h1>
            </div>
            {parts::done(&call, &["saved"])}
            {parts::trouble(&call, &["put_contact", "note_member"])}
            {tabs(&call, &found.counts, look.standing, &here)}
            {searching(&call, &look, &here)}
            {table(&call, &member, &found)}
            {parts::next_page(&call, found.next.as_ref().map(|(at, id)| format!("{}_{id}", at.0)))}
        }
        .into_any()
    };
    Ok(Sheet::new(title, Frame::House("connectors"), draw))
}

fn look(call: &Call) -> Result<ContactQuery> {
    let standing = match call.asked("standing") {
        "" => None,
        word => Some(ContactStanding::parse(word).ok_or(Error::Malformed)?),
    };
    let after = match call.asked("after").split_once('_') {
        None => None,
        Some((at, id)) => Some((
            Time(at.parse().map_err(|_| Error::Malformed)?),
            ContactId::try_from(id.to_owned()).map_err(|_| Error::Malformed)?,
        )),
    };
    Ok(ContactQuery {
        standing,
        search: call.asked("q").chars().take(200).collect(),
        after,
    })
}

/// Where somebody stands in a word, and its shape.
pub fn standing_words(call: &Call, standing: ContactStanding) -> (String, &'static str) {
    let shape = match standing {
        ContactStanding::Onboarding => "wait",
        ContactStanding::Active => "yes",
        ContactStanding::Rejected => "no",
        ContactStanding::Blocked => "off",
    };
    (
        call.words().say(&format!("standing-{}", standing.as_str())),
        shape,
    )
}

fn tabs(call: &Call, counts: &[(ContactStanding, i64)], now: Option<ContactStanding>, here: &str) -> AnyView {
    let words = call.words();
    let all = view! {
        <a href=here.to_owned() aria-current=now.is_none().then_some("page")>
            {words.say("filter-any")}
        </a>
    };
    let each = ContactStanding::ALL.into_iter().map(|s| {
        let listed = s.listed();
        let n: i64 = counts
            .iter()
            .filter(|(of, _)| listed.contains(of))
            .map(|(_, n)| n)
            .sum();
        let to = parts::with(here, "standing", s.as_str());
        view! {
            <a href=to aria-current=(now == Some(s)).then_some("page")>
                {standing_words(call, s).0}
                " "
                <span class="count">{n}</span>
            </a>
        }
    });
    view! {
        <nav class="tabs" aria-label=words.say("queue-status")>
            {all}
            {each.collect_view()}
        </nav>
    }
    .into_any()
}

fn searching(call: &Call, look: &ContactQuery, here: &str) -> AnyView {
    let words = call.words();
    let kept = look
        .standing
        .map(|s| view! { <input type="hidden" name="standing" value=s.as_str() /> });
    view! {
        <form class="tools" role="search" method="get" action=here.to_owned()>
            {kept}
            <input
                class="field search"
                type="search"
                name="q"
                value=look.search.clone()
                aria-label=words.say("contacts-search")
                placeholder=words.say("contacts-search")
            />
            <button type="submit" class="button">
                {words.say("queue-search-button")}
            </button>
        </form>
    }
    .into_any()
}

fn table(call: &Call, member: &Membership, found: &Contacts) -> AnyView {
    let words = call.words();
    if found.listed.is_empty() {
        return view! {
            <div class="empty">
                <h2>{words.say("contacts-none")}</h2>
                <p class="soft">{words.say("contacts-none-text")}</p>
            </div>
        }
        .into_any();
    }
    let rows = found
        .listed
        .iter()
        .map(|c| row(call, member, c, found))
        .collect_view();
    view! {
        <div class="sheet">
            <table>
                <caption>{words.say("connectors-contacts")}</caption>
                <thead>
                    <tr>
                        <th scope="col">{words.say("queue-user-name")}</th>
                        <th scope="col">{words.say("queue-conversation")}</th>
                        <th scope="col">{words.say("contacts-messages")}</th>
                        <th scope="col">{words.say("contacts-last")}</th>
                        <th scope="col">{words.say("queue-status")}</th>
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

/// Where somebody stands. Whoever was rejected stands as everybody who may ask, with the rejection beside it.
fn stands(call: &Call, standing: ContactStanding) -> AnyView {
    let was_rejected = standing == ContactStanding::Rejected;
    let as_listed = if was_rejected {
        ContactStanding::Onboarding
    } else {
        standing
    };
    let (word, shape) = standing_words(call, as_listed);
    let rejected =
        was_rejected.then(|| view! { <span class="second soft">{standing_words(call, standing).0}</span> });
    view! {
        <span class=format!("state {shape}")>{word}</span>
        {rejected}
    }
    .into_any()
}

fn row(call: &Call, member: &Membership, c: &Contact, found: &Contacts) -> AnyView {
    let words = call.words();
    let unreachable = (!c.unreachable.is_empty()).then(|| {
        view! {
            <span class="second fault">
                {words.tell("contacts-unreachable", &[("why", &words.undelivered(&c.unreachable))])}
            </span>
        }
    });
    let whose = found
        .members
        .get(&c.id)
        .map(|(name, others)| whose(call, c, name, others));
    let identity = (c.name != c.person).then(|| {
        view! {
            <span class="soft mail" title=c.person.clone()>
                {c.person.clone()}
            </span>
        }
    });
    view! {
        <tr>
            <td class="who">
                <strong>{c.name.clone()}</strong>
                {identity}
                {whose}
                {unreachable}
            </td>
            <td class="wide">
                <span class="narrow-label">{words.say("queue-conversation")}": "</span>
                {c.conversation.clone()}
            </td>
            <td class="wide few">
                <span class="narrow-label">{words.say("contacts-messages")}": "</span>
                {c.messages}
            </td>
            <td class="wide">{parts::time(call, c.last_message_at)}</td>
            <td>{stands(call, c.standing)}</td>
            <td class="wide">
                <div class="acts">
                    {acts(call, member, c)}
                    {note(call, member, c, found.members.get(&c.id).map(|(name, _)| name.as_str()))}
                </div>
            </td>
        </tr>
    }
    .into_any()
}

/// What one can do about a contact as it stands.
fn acts(call: &Call, member: &Membership, c: &Contact) -> AnyView {
    let put = |label: &'static str, to: ContactStanding| {
        Form::new(call, "put_contact", label)
            .plain()
            .class("inline")
            .hidden("org", member.slug.as_str())
            .hidden("contact", c.id.as_str())
            .hidden("was", c.standing.as_str())
            .hidden("standing", to.as_str())
            .hidden("back", &parts::whole_path(call))
            .labelled(&c.name)
            .button_class("button small")
            .draw()
    };
    match c.standing {
        ContactStanding::Active => view! {
            {put("contacts-deactivate", ContactStanding::Onboarding)}
            " "
            {put("contacts-block", ContactStanding::Blocked)}
        }
        .into_any(),
        ContactStanding::Blocked => put("contacts-unblock", ContactStanding::Onboarding),
        ContactStanding::Onboarding | ContactStanding::Rejected => {
            put("contacts-block", ContactStanding::Blocked)
        }
    }
}

/// The member whose channel it is, and their other channels.
fn whose(call: &Call, c: &Contact, name: &str, others: &[Linked]) -> AnyView {
    let words = call.words();
    let key = if c.proven_at.is_some() {
        "contacts-member-proven"
    } else {
        "contacts-member-noted"
    };
    let others: Vec<String> = others
        .iter()
        .map(|l| crate::pages::chat::names::place(call, l.platform, &l.connector))
        .collect();
    let others =
        (!others.is_empty()).then(|| words.tell("contacts-others", &[("places", &others.join(", "))]));
    view! {
        <span class="second">{words.tell(key, &[("name", &name)])}</span>
        {others.map(|o| view! { <span class="second soft">{o}</span> })}
    }
    .into_any()
}

/// Notes whose channel it is, folded away; open where what was typed there was refused. `now`: the
/// member's name.
fn note(call: &Call, member: &Membership, c: &Contact, now: Option<&str>) -> AnyView {
    let words = call.words();
    let form = |label: &'static str| {
        Form::new(call, "note_member", label)
            .plain()
            .hidden("org", member.slug.as_str())
            .about("contact", c.id.as_str())
            .hidden("back", &parts::with(&parts::whole_path(call), "done", "saved"))
            .labelled(&c.name)
            .button_class("button small")
    };
    let unlink = now.map(|_| {
        form("contacts-unlink")
            .class("inline")
            .hidden("unlink", "on")
            .draw()
    });
    let form = form("save").field(
        "person",
        "contacts-member",
        FieldKind::TEXT,
        now.unwrap_or_default(),
    );
    let open = form.is_refused();
    view! {
        <details class="dots" open=open>
            <summary class="button small" aria-label=format!("{}: {}", words.say("contacts-member"), c.name)>
                {words.say("contacts-link")}
            </summary>
            <div class="menu">{form.draw()} {unlink}</div>
        </details>
    }
    .into_any()
}
