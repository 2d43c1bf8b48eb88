//! What a role's row allows: read, and asked for in SQL. The built-in role is all permissions, also
//! those that came after its row was written.
use crate::domain::Result;
use crate::domain::role::{Permission, Permissions};
use crate::store::rows::{Columns as _, Row, impossible};

/// The permissions of the role in the columns `permissions` and `built_in`; none where a row has no
/// role.
pub(super) fn read(row: &Row) -> Result<Permissions> {
    if row.maybe_number("built_in")? == Some(1) {
        return Ok(Permissions::all());
    }
    let words = row.maybe_text("permissions")?.unwrap_or_default();
    Permissions::parse(&words).ok_or_else(|| impossible("roles.permissions"))
}

/// The condition in SQL that the role `r` gives this permission. Words are stored parted by single
/// spaces, so a word between spaces is exactly one permission.
pub(super) fn gives(permission: Permission) -> String {
    format!(
        "(r.built_in = 1 or ' ' || r.permissions || ' ' like '% {} %')",
        permission.as_str()
    )
}
