//! Drafts: what a failed form without scripts held, kept a few minutes so that the page can show it
//! again with the reason.
use super::Error;
use super::time::Span;
use serde::{Deserialize, Serialize};

/// How long a draft is kept.
pub const LIFE: Span = Span::minutes(15);

/// The failed form: where it was posted, why it was refused, what was typed (never secrets).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    /// The action's path, as `/actions/sign_in`.
    pub action: String,
    pub error: Option<Error>,
    pub fields: Vec<(String, String)>,
}

/// Fields whose content is never kept.
pub fn is_secret(field: &str) -> bool {
    ["password", "code", "token", "secret"]
        .iter()
        .any(|s| field.contains(s))
}

impl Draft {
    /// What was typed into `field` of the form that posts to `action`.
    pub fn typed(&self, action: &str, field: &str) -> Option<&str> {
        (self.action == action)
            .then(|| {
                self.fields
                    .iter()
                    .find(|(f, _)| f == field)
                    .map(|(_, v)| v.as_str())
            })
            .flatten()
    }
}
