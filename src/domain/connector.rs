//! Connectors: an organisation's accounts at chat platforms, what each needs, and what it says to
//! people.
use super::account::Language;
use super::changes::{self, Facts};
use super::error::Faults;
use super::ids::ConnectorId;
use super::time::Span;
use super::{Result, Time, Why, text};
use crate::domain::word_enum::word_enum;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

word_enum! {
    /// A chat platform.
    Platform { Slack = "slack", Teams = "teams", Telegram = "telegram", WhatsApp = "whatsapp", Sms = "sms" }
}

word_enum! {
    /// What somebody who is not approved is answered.
    Mode {
        /// The onboarding message, once.
        Once = "once",
        /// Nothing: only the queue knows.
        Silent = "silent",
    }
}

word_enum! {
    /// Whether a connector takes messages.
    ConnectorState { Active = "active", Disabled = "disabled", Deleted = "deleted" }
}

/// A setting that a platform needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlatformField {
    pub name: &'static str,
    /// Written and never shown again; stored sealed.
    pub secret: bool,
    /// Made here, and shown once, to be pasted there.
    pub made: bool,
    pub optional: bool,
    /// It stands in the platform's addresses: letters, digits and `_-:` alone.
    pub in_address: bool,
}

const fn plain(name: &'static str) -> PlatformField {
    PlatformField {
        name,
        secret: false,
        made: false,
        optional: false,
        in_address: false,
    }
}
const fn in_address(field: PlatformField) -> PlatformField {
    PlatformField {
        in_address: true,
        ..field
    }
}
const fn secret(name: &'static str) -> PlatformField {
    PlatformField {
        secret: true,
        ..plain(name)
    }
}
const fn optional(name: &'static str) -> PlatformField {
    PlatformField {
        optional: true,
        ..plain(name)
    }
}
const fn made(name: &'static str) -> PlatformField {
    PlatformField {
        secret: true,
        made: true,
        ..plain(name)
    }
}

/// What is particular about a platform.
struct Particulars {
    /// In the order of its form.
    fields: &'static [PlatformField],
    /// It has channels with buttons.
    buttons: bool,
}

const SLACK: Particulars = Particulars {
    fields: &[secret("signing_secret"), secret("bot_token")],
    buttons: true,
};
const TEAMS: Particulars = Particulars {
    fields: &[plain("app_id"), plain("tenant"), secret("client_secret")],
    buttons: true,
};
const TELEGRAM: Particulars = Particulars {
    fields: &[in_address(secret("bot_token")), made("webhook_secret")],
    buttons: true,
};
const WHATSAPP: Particulars = Particulars {
    fields: &[
        in_address(plain("phone_number_id")),
        secret("app_secret"),
        secret("access_token"),
        made("verify_token"),
        optional("template"),
        optional("template_language"),
    ],
    buttons: false,
};
const SMS: Particulars = Particulars {
    fields: &[
        in_address(plain("account_sid")),
        secret("auth_token"),
        plain("sender"),
    ],
    buttons: false,
};

const fn particulars(platform: Platform) -> Particulars {
    match platform {
        Platform::Slack => SLACK,
        Platform::Teams => TEAMS,
        Platform::Telegram => TELEGRAM,
        Platform::WhatsApp => WHATSAPP,
        Platform::Sms => SMS,
    }
}

/// What a platform needs, in the order of its form. The names are those of the settings everywhere.
pub const fn fields(platform: Platform) -> &'static [PlatformField] {
    particulars(platform).fields
}

/// Whether people are known there by their telephone numbers, which pass on to others.
pub const fn is_by_number(platform: Platform) -> bool {
    matches!(platform, Platform::WhatsApp | Platform::Sms)
}

/// Whether the platform has channels with buttons, so that approvers can decide there.
pub const fn has_buttons(platform: Platform) -> bool {
    particulars(platform).buttons
}

/// How long the secrets before the last change are still accepted.
pub const ROTATION: Span = Span::days(7);

/// What the connector says in one language. `{name}` stands for the person's name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Texts {
    /// To somebody who is not approved, once.
    pub onboarding: String,
    /// May be empty: then nothing is said.
    pub approval: String,
    pub rejection: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Connector {
    pub id: ConnectorId,
    pub platform: Platform,
    pub name: String,
    pub state: ConnectorState,
    /// Whether people who are not approved become access requests.
    pub onboarding: bool,
    pub mode: Mode,
    /// In which language people are written to whose own is not known.
    pub language: Language,
    /// By the language's tag; a language without any says nothing.
    pub texts: BTreeMap<String, Texts>,
    /// Plain settings by their names.
    pub settings: BTreeMap<String, String>,
    /// Where messages of approved people are passed on; empty: nowhere.
    pub agent: String,
    /// The channel for approvers; empty: none.
    pub channel: String,
    pub version: i64,
}

impl Connector {
    /// What the history says of it; no secret is among it.
    pub fn facts(&self) -> Facts {
        use changes::Field;
        vec![
            (Field::Name, self.name.clone()),
            (Field::Platform, self.platform.as_str().to_owned()),
            (Field::State, self.state.as_str().to_owned()),
            (Field::Onboarding, self.onboarding.to_string()),
            (Field::Mode, self.mode.as_str().to_owned()),
            (Field::Agent, self.agent.clone()),
            (Field::Channel, self.channel.clone()),
            (Field::Settings, json(&self.settings)),
            (Field::Language, self.language.tag().to_owned()),
            (Field::Texts, json(&self.texts)),
        ]
    }

    /// Those of its facts that a form holds.
    pub fn typed_facts(&self) -> Facts {
        use changes::Field;
        let mut facts = self.facts();
        facts.retain(|(field, _)| !matches!(field, Field::State | Field::Platform | Field::Mode));
        facts
    }

    /// Whether it names a template for after the time in which somebody may be answered by a text.
    pub fn has_template(&self) -> bool {
        self.platform == Platform::WhatsApp && self.settings.get("template").is_some_and(|t| !t.is_empty())
    }

    /// What it says to somebody: in their language if it has word_enum for it, else in its own.
    pub fn texts_for(&self, language: Option<Language>) -> Texts {
        let of = |language: Language| self.texts.get(language.tag()).filter(|t| **t != Texts::default());
        language
            .and_then(of)
            .or_else(|| of(self.language))
            .cloned()
            .unwrap_or_default()
    }
}

fn json(map: &impl Serialize) -> String {
    serde_json::to_string(map).unwrap_or_default()
}

/// The text with the person's name in its place; with nothing there, nor what leads to it, where
/// none is known.
pub fn filled(text: &str, name: Option<&str>) -> String {
    match name {
        Some(name) => text.replace("{name}", name),
        None => [", {name}", " {name}", "{name}"]
            .iter()
            .fold(text.to_owned(), |text, part| text.replace(part, ""))
            .trim_start()
            .to_owned(),
    }
}

/// A connector's name: 1 to 60 characters.
pub fn name(raw: &str) -> Result<String, Why> {
    text::required(raw, 60)
}

/// What a connector says: up to 1,000 characters.
pub fn said(raw: &str) -> Result<String, Why> {
    text::lines(raw, 1000)
}

/// A setting or a secret as typed: printable ASCII without spaces, up to 500 characters.
pub fn setting(raw: &str) -> Result<String, Why> {
    let value = text::line(raw, 500)?;
    if value.chars().all(|c| c.is_ascii_graphic()) {
        Ok(value)
    } else {
        Err(Why::OneWord)
    }
}

fn addressable(field: &PlatformField, value: String) -> Result<String, Why> {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | ':');
    if !field.in_address || value.chars().all(fits) {
        Ok(value)
    } else {
        Err(Why::NotAnId)
    }
}

/// Plain settings, and secrets: each by its name.
pub type Taken = (BTreeMap<String, String>, BTreeMap<String, String>);

/// The settings and secrets of a platform as typed. A secret that is left empty is not among the
/// result: where there is one already it stays, as `has_secrets` says.
pub fn settings(platform: Platform, typed: impl Fn(&str) -> String, has_secrets: bool) -> Result<Taken> {
    let mut faults = Faults::default();
    let (mut plain, mut secrets) = (BTreeMap::new(), BTreeMap::new());
    for field in fields(platform).iter().filter(|f| !f.made) {
        let Some(value) = faults.take(
            field.name,
            setting(&typed(field.name)).and_then(|v| addressable(field, v)),
        ) else {
            continue;
        };
        if value.is_empty() && !field.optional && !(field.secret && has_secrets) {
            faults.take::<()>(field.name, Err(Why::Missing));
        } else if !field.secret {
            plain.insert(field.name.to_owned(), value);
        } else if !value.is_empty() {
            secrets.insert(field.name.to_owned(), value);
        }
    }
    let is_empty = |name: &str| plain.get(name).is_none_or(String::is_empty);
    if !is_empty("template") && is_empty("template_language") {
        faults.take::<()>("template_language", Err(Why::Missing));
    }
    faults.check()?;
    Ok((plain, secrets))
}

/// How a connector has been doing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Health {
    pub last_event: Option<Time>,
    pub last_delivery: Option<Time>,
    pub last_failure: Option<Time>,
    pub problem: String,
    /// When a delivery was last refused, and why, as `chat::arrived::Refused` says it.
    pub last_refused: Option<(Time, String)>,
}

#[cfg(test)]
mod tests {
    use super::super::Error;
    use super::*;

    #[test]
    fn a_form_asks_exactly_what_a_platform_needs() {
        let none = |_: &str| String::new();
        for platform in Platform::ALL {
            let wanted = fields(platform).iter().filter(|f| !f.made && !f.optional).count();
            let Err(Error::Invalid(faults)) = settings(platform, none, false) else {
                panic!("{platform:?}")
            };
            assert_eq!(faults.len(), wanted, "{platform:?}");
            let typed = |name: &str| format!("x-{name}");
            let (plain, secret) = settings(platform, typed, false).unwrap();
            assert_eq!(
                plain.len() + secret.len(),
                fields(platform).iter().filter(|f| !f.made).count()
            );
        }
        assert!(
            settings(Platform::Slack, none, true).is_ok(),
            "secrets that are there stay"
        );
        assert_eq!(setting("a b"), Err(Why::OneWord));
    }

    #[test]
    fn texts_greet_by_name_where_there_is_one() {
        assert_eq!(
            filled("Hello {name}, welcome, {name}.", Some("Nia {name}")),
            "Hello Nia {name}, welcome, Nia {name}."
        );
        assert_eq!(
            (
                filled("Hello {name}, welcome, {name}.", None),
                filled("{name} hello", None)
            ),
            ("Hello, welcome.".into(), "hello".into())
        );
    }

    /// What is wrong with a form in which only this field is not `x`.
    fn faults(platform: Platform, name: &str, value: &str) -> Vec<(String, Why)> {
        let typed = |field: &str| {
            if field == name {
                value.to_owned()
            } else {
                "x".to_owned()
            }
        };
        match settings(platform, typed, true) {
            Err(Error::Invalid(faults)) => faults.into_iter().map(|f| (f.field.to_string(), f.why)).collect(),
            other => other.map(|_| Vec::new()).unwrap(),
        }
    }

    #[test]
    fn what_becomes_part_of_an_address_is_an_id() {
        for (platform, name) in [
            (Platform::Telegram, "bot_token"),
            (Platform::WhatsApp, "phone_number_id"),
            (Platform::Sms, "account_sid"),
        ] {
            for value in ["../1", "1/x", "1?a=b", "1#", "%2e", "1@a.example"] {
                assert_eq!(
                    faults(platform, name, value),
                    [(name.to_owned(), Why::NotAnId)],
                    "{value}"
                );
            }
            assert!(faults(platform, name, "123:AA_b-c").is_empty());
        }
    }

    #[test]
    fn a_template_needs_its_language() {
        assert_eq!(
            faults(Platform::WhatsApp, "template_language", ""),
            [("template_language".to_owned(), Why::Missing)]
        );
        assert!(
            faults(Platform::WhatsApp, "template", "").is_empty(),
            "a language without a template is of no account"
        );
    }
}
