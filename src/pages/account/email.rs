//! `/email/{token}`: proving a new address, by a button.
use crate::desk::account;
use crate::domain::Result;
use crate::pages::parts::form::Form;
use crate::pages::{Frame, Sheet, parts};
use crate::site::Call;
use leptos::prelude::*;

pub async fn sheet(call: Call) -> Result<Sheet> {
    let words = call.words();
    let title = words.say("email-title");
    let heading = title.clone();
    match account::addresses::look_at_email_proof(call.desk(), call.actor()?, call.param("token")).await {
        Ok(email) => {
            let draw = move || {
                let text = words.tell("email-text", &[("email", &email.shown())]);
                view! {
                    {parts::head(heading, text)}
                    {Form::new(&call, "prove_email", "email-button")
                        .hidden("token", call.param("token"))
                        .draw()}
                }
                .into_any()
            };
            Ok(Sheet::new(title, Frame::Card, draw))
        }
        Err(error) => {
            let (status, text) = (error.status(), call.explain(&error));
            let draw = move || {
                view! {
                    {parts::head(heading, text)}
                    <p>
                        <a class="button" href="/settings#email">
                            {words.say("email-again")}
                        </a>
                    </p>
                }
                .into_any()
            };
            Ok(Sheet {
                status,
                ..Sheet::new(title, Frame::Card, draw)
            })
        }
    }
}
