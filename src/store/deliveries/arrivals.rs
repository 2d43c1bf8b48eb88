//! What came by chat and is still to be worked on: written before the platform is answered.
use super::hold::Hold;
use super::lanes::{Fresh, owe as owe_fresh};
use crate::domain::Result;
use crate::domain::Time;
use crate::domain::delivery::{Channel, JobKind};
use crate::domain::ids::{ConnectorId, LetterId, OrganisationId};
use crate::store::db::Tx;
use crate::store::rows::{Columns as _, Row};

/// Something that came: the platform's name of the delivery, the message's own identity, and what
/// it is, as JSON.
pub struct Arrival {
    pub event: String,
    pub message: String,
    /// Whose it is.
    pub lane: String,
    pub arrived: String,
}

/// Keeps what came, behind all that waits of its lane, whatever the clock of the server says that
/// kept that; whether it is new. The same delivery, or the same message by another one, is not.
pub async fn keep(
    tx: &mut Tx,
    id: &LetterId,
    org: &OrganisationId,
    connector: &ConnectorId,
    a: &Arrival,
    now: Time,
) -> Result<bool> {
    let fresh = Fresh {
        id,
        kind: JobKind::Arrival,
        organisation: Some(org),
        channel: Channel::arrivals(connector),
        lane: &lane(connector, &a.lane),
        job: a.arrived.clone(),
        beside: vec![
            ("connector_id", Some(connector.to_string())),
            ("event", Some(a.event.clone())),
            ("message", Some(a.message.clone())),
        ],
    };
    owe_fresh(tx, fresh, now).await
}

/// The lane of what is whose at a connector.
fn lane(connector: &ConnectorId, whose: &str) -> String {
    format!("arrival:{connector}:{whose}")
}

/// Something that came, in a worker's hands.
#[derive(Clone, Debug)]
pub struct ClaimedArrival {
    pub hold: Hold,
    pub organisation: OrganisationId,
    pub connector: ConnectorId,
    pub arrived: String,
}

pub(super) fn read(row: &Row, hold: Hold) -> Result<ClaimedArrival> {
    Ok(ClaimedArrival {
        organisation: hold.owner()?,
        hold,
        connector: row.parsed("connector_id")?,
        arrived: row.text("job")?,
    })
}
