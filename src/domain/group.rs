//! Groups: named sets of members, usable as approvers.
use super::changes::{Facts, Field};
use super::ids::GroupId;
use super::{Why, text};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    pub id: GroupId,
    pub name: String,
    pub version: i64,
}

impl Group {
    /// What the history says of it.
    pub fn facts(&self) -> Facts {
        vec![(Field::Name, self.name.clone())]
    }
}

/// A group's name: 1 to 60 characters.
pub fn name(raw: &str) -> Result<String, Why> {
    text::required(raw, 60)
}
