//! What an organisation's export holds: its tables, with the columns that may leave. Columns are
//! named one by one, so that none with a secret slips in.
use crate::domain::Result;
use crate::domain::ids::{FileId, OrganisationId};
use crate::store::conn::Conn;
use crate::store::organisation::organisations;
use crate::store::rows::{Columns as _, Statement as _, fault};
use futures_util::{Stream, StreamExt as _};
use serde_json::Value;
use sqlx::{AssertSqlSafe, Row as _, ValueRef as _};

/// One table of the export.
pub struct DataTable {
    pub name: &'static str,
    pub columns: &'static [&'static str],
    key: &'static str,
    from: &'static str,
}

impl DataTable {
    /// The columns' names as the export gives them.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.columns.iter().map(|c| c.rsplit('.').next().unwrap_or(c))
    }

    /// Takes the organisation, gives rows by their key `k`.
    fn sql(&self) -> String {
        let Self {
            columns, key, from, ..
        } = self;
        let columns: String = columns.iter().map(|c| format!(", {c} as \"{c}\"")).collect();
        format!("select {key} as k{columns} from {from} order by 1")
    }
}

const fn table(
    name: &'static str,
    key: &'static str,
    columns: &'static [&'static str],
    from: &'static str,
) -> DataTable {
    DataTable {
        name,
        columns,
        key,
        from,
    }
}

/// All tables of the export.
pub static TABLES: [DataTable; 16] = [
    table(
        "organisation",
        "id",
        organisations::EXPORTED,
        "organisations where id = $1",
    ),
    table(
        "members",
        "m.account_id",
        &[
            "m.account_id",
            "a.email",
            "a.name",
            "m.state",
            "m.joined_at",
            "m.ended_at",
            "m.manager_id",
            "m.job_title",
            "m.department",
            "m.waits_since",
        ],
        "members m join accounts a on a.id = m.account_id where m.org_id = $1",
    ),
    table(
        "roles",
        "id",
        &["id", "name", "permissions", "built_in"],
        "roles where org_id = $1",
    ),
    table(
        "member_roles",
        "account_id || role_id",
        &["account_id", "role_id"],
        "member_roles where org_id = $1",
    ),
    table("groups", "id", &["id", "name"], "groups where org_id = $1"),
    table(
        "group_members",
        "group_id || account_id",
        &["group_id", "account_id"],
        "group_members where org_id = $1",
    ),
    table(
        "requests",
        "r.id",
        &[
            "r.id",
            "r.kind",
            "r.account_id",
            "a.email",
            "r.name",
            "r.message",
            "r.language",
            "r.origin",
            "r.status",
            "r.may_ask_again",
            "r.submitted_at",
            "r.expires_at",
            "r.decided_at",
            "r.decided_by",
            "r.invitation_id",
            "r.connector_id",
            "r.contact_id",
        ],
        // A request by chat has no address; its contact says who asks.
        "requests r left join requests a on a.id = r.id and a.kind <> 'chat' where r.org_id = $1",
    ),
    table(
        "invitations",
        "id",
        &[
            "id",
            "email",
            "name",
            "language",
            "status",
            "request_id",
            "invited_by",
            "created_at",
            "expires_at",
            "ended_at",
            "accepted_by",
        ],
        "invitations where org_id = $1",
    ),
    table(
        "invitation_roles",
        "invitation_id || role_id",
        &["invitation_id", "role_id"],
        "invitation_roles where org_id = $1",
    ),
    table(
        "provider_links",
        "provider || ' ' || provider_organisation",
        &["provider", "provider_organisation", "linked_by", "linked_at"],
        "provider_links where org_id = $1",
    ),
    table(
        "domains",
        "id",
        &[
            "id",
            "name",
            "added_at",
            "verified_at",
            "checked_at",
            "missing_since",
        ],
        "domains where org_id = $1",
    ),
    table(
        "connectors",
        "id",
        &[
            "id",
            "platform",
            "name",
            "state",
            "onboarding",
            "mode",
            "language",
            "texts",
            "settings",
            "agent",
            "channel",
            "last_event_at",
            "last_delivery_at",
        ],
        "connectors where org_id = $1",
    ),
    table(
        "contacts",
        "id",
        &[
            "id",
            "connector_id",
            "person",
            "name",
            "conversation",
            "language",
            "standing",
            "member_id",
            "proven_at",
            "messages",
            "last_message_at",
            "passed_on",
            "unreachable",
            "created_at",
        ],
        "contacts where org_id = $1",
    ),
    table(
        "faqs",
        "language",
        &["language", "body"],
        "faqs where org_id = $1",
    ),
    table(
        "home_links",
        "id",
        &["id", "title", "url", "file_id", "position"],
        "home_links where org_id = $1",
    ),
    table(
        "history",
        "e.id",
        &[
            "e.id",
            "e.what",
            "e.at",
            "e.actor_id",
            "e.object",
            "d.detail",
            "d.place",
        ],
        "events e left join event_details d on d.event_id = e.id where e.org_id = $1",
    ),
];

/// The rows of a table as the connection sees them, in the order of their keys: sorted once, and
/// read as they are asked for. Values stand in the order of the table's columns; times are Unix
/// milliseconds UTC.
pub fn rows<'c>(
    conn: &'c mut Conn,
    org: &OrganisationId,
    table: &'static DataTable,
) -> impl Stream<Item = Result<Vec<Value>>> + Send + use<'c> {
    let rows = sqlx::query(AssertSqlSafe(table.sql()))
        .bind(org.as_str().to_owned())
        .fetch(conn);
    rows.map(|row| {
        let row = row.map_err(fault)?;
        let value = |column: &&str| -> Result<Value> {
            if row.try_get_raw(*column).map_err(fault)?.is_null() {
                return Ok(Value::Null);
            }
            row.try_get::<String, _>(*column)
                .map(Value::from)
                .or_else(|_| row.try_get::<i64, _>(*column).map(Value::from))
                .map_err(fault)
        };
        table.columns.iter().map(value).collect()
    })
}

/// The files of the home page.
pub async fn list_files(conn: &mut Conn, org: &OrganisationId) -> Result<Vec<FileId>> {
    sqlx::query("select id from files where org_id = $1 order by id")
        .bind(org.as_str())
        .list(conn, |r| r.parsed("id"))
        .await
}
