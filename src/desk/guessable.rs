//! What an attacker guesses who knows whom they attack: words of the person and of their
//! organisations, of the calendar and of signing in, walks over the keyboard, years.

/// Words that passwords are made of everywhere: the product's name, those of signing in, and the
/// seasons, months and weekdays in the languages of the product and two neighbours'. In lower case.
const WORDS: &str = "anteroom password passwort kennwort passwd passw0rd contrasena welcome willkommen \
    bienvenue bienvenido hello hallo login signin admin administrator administrateur secret geheim \
    changeme letmein default master user guest root test demo temp \
    spring summer autumn fall winter frühling fruehling sommer herbst printemps été automne hiver \
    primavera verano otoño invierno \
    january february march april june july august september october november december \
    januar jänner februar märz maerz juni juli oktober dezember \
    janvier février mars avril juin juillet août septembre octobre novembre décembre \
    enero febrero marzo abril junio julio agosto septiembre octubre noviembre diciembre \
    monday tuesday wednesday thursday friday saturday sunday \
    montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag \
    lundi mardi mercredi jeudi vendredi samedi dimanche \
    lunes martes miércoles jueves viernes sábado domingo may mai";

/// Rows and columns of keyboards, and other lines that fingers and minds follow; each with how much
/// of it in one go is a walk. Both directions count.
const LINES: [(&str, usize); 22] = [
    ("01234567890", 4),
    ("abcdefghijklmnopqrstuvwxyz", 4),
    ("qwertyuiop[]", 4),
    ("qwertzuiopü", 4),
    ("azertyuiop", 4),
    ("asdfghjkl;", 4),
    ("asdfghjklöä", 4),
    ("qsdfghjklm", 4),
    ("zxcvbnm,.", 4),
    ("yxcvbnm", 4),
    ("wxcvbn", 4),
    ("!@#$%^&*()", 4),
    ("!\"§$%&/()=", 4),
    ("1qaz", 3),
    ("2wsx", 3),
    ("3edc", 3),
    ("4rfv", 3),
    ("5tgb", 3),
    ("6yhn", 3),
    ("7ujm", 3),
    ("1qay", 3),
    ("6zhn", 3),
];

/// What is left of a password when everything is taken out of it that is a word of the person's, as
/// given by `own` in any spelling, one that everybody uses, a walk, or a year.
pub fn rest(password: &str, own: &[&str]) -> String {
    let typed: Vec<char> = password.chars().collect();
    let lower: Vec<char> = typed.iter().map(|c| lower(*c)).collect();
    let mut gone = vec![false; typed.len()];
    for word in own_words(own) {
        take_word(&lower, &word, &mut gone);
    }
    for word in WORDS.split_whitespace() {
        take_word(&lower, word, &mut gone);
    }
    for (line, least) in LINES {
        let line: Vec<char> = line.chars().collect();
        take_walks(&lower, &line, least, &mut gone);
        take_walks(
            &lower,
            &line.into_iter().rev().collect::<Vec<_>>(),
            least,
            &mut gone,
        );
    }
    take_years(&lower, &mut gone);
    let left = typed.into_iter().zip(gone).filter(|(_, gone)| !gone);
    left.map(|(c, _)| c).collect()
}

/// The whole texts with and without what stands between their words, each word of them, and these
/// backwards; of three letters and more, the longest first, so that none hides behind a part of it.
fn own_words(own: &[&str]) -> Vec<String> {
    let mut words = Vec::new();
    for text in own {
        let parts = text.split(|c: char| !c.is_alphanumeric());
        let (name, domain) = text.split_once('@').unwrap_or((text, ""));
        // As it is written, with its signs.
        words.push(text.chars().map(lower).collect());
        for word in parts.chain([*text, name, domain]) {
            let word: String = word.chars().filter(|c| c.is_alphanumeric()).map(lower).collect();
            words.push(transcribed(&word));
            words.push(word.replace('ß', "ss"));
            words.push(word.chars().rev().collect());
            words.push(word);
        }
    }
    words.retain(|word| word.chars().count() >= 3);
    words.sort_by_key(|word| std::cmp::Reverse(word.chars().count()));
    words.dedup();
    words
}

fn lower(c: char) -> char {
    c.to_lowercase().next().unwrap_or(c)
}

/// As those type a word whose keyboard lacks its letters.
fn transcribed(word: &str) -> String {
    let pairs = [
        ("ä", "ae"),
        ("ö", "oe"),
        ("ü", "ue"),
        ("ß", "ss"),
        ("ø", "oe"),
        ("å", "aa"),
        ("æ", "ae"),
    ];
    pairs.iter().fold(word.to_owned(), |word, (letter, as_typed)| {
        word.replace(letter, as_typed)
    })
}

/// Marks each place where the word stands. Words of three letters must stand alone: they are parts
/// of too many others.
fn take_word(password: &[char], word: &str, gone: &mut [bool]) {
    let word: Vec<char> = word.chars().collect();
    for at in 0..=password.len().saturating_sub(word.len()) {
        let Some(piece) = password.get(at..at + word.len()) else {
            return;
        };
        let is_letter = |at: Option<usize>| {
            let neighbour = at.and_then(|at| password.get(at));
            neighbour.is_some_and(|c| c.is_alphabetic())
        };
        let alone = || !is_letter(at.checked_sub(1)) && !is_letter(Some(at + word.len()));
        if piece.iter().zip(&word).all(|(c, letter)| is_for(*c, *letter)) && (word.len() > 3 || alone()) {
            gone[at..at + word.len()].fill(true);
        }
    }
}

/// Whether a typed sign stands for a letter: itself, without its accent, or one that looks like it.
fn is_for(typed: char, letter: char) -> bool {
    let alike = match typed {
        '0' => "o",
        '1' | '!' | '|' => "il",
        '3' | '€' => "e",
        '4' | '@' => "a",
        '5' | '$' => "s",
        '6' | '9' => "g",
        '7' | '+' => "t",
        '8' => "b",
        '2' => "z",
        _ => "",
    };
    typed == letter || alike.contains(letter) || bare(typed) == bare(letter)
}

/// The letter without its accent.
fn bare(c: char) -> char {
    const ACCENTS: [(&str, char); 9] = [
        ("àáâãäåāă", 'a'),
        ("èéêëēėę", 'e'),
        ("ìíîïī", 'i'),
        ("òóôõöøō", 'o'),
        ("ùúûüū", 'u'),
        ("çćč", 'c'),
        ("ñńň", 'n'),
        ("śšş", 's'),
        ("źżž", 'z'),
    ];
    let found = ACCENTS.iter().find(|(letters, _)| letters.contains(c));
    found.map_or(c, |(_, plain)| *plain)
}

fn take_walks(password: &[char], line: &[char], least: usize, gone: &mut [bool]) {
    for at in 0..password.len() {
        for from in (0..line.len()).filter(|from| line[*from] == password[at]) {
            let steps = password[at..]
                .iter()
                .zip(&line[from..])
                .take_while(|(a, b)| a == b);
            let steps = steps.count();
            if steps >= least {
                gone[at..at + steps].fill(true);
            }
        }
    }
}

/// Four digits that stand alone and are a year of our time.
fn take_years(password: &[char], gone: &mut [bool]) {
    let mut at = 0;
    while at < password.len() {
        let digits = password[at..].iter().take_while(|c| c.is_ascii_digit()).count();
        let century: String = password[at..].iter().take(2).collect();
        if digits == 4 && ["19", "20"].contains(&century.as_str()) {
            gone[at..at + 4].fill(true);
        }
        at += digits.max(1);
    }
}

#[cfg(test)]
mod tests {
    use super::rest;

    #[test]
    fn words_walks_and_years_are_taken_out() {
        let own = ["Mira.Okafor@northlight.test", "Mira Müller-Okafor", "40-1187"];
        for (password, left) in [
            ("MiraOkafor", ""),
            ("rofako-Mira!", "-!"),
            ("N0rthl1ght$2026", "$"),
            ("Mueller+Muller+müller", "++"),
            ("Sommer2026!", "!"),
            ("1qaz2wsx3edc", ""),
            ("401187-qwertz", "-"),
            ("pivot mira", "pivot "),
            ("tangled copper lantern", "tangled copper lantern"),
            ("xK2024vb20261", "xKvb20261"),
            ("", ""),
        ] {
            assert_eq!(rest(password, &own), left, "{password}");
        }
    }
}
