//! Sort and search keys of an older version of this program are made anew while the server works.
use crate::desk::Desk;
use crate::domain::Result;
use crate::store;
use crate::store::renewal::KeyedTable;

/// Goes through all organisations until no row with old keys is left, but those that somebody is
/// changing just now. How many rows were made anew.
#[tracing::instrument(name = "organisation::keys::renew", skip_all)]
pub async fn renew(desk: &Desk) -> Result<usize> {
    let (mut renewed, mut after) = (0, String::new());
    loop {
        let orgs =
            store::organisation::organisations::list_after(&mut *desk.db.read().await?, &after).await?;
        let Some(last) = orgs.last() else {
            return Ok(renewed);
        };
        after = last.to_string();
        for org in &orgs {
            for table in KeyedTable::ALL {
                loop {
                    // Little at a time: whoever decides something comes in between.
                    let mut tx = desk.db.begin().await?;
                    let rows = store::renewal::renew(&mut tx, org, table).await?;
                    tx.commit().await?;
                    renewed += rows;
                    if rows == 0 {
                        break;
                    }
                }
            }
        }
    }
}
