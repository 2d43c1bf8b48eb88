//! Notices: which letter is owed to whom when something changes. The words are in `locales/`, the delivery in `post`.
use super::account::{Email, Language};
use super::ids::{AccountId, InvitationId, OrganisationId, RequestId};
use serde::{Deserialize, Serialize};

/// A letter owed, with everything its text needs but the secret of its link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Letter {
    /// To every administrator: somebody asks to join.
    RequestSubmitted { organisation: String, slug: String, request: RequestId, name: String, email: String, message: String },
    /// To the invited person; the link's token is the letter's secret.
    Invitation {
        organisation: String,
        customer_number: String,
        inviter: String,
        /// How long the link works.
        #[serde(default = "one_day")]
        hours: i64,
    },
    /// To a new member: what is where.
    Welcome { organisation: String, slug: String, customer_number: String, restricted: bool },
    /// To administrators: somebody accepted and has no rights yet.
    WaitsForRights { organisation: String, slug: String, name: String, email: String },
    /// To administrators: somebody accepted, without the roles that whoever invited them may no longer give.
    RolesWithheld { organisation: String, slug: String, account: AccountId, name: String, email: String, inviter: String, roles: String },
    /// To administrators: a member has cancelled their own access.
    MemberLeft { organisation: String, slug: String, customer_number: String, name: String, email: String },
    /// To the organisation: what a member has to say. `from`: their address.
    Feedback { organisation: String, customer_number: String, name: String, from: String, message: String },
    /// To every member: the organisation closes in seven days.
    OrganisationCloses { organisation: String, customer_number: String, by: String, contact: String },
    /// To every member: it does not.
    OrganisationStays { organisation: String, customer_number: String, slug: String },
    /// To whoever waited for an answer of an organisation that is closed.
    RequestClosed { organisation: String },
    /// To the account's address: it is erased in seven days.
    AccountLeaves,
    /// To somebody who was removed from an organisation.
    Removed { organisation: String, customer_number: String, contact: String },
    /// To a rejected requester, where the organisation wants it so; `contact` may be empty.
    RequestRejected { organisation: String, contact: String },
    /// To a requester whose request nobody decided in time; `status`: the end of the address of their status page.
    RequestExpired { organisation: String, status: String },
    /// To whoever may change the settings: a verified domain's record is gone; `lapsed`: for so long that it counts no more.
    DomainMissing { organisation: String, slug: String, domain: String, record: String, lapsed: bool },
    /// To whoever wants to sign up: a link that proves the address; secret: the token, made by the worker.
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
            Letter::Invitation { .. } => "invitation",
            Letter::Welcome { .. } => "welcome",
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
        }
    }
}

/// A letter with its reader, ready for the outbox.
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
    /// The token of the letter's link, in the clear only until it is sealed for the outbox.
    pub secret: Option<String>,
}

impl Notice {
    pub fn new(to: Email, language: Language, letter: Letter) -> Self {
        Self { to, language, letter, account: None, organisation: None, request: None, invitation: None, secret: None }
    }
}
