//! A value as somebody gave it, with the place where they did.
use crate::config::refusal::{SettingProblem, ValueOrigin};

/// A value as somebody wrote it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Given {
    pub text: String,
    pub origin: ValueOrigin,
}

impl Given {
    pub fn problem(self, key: &str, message: impl Into<String>) -> SettingProblem {
        SettingProblem {
            key: key.to_owned(),
            origin: self.origin,
            message: message.into(),
        }
    }
}
