//! How the source reads: lines that fit, and documents that name what there is.
use super::rooms::{manifest, sources};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;

#[test]
fn lines_have_at_most_110_columns() {
    for (path, text) in ["src", "tests", "examples"].into_iter().flat_map(sources) {
        for (n, line) in text.lines().enumerate() {
            assert!(line.chars().count() <= 110, "{}:{}", path.display(), n + 1);
        }
    }
}

/// Lines of code are short: the mean of those that hold anything, without the spaces before them.
#[test]
fn lines_have_32_characters_on_average() {
    let text: String = sources("src").into_iter().map(|(_, text)| text).collect();
    let lines: Vec<usize> = text
        .lines()
        .map(|l| l.trim_start().chars().count())
        .filter(|n| *n > 0)
        .collect();
    let mean = lines.iter().sum::<usize>() as f64 / lines.len() as f64;
    assert!(mean <= 32.0, "{mean:.1}");
}

/// Every path like `desk::queue::decisions::decide` in docs/architecture.md leads to a module, and its
/// last name, where that is no module, is defined or handed on there.
#[test]
fn the_architecture_names_what_there_is() {
    let text = fs::read_to_string(manifest().join("docs/architecture.md")).unwrap();
    let rooms: BTreeSet<String> = fs::read_dir(manifest().join("src"))
        .unwrap()
        .map(|entry| {
            entry
                .unwrap()
                .path()
                .file_stem()
                .unwrap()
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    let mut named = 0;
    for path in text.split('`').skip(1).step_by(2) {
        let segments: Vec<&str> = path.split("::").collect();
        let plain = segments
            .iter()
            .all(|s| s.chars().all(|c| c.is_alphanumeric() || c == '_'));
        if !plain || segments.len() < 2 || !rooms.contains(segments[0]) {
            continue;
        }
        named += 1;
        let module = |segments: &[&str]| {
            let base = manifest().join("src").join(segments.join("/"));
            let file = base.with_extension("rs");
            let file = if file.exists() { file } else { base.join("mod.rs") };
            fs::read_to_string(file).ok()
        };
        if module(&segments).is_some() {
            continue;
        }
        let (last, above) = segments.split_last().unwrap();
        let text = module(above).unwrap_or_else(|| panic!("{path}: no module {}", above.join("::")));
        let is_word = |c: char| c.is_alphanumeric() || c == '_';
        assert!(
            text.split(|c| !is_word(c)).any(|word| word == *last),
            "{path} is not there"
        );
    }
    assert!(named > 10, "{named}");
}

/// One idea, one type name: what tells two apart is their names, not their paths.
#[test]
fn no_type_name_is_used_for_two_things() {
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (path, text) in sources("src") {
        if path.to_string_lossy().contains("tests") {
            continue;
        }
        let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
        for name in code.lines().filter_map(type_name).chain(word_enums(code)) {
            found
                .entry(name.to_owned())
                .or_default()
                .push(path.display().to_string());
        }
    }
    assert!(found.len() > 300, "{}", found.len());
    found.retain(|_, paths| paths.len() > 1);
    assert_eq!(found, BTreeMap::new());
}

/// The type that a line defines outside of any block.
fn type_name(line: &str) -> Option<&str> {
    let bare = line.strip_prefix("pub ").unwrap_or(line);
    let bare = bare
        .strip_prefix("pub(")
        .and_then(|rest| rest.split_once(") "))
        .map_or(bare, |(_, bare)| bare);
    let kinds = ["struct ", "enum ", "trait ", "union ", "type "];
    let rest = kinds.iter().find_map(|kind| bare.strip_prefix(kind))?;
    rest.split(|c: char| !c.is_alphanumeric() && c != '_').next()
}

/// The types that `word_enum!` makes: the first name that opens a block in each.
fn word_enums(code: &str) -> impl Iterator<Item = &str> {
    code.split("word_enum! {").skip(1).filter_map(|rest| {
        let line = rest
            .lines()
            .find(|l| !l.trim().is_empty() && !l.trim_start().starts_with(['/', '#']))?;
        line.trim().split([' ', '{']).next()
    })
}

/// No import gives one of our own types another name.
#[test]
fn imports_rename_no_type_of_ours() {
    let mut renamed = Vec::new();
    for (path, text) in ["src", "tests", "examples"].into_iter().flat_map(sources) {
        let own = ["\nuse crate::", "\nuse anteroom::"];
        for import in own.into_iter().flat_map(|begin| text.split(begin).skip(1)) {
            let import = import.split(';').next().unwrap();
            let aliases = import.split(" as ").skip(1);
            if aliases
                .into_iter()
                .any(|a| a.starts_with(|c: char| c.is_uppercase()))
            {
                renamed.push(format!("{}: {}", path.display(), import.replace('\n', " ")));
            }
        }
    }
    assert_eq!(renamed, Vec::<String>::new());
}
