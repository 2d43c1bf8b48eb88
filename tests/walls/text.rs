//! How the source reads: lines that fit, and documents that name what there is.
use super::rooms::{manifest, sources};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// The functions of more than 60 lines, and why each is not split.
const LONG: [(&str, &str, &str); 6] = [
    (
        "src/delivery/mail/letter.rs",
        "facts",
        "one arm for each letter: the compiler asks for the values of every new one",
    ),
    (
        "src/desk/demo/chat.rs",
        "fill_demo_chat",
        "sample data: one long list, read from top to bottom",
    ),
    (
        "src/desk/demo/organisation.rs",
        "demo_request",
        "sample data: what each sort of request looks like, side by side",
    ),
    (
        "src/desk/demo/portal.rs",
        "demo_things",
        "sample data: one long list, read from top to bottom",
    ),
    (
        "src/desk/demo/portal.rs",
        "fill_demo_portal",
        "sample data: it happens in this order, each step with what the one before made",
    ),
    (
        "src/domain/notice_rows.rs",
        "row",
        "a table: one row for each letter, and the compiler sees that none is missing",
    ),
];

/// A function fits on a screen. Those of `LONG` do not, and nothing stays there that does.
#[test]
fn long_functions_are_few() {
    let (mut seen, mut long) = (0, Vec::new());
    for (path, text) in sources("src") {
        let path = path.strip_prefix(manifest()).unwrap().display().to_string();
        for (name, lines) in functions(&text) {
            seen += 1;
            if lines > 60 {
                long.push((path.clone(), name.to_owned()));
            }
        }
    }
    assert!(seen > 1000, "{seen}");
    long.sort();
    let named = LONG.map(|(path, name, _)| (path.to_owned(), name.to_owned()));
    assert_eq!(long, named);
}

/// Each function with its lines, from the one that says `fn` to its closing brace. After rustfmt
/// that brace stands alone, as far in as the line of `fn`.
fn functions(text: &str) -> Vec<(&str, usize)> {
    let lines: Vec<&str> = text.lines().collect();
    let mut found = Vec::new();
    for (n, line) in lines.iter().enumerate() {
        let Some(name) = function_name(line) else {
            continue;
        };
        let indent = &line[..line.len() - line.trim_start().len()];
        let ends = |line: &str| {
            line.strip_prefix(indent).is_some_and(|rest| {
                rest == "}" || rest.starts_with(')') && (rest.ends_with(';') || rest.ends_with("{}"))
            })
        };
        let one_line = line.ends_with('}') || line.ends_with(';');
        let more = if one_line {
            Some(0)
        } else {
            lines[n..].iter().position(|line| ends(line))
        };
        let more = more.unwrap_or_else(|| panic!("{name} has no closing brace of its own"));
        found.push((name, more + 1));
    }
    found
}

/// The function that begins in this line; before `fn` stand at most words like `pub(crate) async`.
fn function_name(line: &str) -> Option<&str> {
    let line = line.trim_start();
    let rest = line.strip_prefix("fn ").or_else(|| {
        let (before, rest) = line.split_once(" fn ")?;
        let firsts = ["pub", "async", "const", "unsafe", "extern"];
        let plain = |c: char| c.is_alphanumeric() || "_:()\" ".contains(c);
        let is_ours = firsts.iter().any(|first| before.starts_with(first));
        (is_ours && before.chars().all(plain)).then_some(rest)
    })?;
    rest.split(['(', '<']).next().filter(|name| !name.is_empty())
}

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

/// Every path like `desk::queue::decisions::decide` in docs/architecture.md leads to a module, and
/// its last name, where that is no module, is defined or handed on there.
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

/// The most places that each recipe of CONTRIBUTING.md may have.
const RECIPES: [(&str, usize); 8] = [
    ("A server setting", 7),
    ("An organisation setting", 10),
    ("A permission", 5),
    ("A column of the users table", 9),
    ("A chat platform", 10),
    ("A language", 7),
    ("A page", 5),
    ("A kind of request", 14),
];

/// Parts of paths and names in recipes that stand for what is new.
const NEW: [&str; 8] = [
    "NNNN", "NAME", "LANGUAGE", "SUBJECT", "AUDIENCE", "Name", "name", "what",
];

/// Each recipe has as many places as it says, and no more than it may have. Its paths lead
/// somewhere, and its names occur in the files beside which they stand.
#[test]
fn the_recipes_name_what_there_is() {
    let text = fs::read_to_string(manifest().join("CONTRIBUTING.md")).unwrap();
    let recipes = text.split("\n## Recipes\n").nth(1).unwrap();
    let recipes: Vec<&str> = recipes
        .split("\n## ")
        .next()
        .unwrap()
        .split("\n### ")
        .skip(1)
        .collect();
    assert_eq!(recipes.len(), RECIPES.len());
    for (recipe, (title, most)) in recipes.into_iter().zip(RECIPES) {
        let (head, rest) = recipe.split_once('\n').unwrap();
        let mut places: Vec<String> = Vec::new();
        for line in rest.lines() {
            match (line.starts_with(|c: char| c.is_ascii_digit()), places.last_mut()) {
                (true, _) => places.push(line.to_owned()),
                (false, Some(place)) if line.starts_with("   ") => *place += line,
                _ => {}
            }
        }
        assert_eq!(head, format!("{title}: {} places", places.len()));
        assert!(places.len() <= most, "{head}, and may have {most}");
        for (n, place) in places.iter().enumerate() {
            assert!(place.starts_with(&format!("{}. ", n + 1)), "{head}: {place}");
            names_what_there_is(head, place);
        }
    }
}

/// What stands in a file, or in all files of a folder that were written.
fn all_text(path: &Path) -> String {
    if path.is_file() {
        return fs::read_to_string(path).unwrap_or_default();
    }
    let made = ["node_modules", "screenshots", "test-results"];
    if made.iter().any(|folder| path.ends_with(folder)) {
        return String::new();
    }
    let entries = fs::read_dir(path).unwrap();
    entries.map(|entry| all_text(&entry.unwrap().path())).collect()
}

fn names_what_there_is(head: &str, place: &str) {
    let quoted: Vec<&str> = place.split('`').skip(1).step_by(2).collect();
    let (paths, names): (Vec<&str>, Vec<&str>) = quoted.iter().partition(|q| q.contains('/'));
    assert!(!paths.is_empty(), "{head}: {place} names no file");
    let mut texts = String::new();
    for path in paths {
        // Up to the part that is new.
        let parts = path.split('/');
        let is_new = |part: &&str| part.split(['.', '_', '-']).any(|word| NEW.contains(&word));
        let there: Vec<&str> = parts.take_while(|part| !is_new(part)).collect();
        let there = manifest().join(there.join("/"));
        assert!(there.exists(), "{head}: {path} is not there");
        texts += &all_text(&there);
    }
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let words: BTreeSet<&str> = texts.split(|c| !is_word(c)).collect();
    for word in names.iter().flat_map(|name| name.split(|c| !is_word(c))) {
        let known = word.is_empty() || NEW.contains(&word) || words.contains(word);
        assert!(known, "{head}: {word} is not in the file of its place");
    }
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
