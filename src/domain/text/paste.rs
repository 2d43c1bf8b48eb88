//! People out of what mail programs, address books and spreadsheets put on the clipboard.

/// Somebody found in a line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// As it stands there, without what belongs to mail programs; empty if there is none.
    pub email: String,
    /// May be empty. Holds no address.
    pub name: String,
    /// What follows in the row, cell by cell.
    pub more: Vec<String>,
}

/// What one line holds: `mira@x.test`, `Mira Okafor <mira@x.test>; Tom Berg <tom@x.test>`,
/// `"Okafor, Mira" <mira@x.test>, ..`, `mira@x.test (Mira Okafor)`, a row of a spreadsheet with the
/// name before or after the address, and several of each. What holds no address comes back as one with
/// an empty address and the line as its name.
pub fn people(line: &str) -> Vec<Found> {
    let line = tidy(line);
    let mut found = within(&line, &SEPARATORS);
    if found.is_empty() {
        return vec![Found {
            name: line,
            ..Found::default()
        }];
    }
    // Mail programs put the address where they know no name: "mira@x.test" <mira@x.test>.
    found.dedup_by(|after, before| after.name.is_empty() && after.email == before.email);
    for one in found.iter_mut().filter(|one| has_address(&one.name)) {
        one.name.clear();
    }
    found
}

/// The strongest first: what mail programs put between people may stand in a name where a stronger one
/// is used.
const SEPARATORS: [char; 4] = ['\t', ';', '|', ','];

/// Signs that look like those which addresses are written with, as those; no marks of lists.
fn tidy(line: &str) -> String {
    let plain = line.chars().map(|c| match c {
        '＠' => '@',
        '＜' | '‹' | '〈' => '<',
        '＞' | '›' | '〉' => '>',
        '；' => ';',
        '，' | '、' => ',',
        '“' | '”' | '„' | '«' | '»' => '"',
        '\u{a0}' => ' ',
        c => c,
    });
    let line: String = plain.collect();
    let line = line.trim_matches(|c: char| c.is_whitespace() && c != '\t' || super::is_unseen(c));
    let bullet = |c: char| matches!(c, '-' | '*' | '•' | '·' | '–' | '>' | '‣' | '▪');
    let numbered = line.trim_start_matches(|c: char| c.is_ascii_digit());
    match numbered.strip_prefix(['.', ')']) {
        Some(rest) if numbered.len() < line.len() && rest.starts_with(' ') => rest.trim_start(),
        _ => line.strip_prefix(bullet).map_or(line, str::trim_start),
    }
    .to_owned()
}

/// Whether a text holds (what is meant as) an address.
fn has_address(text: &str) -> bool {
    text.contains('@')
}

fn within(text: &str, separators: &[char]) -> Vec<Found> {
    if !has_address(&unquoted(text)) {
        return Vec::new();
    }
    let Some((separator, weaker)) = separators.split_first() else {
        return by_spaces(text);
    };
    let cells = split(text, *separator);
    if cells.len() == 1 {
        return within(text, weaker);
    }
    let addressed = cells.iter().filter(|cell| has_address(&unquoted(cell))).count();
    if addressed == 1 && cells.iter().all(|cell| within_one(cell, weaker)) {
        return vec![row(&cells, *separator)];
    }
    list(&cells, weaker)
}

/// Whether a cell holds at most one address.
fn within_one(cell: &str, weaker: &[char]) -> bool {
    within(cell, weaker).len() < 2
}

/// One person in the cells of a row: what stands before the address is the name; else the cell after it
/// is.
fn row(cells: &[&str], separator: char) -> Found {
    let at = cells
        .iter()
        .position(|cell| has_address(&unquoted(cell)))
        .unwrap_or_default();
    let mut found = one(cells[at]);
    let cell = |cell: &&str| unquoted(cell).trim().to_owned();
    let mut rest: Vec<String> = cells[at + 1..].iter().map(cell).collect();
    let before: Vec<String> = cells[..at]
        .iter()
        .map(cell)
        .filter(|cell| !cell.is_empty())
        .collect();
    if !before.is_empty() {
        // "Okafor, Mira <mira@x.test>" is written so by mail programs.
        let of_name = !found.name.is_empty() && separator == ',';
        let joined = before.join(if of_name { ", " } else { " " });
        found.name = if found.name.is_empty() {
            joined
        } else {
            format!("{joined}{}{}", if of_name { ", " } else { " " }, found.name)
        };
    } else if !rest.is_empty() {
        let name = rest.remove(0);
        if !name.is_empty() {
            found.name = name;
        }
    }
    while rest.last().is_some_and(String::is_empty) {
        rest.pop();
    }
    found.more = rest;
    found
}

/// Several people in one line. A cell without an address belongs to the one after it, if that one is
/// written as `Mira <mira@x.test>`, else to the one before it.
fn list(cells: &[&str], weaker: &[char]) -> Vec<Found> {
    let mut people: Vec<Found> = Vec::new();
    let mut loose: Vec<String> = Vec::new();
    for cell in cells {
        let cell_of = unquoted(cell).trim().to_owned();
        if !has_address(&cell_of) {
            if !cell_of.is_empty() {
                loose.push(cell_of);
            }
            continue;
        }
        let mut found = within(cell, weaker);
        let surname = std::mem::take(&mut loose).join(", ");
        match (found.first_mut(), people.last_mut()) {
            _ if surname.is_empty() => {}
            (Some(next), _) if !next.name.is_empty() => next.name = format!("{surname}, {}", next.name),
            (_, Some(before)) if before.name.is_empty() => before.name = surname,
            (Some(next), None) => next.name = surname,
            _ => {}
        }
        people.append(&mut found);
    }
    if let (Some(last), false) = (people.last_mut(), loose.is_empty())
        && last.name.is_empty()
    {
        last.name = loose.join(", ");
    }
    people
}

/// Addresses that only spaces part: `mira@x.test tom@x.test`, `Mira <mira@x.test> Tom <tom@x.test>`.
fn by_spaces(text: &str) -> Vec<Found> {
    let mut people = Vec::new();
    let mut begin = 0;
    let mut at = 0;
    for word in split(text, ' ') {
        let end = at + word.len();
        if has_address(&unquoted(word)) {
            people.push(one(&text[begin..end]));
            begin = end;
        }
        at = end + 1;
    }
    // What follows the last address: a name in brackets, as `mira@x.test (Mira Okafor)`.
    let rest = bare(text.get(begin..).unwrap_or_default());
    if let Some(last) = people.last_mut().filter(|last| last.name.is_empty()) {
        last.name = rest;
    }
    people
}

/// One person: the word with the `@`, and around it the name.
fn one(text: &str) -> Found {
    let plain = unquoted(text);
    let open = |c: char| c.is_whitespace() || matches!(c, '<' | '>' | '(' | ')' | '[' | ']' | '"');
    let Some(at) = plain.find('@') else {
        return Found {
            name: bare(&plain),
            ..Found::default()
        };
    };
    let begin = plain[..at]
        .rfind(open)
        .map_or(0, |at| at + plain[at..].chars().next().map_or(1, char::len_utf8));
    let end = plain[at..].find(open).map_or(plain.len(), |end| at + end);
    let email = &plain[begin..end];
    let email = email
        .trim_start_matches("mailto:")
        .trim_start_matches("MAILTO:")
        .trim_matches(|c: char| matches!(c, '\'' | '.' | ':' | ',' | ';' | '’' | '‘'))
        .split('?')
        .next()
        .unwrap_or_default();
    let name = format!("{} {}", bare(&plain[..begin]), bare(&plain[end..]));
    Found {
        email: email.to_owned(),
        name: without_head(name.trim()).to_owned(),
        more: Vec::new(),
    }
}

/// A name without the brackets and quotes around it.
fn bare(text: &str) -> String {
    let edge = |c: char| c.is_whitespace() || "<>[]\"':,;".contains(c);
    let inner = text
        .trim_matches(edge)
        .trim_start_matches(')')
        .trim_end_matches('(')
        .trim_matches(edge);
    let whole = inner
        .strip_prefix('(')
        .map(|rest| rest.strip_suffix(')').unwrap_or(rest));
    whole.unwrap_or(inner).trim().to_owned()
}

/// Without what the head of a mail says: `To: Mira`.
fn without_head(name: &str) -> &str {
    let known = [
        "to", "cc", "bcc", "from", "an", "von", "e-mail", "email", "mail", "mailto",
    ];
    match name.split_once(':') {
        Some((head, rest)) if known.contains(&super::fold(head).as_str()) => rest.trim(),
        _ if known.contains(&super::fold(name).as_str()) => "",
        _ => name,
    }
}

/// A cell without the quotes around it, two quotes in them being one.
fn unquoted(cell: &str) -> String {
    let mut text = String::with_capacity(cell.len());
    let mut rest = cell.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '"' if rest.peek() == Some(&'"') => {
                rest.next();
                text.push('"');
            }
            '"' => {}
            '\\' if matches!(rest.peek(), Some('"' | '\\')) => text.extend(rest.next()),
            c => text.push(c),
        }
    }
    text
}

/// The parts of a text between separators that stand neither in quotes nor in brackets.
fn split(text: &str, separator: char) -> Vec<&str> {
    let (mut parts, mut begin) = (Vec::new(), 0);
    let (mut quoted, mut depth, mut escaped) = (false, 0_u32, false);
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            '<' | '(' if !quoted => depth += 1,
            '>' | ')' if !quoted => depth = depth.saturating_sub(1),
            c if c == separator && !quoted && depth == 0 => {
                parts.push(&text[begin..at]);
                begin = at + c.len_utf8();
            }
            _ => {}
        }
    }
    // What is opened and never closed parts as if it were not there.
    if quoted || depth > 0 {
        return text.split(separator).collect();
    }
    parts.push(&text[begin..]);
    parts
}
