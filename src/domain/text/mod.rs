//! The texts that people type and paste: what is kept of them, what may stand in them, the key by which
//! they are compared and found, and the people named in them.
mod address;
mod files;
mod key;
mod label;
#[cfg(feature = "ssr")]
mod order;
mod paste;

pub use address::{domain, narrow, shown};
pub use files::{csv_head, csv_line, file_name, harmless};
pub use key::{EDITION, fold, found_by, is_unseen, terms, words};
pub use label::{for_subject, inert, label, title};
#[cfg(feature = "ssr")]
pub use order::sort_key;
pub use paste::{Found, people};

use super::Why;
use unicode_normalization::UnicodeNormalization as _;

/// What is kept of a text: composed (NFC), without white space and marks that are not seen at its
/// ends. Copying from a page or a mail brings such marks along.
pub fn kept(raw: &str) -> String {
    let ends = |c: char| c.is_whitespace() || (is_unseen(c) && !is_blank(c));
    raw.trim_matches(ends).nfc().collect()
}

/// Whether a sign that is no ASCII becomes one where it is composed, as the Kelvin sign does: what looks like
/// somebody else's address would be it.
pub fn composes_to_ascii(raw: &str) -> bool {
    raw.chars()
        .any(|c| !c.is_ascii() && std::iter::once(c).nfc().all(|c| c.is_ascii()))
}

/// As [`kept`]; refuses control characters, marks inside that are not seen, and more than `max`
/// characters; may be empty.
pub fn line(raw: &str, max: u16) -> Result<String, Why> {
    checked(kept(raw), max, |c| c.is_control())
}

fn checked(text: String, max: u16, is_control: impl Fn(char) -> bool) -> Result<String, Why> {
    if text.chars().count() > usize::from(max) {
        Err(Why::TooLong(max))
    } else if text.chars().any(is_control) {
        Err(Why::HasControlCharacters)
    } else if text.chars().any(|c| is_hostile(c) && !c.is_control()) {
        Err(Why::HasUnseenCharacters)
    } else {
        Ok(text)
    }
}

/// As [`line`], and not empty.
pub fn required(raw: &str, max: u16) -> Result<String, Why> {
    let text = line(raw, max)?;
    if text.chars().all(|c| is_blank(c) || c.is_whitespace()) {
        Err(Why::Missing)
    } else {
        Ok(text)
    }
}

/// Letters that are drawn as nothing.
fn is_blank(c: char) -> bool {
    matches!(c, '\u{115f}' | '\u{1160}' | '\u{2800}' | '\u{3164}' | '\u{ffa0}')
}

/// As [`line`], of several lines: line feeds and tabs may stay. Marks between letters that only say
/// where a line may break are dropped: pages and mails are full of them.
pub fn lines(raw: &str, max: u16) -> Result<String, Why> {
    let breaks = |c: char| matches!(c, '\u{ad}' | '\u{200b}' | '\u{2060}' | '\u{feff}');
    let text = kept(&raw.replace("\r\n", "\n")).replace(breaks, "");
    checked(text, max, |c| c.is_control() && c != '\n' && c != '\t')
}

/// Control characters, and the marks that turn or hide the text around them.
pub fn is_hostile(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}'
        | '\u{202a}'..='\u{202e}' | '\u{2028}' | '\u{2029}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
        | '\u{fff9}'..='\u{fffb}')
}

/// A text from another system with everything hostile made visible (`⟨202e⟩`), cut to `max`
/// characters as it is shown. Line feeds and tabs stay.
pub fn visible(raw: &str, max: usize) -> String {
    let (mut text, mut left) = (String::new(), max);
    for c in raw.chars().filter(|c| *c != '\r') {
        let is_marked = is_hostile(c) && c != '\n' && c != '\t';
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

#[cfg(test)]
mod tests;
