//! `/{org}/applications`: what one has, until when, and giving it up.
use crate::desk::access;
use crate::domain::Result;
use crate::domain::member::Membership;
use crate::pages::parts::form::Form;
use crate::pages::{Frame, Sheet, parts};
use crate::site::Call;
use crate::store::access::grants::ListedGrant;
use leptos::prelude::*;

pub async fn sheet(call: Call) -> Result<Sheet> {
    let words = call.words();
    let member = call.member()?.clone();
    let grants = access::grants::list_own(call.desk(), call.actor()?, &member).await?;
    let title = words.say("nav-applications");
    let heading = title.clone();
    let draw = move || {
        let here = format!("/{}/applications", member.slug);
        let list = if grants.is_empty() {
            let to = format!("/{}/catalog", member.slug);
            view! {
                <div class="empty">
                    <h2>{words.say("applications-none")}</h2>
                    <p class="soft">{words.say("applications-none-text")}</p>
                    <p>
                        <a class="button main" href=to>
                            {words.say("nav-catalog")}
                        </a>
                    </p>
                </div>
            }
            .into_any()
        } else {
            let tiles = grants
                .iter()
                .map(|l| tile(&call, &member, l, &here))
                .collect_view();
            view! { <ul class="tiles plain">{tiles}</ul> }.into_any()
        };
        let ending = grants
            .iter()
            .find(|l| call.asked("do") == format!("end-{}", l.grant.id));
        view! {
            <div class="head">
                <h1>{heading}</h1>
            </div>
            {parts::done(&call, &["ended"])}
            {list}
            {ending.map(|l| confirm(&call, &member, l, &here))}
        }
        .into_any()
    };
    Ok(Sheet::new(title, Frame::House("applications"), draw))
}

fn tile(call: &Call, member: &Membership, l: &ListedGrant, here: &str) -> AnyView {
    let words = call.words();
    let name = if l.link.is_empty() {
        view! { {l.resource.clone()} }.into_any()
    } else {
        view! {
            <a href=l.link.clone() rel="noopener noreferrer">
                {l.resource.clone()}
            </a>
        }
        .into_any()
    };
    let until = match l.grant.ends_at {
        Some(at) => {
            view! { <p>{words.say("applications-until")} " " {parts::deadline(call, at)}</p> }.into_any()
        }
        None => view! { <p class="soft">{words.say("applications-for-ever")}</p> }.into_any(),
    };
    let extend = (l.grant.ends_at.is_some() && l.offered).then(|| {
        let to = format!(
            "/{}/catalog?ask={}&like={}",
            member.slug, l.grant.resource, l.grant.request
        );
        view! {
            <a
                class="button small"
                href=to
                aria-label=format!("{}: {}", words.say("applications-extend"), l.resource)
            >
                {words.say("applications-extend")}
            </a>
        }
    });
    let end = parts::with(here, "do", &format!("end-{}", l.grant.id));
    view! {
        <li class="tile">
            <h2 class="named">{parts::resource_icon(&l.icon, &l.resource)} " " {name}</h2>
            <p class="soft words">{l.description.clone()}</p>
            {until}
            <p class="tools">
                {extend}
                <a
                    class="button small"
                    href=end
                    aria-label=format!("{}: {}", words.say("applications-end"), l.resource)
                >
                    {words.say("applications-end")}
                </a>
            </p>
        </li>
    }
    .into_any()
}

fn confirm(call: &Call, member: &Membership, l: &ListedGrant, here: &str) -> AnyView {
    let words = call.words();
    let form = Form::new(call, "end_grant", "applications-end")
        .hidden("org", member.slug.as_str())
        .hidden("grant", l.grant.id.as_str())
        .hidden("back", &parts::with(here, "done", "ended"))
        .button_class("button danger main")
        .cancel(here)
        .draw();
    let inside = view! {
        <p>{words.tell("applications-end-text", &[("resource", &l.resource)])}</p>
        {form}
    };
    parts::dialog(words.say("applications-end-title"), here, inside.into_any())
}
