//! Measures people at the desk, without HTTP, on a database that `fill` filled: prints `invitations
//! per second | acceptances per second`. people COOKIE DATA [--database URL] --times N COOKIE: as
//! fill printed it Each is a transaction of its own that reaches the disk. Acceptance is by
//! accounts that exist, so no password is hashed.
#[path = "shared/args.rs"]
mod args;
#[path = "shared/bench.rs"]
mod bench;

use anteroom::clock;
use anteroom::desk::account::providers::Person;
use anteroom::desk::{Actor, Caller, account, deliveries, joining, letters, organisation, people};
use anteroom::domain::delivery::JobKind;
use anteroom::domain::notice::Letter;
use anteroom::store::deliveries::queue::{Claimed, Room};
use std::collections::HashMap;
use std::time::Instant;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let mut args: Vec<String> = std::env::args().skip(1).collect();
    let times = args::number(&mut args, "--times")?;
    let bench::Bench { desk, admin, member } = bench::open(args).await?;
    // Of browsers of their own: whoever signs in leaves the session that the browser had.
    let caller = Caller {
        session: None,
        ..admin.caller.clone()
    };
    organisation::organisations::change_invitation_rules(&desk, &admin, &member, "24", "20000", "UTC")
        .await?;

    let mut people: Vec<Actor> = Vec::new();
    for n in 0..times {
        let email = format!("bench.{n}@northlight.test");
        let person = Person {
            zone: None,
            provider: "bench".into(),
            issuer: "https://bench.test".into(),
            subject: email.clone(),
            email: Some(email),
            email_verified: true,
            name: Some(format!("Bench {n}")),
            organisation: None,
        };
        let begun = account::providers::sign_in_with_provider(&desk, &caller, &person).await?;
        people.push(
            account::sessions::find_actor(&desk, &begun.token, &caller)
                .await?
                .ok_or_else(|| anyhow::anyhow!("no session"))?,
        );
    }
    let begun = Instant::now();
    for person in &people {
        joining::invitations::invite(&desk, &admin, &member, person.account.email.as_str()).await?;
    }
    let invitations = times as f64 / begun.elapsed().as_secs_f64();
    let mut links = HashMap::new();
    loop {
        let room = Room {
            kinds: vec![JobKind::Letter],
            limit: 500,
            channels: vec![],
            organisations: vec![],
        };
        let (claimed, _) = deliveries::claim(&desk, &room, clock::now()).await?;
        if claimed.is_empty() {
            break;
        }
        for job in claimed {
            let Claimed::Letter(letter) = job else { continue };
            if !matches!(letter.letter, Letter::Invitation { .. }) {
                continue;
            }
            links.insert(
                letter.to.key(),
                letters::letter_secret(&desk, letter.sealed.as_deref())?.unwrap_or_default(),
            );
        }
    }
    let begun = Instant::now();
    for person in &people {
        let link = links
            .get(&person.account.email.key())
            .ok_or_else(|| anyhow::anyhow!("no link"))?;
        people::acceptance::accept_as(&desk, person, link).await?;
    }
    println!(
        "{:.0} | {:.0}",
        invitations,
        times as f64 / begun.elapsed().as_secs_f64()
    );
    desk.db.close().await;
    Ok(())
}
