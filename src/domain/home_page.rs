//! What an organisation shows everybody in it: links of the home page, questions and answers,
//! feedback, the areas of the tour.
use crate::domain::changes::{Facts, Field};
use crate::domain::ids::{FileId, LinkId};
use crate::domain::role::{Permission, Permissions};
use crate::domain::{Why, text};

/// A link of the home page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    pub id: LinkId,
    pub title: String,
    pub target: Target,
}

impl Link {
    /// What the history says of it.
    pub fn facts(&self) -> Facts {
        let target = match &self.target {
            Target::Page(address) => (Field::Link, address.clone()),
            Target::File(id) => (Field::File, id.to_string()),
        };
        vec![(Field::Title, self.title.clone()), target]
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// The address of a web page.
    Page(String),
    File(FileId),
}

/// As many links a home page may have.
pub const LINKS: usize = 30;
/// The largest file, in bytes.
pub const FILE_LIMIT: usize = 10 * 1024 * 1024;
/// What a form shows of a page of questions and answers.
pub fn faq_facts(body: &str) -> Facts {
    vec![(Field::Texts, body.to_owned())]
}

/// The longest page of questions and answers, in characters.
const FAQ_LIMIT: u16 = 50_000;

/// What a link says: 1 to 80 characters.
pub fn link_title(raw: &str) -> Result<String, Why> {
    text::required(raw, 80)
}

/// The address of a web page: http or https with a host, at most 500 characters.
pub fn web_address(raw: &str) -> Result<String, Why> {
    let raw = text::required(raw, 500)?;
    let rest = ["https://", "http://"]
        .iter()
        .find_map(|scheme| raw.get(..scheme.len()).filter(|s| s.eq_ignore_ascii_case(scheme)));
    let host = rest
        .map(|scheme| &raw[scheme.len()..])
        .and_then(|r| r.split(['/', '?', '#']).next());
    let plain = host.is_some_and(|h| !h.is_empty() && !h.contains('@')) && !raw.contains(char::is_whitespace);
    if plain { Ok(raw) } else { Err(Why::NotAWebAddress) }
}

/// Whether these bytes are a PDF, by their content: it begins with its mark and ends with the other
/// one.
pub fn pdf(bytes: &[u8]) -> Result<(), Why> {
    let tail = &bytes[bytes.len().saturating_sub(1024)..];
    if bytes.len() > FILE_LIMIT {
        Err(Why::FileTooLarge)
    } else if bytes.starts_with(b"%PDF-") && tail.windows(5).any(|w| w == b"%%EOF") {
        Ok(())
    } else {
        Err(Why::NotAPdf)
    }
}

/// The name under which a file is saved: its own without folders, and with the ending that it is
/// known to have.
pub fn file_name(raw: &str) -> String {
    let own = raw.rsplit(['/', '\\']).next().unwrap_or_default();
    let stem = own
        .len()
        .checked_sub(4)
        .and_then(|end| own.split_at_checked(end))
        .map_or(own, |(stem, end)| {
            if end.eq_ignore_ascii_case(".pdf") {
                stem
            } else {
                own
            }
        });
    let tame = text::tamed(stem, 100);
    if tame.is_empty() {
        "file.pdf".into()
    } else {
        text::file_name(&format!("{tame}.pdf"))
    }
}

/// Questions and answers in Markdown; may be empty.
pub fn faq(raw: &str) -> Result<String, Why> {
    text::lines(raw, FAQ_LIMIT)
}

/// What somebody has to say: 1 to 5,000 characters.
pub fn feedback(raw: &str) -> Result<String, Why> {
    let said = text::lines(raw, 5_000)?;
    if said.trim().is_empty() {
        Err(Why::Missing)
    } else {
        Ok(said)
    }
}

// The parts of the house that the tour shows to whoever may enter them: their words, paths, and
// what opens them.
macro_rules! areas {
    ($($name:ident = $word:literal, $path:literal, $permission:ident;)+) => {
        /// A part of the house that the tour shows to whoever may enter it, in its order.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Area { $($name),+ }

        impl Area {
            pub const ALL: [Area; [$($word),+].len()] = [$(Area::$name),+];
            /// The stored word, which is also in the keys of its texts.
            pub fn as_str(self) -> &'static str {
                match self { $(Area::$name => $word),+ }
            }
            /// The end of its page's path.
            pub fn path(self) -> &'static str {
                match self { $(Area::$name => $path),+ }
            }
            fn permission(self) -> Permission {
                match self { $(Area::$name => Permission::$permission),+ }
            }
        }
    };
}

areas! {
    Requests = "requests", "access_requests", RequestsView;
    Catalog = "catalog", "catalog", PortalUse;
    Approvals = "approvals", "approvals", PortalUse;
    Users = "users", "users", MembersManage;
    Invitations = "invitations", "invitations", InvitationsSend;
    Roles = "roles", "roles", RolesManage;
    Groups = "groups", "groups", GroupsManage;
    Resources = "resources", "resources", ResourcesManage;
    Flows = "flows", "flows", FlowsManage;
    Insights = "insights", "insights", InsightsView;
    Settings = "settings", "settings", SettingsManage;
}

impl Area {
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|a| a.as_str() == word)
    }
    /// Those that these permissions open and that were not shown yet, in the order of the tour.
    pub fn to_show(permissions: Permissions, shown: &[Area]) -> Vec<Area> {
        Self::ALL
            .into_iter()
            .filter(|a| permissions.has(a.permission()) && !shown.contains(a))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_web_pages_are_nothing_else() {
        for good in ["https://example.test", "HTTP://example.test/a?b#c"] {
            assert!(web_address(good).is_ok(), "{good}");
        }
        for bad in [
            "javascript:alert(1)",
            "//example.test",
            "https://",
            "https:///x",
            "ftp://example.test",
            "https://a b.test",
            "https://a@b.test",
            "x",
        ] {
            assert_eq!(web_address(bad), Err(Why::NotAWebAddress), "{bad}");
        }
    }

    #[test]
    fn files_are_known_by_their_content() {
        assert_eq!(pdf(b"%PDF-1.7\n...\n%%EOF\n"), Ok(()));
        assert_eq!(pdf(b"<html>%PDF-1.7 %%EOF"), Err(Why::NotAPdf));
        assert_eq!(pdf(b"%PDF-1.7"), Err(Why::NotAPdf));
        assert_eq!(pdf(b""), Err(Why::NotAPdf));
        assert_eq!(pdf(&vec![b'x'; FILE_LIMIT + 1]), Err(Why::FileTooLarge));
        assert_eq!(file_name("C:\\papers\\Data sheet.PDF"), "Data sheet.pdf");
        assert_eq!(file_name("../../etc/passwd"), "passwd.pdf");
        assert_eq!(
            (file_name("").as_str(), file_name(".pdf").as_str()),
            ("file.pdf", "file.pdf")
        );
        assert_eq!(file_name("ä.pdf"), "ä.pdf");
    }

    #[test]
    fn the_tour_shows_what_is_new() {
        let two: Permissions = [Permission::RequestsView, Permission::SettingsManage]
            .into_iter()
            .collect();
        assert_eq!(Area::to_show(two, &[]), [Area::Requests, Area::Settings]);
        assert_eq!(Area::to_show(two, &[Area::Requests]), [Area::Settings]);
        assert!(Area::to_show(Permissions::NONE, &[]).is_empty());
        assert!(Area::ALL.into_iter().all(|a| Area::parse(a.as_str()) == Some(a)));
    }
}
