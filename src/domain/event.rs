//! Events: what the history says. A row holds ids, type, time and a digest; the detail is apart, so
//! that it can be erased.
use super::changes::Change;
use super::ids::{AccountId, OrganisationId};
use super::word_enum::word_enum;
use serde::{Deserialize, Deserializer, Serialize};

/// One entry to write. `detail` is stored as JSON; it may hold personal data and can be erased
/// later.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    pub organisation: Option<OrganisationId>,
    /// Whose account it concerns, for the chain of an account's own sign-ins and changes.
    pub account: Option<AccountId>,
    /// Who did it; None for the clock, the operator and strangers.
    pub actor: Option<AccountId>,
    pub what: What,
    /// The id of the thing it happened to.
    pub object: String,
    pub detail: Detail,
}

/// The facts around an event.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Detail {
    /// What it was, in entries from before there were `changes`; read, and never written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
    /// What it is, in such entries.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    #[serde(default, deserialize_with = "known", skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<Change>,
    /// What administrators write for each other; shown nowhere but in Insights.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notes: Option<String>,
    /// Where from: the network address as far as it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
}

/// The changes of fields that this version knows: while servers are exchanged for newer ones, those
/// may write others already, which hide nothing of the rest.
fn known<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<Change>, D::Error> {
    let all = Vec::<serde_json::Value>::deserialize(from)?;
    Ok(all
        .into_iter()
        .filter_map(|c| serde_json::from_value(c).ok())
        .collect())
}

impl Detail {
    /// What it was, in a line: each field by its stable word, or what an old entry says.
    pub fn was(&self) -> Option<String> {
        self.before.clone().or_else(|| self.side(|c| c.before.as_deref()))
    }

    /// What it is, in a line.
    pub fn is(&self) -> Option<String> {
        self.after.clone().or_else(|| self.side(|c| c.after.as_deref()))
    }

    fn side<'a>(&'a self, value: impl Fn(&'a Change) -> Option<&'a str>) -> Option<String> {
        let said: Vec<String> = self
            .changes
            .iter()
            .filter_map(|c| value(c).map(|v| format!("{}: {v}", c.field.as_str())))
            .collect();
        Some(said.join("; ")).filter(|s| !s.is_empty())
    }
}

impl From<Vec<Change>> for Detail {
    fn from(changes: Vec<Change>) -> Self {
        Self {
            changes,
            ..Self::default()
        }
    }
}

word_enum! {
    /// The parts of the product by which the history is filtered: the word in addresses, and in the
    /// keys of the names.
    Service {
        Directory = "directory",
        Requests = "requests",
        Invitations = "invitations",
        Connectors = "connectors",
        SignIn = "sign-in",
        Settings = "settings",
    }
}

impl What {
    /// Where it belongs; None for what concerns an account alone and no organisation.
    pub fn service(self) -> Option<Service> {
        match self.as_str().split('.').next()? {
            "member" | "role" | "group" | "resource" | "flow" => Some(Service::Directory),
            "request" | "grant" | "delegation" => Some(Service::Requests),
            "invitation" | "letter" => Some(Service::Invitations),
            "connector" | "contact" => Some(Service::Connectors),
            "signin" | "factor" => Some(Service::SignIn),
            "organisation" | "provider" | "domain" | "faq" | "link" | "feedback" => Some(Service::Settings),
            _ => None,
        }
    }
}

word_enum! {
    /// The closed list of event types; the word is stored.
    What {
        OrganisationCreated = "organisation.created",
        OrganisationChanged = "organisation.changed",
        OrganisationCloses = "organisation.closes",
        OrganisationStays = "organisation.stays",
        OrganisationClosed = "organisation.closed",
        OrganisationExported = "organisation.exported",
        FaqChanged = "faq.changed",
        LinkAdded = "link.added",
        LinkChanged = "link.changed",
        LinkRemoved = "link.removed",
        FeedbackGiven = "feedback.given",
        ProviderLinked = "provider.linked",
        ProviderUnlinked = "provider.unlinked",
        DomainAdded = "domain.added",
        DomainVerified = "domain.verified",
        DomainLapsed = "domain.lapsed",
        DomainRemoved = "domain.removed",
        RequestSubmitted = "request.submitted",
        RequestApproved = "request.approved",
        RequestDenied = "request.denied",
        RequestCanceled = "request.canceled",
        RequestExpired = "request.expired",
        RequestAllowedAgain = "request.allowed_again",
        RequestVoted = "request.voted",
        RequestMissing = "request.missing_data",
        RequestResumed = "request.resumed",
        RequestBroken = "request.error",
        RequestRetried = "request.retried",
        RequestMoved = "request.moved",
        RequestChanged = "request.changed",
        RequestReminded = "request.reminded",
        RequestEscalated = "request.escalated",
        RequestQuestioned = "request.questioned",
        RequestAnswered = "request.answered",
        RequestProvisioning = "request.provisioning",
        RequestDeleted = "request.deleted",
        RequestOverridden = "request.overridden",
        GrantMade = "grant.made",
        GrantExtended = "grant.extended",
        GrantEnded = "grant.ended",
        HookFailed = "grant.hook_failed",
        DelegationSet = "delegation.set",
        DelegationEnded = "delegation.ended",
        ResourceCreated = "resource.created",
        ResourceChanged = "resource.changed",
        ResourceDeleted = "resource.deleted",
        FlowCreated = "flow.created",
        FlowChanged = "flow.changed",
        FlowDeleted = "flow.deleted",
        InvitationSent = "invitation.sent",
        InvitationRenewed = "invitation.renewed",
        InvitationAccepted = "invitation.accepted",
        InvitationDeleted = "invitation.deleted",
        InvitationChanged = "invitation.changed",
        RolesWithheld = "invitation.roles_withheld",
        MemberJoined = "member.joined",
        MemberChanged = "member.changed",
        MemberRemoved = "member.removed",
        MemberLeft = "member.left",
        MemberSignedOut = "member.signed_out",
        RoleCreated = "role.created",
        RoleChanged = "role.changed",
        RoleDeleted = "role.deleted",
        GroupCreated = "group.created",
        GroupChanged = "group.changed",
        GroupDeleted = "group.deleted",
        GroupJoined = "group.joined",
        GroupLeft = "group.left",
        RoleGiven = "role.given",
        RoleTaken = "role.taken",
        AccountCreated = "account.created",
        AccountChanged = "account.changed",
        PasswordChanged = "password.changed",
        EmailChangeAsked = "email.change_asked",
        EmailChanged = "email.changed",
        FactorOn = "factor.on",
        FactorOff = "factor.off",
        CodesRenewed = "factor.codes_renewed",
        IdentityLinked = "identity.linked",
        IdentityUnlinked = "identity.unlinked",
        EmailDropped = "email.dropped",
        SignedIn = "signin.succeeded",
        SignInFailed = "signin.failed",
        SignedOut = "signin.ended",
        ResetAsked = "password.reset_asked",
        LetterTriedAgain = "letter.tried_again",
        ConnectorCreated = "connector.created",
        ConnectorChanged = "connector.changed",
        ConnectorDeleted = "connector.deleted",
        ContactChanged = "contact.changed",
        ContactLinked = "contact.linked",
        ContactUndelivered = "contact.undelivered",
        AccountLeaves = "account.leaves",
        AccountStays = "account.stays",
        AccountErased = "account.erased",
    }
}

#[cfg(test)]
mod tests {
    use super::super::changes::{self, Field};
    use super::*;

    #[test]
    fn new_details_are_lists_of_changes() {
        let detail = Detail::from(changes::between(
            &[(Field::Name, "A".into()), (Field::Permissions, "x".into())],
            &[(Field::Name, "B".into()), (Field::Permissions, "x y".into())],
        ));
        let written = serde_json::to_string(&detail).unwrap();
        let name = r#"{"field":"name","before":"A","after":"B"}"#;
        let permissions = r#"{"field":"permissions","before":"x","after":"x y"}"#;
        assert_eq!(written, format!(r#"{{"changes":[{name},{permissions}]}}"#));
        assert_eq!(serde_json::from_str::<Detail>(&written).unwrap(), detail);
        assert_eq!(detail.was().as_deref(), Some("name: A; permissions: x"));
        assert_eq!(detail.is().as_deref(), Some("name: B; permissions: x y"));
        assert_eq!(serde_json::to_string(&Detail::default()).unwrap(), "{}");
        assert_eq!((Detail::default().was(), Detail::default().is()), (None, None));
    }

    #[test]
    fn fields_of_a_later_version_hide_nothing() {
        let newer = r#"{"changes":[{"field":"of_tomorrow","after":"x"},{"field":"name","after":"A"}]}"#;
        let detail: Detail = serde_json::from_str(newer).unwrap();
        assert_eq!(detail.changes, changes::turned(Field::Name, "", "A"));
    }

    #[test]
    fn old_details_say_what_they_said() {
        let old = r#"{"before":"A (1)","after":"B (1)","place":"192.0.2.7"}"#;
        let detail: Detail = serde_json::from_str(old).unwrap();
        assert_eq!(
            (detail.was().as_deref(), detail.is().as_deref()),
            (Some("A (1)"), Some("B (1)"))
        );
        assert!(detail.changes.is_empty());
        assert_eq!(serde_json::to_string(&detail).unwrap(), old);
    }
}
