//! `/signin/code`: the second factor.
use crate::domain::{Result, path};
use crate::pages::parts::field::FieldKind;
use crate::pages::parts::form::Form;
use crate::pages::{Frame, Sheet, parts};
use crate::site::Call;
use leptos::prelude::*;

pub async fn sheet(call: Call) -> Result<Sheet> {
    let back = path::own_or(call.asked("back"), "/").to_owned();
    if call.actor.is_some() {
        return Ok(Sheet::elsewhere(back));
    }
    let words = call.words();
    let title = words.say("code-title");
    let heading = title.clone();
    let draw = move || {
        let form = Form::new(&call, "pass_factor", "code-button")
            .hidden("back", &back)
            .field("code", "label-code", FieldKind::CODE, "")
            .draw();
        view! {
            {parts::head(heading, words.say("code-text"))}
            {form}
        }
        .into_any()
    };
    Ok(Sheet::new(title, Frame::Card, draw))
}
