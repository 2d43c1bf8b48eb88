//! The rules of access requests that an organisation sets: who is told by mail, how long a request
//! lives and is kept.
use crate::desk::account::limits;
use crate::desk::{Actor, Desk, organisation};
use crate::domain::error::Faults;
use crate::domain::group::Group;
use crate::domain::member::Membership;
use crate::domain::organisation::{Mails, Organisation, RequestRules};
use crate::domain::role::Permission;
use crate::domain::time::Span;
use crate::domain::{self, Result, Time, Why, policy};
use crate::store::{self};

/// The hour of the organisation's day at which its daily letter leaves.
pub(crate) const MORNING: Span = Span::hours(8);

/// The rules of access requests as typed.
#[derive(Clone, Debug, Default)]
pub struct TypedRules {
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

/// The groups to which letters about new requests can be kept.
#[tracing::instrument(name = "organisation::request_rules::groups_to_tell", skip_all)]
pub async fn groups_to_tell(desk: &Desk, member: &Membership) -> Result<Vec<Group>> {
    let permitted = policy::permitted(member, Permission::SettingsManage)?;
    let groups = store::people::groups::list(&mut *desk.db.read().await?, permitted.organisation()).await?;
    Ok(groups.into_iter().map(|(group, _)| group).collect())
}

/// Changes how new requests are told by mail and to whom, how long one lives, and how long it
/// is kept once it is decided. Open requests keep the life that they began with.
#[tracing::instrument(name = "organisation::request_rules::change_request_rules", skip_all)]
pub async fn change_request_rules(
    desk: &Desk,
    actor: &Actor,
    member: &Membership,
    typed: &TypedRules,
) -> Result<()> {
    let mut faults = Faults::default();
    let life = faults.take("request_days", domain::organisation::request_life(&typed.life));
    let retention = faults.take(
        "retention_days",
        domain::organisation::retention(&typed.retention),
    );
    let group = match typed.group.trim() {
        "" => Some(None),
        id => {
            let known = groups_to_tell(desk, member)
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
    organisation::organisations::change(desk, actor, member, |o| {
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

/// The next morning in the time zone with this name after `now`.
pub(crate) fn next_morning(zone: &str, now: Time) -> Time {
    let day = limits::day_of(zone, now);
    let morning = day.begins + MORNING;
    if morning > now {
        morning
    } else {
        day.ends + MORNING
    }
}
