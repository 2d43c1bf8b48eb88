//! How a delivery fares, in a sentence.
use crate::domain::delivery::{Channel, DeliveryState};
use crate::domain::member::Membership;
use crate::domain::resource::HookKind;
use crate::islands::queue::MailLine;
use crate::pages::parts;
use crate::pages::parts::form::Form;
use crate::site::Call;
use crate::store::deliveries::fates::{Fate, Says};
use leptos::prelude::*;

/// How it fares, with its id where it may be tried again.
pub fn line(call: &Call, fate: &Fate, may_try: bool) -> MailLine {
    let again = may_try && fate.is_undelivered() && !waits_for_server(call, fate);
    MailLine {
        text: sentence(call, fate),
        again: if again { fate.id.to_string() } else { String::new() },
    }
}

/// The button that tries it again, where it may be, and comes back to `here`.
pub fn again(call: &Call, member: &Membership, line: &MailLine, here: &str) -> Option<AnyView> {
    (!line.again.is_empty()).then(|| {
        Form::new(call, "try_again", "queue-try-again")
            .plain()
            .class("inline")
            .hidden("org", member.slug.as_str())
            .hidden("delivery", &line.again)
            .hidden("back", &parts::with(here, "done", "tried"))
            .button_class("button small")
            .draw()
    })
}

/// No mail server is configured: nothing will be tried.
fn waits_for_server(call: &Call, fate: &Fate) -> bool {
    fate.state == DeliveryState::Queued && fate.channel == Channel::mail() && !call.desk().plan.delivers_mail
}

/// How it fares.
pub fn sentence(call: &Call, fate: &Fate) -> String {
    let words = call.words();
    let state = match fate.state {
        _ if waits_for_server(call, fate) => "waits",
        DeliveryState::Queued if fate.is_deferred() => "deferred",
        state => state.as_str(),
    };
    let why = words.undelivered(fate.reason.as_deref().unwrap_or_default());
    let when = words.ago(fate.ended_at.unwrap_or(fate.due_at), call.now());
    let reader = fate.to.clone().unwrap_or_default();
    let (key, what) = match &fate.says {
        Says::Letter(letter) => (
            format!("mail-{state}"),
            words.say(&format!("letter-{letter}-name")),
        ),
        Says::Message(what) => (
            format!("chat-send-{state}"),
            words.say(&format!("chat-what-{}", what.as_str())),
        ),
        Says::HookCall(kind) => (format!("chat-send-{state}"), words.say(hook_name(*kind))),
        Says::Arrival => (format!("arrival-{state}"), words.say("deliveries-arrival")),
    };
    words.tell(
        &key,
        &[
            ("letter", &what),
            ("what", &what),
            ("to", &reader),
            ("when", &when),
            ("why", &why),
        ],
    )
}

/// What a call of a hook is called.
pub fn hook_name(kind: HookKind) -> &'static str {
    match kind {
        HookKind::Grant => "queue-hook-grant",
        HookKind::End => "queue-hook-end",
    }
}
