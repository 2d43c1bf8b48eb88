//! What is asked of the queue's list: tab, search, filter, order, place.
use crate::domain::Time;
use crate::domain::connector::Platform;
use crate::domain::ids::{ConnectorId, RequestId};
use crate::domain::request::{ApprovalType, RequestKind, StatusWord, Tab};

/// By what the list is sorted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sort {
    #[default]
    Newest,
    Oldest,
    NameUp,
    NameDown,
}

impl Sort {
    /// Column, direction, and the comparison that leads on.
    pub(super) fn sql(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Sort::Newest => ("r.submitted_at", "desc", "<"),
            Sort::Oldest => ("r.submitted_at", "asc", ">"),
            Sort::NameUp => ("r.sorts_as", "asc", ">"),
            Sort::NameDown => ("r.sorts_as", "desc", "<"),
        }
    }
}

/// A place in the list: the row after which a page begins. The column that does not sort is
/// ignored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueuePlace {
    pub time: Time,
    pub name: String,
    pub id: RequestId,
}

/// By which status requests are filtered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StatusFilter {
    One(StatusWord),
    /// All that are not closed: Pending, Missing Data, Error.
    Open,
}

impl StatusFilter {
    /// The word in addresses.
    pub const OPEN: &str = "open";

    pub fn parse(word: &str) -> Option<Self> {
        if word == Self::OPEN {
            Some(Self::Open)
        } else {
            StatusWord::parse(word).map(Self::One)
        }
    }

    pub(super) fn holds(self, status: StatusWord) -> bool {
        match self {
            Self::One(one) => one == status,
            Self::Open => status.is_open(),
        }
    }
}

/// What a request must be to be shown; nothing means whatever it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    pub status: Option<StatusFilter>,
    pub approval: Option<ApprovalType>,
    pub kind: Option<RequestKind>,
    /// Where a request by chat came from; any other kind is not shown then.
    pub provider: Option<Platform>,
    pub connector: Option<ConnectorId>,
    /// Submitted from the first instant on, and before the second.
    pub from: Option<Time>,
    pub until: Option<Time>,
    /// Words; each begins a word of the requester's name.
    pub requester: String,
}

impl Filter {
    /// Whether it is about requests by chat alone.
    pub fn is_of_chat(&self) -> bool {
        self.kind == Some(RequestKind::Chat) || self.is_of_connectors()
    }

    pub(super) fn is_of_connectors(&self) -> bool {
        self.provider.is_some() || self.connector.is_some()
    }
}

/// What is looked for.
#[derive(Clone, Debug, Default)]
pub struct QueueQuery {
    pub tab: Tab,
    pub filter: Filter,
    pub sort: Sort,
    /// Words; a request is found if a term of it begins with each of them.
    pub search: String,
    pub after: Option<QueuePlace>,
}

impl QueueQuery {
    /// All words that are looked for, as terms: those of a name are terms too.
    pub(super) fn words(&self) -> String {
        format!("{} {}", self.search, self.filter.requester)
    }
}
