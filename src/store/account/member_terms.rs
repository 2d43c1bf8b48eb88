//! The words by which members are found: kept beside their rows, made anew when a name or an
//! address changes.
use crate::domain::Result;
use crate::domain::account::Account;
use crate::domain::ids::AccountId;
use crate::domain::text::{self, EDITION};
use crate::store::db::Tx;
use crate::store::rows::{Columns as _, Statement as _};

/// Writes down by what an account's memberships sort and are found: at joining, and at every change
/// of name or address.
pub async fn index(tx: &mut Tx, account: &Account) -> Result<()> {
    let orgs: Vec<String> =
        sqlx::query("select org_id from members where account_id = $1 and state = 'active' order by org_id")
            .bind(account.id.as_str())
            .list(tx, |r| r.text("org_id"))
            .await?;
    for org in orgs {
        index_one(tx, &org, &account.id, (&account.name, account.email.as_str())).await?;
    }
    Ok(())
}

/// The same for one membership, by the name and the address of the account.
pub(crate) async fn index_one(
    tx: &mut Tx,
    org: &str,
    account: &AccountId,
    (name, email): (&str, &str),
) -> Result<()> {
    sqlx::query("update members set sorts_as = $3, edition = $4 where org_id = $1 and account_id = $2")
        .bind(org)
        .bind(account.as_str())
        .bind(text::sort_key(name))
        .bind(EDITION)
        .run(tx)
        .await?;
    forget_terms(tx, org, account).await?;
    for term in text::terms(name, email) {
        sqlx::query("insert into member_terms (org_id, term, account_id) values ($1, $2, $3)")
            .bind(org)
            .bind(term)
            .bind(account.as_str())
            .run(tx)
            .await?;
    }
    Ok(())
}

pub(crate) async fn forget_terms(tx: &mut Tx, org: &str, account: &AccountId) -> Result<()> {
    sqlx::query("delete from member_terms where org_id = $1 and account_id = $2")
        .bind(org)
        .bind(account.as_str())
        .run(tx)
        .await
}
