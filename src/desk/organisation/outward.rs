//! Mails to people whom an organisation names: the operator's ceilings above the organisation's
//! own.
use crate::desk::Desk;
use crate::desk::account::limits;
use crate::domain::account::Email;
use crate::domain::ids::OrganisationId;
use crate::domain::organisation::{FOUNDER_A_DAY, Organisation, young_a_day};
use crate::domain::time::Span;
use crate::domain::{Error, Result, Time};
use crate::store::{self, Tx};

/// Counts one; DayIsFull past the operator's ceiling. Where everybody may create organisations,
/// those that are young and for which the operator does not vouch send few, also all of one
/// founder's together.
pub(crate) async fn count_outward(
    desk: &Desk,
    tx: &mut Tx,
    organisation: &Organisation,
    now: Time,
) -> Result<()> {
    let founded = store::organisation::organisations::founded(tx, &organisation.id).await?;
    let age = Span(now.0.saturating_sub(organisation.created_at.0));
    let watched = desk.plan.everyone_may_create_organisations && !founded.vouched;
    let young = young_a_day(age).filter(|_| watched);
    let ceiling = desk.plan.mails_per_organisation;
    let own = young.map_or(ceiling, |young| young.min(ceiling));
    let founder = founded.by.filter(|_| young.is_some());
    let limits = [
        Some((format!("outward:{}", organisation.id), own)),
        founder.map(|founder| (format!("outward:{founder}"), FOUNDER_A_DAY)),
    ];
    let today = limits::day_of("UTC", now);
    // One that is refused is counted nowhere, whatever else its transaction does.
    for (key, most) in limits.iter().flatten() {
        if store::account::limits::so_far(tx, key, today.begins).await? >= *most {
            return Err(Error::DayIsFull {
                most: *most,
                at: today.ends,
            });
        }
    }
    for (key, _) in limits.iter().flatten() {
        store::account::limits::count_since(tx, key, today.begins).await?;
    }
    Ok(())
}

/// Whether mail of the organisation may go to this address: a member has proven it, or its domain.
pub(crate) async fn is_proven(tx: &mut Tx, org: &OrganisationId, to: &Email) -> Result<bool> {
    let member = store::people::member_list::find_by_email(tx, org, to).await?;
    if member.is_some() {
        return Ok(true);
    }
    let domains = store::organisation::links::list_domains(tx, org).await?;
    let of = to.key();
    Ok(domains.iter().any(|d| {
        d.verified_at.is_some()
            && of
                .rsplit_once('@')
                .is_some_and(|(_, domain)| domain == d.name.as_str())
    }))
}
