//! Organisations: the tenants, their names in paths, their settings.
use super::account::Email;
use super::changes::{Facts, Field};
use super::ids::{AccountId, GroupId, OrganisationId};
use super::policy::proofs::Permitted;
use super::time::Span;
use super::{Error, Result, Time, Why, text};
use serde::{Deserialize, Serialize};

/// How long a request lives after its submission, where the organisation says nothing else.
pub const REQUEST_LIFE: Span = Span::days(30);

/// How long an invitation's link lives, where the organisation says nothing else.
pub const INVITATION_LIFE: Span = Span::days(1);

/// An organisation's name in paths: 2 to 40 of `a-z0-9-`, beginning and ending with a letter or
/// digit, not a reserved word.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Slug(String);

/// First segments of this site's own paths, now or later.
pub const RESERVED: [&str; 46] = [
    "about",
    "account",
    "accounts",
    "actions",
    "admin",
    "anteroom",
    "api",
    "app",
    "assets",
    "auth",
    "customers",
    "dev",
    "docs",
    "email",
    "error",
    "events",
    "favicon",
    "feedback",
    "files",
    "goodbye",
    "healthz",
    "help",
    "hooks",
    "invitations",
    "join",
    "legal",
    "live",
    "login",
    "logout",
    "metrics",
    "new",
    "oauth",
    "operator",
    "organisations",
    "pkg",
    "privacy",
    "public",
    "readyz",
    "requests",
    "reset",
    "robots",
    "settings",
    "setup",
    "signin",
    "signup",
    "waiting",
];

impl Slug {
    pub fn parse(raw: &str) -> Result<Self, Why> {
        let raw = raw.trim();
        if raw.is_empty() {
            return Err(Why::Missing);
        }
        let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
        let shaped = (2..=40).contains(&raw.len())
            && raw.bytes().all(|b| plain(b) || b == b'-')
            && !raw.starts_with('-')
            && !raw.ends_with('-');
        if !shaped {
            Err(Why::NotASlug)
        } else if RESERVED.contains(&raw) {
            Err(Why::SlugReserved)
        } else {
            Ok(Self(raw.to_owned()))
        }
    }
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Slug {
    type Error = Why;
    fn try_from(s: String) -> Result<Self, Why> {
        Self::parse(&s)
    }
}

impl From<Slug> for String {
    fn from(s: Slug) -> String {
        s.0
    }
}

impl std::fmt::Display for Slug {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// A tenant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Organisation {
    pub id: OrganisationId,
    pub slug: Slug,
    pub name: String,
    pub customer_number: String,
    /// Whether administrators must have a second factor before they may use their permissions here.
    pub demands_factor: bool,
    /// Whom people may ask who cannot get in: an address or a sentence; may be empty.
    pub admin_contact: String,
    /// Whom members may ask for help: an address, a page or a sentence; may be empty.
    pub support_contact: String,
    /// Whether a rejected join request is told by mail.
    pub tells_rejected: bool,
    pub requests: RequestRules,
    /// How long an invitation's link works.
    pub invitation_life: Span,
    /// How many invitations each administrator may send in a day of the organisation's time zone.
    pub invitations_a_day: i64,
    /// Name of a time zone, as `Europe/Zurich`.
    pub time_zone: String,
    pub created_at: Time,
    /// Where feedback goes; None: to whoever may change the settings.
    pub feedback_address: Option<Email>,
    /// From when on it is closed: nobody joins any more, and nobody is let in. May lie ahead.
    pub closes_at: Option<Time>,
    /// Who had it close.
    pub closed_by: Option<AccountId>,
    /// When what follows from closing was done.
    pub closed_at: Option<Time>,
    pub version: i64,
}

impl Organisation {
    /// A new one, with what is set where nobody has set anything else.
    pub fn new(id: OrganisationId, slug: Slug, name: String, customer_number: String, now: Time) -> Self {
        Self {
            id,
            slug,
            name,
            customer_number,
            demands_factor: false,
            admin_contact: String::new(),
            support_contact: String::new(),
            tells_rejected: false,
            requests: RequestRules::default(),
            invitation_life: INVITATION_LIFE,
            invitations_a_day: 50,
            time_zone: "UTC".into(),
            created_at: now,
            feedback_address: None,
            closes_at: None,
            closed_by: None,
            closed_at: None,
            version: 1,
        }
    }

    /// What the history says of its settings.
    pub fn facts(&self) -> Facts {
        let mut facts = vec![
            (Field::Name, self.name.clone()),
            (Field::CustomerNumber, self.customer_number.clone()),
            (Field::SecondFactorDemanded, self.demands_factor.to_string()),
            (Field::Contact, self.admin_contact.clone()),
            (Field::Support, self.support_contact.clone()),
            (Field::RejectionsTold, self.tells_rejected.to_string()),
            (
                Field::InvitationHours,
                count(self.invitation_life, Span::hours(1)),
            ),
            (Field::InvitationsADay, self.invitations_a_day.to_string()),
            (Field::TimeZone, self.time_zone.clone()),
            (
                Field::FeedbackTo,
                self.feedback_address
                    .as_ref()
                    .map_or_else(String::new, Email::to_string),
            ),
        ];
        facts.extend(self.requests.facts());
        facts
    }

    /// Whether people can still be let in, or why not.
    pub fn open(&self, now: Time) -> Result<()> {
        let closed = self.closed_at.is_some() || self.closes_at.is_some_and(|at| at <= now);
        if closed {
            Err(Error::Refused(Why::OrganisationClosed))
        } else {
            Ok(())
        }
    }

    /// Has it close after [`GRACE`].
    pub fn close(self, by: &Permitted, now: Time) -> Result<Self> {
        self.open(now)?;
        if self.closes_at.is_some() {
            return Err(Error::Refused(Why::ClosesAlready));
        }
        Ok(Self {
            closes_at: Some(now + GRACE),
            closed_by: Some(by.account().clone()),
            ..self
        })
    }

    /// Takes back that it is to close, as long as it has not.
    pub fn stay(self, now: Time) -> Result<Self> {
        self.open(now)?;
        if self.closes_at.is_none() {
            return Err(Error::Refused(Why::DoesNotClose));
        }
        Ok(Self {
            closes_at: None,
            closed_by: None,
            ..self
        })
    }
}

/// How long one may change one's mind: before an organisation closes, and before an account is
/// erased.
pub const GRACE: Span = Span::days(7);

pub fn name(raw: &str) -> Result<String, Why> {
    text::title(raw, 100, 10)
}

/// How many mails to people whom it names a young organisation may send in a day, for which the
/// operator does not vouch; None: as many as any other.
pub fn young_a_day(age: Span) -> Option<i64> {
    match age {
        age if age < Span::days(7) => Some(20),
        age if age < Span::days(30) => Some(100),
        _ => None,
    }
}

/// The same of all young organisations of one founder together.
pub const FOUNDER_A_DAY: i64 = 40;

/// Whom people may ask: up to 120 characters, may be empty.
pub fn contact(raw: &str) -> Result<String, Why> {
    text::line(raw, 120)
}

/// How long an invitation's link works, in hours: 1 to 720 (30 days).
pub fn invitation_life(hours: &str) -> Result<Span, Why> {
    hours
        .trim()
        .parse()
        .ok()
        .filter(|h| (1..=720).contains(h))
        .map(Span::hours)
        .ok_or(Why::NotInRange(1, 720))
}

/// What is settled about access requests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestRules {
    pub mails: Mails,
    /// Those of this group alone get the letters, as far as they decide requests; None: everybody
    /// who decides them.
    pub mails_group: Option<GroupId>,
    /// How long a request lives without anybody deciding.
    pub life: Span,
    /// How long a request is kept once it is decided; None: for ever.
    pub retention: Option<Span>,
}

/// How many whole units a span is.
fn count(span: Span, unit: Span) -> String {
    (span.0 / unit.0).to_string()
}

impl RequestRules {
    fn facts(&self) -> Facts {
        let (mails, next) = match self.mails {
            Mails::Never => ("never", String::new()),
            Mails::Each => ("each", String::new()),
            Mails::Daily { next, .. } => ("daily", next.rfc3339()),
        };
        let group = self.mails_group.as_ref().map(ToString::to_string);
        let retention = self.retention.map(|span| count(span, Span::days(1)));
        vec![
            (Field::RequestMails, mails.to_owned()),
            (Field::RequestMailsNext, next),
            (Field::RequestMailsGroup, group.unwrap_or_default()),
            (Field::RequestDays, count(self.life, Span::days(1))),
            (Field::RetentionDays, retention.unwrap_or_default()),
        ]
    }
}

impl Default for RequestRules {
    fn default() -> Self {
        Self {
            mails: Mails::Each,
            mails_group: None,
            life: REQUEST_LIFE,
            retention: None,
        }
    }
}

/// How whoever decides requests hears of new ones by mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mails {
    Never,
    /// Of each at once.
    Each,
    /// Once a day of all that are new since the last time.
    Daily {
        next: Time,
        since: Time,
    },
}

/// How long decided requests are kept, in days: 30 to 3650; empty: for ever.
pub fn retention(days: &str) -> Result<Option<Span>, Why> {
    let days = days.trim();
    let number = || {
        days.parse()
            .ok()
            .filter(|d| (30..=3650).contains(d))
            .map(Span::days)
    };
    if days.is_empty() {
        Ok(None)
    } else {
        number().map(Some).ok_or(Why::NotInRange(30, 3650))
    }
}

/// How long a request lives, in days: 1 to 365.
pub fn request_life(days: &str) -> Result<Span, Why> {
    days.trim()
        .parse()
        .ok()
        .filter(|d| (1..=365).contains(d))
        .map(Span::days)
        .ok_or(Why::NotInRange(1, 365))
}

/// How many invitations each administrator may send in a day: 1 to 20,000.
pub fn invitations_a_day(number: &str) -> Result<i64, Why> {
    number
        .trim()
        .parse()
        .ok()
        .filter(|n| (1..=20_000).contains(n))
        .ok_or(Why::NotInRange(1, 20_000))
}

/// The customer number: 1 to 40 characters, free in form; but it stands in mails to strangers, where a
/// link and a sentence are none.
pub fn customer_number(raw: &str) -> Result<String, Why> {
    text::label(raw, 40, 4)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs_are_short_plain_and_not_reserved() {
        assert!(Slug::parse("northlight-labs").is_ok());
        for bad in ["a", "A-b", "-ab", "ab-", "a_b", "a b", "ä-b", &"a".repeat(41)] {
            assert_eq!(Slug::parse(bad), Err(Why::NotASlug), "{bad}");
        }
        assert_eq!(Slug::parse("settings"), Err(Why::SlugReserved));
        assert!(RESERVED.is_sorted());
    }
}
