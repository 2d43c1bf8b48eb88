//! Lists that belong together: what one holds the others hold too, where no compiler says so.
use super::rooms::manifest;
use super::words::messages;
use crate::harness::House;
use anteroom::domain::account::{Language, Theme};
use anteroom::domain::connector::{Mode, Platform, fields};
use anteroom::domain::contact::ContactStanding;
use anteroom::domain::event::Service;
use anteroom::domain::request::{ApprovalType, Problem, RequestKind, StatusWord};
use anteroom::domain::role::Permission;
use anteroom::store::organisation::export::TABLES;
use anteroom::web::doors::{Needs, all};
use anteroom::words::Words;
use sqlx::Row as _;
use std::collections::BTreeSet;
use std::fs;

fn file(path: &str) -> String {
    fs::read_to_string(manifest().join(path)).unwrap_or_else(|e| panic!("{path}: {e}"))
}

/// Whatever a list holds and pages name has its words, in each language.
#[test]
fn each_permission_platform_kind_and_state_has_words() {
    let needed = Platform::ALL.into_iter().flat_map(fields).filter(|f| !f.made);
    let lists: [(&str, Vec<&str>); 12] = [
        ("permission", Permission::ALL.map(Permission::as_str).into()),
        ("platform", Platform::ALL.map(Platform::as_str).into()),
        ("connector", needed.map(|f| f.name).collect()),
        ("kind", RequestKind::ALL.map(RequestKind::as_str).into()),
        ("chat-post", RequestKind::ALL.map(RequestKind::as_str).into()),
        (
            "approval-type",
            ApprovalType::ALL.map(ApprovalType::as_str).into(),
        ),
        ("filter-status", StatusWord::ALL.map(StatusWord::as_str).into()),
        ("problem", Problem::ALL.map(Problem::as_str).into()),
        ("service", Service::ALL.map(Service::as_str).into()),
        ("theme", Theme::ALL.map(Theme::as_str).into()),
        ("mode", Mode::ALL.map(Mode::as_str).into()),
        (
            "standing",
            ContactStanding::ALL.map(ContactStanding::as_str).into(),
        ),
    ];
    let keys: Vec<String> = lists
        .iter()
        .flat_map(|(stem, words)| {
            words
                .iter()
                .map(move |w| format!("{stem}-{}", w.replace(['.', '_'], "-")))
        })
        .collect();
    let named = |kind: RequestKind| StatusWord::ALL.map(|word| kind.status_key(word));
    let keys: Vec<String> = keys
        .into_iter()
        .chain(RequestKind::ALL.into_iter().flat_map(named))
        .collect();
    for language in Language::ALL {
        let said = messages(language.tag());
        let missing: Vec<_> = keys.iter().filter(|key| !said.contains_key(*key)).collect();
        assert_eq!(missing, Vec::<&String>::new(), "{}", language.tag());
    }
}

/// A language is one of the program, has a folder of words, can say a date, and is tried in a
/// browser.
#[test]
fn each_language_has_its_folder_its_dates_and_its_browser_tests() {
    let folders = fs::read_dir(manifest().join("locales")).unwrap();
    let folders: BTreeSet<String> = folders
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    let known: BTreeSet<String> = Language::ALL.map(|l| l.tag().to_owned()).into();
    assert_eq!(folders, known);
    let people = file("end2end/people.ts");
    let list = people.split("LOCALES = {").nth(1).unwrap();
    let list = list.split('}').next().unwrap();
    for language in Language::ALL {
        let locale = Words(language).say("date-locale");
        assert!(locale.parse::<chrono::Locale>().is_ok(), "{locale}");
        assert!(list.contains(&format!(" {}: ", language.tag())), "{list}");
    }
}

#[test]
fn each_platform_has_its_page_in_the_manual() {
    let manual = file("docs/connectors/README.md");
    for platform in Platform::ALL.map(Platform::as_str) {
        file(&format!("docs/connectors/{platform}.md"));
        assert!(manual.contains(&format!("({platform}.md)")), "{platform}");
        assert!(manual.contains(&format!("`{platform}`")), "{platform}");
    }
}

/// What a permission allows begins with a door that it opens.
#[test]
fn each_permission_opens_a_door() {
    for permission in Permission::ALL {
        let opens = |needs: Needs| match needs {
            Needs::May(p) => p == permission,
            Needs::MayEither(one, other) => one == permission || other == permission,
            _ => false,
        };
        assert!(all().any(|door| opens(door.needs)), "{}", permission.as_str());
    }
}

/// The columns of each exported table that stay here: by which it is sorted, searched and guarded,
/// secrets, and what is shown nowhere.
const KEPT_BACK: [(&str, &[&str]); 16] = [
    (
        "organisations",
        &["version", "closed_by", "digest_since", "founded_by", "vouched_at"],
    ),
    ("members", &["edition", "version", "sorts_as"]),
    ("roles", &["version"]),
    ("member_roles", &[]),
    ("groups", &["version"]),
    ("group_members", &[]),
    (
        "requests",
        &[
            "email_key",
            "version",
            "tab",
            "sorts_as",
            "approval",
            "resource_id",
            "holder_id",
            "days",
            "flow_id",
            "flow_number",
            "step",
            "at_administrators",
            "administrators_decide",
            "escalated",
            "remind_at",
            "escalate_at",
            "provisioning",
            "trouble",
            "grant_id",
            "reason",
            "next_steps",
            "overrides",
            "nudged_at",
            "further",
            "content",
            "found_by",
            "edition",
        ],
    ),
    (
        "invitations",
        &["email_key", "token_hash", "found_by", "edition", "version"],
    ),
    ("invitation_roles", &[]),
    ("provider_links", &[]),
    ("domains", &["challenge", "version"]),
    (
        "connectors",
        &[
            "hook",
            "secrets",
            "secrets_before",
            "before_until",
            "agent_secret",
            "agent_before",
            "agent_until",
            "last_failure_at",
            "problem",
            "version",
            "refused_at",
            "refused",
        ],
    ),
    (
        "contacts",
        &[
            "sorts_as",
            "route",
            "onboarded_at",
            "asked_at",
            "found_by",
            "edition",
            "version",
        ],
    ),
    ("faqs", &[]),
    ("home_links", &[]),
    (
        "events",
        &["seq", "account_id", "digest", "place_digest", "press"],
    ),
];

/// What a table of the export holds leaves with it, or is named above as kept back.
#[tokio::test]
async fn each_column_is_exported_or_named_as_kept_back() {
    let house = House::sqlite().await;
    for (exported, (table, kept_back)) in TABLES.iter().zip(KEPT_BACK) {
        let sql = format!("select name from pragma_table_info('{table}')");
        let rows = house.fetch(&sql).await;
        let columns: BTreeSet<String> = rows.iter().map(|row| row.get(0)).collect();
        let leave: BTreeSet<&str> = exported.names().collect();
        let stay: BTreeSet<&str> = columns
            .iter()
            .map(String::as_str)
            .filter(|c| *c != "org_id" && !leave.contains(c))
            .collect();
        assert_eq!(stay, kept_back.iter().copied().collect(), "{table}");
    }
    house.close().await;
}

#[test]
fn the_leptos_options_agree() {
    let read = |name: &str| file(name).parse::<toml::Table>().unwrap();
    let options = |t: &toml::Table| t["package"]["metadata"]["leptos"].as_table().unwrap().clone();
    let (own, cargo) = (options(&read("Leptos.toml")), options(&read("Cargo.toml")));
    for (name, value) in &own {
        assert_eq!(cargo.get(name), Some(value), "{name}");
    }
    let parsed = anteroom::site::instance::leptos_options().unwrap();
    assert_eq!((&*parsed.output_name, &*parsed.site_pkg_dir), ("anteroom", "pkg"));
}
