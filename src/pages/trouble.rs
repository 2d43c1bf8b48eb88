//! The page for what went wrong: what it was, and what to do next.
use super::{Frame, Sheet, parts};
use crate::domain::Error;
use crate::site::Call;
use leptos::prelude::*;

/// The page of an error, with its status. The organisation's name is shown only to its members.
pub fn sheet(call: &Call, error: &Error) -> Sheet {
    let words = call.words();
    let title = words.say(&format!("trouble-{}", error.status()));
    let text = call.explain(error);
    let next = next(call, error);
    let restricted = call
        .member
        .as_ref()
        .filter(|m| *error == Error::Forbidden && m.is_restricted());
    let (title, text) = match restricted {
        Some(m) if m.contact.is_empty() => (
            words.say("restricted-title"),
            words.tell("restricted-text", &[("organisation", &m.organisation_name)]),
        ),
        Some(m) => {
            let args: &[(&'static str, &dyn crate::words::Said)] =
                &[("organisation", &m.organisation_name), ("contact", &m.contact)];
            (words.say("restricted-title"), words.tell("restricted-ask", args))
        }
        None => (title, text),
    };
    let heading = title.clone();
    let draw = move || {
        view! {
            {parts::head(heading, text)}
            <p>{next}</p>
        }
        .into_any()
    };
    // No islands: the page must also stand when everything behind it is in trouble.
    let frame = Frame::Card;
    Sheet {
        status: error.status(),
        live: call.actor.is_some() || call.half.is_some(),
        ..Sheet::new(title, frame, draw)
    }
}

fn next(call: &Call, error: &Error) -> AnyView {
    let words = call.words();
    let (key, to) = match error {
        Error::SecondFactorDemanded => ("trouble-to-factor", "/settings#factor".to_owned()),
        Error::OtherPerson { .. } => ("trouble-look", parts::whole_path(call)),
        Error::Unavailable | Error::Internal | Error::TooManyTries { .. } => {
            ("trouble-again", parts::whole_path(call))
        }
        _ => ("trouble-home", "/".to_owned()),
    };
    view! {
        <a class="button" href=to>
            {words.say(key)}
        </a>
    }
    .into_any()
}
