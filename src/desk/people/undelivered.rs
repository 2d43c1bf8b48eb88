//! Having a delivery tried again, whatever it is.
use crate::desk::deliveries::seen_by;
use crate::desk::history::About;
use crate::desk::{Actor, Desk, history, people, rights};
use crate::domain::event::What;
use crate::domain::ids::LetterId;
use crate::domain::member::Membership;
use crate::domain::{Error, Result};
use crate::store;

/// Has a delivery tried again now. A letter whose link was erased when it was given up is replaced
/// by a new one with a new link.
#[tracing::instrument(name = "people::undelivered::try_again", skip_all)]
pub async fn try_again(desk: &Desk, actor: &Actor, member: &Membership, id: &LetterId) -> Result<()> {
    let (org, kinds) = seen_by(member)?;
    let mut tx = rights::begin_for(desk, actor, member).await?;
    let found = store::deliveries::fates::find_undelivered(&mut tx, &org, id).await?;
    if !kinds.contains(&found.kind) {
        return Err(Error::NotFound);
    }
    if let (true, Some(invitation)) = (found.failed, &found.invitation) {
        drop(tx);
        return people::invitations::resend(desk, actor, member, invitation).await;
    }
    store::deliveries::fates::try_again(&mut tx, &org, id, actor.now()).await?;
    history::record(
        desk,
        &mut tx,
        actor,
        What::LetterTriedAgain,
        About::Thing(&org, id.as_str()),
        vec![],
    )
    .await?;
    tx.commit().await
}
