//! `/reset`: asking for a link to set a new password, and the page behind it.
use crate::desk::account;
use crate::domain::Result;
use crate::pages::parts::field::FieldKind;
use crate::pages::parts::form::Form;
use crate::pages::{Frame, Sheet, parts};
use crate::site::Call;
use leptos::prelude::*;

pub async fn sheet(call: Call) -> Result<Sheet> {
    let words = call.words();
    let title = words.say("reset-title");
    let heading = title.clone();
    let draw = move || {
        let form = Form::new(&call, "ask_reset", "reset-button")
            .field("email", "label-email", FieldKind::EMAIL, "")
            .draw();
        view! {
            {parts::head(heading, words.say("reset-text"))}
            {parts::done(&call, &["asked"])}
            {form}
            <p>
                <a href="/signin">{words.say("to-signin")}</a>
            </p>
        }
        .into_any()
    };
    Ok(Sheet::new(title, Frame::Card, draw))
}

/// The page behind the mailed link. Looking changes nothing.
pub async fn set(call: Call) -> Result<Sheet> {
    let words = call.words();
    let title = words.say("reset-set-title");
    let looked = account::accounts::look_at_reset(call.desk(), call.param("token"), call.now()).await;
    let whose = match looked {
        Ok(email) => email.map(|email| email.to_string()).unwrap_or_default(),
        Err(error) => {
            let status = error.status();
            let (heading, text) = (title.clone(), call.explain(&error));
            let draw = move || {
                view! {
                    {parts::head(heading, text)}
                    <p>
                        <a class="button" href="/reset">
                            {words.say("reset-again")}
                        </a>
                    </p>
                }
                .into_any()
            };
            return Ok(Sheet {
                status,
                ..Sheet::new(title, Frame::Card, draw)
            });
        }
    };
    let heading = title.clone();
    let draw = move || {
        let form = Form::new(&call, "reset_password", "reset-set-button")
            .hidden("token", call.param("token"))
            .of_account(&whose)
            .field("password", "label-new-password", FieldKind::NEW_PASSWORD, "")
            .draw();
        view! {
            {parts::head(heading, words.say("reset-set-text"))}
            {form}
        }
        .into_any()
    };
    Ok(Sheet::new(title, Frame::Card, draw))
}
