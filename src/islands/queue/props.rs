//! What the queue's island is given and fetches: rows in words, numbers, the words of its parts.
//! Made by `pages::queue`.
use crate::islands::escape::escape;
use crate::islands::progress::ProgressWords;
use crate::islands::when::When;
use serde::{Deserialize, Serialize};

/// One request, in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueueRow {
    pub id: String,
    pub version: i64,
    pub short: String,
    pub name: String,
    pub email: String,
    /// `join`, `resource` or `chat`, and what is asked for in words.
    pub kind: String,
    pub what: String,
    pub submitted: When,
    /// The class that gives the status its shape: `wait`, `yes`, `no`, `off`.
    pub shape: String,
    pub status: String,
    /// "by Ivo Brandt, 2 hours ago"; empty while open.
    pub decided: String,
    /// For requests by chat alone.
    pub chat: Option<ChatCells>,
    /// Whether this reader may decide it now.
    pub open: bool,
    /// Whether deciding it passes over approvers whom its flow asks.
    pub overrides: bool,
    /// Named by the address: stands first and marked.
    pub picked: bool,
    /// There from the start for the picked one; fetched for others.
    pub details: Option<RowDetails>,
}

impl QueueRow {
    /// Which request it is, for who hears its buttons one after the other: one person may ask for several
    /// things.
    pub fn subject(&self) -> String {
        if self.kind == "resource" {
            format!("{}, {}", self.email, self.what)
        } else {
            self.email.clone()
        }
    }
}

/// What the list shows of a request by chat where it shows no others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChatCells {
    pub provider: String,
    pub connector: String,
    pub conversation: String,
    /// Who decided, by name, and the note; empty while open.
    pub by: String,
    pub note: String,
}

/// What stands below a row that is opened.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowDetails {
    /// The request's.
    pub id: String,
    pub message: String,
    /// Facts of the request, each with its label.
    pub facts: Vec<(String, String)>,
    pub progress: ProgressWords,
    /// The address at which the reader's own vote is asked for; empty if it is not.
    pub vote: String,
    /// Whether it can be tried again, and whether it can follow the newest version of its flow.
    pub may_retry: bool,
    pub may_follow: bool,
    pub history: Vec<(String, When)>,
    pub mails: Vec<MailLine>,
    /// Id of an open invitation whose link can be copied, where there is no mail server; else
    /// empty.
    pub copyable: String,
    /// Whether this reader may let the rejected person ask again.
    pub may_allow_again: bool,
    /// The address of the invited person's row under Users; empty if there is none.
    pub user: String,
}

/// How a letter fares.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailLine {
    pub text: String,
    /// The delivery's id if it can be tried again; else empty.
    pub again: String,
}

/// A page of the queue, or the rows that were asked for anew.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rows {
    pub rows: Vec<QueueRow>,
    /// The address of the next page; empty on the last.
    pub next: String,
    pub counts: TabCounts,
}

/// The numbers on the tabs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TabCounts {
    pub pending: i64,
    pub approved: i64,
    pub others: i64,
    /// Those with missing data, under whatever tab.
    pub missing: i64,
    /// Those in Error.
    pub errors: i64,
}

/// The words of the table and its dialogs by their names. A list and not a struct: fifty named
/// fields would cost every browser 10 KB.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueueWords(pub Vec<(String, String)>);

impl QueueWords {
    /// The words of this name; empty if the page gave none.
    pub fn get(&self, name: &str) -> String {
        self.0
            .iter()
            .find(|(n, _)| n == name)
            .map(|(_, words)| words.clone())
            .unwrap_or_default()
    }
}

/// The keys that do things, with the names of their words.
pub const KEYS: [(&str, &str); 7] = [
    ("/", "keys-search"),
    ("j", "keys-down"),
    ("k", "keys-up"),
    ("Enter", "keys-open"),
    ("a", "keys-approve"),
    ("d", "keys-reject"),
    ("?", "keys-help"),
];

/// What the page knows of the table besides its rows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueueFrame {
    pub org: String,
    /// The queue's path.
    pub path: String,
    /// The page's own address, for posts without scripts.
    pub page: String,
    /// Whom the page was drawn for.
    pub whom: String,
    /// What the page's buttons are told from those of other pages by.
    pub press: String,
    /// `pending`, `approved`, `others`.
    pub tab: String,
    /// `newest`, `oldest`, `name`, `name_down`.
    pub sort: String,
    pub search: String,
    /// Parts of the address that filter, which every way on keeps.
    pub kept: Vec<(String, String)>,
    /// The kind that alone is listed, which has its own columns: `join`, `chat`; else empty.
    pub only: String,
    /// The dialog that the address opens: `approve`, `reject`, `cancel`, `ask` or empty; about the
    /// first row.
    pub asks: String,
    /// Why that dialog's post failed without scripts, empty if it did not; what was typed, and what
    /// is wrong with it, by field.
    pub failed: String,
    pub typed: Vec<(String, String)>,
    pub faults: Vec<(String, String)>,
    /// Whether single keys do things.
    pub keys: bool,
}

impl QueueFrame {
    /// Whether there are columns for who decided, and with what note: of chat, where anything can
    /// be decided.
    pub fn shows_decisions(&self) -> bool {
        self.only == "chat" && self.tab != "pending"
    }

    /// The address of a tab, with its own default filter.
    pub fn tab_address(&self, tab: &str) -> String {
        if tab == "pending" {
            self.path.clone()
        } else {
            format!("{}?tab={tab}", self.path)
        }
    }

    /// The queue's address with these parts changed; empty ones are left out.
    pub fn address(&self, parts: &[(&str, &str)]) -> String {
        let kept = [
            ("tab", self.tab.as_str()),
            ("sort", self.sort.as_str()),
            ("q", self.search.as_str()),
        ];
        let value = |name: &str, now: &str| {
            parts
                .iter()
                .find(|(n, _)| *n == name)
                .map_or(now.to_owned(), |(_, v)| (*v).to_owned())
        };
        let mut all: Vec<(String, String)> =
            kept.iter().map(|(n, v)| ((*n).to_owned(), value(n, v))).collect();
        all.extend(self.kept.iter().cloned());
        all.extend(
            parts
                .iter()
                .filter(|(n, _)| !kept.iter().any(|(k, _)| k == n))
                .map(|(n, v)| ((*n).to_owned(), (*v).to_owned())),
        );
        let default = |n: &str, v: &str| {
            v.is_empty() || (n == "tab" && v == "pending") || (n == "sort" && v == "newest")
        };
        let query: Vec<String> = all
            .iter()
            .filter(|(n, v)| !default(n, v))
            .map(|(n, v)| format!("{n}={}", escape(v)))
            .collect();
        if query.is_empty() {
            self.path.clone()
        } else {
            format!("{}?{}", self.path, query.join("&"))
        }
    }
}
