//! Notices: which letter is owed to whom when something changes. The words are in `locales/`, the
//! delivery in `delivery::mail`.
use super::Time;
use super::account::{Email, Language};
use super::content_kind::ContentKind;
use super::ids::{AccountId, InvitationId, OrganisationId, RequestId, ResourceId};
use serde::{Deserialize, Serialize};

/// A letter owed, with everything its text needs but the secret of its link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Letter {
    /// To every administrator: somebody asks to join.
    RequestSubmitted {
        organisation: String,
        slug: String,
        request: RequestId,
        name: String,
        email: String,
        message: String,
    },
    /// To every administrator: somebody wrote to a connector and is not approved. `identifier`: as
    /// the platform identifies them.
    ContactAsks {
        organisation: String,
        slug: String,
        request: RequestId,
        name: String,
        identifier: String,
        connector: String,
        message: String,
        /// What was sent, where the message has no words.
        #[serde(default)]
        content: ContentKind,
    },
    /// To administrators, once a day: what came in between, as far as it still waits when the letter
    /// leaves. `requests`: a line for each, once it is written.
    RequestsDigest {
        organisation: String,
        slug: String,
        count: i64,
        requests: String,
        #[serde(default)]
        since: Time,
        #[serde(default)]
        until: Time,
    },
    /// To auditors, once a day: the newest seal of the organisation's history.
    SealHead {
        organisation: String,
        slug: String,
        seal: String,
    },
    /// To the invited person; the link's token is the letter's secret.
    Invitation {
        organisation: String,
        customer_number: String,
        inviter: String,
        /// How long the link works.
        #[serde(default = "one_day")]
        hours: i64,
    },
    /// About access to a resource: to whoever asked, decides, or has it.
    Access(Box<Access>),
    /// To a new member: what is where.
    Welcome {
        organisation: String,
        slug: String,
        customer_number: String,
        restricted: bool,
        /// The names of their roles, parted by commas.
        #[serde(default)]
        roles: String,
    },
    /// To a member: roles were given to them, or taken. Names, parted by commas; one may be empty.
    RolesChanged {
        organisation: String,
        slug: String,
        given: String,
        taken: String,
    },
    /// To administrators: somebody accepted and has no rights yet.
    WaitsForRights {
        organisation: String,
        slug: String,
        name: String,
        email: String,
    },
    /// To administrators: somebody accepted, without the roles that whoever invited them may no
    /// longer give.
    RolesWithheld {
        organisation: String,
        slug: String,
        account: AccountId,
        name: String,
        email: String,
        inviter: String,
        roles: String,
    },
    /// To administrators: a member has cancelled their own access.
    MemberLeft {
        organisation: String,
        slug: String,
        customer_number: String,
        name: String,
        email: String,
    },
    /// To the organisation: what a member has to say. `from`: their address.
    Feedback {
        organisation: String,
        customer_number: String,
        name: String,
        from: String,
        message: String,
    },
    /// To every member: the organisation closes in seven days.
    OrganisationCloses {
        organisation: String,
        customer_number: String,
        by: String,
        contact: String,
    },
    /// To every member: it does not.
    OrganisationStays {
        organisation: String,
        customer_number: String,
        slug: String,
    },
    /// To whoever waited for an answer of an organisation that is closed.
    RequestClosed { organisation: String },
    /// To the account's address: it is erased in seven days.
    AccountLeaves,
    /// To somebody who was removed from an organisation.
    Removed {
        organisation: String,
        customer_number: String,
        contact: String,
    },
    /// To a rejected requester, where the organisation wants it so; `contact` may be empty.
    RequestRejected { organisation: String, contact: String },
    /// To whoever asked to join: an administrator has canceled the request.
    RequestCanceled { organisation: String, reason: String },
    /// To a requester whose request nobody decided in time; `status`: the end of the address of
    /// their status page.
    RequestExpired { organisation: String, status: String },
    /// To whoever may change the settings: a verified domain's record is gone; `lapsed`: for so
    /// long that it counts no more.
    DomainMissing {
        organisation: String,
        slug: String,
        domain: String,
        record: String,
        lapsed: bool,
    },
    /// To whoever wants to sign up: a link that proves the address; secret: the token, made by the
    /// worker.
    SignUp,
    /// In its place to somebody who has an account already.
    SignUpKnown,
    /// To whoever asked to set a new password; secret: the token.
    PasswordReset,
    /// To the account's address after its password changed.
    PasswordChanged,
    /// To the new address; secret: the token.
    EmailProof { new: String },
    /// To the old address when a change was asked for.
    EmailChangeAsked { new: String },
    /// To the old address when the change is done.
    EmailChanged { new: String },
    /// To the account's address: the second factor was switched on or off.
    FactorChanged { on: bool },
    /// To the account's address: there are new recovery codes.
    CodesRenewed,
    /// To the account's address: another way to sign in was added or taken away. `way`: the name of
    /// the provider, or where it is in chat.
    WayInChanged { way: String, added: bool },
    /// To the address that an account and somebody at a provider share; secret: the token.
    LinkProof { way: String },
    /// To an address that counts no longer, as its provider says otherwise.
    EmailDropped { way: String },
}

/// What a letter about access to a resource says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Access {
    pub news: News,
    pub organisation: String,
    pub slug: String,
    pub request: RequestId,
    pub resource: ResourceId,
    pub resource_name: String,
    /// Whom it is for.
    pub name: String,
    /// Who decided, asked or answered; may be empty.
    pub by: String,
    /// A reason, a question or an answer, quoted; may be empty.
    pub text: String,
    pub next_steps: String,
    /// When the access ends.
    pub until: Option<Time>,
    /// Its reader was not asked to vote, and finds the request in the queue.
    #[serde(default)]
    pub in_queue: bool,
}

/// Which of the letters about access it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum News {
    /// To administrators: somebody asks; a step has come to them; nobody is there whom a step could ask;
    /// the request is in Error.
    Requested,
    Turn,
    Lacking,
    Broken,
    /// To approvers: a step has come to them; or still waits.
    Waits,
    Reminder,
    /// To approvers: an administrator has decided in their place.
    Overridden,
    /// To whoever asked and whom it is for.
    Granted,
    Denied,
    Canceled,
    Expired,
    /// Their question, and to whoever put it the answer.
    Question,
    Answer,
    /// To the holder of a grant: it ends soon; it has ended; somebody ended it.
    Ends,
    Ended,
    Revoked,
}

impl News {
    pub const ALL: [News; 16] = [
        News::Requested,
        News::Turn,
        News::Lacking,
        News::Broken,
        News::Waits,
        News::Reminder,
        News::Overridden,
        News::Granted,
        News::Denied,
        News::Canceled,
        News::Expired,
        News::Question,
        News::Answer,
        News::Ends,
        News::Ended,
        News::Revoked,
    ];
    fn key(self) -> &'static str {
        match self {
            News::Requested => "access-requested",
            News::Turn => "access-turn",
            News::Lacking => "access-lacking",
            News::Broken => "access-broken",
            News::Waits => "access-waits",
            News::Reminder => "access-reminder",
            News::Overridden => "access-overridden",
            News::Granted => "access-granted",
            News::Denied => "access-denied",
            News::Canceled => "access-canceled",
            News::Expired => "access-expired",
            News::Question => "access-question",
            News::Answer => "access-answer",
            News::Ends => "access-ends",
            News::Ended => "access-ended",
            News::Revoked => "access-revoked",
        }
    }
}

/// What letters of the version before said without a number.
fn one_day() -> i64 {
    24
}

impl Letter {
    /// The stem of its messages in `locales/`: `letter-…`.
    pub fn key(&self) -> &'static str {
        match self {
            Letter::RequestSubmitted { .. } => "request-submitted",
            Letter::ContactAsks { .. } => "contact-asks",
            Letter::RequestsDigest { .. } => "requests-digest",
            Letter::SealHead { .. } => "seal-head",
            Letter::Invitation { .. } => "invitation",
            Letter::Access(access) => access.news.key(),
            Letter::Welcome { .. } => "welcome",
            Letter::RolesChanged { .. } => "roles-changed",
            Letter::WaitsForRights { .. } => "waits-for-rights",
            Letter::RolesWithheld { .. } => "roles-withheld",
            Letter::MemberLeft { .. } => "member-left",
            Letter::Removed { .. } => "removed",
            Letter::Feedback { .. } => "feedback",
            Letter::OrganisationCloses { .. } => "organisation-closes",
            Letter::OrganisationStays { .. } => "organisation-stays",
            Letter::RequestClosed { .. } => "request-closed",
            Letter::AccountLeaves => "account-leaves",
            Letter::RequestRejected { .. } => "request-rejected",
            Letter::RequestCanceled { .. } => "request-canceled",
            Letter::RequestExpired { .. } => "request-expired",
            Letter::DomainMissing { lapsed: false, .. } => "domain-missing",
            Letter::DomainMissing { lapsed: true, .. } => "domain-lapsed",
            Letter::SignUp => "sign-up",
            Letter::SignUpKnown => "sign-up-known",
            Letter::PasswordReset => "password-reset",
            Letter::PasswordChanged => "password-changed",
            Letter::EmailProof { .. } => "email-proof",
            Letter::EmailChangeAsked { .. } => "email-change-asked",
            Letter::EmailChanged { .. } => "email-changed",
            Letter::FactorChanged { on: true } => "factor-on",
            Letter::FactorChanged { on: false } => "factor-off",
            Letter::CodesRenewed => "codes-renewed",
            Letter::WayInChanged { added: true, .. } => "way-in-added",
            Letter::WayInChanged { added: false, .. } => "way-in-removed",
            Letter::LinkProof { .. } => "link-proof",
            Letter::EmailDropped { .. } => "email-dropped",
        }
    }
}

impl Letter {
    /// What it is about, where the letters about that to one reader must keep their order; None: it
    /// stands for itself.
    pub fn thing(&self, organisation: Option<&OrganisationId>) -> Option<String> {
        match self {
            Letter::Access(access) => Some(access.resource.to_string()),
            Letter::RequestSubmitted { request, .. } | Letter::ContactAsks { request, .. } => {
                Some(request.to_string())
            }
            Letter::RequestsDigest { .. } => organisation.map(|o| format!("digest:{o}")),
            Letter::Invitation { .. }
            | Letter::Welcome { .. }
            | Letter::RolesChanged { .. }
            | Letter::Removed { .. }
            | Letter::OrganisationCloses { .. }
            | Letter::OrganisationStays { .. }
            | Letter::RequestClosed { .. }
            | Letter::RequestRejected { .. }
            | Letter::RequestCanceled { .. }
            | Letter::RequestExpired { .. } => organisation.map(ToString::to_string),
            Letter::DomainMissing { domain, .. } => Some(domain.clone()),
            Letter::AccountLeaves
            | Letter::PasswordChanged
            | Letter::EmailChangeAsked { .. }
            | Letter::EmailChanged { .. }
            | Letter::FactorChanged { .. }
            | Letter::CodesRenewed
            | Letter::WayInChanged { .. }
            | Letter::EmailDropped { .. } => Some("account".to_owned()),
            Letter::WaitsForRights { .. }
            | Letter::RolesWithheld { .. }
            | Letter::MemberLeft { .. }
            | Letter::Feedback { .. }
            | Letter::SealHead { .. }
            | Letter::SignUp
            | Letter::SignUpKnown
            | Letter::PasswordReset
            | Letter::EmailProof { .. }
            | Letter::LinkProof { .. } => None,
        }
    }

    /// Whether an older letter to the same reader about the same thing would only mislead beside
    /// this one: it says how things stood, and this one how they stand now.
    pub fn overtakes(&self, older: &Letter) -> bool {
        match (self, older) {
            (Letter::Access(newer), Letter::Access(older)) => {
                newer.name == older.name && newer.news.settles() && older.news.tells_standing()
            }
            (Letter::RequestsDigest { .. }, Letter::RequestsDigest { .. }) => true,
            _ => false,
        }
    }
}

impl News {
    /// Whether it says who has access now.
    fn settles(self) -> bool {
        matches!(self, News::Granted | News::Ended | News::Revoked)
    }

    /// Whether it is untrue once somebody has or has not access otherwise.
    fn tells_standing(self) -> bool {
        self.settles() || self == News::Ends
    }
}

/// A letter with its reader, ready to be owed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    pub to: Email,
    pub language: Language,
    pub letter: Letter,
    /// The reader's account, where there is one.
    pub account: Option<AccountId>,
    pub organisation: Option<OrganisationId>,
    /// What it is about, so that its delivery can be shown there.
    pub request: Option<RequestId>,
    pub invitation: Option<InvitationId>,
    /// The token of the letter's link, in the clear only until it is sealed.
    pub secret: Option<String>,
}

impl Notice {
    pub fn new(to: Email, language: Language, letter: Letter) -> Self {
        Self {
            to,
            language,
            letter,
            account: None,
            organisation: None,
            request: None,
            invitation: None,
            secret: None,
        }
    }
}
