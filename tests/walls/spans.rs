//! Spans: every use case has one that is called as the use case is, and none records what it is
//! given. Faults of ours leave a line in the log.
use super::rooms::sources;

/// A span around each use case that begins with the desk, by its place below `src/desk/`. What
/// takes a transaction is a piece of another.
#[test]
fn every_use_case_has_its_span() {
    let mut found = 0;
    for (path, text) in sources("src/desk") {
        let path = path.to_string_lossy().replace('\\', "/");
        let place = path.split("src/desk/").last().unwrap().trim_end_matches(".rs");
        let place = place.trim_end_matches("/mod").replace('/', "::");
        let lines: Vec<&str> = text.lines().collect();
        for (at, line) in lines.iter().enumerate() {
            let Some(rest) = line.strip_prefix("pub async fn ") else {
                continue;
            };
            let name = rest.split(['(', '<']).next().unwrap();
            let signature = lines[at..].join(" ");
            let arguments = signature.split_once('(').unwrap().1.split('{').next().unwrap();
            let piece = ["tx: &mut", "conn: &mut"].iter().any(|a| arguments.contains(a));
            if !arguments.trim_start().starts_with("desk: &Desk") || piece {
                continue;
            }
            found += 1;
            let span = format!("#[tracing::instrument(name = \"{place}::{name}\", skip_all)]");
            let above = lines[..at].iter().rev().take_while(|l| l.starts_with("#["));
            assert!(above.copied().any(|l| l == span), "{path}: {name} wants {span}");
        }
    }
    assert!(found > 150, "{found}");
}

/// What a function is given may name somebody.
#[test]
fn no_span_records_arguments() {
    for (path, text) in sources("src") {
        assert!(!text.contains("#[instrument"), "{}", path.display());
        for attribute in text.split("#[tracing::instrument(").skip(1) {
            let attribute = attribute.split(")]").next().unwrap();
            assert!(
                attribute.ends_with(", skip_all"),
                "{}: {attribute}",
                path.display()
            );
        }
    }
}

/// Where a fault of ours is found it is logged: by `desk::faults::broken`, or by what the store says of rows
/// and statements. The nouns cannot log.
#[test]
fn faults_are_logged_where_they_are_found() {
    let bare = [
        "ok_or(Error::Internal)",
        "|_| Error::Internal",
        "Err(Error::Internal)",
    ];
    for room in ["store", "desk", "oidc", "delivery", "site", "pages", "web"] {
        for (path, text) in sources(&format!("src/{room}")) {
            let found = bare.iter().find(|b| text.contains(**b));
            assert_eq!(found, None, "{}", path.display());
        }
    }
}
