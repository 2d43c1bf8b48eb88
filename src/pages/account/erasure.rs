//! Deleting one's own account: the panel of the settings and of `/goodbye`.
use crate::pages::parts;
use crate::pages::parts::field::FieldKind;
use crate::pages::parts::form::Form;
use crate::site::Call;
use leptos::prelude::*;

/// `member`: whether the person still belongs to an organisation, and so cannot go yet.
pub fn panel(call: &Call, member: bool) -> AnyView {
    let Some(actor) = &call.actor else {
        return ().into_any();
    };
    let words = call.words();
    let here = format!("{}#leave", call.path);
    let body = match actor.account.erases_at {
        Some(at) => {
            let keep = Form::new(call, "keep_account", "leave-keep")
                .hidden("back", &here)
                .draw();
            let when = view! {
                <p class="banner" role="status">
                    <span aria-hidden="true">"▲"</span>
                    <span>{words.say("leave-waits")} " " {parts::deadline(call, at)}</span>
                </p>
            };
            view! {
                {when}
                {keep}
            }
            .into_any()
        }
        None if member => view! { <p class="soft">{words.say("why-still-a-member")}</p> }.into_any(),
        None => {
            let mut form = Form::new(call, "delete_account", "leave-button")
                .hidden("back", &here)
                .field("email", "leave-type", FieldKind::OTHER_EMAIL, "")
                .button_class("button danger");
            if actor.account.password_hash.is_some() {
                form = form.field("password", "label-password", FieldKind::PASSWORD, "");
            }
            let form = form.code_again();
            view! {
                <p class="soft">{words.say("leave-text")}</p>
                {form.draw()}
            }
            .into_any()
        }
    };
    view! {
        <section class="panel" id="leave">
            <h2>{words.say("settings-leave")}</h2>
            {body}
        </section>
    }
    .into_any()
}
