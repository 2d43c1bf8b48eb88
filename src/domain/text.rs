//! What may stand in the texts that people type: lengths, control characters, direction marks. And
//! the words by which they are found.
use super::Why;

/// Trims; refuses control characters, invisible direction marks and more than `max` characters; may
/// be empty.
pub fn line(raw: &str, max: u16) -> Result<String, Why> {
    let text = raw.trim();
    if text.chars().count() > usize::from(max) {
        return Err(Why::TooLong(max));
    }
    if text.chars().any(is_hostile) {
        return Err(Why::HasControlCharacters);
    }
    Ok(text.to_owned())
}

/// As [`line`], and not empty.
pub fn required(raw: &str, max: u16) -> Result<String, Why> {
    let text = line(raw, max)?;
    // Letters that are drawn as nothing.
    let is_blank = |c| matches!(c, '\u{115f}' | '\u{1160}' | '\u{2800}' | '\u{3164}' | '\u{ffa0}');
    if text.chars().all(|c| is_blank(c) || c.is_whitespace()) {
        Err(Why::Missing)
    } else {
        Ok(text)
    }
}

/// As [`required`], for what stands in mails to strangers: neither a link nor a sentence. `words`: the
/// most it may have.
pub fn label(raw: &str, max: u16, words: usize) -> Result<String, Why> {
    let text = required(raw, max)?;
    let plain: String = text.chars().map(as_typed).collect();
    let lower = plain.to_lowercase();
    let parts: Vec<&str> = plain.split_whitespace().collect();
    let is_address = |part: &&str| is_link(part) && (parts.len() > 1 || part.contains('/'));
    let ends_early = |at: usize| at + 1 < parts.len() && ends_sentence(parts[at]);
    let is_sentence = parts.len() > words
        || text.contains(['。', '！', '？'])
        || parts.len() > 2 && (0..parts.len()).any(ends_early)
        || parts.len() > 3
            && parts
                .iter()
                .any(|part| ends_sentence(part) || part.ends_with(':'));
    if lower.contains("://") || lower.contains("www.") || parts.iter().any(is_address) || is_sentence {
        return Err(Why::NotAName);
    }
    Ok(text)
}

/// As [`label`], for the names of people and organisations: a telephone number is none either.
pub fn title(raw: &str, max: u16, words: usize) -> Result<String, Why> {
    let text = label(raw, max, words)?;
    let runs = text.split(char::is_alphabetic);
    let mut numbers = runs.map(|run| run.chars().filter(|c| c.is_numeric()).count());
    if numbers.any(|digits| digits > 8) {
        return Err(Why::NotAName);
    }
    Ok(text)
}

/// A sign of a wide or other spelling that mail programs and browsers take for one of links, as that
/// one.
fn as_typed(c: char) -> char {
    match c {
        '。' | '｡' | '․' | '﹒' => '.',
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        '⁄' | '∕' => '/',
        '﹕' | '∶' => ':',
        c => c,
    }
}

/// Whether a mail program may make a link of the word: `evil.example/win`. A title that stands
/// without a space before a name is none: `Dr.Mira`.
fn is_link(word: &str) -> bool {
    let word = word.trim_matches(|c: char| !c.is_alphanumeric() && c != '/');
    let host = word.split('/').next().unwrap_or(word);
    host.rsplit_once('.').is_some_and(|(before, last)| {
        let before = before.rsplit('.').next().unwrap_or(before);
        before.chars().count() > 1
            && last.chars().count() > 1
            && last.chars().all(|c| c.is_lowercase() || c == '-')
            && before.chars().all(|c| c.is_alphanumeric() || c == '-')
    })
}

/// `now!`, `locked.`, but neither `Dr.` nor `Corp.`.
fn ends_sentence(word: &str) -> bool {
    word.ends_with(['!', '?', '…']) || word.ends_with(['.', ':']) && word.chars().count() > 5
}

/// A text of somebody's own for a mail: no mail program makes a link of it. A mark that is not
/// seen parts what would be one.
pub fn inert(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        shown.push(c);
        let goes_on = rest.peek().is_some_and(|next| !next.is_whitespace());
        if goes_on && matches!(as_typed(c), '.' | ':' | '/' | '@') {
            shown.push('\u{2060}');
        }
    }
    shown
}

/// A text of somebody's own for the subject of a mail: inert, and at most 60 characters.
pub fn for_subject(text: &str) -> String {
    let cut: String = text.chars().take(60).collect();
    let more = if cut.len() < text.len() { "…" } else { "" };
    inert(&cut) + more
}

/// As [`line`], of several lines: line feeds and tabs may stay.
pub fn lines(raw: &str, max: u16) -> Result<String, Why> {
    let text = raw.replace("\r\n", "\n");
    let text = text.trim();
    if text.chars().count() > usize::from(max) {
        return Err(Why::TooLong(max));
    }
    if text.chars().any(|c| is_hostile(c) && c != '\n' && c != '\t') {
        return Err(Why::HasControlCharacters);
    }
    Ok(text.to_owned())
}

/// Control characters, and the marks that turn or hide the text around them.
pub fn is_hostile(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2028}'
        | '\u{2029}' | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
}

/// The form in which texts are searched and sorted: lower case, single spaces, nothing hostile.
pub fn fold(text: &str) -> String {
    let tame: String = text
        .chars()
        .map(|c| if is_hostile(c) { ' ' } else { c })
        .collect();
    // Lower case of some letters is a letter and a mark that stands alone.
    let lower: String = tame
        .to_lowercase()
        .chars()
        .filter(|c| !matches!(c, '\u{300}'..='\u{36f}'))
        .collect();
    lower.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What a search finds somebody by: the beginnings of these. Each word of the name, the address,
/// each word of it, and its domain.
pub fn terms(name: &str, email: &str) -> std::collections::BTreeSet<String> {
    let (name, email) = (fold(name), fold(email));
    let parts = name.split(['\'', '’', '-', ' ']);
    let words = name
        .split(' ')
        .chain(parts)
        .chain(email.split(['@', '.', '-', '_', '+']))
        .map(str::to_owned);
    let domain = email.split_once('@').map(|(_, domain)| domain.to_owned());
    words
        .chain(domain.clone())
        .chain(domain.map(|d| format!("@{d}")))
        .chain([email.clone()])
        .filter(|t| !t.is_empty())
        .collect()
}

/// A text as a cell of a table: one that a spreadsheet would take for a formula begins with an
/// apostrophe, which says that it is text.
pub fn harmless(cell: &str) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']) {
        format!("'{cell}")
    } else {
        cell.to_owned()
    }
}

/// A line of a table as CSV has it. Each cell stands in quotes: whichever sign parts cells where it is
/// opened, none of them becomes two.
pub fn csv_line(cells: impl Iterator<Item = String>) -> String {
    let quoted: Vec<String> = cells
        .map(|cell| format!("\"{}\"", cell.replace('"', "\"\"")))
        .collect();
    quoted.join(",") + "\n"
}

/// A text from another system with everything hostile made visible (`⟨202e⟩`), cut to `max`
/// characters as it is shown. Line feeds and tabs stay.
pub fn visible(raw: &str, max: usize) -> String {
    let (mut text, mut left) = (String::new(), max);
    for c in raw.chars().filter(|c| *c != '\r') {
        // Beside what is refused everywhere: the Arabic letter mark turns text as well.
        let is_marked = (is_hostile(c) && c != '\n' && c != '\t') || c == '\u{61c}';
        let shown = if is_marked {
            format!("⟨{:x}⟩", u32::from(c))
        } else {
            c.to_string()
        };
        let Some(rest) = left.checked_sub(shown.chars().count()) else {
            break;
        };
        left = rest;
        text += &shown;
    }
    text.trim().to_owned()
}

/// What is left of a text from another system when everything hostile is dropped and it is cut to
/// `max` characters.
pub fn tamed(raw: &str, max: usize) -> String {
    raw.chars()
        .filter(|c| !is_hostile(*c))
        .take(max)
        .collect::<String>()
        .trim()
        .to_owned()
}

/// The longest name of a file, in bytes: what file systems take, less an id before it.
const FILE_NAME: usize = 180;

/// Names that are devices on Windows, whatever ending follows.
const DEVICES: [&str; 6] = ["con", "prn", "aux", "nul", "conin$", "conout$"];

/// A name under which every system can save a file: no folders, no sign that is one of a file
/// system's own, no device's name, no dot or space at the end, and not too long. The ending stays.
pub fn file_name(raw: &str) -> String {
    let plain = |c: char| !is_hostile(c) && !"<>:\"/\\|?*".contains(c);
    let tame: String = raw.chars().map(|c| if plain(c) { c } else { '_' }).collect();
    let trimmed = tame.trim_matches([' ', '.']);
    let (stem, end) = match trimmed.rsplit_once('.') {
        Some((stem, end)) if (1..=8).contains(&end.len()) => (stem, format!(".{end}")),
        _ => (trimmed, String::new()),
    };
    let cut = (0..=FILE_NAME - end.len())
        .rev()
        .find(|n| stem.is_char_boundary(*n));
    let stem = stem.get(..cut.unwrap_or(0).min(stem.len())).unwrap_or(stem);
    let name = format!("{}{end}", stem.trim_end_matches([' ', '.']));
    let first = name
        .split('.')
        .next()
        .unwrap_or_default()
        .trim_end()
        .to_lowercase();
    let port = first.strip_prefix("com").or(first.strip_prefix("lpt"));
    let is_port = port.is_some_and(|n| n.chars().count() == 1 && n.contains(|c| "123456789¹²³".contains(c)));
    if name.is_empty() {
        "file".into()
    } else if is_port || DEVICES.contains(&first.as_str()) {
        format!("_{name}")
    } else {
        name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_by_their_parts() {
        assert!(
            terms("Tom O'Neil", "t@x.test").contains("neil")
                && terms("A B-Carter", "t@x.test").contains("carter")
        );
        assert_eq!(fold("İSTANBUL"), "istanbul");
    }

    #[test]
    fn files_have_names_that_every_system_can_save() {
        for (raw, name) in [
            ("Data sheet.pdf", "Data sheet.pdf"),
            ("a:b?.pdf", "a_b_.pdf"),
            ("a<b>\"c|d*e.pdf", "a_b__c_d_e.pdf"),
            ("..\\..\\x/y.pdf", "_.._x_y.pdf"),
            ("notes .", "notes"),
            ("notes ..pdf", "notes.pdf"),
            ("con.pdf", "_con.pdf"),
            ("NUL", "_NUL"),
            ("Com1.tar.gz", "_Com1.tar.gz"),
            ("lpt³.pdf", "_lpt³.pdf"),
            ("console.pdf", "console.pdf"),
            ("com10.pdf", "com10.pdf"),
            ("a\u{202e}fdp.exe", "a_fdp.exe"),
            ("", "file"),
            (" . ", "file"),
            ("ä.pdf", "ä.pdf"),
        ] {
            assert_eq!(file_name(raw), name, "{raw}");
        }
        let long = file_name(&format!("{}.pdf", "語".repeat(100)));
        assert!(long.len() <= FILE_NAME && long.ends_with("語.pdf"), "{long}");
    }

    #[test]
    fn links_and_sentences_are_no_names() {
        for name in [
            "Mira Okafor",
            "Dr.Mira",
            "Dr. Mira K. Okafor",
            "Okafor, Mira (EXT)",
            "José Ángel de la Cruz",
            "Yahoo!",
            "Booking.com",
            "St. Gallen Verkehrsbetriebe AG",
            "Smith, Jones and Partners Corp.",
            "Northlight Labs 2026",
            "太郎",
        ] {
            assert_eq!(title(name, 100, 8), Ok(name.into()));
        }
        for name in [
            "https://evil.example",
            "Win at evil.example",
            "evil.example/win",
            "Your prize: WWW.evil.example",
            "Your account is locked. Call us",
            "You have won! Claim now",
            "Call 0800 123 456 789",
            "we have noticed that somebody is using your account and",
            "555.123.4567",
            "Call 800.555.1234",
            "0800–123–456",
            "+４９３０１２３４５６７",
            "٠٨٠٠١٢٣٤٥٦٧٨٩",
            "Hello. You won",
            "Hurry! You won",
            "Sign in now: account locked",
            "Hello。You won",
            "Win at evil．com",
            "https：//evil",
        ] {
            assert_eq!(title(name, 100, 8), Err(Why::NotAName), "{name}");
        }
        assert_eq!(inert("evil.example/a"), "evil.\u{2060}example/\u{2060}a");
        assert_eq!(inert("Dr. Mira K."), "Dr. Mira K.");
        assert_eq!(inert("evil。com"), "evil。\u{2060}com");
        assert_eq!(label("0800 123 456 789", 40, 4), Ok("0800 123 456 789".into()));
        assert_eq!(
            label("You won, see https://evil.example", 40, 4),
            Err(Why::NotAName)
        );
        assert_eq!(required("\u{3164}\u{2800}", 9), Err(Why::Missing));
        let cells = ["a;=1", "say \"x\"", ""];
        assert_eq!(
            csv_line(cells.into_iter().map(str::to_owned)),
            "\"a;=1\",\"say \"\"x\"\"\",\"\"\n"
        );
        assert_eq!(for_subject(&"x".repeat(80)), format!("{}…", "x".repeat(60)));
    }

    #[test]
    fn texts_are_trimmed_limited_and_free_of_marks() {
        assert_eq!(line("  Mira ", 10), Ok("Mira".into()));
        assert_eq!(line("abc", 2), Err(Why::TooLong(2)));
        assert_eq!(line("a\u{202e}b", 9), Err(Why::HasControlCharacters));
        assert_eq!(line("a\0b", 9), Err(Why::HasControlCharacters));
        assert_eq!(required("  ", 9), Err(Why::Missing));
        assert_eq!(lines("a\r\nb", 9), Ok("a\nb".into()));
        assert_eq!(tamed("a\u{202e}b\nc", 2), "ab");
        assert_eq!(
            (
                visible("a\u{202e}\r\nb", 99).as_str(),
                visible("ab\u{61c}c", 7).as_str()
            ),
            ("a⟨202e⟩\nb", "ab⟨61c⟩")
        );
        assert_eq!(
            (visible("ab\u{202e}", 7).as_str(), visible("äb", 1).as_str()),
            ("ab", "ä"),
            "no mark is cut in the middle"
        );
        assert_eq!(fold("  MÜLLER \t Eva "), "müller eva");
        let found = terms("Eva Müller", "Eva.M@Lab.test");
        for term in ["eva", "müller", "eva.m@lab.test", "lab.test", "@lab.test", "m"] {
            assert!(found.contains(term), "{term}: {found:?}");
        }
    }
}
