//! `/invitations/{token}`: what the mailed link leads to. Looking changes nothing; a button
//! accepts.
use crate::desk::people;
use crate::desk::people::acceptance::InvitationView;
use crate::domain::invitation::InvitationStatus;
use crate::domain::{Error, Result, Why};
use crate::pages::account::signin;
use crate::pages::parts::field::FieldKind;
use crate::pages::parts::form::Form;
use crate::pages::{Frame, Sheet, parts};
use crate::site::Call;
use leptos::prelude::*;

pub async fn sheet(call: Call) -> Result<Sheet> {
    let words = call.words();
    let title = words.say("invitation-title");
    let look = match people::acceptance::look_at_invitation(call.desk(), call.param("token")).await {
        Ok(look) => look,
        Err(error @ Error::Refused(_)) => return Ok(closed(&call, title, &error, None)),
        Err(e) => return Err(e),
    };
    if let Err(error) = look.open(call.now()) {
        return Ok(closed(&call, title, &error, Some(look)));
    }
    if call.half.is_some() {
        return Err(Error::SecondFactorDue);
    }
    let draw = move || {
        view! {
            {lead(&call, &look)}
            {way(&call, &look)}
        }
        .into_any()
    };
    Ok(Sheet::new(title, Frame::Card, draw))
}

/// Who invites whom to what.
fn lead(call: &Call, look: &InvitationView) -> AnyView {
    let words = call.words();
    let text = words.tell(
        "invitation-text",
        &[
            ("organisation", &look.organisation.name),
            ("inviter", &look.inviter),
        ],
    );
    let title = words.tell("invitation-heading", &[("organisation", &look.organisation.name)]);
    view! {
        {parts::head(title, text)}
        <dl class="facts">
            <dt>{words.say("label-organisation")}</dt>
            <dd>{look.organisation.name.clone()}</dd>
            <dt>{words.say("label-customer-number")}</dt>
            <dd>{look.organisation.customer_number.clone()}</dd>
            <dt>{words.say("invitation-for")}</dt>
            <dd class="mail">{look.invitation.email.shown()}</dd>
            <dt>{words.say("invitation-until")}</dt>
            <dd>{parts::deadline(call, look.invitation.expires_at)}</dd>
        </dl>
    }
    .into_any()
}

/// The way in: for the addressee, for somebody else, for somebody with an account, for somebody
/// new.
fn way(call: &Call, look: &InvitationView) -> AnyView {
    let words = call.words();
    let here = call.path.clone();
    match &call.actor {
        Some(actor) if actor.account.email.key() == look.invitation.email.key() => {
            Form::new(call, "accept_invitation", "invitation-accept")
                .hidden("token", call.param("token"))
                .draw()
        }
        Some(actor) => {
            let text = words.tell("invitation-other", &[("email", &actor.account.email.shown())]);
            let switch = Form::new(call, "sign_out", "invitation-switch")
                .hidden("back", &here)
                .draw();
            view! {
                <p>{text}</p>
                {switch}
            }
            .into_any()
        }
        None if look.has_account => {
            let back: String = url::form_urlencoded::byte_serialize(here.as_bytes()).collect();
            view! {
                <p>{words.say("invitation-known")}</p>
                <p>
                    <a class="button main" href=format!("/signin?back={back}")>
                        {words.say("home-sign-in")}
                    </a>
                </p>
            }
            .into_any()
        }
        None => {
            let form = Form::new(call, "accept_as_new", "invitation-accept-new")
                .hidden("token", call.param("token"))
                .of_account(look.invitation.email.as_str())
                .field("name", "label-your-name", FieldKind::NAME, &look.invitation.name)
                .field("password", "label-new-password", FieldKind::NEW_PASSWORD, "")
                .draw();
            view! {
                {signin::providers(call, &here, "invitation-or")}
                <p>{words.say("invitation-new")}</p>
                {form}
            }
            .into_any()
        }
    }
}

/// A link that leads nowhere any more explains itself and offers the next step.
fn closed(call: &Call, title: String, error: &Error, look: Option<InvitationView>) -> Sheet {
    let (heading, text, status) = (title.clone(), call.explain(error), error.status());
    let (call, error) = (call.clone(), error.clone());
    let draw = move || {
        view! {
            {parts::head(heading, text)}
            <div>{onward(&call, &error, look.as_ref())}</div>
        }
        .into_any()
    };
    Sheet {
        status,
        ..Sheet::new(title, Frame::Card, draw)
    }
}

fn onward(call: &Call, error: &Error, look: Option<&InvitationView>) -> AnyView {
    let words = call.words();
    match (error, look) {
        (Error::Refused(Why::LinkUsed), Some(look))
            if matches!(look.invitation.status, InvitationStatus::Accepted { .. }) =>
        {
            let to = format!("/{}", look.organisation.slug);
            view! {
                <a class="button main" href=to>
                    {words.tell("invitation-go", &[("organisation", &look.organisation.name)])}
                </a>
            }
            .into_any()
        }
        (Error::Refused(Why::LinkExpired), Some(look)) => {
            let text = words.tell(
                "invitation-new-link-text",
                &[("organisation", &look.organisation.name)],
            );
            let form = Form::new(call, "ask_new_link", "invitation-new-link")
                .hidden("token", call.param("token"))
                .draw();
            view! {
                <p>{text}</p>
                {form}
            }
            .into_any()
        }
        // Nobody there can invite any more.
        (Error::Refused(Why::OrganisationClosed), _) | (_, None) => view! {
            <a class="button" href="/">
                {words.say("trouble-home")}
            </a>
        }
        .into_any(),
        (_, Some(look)) => view! {
            {words
                .tell(
                    "invitation-ask",
                    &[("organisation", &look.organisation.name), ("inviter", &look.inviter)],
                )}
        }
        .into_any(),
    }
}
