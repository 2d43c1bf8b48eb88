//! The fences between the rooms, checked on the source itself.
use std::fs;
use std::path::{Path, PathBuf};

fn sources(folder: &str) -> Vec<(PathBuf, String)> {
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
    let inside = path
        .strip_prefix(Path::new(env!("CARGO_MANIFEST_DIR")).join("src"))
        .unwrap();
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
    for (path, text) in sources("src") {
        assert!(
            text.starts_with("//!"),
            "{} opens without a promise",
            path.display()
        );
        if !path.to_string_lossy().contains("tests") {
            assert!(
                text.lines().count() <= 700,
                "{} has grown past 700 lines",
                path.display()
            );
        }
    }
}

#[test]
fn the_leptos_options_agree() {
    let read = |name: &str| {
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name))
            .unwrap()
            .parse::<toml::Table>()
            .unwrap()
    };
    let options = |t: &toml::Table| t["package"]["metadata"]["leptos"].as_table().unwrap().clone();
    let (own, cargo) = (options(&read("Leptos.toml")), options(&read("Cargo.toml")));
    for (name, value) in &own {
        assert_eq!(cargo.get(name), Some(value), "{name}");
    }
    let parsed = anteroom::site::instance::leptos_options().unwrap();
    assert_eq!((&*parsed.output_name, &*parsed.site_pkg_dir), ("anteroom", "pkg"));
}
