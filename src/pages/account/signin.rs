//! `/signin`: with a password or a provider.
use crate::domain::{Error, Result, path};
use crate::pages::parts::field::FieldKind;
use crate::pages::parts::form::Form;
use crate::pages::{Frame, Sheet, parts};
use crate::site::Call;
use leptos::prelude::*;

pub async fn sheet(call: Call) -> Result<Sheet> {
    if call.actor.is_some() {
        return Ok(Sheet::elsewhere(path::own_or(call.asked("back"), "/").to_owned()));
    }
    draw(call, None)
}

/// The sign-in page after a provider's way failed, with the reason.
pub async fn after_failure(call: &Call, error: &Error) -> Result<Sheet> {
    let status = error.status();
    Ok(Sheet {
        status,
        ..draw(call.clone(), Some(call.explain(error)))?
    })
}

fn draw(call: Call, trouble: Option<String>) -> Result<Sheet> {
    let words = call.words();
    let title = words.say("signin-title");
    let heading = title.clone();
    let back = path::own_or(call.asked("back"), "/").to_owned();
    let draw = move || {
        let form = Form::new(&call, "sign_in", "signin-button")
            .hidden("back", &back)
            .field("email", "label-email", FieldKind::EMAIL, "")
            .field("password", "label-password", FieldKind::PASSWORD, "")
            .draw();
        view! {
            <h1>{heading}</h1>
            {trouble
                .map(|t| {
                    view! {
                        <p class="trouble" role="alert">
                            {t}
                        </p>
                    }
                })}
            {parts::done(&call, &["reset"])}
            {providers(&call, &back, "signin-or")}
            {form}
            <p class="spread">
                <a href="/reset">{words.say("signin-forgotten")}</a>
                <a href="/signup">{words.say("signin-new")}</a>
            </p>
        }
        .into_any()
    };
    Ok(Sheet::new(title, Frame::Card, draw))
}

/// A link for each provider: a form could not leave the site under the content security policy.
/// `or`: the words before the other way.
pub fn providers(call: &Call, back: &str, or: &str) -> AnyView {
    providers_but(call, back, or, None)
}

/// As [`providers`], without the one with this id.
pub fn providers_but(call: &Call, back: &str, or: &str, without: Option<&str>) -> AnyView {
    let words = call.words();
    let back: String = url::form_urlencoded::byte_serialize(back.as_bytes()).collect();
    let links: Vec<_> = call
        .site
        .providers
        .iter()
        .filter(|p| Some(p.id.as_str()) != without)
        .map(|p| {
            view! {
                <a class="button wide" href=format!("/signin/{}?back={back}", p.id)>
                    {words.tell("signin-with", &[("provider", &p.label)])}
                </a>
            }
        })
        .collect();
    if links.is_empty() {
        return ().into_any();
    }
    view! {
        <div class="ways">{links}</div>
        <p class="or">{words.say(or)}</p>
    }
    .into_any()
}
