//! Customer numbers: `/customers`, where one changes between them, the two windows that cancel
//! access to one, and `/goodbye`.
use crate::desk::people::departure::Consequences;
use crate::desk::{account, people};
use crate::domain::member::Membership;
use crate::domain::organisation::Slug;
use crate::domain::{Error, Result};
use crate::pages::account::erasure;
use crate::pages::parts::field::FieldKind;
use crate::pages::parts::form::Form;
use crate::pages::shell::sign_out;
use crate::pages::{Frame, Sheet, parts};
use crate::site::Call;
use crate::store::people::members::LeftOrganisation;
use leptos::prelude::*;

/// `/customers`: all of one's organisations, to choose from.
pub async fn sheet(call: Call) -> Result<Sheet> {
    let words = call.words();
    let members = account::memberships::memberships(call.desk(), call.actor()?).await?;
    if members.is_empty() {
        return Ok(Sheet::elsewhere("/goodbye".into()));
    }
    let title = words.say("customers-title");
    let heading = title.clone();
    let draw = move || {
        let choices = members.iter().map(|m| {
            let number = words.tell("nav-customer", &[("number", &m.customer_number)]);
            let label = format!("{} · {number}", m.organisation_name);
            let form = Form::new(&call, "choose_customer", "customers-choose")
                .plain()
                .class("inline")
                .hidden("org", m.slug.as_str())
                .button_class("button")
                .labelled(&label)
                .draw();
            view! {
                <li class="session">
                    <span>
                        <strong>{m.organisation_name.clone()}</strong>
                        <span class="soft">{number}</span>
                    </span>
                    {form}
                </li>
            }
        });
        view! {
            {parts::head(heading, words.say("customers-text"))}
            {parts::done(&call, &["left"])}
            <ul class="sessions">{choices.collect_view()}</ul>
        }
        .into_any()
    };
    Ok(Sheet::new(title, Frame::Card, draw))
}

/// The panel of one's settings that lists customer numbers, with the way to cancel access to each.
pub fn panel(call: &Call, members: &[Membership]) -> AnyView {
    let words = call.words();
    let list = members.iter().map(|m| {
        let number = words.tell("nav-customer", &[("number", &m.customer_number)]);
        let to = format!("/settings?cancel={}", m.slug);
        let label = format!("{}: {}", words.say("customers-cancel"), m.organisation_name);
        view! {
            <li class="session">
                <span>
                    <strong>{m.organisation_name.clone()}</strong>
                    <span class="soft">{number}</span>
                </span>
                <a class="button small" href=to aria-label=label>
                    {words.say("customers-cancel")}
                </a>
            </li>
        }
    });
    view! { <ul class="sessions">{list.collect_view()}</ul> }.into_any()
}

/// What cancelling access would end, if the address of the settings asks for it (`cancel=SLUG`).
pub async fn asked(call: &Call) -> Result<Option<Consequences>> {
    let slug = call.asked("cancel");
    if slug.is_empty() {
        return Ok(None);
    }
    let slug = Slug::parse(slug).map_err(|_| Error::NotFound)?;
    people::departure::look_at_leaving(call.desk(), call.actor()?, &slug)
        .await
        .map(Some)
}

/// Where the windows were opened.
const BACK: &str = "/settings#customers";

/// The two windows, one after the other: what ends, then the customer number to type.
pub fn windows(call: &Call, c: &Consequences) -> AnyView {
    let words = call.words();
    let m = &c.member;
    let title = words.tell("customers-cancel-title", &[("number", &m.customer_number)]);
    let text = if c.last_administrator {
        stays(call)
    } else if call.asked("step") == "2" {
        sure(call, m)
    } else {
        ends(call, c)
    };
    let inside = view! {
        <div class="subject">
            <strong>{m.organisation_name.clone()}</strong>
            <br />
            <span class="soft">{words.tell("nav-customer", &[("number", &m.customer_number)])}</span>
        </div>
        {text}
    };
    parts::dialog(title, BACK, inside.into_any())
}

/// The last administrator cannot leave.
fn stays(call: &Call) -> AnyView {
    let words = call.words();
    view! {
        <p>{words.say("customers-last-administrator")}</p>
        <footer>
            <a class="button" href=BACK>
                {words.say("close")}
            </a>
        </footer>
    }
    .into_any()
}

/// The first window: what ends, and the way on.
fn ends(call: &Call, c: &Consequences) -> AnyView {
    let words = call.words();
    let (m, t) = (&c.member, &c.ties);
    let ends = [
        ("leave-roles", t.roles),
        ("leave-groups", t.groups),
        ("leave-reports", t.reports),
        ("leave-invitations", t.invitations),
    ];
    let ends = ends
        .into_iter()
        .filter(|(_, n)| *n > 0)
        .map(|(key, n)| view! { <li>{words.tell(key, &[("n", &n)])}</li> });
    let on = format!("/settings?cancel={}&step=2", m.slug);
    view! {
        <ul>
            <li>{words.tell("leave-access", &[("organisation", &m.organisation_name)])}</li>
            {ends.collect_view()}
            {crate::pages::people::pieces::reach(call, &c.reach)}
            <li>{words.say("leave-requests")}</li>
            <li>{words.say("leave-letter")}</li>
        </ul>
        <footer>
            <a class="button" href=BACK>
                {words.say("customers-keep")}
            </a>
            <a class="button danger main" href=on>
                {words.say("customers-go-on")}
            </a>
        </footer>
    }
    .into_any()
}

/// The second window: the customer number to type.
fn sure(call: &Call, m: &Membership) -> AnyView {
    let form = Form::new(call, "cancel_access", "customers-cancel-press")
        .hidden("org", m.slug.as_str())
        .field("customer_number", "customers-type", FieldKind::TEXT, "")
        .button_class("button danger main")
        .keep(BACK, "customers-keep")
        .draw();
    view! {
        <p>{call.words().say("customers-cancel-sure")}</p>
        {form}
    }
    .into_any()
}

/// Whom to ask of an organisation that one has left.
fn whom_to_ask(call: &Call, left: &LeftOrganisation) -> AnyView {
    let words = call.words();
    let name = words.tell(
        "goodbye-left",
        &[("organisation", &left.name), ("number", &left.customer_number)],
    );
    let contact = |key: &str, contact: &str| {
        let contact = contact.to_owned();
        (!contact.is_empty()).then(|| view! { <p class="mail">{words.say(key)} " " {contact}</p> })
    };
    view! {
        <h2>{name}</h2>
        {contact("goodbye-admin", &left.admin_contact)}
        {contact("goodbye-support", &left.support_contact)}
    }
    .into_any()
}

/// Where whoever has left, and belongs nowhere any more, is sent from the pages of those who do.
pub async fn gone(call: &Call) -> Result<Option<Sheet>> {
    let left = people::departure::left(call.desk(), call.actor()?).await?;
    Ok((!left.is_empty()).then(|| Sheet::elsewhere("/goodbye".into())))
}

/// `/goodbye`: no customer number is left. One chooses the language, signs out, deletes the account, and
/// reads whom to ask.
pub async fn goodbye(call: Call) -> Result<Sheet> {
    let members = account::memberships::memberships(call.desk(), call.actor()?).await?;
    if !members.is_empty() {
        return Ok(Sheet::elsewhere("/customers".into()));
    }
    let left = people::departure::left(call.desk(), call.actor()?).await?;
    if left.is_empty() {
        // Whoever has left nothing, or waits for an answer.
        return Ok(Sheet::elsewhere("/".into()));
    }
    let words = call.words();
    let title = words.say("goodbye-title");
    let heading = title.clone();
    let draw = move || {
        let contact = call.desk().plan.support_contact.clone();
        let contact = contact.map(|c| view! { <p>{words.say("signup-support")} " " {c}</p> });
        view! {
            {parts::head(heading, words.say("goodbye-text"))}
            {left.iter().map(|o| whom_to_ask(&call, o)).collect_view()}
            {contact}
            {crate::pages::shell::language_choice(&call)}
            {erasure::panel(&call, false)}
            <div class="tools">{sign_out(&call)}</div>
        }
        .into_any()
    };
    Ok(Sheet::new(title, Frame::Card, draw))
}
