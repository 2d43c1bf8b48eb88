//! How the source reads: lines that fit, and documents that name what there is.
use super::rooms::{manifest, sources};
use std::collections::BTreeSet;
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
