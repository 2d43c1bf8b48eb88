//! `/{org}`: the organisation's home page, with the notice that access is restricted while there are no rights.
use super::{Frame, Sheet};
use crate::domain::Result;
use crate::domain::role::Permission;
use crate::web::Call;
use leptos::prelude::*;

pub async fn sheet(call: Call) -> Result<Sheet> {
    let words = call.words();
    let member = call.member()?.clone();
    let name = call.actor()?.account.name.clone();
    let title = words.say("nav-home");
    let draw = move || {
        let restricted = member.is_restricted().then(|| {
            let text = words.tell("home-restricted-text", &[("organisation", &member.organisation_name)]);
            view! { <div class="banner info" role="status"><span aria-hidden="true">"●"</span><p><strong>{words.say("home-restricted")}</strong> " " {text}</p></div> }
        });
        let factor = member.factor_missing.then(|| {
            view! { <div class="banner" role="status"><span aria-hidden="true">"▲"</span><p>{words.say("error-second-factor-demanded")}</p><a href="/settings#factor">{words.say("trouble-to-factor")}</a></div> }
        });
        let queue = member.may(Permission::RequestsView).then(|| {
            let to = format!("/{}/access_requests", member.slug);
            view! { <a class="tile" href=to><strong>{words.say("nav-requests")}</strong><span class="soft">{words.say("home-requests")}</span></a> }
        });
        view! {
            {restricted}
            {factor}
            <div class="head"><h1>{words.tell("home-welcome", &[("name", &name)])}</h1></div>
            <p class="soft">{member.organisation_name.clone()} " · " {words.tell("nav-customer", &[("number", &member.customer_number)])}</p>
            <div class="tiles">
                {queue}
                <a class="tile" href="/settings"><strong>{words.say("nav-settings")}</strong><span class="soft">{words.say("home-settings")}</span></a>
            </div>
        }
        .into_any()
    };
    Ok(Sheet::new(title, Frame::House("home"), draw))
}
