//! What a browser hears of a change it asked for: done, or refused and why.
use crate::domain::Error;
use serde::{Deserialize, Serialize};

/// The answer to a change that was made.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Done {
    /// Where to go next, a path of this site; absent: where the form says.
    pub to: Option<String>,
    /// What is shown once and kept nowhere: a link, recovery codes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub shown: Vec<String>,
}

impl Done {
    pub fn to(path: &str) -> Self {
        Self {
            to: Some(path.to_owned()),
            shown: Vec::new(),
        }
    }
}

/// The answer to a change that was refused: the error, and its words in the caller's language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    pub error: Error,
    pub message: String,
    /// Fields that cannot be taken, each with the reason in words.
    pub fields: Vec<(String, String)>,
}
