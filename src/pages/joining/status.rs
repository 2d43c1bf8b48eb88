//! `/requests/{token}`: the requester's own page, always true: where the request stands, and what
//! happens next.
use crate::desk::joining;
use crate::desk::joining::requests::Own;
use crate::domain::organisation::Mails;
use crate::domain::request::Status;
use crate::domain::{Result, invitation};
use crate::pages::parts::form::Form;
use crate::pages::{Frame, Sheet, parts};
use crate::site::Call;
use leptos::prelude::*;

pub async fn sheet(call: Call) -> Result<Sheet> {
    let own = joining::requests::look_at_status(call.desk(), call.param("token"), call.now()).await?;
    let words = call.words();
    let title = words.tell("status-title", &[("organisation", &own.organisation.name)]);
    let heading = title.clone();
    let draw = move || {
        let (name, shape) = parts::status_of(words, own.request.kind(), &own.status);
        // The address keeps saying it; the page must stay true.
        let news = if own.status == Status::Pending {
            "requested"
        } else {
            "withdrawn"
        };
        let done = parts::done(&call, &[news]);
        let message = (!own.request.message.is_empty()).then(|| {
            view! {
                <dt>{words.say("queue-message")}</dt>
                <dd class="words">{own.request.message.clone()}</dd>
            }
        });
        view! {
            <header class="lead">
                <h1>{heading}</h1>
                <p>
                    <span class=format!("state {shape}")>{name}</span>
                </p>
            </header>
            {done}
            {parts::trouble(&call, &["withdraw"])}
            <p>{next(&call, &own)}</p>
            <dl class="facts">
                <dt>{words.say("label-email")}</dt>
                <dd class="mail">{own.request.email.shown()}</dd>
                <dt>{words.say("queue-requested-at")}</dt>
                <dd>{parts::time(&call, own.request.submitted_at)}</dd>
                <dt>{words.say("queue-id")}</dt>
                <dd class="id">{own.request.id.short()}</dd>
                {message}
            </dl>
            {ways(&call, &own)}
        }
        .into_any()
    };
    Ok(Sheet::new(title, Frame::Card, draw))
}

/// What happens next, in a sentence.
fn next(call: &Call, own: &Own) -> String {
    let words = call.words();
    let organisation = &own.organisation.name;
    if own.organisation.open(call.now()).is_err() {
        return words.say("why-organisation-closed");
    }
    match (
        &own.status,
        own.invitation.as_ref().map(|i| (i, i.open(call.now()).is_ok())),
    ) {
        (Status::Approved { .. }, Some((i, _)))
            if matches!(i.status, invitation::InvitationStatus::Accepted { .. }) =>
        {
            words.tell("status-accepted", &[("organisation", organisation)])
        }
        (Status::Approved { .. }, Some((i, true))) if own.undelivered => words.tell(
            "status-undelivered",
            &[("email", &i.email.shown()), ("organisation", organisation)],
        ),
        (Status::Approved { .. }, Some((i, true))) => words.tell(
            "status-invited",
            &[
                ("email", &i.email.shown()),
                ("when", &words.ago(i.expires_at, call.now())),
            ],
        ),
        (Status::Approved { .. }, _) => {
            words.tell("status-invitation-over", &[("organisation", organisation)])
        }
        (Status::Denied(_), _) => match own.request.pause(call.now()) {
            Some(at) => words.tell("error-ask-again-later", &[("when", &words.ago(at, call.now()))]),
            None => words.say("waiting-denied"),
        },
        (Status::Pending, _) if own.organisation.requests.mails == Mails::Never => {
            words.tell("status-pending-quiet", &[("organisation", organisation)])
        }
        (status, _) => words.tell(
            &format!("status-{}-next", status.word().as_str()),
            &[("organisation", organisation)],
        ),
    }
}

/// What the requester may do, once it is clear that they are the one.
fn ways(call: &Call, own: &Own) -> AnyView {
    let words = call.words();
    let mine = call
        .actor
        .as_ref()
        .is_some_and(|a| own.request.account.as_ref() == Some(a.id()));
    // Invited, or in: nothing is left to ask for.
    let ended = |i: &invitation::Invitation| {
        i.open(call.now()).is_ok() || matches!(i.status, invitation::InvitationStatus::Accepted { .. })
    };
    let settled = own.invitation.as_ref().is_some_and(ended);
    if !mine && settled {
        return ().into_any();
    }
    if !mine {
        let back: String = url::form_urlencoded::byte_serialize(call.path.as_bytes()).collect();
        return view! {
            <p>
                <a href=format!("/signin?back={back}")>{words.say("status-sign-in")}</a>
            </p>
        }
        .into_any();
    }
    let withdraw = (own.status == Status::Pending).then(|| {
        Form::new(call, "withdraw", "waiting-withdraw")
            .hidden("request", own.request.id.as_str())
            .hidden("back", &format!("{}?done=withdrawn", call.path))
            .class("inline")
            .button_class("button")
            .draw()
    });
    let open = own.organisation.open(call.now()).is_ok();
    let again =
        (open && own.status != Status::Pending && !settled && own.request.pause(call.now()).is_none()).then(
            || {
                view! {
                    <a class="button" href="/signup">
                        {words.say("status-again")}
                    </a>
                }
            },
        );
    view! { <div class="tools">{withdraw}{again}<a href="/waiting">{words.say("nav-waiting")}</a></div> }
        .into_any()
}
