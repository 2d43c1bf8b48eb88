//! `/waiting`: one's own requests, with what they are at this instant, and where one belongs already.
use super::{Frame, Sheet, parts};
use crate::domain::Result;
use crate::domain::request::StatusWord;
use crate::pages::parts::Form;
use crate::store::requests::Own;
use crate::web::Call;
use leptos::prelude::*;

pub async fn sheet(call: Call) -> Result<Sheet> {
    let words = call.words();
    let actor = call.actor()?;
    let (own, members) = (call.desk().own_requests(actor).await?, call.desk().memberships(actor).await?);
    let title = words.say("waiting-title");
    let heading = title.clone();
    let draw = move || {
        let links =
            members.iter().map(|m| view! { <li><a href=format!("/{}", m.slug)>{m.organisation_name.clone()}</a></li> }).collect_view();
        let places = (!members.is_empty()).then(|| view! { <h2>{words.say("waiting-member")}</h2><ul class="plain">{links}</ul> });
        let requests = if own.is_empty() {
            view! { <p class="empty">{words.say("waiting-none")}</p> }.into_any()
        } else {
            own.iter().map(|r| request(&call, r)).collect_view().into_any()
        };
        view! { {parts::head(heading, words.say("waiting-text"))} {parts::done(&call, &["asked", "withdrawn"])} {requests} {places} }
            .into_any()
    };
    Ok(Sheet::new(title, Frame::Card, draw))
}

fn request(call: &Call, r: &Own) -> AnyView {
    let words = call.words();
    let (name, shape) = parts::status(words, r.word);
    let next = words.say(&format!("waiting-{}", r.word.as_str()));
    let withdraw = (r.word == StatusWord::Pending).then(|| {
        Form::new(call, "withdraw", "waiting-withdraw").hidden("request", r.id.as_str()).class("inline").button_class("button small").draw()
    });
    view! {
        <article class="tile">
            <p class="spread"><strong>{r.slug.to_string()}</strong><span class=format!("state {shape}")>{name}</span></p>
            <p class="soft">{words.say("waiting-asked")} " " {parts::time(call, r.submitted_at)} " · " <span class="id">{r.id.short()}</span></p>
            {(!r.message.is_empty()).then(|| view! { <blockquote class="words">{r.message.clone()}</blockquote> })}
            <p>{next}</p>
            {withdraw}
        </article>
    }
    .into_any()
}
