//! Accounts: who a person is, everywhere. Addresses, passwords, languages, second factor.
use super::changes::{Facts, Field};
use super::ids::AccountId;
use super::time::Span;
use super::word_enum::word_enum;
use super::{Time, Why, text};
use serde::{Deserialize, Serialize};

/// One mailbox, as typed, with the key by which it is compared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Email(String);

impl Email {
    /// Takes `local@domain`: before the `@` printable ASCII without quotes, commas, brackets or white
    /// space, so that no two letters that merely look or fold alike can name one mailbox
    /// (CVE-2019-19844); after it a [`text::domain`], which is kept in ASCII; at most 254 bytes.
    pub fn parse(raw: &str) -> Result<Self, Why> {
        if text::composes_to_ascii(raw) {
            return Err(Why::NotAnEmail);
        }
        let raw = text::kept(raw);
        if raw.is_empty() {
            return Err(Why::Missing);
        }
        if raw.len() > 254 {
            return Err(Why::TooLong(254));
        }
        if raw.chars().any(text::is_unseen) {
            return Err(Why::HasUnseenCharacters);
        }
        let (local, domain) = raw.split_once('@').ok_or(Why::NotAnEmail)?;
        let ascii = text::domain(domain).map_err(|_| Why::NotAnEmail)?;
        if !local_part_is_plain(local) {
            return Err(Why::NotAnEmail);
        }
        if domain.is_ascii() {
            return Ok(Self(raw));
        }
        let whole = format!("{local}@{ascii}");
        if whole.len() > 254 {
            return Err(Why::TooLong(254));
        }
        Ok(Self(whole))
    }
    /// As [`Email::parse`], of what a person types: wide letters are taken for those that they stand
    /// for. Never of what another system says, where they may be another mailbox.
    pub fn typed(raw: &str) -> Result<Self, Why> {
        Self::parse(&text::narrow(raw))
    }
    /// As it is shown: the domain in its own letters.
    pub fn shown(&self) -> String {
        text::shown(&self.0)
    }
    /// The address as its owner typed it; mail goes there.
    pub fn as_str(&self) -> &str {
        &self.0
    }
    /// The part after the `@`, in ASCII lower case.
    pub fn domain(&self) -> String {
        self.0.rsplit('@').next().unwrap_or_default().to_ascii_lowercase()
    }
    /// What two spellings of one mailbox share: ASCII lower case.
    pub fn key(&self) -> String {
        self.0.to_ascii_lowercase()
    }
}

fn local_part_is_plain(local: &str) -> bool {
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~.".contains(&b);
    !local.is_empty()
        && local.len() <= 64
        && local.bytes().all(allowed)
        && !local.starts_with('.')
        && !local.ends_with('.')
        && !local.contains("..")
}

impl TryFrom<String> for Email {
    type Error = Why;
    fn try_from(s: String) -> Result<Self, Why> {
        Self::parse(&s)
    }
}

impl From<Email> for String {
    fn from(e: Email) -> String {
        e.0
    }
}

impl std::fmt::Display for Email {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

word_enum! {
    /// The languages that `locales/` holds, by the names of its folders: BCP 47 tags of two
    /// letters.
    #[derive(Default)]
    Language {
        #[default]
        En = "en",
        De = "de",
    }
}

impl Language {
    pub fn tag(self) -> &'static str {
        self.as_str()
    }
    /// The language's name in itself.
    pub fn own_name(self) -> &'static str {
        match self {
            Language::En => "English",
            Language::De => "Deutsch",
        }
    }
    pub fn from_tag(tag: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|l| {
            tag.get(..2).is_some_and(|t| t.eq_ignore_ascii_case(l.tag()))
                && matches!(tag.as_bytes().get(2), None | Some(b'-'))
        })
    }
}

word_enum! {
    /// Light, dark, or as the system says.
    #[derive(Default)]
    Theme {
        #[default]
        System = "system",
        Light = "light",
        Dark = "dark",
    }
}

word_enum! {
    /// Who says that an address is the account's.
    ProvenBy {
        /// A link that was mailed to it was opened: it counts until it is changed.
        Mailbox = "mailbox",
        /// A provider: it counts for as long as an identity of the account there has it.
        Provider = "provider",
    }
}

/// How long a provider's word for an address counts after the sign-in at which it was given.
pub const PROVIDER_WORD: Span = Span::days(90);

/// A person's sign-in identity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    pub id: AccountId,
    pub email: Email,
    /// When the address was proven; only a proven one can be signed in with and found by.
    pub email_proven_at: Option<Time>,
    pub email_proven_by: ProvenBy,
    pub name: String,
    pub language: Language,
    /// IANA name, as `Europe/Berlin`.
    pub time_zone: String,
    pub theme: Theme,
    /// Whether single keys do things on pages that know any.
    pub keys: bool,
    /// PHC string of argon2id.
    pub password_hash: Option<String>,
    pub factor: Factor,
    pub created_at: Time,
    /// When it is to be erased, if its owner wants that.
    pub erases_at: Option<Time>,
    pub version: i64,
}

impl Account {
    /// What a form shows of the profile.
    pub fn profile_facts(&self) -> Facts {
        vec![
            (Field::Name, self.name.clone()),
            (Field::Language, self.language.tag().to_owned()),
            (Field::TimeZone, self.time_zone.clone()),
            (Field::Settings, format!("{} {}", self.theme.as_str(), self.keys)),
        ]
    }
}

/// The second factor: its TOTP secret is sealed with the instance key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Factor {
    Off,
    /// Begun, waiting for the first code.
    Begun {
        sealed: String,
    },
    /// `last_step`: the newest 30-second step whose code was used; it and older ones are spent.
    On {
        sealed: String,
        last_step: i64,
    },
}

impl Factor {
    pub fn is_on(&self) -> bool {
        matches!(self, Factor::On { .. })
    }
}

/// A person's name as they give it, 1 to 100 characters.
pub fn name(raw: &str) -> Result<String, Why> {
    text::title(raw, 100, 8)
}

pub const PASSWORD_MIN: usize = 8;
/// In bytes: generous for any sentence, small enough that hashing one is never an attack.
pub const PASSWORD_MAX: usize = 512;

/// The password's own shape. Whether it is a common one is asked of the list on the server.
pub fn password_shape(raw: &str) -> Result<(), Why> {
    if raw.is_empty() {
        Err(Why::Missing)
    } else if raw.chars().count() < PASSWORD_MIN {
        Err(Why::TooShort)
    } else if raw.len() > PASSWORD_MAX {
        Err(Why::PasswordTooLong)
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_one_plain_mailbox() {
        assert_eq!(
            Email::parse(" Mira.Okafor@Northlight.test ").map(|e| (e.as_str().to_owned(), e.key())),
            Ok((
                "Mira.Okafor@Northlight.test".into(),
                "mira.okafor@northlight.test".into()
            ))
        );
        // docs/security.md, rows 21 and 22: two mailboxes in one field, header injection, letters
        // that fold together.
        let bad = [
            "a@x.test,b@y.test",
            "a@x.test b@y.test",
            "a@x.test;b@y.test",
            "a@x.test\r\nBcc: b@y.test",
            "\"a b\"@x.test",
            "a@[127.0.0.1]",
            "a@127.0.0.1",
            "a@localhost",
            "m\u{131}ke@x.test",
            "a@\u{212a}.test",
            "a@x..test",
            ".a@x.test",
            "a..b@x.test",
            "a@",
            "@x.test",
            "a@-x.test",
            "<a@x.test>",
            "a@x.test@y.test",
        ];
        for b in bad {
            assert_eq!(Email::parse(b), Err(Why::NotAnEmail), "{b:?}");
        }
        assert_eq!(
            Email::parse(&format!("{}@x.test", "a".repeat(260))),
            Err(Why::TooLong(254))
        );
        assert_eq!(Email::parse(" "), Err(Why::Missing));
    }

    #[test]
    fn languages_are_found_by_tag() {
        assert_eq!(Language::from_tag("de-AT"), Some(Language::De));
        assert_eq!(Language::from_tag("DE"), Some(Language::De));
        assert_eq!(Language::from_tag("den"), None);
        assert_eq!(Language::from_tag("d"), None);
    }
}
