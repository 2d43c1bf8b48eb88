//! The clock's work, done again and again until the server stops.
use crate::clock;
use crate::desk::{access, account, deliveries, history, organisation, queue, requests};
use crate::domain::{Error, Result};
use crate::site::instance::Shared;
use std::future::Future;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use tracing::Instrument as _;

const ROUND: Duration = Duration::from_secs(5);
/// Rounds of an hour.
const HOUR: u32 = 720;
/// Rounds between two prunings.
const PRUNE: u64 = HOUR as u64;
/// Rounds between two looks for domains whose day is over: ten minutes, as those whose name servers
/// are silent stay due.
const DOMAINS: u64 = 120;
/// Rounds between two looks for requests that were kept long enough: ten minutes, as what is still
/// needed is looked at each time.
const RETENTION: u64 = 120;
/// Rounds between two writings of when sessions were seen: a minute.
const SEEN: u64 = 12;

/// Works until told to stop, then writes what was gathered.
pub async fn run(site: Shared, stop: CancellationToken) {
    for round in 0_u64.. {
        if stop.is_cancelled() {
            break;
        }
        let (desk, now) = (&site.desk, clock::now());
        chore("expiring requests", requests::expiry::sweep(desk, now)).await;
        chore("reminding and escalating", access::steps::sweep(desk, now)).await;
        chore("ending access", access::grants::sweep(desk, now)).await;
        chore("handing over", access::delegations::sweep(desk, now)).await;
        chore("deciding many requests", work_off(&site, &stop)).await;
        chore("telling what is new", queue::digests::sweep(desk, now)).await;
        chore("closing organisations", organisation::closure::sweep(desk, now)).await;
        chore("erasing accounts", account::erasure::sweep(desk, now)).await;
        chore("sealing the history", history::seals::sweep(desk, now)).await;
        chore("looking after deliveries", deliveries::sweep(desk, now)).await;
        metrics::gauge!("anteroom_writers_waiting").set(desk.db.waiting() as f64);
        if round.is_multiple_of(DOMAINS) {
            chore("telling seals", organisation::witness::sweep(desk, now)).await;
            chore("looking for the records of domains", recheck_domains(&site)).await;
        }
        if round.is_multiple_of(RETENTION) {
            chore(
                "deleting requests of long ago",
                queue::retention::sweep(desk, now),
            )
            .await;
        }
        if round.is_multiple_of(PRUNE) {
            chore("pruning", account::prune::run(desk, now)).await;
            chore("hardening recovery codes", account::codes::harden(desk)).await;
        }
        if round % SEEN == SEEN - 1 {
            site.seen.write(desk).await;
        }
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(ROUND) => {}
        }
    }
    site.seen.write(&site.desk).await;
}

/// Makes exports that were asked for, one after the other: beside the other chores, as one may take
/// minutes.
pub async fn make_exports(site: Shared, stop: CancellationToken) {
    while !stop.is_cancelled() {
        let work = async {
            while organisation::export::work_off(&site.desk, clock::now).await? {}
            Ok(())
        };
        tokio::select! {
            () = stop.cancelled() => {}
            () = chore("making exports", work) => tokio::select! {
                () = stop.cancelled() => {}
                () = tokio::time::sleep(ROUND) => {}
            }
        }
    }
}

/// Makes keys of older versions anew: at once, and each hour for what an older server wrote that works
/// beside this one.
pub async fn renew_keys(site: Shared, stop: CancellationToken) {
    let work = async {
        loop {
            let renewed = organisation::keys::renew(&site.desk);
            chore("renewing keys", async {
                match renewed.await? {
                    0 => {}
                    rows => tracing::info!(rows, "sort and search keys were made anew"),
                }
                Ok(())
            })
            .await;
            tokio::time::sleep(ROUND * HOUR).await;
        }
    };
    tokio::select! {
        () = stop.cancelled() => {}
        () = work => {}
    }
}

/// Works on jobs of many decisions until none is left, or the server stops.
async fn work_off(site: &Shared, stop: &CancellationToken) -> Result<()> {
    while !stop.is_cancelled() && queue::bulk::work_off(&site.desk, clock::now()).await? {}
    Ok(())
}

/// Looks again for the records of verified domains whose day is over. A resolver that does not
/// answer says nothing about a record.
async fn recheck_domains(site: &Shared) -> Result<()> {
    for domain in organisation::links::domains_due(&site.desk, clock::now()).await? {
        // One whose name servers are silent must not keep the others from their turn.
        let Ok(texts) = site.dns.texts(&domain.record()).await else {
            continue;
        };
        match organisation::links::domain_checked(&site.desk, domain, &texts, clock::now()).await {
            Ok(_) | Err(Error::Stale) => {}
            Err(e) => return Err(e),
        }
    }
    Ok(())
}

async fn chore<T>(what: &'static str, work: impl Future<Output = Result<T>>) {
    let done = async {
        if let Err(e) = work.await {
            tracing::warn!(cause = %e, "a chore failed; it will be tried again");
        }
    };
    done.instrument(tracing::info_span!("chore", what)).await;
}
