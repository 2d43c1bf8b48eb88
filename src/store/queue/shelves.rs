//! How many requests stand where, as they are at an instant: the numbers of the tabs and of the
//! filter.
use crate::domain::ids::OrganisationId;
use crate::domain::request::{ApprovalType, RequestKind, StatusWord, Tab};
use crate::domain::{Result, Time};
use crate::store::conn::Conn;
use crate::store::counts::Shelf;
use crate::store::queue::query::Filter;
use crate::store::rows::{Columns as _, Statement as _};

/// How many requests there are of each combination as stored, and how many of these are past their
/// life, which no sweep has written down.
#[derive(Clone, Debug, Default)]
pub struct Shelves(Vec<(Shelf, i64, i64)>);

/// The numbers that the queue shows: the open ones of each tab (of the approved ones those under the default
/// filter), and how many have missing data, or are in Error.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub pending: i64,
    pub approved: i64,
    pub others: i64,
    pub missing: i64,
    pub errors: i64,
}

impl Shelves {
    pub fn counts(&self) -> Counts {
        let manual = |tab, status| {
            Box::new(move |s: &Shelf| (s.tab, s.status, s.approval) == (tab, status, ApprovalType::Manual))
        };
        Counts {
            pending: self.sum(manual(Tab::Pending, StatusWord::Pending)),
            approved: self.sum(manual(Tab::Approved, StatusWord::Approved)),
            others: self.sum(|s| s.tab == Tab::Others && s.status.is_open()),
            missing: self.sum(|s| s.status == StatusWord::MissingData),
            errors: self.sum(|s| s.status == StatusWord::Error),
        }
    }

    /// How many are what this asks, those past their life not counted.
    fn sum(&self, is: impl Fn(&Shelf) -> bool) -> i64 {
        self.0
            .iter()
            .filter(|(shelf, ..)| is(shelf))
            .map(|(_, n, overdue)| n - overdue)
            .sum()
    }

    /// Whether these hold at least half of what is on the tab.
    pub(super) fn are_most(&self, some: &[Shelf], tab: Tab) -> bool {
        let within = |is: &dyn Fn(&Shelf) -> bool| {
            self.0
                .iter()
                .filter(|(s, ..)| is(s))
                .map(|(_, n, _)| n)
                .sum::<i64>()
        };
        2 * within(&|s| some.contains(s)) >= within(&|s| s.tab == tab)
    }

    /// Those that hold rows of this kind.
    pub(super) fn holding(&self, tab: Tab, filter: &Filter) -> Vec<Shelf> {
        let is = |s: &Shelf| {
            s.tab == tab
                && filter.status.is_none_or(|status| status.holds(s.status))
                && filter.approval.is_none_or(|approval| approval == s.approval)
                && filter.kind.is_none_or(|kind| kind == s.kind)
                && (s.kind == RequestKind::Chat || !filter.is_of_connectors())
        };
        self.0
            .iter()
            .filter(|(shelf, n, _)| *n > 0 && is(shelf))
            .map(|(shelf, ..)| *shelf)
            .collect()
    }
}

/// What the organisation's shelves hold at `now`.
pub async fn shelves(conn: &mut Conn, org: &OrganisationId, now: Time) -> Result<Shelves> {
    let rows = sqlx::query(
        "select tab, status, approval, kind, n, 0 as overdue from request_counts where org_id = $1 union all \
         select tab, status, approval, kind, 0 as n, count(*) as overdue from requests where org_id = $1 \
         and status in ('pending', 'missing_data', 'error') and expires_at <= $2 \
         group by tab, status, approval, kind",
    )
    .bind(org.as_str())
    .bind(now.0)
    .list(conn, |r| {
        Ok((Shelf::read(r)?, r.number("n")?, r.number("overdue")?))
    });
    Ok(Shelves(rows.await?))
}
