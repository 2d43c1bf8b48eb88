//! What is shown once: recovery codes, links to copy, secrets that were made here. It is shown to
//! the session that it was made for, at its first look, and to nobody after that.
use super::time::Span;
use serde::{Deserialize, Serialize};

/// How long it waits to be looked at: the answer to the post leads there at once.
pub const LIFE: Span = Span::minutes(5);

/// How many of these may wait for one session; those that waited longest make room.
pub const WAITING: i64 = 8;

/// What a page has to show once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum ShownOnce {
    /// The page's address does not ask for anything.
    #[default]
    Nothing,
    /// It was shown, or waited too long, or is somebody else's: which of these is told to nobody.
    Gone,
    Now(MadeOnce),
}

/// What an action made and hands over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MadeOnce {
    /// The action's path, as `/actions/copy_link`.
    pub action: String,
    pub lines: Vec<String>,
}

impl ShownOnce {
    /// What this action made; empty if it is not there to be shown.
    pub fn of(&self, action: &str) -> &[String] {
        match self {
            ShownOnce::Now(made) if made.action == action => &made.lines,
            _ => &[],
        }
    }
}
