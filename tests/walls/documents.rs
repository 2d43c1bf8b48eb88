//! What the documents name is there: files, what their links lead to, and the tests of
//! docs/security.md.
use super::rooms::manifest;
use std::fs;
use std::path::{Path, PathBuf};

/// The documents beside those in `docs/`.
const BESIDE: [&str; 4] = [
    "README.md",
    "CONTRIBUTING.md",
    "end2end/README.md",
    "tests/README.md",
];

/// How a path begins that is named from the root of the repository.
const ROOTS: [&str; 9] = [
    "src/",
    "tests/",
    "docs/",
    "end2end/",
    "script/",
    "migrations/",
    "locales/",
    "fuzz/",
    "style/",
];

/// Parts of paths that stand for what a reader puts there.
const OPEN: [&str; 5] = ["NNNN", "NAME", "LANGUAGE", "SUBJECT", "AUDIENCE"];

/// Each document by its path from the root, with its text.
fn documents() -> Vec<(PathBuf, String)> {
    let mut paths = BESIDE.map(PathBuf::from).to_vec();
    gather(Path::new("docs"), &mut paths);
    let read = |path: PathBuf| {
        let text = fs::read_to_string(manifest().join(&path)).unwrap();
        (path, text)
    };
    paths.into_iter().map(read).collect()
}

fn gather(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(manifest().join(folder)).unwrap() {
        let path = folder.join(entry.unwrap().file_name());
        if manifest().join(&path).is_dir() {
            gather(&path, found);
        } else if path.extension().is_some_and(|e| e == "md") {
            found.push(path);
        }
    }
}

/// The words of a text that may be paths, in backticks or not: without the marks around them, what a
/// path is followed by (`::Form`, `#heading`), and the end of a sentence.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| c.is_whitespace() || "`()[]<>\"',;|#".contains(c))
        .filter_map(|word| word.split(':').next())
        .map(|word| word.trim_end_matches(['.', '…']))
}

/// A path is looked for from the root if it begins there, and in every place from which documents
/// name files if it only ends like one of ours.
fn places(path: &str, document: &Path) -> Vec<PathBuf> {
    let root = manifest().to_owned();
    if ROOTS.iter().any(|begin| path.starts_with(begin)) {
        return vec![root];
    }
    let ends = [".rs", ".ts", ".ftl", ".sql"];
    let is_inside = path.contains('/') && !path.starts_with(['/', '.', '~']);
    if !is_inside || !ends.iter().any(|end| path.ends_with(end)) {
        return Vec::new();
    }
    let beside = root.join(document.parent().unwrap());
    vec![root.join("src"), root.join("tests"), root, beside]
}

/// Up to the first part that a reader fills in.
fn known(path: &str) -> PathBuf {
    let is_open = |part: &str| {
        part.contains(['*', '{']) || part.split(['.', '_', '-']).any(|word| OPEN.contains(&word))
    };
    path.split('/').take_while(|part| !is_open(part)).collect()
}

/// Files and folders that a document names are there.
#[test]
fn paths_in_documents_lead_somewhere() {
    let (mut seen, mut lost) = (0, Vec::new());
    for (document, text) in documents() {
        for path in words(&text) {
            let places = places(path, &document);
            if places.is_empty() {
                continue;
            }
            seen += 1;
            let there = known(path);
            if !places.iter().any(|place| place.join(&there).exists()) {
                lost.push(format!("{}: {path}", document.display()));
            }
        }
    }
    assert!(seen > 100, "{seen}");
    assert_eq!(lost, Vec::<String>::new());
}

/// Links to files of the repository, read from where the document is, lead to one.
#[test]
fn links_in_documents_lead_somewhere() {
    let (mut seen, mut lost) = (0, Vec::new());
    for (document, text) in documents() {
        let folder = manifest().join(document.parent().unwrap());
        for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            // What stands after the sign is a heading there, or in this document.
            let file = link.split('#').next().unwrap();
            if file.is_empty() || file.contains(':') {
                continue;
            }
            seen += 1;
            if !folder.join(file).exists() {
                lost.push(format!("{}: {link}", document.display()));
            }
        }
    }
    assert!(seen > 15, "{seen}");
    assert_eq!(lost, Vec::<String>::new());
}

/// Whoever reads of a weakness can run its test by the name that stands there. The one that
/// `tests/README.md` shows ends with its database.
#[test]
fn tests_named_in_documents_are_there() {
    let (mut seen, mut lost) = (0, Vec::new());
    for document in ["docs/security.md", "docs/asvs.md", "tests/README.md"] {
        let text = fs::read_to_string(manifest().join(document)).unwrap();
        for quoted in text.split('`').skip(1).step_by(2).filter(|q| is_name(q)) {
            seen += 1;
            let name = quoted.trim_end_matches("::sqlite");
            let (module, function) = name.rsplit_once("::").unwrap();
            if !texts(module).iter().any(|text| is_test(text, function)) {
                lost.push(format!("{document}: {quoted}"));
            }
        }
    }
    assert!(seen > 50, "{seen}");
    assert_eq!(lost, Vec::<String>::new());
}

/// Like `people::groups::groups_have_one_name_each`.
fn is_name(quoted: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' || c == ':';
    quoted.contains("::") && !quoted.starts_with(':') && quoted.chars().all(is_plain)
}

/// The files of a module: of the binary `house`, or of the crate, where small tests stand in a
/// module `tests` of the file that they test.
fn texts(module: &str) -> Vec<String> {
    let path = module.replace("::", "/");
    let mut files = Vec::new();
    for root in ["tests", "src"] {
        let base = manifest().join(root).join(&path);
        files.extend([base.with_extension("rs"), base.join("mod.rs")]);
    }
    if let Some(tested) = path.strip_suffix("/tests") {
        files.push(manifest().join("src").join(tested).with_extension("rs"));
    }
    files
        .iter()
        .filter_map(|file| fs::read_to_string(file).ok())
        .collect()
}

/// Whether a function is there, and is run as a test: by its attribute, or by `both!` above it.
fn is_test(text: &str, function: &str) -> bool {
    let lines: Vec<&str> = text.lines().map(str::trim_start).collect();
    let (plain, asynchronous) = (format!("fn {function}("), format!("async fn {function}("));
    let begins = |line: &&str| line.starts_with(&plain) || line.starts_with(&asynchronous);
    let Some(at) = lines.iter().position(begins) else {
        return false;
    };
    let both = format!("both!({function});");
    let mut above = lines[..at].iter().rev().take_while(|line| !line.is_empty());
    above.any(|line| *line == both || line.starts_with("#[test]") || line.starts_with("#[tokio::test"))
}

/// What the fences above must see.
#[test]
fn names_are_read_as_they_are_written() {
    let text = "`src/a.rs::Form`, see docs/b.md#times. `migrations/NNNN_what.sql` (peers/c.spec.ts)";
    let paths: Vec<&str> = words(text)
        .filter(|word| !places(word, Path::new("README.md")).is_empty())
        .collect();
    assert_eq!(
        paths,
        [
            "src/a.rs",
            "docs/b.md",
            "migrations/NNNN_what.sql",
            "peers/c.spec.ts"
        ]
    );
    assert_eq!(known("migrations/NNNN_what.sql"), Path::new("migrations"));
    assert!(is_name("people::groups::rename") && !is_name("::sqlite") && !is_name("Db::bell"));
    let text = "both!(a);\n/// Why.\nasync fn a(house: &House) {}\n\n#[test]\nfn b() {}\n\nfn c() {}";
    assert!(is_test(text, "a") && is_test(text, "b"));
    assert!(!is_test(text, "c") && !is_test(text, "d"));
}
