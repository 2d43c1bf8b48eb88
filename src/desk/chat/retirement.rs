//! The end of a connector: its secrets go, what waits for it is dropped.
use crate::desk::chat::connectors::find_live;
use crate::desk::history::{About, By};
use crate::desk::{Actor, Desk, history, requests, rights};
use crate::domain::changes;
use crate::domain::connector::{Connector, ConnectorState};
use crate::domain::decision::Cancellation;
use crate::domain::event::What;
use crate::domain::ids::{ConnectorId, OrganisationId};
use crate::domain::member::Membership;
use crate::domain::policy;
use crate::domain::role::Permission;
use crate::domain::{Result, Time};
use crate::store::chat::connectors::{Kept, Secrets};
use crate::store::{self, Tx};

/// Deletes a connector: its secrets go, what waits for it is dropped, open requests that came
/// by it are canceled.
#[tracing::instrument(name = "chat::retirement::delete", skip_all)]
pub async fn delete(desk: &Desk, actor: &Actor, member: &Membership, id: &ConnectorId) -> Result<()> {
    let permitted = policy::permitted(member, Permission::ConnectorsManage)?;
    let (org, now) = (permitted.organisation(), actor.now());
    let mut tx = rights::begin_for(desk, actor, member).await?;
    let before = find_live(desk, &mut tx, &permitted, id).await?;
    retire(&mut tx, &before, now).await?;
    loop {
        let open = store::requests::list_open_of_connector(&mut tx, org, id).await?;
        if open.is_empty() {
            break;
        }
        for request in open {
            if request.is_open(now) {
                let canceled = request.cancel(Cancellation::by(&permitted, now))?;
                requests::outcomes::canceled(desk, &mut tx, &canceled, Some(actor), now).await?;
            } else {
                requests::outcomes::expire(desk, &mut tx, request, now).await?;
            }
        }
    }
    history::record(
        desk,
        &mut tx,
        actor,
        What::ConnectorDeleted,
        About::Thing(org, id.as_str()),
        changes::gone(before.connector.facts()),
    )
    .await?;
    tx.commit().await
}

/// Erases a connector's secrets and drops what waits for it; nothing comes or goes by it any
/// more.
pub(crate) async fn retire(tx: &mut Tx, kept: &Kept, now: Time) -> Result<()> {
    let after = Connector {
        state: ConnectorState::Deleted,
        ..kept.connector.clone()
    };
    store::chat::connectors::save(tx, &kept.organisation, &after, &Secrets::default()).await?;
    store::deliveries::messages::drop_of_connector(tx, &kept.organisation, &kept.connector.id, now).await
}

/// Retires all connectors of an organisation that closes.
pub(crate) async fn retire_all(desk: &Desk, tx: &mut Tx, org: &OrganisationId, now: Time) -> Result<()> {
    loop {
        // A list holds so many and no more; those that are retired are in none.
        let some = store::chat::connectors::list(tx, org).await?;
        if some.is_empty() {
            return Ok(());
        }
        for kept in some {
            retire(tx, &kept, now).await?;
            history::record(
                desk,
                tx,
                By::clock(now),
                What::ConnectorDeleted,
                About::Thing(org, kept.connector.id.as_str()),
                changes::gone(kept.connector.facts()),
            )
            .await?;
        }
    }
}
