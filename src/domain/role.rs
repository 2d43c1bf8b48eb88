//! Roles: named sets of permissions in an organisation.
use super::changes::{Facts, Field};
use super::ids::RoleId;
use super::word_enum::word_enum;
use super::{Why, text};

word_enum! {
    /// One thing a member may do in an organisation. The word is stored, and used in documents.
    Permission {
        RequestsView = "requests.view",
        RequestsDecide = "requests.decide",
        InvitationsSend = "invitations.send",
        MembersManage = "members.manage",
        RolesManage = "roles.manage",
        GroupsManage = "groups.manage",
        ResourcesManage = "resources.manage",
        FlowsManage = "flows.manage",
        ConnectorsManage = "connectors.manage",
        InsightsView = "insights.view",
        SettingsManage = "settings.manage",
        PortalUse = "portal.use",
    }
}

const _: () = assert!(
    Permission::ALL.len() <= u16::BITS as usize,
    "a set of permissions has too few bits"
);

/// A set of permissions, one bit each, in the order of [`Permission::ALL`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Permissions(u16);

impl Permissions {
    pub const NONE: Permissions = Permissions(0);

    pub fn all() -> Self {
        Permission::ALL.into_iter().collect()
    }
    pub fn has(self, p: Permission) -> bool {
        self.0 & (1 << p as u16) != 0
    }
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }
    /// Reads the stored form: words parted by spaces. An unknown word is an error, never ignored.
    pub fn parse(words: &str) -> Option<Self> {
        words.split_whitespace().map(Permission::parse).collect()
    }
    /// The stored form.
    pub fn words(self) -> String {
        Permission::ALL
            .into_iter()
            .filter(|p| self.has(*p))
            .map(Permission::as_str)
            .collect::<Vec<_>>()
            .join(" ")
    }
    /// Whether every one of the other's is among these.
    pub fn covers(self, other: Self) -> bool {
        other.0 & !self.0 == 0
    }
    /// These without the other's.
    pub fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }
    pub fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl FromIterator<Permission> for Permissions {
    fn from_iter<I: IntoIterator<Item = Permission>>(iter: I) -> Self {
        Self(iter.into_iter().fold(0, |bits, p| bits | (1 << p as u16)))
    }
}

/// The built-in role's stored name; shown by its translation.
pub const ADMINISTRATOR: &str = "Administrator";

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Role {
    pub id: RoleId,
    pub name: String,
    pub permissions: Permissions,
    /// `Administrator`: has all permissions and can be neither changed nor deleted.
    pub built_in: bool,
    pub version: i64,
}

impl Role {
    /// What the history says of it.
    pub fn facts(&self) -> Facts {
        vec![
            (Field::Name, self.name.clone()),
            (Field::Permissions, self.permissions.words()),
        ]
    }
}

/// A role's name: 1 to 60 characters; the built-in role's name is taken.
pub fn name(raw: &str) -> Result<String, Why> {
    let name = text::required(raw, 60)?;
    if text::fold(&name) == text::fold(ADMINISTRATOR) {
        Err(Why::NameTaken)
    } else {
        Ok(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn permissions_survive_storage() {
        assert_eq!(
            Permissions::parse(&Permissions::all().words()),
            Some(Permissions::all())
        );
        let two: Permissions = [Permission::PortalUse, Permission::RequestsView]
            .into_iter()
            .collect();
        assert_eq!(two.words(), "requests.view portal.use");
        assert!(
            Permissions::all().covers(two) && !two.covers(Permissions::all()) && two.without(two).is_empty()
        );
        assert_eq!(Permissions::parse("requests.view nonsense"), None);
        assert_eq!(name(" administrator "), Err(Why::NameTaken));
        assert!(Permissions::parse("").is_some_and(Permissions::is_empty));
    }
}
