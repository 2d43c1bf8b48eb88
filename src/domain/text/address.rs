//! Domains: ASCII inside, in the letters of their owners on the screen.
use super::label::as_typed;
use crate::domain::Why;
use unicode_normalization::UnicodeNormalization as _;

/// A domain in ASCII lower case with at least one dot, whichever way it is written:
/// `Müller.example` is `xn--mller-kva.example`. No letter is taken for another one that merely looks
/// or folds like it: two spellings are one domain only if they differ in case and composition.
pub fn domain(raw: &str) -> Result<String, Why> {
    let looks_ascii = |c: char| !c.is_ascii() && c.to_lowercase().nfc().all(|c| c.is_ascii());
    if raw.chars().any(looks_ascii) {
        return Err(Why::NotADomain);
    }
    let lower = raw.to_lowercase().nfc().collect::<String>();
    let ascii = if lower.is_ascii() {
        lower
    } else {
        let ascii = idna::domain_to_ascii_strict(&lower).map_err(|_| Why::NotADomain)?;
        if idna::domain_to_unicode(&ascii).0 != lower {
            return Err(Why::NotADomain);
        }
        ascii
    };
    if ascii.len() <= 253 && is_plain(&ascii) {
        Ok(ascii)
    } else {
        Err(Why::NotADomain)
    }
}

fn is_plain(domain: &str) -> bool {
    let label = |l: &str| {
        !l.is_empty()
            && l.len() <= 63
            && !l.starts_with('-')
            && !l.ends_with('-')
            && l.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    let all_digits = domain
        .rsplit('.')
        .next()
        .is_some_and(|top| top.bytes().all(|b| b.is_ascii_digit()));
    domain.contains('.') && domain.split('.').all(label) && !all_digits
}

/// A domain or an address as its owners write it. What mixes the letters of scripts that look alike
/// stays as it is: `xn--pple-43d.example`.
pub fn shown(ascii: &str) -> String {
    let (local, domain) = ascii
        .rsplit_once('@')
        .map_or(("", ascii), |(local, domain)| (local, domain));
    if !domain
        .split('.')
        .any(|label| label.starts_with("xn--") || label.starts_with("XN--"))
    {
        return ascii.to_owned();
    }
    let labels = domain
        .split('.')
        .map(|label| match idna::domain_to_unicode(label) {
            (seen, Ok(())) if is_of_one_script(&seen) => seen,
            _ => label.to_owned(),
        });
    let domain = labels.collect::<Vec<_>>().join(".");
    if local.is_empty() {
        domain
    } else {
        format!("{local}@{domain}")
    }
}

/// Whether a label has no Latin letters beside those of scripts that look like them.
fn is_of_one_script(label: &str) -> bool {
    let is_latin =
        |c: char| c.is_ascii_alphabetic() || matches!(c, '\u{c0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}');
    let looks_latin = |c: char| {
        matches!(c, '\u{250}'..='\u{2af}' | '\u{370}'..='\u{58f}' | '\u{10a0}'..='\u{10ff}'
            | '\u{13a0}'..='\u{13ff}' | '\u{1c80}'..='\u{1c8f}' | '\u{2c60}'..='\u{2dff}'
            | '\u{a640}'..='\u{a7ff}' | '\u{ab30}'..='\u{abbf}')
    };
    !(label.chars().any(is_latin) && label.chars().any(looks_latin))
}

/// A text as people mean it who typed an address with a keyboard of wide letters: `ｍｉｒａ＠ｘ．ｔｅｓｔ`.
pub fn narrow(raw: &str) -> String {
    raw.chars().map(as_typed).collect()
}
