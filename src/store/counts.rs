//! How many requests there are of each combination of what the queue filters by. Changes are
//! gathered and written at the end of their transaction, in one order: no two transactions wait for
//! each other, and none holds a number for longer than it must.
use super::rows::{Columns as _, Row, Statement as _, impossible};
use crate::domain::Result;
use crate::domain::ids::OrganisationId;
use crate::domain::request::{ApprovalType, Request, RequestKind, StatusWord, Tab};
use crate::store::conn::Conn;
use std::collections::BTreeMap;

/// One combination: where the queue keeps a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Shelf {
    pub tab: Tab,
    pub status: StatusWord,
    pub approval: ApprovalType,
    pub kind: RequestKind,
}

impl Shelf {
    pub fn of(r: &Request) -> Self {
        Self {
            tab: r.tab(),
            status: r.status.word(),
            approval: r.approval(),
            kind: r.kind(),
        }
    }

    /// From the columns tab, status, approval and kind, of a request or of its numbers.
    pub(super) fn read(row: &Row) -> Result<Self> {
        let there = |name: &'static str| move || impossible(name);
        Ok(Self {
            tab: Tab::parse(&row.text("tab")?).ok_or_else(there("requests.tab"))?,
            status: StatusWord::parse(&row.text("status")?).ok_or_else(there("requests.status"))?,
            approval: ApprovalType::parse(&row.text("approval")?).ok_or_else(there("requests.approval"))?,
            kind: RequestKind::parse(&row.text("kind")?).ok_or_else(there("requests.kind"))?,
        })
    }
}

/// What a transaction has added to the numbers so far.
pub type Gathered = BTreeMap<(OrganisationId, Shelf), i64>;

/// Writes what was gathered.
pub(super) async fn write(conn: &mut Conn, gathered: Gathered) -> Result<()> {
    for ((org, shelf), more) in gathered.into_iter().filter(|(_, more)| *more != 0) {
        sqlx::query(
            "insert into request_counts (org_id, tab, status, approval, kind, n) \
             values ($1, $2, $3, $4, $5, $6) \
             on conflict (org_id, tab, status, approval, kind) do update set n = request_counts.n + \
             excluded.n",
        )
        .bind(org.as_str().to_owned())
        .bind(shelf.tab.as_str())
        .bind(shelf.status.as_str())
        .bind(shelf.approval.as_str())
        .bind(shelf.kind.as_str())
        .bind(more)
        .run(conn)
        .await?;
    }
    Ok(())
}
