//! Groups: named sets of members, usable as approvers.
use super::ids::GroupId;
use super::{Why, text};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    pub id: GroupId,
    pub name: String,
    pub version: i64,
}

/// A group's name: 1 to 60 characters.
pub fn name(raw: &str) -> Result<String, Why> {
    text::required(raw, 60)
}
