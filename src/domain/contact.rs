//! Contacts: people who write to a connector, and where they stand with the organisation.
use super::account::Language;
use super::changes::{Facts, Field};
use super::connector::{Platform, is_by_number};
use super::ids::{AccountId, ConnectorId, ContactId, OrganisationId};
use super::time::Span;
use crate::domain::word_enum::word_enum;
use crate::domain::{Error, Result, Time, Why, delivery_failure};

word_enum! {
    /// Where somebody stands.
    ContactStanding {
        /// Not approved yet.
        Onboarding = "onboarding",
        Active = "active",
        /// As onboarding: a further message asks again, at most once a day.
        Rejected = "rejected",
        /// Nothing that they write makes a request.
        Blocked = "blocked",
    }
}

impl ContactStanding {
    /// Who is listed with those who stand so: whoever was rejected is in onboarding still, and a further
    /// message of theirs asks again.
    pub fn listed(self) -> &'static [Self] {
        match self {
            Self::Onboarding => &[Self::Onboarding, Self::Rejected],
            Self::Active => &[Self::Active],
            Self::Rejected => &[Self::Rejected],
            Self::Blocked => &[Self::Blocked],
        }
    }
}

/// A telephone number that was silent for so long may be another person's: no number is given to
/// somebody else sooner.
pub const NUMBER_SILENCE: Span = Span::days(45);

/// How long after a request the same person's messages make no other.
pub const PAUSE: Span = Span::days(1);

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contact {
    pub id: ContactId,
    pub organisation: OrganisationId,
    pub connector: ConnectorId,
    /// The platform's identity: a user's id there, or a telephone number.
    pub person: String,
    /// The label beside it; the identity where there is none.
    pub name: String,
    pub conversation: String,
    /// What an answer needs.
    pub route: String,
    pub language: Option<Language>,
    pub standing: ContactStanding,
    /// The member whose channel it is.
    pub member: Option<AccountId>,
    /// Since when that is proven by the member; else an administrator noted it, which gives no
    /// right.
    pub proven_at: Option<Time>,
    pub messages: i64,
    pub last_message_at: Time,
    pub onboarded_at: Option<Time>,
    pub asked_at: Option<Time>,
    pub passed_on: i64,
    pub unreachable: String,
    pub created_at: Time,
    pub version: i64,
}

impl Contact {
    /// Whether a message makes a request, where none is open.
    pub fn may_ask(&self, now: Time) -> bool {
        let pauses = self.asked_at.is_some_and(|at| now < at + PAUSE);
        matches!(
            self.standing,
            ContactStanding::Onboarding | ContactStanding::Rejected
        ) && !pauses
    }

    /// Is told the onboarding message, once.
    pub fn greet(self, now: Time) -> Option<Self> {
        if self.onboarded_at.is_none() {
            Some(Self {
                onboarded_at: Some(now),
                ..self
            })
        } else {
            None
        }
    }

    /// The member who has proven that it is theirs.
    pub fn proven_by(&self) -> Option<&AccountId> {
        self.proven_at.and(self.member.as_ref())
    }

    /// Whether whoever writes now may be another person than the member who proved that it is
    /// theirs: a telephone number that was silent for long. `at`: when they write.
    pub fn may_have_passed_on(&self, platform: Platform, at: Time) -> bool {
        let seen = self.proven_at.map(|proven| proven.max(self.last_message_at));
        is_by_number(platform) && seen.is_some_and(|seen| at >= seen + NUMBER_SILENCE)
    }

    /// Who it is and where they stand, as the history says it.
    pub fn facts(&self) -> Facts {
        vec![
            (Field::Name, self.name.clone()),
            (Field::Person, self.person.clone()),
            (Field::Standing, self.standing.as_str().to_owned()),
        ]
    }

    /// Whether somebody asked to be sent nothing more, and has not written since.
    pub fn has_opted_out(&self) -> bool {
        self.unreachable == delivery_failure::OPTED_OUT
    }

    /// Comes to stand otherwise.
    pub fn put(self, standing: ContactStanding) -> Result<Self> {
        if self.standing == standing {
            Err(Error::Refused(Why::StandsSoAlready))
        } else {
            Ok(Self { standing, ..self })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contact(standing: ContactStanding, asked_at: Option<Time>) -> Contact {
        let id = |n: u8| format!("0192d3a0-0000-7000-8000-0000000000{n:02x}");
        Contact {
            id: id(1).try_into().unwrap(),
            organisation: id(2).try_into().unwrap(),
            connector: id(3).try_into().unwrap(),
            person: "U1".into(),
            name: "Nia Verne".into(),
            conversation: "D1".into(),
            route: "D1".into(),
            language: None,
            standing,
            member: None,
            proven_at: None,
            messages: 1,
            last_message_at: Time(0),
            onboarded_at: None,
            asked_at,
            passed_on: 0,
            unreachable: String::new(),
            created_at: Time(0),
            version: 1,
        }
    }

    #[test]
    fn one_asks_at_most_once_a_day_and_never_when_blocked() {
        let day = Time(Span::days(1).0);
        assert!(contact(ContactStanding::Onboarding, None).may_ask(Time(0)));
        assert!(!contact(ContactStanding::Rejected, Some(Time(0))).may_ask(Time(day.0 - 1)));
        assert!(contact(ContactStanding::Rejected, Some(Time(0))).may_ask(day));
        assert!(
            !contact(ContactStanding::Blocked, None).may_ask(day)
                && !contact(ContactStanding::Active, None).may_ask(day)
        );
        let greeted = contact(ContactStanding::Onboarding, None).greet(day).unwrap();
        assert_eq!(greeted.greet(day), None, "once");
        assert_eq!(
            contact(ContactStanding::Active, None).put(ContactStanding::Active),
            Err(Error::Refused(Why::StandsSoAlready))
        );
    }
}
