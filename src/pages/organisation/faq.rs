//! What an organisation has put up for everybody in it: `/{org}/faq` and `/{org}/feedback`.
use crate::desk::organisation;
use crate::domain::Result;
use crate::pages::parts::form::Form;
use crate::pages::parts::{self, prose};
use crate::pages::{Frame, Sheet};
use crate::site::Call;
use leptos::prelude::*;

/// `/{org}/faq`: in the reader's language, or in the one there is.
pub async fn faq(call: Call) -> Result<Sheet> {
    let words = call.words();
    let member = call.member()?;
    let page = organisation::home_page::faq(call.desk(), member, call.caller.language).await?;
    let (language, text) = page.unwrap_or_else(|| {
        (
            words.0,
            words.tell(
                "faq-default",
                &[("organisation", &prose::escape(&member.organisation_name))],
            ),
        )
    });
    let title = words.say("nav-faq");
    let heading = title.clone();
    let draw = move || {
        let foreign = (language != call.caller.language).then(|| language.tag());
        view! {
            <div class="head">
                <h1>{heading}</h1>
            </div>
            {prose::article(&text, foreign)}
        }
        .into_any()
    };
    Ok(Sheet::new(title, Frame::House("faq"), draw))
}

/// `/{org}/feedback`.
pub async fn feedback(call: Call) -> Result<Sheet> {
    let words = call.words();
    let member = call.member()?.clone();
    let title = words.say("nav-feedback");
    let heading = title.clone();
    let draw = move || {
        let form = Form::new(&call, "give_feedback", "feedback-button")
            .hidden("org", member.slug.as_str())
            .area("message", "feedback-message")
            .draw();
        view! {
            <div class="head">
                <h1>{heading}</h1>
            </div>
            {parts::done(&call, &["feedback"])}
            <section class="panel">
                <p class="soft">
                    {words.tell("feedback-text", &[("organisation", &member.organisation_name)])}
                </p>
                {form}
            </section>
        }
        .into_any()
    };
    Ok(Sheet::new(title, Frame::House("feedback"), draw))
}
