//! The one closed error that crosses the wire. Its words for people are in `locales/`, found by
//! [`Error::key`].
use super::Time;
use serde::{Deserialize, Serialize};

pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why something was refused or failed, without any secret or cause in it (those are in the log).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Error {
    /// It does not exist, or you may not know that it does.
    NotFound,
    SignInRequired,
    /// The session waits for its second factor.
    SecondFactorDue,
    /// The organisation demands a second factor of its administrators, and this one has none.
    SecondFactorDemanded,
    Forbidden,
    /// Fields that cannot be taken, each with the reason.
    Invalid(Vec<Fault>),
    /// Somebody was quicker: who, what, when.
    AlreadyDecided {
        by: String,
        verdict: crate::domain::verdict::Verdict,
        at: Time,
    },
    /// The thing changed since it was read.
    Stale,
    /// A form shows what somebody has changed since: who (may be unknown, then empty), when, which
    /// fields, and the tags of how they are now.
    Outdated {
        by: String,
        at: Time,
        fields: Vec<String>,
        seen: String,
    },
    /// A page was drawn for somebody else than whoever is signed in by now, by name.
    OtherPerson {
        name: String,
    },
    /// The same press has done it before.
    DoneAlready,
    /// A rule says no.
    Refused(Why),
    TooManyTries {
        wait_seconds: i64,
    },
    /// Today's invitations of this administrator are sent; more may be from that instant on.
    DayIsFull {
        most: i64,
        at: Time,
    },
    /// A rejected person may ask again only from this instant on.
    AskAgainLater {
        at: Time,
    },
    Malformed,
    TooLarge,
    UnsupportedMedia,
    /// A part that is needed (database, provider) does not answer now.
    Unavailable,
    Internal,
}

/// One field that cannot be taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// The field's name in the form.
    pub field: String,
    pub why: Why,
}

/// The closed list of reasons. Each has words under `why-…` in `locales/`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    Missing,
    /// More than this many characters.
    TooLong(u16),
    /// No whole number from the first to the second.
    NotInRange(u16, u16),
    TooShort,
    HasControlCharacters,
    /// Marks that nobody sees, as copying brings them along.
    HasUnseenCharacters,
    /// A link, a sentence or a telephone number where a name should be.
    NotAName,
    NotAnEmail,
    NotADomain,
    NotASlug,
    SlugReserved,
    SlugTaken,
    UnknownTimeZone,
    UnknownChoice,
    PasswordTooCommon,
    PasswordTooLong,
    WrongPassword,
    WrongCode,
    SignInFailed,
    ConfirmAgain,
    LinkUsed,
    LinkExpired,
    LinkDead,
    OtherAccount,
    AddressTaken,
    AddressUnproven,
    /// Neither a member has proven it, nor is its domain verified.
    AddressOfNobody,
    AlreadyMember,
    AlreadyAsked,
    OwnRequest,
    NotPending,
    NotRejected,
    FactorAlreadyOn,
    FactorNotOn,
    FactorDemanded,
    ProviderDenied,
    ProviderUnreachable,
    ProviderFailed,
    AttemptGone,
    MailIsConfigured,
    NoProviderOrganisation,
    ProofTooOld,
    ConsumerOrganisation,
    FreeMailDomain,
    AlreadyLinked,
    DomainTaken,
    RecordNotFound,
    ResolverUnreachable,
    LastAdministrator,
    OrganisationClosed,
    AlreadyInvited,
    InvitationWaits,
    IsMember,
    OtherPersonThere,
    /// Somebody has an account with the address that a provider vouches for.
    AddressHeld,
    LastWayIn,
    /// The address of whoever asked counts no longer.
    RequesterUnproven,
    /// The invitation answers what another account asked, which had the address then.
    AskedByAnother,
    RequestIsOpen,
    MoreThanYouHold,
    NameTaken,
    BuiltIn,
    OwnManager,
    OwnMembership,
    ManagerCircle,
    UnknownRole,
    UnknownPerson,
    SeveralPeople,
    TooManyLetters,
    NoRows,
    NotATable,
    TooManyRows,
    ChoiceNeeded,
    LinkStillWorks,
    NotTheNumber,
    NotAllowedHere,
    NotAWebAddress,
    OneWord,
    NotAnId,
    NotAPdf,
    OneOfTwo,
    FileTooLarge,
    TooManyLinks,
    ClosesAlready,
    DoesNotClose,
    LeavesAlready,
    DoesNotLeave,
    NotYourAddress,
    StillAMember,
    MoreThanThereAre,
    GrantIsOver,
    NotInError,
    GroupStillGone,
    RoleStillGone,
    HookStillRefuses,
    NobodyIsAsked,
    NotAsked,
    HasItAlready,
    NotTheirManager,
    NobodyCanAsk,
    NothingPicked,
    TooManyPicked,
    RemindedToday,
    EndsBeforeItBegins,
    OwnDelegate,
    NotADay,
    MayNotVote,
    ResourceGone,
    StandsSoAlready,
    PlatformRefused,
    ContactBlocked,
}

impl Error {
    pub fn field(field: &str, why: Why) -> Self {
        Error::Invalid(vec![Fault {
            field: field.into(),
            why,
        }])
    }

    /// The HTTP status that says the same.
    pub fn status(&self) -> u16 {
        match self {
            Error::NotFound => 404,
            Error::SignInRequired | Error::SecondFactorDue => 401,
            Error::SecondFactorDemanded | Error::Forbidden => 403,
            Error::Invalid(_) => 422,
            Error::AlreadyDecided { .. }
            | Error::AskAgainLater { .. }
            | Error::Stale
            | Error::Outdated { .. }
            | Error::OtherPerson { .. }
            | Error::DoneAlready
            | Error::Refused(_) => 409,
            Error::TooManyTries { .. } | Error::DayIsFull { .. } => 429,
            Error::Malformed => 400,
            Error::TooLarge => 413,
            Error::UnsupportedMedia => 415,
            Error::Unavailable => 503,
            Error::Internal => 500,
        }
    }

    /// The message in `locales/` that words it.
    pub fn key(&self) -> String {
        match self {
            Error::Refused(why) => why.key(),
            Error::AlreadyDecided { verdict, .. } => format!("error-already-{}", verdict.as_str()),
            other => format!("error-{}", other.word()),
        }
    }

    fn word(&self) -> &'static str {
        match self {
            Error::NotFound => "not-found",
            Error::SignInRequired => "sign-in-required",
            Error::SecondFactorDue => "second-factor-due",
            Error::SecondFactorDemanded => "second-factor-demanded",
            Error::Forbidden => "forbidden",
            Error::Invalid(_) => "invalid",
            Error::AlreadyDecided { .. } => "already",
            Error::Stale => "stale",
            Error::Outdated { .. } => "outdated",
            Error::OtherPerson { .. } => "other-person",
            Error::DoneAlready => "done-already",
            Error::Refused(_) => "refused",
            Error::TooManyTries { .. } => "too-many-tries",
            Error::AskAgainLater { .. } => "ask-again-later",
            Error::DayIsFull { .. } => "day-is-full",
            Error::Malformed => "malformed",
            Error::TooLarge => "too-large",
            Error::UnsupportedMedia => "unsupported-media",
            Error::Unavailable => "unavailable",
            Error::Internal => "internal",
        }
    }
}

impl Why {
    /// The message in `locales/`: `why-` and the name with hyphens.
    pub fn key(self) -> String {
        let mut key = String::from("why");
        for c in format!("{self:?}").chars().take_while(|c| *c != '(') {
            if c.is_ascii_uppercase() {
                key.push('-');
            }
            key.push(c.to_ascii_lowercase());
        }
        key
    }
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.key())
    }
}

impl std::error::Error for Error {}

/// Gathers faults of several fields, so that a form names all of them at once.
#[derive(Default)]
pub struct Faults(Vec<Fault>);

impl Faults {
    /// The value, or None with the fault kept.
    pub fn take<T>(&mut self, field: &str, value: Result<T, Why>) -> Option<T> {
        value
            .map_err(|why| {
                self.0.push(Fault {
                    field: field.into(),
                    why,
                })
            })
            .ok()
    }
    /// `Err(Invalid)` if there was any fault.
    pub fn check(self) -> Result<()> {
        if self.0.is_empty() {
            Ok(())
        } else {
            Err(Error::Invalid(self.0))
        }
    }
    /// The whole, if every part could be taken.
    pub fn done<T>(self, whole: Option<T>) -> Result<T> {
        self.check()?;
        whole.ok_or(Error::Malformed)
    }
}

impl std::fmt::Display for Why {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.key())
    }
}
