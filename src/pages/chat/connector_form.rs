//! The form of a connector: the fields of its platform, and its texts.
use crate::domain::account::Language;
use crate::domain::connector::{Connector, Mode, Platform, Texts, fields, has_buttons};
use crate::pages::parts;
use crate::pages::parts::field::FieldKind;
use crate::pages::parts::form::Form;
use crate::site::Call;
use leptos::prelude::*;

pub(crate) fn form_fields<'a>(
    call: &'a Call,
    form: Form<'a>,
    platform: Platform,
    c: Option<&Connector>,
) -> Form<'a> {
    let form = form.field("name", "label-name", FieldKind::TEXT, c.map_or("", |c| &c.name));
    let form = secrets(call, form, platform, c);
    let form = conduct(call, form, c);
    let form = texts(call, form, c);
    let form = agent(form, c);
    if has_buttons(platform) {
        return form.field(
            "channel",
            "connectors-channel",
            FieldKind::TEXT.optional(),
            c.map_or("", |c| &c.channel),
        );
    }
    form
}

/// What the platform asks for; what is kept secret stays unless something is typed.
fn secrets<'a>(call: &'a Call, mut form: Form<'a>, platform: Platform, c: Option<&Connector>) -> Form<'a> {
    for field in fields(platform).iter().filter(|f| !f.made) {
        let label = format!("connector-{}", field.name.replace('_', "-"));
        let value = c
            .and_then(|c| c.settings.get(field.name))
            .map_or("", String::as_str);
        let kind = if field.optional || (field.secret && c.is_some()) {
            FieldKind::TEXT.optional()
        } else {
            FieldKind::TEXT
        };
        form = form.field(
            field.name,
            &label,
            if field.secret { kind.hidden() } else { kind },
            value,
        );
    }
    if c.is_some() {
        let hint = call.words().say("connectors-secrets-hint");
        form = form.with(view! { <p class="soft">{hint}</p> }.into_any());
        if fields(platform).iter().any(|f| f.made) {
            form = form.tick("renew", "connectors-renew", false);
        }
    }
    form
}

/// Whether it greets those who write, how often, and in which language.
fn conduct<'a>(call: &'a Call, form: Form<'a>, c: Option<&Connector>) -> Form<'a> {
    let modes = Mode::ALL.map(|m| {
        (
            m.as_str().to_owned(),
            call.words().say(&format!("mode-{}", m.as_str())),
        )
    });
    form.tick(
        "onboarding",
        "connectors-onboarding-tick",
        c.is_none_or(|c| c.onboarding),
    )
    .choice(
        "mode",
        "label-mode",
        modes.into(),
        c.map_or("once", |c| c.mode.as_str()),
    )
    .choice(
        "language",
        "connectors-language",
        parts::languages(),
        c.map_or(call.caller.language, |c| c.language).tag(),
    )
}

/// What it says, folded for each language.
fn texts<'a>(call: &'a Call, mut form: Form<'a>, c: Option<&Connector>) -> Form<'a> {
    for language in Language::ALL {
        let of = match c {
            Some(c) => c.texts.get(language.tag()).cloned().unwrap_or_default(),
            None => proposed(call, language),
        };
        let summary = call
            .words()
            .tell("connectors-texts", &[("language", &language.own_name())]);
        let names = text_names(language);
        form = form.folded(summary, language == call.caller.language, &names, |form| {
            form.lines(&names[0], "connectors-onboarding-text", &of.onboarding, 3)
                .lines(&names[1], "connectors-approval-text", &of.approval, 2)
                .lines(&names[2], "connectors-rejection-text", &of.rejection, 2)
        });
    }
    form
}

/// The agent behind it, and whether its secret is made anew.
fn agent<'a>(form: Form<'a>, c: Option<&Connector>) -> Form<'a> {
    let form = form.field(
        "agent",
        "connectors-agent",
        FieldKind::TEXT.optional(),
        c.map_or("", |c| &c.agent),
    );
    if c.is_some_and(|c| !c.agent.is_empty()) {
        return form.tick("renew_agent", "connectors-renew-agent", false);
    }
    form
}

/// The names of the fields of a language's texts.
fn text_names(language: Language) -> [String; 3] {
    ["onboarding", "approval", "rejection"].map(|of| format!("{of}_text_{}", language.tag()))
}

/// What a new connector says, for a beginning.
pub(crate) fn proposed(call: &Call, language: Language) -> Texts {
    let words = crate::words::Words(language);
    let organisation = call
        .member
        .as_ref()
        .map(|m| m.organisation_name.clone())
        .unwrap_or_default();
    let say = |key: &str| words.tell(key, &[("organisation", &organisation), ("name", &"{name}")]);
    Texts {
        onboarding: say("chat-onboarding"),
        approval: say("chat-approval"),
        rejection: say("chat-rejection"),
    }
}
