//! Names, and what else stands in mails to strangers: neither a link nor a sentence.
use super::required;
use crate::domain::Why;

/// As [`required`], for what stands in mails to strangers: neither a link nor a sentence. `words`: the
/// most it may have.
pub fn label(raw: &str, max: u16, words: usize) -> Result<String, Why> {
    let text = required(raw, max)?;
    let plain: String = text.chars().map(as_typed).collect();
    let lower = plain.to_lowercase();
    let parts: Vec<&str> = plain.split_whitespace().collect();
    let is_address = |part: &&str| is_link(part) && (parts.len() > 1 || part.contains('/'));
    let ends_early = |at: usize| at + 1 < parts.len() && ends_sentence(parts[at]);
    let counted = parts.iter().filter(|part| !belongs_to_name(part)).count();
    let is_sentence = counted > words
        || parts.len() > 2 * words
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
    if text
        .chars()
        .all(|c| c.is_ascii_punctuation() || c.is_whitespace())
    {
        return Err(Why::NotAName);
    }
    let runs = text.split(char::is_alphabetic);
    let mut numbers = runs.map(|run| run.chars().filter(|c| c.is_numeric()).count());
    if numbers.any(|digits| digits > 8) {
        return Err(Why::NotAName);
    }
    Ok(text)
}

/// A sign of a wide or other spelling that mail programs and browsers take for one of links, as that
/// one.
pub(super) fn as_typed(c: char) -> char {
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

/// `now!`, `locked.`, but neither `Dr.` nor `Corp.` nor `Dipl.-Ing.`.
fn ends_sentence(word: &str) -> bool {
    let own = word.trim_end_matches(['.', ':']);
    let is_short = word.chars().count() <= 5 || own.contains(['.', '-']) || is_title(word);
    word.ends_with(['!', '?', '…']) || word.ends_with(['.', ':']) && !is_short
}

/// Titles of more than four letters, as they are shortened.
fn is_title(word: &str) -> bool {
    const TITLES: [&str; 12] = [
        "assoc.", "habil.", "theol.", "techn.", "pharm.", "emerit.", "honor.", "agric.", "oecon.", "forest.",
        "medic.", "chem.",
    ];
    TITLES.contains(&word.to_lowercase().as_str())
}

/// What stands in names of many words and makes no sentence of them: `de la`, `von und zu`, `Dr.`.
fn belongs_to_name(word: &str) -> bool {
    const PARTICLES: [&str; 32] = [
        "de", "del", "della", "di", "da", "das", "do", "dos", "du", "des", "la", "las", "le", "les", "los",
        "y", "e", "i", "von", "van", "vom", "zu", "zum", "zur", "und", "der", "den", "ten", "ter", "al",
        "bin", "ibn",
    ];
    PARTICLES.contains(&word.to_lowercase().as_str()) || word.ends_with('.') && !ends_sentence(word)
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
