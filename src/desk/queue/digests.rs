//! Letters about new requests to whoever decides: who gets them, each as it comes, or all of a day
//! in one.
use crate::desk::account::limits;
use crate::desk::queue::sweep::unless_stale;
use crate::desk::{Actor, Desk};
use crate::domain::error::Faults;
use crate::domain::group::Group;
use crate::domain::ids::{AccountId, OrganisationId};
use crate::domain::member::Membership;
use crate::domain::notice::Letter;
use crate::domain::organisation::{self, Mails, Organisation, RequestRules};
use crate::domain::policy;
use crate::domain::role::Permission;
use crate::domain::time::Span;
use crate::domain::{Error, Result, Time, Why};
use crate::store::people::members::Reader;
use crate::store::{self, Tx};

/// The hour of the organisation's day at which its daily letter leaves.
const MORNING: Span = Span::hours(8);
/// So many requests a daily letter names.
const NAMED: i64 = 20;

/// The rules of access requests as typed.
#[derive(Clone, Debug, Default)]
pub struct Typed {
    pub mails: bool,
    /// In one letter a day.
    pub daily: bool,
    /// The id of a group, or nothing.
    pub group: String,
    /// Days.
    pub life: String,
    /// Days, or nothing.
    pub retention: String,
}

impl Desk {
    /// The groups to which letters about new requests can be kept.
    pub async fn groups_to_tell(&self, member: &Membership) -> Result<Vec<Group>> {
        let permitted = policy::permitted(member, Permission::SettingsManage)?;
        let groups =
            store::people::groups::list(&mut *self.db.read().await?, permitted.organisation()).await?;
        Ok(groups.into_iter().map(|(group, _)| group).collect())
    }

    /// Changes how new requests are told by mail and to whom, how long one lives, and how long it
    /// is kept once it is decided. Open requests keep the life that they began with.
    pub async fn change_request_rules(
        &self,
        actor: &Actor,
        member: &Membership,
        typed: &Typed,
    ) -> Result<()> {
        let mut faults = Faults::default();
        let life = faults.take("request_days", organisation::request_life(&typed.life));
        let retention = faults.take("retention_days", organisation::retention(&typed.retention));
        let group = match typed.group.trim() {
            "" => Some(None),
            id => {
                let known = self
                    .groups_to_tell(member)
                    .await?
                    .into_iter()
                    .find(|g| g.id.as_str() == id);
                faults
                    .take("mails_group", known.map(|g| g.id).ok_or(Why::UnknownChoice))
                    .map(Some)
            }
        };
        let ((life, retention), mails_group) = faults.done(life.zip(retention).zip(group))?;
        let now = actor.now();
        self.change(actor, member, |o| {
            let mails = match (typed.mails, typed.daily, o.requests.mails) {
                (false, ..) => Mails::Never,
                (true, true, daily @ Mails::Daily { .. }) => daily,
                (true, true, _) => Mails::Daily {
                    next: next_morning(&o.time_zone, now),
                    since: now,
                },
                (true, false, _) => Mails::Each,
            };
            Organisation {
                requests: RequestRules {
                    mails,
                    mails_group,
                    life,
                    retention,
                },
                ..o
            }
        })
        .await
    }

    /// Those who decide requests and get the letters about new ones: all, or those in the group
    /// that is set, if one of it decides.
    async fn hearers(&self, tx: &mut Tx, organisation: &Organisation) -> Result<Vec<Reader>> {
        let deciders =
            store::people::members::list_holders(tx, &organisation.id, Permission::RequestsDecide).await?;
        self.chosen(tx, organisation, deciders).await
    }

    /// Of those who decide, the ones in the group that is set; all of them, if none is in it.
    async fn chosen(
        &self,
        tx: &mut Tx,
        organisation: &Organisation,
        deciders: Vec<Reader>,
    ) -> Result<Vec<Reader>> {
        let Some(group) = &organisation.requests.mails_group else {
            return Ok(deciders);
        };
        let within = store::access::steps::list_in_group(tx, &organisation.id, group).await?;
        let chosen: Vec<Reader> = deciders
            .iter()
            .filter(|d| within.contains(&d.account))
            .cloned()
            .collect();
        Ok(if chosen.is_empty() { deciders } else { chosen })
    }

    /// Those who get a letter about each new request.
    pub(crate) async fn hearers_of_each(
        &self,
        tx: &mut Tx,
        organisation: &Organisation,
    ) -> Result<Vec<Reader>> {
        if organisation.requests.mails == Mails::Each {
            self.hearers(tx, organisation).await
        } else {
            Ok(Vec::new())
        }
    }

    /// Of those whom a step asks, without the ones who decide requests and get no letters about
    /// them. `is_new`: it has just been submitted.
    pub(crate) async fn hearers_among(
        &self,
        tx: &mut Tx,
        organisation: &Organisation,
        asked: &[AccountId],
        is_new: bool,
    ) -> Result<Vec<Reader>> {
        let deciders =
            store::people::members::list_holders(tx, &organisation.id, Permission::RequestsDecide).await?;
        let hearers = match organisation.requests.mails {
            Mails::Never => Vec::new(),
            Mails::Daily { .. } if is_new => Vec::new(),
            Mails::Each | Mails::Daily { .. } => self.chosen(tx, organisation, deciders.clone()).await?,
        };
        let mut readers = store::people::members::list_readers_of(tx, &organisation.id, asked).await?;
        let among = |readers: &[Reader], one: &Reader| readers.iter().any(|r| r.account == one.account);
        readers.retain(|r| !among(&deciders, r) || among(&hearers, r));
        Ok(readers)
    }

    /// Sends the daily letters that are due; how many organisations had theirs. Where nothing is
    /// new, nothing is sent.
    pub async fn sweep_digests(&self, now: Time) -> Result<usize> {
        let due =
            store::organisation::organisations::list_digests_due(&mut *self.db.read().await?, now).await?;
        let mut sent = 0;
        for org in due {
            sent += unless_stale(self.send_digest(&org, now).await.map(|()| 1))?;
        }
        Ok(sent)
    }

    async fn send_digest(&self, org: &OrganisationId, now: Time) -> Result<()> {
        let mut tx = self.db.begin().await?;
        let organisation = store::organisation::organisations::find(&mut tx, org).await?;
        let Mails::Daily { next, since } = organisation.requests.mails else {
            return Err(Error::Stale);
        };
        if next > now {
            return Err(Error::Stale);
        }
        let (count, named) = store::requests::list_new(&mut tx, org, since, now, NAMED).await?;
        let mails = Mails::Daily {
            next: next_morning(&organisation.time_zone, now),
            since: now,
        };
        let requests = RequestRules {
            mails,
            ..organisation.requests.clone()
        };
        store::organisation::organisations::update(
            &mut tx,
            &Organisation {
                requests,
                ..organisation.clone()
            },
        )
        .await?;
        if count > 0 {
            let line = |one: &store::requests::New| match &one.resource {
                Some(resource) => format!("{} ({}): {resource}", one.name, one.email),
                None => format!("{} ({})", one.name, one.email),
            };
            let mut lines: Vec<String> = named.iter().map(line).collect();
            if count > NAMED {
                lines.push(format!("+{}", count - NAMED));
            }
            let letter = Letter::RequestsDigest {
                organisation: organisation.name.clone(),
                slug: organisation.slug.to_string(),
                count,
                requests: lines.join("\n"),
            };
            let readers = self.hearers(&mut tx, &organisation).await?;
            self.tell_readers(&mut tx, org, readers, None, &letter, now)
                .await?;
        }
        tx.commit().await
    }
}

/// The next morning in the time zone with this name after `now`.
fn next_morning(zone: &str, now: Time) -> Time {
    let day = limits::day_of(zone, now);
    let morning = day.begins + MORNING;
    if morning > now {
        morning
    } else {
        day.ends + MORNING
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mornings_follow_the_clock_of_the_place() {
        let at = |text: &str| {
            Time(
                chrono::DateTime::parse_from_rfc3339(text)
                    .map(|t| t.timestamp_millis())
                    .unwrap_or_default(),
            )
        };
        assert_eq!(
            next_morning("UTC", at("2026-11-22T07:59:59Z")),
            at("2026-11-22T08:00:00Z")
        );
        assert_eq!(
            next_morning("UTC", at("2026-11-22T08:00:00Z")),
            at("2026-11-23T08:00:00Z")
        );
        assert_eq!(
            next_morning("Europe/Zurich", at("2026-11-22T23:30:00Z")),
            at("2026-11-23T07:00:00Z")
        );
    }
}
