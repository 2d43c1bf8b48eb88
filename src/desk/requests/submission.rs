//! Writing a new request down, and who may not ask again yet.
use crate::desk::history::{About, By};
use crate::desk::{Caller, Desk, history, letters, requests};
use crate::domain::account::Email;
use crate::domain::changes::{self, Field};
use crate::domain::event::What;
use crate::domain::ids::{AccountId, OrganisationId};
use crate::domain::notice::Letter;
use crate::domain::organisation::Organisation;
use crate::domain::request::Request;
use crate::domain::{Error, Result, Time};
use crate::store::{self, Tx};

/// Writes a new request and tells the administrators.
pub(crate) async fn submit_in(
    desk: &Desk,
    tx: &mut Tx,
    request: &Request,
    organisation: &Organisation,
    caller: &Caller,
) -> Result<()> {
    let now = caller.now;
    store::requests::submit(tx, request, "").await?;
    history::record(
        desk,
        tx,
        By::caller(caller).who(request.account.as_ref()),
        What::RequestSubmitted,
        About::Thing(&organisation.id, request.id.as_str()),
        changes::made([(Field::Email, request.email.to_string())]),
    )
    .await?;
    let letter = Letter::RequestSubmitted {
        organisation: organisation.name.clone(),
        slug: organisation.slug.to_string(),
        request: request.id.clone(),
        name: request.name.clone(),
        email: request.email.to_string(),
        message: request.message.clone(),
    };
    let readers = requests::hearers::hearers_of_each(desk, tx, organisation).await?;
    requests::posts::post_for_approvers(desk, tx, request, now).await?;
    letters::tell_readers(
        desk,
        tx,
        &organisation.id,
        readers,
        Some(&request.id),
        &letter,
        now,
    )
    .await
}

/// Refuses who was rejected just now.
pub(crate) async fn may_ask_again(
    _desk: &Desk,
    tx: &mut Tx,
    org: &OrganisationId,
    email: &Email,
    account: Option<&AccountId>,
    now: Time,
) -> Result<()> {
    let denied = store::requests::find_newest_denied(tx, org, email, account).await?;
    match denied.and_then(|d| d.pause(now)) {
        Some(at) => Err(Error::AskAgainLater { at }),
        None => Ok(()),
    }
}
