//! The fences between the rooms, checked on the source itself.
use super::arrows::{Arrow, arrows, between, circles};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// The rooms from the ground up: each takes from those in the lines above its own, and from itself.
/// Server functions stand above pages because two of them answer rows that pages word.
const FLOORS: [&[&str]; 15] = [
    &["domain"],
    &["words"],
    &["chat"],
    &["config"],
    &["store"],
    &["desk"],
    &["clock", "trust"],
    &["oidc", "delivery"],
    &["site"],
    &["islands"],
    &["pages"],
    &["actions"],
    &["web"],
    &["serve"],
    &["main"],
];

/// The subjects inside desk and store, read so too. First the files beside their folders, of one floor.
const SUBJECTS: [&[&str]; 12] = [
    &[
        "conn",
        "rows",
        "permissions",
        "given_up",
        "turns",
        "watch",
        "counts",
        "db",
        "copy",
        "keys",
        "mint",
        "passwords",
        "common_passwords",
        "guessable",
        "faults",
        "lookup",
        "instance",
        "prune",
        "reach",
        "migrations",
    ],
    &["history", "rights"],
    &["letters", "deliveries", "mail_grant"],
    &["requests"],
    &["account"],
    &["access", "renewal"],
    &["organisation"],
    &["people"],
    &["joining", "chat"],
    &["queue"],
    &["operator"],
    &["demo"],
];

/// Arrows that run up all the same, each with its reason; to a module and what is in it.
const EXCEPTIONS: [(&str, &str, &str); 3] = [
    (
        "desk::chat::buttons",
        "desk::queue",
        "a button under a message decides as the queue does",
    ),
    (
        "desk::chat::buttons",
        "desk::queue::decisions",
        "a button under a message decides as the queue does",
    ),
    (
        "desk::organisation::closure",
        "desk::chat",
        "closing ends what every subject holds, and stands above them",
    ),
];

pub(super) fn sources(folder: &str) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    gather(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder), &mut found);
    assert!(!found.is_empty(), "{folder} holds no source");
    found
}

fn gather(folder: &Path, found: &mut Vec<(PathBuf, String)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            gather(&path, found);
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push((path.clone(), fs::read_to_string(&path).unwrap()));
        }
    }
}

fn room(path: &Path) -> String {
    let inside = path.strip_prefix(manifest().join("src")).unwrap();
    inside
        .components()
        .next()
        .unwrap()
        .as_os_str()
        .to_string_lossy()
        .trim_end_matches(".rs")
        .to_owned()
}

/// Lines of code that say `what`, outside the rooms where it may be said.
fn strays(what: &[&str], allowed: &[&str]) -> Vec<String> {
    let mut strays = Vec::new();
    for (path, text) in sources("src") {
        if allowed.contains(&room(&path).as_str()) {
            continue;
        }
        let code = text
            .lines()
            .enumerate()
            .filter(|(_, l)| !l.trim_start().starts_with("//"));
        strays.extend(
            code.filter(|(_, l)| what.iter().any(|w| l.contains(w)))
                .map(|(n, l)| format!("{}:{}: {}", path.display(), n + 1, l.trim())),
        );
    }
    strays
}

#[test]
fn sql_stays_in_the_store() {
    assert_eq!(strays(&["sqlx::"], &["store"]), Vec::<String>::new());
}

/// Files of the store whose statements go over organisations, each with its reason.
const OVER_ALL: [(&str, &str); 9] = [
    (
        "account/erasure.rs",
        "an erased person is forgotten wherever they were",
    ),
    (
        "deliveries/outcomes.rs",
        "who delivers finishes what they claimed, by its id and its lease",
    ),
    ("deliveries/queue.rs", "what is due is claimed whosever it is"),
    (
        "deliveries/lanes.rs",
        "what waits in a lane is found by the lane, which names whose it is",
    ),
    (
        "deliveries/letters.rs",
        "who delivers seals the letter that they claimed; an account's own letters",
    ),
    (
        "deliveries/channels.rs",
        "the mail server is everybody's, and whoever runs the instance sees all",
    ),
    (
        "deliveries/fates.rs",
        "whoever runs the instance sees all numbers",
    ),
    ("prune.rs", "what is over is forgotten after its time"),
    (
        "history/mod.rs",
        "the history is one row of events with one row of seals",
    ),
];

/// A statement about rows of organisations names the organisation.
#[test]
fn statements_take_the_organisation() {
    let mut tables = BTreeSet::new();
    for entry in fs::read_dir(manifest().join("migrations")).unwrap() {
        let text = fs::read_to_string(entry.unwrap().path()).unwrap();
        for table in text.split("create table ").skip(1) {
            let (name, rest) = table.split_once(' ').unwrap();
            if rest.split("\n)").next().unwrap().contains("org_id") {
                tables.insert(name.to_owned());
            }
        }
    }
    assert!(tables.contains("requests") && !tables.contains("sessions"));
    let mut bare = Vec::new();
    for (path, text) in sources("src/store") {
        if OVER_ALL.iter().any(|(file, _)| path.ends_with(file)) {
            continue;
        }
        // Every second piece stands in quotes.
        for sql in text.split('"').skip(1).step_by(2) {
            let words: Vec<&str> = sql.split_whitespace().collect();
            let names =
                |w: &[&str]| matches!(w[0], "from" | "join" | "update" | "into") && tables.contains(w[1]);
            let begins = matches!(words.first(), Some(&("select" | "update" | "delete" | "insert")));
            // One that goes on elsewhere, or takes its condition from a piece, is not whole.
            let whole = words.contains(&"where") && !sql.contains('{');
            let claims = sql.contains("lease_until");
            if begins && whole && !claims && words.windows(2).any(names) && !sql.contains("org_id") {
                bare.push(format!("{}: {}", path.display(), words.join(" ")));
            }
        }
    }
    assert_eq!(bare, Vec::<String>::new());
}

#[test]
fn server_functions_stay_in_actions() {
    assert_eq!(strays(&["#[server"], &["actions"]), Vec::<String>::new());
}

#[test]
fn the_domain_is_pure() {
    let text: String = sources("src/domain").into_iter().map(|(_, t)| t).collect();
    for foreign in [
        "leptos",
        "sqlx",
        "tokio",
        "axum",
        "std::fs",
        "std::net",
        "std::env",
        "Utc::now",
        "SystemTime",
    ] {
        assert!(!text.contains(foreign), "the domain speaks of {foreign}");
    }
}

#[test]
fn the_desk_knows_nothing_of_the_edge() {
    let text: String = sources("src/desk")
        .into_iter()
        .chain(sources("src/store"))
        .map(|(_, t)| t)
        .collect();
    for foreign in [
        "axum",
        "leptos",
        "http::",
        "crate::web",
        "crate::pages",
        "crate::delivery",
        "crate::site",
        "crate::oidc",
    ] {
        assert!(!text.contains(foreign), "desk or store speak of {foreign}");
    }
}

#[test]
fn pages_and_islands_keep_the_content_security_policy() {
    let elsewhere = [
        "actions", "chat", "clock", "config", "delivery", "desk", "domain", "oidc", "serve", "site", "store",
        "web",
    ];
    let strays = strays(
        &["style=\"", "style:", "inner_html", "<script", "javascript:"],
        &elsewhere,
    );
    // What administrators write is sanitised and put into a page in one place.
    let strays: Vec<_> = strays
        .into_iter()
        .filter(|s| !s.contains("src/pages/parts/prose.rs"))
        .collect();
    assert_eq!(strays, Vec::<String>::new());
}

#[test]
fn nothing_panics_after_the_start() {
    let tests = |path: &Path| path.to_string_lossy().contains("tests");
    for (path, text) in sources("src").into_iter().filter(|(p, _)| !tests(p)) {
        let code = text.split("#[cfg(test)]").next().unwrap();
        for (n, line) in code
            .lines()
            .enumerate()
            .filter(|(_, l)| !l.trim_start().starts_with("//"))
        {
            let panics = [".unwrap()", ".expect(", "todo!(", "unimplemented!("]
                .iter()
                .any(|p| line.contains(p));
            assert!(!panics, "{}:{}: {}", path.display(), n + 1, line.trim());
        }
    }
}

#[test]
fn every_module_says_what_it_promises() {
    for (path, text) in ["src", "tests"].into_iter().flat_map(sources) {
        assert!(
            text.starts_with("//!"),
            "{} opens without a promise",
            path.display()
        );
    }
}

/// Longer files want to be parted along a seam.
#[test]
fn no_file_has_more_than_five_hundred_lines() {
    for (path, text) in ["src", "tests", "examples"].into_iter().flat_map(sources) {
        let lines = text.lines().count();
        assert!(lines <= 500, "{} has {lines} lines", path.display());
    }
}

pub(super) fn manifest() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// How high a module stands: its room, then its subject where the room has subjects. None for the
/// crate's root, and for a room's own `mod.rs` within the room.
fn floor(module: &str) -> Option<usize> {
    let room = module.split("::").next()?;
    FLOORS.iter().position(|f| f.contains(&room))
}

fn subject(module: &str) -> Option<usize> {
    let name = module.split("::").nth(1)?;
    SUBJECTS.iter().position(|s| s.contains(&name))
}

/// Whether a module is `outer` or stands in it.
fn within(module: &str, outer: &str) -> bool {
    module
        .strip_prefix(outer)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
}

/// Arrows that the order of the rooms and of the subjects forbids.
fn wrong_ways(arrows: &BTreeSet<Arrow>) -> Vec<String> {
    let part = |module: &str, n: usize| module.split("::").nth(n).unwrap_or_default().to_owned();
    let is_wrong = |Arrow { from, to }: &&Arrow| {
        if from.is_empty() || to.is_empty() {
            return false;
        }
        if part(from, 0) != part(to, 0) {
            return floor(to) >= floor(from);
        }
        let with_subjects = matches!(part(from, 0).as_str(), "desk" | "store");
        with_subjects
            && !part(from, 1).is_empty()
            && !part(to, 1).is_empty()
            && part(from, 1) != part(to, 1)
            && (subject(to) > subject(from) || subject(to) == subject(from) && subject(to) != Some(0))
    };
    let named = |a: &&Arrow| {
        EXCEPTIONS
            .iter()
            .any(|(from, to, _)| a.from == *from && within(&a.to, to))
    };
    let wrong = arrows.iter().filter(is_wrong).filter(|a| !named(a));
    wrong
        .map(|Arrow { from, to }| format!("{from} takes from {to}"))
        .collect()
}

#[test]
fn every_room_and_subject_has_its_floor() {
    for entry in fs::read_dir(manifest().join("src")).unwrap() {
        let name = entry
            .unwrap()
            .path()
            .file_stem()
            .unwrap()
            .to_string_lossy()
            .into_owned();
        assert!(
            name == "lib" || floor(&name).is_some(),
            "{name} stands on no floor of FLOORS"
        );
    }
    for room in ["desk", "store"] {
        for entry in fs::read_dir(manifest().join("src").join(room)).unwrap() {
            let name = entry
                .unwrap()
                .path()
                .file_stem()
                .unwrap()
                .to_string_lossy()
                .into_owned();
            let known = name == "mod" || subject(&format!("{room}::{name}")).is_some();
            assert!(known, "{room}/{name} stands nowhere in SUBJECTS");
        }
    }
}

#[test]
fn no_room_takes_from_one_above_it() {
    assert_eq!(wrong_ways(&arrows(&manifest().join("src"))), Vec::<String>::new());
}

#[test]
fn no_files_take_from_each_other_in_a_circle() {
    assert_eq!(
        circles(&arrows(&manifest().join("src"))),
        Vec::<Vec<String>>::new()
    );
}

#[test]
fn every_exception_is_still_needed() {
    let arrows = arrows(&manifest().join("src"));
    for (from, to, why) in EXCEPTIONS {
        let there = arrows.iter().any(|a| a.from == from && within(&a.to, to));
        assert!(there, "{from} takes no more from {to} ({why})");
    }
}

/// A few files as one might write them: what the fences above must see.
#[test]
fn arrows_are_seen_however_they_are_written() {
    let files: BTreeMap<String, String> = [
        ("", "pub mod desk; pub mod store;"),
        (
            "desk",
            "pub mod queue; pub mod people; pub use people::members::Member as Person;",
        ),
        ("desk::people", "pub mod members;"),
        (
            "desk::people::members",
            "pub struct Member; // crate::desk::queue::x in a remark is nothing",
        ),
        (
            "desk::queue",
            "use super::people;\nfn f() { people::members::add(\"crate::store::text\") }",
        ),
        (
            "store",
            "fn f() { let a: crate::desk::Person; }\n#[cfg(test)]\nmod tests { use crate::desk::queue; }",
        ),
    ]
    .into_iter()
    .map(|(name, text)| (name.to_owned(), text.to_owned()))
    .collect();
    let seen: Vec<String> = between(&files)
        .iter()
        .map(|a| format!("{} -> {}", a.from, a.to))
        .collect();
    let expected = [
        "desk::queue -> desk::people",
        "desk::queue -> desk::people::members",
        "store -> desk::people::members",
    ];
    assert_eq!(seen, expected);
    assert_eq!(
        wrong_ways(&between(&files)),
        ["store takes from desk::people::members"]
    );
}

#[test]
fn circles_are_found_whole() {
    let arrow = |from: &str, to: &str| Arrow {
        from: from.into(),
        to: to.into(),
    };
    let arrows = [
        arrow("a", "b"),
        arrow("b", "c"),
        arrow("c", "a"),
        arrow("c", "d"),
        arrow("e", "a"),
    ];
    assert_eq!(circles(&arrows.into_iter().collect()), [["a", "b", "c"]]);
}

/// A use case is a function of its subject that takes the desk.
#[test]
fn use_cases_are_functions() {
    assert_eq!(strays(&["impl Desk", "for Desk"], &[]), Vec::<String>::new());
}

#[test]
fn no_folder_holds_more_than_twenty_files() {
    for folder in ["src", "tests"] {
        let mut counts: BTreeMap<PathBuf, usize> = BTreeMap::new();
        for (path, _) in sources(folder) {
            *counts.entry(path.parent().unwrap().to_owned()).or_default() += 1;
        }
        // In the domain, a file is a noun.
        counts.remove(&manifest().join("src/domain"));
        counts.retain(|_, n| *n > 20);
        assert_eq!(counts, BTreeMap::new());
    }
}
