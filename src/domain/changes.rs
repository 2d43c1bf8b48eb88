//! What an event changed: fields with stable names, each as it was before and as it is after. Words
//! and values are what programs may rely on; how people read the names is said in their language.
use super::word_enum::word_enum;
use serde::{Deserialize, Serialize};

word_enum! {
    /// The closed list of fields; the word is stored. Ids are written as ids, instants as RFC 3339,
    /// spans in the unit that the word names, yes and no as `true` and `false`, several words or
    /// ids parted by spaces, several names by commas.
    Field {
        Agent = "agent",
        Answer = "answer",
        /// `everyone`, or the ids of roles and groups.
        Audience = "audience",
        Channel = "channel",
        Contact = "contact",
        Support = "support",
        CustomerNumber = "customer_number",
        Days = "days",
        Delegate = "delegate",
        Department = "department",
        Description = "description",
        Domain = "domain",
        Email = "email",
        EndsAt = "ends_at",
        /// Why a message or a call did not arrive.
        Failure = "failure",
        FeedbackTo = "feedback_to",
        File = "file",
        Flow = "flow",
        From = "from",
        Hook = "hook",
        Icon = "icon",
        /// For whom somebody voted who is away.
        InsteadOf = "instead_of",
        /// How long an invitation's link works.
        InvitationHours = "invitation_hours",
        InvitationsADay = "invitations_a_day",
        JobTitle = "job_title",
        Language = "language",
        Link = "link",
        Manager = "manager",
        Member = "member",
        Message = "message",
        /// What a request lacks to go on.
        Missing = "missing",
        Mode = "mode",
        Name = "name",
        Onboarding = "onboarding",
        Override = "override",
        Owner = "owner",
        Permissions = "permissions",
        /// Who it is at a chat platform.
        Person = "person",
        Platform = "platform",
        /// The place in a list, from 1.
        Position = "position",
        /// Why a request cannot go on.
        Problem = "problem",
        Provider = "provider",
        ProviderOrganisation = "provider_organisation",
        Question = "question",
        Reason = "reason",
        ReasonRequired = "reason_required",
        RejectionsTold = "rejections_told",
        /// The names of secrets that were replaced, never their values.
        Replaced = "replaced",
        /// How long a request lives.
        RequestDays = "request_days",
        RequestMails = "request_mails",
        RequestMailsGroup = "request_mails_group",
        RequestMailsNext = "request_mails_next",
        /// A resource's name.
        Resource = "resource",
        /// How long decided requests are kept.
        RetentionDays = "retention_days",
        /// A role's name.
        Role = "role",
        RoleId = "role_id",
        /// The names of several roles.
        Roles = "roles",
        /// As JSON.
        Rules = "rules",
        SecondFactorDemanded = "second_factor_demanded",
        /// As JSON.
        Settings = "settings",
        Standing = "standing",
        State = "state",
        /// From 1.
        Step = "step",
        /// As JSON.
        Texts = "texts",
        TimeZone = "time_zone",
        Title = "title",
        Until = "until",
        Verdict = "verdict",
        /// The number of a flow's version.
        Version = "version",
    }
}

/// What is known of something: its fields with their values. An empty value is none.
pub type Facts = Vec<(Field, String)>;

/// Those facts that are of these fields.
pub fn of(facts: Facts, fields: &[Field]) -> Facts {
    facts.into_iter().filter(|(f, _)| fields.contains(f)).collect()
}

/// A field that differs. A side without a value is None.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    pub field: Field,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
}

/// The fields that differ, in the order of the facts.
pub fn between(before: &[(Field, String)], after: &[(Field, String)]) -> Vec<Change> {
    let value = |facts: &[(Field, String)], field: Field| {
        let found = facts.iter().find(|(f, _)| *f == field);
        found.map(|(_, v)| v.clone()).filter(|v| !v.is_empty())
    };
    let gone = |field: &Field| after.iter().all(|(f, _)| f != field);
    let fields = after.iter().chain(before.iter().filter(|(f, _)| gone(f)));
    fields
        .map(|(field, _)| Change {
            field: *field,
            before: value(before, *field),
            after: value(after, *field),
        })
        .filter(|c| c.before != c.after)
        .collect()
}

/// What there is now and was not before.
pub fn made(facts: impl Into<Facts>) -> Vec<Change> {
    between(&[], &facts.into())
}

/// What there was and is no more.
pub fn gone(facts: impl Into<Facts>) -> Vec<Change> {
    between(&facts.into(), &[])
}

/// One field that was one thing and is another.
pub fn turned(field: Field, before: impl Into<String>, after: impl Into<String>) -> Vec<Change> {
    between(&[(field, before.into())], &[(field, after.into())])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(name: &str, owner: &str) -> Facts {
        vec![(Field::Name, name.into()), (Field::Owner, owner.into())]
    }

    #[test]
    fn what_is_the_same_is_no_change() {
        assert_eq!(between(&facts("A", "x"), &facts("A", "x")), vec![]);
        assert_eq!(
            between(&facts("A", "x"), &facts("B", "x")),
            turned(Field::Name, "A", "B")
        );
        assert_eq!(turned(Field::Name, "A", "A"), vec![]);
    }

    #[test]
    fn a_side_without_a_value_is_none() {
        let taken = Change {
            field: Field::Owner,
            before: Some("x".into()),
            after: None,
        };
        assert_eq!(between(&facts("A", "x"), &facts("A", "")), vec![taken]);
        assert_eq!(made(facts("A", "")), turned(Field::Name, "", "A"));
        assert_eq!(
            gone(facts("A", "x"))
                .into_iter()
                .map(|c| (c.field, c.before.unwrap_or_default(), c.after))
                .collect::<Vec<_>>(),
            [(Field::Name, "A".into(), None), (Field::Owner, "x".into(), None)]
        );
    }

    #[test]
    fn words_are_plain_and_stand_for_one_field_each() {
        for field in Field::ALL {
            assert_eq!(Field::parse(field.as_str()), Some(field));
            assert!(
                field
                    .as_str()
                    .bytes()
                    .all(|b| b.is_ascii_lowercase() || b == b'_')
            );
        }
    }
}
