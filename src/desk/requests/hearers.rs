//! Who gets letters about new requests.
use crate::desk::Desk;
use crate::domain::Result;
use crate::domain::ids::AccountId;
use crate::domain::organisation::{Mails, Organisation};
use crate::domain::role::Permission;
use crate::store::people::members::LetterReader;
use crate::store::{self, Tx};

/// Those who decide requests and get the letters about new ones: all, or those in the group
/// that is set, if one of it decides.
pub(crate) async fn hearers(
    desk: &Desk,
    tx: &mut Tx,
    organisation: &Organisation,
) -> Result<Vec<LetterReader>> {
    let deciders =
        store::people::members::list_holders(tx, &organisation.id, Permission::RequestsDecide).await?;
    chosen(desk, tx, organisation, deciders).await
}

/// Of those who decide, the ones in the group that is set; all of them, if none is in it.
async fn chosen(
    _desk: &Desk,
    tx: &mut Tx,
    organisation: &Organisation,
    deciders: Vec<LetterReader>,
) -> Result<Vec<LetterReader>> {
    let Some(group) = &organisation.requests.mails_group else {
        return Ok(deciders);
    };
    let within = store::access::steps::list_in_group(tx, &organisation.id, group).await?;
    let chosen: Vec<LetterReader> = deciders
        .iter()
        .filter(|d| within.contains(&d.account))
        .cloned()
        .collect();
    Ok(if chosen.is_empty() { deciders } else { chosen })
}

/// Those who get a letter about each new request.
pub(crate) async fn hearers_of_each(
    desk: &Desk,
    tx: &mut Tx,
    organisation: &Organisation,
) -> Result<Vec<LetterReader>> {
    if organisation.requests.mails == Mails::Each {
        hearers(desk, tx, organisation).await
    } else {
        Ok(Vec::new())
    }
}

/// Of those whom a step asks, without the ones who decide requests and get no letters about
/// them. `is_new`: it has just been submitted.
pub(crate) async fn hearers_among(
    desk: &Desk,
    tx: &mut Tx,
    organisation: &Organisation,
    asked: &[AccountId],
    is_new: bool,
) -> Result<Vec<LetterReader>> {
    let deciders =
        store::people::members::list_holders(tx, &organisation.id, Permission::RequestsDecide).await?;
    let hearers = match organisation.requests.mails {
        Mails::Never => Vec::new(),
        Mails::Daily { .. } if is_new => Vec::new(),
        Mails::Each | Mails::Daily { .. } => chosen(desk, tx, organisation, deciders.clone()).await?,
    };
    let mut readers = store::people::members::list_readers_of(tx, &organisation.id, asked).await?;
    let among =
        |readers: &[LetterReader], one: &LetterReader| readers.iter().any(|r| r.account == one.account);
    readers.retain(|r| !among(&deciders, r) || among(&hearers, r));
    Ok(readers)
}
