//! `/waiting`: one's own requests, with what they are at this instant, and where one belongs
//! already.
use crate::desk::{account, joining};
use crate::domain::Result;
use crate::domain::request::Status;
use crate::pages::parts::form::Form;
use crate::pages::people::customers;
use crate::pages::{Frame, Sheet, parts};
use crate::site::Call;
use crate::store::requests::OwnJoin;
use leptos::prelude::*;

pub async fn sheet(call: Call) -> Result<Sheet> {
    if let Some(goodbye) = customers::gone(&call).await? {
        return Ok(goodbye);
    }
    let words = call.words();
    let actor = call.actor()?;
    let (own, members) = (
        joining::requests::own_requests(call.desk(), actor).await?,
        account::memberships::memberships(call.desk(), actor).await?,
    );
    let title = words.say("waiting-title");
    let heading = title.clone();
    let draw = move || {
        let links = members
            .iter()
            .map(|m| {
                view! {
                    <li>
                        <a href=format!("/{}", m.slug)>{m.organisation_name.clone()}</a>
                    </li>
                }
            })
            .collect_view();
        let places = (!members.is_empty()).then(|| {
            view! {
                <h2>{words.say("waiting-member")}</h2>
                <ul class="plain">{links}</ul>
            }
        });
        let requests = if own.is_empty() {
            view! {
                <div class="empty">
                    <p>{words.say("waiting-none")}</p>
                    <p>
                        <a class="button main" href="/signup">
                            {words.say("waiting-sign-up")}
                        </a>
                    </p>
                </div>
            }
            .into_any()
        } else {
            own.iter()
                .map(|own| request(&call, own, members.iter().any(|m| m.slug == own.slug)))
                .collect_view()
                .into_any()
        };
        view! {
            {parts::head(heading, words.say("waiting-text"))}
            {parts::done(&call, &["withdrawn"])}
            {parts::trouble(&call, &["withdraw"])}
            {requests}
            {places}
        }
        .into_any()
    };
    Ok(Sheet::new(title, Frame::Card, draw))
}

/// `joined`: they are a member there by now.
fn request(call: &Call, own: &OwnJoin, joined: bool) -> AnyView {
    let (words, r) = (call.words(), &own.request);
    let (name, shape) = parts::status_of(words, r.kind(), &r.status);
    let next = match r.pause(call.now()) {
        _ if joined => words.say("waiting-joined"),
        Some(at) => words.tell("error-ask-again-later", &[("when", &words.ago(at, call.now()))]),
        None => words.say(&format!("waiting-{}", r.status.word().as_str())),
    };
    let page = format!(
        "/requests/{}",
        crate::desk::requests::status_token::make(call.desk(), &r.id)
    );
    let withdraw = (r.status == Status::Pending).then(|| {
        Form::new(call, "withdraw", "waiting-withdraw")
            .hidden("request", r.id.as_str())
            .hidden("back", "/waiting?done=withdrawn")
            .class("inline")
            .button_class("button small")
            .draw()
    });
    view! {
        <article class="tile">
            <p class="spread">
                <strong>{own.organisation.clone()}</strong>
                <span class=format!("state {shape}")>{name}</span>
            </p>
            <p class="soft">
                {words.say("waiting-asked")} " " {parts::time(call, r.submitted_at)} " · "
                <a class="id" href=page>
                    {r.id.short()}
                </a>
            </p>
            {(!r.message.is_empty())
                .then(|| view! { <blockquote class="words">{r.message.clone()}</blockquote> })}
            <p>{next}</p>
            {withdraw}
        </article>
    }
    .into_any()
}
