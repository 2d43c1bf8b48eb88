//! Having a delivery tried again, whatever it is.
use crate::desk::deliveries::seen_by;
use crate::desk::history::About;
use crate::desk::{Actor, Desk, deliveries, history, people, rights};
use crate::domain::delivery::Channel;
use crate::domain::event::What;
use crate::domain::ids::LetterId;
use crate::domain::member::Membership;
use crate::domain::role::Permission;
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

/// So many invitations get new links at one press.
const INVITATIONS: i64 = 100;

/// Has all of the organisation's deliveries on a channel tried again now. Invitations whose letters
/// were given up are sent anew, each with a new link, by whoever may; a limit of those is told, and
/// what went before it stays.
#[tracing::instrument(name = "people::undelivered::try_all_again", skip_all)]
pub async fn try_all_again(desk: &Desk, actor: &Actor, member: &Membership, channel: &Channel) -> Result<()> {
    deliveries::try_all_again(desk, actor, member, channel).await?;
    if *channel != Channel::mail() || !member.may(Permission::InvitationsSend) {
        return Ok(());
    }
    let given_up = {
        let mut conn = desk.db.read().await?;
        store::deliveries::fates::list_invitations_given_up(&mut conn, &member.organisation, INVITATIONS)
            .await?
    };
    for invitation in given_up {
        match people::invitations::resend(desk, actor, member, &invitation).await {
            // Somebody was quicker, or it is over by now.
            Err(Error::Stale | Error::NotFound | Error::Refused(_)) => {}
            other => other?,
        }
    }
    Ok(())
}
