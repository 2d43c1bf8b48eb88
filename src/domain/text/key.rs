//! The one form in which texts are compared and searched, and the words that they are parted into.
use super::address::shown;
use std::collections::BTreeSet;
use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// Goes up whenever a text gets another key, or other words, than before: what is stored is then made
/// anew (`store::keys`).
pub const EDITION: i64 = 2;

/// A sign that is drawn as nothing, and stands in a text by chance: joiners, marks of direction,
/// selectors of variants, fillers, soft hyphens.
pub fn is_unseen(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}'
        | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}')
}

/// What all spellings of one text share that differ in composition, case, width, in the shape of
/// apostrophes and hyphens, in white space, or in marks that are not seen. Folding twice is folding
/// once.
pub fn fold(text: &str) -> String {
    let seen = |c: &char| !is_unseen(*c);
    let composed = text.chars().filter(seen).nfc();
    let apart = composed.map(plain).nfkd().filter(seen).map(plain);
    // A letter by letter, so that none is folded by its neighbours: a sigma at the end is a sigma.
    let folded = apart.flat_map(|c| {
        c.to_lowercase()
            .flat_map(char::to_uppercase)
            .flat_map(char::to_lowercase)
    });
    // What is left of a Turkish capital i.
    let mut before = ' ';
    let folded: String = folded
        .filter(|c| {
            let is_dot_of_i = *c == '\u{307}' && before == 'i';
            before = *c;
            !is_dot_of_i
        })
        .nfc()
        .collect();
    let words: Vec<&str> = folded
        .split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|word| !word.is_empty())
        .collect();
    words.join(" ")
}

/// An apostrophe or hyphen, whichever of its shapes a keyboard or word processor made.
fn plain(c: char) -> char {
    match c {
        '‘' | '’' | '‛' | '`' | '´' | 'ʹ' | 'ʻ' | 'ʼ' | 'ʽ' | '′' | '＇' => '\'',
        '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' | '﹘' | '﹣' | '－' => '-',
        c => c,
    }
}

/// The words of a folded text: runs of letters, digits and their marks.
fn parts(folded: &str) -> impl Iterator<Item = &str> {
    folded
        .split(|c: char| !c.is_alphanumeric() && !is_combining_mark(c))
        .filter(|word| !word.is_empty())
}

/// Writing that puts no space between words: what is searched may begin at any of its signs.
fn is_unparted(c: char) -> bool {
    matches!(c, '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}'
        | '\u{3040}'..='\u{30ff}' | '\u{31f0}'..='\u{31ff}' | '\u{3400}'..='\u{4dbf}'
        | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}' | '\u{f900}'..='\u{faff}'
        | '\u{20000}'..='\u{3ffff}')
}

/// A folded word without the marks of its Latin and Greek letters, as those type it whose keyboard has
/// none.
fn unmarked(word: &str) -> String {
    let mut takes_marks = false;
    word.nfd()
        .filter(|c| {
            if !is_combining_mark(*c) {
                takes_marks = matches!(c, '\0'..='\u{3ff}' | '\u{1e00}'..='\u{1fff}');
            }
            !(takes_marks && is_combining_mark(*c))
        })
        .map(|c| match c {
            'ł' => 'l',
            'ø' => 'o',
            'đ' | 'ð' => 'd',
            c => c,
        })
        .nfc()
        .collect()
}

/// A folded word with its umlauts as two letters, as they are typed where there are none.
fn spelled_out(word: &str) -> Option<String> {
    let spelled = word
        .replace('ä', "ae")
        .replace('ö', "oe")
        .replace('ü', "ue")
        .replace('ø', "oe")
        .replace('å', "aa");
    (spelled != word).then_some(spelled)
}

/// What a search finds somebody by: the beginnings of these. Each word of the name, also without its
/// marks, the address, each word of it, and its domain.
pub fn terms(name: &str, email: &str) -> BTreeSet<String> {
    // A domain with letters of its owners is kept in ASCII, and looked for in both.
    let (name, emails) = (fold(name), [fold(email), fold(&shown(email))]);
    let mut terms = BTreeSet::new();
    for word in parts(&name) {
        let begins = |(at, c): (usize, char)| (at == 0 || is_unparted(c)).then_some(at);
        terms.extend(
            word.char_indices()
                .filter_map(begins)
                .map(|at| word[at..].to_owned()),
        );
        terms.insert(unmarked(word));
        terms.extend(spelled_out(word));
    }
    // As those type it who leave apostrophes out: `obrien`.
    let joined = name.split(' ').filter(|word| word.contains('\''));
    terms.extend(joined.map(|word| parts(&word.replace('\'', "")).collect()));
    for email in &emails {
        terms.extend(parts(email).map(str::to_owned));
        if let Some((_, domain)) = email.split_once('@') {
            terms.extend([domain.to_owned(), format!("@{domain}"), email.clone()]);
        }
    }
    terms
}

/// The terms in one text, each after a space: where they are looked into as they stand.
pub fn found_by(name: &str, email: &str) -> String {
    terms(name, email).iter().map(|term| format!(" {term}")).collect()
}

/// The words of a search, as [`terms`] parts texts: each is the beginning of a term. Those after the
/// eighth do not count. What holds an `@` stays whole: it is (the beginning of) an address. Signs alone
/// are one word, which nothing has.
pub fn words(search: &str) -> Vec<String> {
    let folded = fold(search);
    let whole = |word: &str| {
        word.contains('@')
            .then(|| word.trim_matches(['<', '>', ',', ';', '"']).to_owned())
    };
    let words: Vec<String> = folded
        .split(' ')
        .flat_map(|word| whole(word).map_or_else(|| parts(word).map(str::to_owned).collect(), |w| vec![w]))
        .take(8)
        .collect();
    if words.is_empty() && !folded.is_empty() {
        return vec![folded];
    }
    words
}
