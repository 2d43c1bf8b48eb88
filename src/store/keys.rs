//! The keys by which rows are found, and the terms of requests.
use crate::domain::Result;
use crate::domain::ids::OrganisationId;
use crate::store::db::Tx;
use crate::store::rows::Statement as _;

/// The condition that a row, by its alias, is found by a word whose bound pattern this is; `older`:
/// what was looked into before there were editions.
pub(super) fn found(row: &str, older: &str, pattern: &str) -> String {
    format!("(case when {row}.edition < 1 then {older} else {row}.found_by end) like {pattern} escape '!'")
}

/// Adds the terms that a request is found by and that it has not.
pub(super) async fn add_request_terms(
    tx: &mut Tx,
    org: &OrganisationId,
    request: &str,
    terms: impl IntoIterator<Item = String>,
) -> Result<()> {
    for term in terms {
        sqlx::query(
            "insert into request_terms (org_id, term, request_id) values ($1, $2, $3) on conflict do nothing",
        )
        .bind(org.as_str())
        .bind(term)
        .bind(request)
        .run(tx)
        .await?;
    }
    Ok(())
}
