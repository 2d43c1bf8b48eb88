//! `/{org}/join`: asking to join. The page is the same for every address that could be an organisation's.
use super::{Frame, Sheet, parts};
use crate::domain::organisation::Slug;
use crate::domain::{Error, Result};
use crate::pages::parts::Form;
use crate::web::Call;
use leptos::prelude::*;

pub async fn sheet(call: Call) -> Result<Sheet> {
    let slug = Slug::parse(call.param("org")).map_err(|_| Error::NotFound)?;
    let words = call.words();
    let title = words.tell("join-title", &[("org", &slug.to_string())]);
    let heading = title.clone();
    let draw = move || {
        let email = call.actor.as_ref().map(|a| a.account.email.to_string()).unwrap_or_default();
        let text = words.tell("join-text", &[("org", &slug.to_string())]);
        let form = Form::new(&call, "ask_to_join", "join-button").hidden("org", slug.as_str()).area("message", "join-message").draw();
        view! {
            {parts::head(heading, text)}
            <p class="soft">{words.tell("join-as", &[("email", &email)])}</p>
            {form}
        }
        .into_any()
    };
    Ok(Sheet::new(title, Frame::Card, draw))
}
