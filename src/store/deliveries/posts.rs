//! Posts in channels: which stand open, where, and that they are closed.
use super::hold::Stands;
use crate::domain::ids::{ConnectorId, LetterId, OrganisationId, RequestId};
use crate::domain::{Error, Result, Time};
use crate::store::conn::Conn;
use crate::store::db::Tx;
use crate::store::rows::{Columns as _, Statement as _};

/// A post whose request is over, with its buttons still there.
pub struct OldPost {
    pub id: LetterId,
    pub organisation: OrganisationId,
    pub connector: ConnectorId,
    pub request: RequestId,
}

/// Posts that were sent, whose request is decided or over.
pub async fn list_posts_to_close(conn: &mut Conn, now: Time, limit: i64) -> Result<Vec<OldPost>> {
    sqlx::query(
        "select s.id, s.org_id, s.connector_id, s.request_id from deliveries s \
         join requests r on r.id = s.request_id join connectors n on n.id = s.connector_id \
         and n.state <> 'deleted' where s.what = 'post' and s.closed = 0 and s.state = 'sent' \
         and s.message is not null and (r.status not in ('pending', 'missing_data', 'error') \
         or r.provisioning = 1 or r.expires_at <= $1) order by s.created_at limit $2",
    )
    .bind(now.0)
    .bind(limit)
    .list(conn, |r| {
        Ok(OldPost {
            id: r.parsed("id")?,
            organisation: r.parsed("org_id")?,
            connector: r.parsed("connector_id")?,
            request: r.parsed("request_id")?,
        })
    })
    .await
}

/// Writes down that a post is edited; Stale if it was already.
pub async fn close_post(tx: &mut Tx, org: &OrganisationId, id: &LetterId) -> Result<()> {
    let sql = "update deliveries set closed = 1 where org_id = $1 and id = $2 and closed = 0";
    sqlx::query(sql)
        .bind(org.as_str())
        .bind(id.as_str())
        .run_once(tx)
        .await
}

/// Where a post stands.
pub async fn find_post(conn: &mut Conn, org: &OrganisationId, id: &LetterId) -> Result<Stands> {
    let found = sqlx::query("select message, place from deliveries where org_id = $1 and id = $2")
        .bind(org.as_str())
        .bind(id.as_str())
        .find(conn, |r| Ok(r.maybe_text("message")?.zip(r.maybe_text("place")?)));
    let (message, channel) = found.await?.flatten().ok_or(Error::NotFound)?;
    Ok(Stands { message, channel })
}

/// A channel has another id now: the posts in it go with it.
pub async fn move_posts(
    tx: &mut Tx,
    org: &OrganisationId,
    connector: &ConnectorId,
    from: &str,
    to: &str,
) -> Result<()> {
    let sql = "update deliveries set place = $4 where org_id = $1 and connector_id = $2 and place = $3";
    sqlx::query(sql)
        .bind(org.as_str())
        .bind(connector.as_str())
        .bind(from)
        .bind(to)
        .run(tx)
        .await
}
