//! Forms that are older than what they are about: each carries tags of what it showed, and undoes
//! nothing that somebody else has changed since.
use crate::desk::Actor;
use crate::desk::history::About;
use crate::domain::changes::Facts;
use crate::domain::{Error, Result};
use crate::store::{self, Tx};

/// Tags of these facts for a form that shows them: one word for each, of its field and a mark of
/// its value, parted by spaces.
pub fn tags(facts: &Facts) -> String {
    let tags = facts.iter().map(|(field, value)| tag(field.as_str(), value));
    tags.collect::<Vec<_>>().join(" ")
}

fn tag(field: &str, value: &str) -> String {
    format!("{field}.{}", &store::history::digest(&[value])[..16])
}

/// Refuses a form that showed other facts than those that are true now: Outdated. A form without
/// tags, and facts that it did not show, pass.
pub(crate) async fn refuse_outdated(
    tx: &mut Tx,
    actor: &Actor,
    about: About<'_>,
    facts: &Facts,
) -> Result<()> {
    let shown: Vec<&str> = actor.caller.posted.seen.split_whitespace().collect();
    let now = tags(facts);
    let differs = |now: &&str| {
        let same_field = |shown: &&&str| now.split('.').next() == shown.split('.').next();
        shown.iter().find(same_field).is_some_and(|shown| shown != now)
    };
    let changed: Vec<&str> = now.split(' ').filter(differs).collect();
    if changed.is_empty() {
        return Ok(());
    }
    let last = match about {
        About::Account(id) => store::history::find_latest_of_account(tx, id).await?,
        About::Organisation(org) => store::history::find_latest(tx, org, org.as_str()).await?,
        About::Thing(org, object) => store::history::find_latest(tx, org, object).await?,
        About::Nobody => None,
    };
    let fields = changed.iter().filter_map(|tag| tag.split('.').next());
    Err(Error::Outdated {
        by: last.as_ref().and_then(|l| l.actor.clone()).unwrap_or_default(),
        at: last.map_or(actor.now(), |l| l.at),
        fields: fields.map(str::to_owned).collect(),
        seen: now,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::changes::Field;

    #[test]
    fn tags_tell_fields_and_values_apart() {
        let one = tags(&vec![(Field::Name, "a".into()), (Field::Reason, String::new())]);
        assert_eq!(one.split(' ').count(), 2);
        assert!(one.starts_with("name.") && one.contains(" reason."));
        assert_ne!(
            one,
            tags(&vec![(Field::Name, "b".into()), (Field::Reason, String::new())])
        );
    }
}
