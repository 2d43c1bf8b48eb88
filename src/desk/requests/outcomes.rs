//! Writing down how a request ended: denied, canceled, expired.
use crate::desk::history::{About, By};
use crate::desk::{Actor, Desk, history, requests};
use crate::domain::changes::{self, Field};
use crate::domain::event::{Detail, What};
use crate::domain::notice::{Letter, News};
use crate::domain::request::{Matter, Request, Status};
use crate::domain::verdict::Verdict;
use crate::domain::{Error, Result, Time};
use crate::store::{self, Tx};

/// Writes down that a request's life ended.
pub(crate) async fn expire(desk: &Desk, tx: &mut Tx, request: Request, now: Time) -> Result<()> {
    let expired = request.expire(now)?;
    store::requests::settle(tx, &expired).await?;
    history::record(
        desk,
        tx,
        By::clock(now),
        What::RequestExpired,
        About::Thing(&expired.organisation, expired.id.as_str()),
        vec![],
    )
    .await?;
    match expired.matter {
        Matter::Resource(_) => {
            return requests::notices::tell_requester(desk, tx, &expired, News::Expired, now).await;
        }
        // A further message asks again; nothing is said in between.
        Matter::Chat(_) => return Ok(()),
        Matter::Join => {}
    }
    let organisation = store::organisation::organisations::find(tx, &expired.organisation).await?;
    let letter = Letter::RequestExpired {
        organisation: organisation.name,
        status: crate::desk::requests::status_token::make(desk, &expired.id),
    };
    requests::notices::tell_about(desk, tx, &expired, letter, now).await
}

/// Writes down a denial and tells the requester why. `notes`: for Insights alone.
pub(crate) async fn denied(
    desk: &Desk,
    tx: &mut Tx,
    actor: &Actor,
    denied: &Request,
    notes: Option<String>,
) -> Result<()> {
    store::requests::settle(tx, denied).await?;
    let reason = denied.status.decision().map(|d| d.reason.clone());
    let detail = Detail {
        notes,
        ..changes::made([(Field::Reason, reason.unwrap_or_default())]).into()
    };
    history::record(
        desk,
        tx,
        actor,
        What::RequestDenied,
        About::Thing(&denied.organisation, denied.id.as_str()),
        detail,
    )
    .await?;
    requests::notices::tell_requester(desk, tx, denied, News::Denied, actor.now()).await
}

/// Writes down that a request was canceled, and tells whoever asked.
pub(crate) async fn canceled(
    desk: &Desk,
    tx: &mut Tx,
    canceled: &Request,
    actor: Option<&Actor>,
    now: Time,
) -> Result<()> {
    store::requests::settle(tx, canceled).await?;
    let reason = canceled
        .status
        .decision()
        .map(|d| d.reason.clone())
        .filter(|r| !r.is_empty());
    history::record(
        desk,
        tx,
        By::actor_or_clock(actor, now),
        What::RequestCanceled,
        About::Thing(&canceled.organisation, canceled.id.as_str()),
        changes::made([(Field::Reason, reason.clone().unwrap_or_default())]),
    )
    .await?;
    match canceled.matter {
        Matter::Resource(_) => {
            requests::notices::tell_requester(desk, tx, canceled, News::Canceled, now).await
        }
        Matter::Chat(_) => requests::posts::tell_canceled(desk, tx, canceled, now).await,
        Matter::Join => {
            let organisation = store::organisation::organisations::find(tx, &canceled.organisation).await?;
            let letter = Letter::RequestCanceled {
                organisation: organisation.name,
                reason: reason.unwrap_or_default(),
            };
            requests::notices::tell_about(desk, tx, canceled, letter, now).await
        }
    }
}

/// The answer to whoever decides a request that is decided already.
pub(crate) async fn already(conn: &mut store::Conn, request: &Request) -> Result<Option<Error>> {
    let (decision, verdict) = match &request.status {
        Status::Approved { decision, .. } | Status::Provisioning(decision) => (decision, Verdict::Approve),
        Status::Denied(decision) => (decision, Verdict::Reject),
        _ => return Ok(None),
    };
    let Some(by) = &decision.by else { return Ok(None) };
    let by = store::account::accounts::find(conn, by).await?.name;
    Ok(Some(Error::AlreadyDecided {
        by,
        verdict,
        at: decision.at,
    }))
}
