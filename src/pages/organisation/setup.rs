//! `/setup/{token}`: the first organisation and its administrator.
use crate::desk::organisation;
use crate::domain::Result;
use crate::pages::parts::field::FieldKind;
use crate::pages::parts::form::Form;
use crate::pages::{Frame, Sheet, parts};
use crate::site::Call;
use leptos::prelude::*;

pub async fn sheet(call: Call) -> Result<Sheet> {
    let words = call.words();
    let title = words.say("setup-title");
    if let Err(error) =
        organisation::organisations::look_at_setup(call.desk(), call.param("token"), call.now()).await
    {
        let status = error.status();
        let (heading, text) = (title.clone(), call.explain(&error));
        let draw = move || {
            view! {
                {parts::head(heading, text)}
                <p>{words.say("setup-dead")}</p>
                <p>
                    <a class="button" href="/">
                        {words.say("trouble-home")}
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
    let heading = title.clone();
    let draw = move || {
        let form = Form::new(&call, "set_up", "setup-button")
            .hidden("token", call.param("token"))
            .field("organisation", "label-organisation", FieldKind::TEXT, "")
            .field("slug", "label-slug", FieldKind::TEXT, "")
            .field("customer_number", "label-customer-number", FieldKind::TEXT, "")
            .field("your_name", "label-your-name", FieldKind::NAME, "")
            .field("email", "label-email", FieldKind::EMAIL, "")
            .field("password", "label-new-password", FieldKind::NEW_PASSWORD, "")
            .draw();
        view! {
            {parts::head(heading, words.say("setup-text"))}
            {form}
        }
        .into_any()
    };
    Ok(Sheet::new(title, Frame::Card, draw))
}
