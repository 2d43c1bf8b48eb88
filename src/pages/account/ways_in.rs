//! Providers as ways to sign in: the panel of the settings, and signing in again with one where a
//! change asks for a recent proof.
use crate::desk::account::providers::LinkedProvider;
use crate::desk::account::reentry;
use crate::pages::parts::form::Form;
use crate::site::Call;
use leptos::prelude::*;

/// Those that one can sign in with, and those that could be added.
pub fn panel(call: &Call, linked: &[LinkedProvider]) -> AnyView {
    if call.site.providers.is_empty() && linked.is_empty() {
        return ().into_any();
    }
    let words = call.words();
    let rows = linked.iter().map(|l| row(call, l)).collect_view();
    let others = call
        .site
        .providers
        .iter()
        .filter(|p| !linked.iter().any(|l| l.provider == p.id));
    let add = others
        .map(|p| {
            view! {
                <a class="button small" href=format!("/signin/{}?prove=1&back=%2Fsettings%23ways", p.id)>
                    {words.tell("settings-way-add", &[("provider", &p.label)])}
                </a>
            }
        })
        .collect_view();
    view! {
        <section class="panel" id="ways">
            <h2>{words.say("settings-ways")}</h2>
            <p class="soft">{words.say("settings-ways-text")}</p>
            <ul class="sessions">{rows}</ul>
            <div class="tools">{add}</div>
        </section>
    }
    .into_any()
}

fn row(call: &Call, l: &LinkedProvider) -> AnyView {
    let words = call.words();
    let label = call.desk().plan.provider_label(&l.provider).to_owned();
    let unlink = Form::new(call, "unlink_identity", "settings-way-remove")
        .about("provider", &l.provider)
        .again()
        .class("inline")
        .labelled(&label)
        .button_class("button small")
        .draw();
    let other = l.other_address.as_ref().map(|email| {
        let text = words.tell("settings-way-address", &[("email", &email.shown())]);
        let take = Form::new(call, "take_address", "settings-way-take")
            .about("provider", &l.provider)
            .again()
            .class("inline")
            .labelled(&email.shown())
            .button_class("button small")
            .draw();
        view! {
            <span class="soft">{text}</span>
            {take}
        }
    });
    view! {
        <li class="session">
            <div>
                <strong>{label}</strong>
                {other}
            </div>
            {unlink}
        </li>
    }
    .into_any()
}

/// Whoever has no password proves anew who they are by signing in again: the links for that, where
/// the last proof is not recent.
pub fn sign_in_again(call: &Call, linked: &[LinkedProvider]) -> Option<AnyView> {
    let actor = call.actor.as_ref()?;
    if actor.account.password_hash.is_some() || reentry::is_recent(actor) {
        return None;
    }
    let words = call.words();
    let theirs = call
        .site
        .providers
        .iter()
        .filter(|p| linked.iter().any(|l| l.provider == p.id));
    let links = theirs
        .map(|p| {
            view! {
                <a class="button small" href=format!("/signin/{}?back=%2Fsettings", p.id)>
                    {words.tell("signin-with", &[("provider", &p.label)])}
                </a>
            }
        })
        .collect_view();
    Some(
        view! {
            <div class="banner" role="status">
                <span aria-hidden="true">"▲"</span>
                <p>{words.say("settings-again")}</p>
                {links}
            </div>
        }
        .into_any(),
    )
}
