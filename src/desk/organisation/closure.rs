//! Renaming and closing an organisation. Closing takes seven days, in which any administrator may
//! take it back.
use crate::desk::account::{self, limits};
use crate::desk::history::outdated::refuse_outdated;
use crate::desk::history::{About, By};
use crate::desk::unless_stale;
use crate::desk::{Actor, Desk, chat, history, letters, organisation, requests, rights};
use crate::domain::changes;
use crate::domain::error::Faults;
use crate::domain::event::What;
use crate::domain::ids::OrganisationId;
use crate::domain::member::Membership;
use crate::domain::notice::{Letter, Notice};
use crate::domain::organisation::Organisation;
use crate::domain::policy;
use crate::domain::request::Request;
use crate::domain::{self, Error, Result, Time, Why};
use crate::store::{self, Tx};

/// Gives the organisation another name and customer number. Its address stays, so that no link
/// dies.
#[tracing::instrument(name = "organisation::closure::rename", skip_all)]
pub async fn rename(desk: &Desk, actor: &Actor, member: &Membership, name: &str, number: &str) -> Result<()> {
    let permitted = policy::administrator(member)?;
    let mut faults = Faults::default();
    let name = faults.take("organisation", domain::organisation::name(name));
    let number = faults.take("customer_number", domain::organisation::customer_number(number));
    let (name, customer_number) = faults.done(name.zip(number))?;
    let mut tx = rights::begin_alone_for(desk, actor, member).await?;
    let before = store::organisation::organisations::find(&mut tx, permitted.organisation()).await?;
    let about = About::Organisation(permitted.organisation());
    refuse_outdated(&mut tx, actor, about, &before.facts()).await?;
    let after = Organisation {
        name,
        customer_number,
        ..before.clone()
    };
    store::organisation::organisations::update(&mut tx, &after).await?;
    history::record(
        desk,
        &mut tx,
        actor,
        What::OrganisationChanged,
        About::Organisation(permitted.organisation()),
        changes::between(&before.facts(), &after.facts()),
    )
    .await?;
    tx.commit().await
}

/// Has the organisation close in seven days, confirmed by its customer number. Every member is
/// told.
#[tracing::instrument(name = "organisation::closure::close_organisation", skip_all)]
pub async fn close_organisation(desk: &Desk, actor: &Actor, member: &Membership, typed: &str) -> Result<()> {
    let permitted = policy::administrator(member)?;
    if typed.trim() != member.customer_number {
        return Err(Error::field("customer_number", Why::NotTheNumber));
    }
    let mut tx = rights::begin_alone_for(desk, actor, member).await?;
    let closing = store::organisation::organisations::find(&mut tx, permitted.organisation())
        .await?
        .close(&permitted, actor.now())?;
    if let Some(refusal) = account::limits::try_once(
        desk,
        &mut tx,
        &limits::CLOSINGS,
        permitted.organisation().as_str(),
        actor.now(),
    )
    .await?
    {
        tx.commit().await?;
        return Err(refusal);
    }
    store::organisation::organisations::update(&mut tx, &closing).await?;
    history::record(
        desk,
        &mut tx,
        actor,
        What::OrganisationCloses,
        About::Organisation(permitted.organisation()),
        vec![],
    )
    .await?;
    let letter = Letter::OrganisationCloses {
        organisation: closing.name,
        customer_number: closing.customer_number,
        by: actor.account.name.clone(),
        contact: closing.admin_contact,
    };
    tell_everybody(desk, &mut tx, permitted.organisation(), &letter, actor.now()).await?;
    tx.commit().await
}

/// Takes back that the organisation closes. Every member is told.
#[tracing::instrument(name = "organisation::closure::keep_organisation", skip_all)]
pub async fn keep_organisation(desk: &Desk, actor: &Actor, member: &Membership) -> Result<()> {
    let permitted = policy::administrator(member)?;
    let mut tx = rights::begin_alone_for(desk, actor, member).await?;
    let staying = store::organisation::organisations::find(&mut tx, permitted.organisation())
        .await?
        .stay(actor.now())?;
    store::organisation::organisations::update(&mut tx, &staying).await?;
    history::record(
        desk,
        &mut tx,
        actor,
        What::OrganisationStays,
        About::Organisation(permitted.organisation()),
        vec![],
    )
    .await?;
    let slug = staying.slug.to_string();
    let letter = Letter::OrganisationStays {
        organisation: staying.name,
        customer_number: staying.customer_number,
        slug,
    };
    tell_everybody(desk, &mut tx, permitted.organisation(), &letter, actor.now()).await?;
    tx.commit().await
}

async fn tell_everybody(
    desk: &Desk,
    tx: &mut Tx,
    org: &OrganisationId,
    letter: &Letter,
    now: Time,
) -> Result<()> {
    let readers = store::people::members::list_readers(tx, org).await?;
    letters::tell_readers(desk, tx, org, readers, None, letter, now).await
}

/// Does what follows from closings that have come: open requests are canceled and their authors
/// told, then links and domains are given up. How many organisations are done. Nobody is let in
/// from that instant on, even if this never ran.
#[tracing::instrument(name = "organisation::closure::sweep", skip_all)]
pub async fn sweep(desk: &Desk, now: Time) -> Result<usize> {
    let due = store::organisation::organisations::list_closing(&mut *desk.db.read().await?, now).await?;
    let mut done = 0;
    for id in due {
        done += usize::from(unless_stale(finish_closing(desk, &id, now).await)?);
    }
    Ok(done)
}

/// Cancels some of the open requests of an organisation whose closing has come; once there is
/// none, gives its links up. True: done.
async fn finish_closing(desk: &Desk, id: &OrganisationId, now: Time) -> Result<bool> {
    let mut tx = desk.db.begin().await?;
    // Whoever takes the closing back at this moment is waited for.
    store::people::members::lock(&mut tx, id).await?;
    let organisation = store::organisation::organisations::find(&mut tx, id).await?;
    if organisation.open(now).is_ok() || organisation.closed_at.is_some() {
        return Ok(false);
    }
    // Nothing comes by chat any more, or it would be among what is open.
    chat::retirement::retire_all(desk, &mut tx, id, now).await?;
    let open = store::requests::list_open(&mut tx, id).await?;
    let rest = open.is_empty();
    for request in open {
        cancel_by_closing(desk, &mut tx, &organisation, request, now).await?;
    }
    if rest {
        // Its people are free to belong elsewhere.
        organisation::links::unlink_in(desk, &mut tx, id, "closing", now).await?;
        store::organisation::organisations::closed(&mut tx, id, now).await?;
        history::record(
            desk,
            &mut tx,
            By::clock(now),
            What::OrganisationClosed,
            About::Organisation(id),
            vec![],
        )
        .await?;
    }
    tx.commit().await?;
    Ok(rest)
}

async fn cancel_by_closing(
    desk: &Desk,
    tx: &mut Tx,
    organisation: &Organisation,
    request: Request,
    now: Time,
) -> Result<()> {
    if !request.is_open(now) {
        return requests::outcomes::expire(desk, tx, request, now).await;
    }
    let canceled = request.cancel_by_closing(organisation, now)?;
    store::requests::settle(tx, &canceled).await?;
    history::record(
        desk,
        tx,
        By::clock(now),
        What::RequestCanceled,
        About::Thing(&organisation.id, canceled.id.as_str()),
        vec![],
    )
    .await?;
    if canceled.chatted().is_some() {
        return Ok(());
    }
    let notice = Notice {
        account: canceled.account,
        organisation: Some(organisation.id.clone()),
        request: Some(canceled.id),
        ..Notice::new(
            canceled.email,
            canceled.language,
            Letter::RequestClosed {
                organisation: organisation.name.clone(),
            },
        )
    };
    letters::owe(desk, tx, &notice, now).await
}
