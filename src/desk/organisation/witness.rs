//! Heads of the chains of seals go out once a day, to those who audit: who has them can tell later
//! whether the history was cut off or written anew.
use crate::desk::letters;
use crate::desk::{Desk, unless_stale};
use crate::domain::ids::OrganisationId;
use crate::domain::notice::Letter;
use crate::domain::role::Permission;
use crate::domain::time::Span;
use crate::domain::{Result, Time};
use crate::store::{self, Tx};

/// The fact about the instance that says when letters with heads were last owed.
const TOLD: &str = "seals_told";

/// Owes the letters of the day, once; how many organisations have one. An auditor holds the permission
/// to view Insights by a role that is not the built-in one: an organisation that wants such letters
/// gives somebody that role, and administrators are not written to each day. Where nothing new is
/// sealed, nothing is sent.
#[tracing::instrument(name = "organisation::witness::sweep", skip_all)]
pub async fn sweep(desk: &Desk, now: Time) -> Result<usize> {
    let found = store::instance::find(&mut *desk.db.read().await?, TOLD).await?;
    let told = found.as_deref().and_then(|told| told.parse().ok()).map(Time);
    // A mark of a later day than today was made by a clock that was wrong.
    if told.is_some_and(|told| now < told + Span::days(1) && told <= now) {
        return Ok(0);
    }
    unless_stale(tell(desk, found.as_deref(), told.unwrap_or(Time(0)), now).await)
}

async fn tell(desk: &Desk, found: Option<&str>, since: Time, now: Time) -> Result<usize> {
    let mut tx = desk.db.begin().await?;
    // Of several servers one sends.
    store::instance::turn(&mut tx, TOLD, found, &now.0.to_string()).await?;
    let mut told = 0;
    for head in store::history::seals::list_heads(&mut tx, since).await? {
        let org = OrganisationId::try_from(head.chain.trim_start_matches("o:").to_owned())?;
        told += usize::from(tell_auditors(desk, &mut tx, &org, head.to_string(), now).await?);
    }
    tx.commit().await?;
    Ok(told)
}

async fn tell_auditors(
    desk: &Desk,
    tx: &mut Tx,
    org: &OrganisationId,
    seal: String,
    now: Time,
) -> Result<bool> {
    let organisation = store::organisation::organisations::find(tx, org).await?;
    let readers = store::people::members::list_appointed(tx, org, Permission::InsightsView).await?;
    if organisation.open(now).is_err() || readers.is_empty() {
        return Ok(false);
    }
    let letter = Letter::SealHead {
        organisation: organisation.name,
        slug: organisation.slug.to_string(),
        seal,
    };
    letters::tell_readers(desk, tx, org, readers, None, &letter, now).await?;
    Ok(true)
}
