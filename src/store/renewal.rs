//! The keys by which rows are sorted and found, made anew where another edition of this program made
//! them: after a new version, and for what an old one wrote beside it meanwhile.
use crate::domain::Result;
use crate::domain::ids::{AccountId, OrganisationId};
use crate::domain::text::{self, EDITION, sort_key};
use crate::store::account::member_terms;
use crate::store::db::Tx;
use crate::store::keys::add_request_terms;
use crate::store::rows::{Columns as _, Row, Statement as _};
use crate::store::turns::locking;
use sqlx::AssertSqlSafe;

/// Rows that are made anew in one transaction.
const CHUNK: usize = 200;

/// What has keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyedTable {
    Requests,
    Members,
    Contacts,
    Invitations,
    Resources,
}

impl KeyedTable {
    pub const ALL: [Self; 5] = [
        Self::Requests,
        Self::Members,
        Self::Contacts,
        Self::Invitations,
        Self::Resources,
    ];

    /// The next rows of an organisation with old keys. Who is changing one of them just now writes its
    /// keys anyway, or leaves it to the next time.
    fn stale(self) -> (&'static str, &'static str) {
        match self {
            Self::Requests => (
                "select r.id, r.name, case when r.contact_id is null then r.email else '' end as email, \
                 coalesce(s.name, '') as thing from requests r left join resources s on s.id = r.resource_id \
                 where r.org_id = $1 and r.edition < ",
                "for no key update of r skip locked",
            ),
            Self::Members => (
                "select m.account_id as id, a.name, a.email, '' as thing from members m join accounts a \
                 on a.id = m.account_id where m.org_id = $1 and m.state = 'active' and m.edition < ",
                "for no key update of m, a skip locked",
            ),
            Self::Contacts => (
                "select c.id, c.name, '' as email, '' as thing from contacts c where c.org_id = $1 \
                 and c.edition < ",
                "for no key update of c skip locked",
            ),
            Self::Invitations => (
                "select i.id, i.name, i.email, '' as thing from invitations i where i.org_id = $1 \
                 and i.edition < ",
                "for no key update of i skip locked",
            ),
            Self::Resources => (
                "select s.id, s.name, '' as email, '' as thing from resources s where s.org_id = $1 \
                 and s.edition < ",
                "for no key update of s skip locked",
            ),
        }
    }
}

/// A row with old keys.
struct StaleRow {
    id: String,
    name: String,
    email: String,
    /// What is asked for.
    thing: String,
}

/// Makes the keys of the organisation's next rows anew; how many these were.
pub async fn renew(tx: &mut Tx, org: &OrganisationId, table: KeyedTable) -> Result<usize> {
    let (select, lock) = table.stale();
    let sql = format!("{select}{EDITION} order by 1 limit {CHUNK} {}", locking(tx, lock));
    let rows = sqlx::query(AssertSqlSafe(sql))
        .bind(org.to_string())
        .list(tx, read)
        .await?;
    for row in &rows {
        match table {
            KeyedTable::Requests => {
                write(tx, org, row, "requests").await?;
                let mut terms = text::terms(&row.name, &row.email);
                terms.extend(text::terms(&row.thing, ""));
                add_request_terms(tx, org, &row.id, terms).await?;
            }
            KeyedTable::Members => {
                let account = AccountId::try_from(row.id.clone())?;
                member_terms::index_one(tx, org.as_str(), &account, (&row.name, &row.email)).await?;
            }
            KeyedTable::Contacts => write(tx, org, row, "contacts").await?,
            KeyedTable::Resources => write(tx, org, row, "resources").await?,
            KeyedTable::Invitations => {
                sqlx::query(
                    "update invitations set found_by = $3, edition = $4 where org_id = $1 and id = $2",
                )
                .bind(org.as_str())
                .bind(&row.id)
                .bind(text::found_by(&row.name, &row.email))
                .bind(EDITION)
                .run(tx)
                .await?;
            }
        }
    }
    Ok(rows.len())
}

fn read(row: &Row) -> Result<StaleRow> {
    Ok(StaleRow {
        id: row.text("id")?,
        name: row.text("name")?,
        email: row.text("email")?,
        thing: row.text("thing")?,
    })
}

async fn write(tx: &mut Tx, org: &OrganisationId, row: &StaleRow, table: &str) -> Result<()> {
    let sql = format!(
        "update {table} set sorts_as = $3, found_by = $4, edition = $5 where org_id = $1 and id = $2"
    );
    sqlx::query(AssertSqlSafe(sql))
        .bind(org.to_string())
        .bind(row.id.clone())
        .bind(sort_key(&row.name))
        .bind(text::found_by(&row.name, ""))
        .bind(EDITION)
        .run(tx)
        .await
}
