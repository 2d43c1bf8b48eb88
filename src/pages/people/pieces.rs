//! What the pages of User Management share: the ways between them, names of roles, and boxes to
//! choose roles with.
use crate::desk::people::departure::Reach;
use crate::domain::ids::RoleId;
use crate::domain::member::Membership;
use crate::domain::role::{ADMINISTRATOR, Permission, Permissions, Role};
use crate::pages::parts::field::Tick;
use crate::site::Call;
use leptos::prelude::*;

/// The pages of User Management with the permission that each needs.
const PAGES: [(&str, Permission); 4] = [
    ("users", Permission::MembersManage),
    ("invitations", Permission::InvitationsSend),
    ("roles", Permission::RolesManage),
    ("groups", Permission::GroupsManage),
];

/// The first page of User Management that the member may open; None if there is none.
pub fn first(member: &Membership) -> Option<&'static str> {
    PAGES
        .into_iter()
        .find(|(_, p)| member.may(*p))
        .map(|(name, _)| name)
}

/// The heading of User Management with the ways between its pages. `here`: the page at hand.
pub fn head(call: &Call, member: &Membership, here: &str, action: Option<AnyView>) -> AnyView {
    let words = call.words();
    let links = PAGES
        .into_iter()
        .filter(|(_, p)| member.may(*p))
        .map(|(name, _)| {
            let current = (name == here).then_some("page");
            view! {
                <a href=format!("/{}/{name}", member.slug) aria-current=current>
                    {words.say(&format!("people-{name}"))}
                </a>
            }
        });
    view! {
        <div class="head">
            <h1>{words.say("nav-users")}</h1>
            {action}
        </div>
        <nav class="tabs" aria-label=words.say("nav-users")>
            {links.collect_view()}
        </nav>
    }
    .into_any()
}

/// The page's heading in the window's title.
pub fn title(call: &Call, here: &str) -> String {
    format!(
        "{} · {}",
        call.words().say(&format!("people-{here}")),
        call.words().say("nav-users")
    )
}

/// What ends, or passes on, of a member's access to resources when the membership ends: lines of a
/// list.
pub fn reach(call: &Call, r: &Reach) -> AnyView {
    let words = call.words();
    let named = [
        ("reach-grants", &r.grants),
        ("reach-owned", &r.owned),
        ("reach-flows", &r.flows),
    ];
    let named = named
        .into_iter()
        .filter(|(_, names)| !names.is_empty())
        .map(|(key, names)| words.tell(key, &[("names", &names.join(", "))]));
    let counted = [("reach-requests", r.requests), ("reach-approvals", r.approvals)];
    let counted = counted
        .into_iter()
        .filter(|(_, n)| *n > 0)
        .map(|(key, n)| words.tell(key, &[("n", &n)]));
    named
        .chain(counted)
        .map(|line| view! { <li>{line}</li> })
        .collect_view()
        .into_any()
}

/// A role's name as people read it; the built-in one's is translated.
pub fn role_name(call: &Call, role: &Role) -> String {
    if role.built_in && role.name == ADMINISTRATOR {
        call.words().say("role-administrator")
    } else {
        role.name.clone()
    }
}

/// The names of these roles, or that there are none.
pub fn role_names(call: &Call, all: &[Role], held: &[RoleId]) -> String {
    let names: Vec<String> = all
        .iter()
        .filter(|r| held.contains(&r.id))
        .map(|r| role_name(call, r))
        .collect();
    if names.is_empty() {
        call.words().say("users-no-roles")
    } else {
        names.join(", ")
    }
}

/// The address of a page of User Management with those of the `kept` parts of the query that the
/// address at hand has, and with `more`.
pub fn address(call: &Call, member: &Membership, page: &str, kept: &[&str], more: &[(&str, &str)]) -> String {
    let kept = kept
        .iter()
        .map(|name| (*name, call.asked(name)))
        .filter(|(_, v)| !v.is_empty());
    let query = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(kept)
        .extend_pairs(more)
        .finish();
    let path = format!("/{}/{page}", member.slug);
    if query.is_empty() {
        path
    } else {
        format!("{path}?{query}")
    }
}

/// A box for each role (`role_ID`), ticked if held; roles that the reader may not give or take
/// cannot be changed.
pub fn role_boxes(call: &Call, member: &Membership, all: &[Role], held: &[RoleId]) -> Vec<Tick> {
    let tick = |r: &Role| Tick {
        name: format!("role_{}", r.id),
        words: role_name(call, r),
        on: held.contains(&r.id),
        fixed: !member.permissions.covers(r.permissions),
    };
    all.iter().map(tick).collect()
}

/// What a set of permissions allows, in words.
pub fn permission_names(call: &Call, permissions: Permissions) -> String {
    let names: Vec<String> = Permission::ALL
        .into_iter()
        .filter(|p| permissions.has(*p))
        .map(|p| permission_name(call, p))
        .collect();
    if names.is_empty() {
        call.words().say("roles-nothing")
    } else {
        names.join(", ")
    }
}

/// What a permission allows, in words.
pub fn permission_name(call: &Call, permission: Permission) -> String {
    call.words()
        .say(&format!("permission-{}", permission.as_str().replace('.', "-")))
}
