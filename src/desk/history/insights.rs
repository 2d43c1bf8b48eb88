//! Insights: the organisation's history, for those who may read it.
use crate::desk::{Desk, cut_to};
use crate::domain::member::Membership;
use crate::domain::role::Permission;
use crate::domain::{Result, policy};
use crate::store;
use crate::store::history::insights::{InsightsQuery, ShownEvent};

/// A page of the history.
pub struct Insights {
    pub entries: Vec<ShownEvent>,
    /// Where the page after begins; None if there is none.
    pub next: Option<i64>,
}

/// Entries that are looked for, newest first; at most `most`.
#[tracing::instrument(name = "history::insights::list", skip_all)]
pub async fn list(desk: &Desk, member: &Membership, look: &InsightsQuery, most: usize) -> Result<Insights> {
    let permitted = policy::permitted(member, Permission::InsightsView)?;
    let mut entries = store::history::insights::list(
        &mut *desk.db.read().await?,
        permitted.organisation(),
        look,
        most + 1,
    )
    .await?;
    let next = cut_to(&mut entries, most).map(|e| e.seq);
    Ok(Insights { entries, next })
}
