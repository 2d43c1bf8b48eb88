//! The demo: a believable organisation with its past weeks, one-press sign-in, and the mailbox.
use crate::desk::account::sessions::Begun;
use crate::desk::demo::people::ADMINISTRATOR;
use crate::desk::demo::people::COLLEAGUE;
use crate::desk::demo::people::SLUG;
use crate::desk::demo::people::demo_account;
use crate::desk::faults::broken;
use crate::desk::history::{About, By};
use crate::desk::{Caller, Desk, account, demo, history, organisation};
use crate::domain::account::{Account, Email, Language};
use crate::domain::decision::Decided;
use crate::domain::event::What;
use crate::domain::invitation::{self, Invitation};
use crate::domain::links::{Domain, DomainName, Origin};
use crate::domain::organisation::{Organisation, Slug};
use crate::domain::request::{Outcome, Request, Status};
use crate::domain::time::Span;
use crate::domain::{Error, Result, Time};
use crate::store::account::sessions::How;
use crate::store::demo::DemoMail;
use crate::store::{self, Tx};

const MEMBER: &str = "mira.okafor@northlight.test";

const STRANGER: &str = "sam.quill@northlight.test";

const DOMAIN: &str = "northlight.test";

const REQUESTS: usize = 66;

const FIRST: [&str; 12] = [
    "Ada", "Bela", "Cleo", "Dana", "Emil", "Finn", "Gita", "Hugo", "Ines", "Jonas", "Kira", "Leon",
];

const LAST: [&str; 11] = [
    "Almeida", "Brook", "Castell", "Dorn", "Evers", "Feld", "Grau", "Holm", "Imhof", "Jansen", "Varga",
];

const MESSAGES: [&str; 6] = [
    "I start in the lab on Monday and need the shared workspace.",
    "",
    "Ivo asked me to join for the measurement project.",
    "I moved here from the Lyon office.",
    "",
    "Short visit, two weeks, with the optics group.",
];

/// Fills an empty database with the demo's organisation.
#[tracing::instrument(name = "demo::organisation::fill_demo", skip_all)]
pub async fn fill_demo(desk: &Desk, now: Time) -> Result<()> {
    let mut tx = desk.db.begin().await?;
    let ivo = demo_account(desk, &mut tx, "Ivo Brandt", ADMINISTRATOR, now - Span::days(60)).await?;
    let founded_at = now - Span::days(60);
    let slug = Slug::parse(SLUG).map_err(|_| broken())?;
    let (name, number) = ("Northlight Labs".into(), "40-1187".into());
    let organisation = Organisation {
        admin_contact: ADMINISTRATOR.into(),
        ..Organisation::new(desk.mint.id(founded_at), slug, name, number, founded_at)
    };
    organisation::organisations::found(desk, &mut tx, &organisation, &ivo, organisation.created_at).await?;
    for (name, email) in [("Mira Okafor", MEMBER), ("Ruth Almeida", COLLEAGUE)] {
        let account = demo_account(desk, &mut tx, name, email, now - Span::days(40)).await?;
        store::people::members::join(&mut tx, &organisation.id, &account, account.created_at).await?;
    }
    demo_account(desk, &mut tx, "Sam Quill", STRANGER, now - Span::days(1)).await?;
    let domain = Domain {
        id: desk.mint.id(organisation.created_at),
        organisation: organisation.id.clone(),
        name: DomainName::parse(DOMAIN).map_err(|_| broken())?,
        challenge: desk.mint.salt(),
        added_at: organisation.created_at,
        verified_at: None,
        checked_at: None,
        missing_since: None,
        version: 1,
    };
    store::organisation::links::add_domain(&mut tx, &domain).await?;
    // As if its record had been found, long enough ahead that nobody looks for it while the
    // demo runs.
    let verified = Domain {
        verified_at: Some(domain.added_at),
        checked_at: Some(now + Span::days(365)),
        ..domain
    };
    store::organisation::links::update_domain(&mut tx, &verified).await?;
    for n in 0..REQUESTS {
        demo_request(desk, &mut tx, &organisation, &ivo, n, now).await?;
    }
    tx.commit().await?;
    demo::portal::fill_demo_portal(desk, now).await?;
    demo::chat::fill_demo_chat(desk, now).await?;
    let mut tx = desk.db.begin().await?;
    store::deliveries::fates::wait_from(&mut tx, now).await?;
    tx.commit().await
}

/// The `n`-th request, the newest first: the first dozen open, the older ones decided,
/// withdrawn or expired.
async fn demo_request(
    desk: &Desk,
    tx: &mut Tx,
    organisation: &Organisation,
    ivo: &Account,
    n: usize,
    now: Time,
) -> Result<()> {
    let name = format!("{} {}", FIRST[n % FIRST.len()], LAST[n % LAST.len()]);
    let email = format!(
        "{}.{n}@northlight.test",
        name.to_ascii_lowercase().replace(' ', ".")
    );
    let at = now - Span::minutes(4 + (n * n * 13) as i64);
    let account = demo_account(desk, tx, &name, &email, at).await?;
    let decision = Decided::new(Some(ivo.id.clone()), at + Span::minutes(35));
    let invitation = desk.mint.id(decision.at);
    let status = match n {
        5 => Status::Approved {
            decision,
            outcome: Outcome::Invitation(invitation),
        },
        0..12 => Status::Pending,
        _ if n > 57 && n.is_multiple_of(3) => Status::Expired {
            at: at + crate::domain::organisation::REQUEST_LIFE,
        },
        _ if n % 7 == 3 => Status::Denied(decision),
        _ if n % 11 == 5 => Status::Canceled(Decided::new(Some(account.id.clone()), at + Span::minutes(9))),
        _ => Status::Approved {
            decision,
            outcome: Outcome::Invitation(invitation),
        },
    };
    let origin = Origin::Domain(DOMAIN.into());
    let pending = Request {
        account: Some(account.id.clone()),
        name,
        message: MESSAGES[n % MESSAGES.len()].into(),
        ..Request::new(desk.mint.id(at), organisation, account.email.clone(), origin, at)
    };
    store::requests::submit(tx, &pending, "").await?;
    let event = |what, actor, at| (what, By::clock(at).who(Some(actor)));
    let mut events = vec![event(What::RequestSubmitted, &account.id, at)];
    if let Status::Approved {
        decision,
        outcome: Outcome::Invitation(invitation),
    } = &status
    {
        demo_invitation(
            desk,
            tx,
            organisation,
            ivo,
            &pending,
            decision.at,
            invitation.clone(),
            (n > 14).then_some(&account),
        )
        .await?;
        events.push(event(What::RequestApproved, &ivo.id, decision.at));
    }
    match &status {
        Status::Denied(d) => events.push(event(What::RequestDenied, &ivo.id, d.at)),
        Status::Canceled(d) => events.push(event(What::RequestCanceled, &account.id, d.at)),
        _ => {}
    }
    let about = About::Thing(&organisation.id, pending.id.as_str());
    for (what, by) in events {
        history::record(desk, tx, by, what, about, vec![]).await?;
    }
    let settled = Request { status, ..pending };
    if settled.status == Status::Pending {
        Ok(())
    } else {
        store::requests::settle(tx, &settled).await
    }
}

async fn demo_invitation(
    desk: &Desk,
    tx: &mut Tx,
    organisation: &Organisation,
    ivo: &Account,
    request: &Request,
    at: Time,
    id: crate::domain::ids::InvitationId,
    joins: Option<&Account>,
) -> Result<()> {
    let open = Invitation {
        name: request.name.clone(),
        request: Some(request.id.clone()),
        ..Invitation::new(
            id,
            organisation,
            request.email.clone(),
            Language::En,
            ivo.id.clone(),
            at,
        )
    };
    store::people::invitations::create(tx, &open, &desk.mint.secret().hash).await?;
    let Some(account) = joins else { return Ok(()) };
    let done = invitation::InvitationStatus::Accepted {
        by: account.id.clone(),
        at: at + Span::hours(2),
    };
    store::people::invitations::update(tx, &Invitation { status: done, ..open }).await?;
    store::people::members::join(tx, &organisation.id, account, at + Span::hours(2))
        .await
        .map(|_| ())
}

/// Signs in as one of the demo's people; anywhere but in a demo there is no such thing.
#[tracing::instrument(name = "demo::organisation::demo_sign_in", skip_all)]
pub async fn demo_sign_in(desk: &Desk, caller: &Caller, who: &str) -> Result<(Begun, String)> {
    if !desk.plan.demo {
        return Err(Error::NotFound);
    }
    let (email, to) = match who {
        "administrator" => (ADMINISTRATOR, format!("/{SLUG}/access_requests")),
        "colleague" => (COLLEAGUE, format!("/{SLUG}/approvals")),
        "member" => (MEMBER, format!("/{SLUG}")),
        "stranger" => (STRANGER, "/signup".to_owned()),
        _ => return Err(Error::NotFound),
    };
    let email = Email::parse(email).map_err(|_| broken())?;
    let mut tx = desk.db.begin().await?;
    let account = store::account::accounts::find_by_proven_email(&mut tx, &email)
        .await?
        .ok_or(Error::NotFound)?;
    // They speak as whoever tries the demo does.
    if account.language != caller.language {
        let account = Account {
            language: caller.language,
            ..account.clone()
        };
        store::account::accounts::update(&mut tx, &account).await?;
    }
    let begun = account::sessions::begin(desk, &mut tx, &account, How::Demo, caller).await?;
    tx.commit().await?;
    Ok((begun, to))
}

/// Keeps a letter for the demo's mailbox; the same letter twice is one.
#[tracing::instrument(name = "demo::organisation::keep_demo_letter", skip_all)]
pub async fn keep_demo_letter(desk: &Desk, mail: &DemoMail) -> Result<()> {
    let mut tx = desk.db.begin().await?;
    store::demo::keep(&mut tx, mail).await?;
    tx.commit().await
}

/// The demo's mailbox, newest first.
#[tracing::instrument(name = "demo::organisation::demo_mailbox", skip_all)]
pub async fn demo_mailbox(desk: &Desk) -> Result<Vec<DemoMail>> {
    store::demo::list(&mut *desk.db.read().await?).await
}
