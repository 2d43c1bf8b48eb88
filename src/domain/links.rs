//! How an organisation is found at sign-up: by the organisation that people have at their provider,
//! or by the domain of their address.
use crate::domain::changes::{Facts, Field};
use crate::domain::ids::{AccountId, DomainId, InvitationId, OrganisationId};
use crate::domain::time::Span;
use crate::domain::{Error, Result, Time, Why, text};

/// An organisation of a provider whose people may ask to join.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderLink {
    /// The provider's id in the configuration.
    pub provider: String,
    pub provider_organisation: String,
    pub organisation: OrganisationId,
    /// Who proved it by their own sign-in.
    pub linked_by: AccountId,
    pub linked_at: Time,
}

impl ProviderLink {
    /// What the history says of it.
    pub fn facts(&self) -> Facts {
        provider_facts(&self.provider, &self.provider_organisation)
    }
}

/// What the history says of a provider's organisation.
pub fn provider_facts(provider: &str, theirs: &str) -> Facts {
    vec![
        (Field::Provider, provider.to_owned()),
        (Field::ProviderOrganisation, theirs.to_owned()),
    ]
}

/// How old the sign-in may be that proves a provider's organisation.
pub const PROOF_LIFE: Span = Span::hours(1);

/// A [`text::domain`].
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct DomainName(String);

impl DomainName {
    pub fn parse(raw: &str) -> Result<Self, Why> {
        if text::composes_to_ascii(raw) {
            return Err(Why::NotADomain);
        }
        let name = text::narrow(&text::kept(raw));
        let name = name.trim_end_matches('.').trim_start_matches('@');
        if name.is_empty() {
            Err(Why::Missing)
        } else {
            text::domain(name).map(Self)
        }
    }
    /// As it is shown: in its own letters.
    pub fn shown(&self) -> String {
        text::shown(&self.0)
    }
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for DomainName {
    type Error = Why;
    fn try_from(s: String) -> Result<Self, Why> {
        Self::parse(&s)
    }
}

impl std::fmt::Display for DomainName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// How often a verified domain's record is looked for again.
pub const RECHECK: Span = Span::days(1);
/// How long a verified domain stays so without its record, so that a slip of the hand locks nobody
/// out.
pub const PATIENCE: Span = Span::days(3);

/// A domain that an organisation claims, and has proven or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Domain {
    pub id: DomainId,
    pub organisation: OrganisationId,
    pub name: DomainName,
    /// The text that the record must hold.
    pub challenge: String,
    pub added_at: Time,
    pub verified_at: Option<Time>,
    pub checked_at: Option<Time>,
    /// Since when a verified domain's record has not been there.
    pub missing_since: Option<Time>,
    pub version: i64,
}

/// What a check of a domain's record came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CheckedDomain {
    /// Verified now, for the first time or again.
    Verified,
    /// Verified before, and still.
    Holds,
    /// Not there; a verified domain stays so for a while.
    Missing,
    /// Not there for too long: verified no more.
    Lapsed,
}

impl Domain {
    /// The name of the TXT record.
    pub fn record(&self) -> String {
        format!("_anteroom.{}", self.name)
    }

    /// What the record must hold.
    pub fn proof(&self) -> String {
        format!("anteroom-verification={}", self.challenge)
    }

    /// The domain after its record was looked for, and what that came to. `texts`: what stands in
    /// the records of that name.
    pub fn check(self, texts: &[String], now: Time) -> (Self, CheckedDomain) {
        let found = texts.iter().any(|t| t.trim() == self.proof());
        let checked = Self {
            checked_at: Some(now),
            ..self
        };
        match (found, checked.verified_at, checked.missing_since) {
            (true, Some(_), _) => (
                Self {
                    missing_since: None,
                    ..checked
                },
                CheckedDomain::Holds,
            ),
            (true, None, _) => (
                Self {
                    verified_at: Some(now),
                    missing_since: None,
                    ..checked
                },
                CheckedDomain::Verified,
            ),
            (false, Some(_), Some(since)) if now >= since + PATIENCE => (
                Self {
                    verified_at: None,
                    missing_since: None,
                    ..checked
                },
                CheckedDomain::Lapsed,
            ),
            (false, Some(_), since) => (
                Self {
                    missing_since: since.or(Some(now)),
                    ..checked
                },
                CheckedDomain::Missing,
            ),
            (false, None, _) => (checked, CheckedDomain::Missing),
        }
    }
}

/// How a request's author was matched with the organisation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Their organisation at this provider is linked.
    Provider(String),
    /// Their proven address is in this verified domain.
    Domain(String),
    /// Was invited before: the link that ran out was theirs.
    Invitation(InvitationId),
    /// From a version that did not write it down.
    Unknown,
}

impl Origin {
    /// The stored form.
    pub fn words(&self) -> String {
        match self {
            Origin::Provider(id) => format!("provider:{id}"),
            Origin::Domain(name) => format!("domain:{name}"),
            Origin::Invitation(id) => format!("invitation:{id}"),
            Origin::Unknown => String::new(),
        }
    }
    pub fn parse(words: &str) -> Option<Self> {
        match words.split_once(':') {
            Some(("provider", id)) => Some(Origin::Provider(id.to_owned())),
            Some(("domain", name)) => Some(Origin::Domain(name.to_owned())),
            Some(("invitation", id)) => InvitationId::try_from(id.to_owned()).ok().map(Origin::Invitation),
            None if words.is_empty() => Some(Origin::Unknown),
            _ => None,
        }
    }
}

/// The newest sign-in must be fresh to prove a provider's organisation.
pub fn fresh(seen_at: Time, now: Time) -> Result<()> {
    if now < seen_at + PROOF_LIFE {
        Ok(())
    } else {
        Err(Error::Refused(Why::ProofTooOld))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn domain() -> Domain {
        let id = |n: u8| format!("0192d3a0-0000-7000-8000-00000000000{n}");
        Domain {
            id: id(1).try_into().unwrap(),
            organisation: id(2).try_into().unwrap(),
            name: DomainName::parse("@Northlight.test.").unwrap(),
            challenge: "abc".into(),
            added_at: Time(0),
            verified_at: None,
            checked_at: None,
            missing_since: None,
            version: 1,
        }
    }

    #[test]
    fn a_domain_is_verified_by_its_record_and_lapses_only_after_a_while() {
        let proof = [" anteroom-verification=abc ".to_owned(), "v=spf1 -all".into()];
        let (new, said) = domain().check(&["anteroom-verification=abcd".into()], Time(1));
        assert_eq!((said, new.verified_at), (CheckedDomain::Missing, None));
        let (there, said) = new.check(&proof, Time(2));
        assert_eq!(
            (said, there.verified_at),
            (CheckedDomain::Verified, Some(Time(2)))
        );
        let (gone, said) = there.check(&[], Time(3));
        assert_eq!(
            (said, gone.verified_at, gone.missing_since),
            (CheckedDomain::Missing, Some(Time(2)), Some(Time(3)))
        );
        let (back, said) = gone.clone().check(&proof, Time(4));
        assert_eq!((said, back.missing_since), (CheckedDomain::Holds, None));
        let (still, said) = gone.check(&[], Time(3) + PATIENCE - Span(1));
        assert_eq!(
            (said, still.missing_since),
            (CheckedDomain::Missing, Some(Time(3)))
        );
        let (lapsed, said) = still.check(&[], Time(3) + PATIENCE);
        assert_eq!((said, lapsed.verified_at), (CheckedDomain::Lapsed, None));
    }

    #[test]
    fn domains_are_plain() {
        assert_eq!(domain().record(), "_anteroom.northlight.test");
        for bad in ["localhost", "a..b", "-a.test", "a.test/x", "a b.test", "1.2.3.4"] {
            assert_eq!(DomainName::parse(bad), Err(Why::NotADomain), "{bad}");
        }
    }

    #[test]
    fn origins_survive_storage() {
        for origin in [
            Origin::Provider("webex".into()),
            Origin::Domain("a.test".into()),
            Origin::Invitation(domain().id.to_string().try_into().unwrap()),
            Origin::Unknown,
        ] {
            assert_eq!(Origin::parse(&origin.words()), Some(origin));
        }
        assert_eq!(Origin::parse("elsewhere:x"), None);
    }
}
