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
/// name before or after the address, and several of each. Nothing of it is lost: what holds no address,
/// and is nobody's name, comes back with an empty address and itself as the name.
pub fn people(line: &str) -> Vec<Found> {
    let line = tidy(line);
    let line = without_head(&line);
    if !has_address(&unquoted(line)) {
        return vec![nobody(line)];
    }
    let mut found: Vec<Found> = Vec::new();
    for mut one in within(line, &SEPARATORS) {
        if !one.email.is_empty() && (one.name.contains('@') || is_no_name(&one.name)) {
            one.name.clear();
        }
        // Mail programs put the address where they know no name, and some write it twice.
        match found.iter_mut().find(|f| is_same(&f.email, &one.email)) {
            Some(before) if before.name.is_empty() && one.more.is_empty() => before.name = one.name,
            Some(before) if *before == one || one.name.is_empty() && one.more.is_empty() => {}
            _ => found.push(one),
        }
    }
    found
}

/// What is nobody's address and nobody's name.
fn nobody(text: &str) -> Found {
    Found {
        name: text.trim().to_owned(),
        ..Found::default()
    }
}

fn is_same(one: &str, other: &str) -> bool {
    !one.is_empty() && one.eq_ignore_ascii_case(other)
}

/// The strongest first: what mail programs put between people may stand in a name where a stronger one
/// is used.
const SEPARATORS: [char; 4] = ['\t', ';', ',', '|'];

/// Signs that look like those which addresses are written with, as those; no marks of lists.
fn tidy(line: &str) -> String {
    let plain = line.chars().map(|c| match c {
        '＠' => '@',
        '＜' | '‹' | '〈' => '<',
        '＞' | '›' | '〉' => '>',
        '；' | '؛' => ';',
        '，' | '、' | '،' => ',',
        '“' | '”' | '„' | '«' | '»' => '"',
        '\t' => '\t',
        c if c.is_whitespace() => ' ',
        c => c,
    });
    let mut line = String::with_capacity(line.len());
    for c in plain {
        // What follows a bracket without a space is the next one.
        let touches = matches!(c, '<' | '(' | '[') || c.is_alphanumeric();
        if touches && line.ends_with(['>', ')', ']']) {
            line.push(' ');
        }
        line.push(c);
    }
    let line = line.trim_matches(|c: char| c.is_whitespace() && c != '\t' || super::is_unseen(c));
    let bullet = |c: char| matches!(c, '-' | '*' | '•' | '·' | '–' | '>' | '‣' | '▪' | '☐' | '☑' | '✓');
    let numbered = line.trim_start_matches(|c: char| c.is_ascii_digit());
    match numbered.strip_prefix(['.', ')']) {
        Some(rest) if numbered.len() < line.len() && rest.starts_with(' ') => rest.trim_start(),
        _ => line.strip_prefix(bullet).map_or(line, str::trim_start),
    }
    .to_owned()
}

/// Without what stands before people: `To: Mira`, `Team: Mira <..>`, `mailto:mira@x.test`.
fn without_head(line: &str) -> &str {
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, ' ' | '-' | '.');
    match line.split_once(':') {
        Some((head, rest)) if head.chars().count() < 40 && head.chars().all(is_part) => rest.trim_start(),
        _ => line,
    }
}

/// Whether a text holds (what is meant as) an address: an `@` between others, with no space beside it.
fn has_address(text: &str) -> bool {
    let ends = |c: char| c.is_whitespace() || matches!(c, '<' | '>' | '(' | ')' | '[' | ']' | '@');
    text.match_indices('@').any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + 1..].chars().next();
        before.is_some_and(|c| !ends(c)) && after.is_some_and(|c| !ends(c) && c != '"')
    })
}

/// Whether a text may be (a part of) a name: it has a letter, and is no mistyped address or web page.
fn may_be_name(text: &str) -> bool {
    let is_host = |word: &str| {
        let word = word.trim_end_matches('.');
        word.contains('.') && !word.split(['.', '-']).any(|part| part.chars().count() < 2)
    };
    !is_no_name(text) && !text.contains('@') && !text.split(' ').any(is_host)
}

/// Whether nothing of it is a name: signs alone, or what stands between two people.
fn is_no_name(text: &str) -> bool {
    const BETWEEN: [&str; 10] = ["and", "und", "et", "or", "oder", "ou", "y", "e", "o", "&"];
    let word = super::fold(text);
    !word.chars().any(char::is_alphabetic) || BETWEEN.contains(&word.as_str())
}

fn within(text: &str, separators: &[char]) -> Vec<Found> {
    let cut = |separator: char| -> Vec<&str> {
        let cells = split(text, separator).into_iter();
        cells.filter(|cell| !cell.trim().is_empty()).collect()
    };
    let parts = |separator: &&char| split(text, **separator).len() > 1;
    let is_clean = |separator: &&char| cut(**separator).iter().all(|cell| has_address(&unquoted(cell)));
    let clean = separators.iter().filter(parts).find(is_clean);
    let Some(separator) = clean.or_else(|| separators.iter().find(parts)) else {
        return by_spaces(text);
    };
    let weaker: Vec<char> = separators.iter().copied().filter(|s| s != separator).collect();
    let read = |cell: &&str| {
        if has_address(&unquoted(cell)) {
            within(cell, &weaker)
        } else {
            vec![nobody(&bare(&unquoted(cell)))]
        }
    };
    if clean.is_some() {
        return cut(*separator).iter().flat_map(read).collect();
    }
    let is_person = |cell: &&str| has_address(&unquoted(cell));
    let cells = split(text, *separator);
    match cells.iter().filter(|cell| is_person(cell)).collect::<Vec<_>>()[..] {
        [one] if read(one).len() == 1 => row(&cells, *separator, &weaker),
        _ => list(cut(*separator).iter().map(read).collect(), *separator),
    }
}

/// One person in the cells of a row: what stands before the address is the name; else the cell after it
/// is, and what follows are roles.
fn row(cells: &[&str], separator: char, weaker: &[char]) -> Vec<Found> {
    let at = cells
        .iter()
        .position(|cell| has_address(&unquoted(cell)))
        .unwrap_or_default();
    let mut people = within(cells[at], weaker);
    let Some(found) = people.first_mut() else {
        return people;
    };
    let cell = |cell: &&str| unquoted(cell).trim().to_owned();
    let mut rest: Vec<String> = cells[at + 1..].iter().map(cell).collect();
    let is_head = |cell: &String| cell.ends_with(':');
    let before: Vec<String> = cells[..at]
        .iter()
        .map(cell)
        .filter(|cell| cell.chars().any(char::is_alphabetic) && !is_head(cell))
        .collect();
    while rest.last().is_some_and(String::is_empty) {
        rest.pop();
    }
    let is_named = !found.name.is_empty();
    let joint = match separator {
        '|' => " | ",
        // "Okafor, Mira <mira@x.test>" is written so by mail programs.
        ',' if is_named => ", ",
        _ => " ",
    };
    // Beside somebody who is named as mail programs do it stands somebody else.
    if is_named && (separator == ';' || separator == ',' && before.len() > 1) {
        let others = before.iter().map(|cell| nobody(cell));
        found.more = rest;
        return others.chain(people.drain(..)).collect();
    }
    if before.is_empty() && !is_named && !rest.is_empty() {
        found.name = rest.remove(0);
    } else if !before.is_empty() {
        let own = is_named.then(|| found.name.clone());
        found.name = bare(&before.into_iter().chain(own).collect::<Vec<_>>().join(joint));
    }
    found.more = rest;
    people
}

/// Several cells, people in some of them. What stands in the others is a name where it stands so all along:
/// before each address, after each, or, parted by commas, a surname before each `Mira <mira@x.test>`.
fn list(cells: Vec<Vec<Found>>, separator: char) -> Vec<Found> {
    let is_loose = |cell: &[Found]| matches!(cell, [one] if one.email.is_empty());
    let is_name = |cell: &[Found]| is_loose(cell) && may_be_name(&cell[0].name);
    let is_bare = |cell: &[Found]| matches!(cell, [one] if !one.email.is_empty() && one.name.is_empty());
    let is_named = |cell: &[Found]| matches!(cell, [one] if !one.email.is_empty() && !one.name.is_empty());
    let pairs = |first: &dyn Fn(&[Found]) -> bool, second: &dyn Fn(&[Found]) -> bool| {
        cells.len().is_multiple_of(2) && cells.chunks(2).all(|pair| first(&pair[0]) && second(&pair[1]))
    };
    if pairs(&is_name, &is_bare) || pairs(&is_bare, &is_name) {
        let person = |pair: &[Vec<Found>]| {
            let (mut one, mut other) = (pair[0][0].clone(), pair[1][0].clone());
            if one.email.is_empty() {
                std::mem::swap(&mut one, &mut other);
            }
            one.name = other.name;
            one
        };
        return cells.chunks(2).map(person).collect();
    }
    let at = |n: usize| cells.get(n).map(Vec::as_slice).unwrap_or_default();
    let has_surname = |n: usize| n > 0 && is_name(at(n - 1)) && !(n > 1 && is_loose(at(n - 2)));
    let numbers = 0..cells.len();
    let are_surnames = separator == ','
        && numbers.clone().all(|n| !is_loose(at(n)) || is_named(at(n + 1)))
        && numbers.clone().all(|n| !is_named(at(n)) || has_surname(n));
    if !are_surnames {
        return cells.into_iter().flatten().collect();
    }
    let mut people: Vec<Found> = Vec::new();
    for mut one in cells.into_iter().flatten() {
        if let Some(surname) = people.pop_if(|before| before.email.is_empty()) {
            one.name = format!("{}, {}", surname.name, one.name);
        }
        people.push(one);
    }
    people
}

/// Addresses that only spaces part: `mira@x.test tom@x.test`, `Mira <mira@x.test> Tom <tom@x.test>`.
fn by_spaces(text: &str) -> Vec<Found> {
    let mut people: Vec<Found> = Vec::new();
    // The words before each address, and after the last.
    let mut between: Vec<String> = vec![String::new()];
    for word in split(text, ' ') {
        if has_address(&unquoted(word)) {
            people.push(one(word));
            between.push(String::new());
        } else if let Some(words) = between.last_mut() {
            words.push(' ');
            words.push_str(&unquoted(word));
        }
    }
    let between: Vec<String> = between.iter().map(|words| bare(words)).collect();
    let (Some(first), Some(last)) = (between.first(), between.last()) else {
        return people;
    };
    // A name in brackets, as `mira@x.test (Mira Okafor)`, or names after each address.
    let stand_after = is_no_name(first) && between[1..].iter().all(|words| !is_no_name(words));
    let names = if stand_after {
        &between[1..]
    } else {
        &between[..between.len() - 1]
    };
    for (one, name) in people.iter_mut().zip(names) {
        let parts = [name.as_str(), one.name.as_str()];
        let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        one.name = parts.join(" ");
    }
    if !stand_after && !is_no_name(last) {
        match people.last_mut() {
            Some(one) if one.name.is_empty() => one.name = last.clone(),
            Some(one) if text.trim_end().ends_with(')') => one.name = format!("{} ({last})", one.name),
            _ => people.push(nobody(last)),
        }
    }
    people
}

/// One word with an address, and what else stands in it: `<mira@x.test>`, `Mira<mira@x.test>`.
fn one(word: &str) -> Found {
    if word.contains("\"@") {
        // No address of ours; and what stands after the quotes is another one.
        return Found {
            email: word.trim_matches(['<', '>']).to_owned(),
            ..Found::default()
        };
    }
    let plain = unquoted(word);
    let open = |c: char| c.is_whitespace() || matches!(c, '<' | '>' | '(' | ')' | '[' | ']' | '"' | '|');
    let Some(piece) = plain.split(open).rfind(|piece| has_address(piece)) else {
        return nobody(&plain);
    };
    let begin = plain.rfind(piece).unwrap_or_default();
    let name = format!(
        "{} {}",
        bare(&plain[..begin]),
        bare(&plain[begin + piece.len()..])
    );
    Found {
        email: address(piece).to_owned(),
        name: name.trim().to_owned(),
        more: Vec::new(),
    }
}

/// An address without what programs and people write around it.
fn address(piece: &str) -> &str {
    let own = piece.split_once('?').map_or(piece, |(own, _)| own);
    let own = own.rsplit(':').find(|part| part.contains('@')).unwrap_or(own);
    let own = own
        .trim_matches(['*', '`'])
        .trim_end_matches(['.', ',', ';', ':', '’', '\'']);
    let quote = |c: char| matches!(c, '\'' | '‘' | '’');
    own.strip_prefix(quote)
        .filter(|rest| !rest.contains(quote))
        .unwrap_or(own)
}

/// A name without the brackets and quotes around it.
fn bare(text: &str) -> String {
    let edge = |c: char| c.is_whitespace() || "<>[]\"':,;*`".contains(c);
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

#[cfg(test)]
mod tests;
