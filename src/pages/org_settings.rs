//! `/{org}/settings`: what an organisation's administrators set.
use super::{Frame, Sheet, parts};
use crate::domain::Result;
use crate::pages::parts::Form;
use crate::web::Call;
use leptos::prelude::*;

pub async fn sheet(call: Call) -> Result<Sheet> {
    let words = call.words();
    let organisation = call.desk().settings(call.member()?).await?;
    let title = words.say("nav-organisation");
    let heading = title.clone();
    let draw = move || {
        let join = format!("{}/{}/join", call.site.public_url, organisation.slug);
        let box_ = view! {
            <label class="tick"><input type="checkbox" name="demand" value="on" checked=organisation.demands_factor/> <span>{words.say("settings-demand")}</span></label>
        };
        let form = Form::new(&call, "demand_factor", "save").hidden("org", organisation.slug.as_str()).with(box_.into_any()).draw();
        view! {
            <div class="head"><h1>{heading}</h1></div>
            {parts::done(&call, &["saved"])}
            <section class="panel">
                <h2>{organisation.name.clone()}</h2>
                <dl class="facts">
                    <dt>{words.say("label-customer-number")}</dt><dd>{organisation.customer_number.clone()}</dd>
                    <dt>{words.say("settings-join")}</dt><dd><code>{join}</code></dd>
                </dl>
            </section>
            <section class="panel"><h2>{words.say("settings-security")}</h2><p class="soft">{words.say("settings-demand-text")}</p>{form}</section>
        }
        .into_any()
    };
    Ok(Sheet::new(title, Frame::House("organisation"), draw))
}
