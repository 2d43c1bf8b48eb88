//! `/{org}`: the organisation's home page, with its links, and the welcome tour while there is
//! something to show.
use crate::desk::organisation;
use crate::domain::Result;
use crate::domain::home_page::{Link, Target};
use crate::domain::member::Membership;
use crate::domain::role::Permission;
use crate::pages::organisation::tour;
use crate::pages::{Frame, Sheet, parts};
use crate::site::Call;
use leptos::prelude::*;

pub async fn sheet(call: Call) -> Result<Sheet> {
    let words = call.words();
    let member = call.member()?.clone();
    let name = call.actor()?.account.name.clone();
    let home = organisation::home_page::home(call.desk(), &member).await?;
    let title = words.say("nav-home");
    let draw = move || {
        let tile = |to: String, name: &str, text: &str| {
            view! {
                <a class="tile" href=to>
                    <strong>{words.say(name)}</strong>
                    <span class="soft">{words.say(text)}</span>
                </a>
            }
        };
        let queue = member.may(Permission::RequestsView).then(|| {
            tile(
                format!("/{}/access_requests", member.slug),
                "nav-requests",
                "home-requests",
            )
        });
        let portal = member.may(Permission::PortalUse).then(|| {
            let of =
                |path: &str, name: &str, text: &str| tile(format!("/{}/{path}", member.slug), name, text);
            view! {
                {of("applications", "nav-applications", "home-applications")}
                {of("catalog", "nav-catalog", "catalog-text")}
                {of("approvals", "nav-approvals", "home-approvals")}
            }
        });
        view! {
            {parts::done(&call, &["left"])}
            {factor(&call, &member)}
            <div class="head">
                <h1>{words.tell("home-welcome", &[("name", &name)])}</h1>
            </div>
            <p class="soft">
                {member.organisation_name.clone()} " · "
                {words.tell("nav-customer", &[("number", &member.customer_number)])}
            </p>
            {tour::step(&call, &member, &home.tour)}
            <div class="tiles">
                {queue} {portal} {tile(format!("/{}/faq", member.slug), "nav-faq", "home-faq")}
                {tile("/settings".into(), "nav-settings", "home-settings")}
            </div>
            {links(&call, &member, &home.links)}
        }
        .into_any()
    };
    Ok(Sheet::new(title, Frame::House("home"), draw))
}

/// That a second factor is demanded and missing.
fn factor(call: &Call, member: &Membership) -> Option<AnyView> {
    let words = call.words();
    member.factor_missing.then(|| {
        view! {
            <div class="banner" role="status">
                <span aria-hidden="true">"▲"</span>
                <p>{words.say("error-second-factor-demanded")}</p>
                <a href="/settings#factor">{words.say("trouble-to-factor")}</a>
            </div>
        }
        .into_any()
    })
}

/// The organisation's own links: web pages, and files to save.
fn links(call: &Call, member: &Membership, links: &[Link]) -> Option<AnyView> {
    let words = call.words();
    let rows = links.iter().map(|l| match &l.target {
        Target::Page(url) => view! {
            <li>
                <a href=url.clone() rel="noopener noreferrer">
                    {l.title.clone()}
                </a>
            </li>
        }
        .into_any(),
        Target::File(id) => {
            let to = format!("/{}/files/{id}", member.slug);
            view! {
                <li>
                    <a href=to download="">
                        {l.title.clone()}
                    </a>
                    " "
                    <span class="soft">"PDF"</span>
                </li>
            }
            .into_any()
        }
    });
    let rows = rows.collect::<Vec<_>>();
    (!rows.is_empty()).then(|| {
        view! {
            <section>
                <h2>{words.say("home-links")}</h2>
                <ul class="links">{rows}</ul>
            </section>
        }
        .into_any()
    })
}
