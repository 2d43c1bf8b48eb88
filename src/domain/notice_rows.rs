//! Who is told what and when: a row for each letter, from which docs/notices.md is made.
use super::notice::{Letter, News};

/// What docs/notices.md says of a letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoticeRow {
    pub to: &'static str,
    pub when: &'static str,
    /// What keeps it from leaving; empty: nothing does.
    pub unless: &'static str,
}

const fn row(to: &'static str, when: &'static str, unless: &'static str) -> NoticeRow {
    NoticeRow { to, when, unless }
}

const DECIDERS: &str = "whoever decides requests, or those of the group that is set";
const MAILS_OFF: &str = "e-mails for new requests are off, or daily";
const TOLD_OFF: &str = "e-mails for new requests are off";
const NO_LONGER: &str = "it is decided by then";
const ASKER: &str = "whoever asked, and whom it is for";
const OWN: &str = "the account's address";

impl Letter {
    /// Who gets it, when, and what keeps it back.
    pub fn row(&self) -> NoticeRow {
        match self {
            Letter::RequestSubmitted { .. } => row(DECIDERS, "somebody asks to join", MAILS_OFF),
            Letter::ContactAsks { .. } => {
                row(DECIDERS, "somebody who is not approved writes in chat", MAILS_OFF)
            }
            Letter::RequestsDigest { .. } => row(
                DECIDERS,
                "each morning at eight, where new requests wait",
                "e-mails are not daily",
            ),
            Letter::SealHead { .. } => row(
                "whoever reads the history",
                "once a day",
                "there is nothing new in it",
            ),
            Letter::Invitation { .. } => {
                row("the invited address", "an invitation is sent, or sent again", "")
            }
            Letter::Access(access) => access.news.row(),
            Letter::Welcome { .. } => row("the new member", "somebody becomes a member", ""),
            Letter::RolesChanged { .. } => row(
                "the member",
                "somebody else gives them roles, or takes some",
                "it is their own doing",
            ),
            Letter::WaitsForRights { .. } => row(
                "whoever manages members",
                "somebody accepts an invitation that gives no rights",
                "",
            ),
            Letter::RolesWithheld { .. } => row(
                "administrators",
                "somebody accepts an invitation with roles that its sender may no longer give",
                "",
            ),
            Letter::MemberLeft { .. } => row("administrators", "a member cancels their own access", ""),
            Letter::Feedback { .. } => row(
                "the feedback address, or whoever changes the settings",
                "a member sends feedback",
                "",
            ),
            Letter::OrganisationCloses { .. } => {
                row("every member", "an administrator has the organisation close", "")
            }
            Letter::OrganisationStays { .. } => row("every member", "closing is called off", ""),
            Letter::RequestClosed { .. } => row(
                "whoever waited for an answer",
                "the organisation has closed",
                "they asked by chat",
            ),
            Letter::AccountLeaves => row(OWN, "somebody has their account deleted", ""),
            Letter::Removed { .. } => row("whoever was removed", "an administrator removes a member", ""),
            Letter::RequestRejected { .. } => row(
                "whoever asked to join",
                "the request is rejected",
                "the organisation does not want it told",
            ),
            Letter::RequestCanceled { .. } => row(
                "whoever asked to join",
                "an administrator cancels the request",
                "",
            ),
            Letter::RequestExpired { .. } => row("whoever asked to join", "nobody decided in time", ""),
            Letter::DomainMissing { lapsed, .. } => row(
                "whoever changes the settings",
                if *lapsed {
                    "a verified domain's record has been missing for three days"
                } else {
                    "a verified domain's record is missing"
                },
                "",
            ),
            Letter::SignUp => row(
                "the typed address",
                "somebody signs up",
                "a letter left ten minutes ago",
            ),
            Letter::SignUpKnown => row(
                "the typed address",
                "somebody signs up with the address of an account",
                "a letter left ten minutes ago",
            ),
            Letter::PasswordReset => row(
                "the typed address",
                "somebody asks to set a new password",
                "a letter left ten minutes ago",
            ),
            Letter::PasswordChanged => row(OWN, "its password is changed", ""),
            Letter::EmailProof { .. } => row("the new address", "somebody asks to change their address", ""),
            Letter::EmailChangeAsked { .. } => {
                row("the old address", "somebody asks to change their address", "")
            }
            Letter::EmailChanged { .. } => row("the old address", "the new one is proven", ""),
            Letter::FactorChanged { .. } => row(OWN, "the second factor is switched on or off", ""),
            Letter::CodesRenewed => row(OWN, "new recovery codes are made", ""),
            Letter::WayInChanged { .. } => row(OWN, "a way to sign in is added or taken away", ""),
            Letter::LinkProof { .. } => row(
                "the address that both have",
                "somebody comes by a provider with the address of an account",
                "",
            ),
            Letter::EmailDropped { .. } => row(
                "the address that counts no longer",
                "a provider gives the address to somebody else",
                "",
            ),
        }
    }
}

impl Letter {
    /// The name of the organisation in whose name it is written; None: it is the account's own affair.
    pub fn organisation(&self) -> Option<&str> {
        match self {
            Letter::Access(access) => Some(&access.organisation),
            Letter::RequestSubmitted { organisation, .. }
            | Letter::ContactAsks { organisation, .. }
            | Letter::RequestsDigest { organisation, .. }
            | Letter::SealHead { organisation, .. }
            | Letter::Invitation { organisation, .. }
            | Letter::Welcome { organisation, .. }
            | Letter::RolesChanged { organisation, .. }
            | Letter::WaitsForRights { organisation, .. }
            | Letter::RolesWithheld { organisation, .. }
            | Letter::MemberLeft { organisation, .. }
            | Letter::Feedback { organisation, .. }
            | Letter::OrganisationCloses { organisation, .. }
            | Letter::OrganisationStays { organisation, .. }
            | Letter::RequestClosed { organisation }
            | Letter::Removed { organisation, .. }
            | Letter::RequestRejected { organisation, .. }
            | Letter::RequestCanceled { organisation, .. }
            | Letter::RequestExpired { organisation, .. }
            | Letter::DomainMissing { organisation, .. } => Some(organisation),
            Letter::AccountLeaves
            | Letter::SignUp
            | Letter::SignUpKnown
            | Letter::PasswordReset
            | Letter::PasswordChanged
            | Letter::EmailProof { .. }
            | Letter::EmailChangeAsked { .. }
            | Letter::EmailChanged { .. }
            | Letter::FactorChanged { .. }
            | Letter::CodesRenewed
            | Letter::WayInChanged { .. }
            | Letter::LinkProof { .. }
            | Letter::EmailDropped { .. } => None,
        }
    }
}

impl News {
    fn row(self) -> NoticeRow {
        match self {
            News::Requested => row(DECIDERS, "somebody asks for a resource", MAILS_OFF),
            News::Turn => row(
                DECIDERS,
                "a later step of a flow comes to the administrators",
                TOLD_OFF,
            ),
            News::Lacking => row(DECIDERS, "nobody is there whom a step could ask", TOLD_OFF),
            News::Broken => row(DECIDERS, "a request is in Error", TOLD_OFF),
            News::Waits => row(
                "whoever a step asks",
                "the step begins, or they come to be asked",
                NO_LONGER,
            ),
            News::Reminder => row(
                "whoever a step asks and has not voted",
                "the flow's days are over, or the requester reminds them",
                NO_LONGER,
            ),
            News::Overridden => row("whoever was asked", "an administrator decides in their place", ""),
            News::Granted => row(ASKER, "access is granted", "it has ended by then"),
            News::Denied => row(ASKER, "the request is denied", ""),
            News::Canceled => row(ASKER, "the request is canceled", ""),
            News::Expired => row(ASKER, "nobody decided in time", ""),
            News::Question => row(ASKER, "an approver or administrator asks back", NO_LONGER),
            News::Answer => row("whoever put the question", "it is answered", ""),
            News::Ends => row(
                "whoever has the access",
                "a week, a day and an hour before it ends",
                "it has ended or was extended",
            ),
            News::Ended => row(
                "whoever has had the access",
                "its days are over",
                "they have it again",
            ),
            News::Revoked => row(
                "whoever has had the access",
                "somebody ends it",
                "they have it again",
            ),
        }
    }
}
