//! What a failed post of a form left behind, shown where it was typed.
use super::form::Form;
use crate::domain::Error;
use crate::domain::draft::Draft;

impl Form<'_> {
    /// What a failed post of this very form left behind.
    fn draft(&self) -> Option<&Draft> {
        let same = |d: &&Draft| {
            self.about
                .as_ref()
                .is_none_or(|(name, value)| d.typed(&self.action, name) == Some(value.as_str()))
        };
        self.call
            .draft
            .as_ref()
            .filter(|d| d.action == self.action)
            .filter(same)
    }

    pub(super) fn error(&self) -> Option<&Error> {
        self.draft().and_then(|d| d.error.as_ref())
    }

    pub(super) fn typed(&self, name: &str) -> Option<&str> {
        self.draft().and_then(|d| d.typed(&self.action, name))
    }

    pub(super) fn fault(&self, name: &str) -> (bool, String) {
        let reason = match self.error() {
            Some(Error::Invalid(faults)) => faults
                .iter()
                .find(|f| f.field == name)
                .map(|f| self.call.words().reason(f.why)),
            _ => None,
        };
        (reason.is_some(), reason.unwrap_or_default())
    }

    /// The ids of a field and of its fault, unlike those of other forms on the page.
    pub(super) fn ids(&self, name: &str) -> (String, String) {
        let about = self
            .about
            .as_ref()
            .map_or_else(String::new, |(_, value)| format!("{value}-"));
        let stem = format!(
            "{}-{about}{name}",
            self.action.rsplit('/').next().unwrap_or_default()
        );
        (stem.clone(), format!("{stem}-fault"))
    }
}
