//! What all parts of the queue's island share.
use crate::islands::queue::props::{QueueFrame, QueueRow, QueueWords, RowDetails, TabCounts};
use leptos::prelude::*;
use std::sync::Arc;

/// What all parts of the island share.
#[derive(Clone, Copy)]
pub(super) struct QueueState {
    pub(super) shown: RwSignal<Vec<Arc<QueueRow>>>,
    pub(super) counts: RwSignal<TabCounts>,
    /// How many requests came in since the page was drawn that it does not show.
    pub(super) fresh: RwSignal<usize>,
    /// Details of the rows that are open.
    pub(super) open: RwSignal<Vec<RowDetails>>,
    /// The open dialog: about which row, and what it does.
    pub(super) asked: RwSignal<Option<(Arc<QueueRow>, Deed)>>,
    pub(super) words: StoredValue<QueueWords>,
    pub(super) frame: StoredValue<QueueFrame>,
}

#[cfg(feature = "hydrate")]
impl QueueState {
    /// Whether a row's details are shown.
    pub(super) fn is_open(&self, id: &str) -> bool {
        self.open.with_untracked(|open| open.iter().any(|d| d.id == id))
    }
}

/// What a dialog does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Deed {
    Approve,
    Reject,
    Cancel,
    /// Asks the requester something.
    Ask,
}

impl Deed {
    pub(super) fn word(self) -> &'static str {
        match self {
            Deed::Approve => "approve",
            Deed::Reject => "reject",
            Deed::Cancel => "cancel",
            Deed::Ask => "ask",
        }
    }
    pub(super) fn parse(word: &str) -> Option<Self> {
        [Deed::Approve, Deed::Reject, Deed::Cancel, Deed::Ask]
            .into_iter()
            .find(|v| v.word() == word)
    }
}
