//! The daily letter about new requests, to whoever decides.
use crate::desk::organisation::request_rules::next_morning;
use crate::desk::unless_stale;
use crate::desk::{Desk, letters, requests};
use crate::domain::ids::OrganisationId;
use crate::domain::notice::Letter;
use crate::domain::organisation::{Mails, Organisation, RequestRules};
use crate::domain::{Error, Result, Time};
use crate::store::{self};

/// So many requests a daily letter names.
const NAMED: i64 = 20;

/// Sends the daily letters that are due; how many organisations had theirs. Where nothing is
/// new, nothing is sent.
#[tracing::instrument(name = "queue::digests::sweep", skip_all)]
pub async fn sweep(desk: &Desk, now: Time) -> Result<usize> {
    let due = store::organisation::organisations::list_digests_due(&mut *desk.db.read().await?, now).await?;
    let mut sent = 0;
    for org in due {
        sent += unless_stale(send_digest(desk, &org, now).await.map(|()| 1))?;
    }
    Ok(sent)
}

async fn send_digest(desk: &Desk, org: &OrganisationId, now: Time) -> Result<()> {
    let mut tx = desk.db.begin().await?;
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
        let readers = requests::hearers::hearers(desk, &mut tx, &organisation).await?;
        letters::tell_readers(desk, &mut tx, org, readers, None, &letter, now).await?;
    }
    tx.commit().await
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
