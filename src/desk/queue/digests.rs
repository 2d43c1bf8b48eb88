//! The daily letter about new requests, to whoever decides.
use crate::desk::organisation::request_rules::next_morning;
use crate::desk::unless_stale;
use crate::desk::{Desk, letters, requests};
use crate::domain::delivery::DeliveryState;
use crate::domain::ids::OrganisationId;
use crate::domain::notice::Letter;
use crate::domain::organisation::{Mails, Organisation, RequestRules};
use crate::domain::{Error, Result, Time};
use crate::store::people::members::LetterReader;
use crate::store::{self, Tx};

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
    for reader in requests::hearers::hearers(desk, &mut tx, &organisation).await? {
        owe_digest(desk, &mut tx, &organisation, reader, since, now).await?;
    }
    tx.commit().await
}

/// Owes one reader a daily letter, if there is anything to tell; what stood in one that did not
/// reach them comes again.
async fn owe_digest(
    desk: &Desk,
    tx: &mut Tx,
    organisation: &Organisation,
    reader: LetterReader,
    since: Time,
    now: Time,
) -> Result<()> {
    let digest = |since| Letter::RequestsDigest {
        organisation: organisation.name.clone(),
        slug: organisation.slug.to_string(),
        count: 0,
        requests: String::new(),
        since,
        until: now,
    };
    let org = &organisation.id;
    let newest = store::deliveries::letters::find_newest(tx, org, &reader.email, &digest(since)).await?;
    let since = match newest {
        Some((state, Letter::RequestsDigest { since: missed, .. })) if state != DeliveryState::Sent => {
            since.min(missed)
        }
        _ => since,
    };
    let (count, _) = store::requests::list_new(tx, org, since, now, 0).await?;
    if count == 0 {
        return Ok(());
    }
    letters::tell_readers(desk, tx, org, vec![reader], None, &digest(since), now).await
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
