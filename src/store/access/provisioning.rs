//! Where provisioning hooks are, and the secrets that sign their calls.
use crate::domain::Result;
use crate::domain::ids::{OrganisationId, ResourceId};
use crate::store::conn::Conn;
use crate::store::db::Tx;
use crate::store::rows::{Columns as _, Statement as _};

/// Where a resource's hook is, and its sealed secret; None if it has none.
pub async fn find_target(
    conn: &mut Conn,
    org: &OrganisationId,
    resource: &ResourceId,
) -> Result<Option<(String, String)>> {
    let found = sqlx::query("select hook_url, hook_secret from resources where org_id = $1 and id = $2")
        .bind(org.as_str())
        .bind(resource.as_str())
        .find(conn, |r| Ok((r.text("hook_url")?, r.maybe_text("hook_secret")?)))
        .await?;
    Ok(match found {
        Some((url, Some(secret))) if !url.is_empty() => Some((url, secret)),
        _ => None,
    })
}

/// Keeps a resource's new secret, sealed.
pub async fn set_secret(
    tx: &mut Tx,
    org: &OrganisationId,
    resource: &ResourceId,
    sealed: &str,
) -> Result<()> {
    sqlx::query("update resources set hook_secret = $3 where org_id = $1 and id = $2")
        .bind(org.as_str())
        .bind(resource.as_str())
        .bind(sealed)
        .run_once(tx)
        .await
}
