//! `/`: what this is and how to get in; whoever is in already goes on to where they belong.
use super::{Frame, Sheet, parts};
use crate::desk::{account, joining};
use crate::domain::Result;
use crate::pages::parts::form::Form;
use crate::pages::people::customers;
use crate::site::Call;
use leptos::prelude::*;

pub async fn sheet(call: Call) -> Result<Sheet> {
    if let Some(actor) = &call.actor {
        if let Some(goodbye) = customers::gone(&call).await? {
            return Ok(goodbye);
        }
        let to = match account::memberships::memberships(call.desk(), actor)
            .await?
            .first()
        {
            Some(m) => format!("/{}", m.slug),
            None if joining::requests::own_requests(call.desk(), actor)
                .await?
                .is_empty() =>
            {
                "/signup".to_owned()
            }
            None => "/waiting".to_owned(),
        };
        return Ok(Sheet::elsewhere(to));
    }
    let words = call.words();
    let done = parts::done(&call, &["reset"]);
    let draw = move || {
        view! {
            {parts::head(words.say("home-title"), words.say("home-text"))}
            {done}
            <p class="tools">
                <a class="button main" href="/signin">
                    {words.say("home-sign-in")}
                </a>
                <a class="button" href="/signup">
                    {words.say("signup-title")}
                </a>
            </p>
            {call.desk().plan.demo.then(|| demo(&call))}
        }
        .into_any()
    };
    Ok(Sheet::new(String::new(), Frame::Card, draw))
}

/// The demo's ways in, one press each.
fn demo(call: &Call) -> AnyView {
    let words = call.words();
    let way = |who: &'static str| {
        Form::new(call, "demo_sign_in", &format!("demo-as-{who}"))
            .hidden("who", who)
            .class("inline")
            .button_class("button")
            .draw()
    };
    view! {
        <section class="demo">
            <h2>{words.say("demo-title")}</h2>
            <p class="soft">{words.say("demo-text")}</p>
            <div class="tools">
                {way("administrator")} {way("colleague")} {way("member")} {way("stranger")}
            </div>
            <p>
                <a href="/dev/mailbox">{words.say("demo-mailbox")}</a>
            </p>
        </section>
    }
    .into_any()
}
