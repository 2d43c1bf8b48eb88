//! Fills an empty database for benches: an organisation with an administrator's session and many
//! requests, most of them decided. fill DATA [--database URL] --requests N --pending M --members K
//! prints as JSON: cookie, slug, and the ids of the pending requests
#[path = "shared/args.rs"]
mod args;

use anteroom::clock;
use anteroom::config::{self, Config};
use anteroom::desk::organisation::organisations::{Founder, NewOrganisation};
use anteroom::desk::{Caller, Desk, account, history, operator, organisation};
use anteroom::domain::account::{Account, Email, Factor, Language, Theme};
use anteroom::domain::decision::Decided;
use anteroom::domain::event::{Detail, Event, What};
use anteroom::domain::ids::{AccountId, OrganisationId, RequestId};
use anteroom::domain::links::Origin;
use anteroom::domain::organisation::Organisation;
use anteroom::domain::request::{Outcome, Request, Status};
use anteroom::domain::time::Span;
use anteroom::domain::{Result, Time};
use anteroom::serve::{files, server};
use anteroom::store::{self, Tx};

/// Rows of one transaction.
const BATCH: usize = 2000;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut args: Vec<String> = std::env::args().skip(1).collect();
    let mut number = |name| args::number(&mut args, name);
    let (requests, pending, members) = (number("--requests")?, number("--pending")?, number("--members")?);
    let data = args.remove(0);
    let config = config::parse(
        ["anteroom".to_owned(), "--data".into(), data]
            .into_iter()
            .chain(args),
        &|_| None,
    );
    let config = config.map_err(|e| anyhow::anyhow!("{e:?}"))?.1;
    let (desk, cookie, org, founder) = found(&config).await?;
    let organisation = store::organisation::organisations::find(&mut *desk.db.read().await?, &org).await?;
    let mut ids: Vec<RequestId> = Vec::new();
    for from in (0..requests).step_by(BATCH) {
        let mut tx = desk.db.begin().await?;
        for n in from..(from + BATCH).min(requests) {
            // The newest are the pending ones.
            let is_pending = n < pending;
            let id = one(&desk, &mut tx, &organisation, &founder, n, is_pending).await?;
            if is_pending {
                ids.push(id);
            }
        }
        tx.commit().await?;
    }
    for from in (0..members).step_by(BATCH) {
        let mut tx = desk.db.begin().await?;
        for n in from..(from + BATCH).min(members) {
            let account = person(&desk, requests + n, clock::now())?;
            store::account::accounts::create(&mut tx, &account).await?;
            store::people::members::join(&mut tx, &org, &account, clock::now()).await?;
        }
        tx.commit().await?;
    }
    // What the clock would do in the first minutes.
    while history::seals::sweep(&desk, clock::now()).await? > 0 {}
    desk.db.close().await;
    println!(
        "{}",
        serde_json::json!({ "cookie": cookie, "slug": "northlight", "pending": ids })
    );
    Ok(())
}

async fn found(config: &Config) -> anyhow::Result<(Desk, String, OrganisationId, AccountId)> {
    files::make_folders(config)?;
    let desk = server::desk(config, files::open(config).await?)?;
    operator::check_key(&desk).await?;
    let caller = Caller {
        now: clock::now(),
        place: "127.0.0.1".into(),
        agent: "bench".into(),
        language: Language::En,
        zone: None,
        session: None,
        posted: Default::default(),
    };
    let token = operator::setup_token(&desk, caller.now)
        .await?
        .ok_or_else(|| anyhow::anyhow!("the database is not empty"))?;
    let plan = NewOrganisation {
        slug: "northlight".into(),
        name: "Northlight Labs".into(),
        customer_number: "40-1187".into(),
    };
    let founder = Founder {
        name: "Ivo Brandt".into(),
        email: "ivo@northlight.test".into(),
        password: "tangled copper lantern".into(),
    };
    let (begun, slug) = organisation::organisations::set_up(&desk, &caller, &token, &plan, &founder).await?;
    let actor = account::sessions::find_actor(&desk, &begun.token, &caller)
        .await?
        .ok_or_else(|| anyhow::anyhow!("no session"))?;
    let member = account::memberships::membership(&desk, &actor, &slug).await?;
    Ok((
        desk,
        format!("anteroom={}", begun.token),
        member.organisation,
        actor.id().clone(),
    ))
}

/// One person with a request, `n` minutes ago; decided an hour later unless it is pending.
async fn one(
    desk: &Desk,
    tx: &mut Tx,
    organisation: &Organisation,
    by: &AccountId,
    n: usize,
    pending: bool,
) -> Result<RequestId> {
    let org = &organisation.id;
    let at = Time(clock::now().0 - Span::seconds(10 + 20 * n as i64).0);
    let account = person(desk, n, at)?;
    let email = account.email.clone();
    store::account::accounts::create(tx, &account).await?;
    let request = Request {
        account: Some(account.id.clone()),
        name: account.name,
        message: "I start in the lab on Monday and need the shared workspace.".into(),
        ..Request::new(
            desk.mint.id(at),
            organisation,
            email,
            Origin::Domain("northlight.test".into()),
            at,
        )
    };
    store::requests::submit(tx, &request, "").await?;
    record(
        desk,
        tx,
        What::RequestSubmitted,
        org,
        &account.id,
        &request.id,
        at,
    )
    .await?;
    let id = request.id.clone();
    if !pending {
        let decision = Decided::new(Some(by.clone()), at + Span::hours(1));
        let status = if n.is_multiple_of(5) {
            Status::Denied(decision)
        } else {
            Status::Approved {
                decision,
                outcome: Outcome::Invitation(desk.mint.id(at)),
            }
        };
        let what = if n.is_multiple_of(5) {
            What::RequestDenied
        } else {
            What::RequestApproved
        };
        store::requests::settle(tx, &Request { status, ..request }).await?;
        record(desk, tx, what, org, by, &id, at + Span::hours(1)).await?;
    }
    Ok(id)
}

/// The n-th person.
fn person(desk: &Desk, n: usize, at: Time) -> Result<Account> {
    let (first, last) = (FIRST[n % FIRST.len()], LAST[(n / FIRST.len()) % LAST.len()]);
    let email = Email::parse(&format!(
        "{}.{}.{n}@northlight.test",
        first.to_lowercase(),
        last.to_lowercase()
    ))
    .map_err(|_| anteroom::domain::Error::Internal)?;
    Ok(Account {
        id: desk.mint.id(at),
        email,
        email_proven_at: Some(at),
        email_proven_by: anteroom::domain::account::ProvenBy::Mailbox,
        name: format!("{first} {last}"),
        language: Language::En,
        time_zone: "UTC".into(),
        theme: Theme::System,
        keys: true,
        password_hash: None,
        factor: Factor::Off,
        created_at: at,
        erases_at: None,
        version: 1,
    })
}

async fn record(
    desk: &Desk,
    tx: &mut Tx,
    what: What,
    org: &OrganisationId,
    actor: &AccountId,
    id: &RequestId,
    at: Time,
) -> Result<()> {
    let event = Event {
        organisation: Some(org.clone()),
        account: None,
        actor: Some(actor.clone()),
        what,
        object: id.to_string(),
        detail: Detail::default(),
    };
    store::history::record(
        tx,
        &desk.mint.id(at),
        [&desk.mint.salt(), &desk.mint.salt()],
        at,
        None,
        &event,
    )
    .await
}

const FIRST: [&str; 12] = [
    "Ada", "Bela", "Cleo", "Dana", "Emil", "Finn", "Gita", "Hugo", "Ines", "Jonas", "Kira", "Leon",
];
const LAST: [&str; 11] = [
    "Almeida", "Brook", "Castell", "Dorn", "Evers", "Feld", "Grau", "Holm", "Imhof", "Jansen", "Varga",
];
