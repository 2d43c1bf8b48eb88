//! The words people read: the only reader of `locales/`, and how dates are said in a language and a
//! time zone.
use crate::domain::account::Language;
use crate::domain::content_kind::ContentKind;
use crate::domain::time::Span;
use crate::domain::{Error, Time, Why, delivery_failure};
use chrono::Locale;
use fluent_templates::fluent_bundle::FluentValue;
use fluent_templates::{LanguageIdentifier, Loader as _, static_loader};
use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::LazyLock;

static_loader! {
    static LOCALES = {
        locales: "./locales",
        fallback_language: "en",
        // Direction marks around every name would be copied along with it; names are free of
        // direction marks themselves.
        customise: |bundle| bundle.set_use_isolating(false),
    };
}

static TAGS: LazyLock<HashMap<&'static str, LanguageIdentifier>> = LazyLock::new(|| {
    Language::ALL
        .into_iter()
        .filter_map(|l| Some((l.tag(), l.tag().parse().ok()?)))
        .collect()
});

/// How each language writes an instant: pages are full of them, and the words say it in text.
static DATES: LazyLock<Vec<(Language, Locale, String)>> = LazyLock::new(|| {
    let of = |language: Language| {
        let words = Words(language);
        let locale = words.say("date-locale").parse().unwrap_or(Locale::POSIX);
        (language, locale, words.say("date-format"))
    };
    Language::ALL.map(of).into()
});

/// The words of one language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Words(pub Language);

impl Words {
    /// The message with this key.
    pub fn say(self, key: &str) -> String {
        self.look_up(key, None)
    }

    /// The message with its placeholders filled; numbers choose the plural.
    pub fn tell(self, key: &str, args: &[(&'static str, &dyn Said)]) -> String {
        let args: HashMap<Cow<'static, str>, FluentValue<'_>> = args
            .iter()
            .map(|(name, value)| (Cow::Borrowed(*name), value.said()))
            .collect();
        self.look_up(key, Some(&args))
    }

    fn look_up(self, key: &str, args: Option<&HashMap<Cow<'static, str>, FluentValue<'_>>>) -> String {
        let said = TAGS
            .get(self.0.tag())
            .and_then(|tag| LOCALES.try_lookup_complete(tag, key, args));
        said.unwrap_or_else(|| {
            tracing::error!(key, language = self.0.tag(), "a message is missing");
            key.to_owned()
        })
    }

    /// What a person wrote, or the kind of what they sent without words; empty: nothing at all.
    pub fn written(self, message: &str, content: ContentKind) -> String {
        if message.is_empty() && content != ContentKind::Text {
            return self.say(&format!("chat-content-{}", content.as_str()));
        }
        message.to_owned()
    }

    /// An error in words that a person can use.
    pub fn explain(self, error: &Error, now: Time) -> String {
        match error {
            Error::AlreadyDecided { by, at, .. } => {
                self.tell(&error.key(), &[("by", by), ("when", &self.ago(*at, now))])
            }
            Error::AskAgainLater { at } => self.tell(&error.key(), &[("when", &self.ago(*at, now))]),
            Error::DayIsFull { most, at } => {
                self.tell(&error.key(), &[("most", most), ("when", &self.ago(*at, now))])
            }
            Error::Refused(why) => self.reason(*why),
            Error::OtherPerson { name } => self.tell(&error.key(), &[("name", name)]),
            Error::Outdated { by, at, fields, .. } => {
                let name = |word: &String| self.say(&format!("field-{}", word.replace('_', "-")));
                let names: Vec<String> = fields.iter().map(name).collect();
                let by = if by.is_empty() {
                    self.say("outdated-somebody")
                } else {
                    by.clone()
                };
                self.tell(
                    &error.key(),
                    &[
                        ("by", &by),
                        ("when", &self.ago(*at, now)),
                        ("fields", &names.join(", ")),
                    ],
                )
            }
            Error::TooManyTries { wait_seconds } => {
                let when = self.ago(now + Span::seconds(*wait_seconds), now);
                self.tell(&error.key(), &[("when", &when)])
            }
            other => self.say(&other.key()),
        }
    }

    /// As [`Words::explain`], where no field stands beside it: the reason itself.
    pub fn explain_alone(self, error: &Error, now: Time) -> String {
        match error {
            Error::Invalid(faults) => faults
                .first()
                .map_or_else(|| self.explain(error, now), |f| self.reason(f.why)),
            other => self.explain(other, now),
        }
    }

    /// A reason beside a field.
    pub fn reason(self, why: Why) -> String {
        match why {
            Why::TooLong(max) => self.tell(&why.key(), &[("max", &i64::from(max))]),
            Why::NotInRange(min, max) => {
                self.tell(&why.key(), &[("min", &i64::from(min)), ("max", &i64::from(max))])
            }
            why => self.say(&why.key()),
        }
    }

    /// Why something did not reach its reader.
    pub fn undelivered(self, why: &str) -> String {
        delivery_failure::ours(why).map_or_else(
            || why.to_owned(),
            |(key, what)| self.tell(key, &[("what", &what)]),
        )
    }

    /// How long ago or ahead `at` is, seen from `now`: "4 minutes ago", "in 2 days".
    pub fn ago(self, at: Time, now: Time) -> String {
        let seconds = (now.0 - at.0) / 1000;
        // What lies ahead is rounded: a link that works for a day does so for 24 hours when it was
        // just made. What is past is counted whole.
        let half = i64::from(seconds < 0);
        let (key, n) = match seconds.abs() {
            0..45 => return self.say(if seconds >= 0 { "time-now" } else { "time-soon" }),
            s @ 45..3600 => ("minutes", (s + 30) / 60),
            s @ 3600..86_400 => ("hours", (s + half * 1800) / 3600),
            s => ("days", (s + half * 43_200) / 86_400),
        };
        let direction = if seconds >= 0 { "past" } else { "ahead" };
        self.tell(&format!("time-{key}-{direction}"), &[("n", &n)])
    }

    /// The exact instant in a time zone, with the zone: "22 November 2026, 09:41 CET".
    pub fn exact(self, at: Time, zone: &str) -> String {
        let zone: chrono_tz::Tz = zone.parse().unwrap_or(chrono_tz::UTC);
        let instant = at.utc().with_timezone(&zone);
        let written = DATES.iter().find(|(language, ..)| *language == self.0);
        written.map_or_else(String::new, |(_, locale, format)| {
            instant.format_localized(format, *locale).to_string()
        })
    }
}

/// A value that may stand in a message.
pub trait Said {
    fn said(&self) -> FluentValue<'_>;
}

impl Said for String {
    fn said(&self) -> FluentValue<'_> {
        FluentValue::from(self.as_str())
    }
}

impl Said for &str {
    fn said(&self) -> FluentValue<'_> {
        FluentValue::from(*self)
    }
}

impl Said for i64 {
    fn said(&self) -> FluentValue<'_> {
        FluentValue::from(*self)
    }
}
