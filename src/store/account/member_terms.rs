//! The words by which members are found: kept beside their rows, made anew when a name or an
//! address changes.
use crate::domain::account::Account;
use crate::domain::ids::AccountId;
use crate::domain::{Result, text};
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
        sqlx::query("update members set sorts_as = $3 where org_id = $1 and account_id = $2")
            .bind(org.as_str())
            .bind(account.id.as_str())
            .bind(text::fold(&account.name))
            .run(tx)
            .await?;
        forget_terms(tx, &org, &account.id).await?;
        for term in text::terms(&account.name, account.email.as_str()) {
            sqlx::query("insert into member_terms (org_id, term, account_id) values ($1, $2, $3)")
                .bind(org.as_str())
                .bind(term)
                .bind(account.id.as_str())
                .run(tx)
                .await?;
        }
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
