//! Which file takes from which: the arrows between the modules of `src/`, read from `use` lines and
//! from the paths in the code. Text only, no compiler: names are followed through `pub use`; code
//! under `#[cfg(test)]` and in files of tests is left out.
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// Both ends are modules like `desk::queue::decisions`; the crate's root is empty.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Arrow {
    pub from: String,
    pub to: String,
}

/// All arrows of the files under `folder`, without those from a file to itself.
pub fn arrows(folder: &Path) -> BTreeSet<Arrow> {
    let mut files = BTreeMap::new();
    gather(folder, "", &mut files);
    between(&files)
}

/// The arrows between modules, given as name and text.
pub fn between(files: &BTreeMap<String, String>) -> BTreeSet<Arrow> {
    let modules: BTreeMap<String, Module> = files
        .iter()
        .map(|(name, text)| (name.clone(), Module::read(name, text, files)))
        .collect();
    let mut found = BTreeSet::new();
    for (name, module) in &modules {
        let imported = module.imports.iter().filter(|i| !i.public).map(|i| &i.path);
        for path in imported.chain(&module.paths) {
            let to = target(path, &modules, 0);
            if to != *name && !(to.is_empty() && path.len() < 2) {
                found.insert(Arrow {
                    from: name.clone(),
                    to,
                });
            }
        }
    }
    found
}

/// Files that take from each other in a circle, each circle with all that stand in it.
pub fn circles(arrows: &BTreeSet<Arrow>) -> Vec<Vec<String>> {
    let mut next: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for Arrow { from, to } in arrows {
        next.entry(from).or_default().insert(to);
    }
    let reach = |start: &str| {
        let (mut seen, mut open) = (BTreeSet::new(), vec![start]);
        while let Some(at) = open.pop() {
            for to in next.get(at).into_iter().flatten() {
                if seen.insert(*to) {
                    open.push(to);
                }
            }
        }
        seen
    };
    let reached: BTreeMap<&str, BTreeSet<&str>> = next.keys().map(|at| (*at, reach(at))).collect();
    let mut circles: Vec<Vec<String>> = Vec::new();
    for (at, there) in &reached {
        if !there.contains(at) || circles.iter().any(|c| c.iter().any(|m| m == at)) {
            continue;
        }
        let back = |other: &&str| reached.get(*other).is_some_and(|r| r.contains(at));
        circles.push(
            there
                .iter()
                .filter(|m| back(m))
                .map(|m| (*m).to_owned())
                .collect(),
        );
    }
    circles
}

fn gather(folder: &Path, module: &str, files: &mut BTreeMap<String, String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let stem = path.file_stem().unwrap().to_string_lossy().into_owned();
        let below = if module.is_empty() {
            stem.clone()
        } else {
            format!("{module}::{stem}")
        };
        if stem == "tests" {
            continue;
        } else if path.is_dir() {
            gather(&path, &below, files);
        } else if path.extension().is_some_and(|e| e == "rs") {
            let name = match (stem.as_str(), module) {
                ("mod", _) => module.to_owned(),
                ("lib", "") => String::new(),
                _ => below,
            };
            files.insert(name, fs::read_to_string(&path).unwrap());
        }
    }
}

struct Import {
    path: Vec<String>,
    /// What the importing module calls it; `*` for all of it.
    name: String,
    public: bool,
}

/// A file's imports and the paths in its code, both from the crate's root.
struct Module {
    imports: Vec<Import>,
    paths: BTreeSet<Vec<String>>,
    /// What it defines itself, which `pub use module::*` hands on.
    items: BTreeSet<String>,
}

impl Module {
    fn read(name: &str, text: &str, files: &BTreeMap<String, String>) -> Self {
        let tokens = tokens(text);
        let own: Vec<String> = name
            .split("::")
            .filter(|s| !s.is_empty())
            .map(str::to_owned)
            .collect();
        let mut module = Self {
            imports: Vec::new(),
            paths: BTreeSet::new(),
            items: BTreeSet::new(),
        };
        let mut code: Vec<&str> = Vec::new();
        let mut at = 0;
        while at < tokens.len() {
            if tokens[at] != "use" {
                if matches!(
                    tokens[at].as_str(),
                    "fn" | "struct" | "enum" | "trait" | "type" | "const" | "static"
                ) {
                    module.items.extend(tokens.get(at + 1).cloned());
                }
                code.push(&tokens[at]);
                at += 1;
                continue;
            }
            let end = at + tokens[at..].iter().position(|t| t == ";").unwrap_or(0);
            let public = at > 0 && (tokens[at - 1] == "pub" || tokens[at - 1] == ")");
            tree(&tokens[at + 1..end], Vec::new(), &mut |path, name| {
                if let Some(path) = absolute(&path, &own, &[], files) {
                    module.imports.push(Import { path, name, public });
                }
            });
            at = end.max(at + 1);
        }
        let mut at = 0;
        while at < code.len() {
            let mut path = vec![code[at].to_owned()];
            while code.get(at + 1) == Some(&"::") && code.get(at + 2).is_some_and(|t| is_name(t)) {
                path.push(code[at + 2].to_owned());
                at += 2;
            }
            at += 1;
            if path.len() > 1
                && is_name(&path[0])
                && let Some(path) = absolute(&path, &own, &module.imports, files)
            {
                module.paths.insert(path);
            }
        }
        module
    }
}

/// From the crate's root; none for what is not the crate's own.
fn absolute(
    path: &[String],
    own: &[String],
    imports: &[Import],
    files: &BTreeMap<String, String>,
) -> Option<Vec<String>> {
    let mut rest = path;
    let mut from = match path[0].as_str() {
        "crate" | "anteroom" => Vec::new(),
        "self" => own.to_vec(),
        "super" => own[..own.len().checked_sub(1)?].to_vec(),
        first => {
            if let Some(import) = imports.iter().find(|i| i.name == first) {
                return Some(import.path.iter().chain(&path[1..]).cloned().collect());
            }
            let child: Vec<String> = own.iter().chain([&path[0]]).cloned().collect();
            files.contains_key(&child.join("::")).then_some(())?;
            return Some(own.iter().chain(path).cloned().collect());
        }
    };
    rest = &rest[1..];
    while rest.first().is_some_and(|s| s == "super") {
        from.pop()?;
        rest = &rest[1..];
    }
    from.extend(rest.iter().cloned());
    Some(from)
}

/// The module in which the thing at `path` is defined.
fn target(path: &[String], modules: &BTreeMap<String, Module>, hops: usize) -> String {
    let mut known = 0;
    while known < path.len() && modules.contains_key(&path[..=known].join("::")) {
        known += 1;
    }
    let module = path[..known].join("::");
    let (Some(name), Some(read)) = (path.get(known), modules.get(&module)) else {
        return module;
    };
    for import in read.imports.iter().filter(|i| i.public && hops < 8) {
        let mut further = import.path.clone();
        if import.name == "*" {
            let from = modules.get(&import.path.join("::"));
            if from.is_some_and(|m| m.items.contains(name)) {
                return import.path.join("::");
            }
        } else if import.name == *name {
            further.extend(path[known + 1..].iter().cloned());
            return target(&further, modules, hops + 1);
        }
    }
    module
}

/// Walks the tree of a `use` line: each path with the name it gets.
fn tree(tokens: &[String], mut before: Vec<String>, found: &mut impl FnMut(Vec<String>, String)) {
    let mut at = 0;
    while at < tokens.len() {
        match tokens[at].as_str() {
            "::" => at += 1,
            "{" => {
                let (mut depth, mut start) = (0, at + 1);
                for (n, token) in tokens.iter().enumerate().skip(at) {
                    depth += i32::from(token == "{") - i32::from(token == "}");
                    if (depth == 1 && token == ",") || depth == 0 {
                        tree(&tokens[start..n], before.clone(), found);
                        start = n + 1;
                    }
                    if depth == 0 {
                        return;
                    }
                }
                return;
            }
            "as" => {
                found(before, tokens[at + 1].clone());
                return;
            }
            "*" => {
                found(before, "*".into());
                return;
            }
            "self" if !before.is_empty() => at += 1,
            name => {
                before.push(name.to_owned());
                at += 1;
            }
        }
    }
    if let Some(name) = before.last().cloned() {
        found(before, name);
    }
}

fn is_name(token: &str) -> bool {
    token.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

/// Names, `::` and signs; comments, texts, and what is compiled for tests only are gone.
fn tokens(text: &str) -> Vec<String> {
    let text = without_tests(&bare(text));
    let chars: Vec<char> = text.chars().collect();
    let mut tokens = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        let start = at;
        if chars[at].is_alphanumeric() || chars[at] == '_' {
            while at < chars.len() && (chars[at].is_alphanumeric() || chars[at] == '_') {
                at += 1;
            }
        } else if chars[at..].starts_with(&[':', ':']) {
            at += 2;
        } else {
            at += 1;
        }
        if !chars[start].is_whitespace() {
            tokens.push(chars[start..at].iter().collect());
        }
    }
    tokens
}

/// Without comments and without what stands in quotes.
fn bare(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut bare = String::new();
    let mut at = 0;
    while at < chars.len() {
        let rest = &chars[at..];
        if rest.starts_with(&['/', '/']) {
            at += rest.iter().position(|c| *c == '\n').unwrap_or(rest.len());
        } else if rest[0] == 'r' && raw_hashes(&rest[1..]).is_some() && !bare.ends_with(is_word) {
            let hashes = raw_hashes(&rest[1..]).unwrap();
            let end: Vec<char> = ['"'].into_iter().chain(vec!['#'; hashes]).collect();
            let body = hashes + 2;
            let length = rest[body..]
                .windows(end.len())
                .position(|w| w == end)
                .unwrap_or(rest.len() - body);
            at += (body + length + end.len()).min(rest.len());
        } else if rest[0] == '"' {
            at += 1;
            while at < chars.len() && chars[at] != '"' {
                at += if chars[at] == '\\' { 2 } else { 1 };
            }
            at += 1;
        } else if rest[0] == '\'' && (rest.get(2) == Some(&'\'') || rest.get(1) == Some(&'\\')) {
            let from = if rest[1] == '\\' { 3 } else { 2 };
            at += from + rest[from..].iter().position(|c| *c == '\'').unwrap_or(0) + 1;
        } else {
            bare.push(rest[0]);
            at += 1;
        }
    }
    bare
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// How many `#` open a raw text here; none if no raw text begins.
fn raw_hashes(rest: &[char]) -> Option<usize> {
    let hashes = rest.iter().take_while(|c| **c == '#').count();
    (rest.get(hashes) == Some(&'"')).then_some(hashes)
}

/// Cuts the item after each `#[cfg(test)]`: up to its `;`, or with all of its braces.
fn without_tests(text: &str) -> String {
    let mut left = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("#[cfg(test)]") {
        left.push_str(&rest[..at]);
        rest = &rest[at..];
        let mut depth = 0;
        let end = rest.char_indices().skip("#[cfg(test)]".len()).find(|(_, c)| {
            depth += i32::from(*c == '{') - i32::from(*c == '}');
            depth == 0 && matches!(c, ';' | '}')
        });
        rest = end.map_or("", |(n, _)| &rest[n + 1..]);
    }
    left + rest
}
