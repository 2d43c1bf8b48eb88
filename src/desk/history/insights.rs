//! Insights: the organisation's history, for those who may read it.
use crate::desk::{Desk, cut_to};
use crate::domain::changes::{Change, Field};
use crate::domain::ids::RequestId;
use crate::domain::member::Membership;
use crate::domain::role::Permission;
use crate::domain::{Result, policy, text};
use crate::store;
use crate::store::history::insights::{InsightsQuery, ShownEvent};
use crate::store::history::objects::NamedObject;
use std::collections::{BTreeSet, HashMap};

/// A page of the history.
pub struct Insights {
    pub entries: Vec<ShownEvent>,
    /// Where the page after begins; None if there is none.
    pub next: Option<i64>,
    /// What the things are called that the entries are about, by their ids; those that are gone are not here.
    pub objects: HashMap<String, NamedObject>,
}

impl Insights {
    /// What the thing of an entry is called; of one that is gone, as the entry itself tells. Empty: that is
    /// not known.
    pub fn name(&self, e: &ShownEvent) -> String {
        if let Some(object) = self.objects.get(&e.object) {
            let parts = [object.name.as_str(), object.more.as_str()];
            let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
            return parts.join(", ");
        }
        let told = e.facts().and_then(|facts| {
            let is_name = |c: &Change| matches!(c.field, Field::Name | Field::Domain);
            let named = facts.changes.into_iter().find(is_name)?;
            named.after.or(named.before).map(|name| text::shown(&name))
        });
        told.unwrap_or_default()
    }

    /// A value of a change as people read it: ids by what they are called, where all of it is ids.
    pub fn told(&self, value: &str) -> String {
        let names: Option<Vec<&str>> = value
            .split(' ')
            .map(|id| self.objects.get(id).map(|object| object.name.as_str()))
            .collect();
        names.map_or_else(|| text::shown(value), |names| names.join(", "))
    }
}

/// The ids that an entry names: of what it is about, and of what changed so many as a reader may want.
fn ids(e: &ShownEvent) -> Vec<String> {
    let changes = e.facts().map(|facts| facts.changes).unwrap_or_default();
    let values: Vec<String> = changes
        .into_iter()
        .flat_map(|c| [c.before, c.after])
        .flatten()
        .collect();
    let words = values
        .iter()
        .flat_map(|value| value.split(' '))
        .map(str::to_owned);
    let mut ids: Vec<String> = words
        .filter(|word| RequestId::try_from(word.clone()).is_ok())
        .take(50)
        .collect();
    ids.push(e.object.clone());
    ids
}

/// Entries that are looked for, newest first; at most `most`.
#[tracing::instrument(name = "history::insights::list", skip_all)]
pub async fn list(desk: &Desk, member: &Membership, look: &InsightsQuery, most: usize) -> Result<Insights> {
    let permitted = policy::permitted(member, Permission::InsightsView)?;
    let (mut conn, org) = (desk.db.read().await?, permitted.organisation());
    let mut entries = store::history::insights::list(&mut conn, org, look, most + 1).await?;
    let next = cut_to(&mut entries, most).map(|e| e.seq);
    let ids: BTreeSet<String> = entries.iter().flat_map(ids).collect();
    let objects = store::history::objects::name(&mut conn, org, &ids).await?;
    Ok(Insights {
        entries,
        next,
        objects,
    })
}
