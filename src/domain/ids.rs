//! Identifiers: UUID v7 in lower-case text, one type for each noun, made outside (`desk::mint`).
use serde::{Deserialize, Serialize};

/// Says whether `s` is a hyphenated lower-case UUID, the only form that is stored and accepted.
pub fn is_uuid(s: &str) -> bool {
    s.len() == 36
        && s.bytes().enumerate().all(|(i, b)| match i {
            8 | 13 | 18 | 23 => b == b'-',
            _ => b.is_ascii_digit() || (b'a'..=b'f').contains(&b),
        })
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
        impl TryFrom<String> for $name {
            type Error = crate::domain::Error;
            /// Anything but a UUID is an id that nothing has: not found.
            fn try_from(s: String) -> Result<Self, Self::Error> {
                if is_uuid(&s) { Ok(Self(s)) } else { Err(crate::domain::Error::NotFound) }
            }
        }
        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.0
            }
        }
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }
    )+};
}

ids! {
    AccountId, SessionId, OrganisationId, RoleId, RequestId, InvitationId, DomainId, TokenId, EventId,
    LetterId, ExportId, GroupId, LinkId, FileId, FlowId, ResourceId,
    GrantId, QuestionId, JobId, ConnectorId, ContactId,
}

impl RequestId {
    /// The short form people read to each other: the last two groups' ends of the id, `7f3a-91c2`.
    pub fn short(&self) -> String {
        format!("{}-{}", &self.0[28..32], &self.0[32..36])
    }
}
