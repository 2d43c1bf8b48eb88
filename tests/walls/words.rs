//! The words: every language has the same messages with the same placeholders, every message is
//! used, and none is missing.
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// Keys with their placeholders.
pub(super) fn messages(language: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut all = BTreeMap::new();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("locales")
        .join(language);
    for entry in fs::read_dir(folder).unwrap() {
        let text = fs::read_to_string(entry.unwrap().path()).unwrap();
        let mut key = String::new();
        for line in text.lines().filter(|l| !l.starts_with('#')) {
            if let Some((k, _)) = line
                .split_once(" =")
                .filter(|_| !line.starts_with(' ') && !line.starts_with('}'))
            {
                key = k.trim().to_owned();
                assert!(
                    all.insert(key.clone(), BTreeSet::new()).is_none(),
                    "{key} stands twice in {language}"
                );
            }
            for part in line.split("{ $").skip(1) {
                let name: String = part.chars().take_while(|c| c.is_ascii_alphanumeric()).collect();
                all.get_mut(&key).unwrap().insert(name);
            }
        }
    }
    all
}

#[test]
fn languages_have_the_same_messages() {
    let english = messages("en");
    for entry in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("locales")).unwrap() {
        let language = entry.unwrap().file_name().to_string_lossy().into_owned();
        let other = messages(&language);
        let missing: Vec<_> = english.keys().filter(|k| !other.contains_key(*k)).collect();
        let extra: Vec<_> = other.keys().filter(|k| !english.contains_key(*k)).collect();
        assert!(
            missing.is_empty() && extra.is_empty(),
            "{language}: missing {missing:?}, extra {extra:?}"
        );
        for (key, names) in &other {
            assert_eq!(names, &english[key], "{language}: {key}");
        }
    }
}

/// Keys that the source names whole, and stems that it completes (`format!("status-{}", ..)`).
fn named() -> (BTreeSet<String>, BTreeSet<String>) {
    let (mut whole, mut stems) = (BTreeSet::new(), BTreeSet::new());
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            for text in fs::read_to_string(&path).unwrap().split('"').skip(1).step_by(2) {
                match text.split_once('{') {
                    Some((stem, _)) if !stem.is_empty() => drop(stems.insert(stem.to_owned())),
                    _ => drop(whole.insert(text.to_owned())),
                }
            }
        }
    }
    (whole, stems)
}

#[test]
fn every_message_is_used() {
    let (whole, stems) = named();
    // Completed from a letter's or a form's own word, whose stem alone would match too much.
    let by_rule =
        |key: &str| key.starts_with("letter-") || key.starts_with("why-") || key.starts_with("time-");
    let unused: Vec<_> = messages("en")
        .into_keys()
        .filter(|k| {
            !whole.contains(k) && !by_rule(k) && !stems.iter().any(|s| s.len() > 3 && k.starts_with(s))
        })
        .collect();
    assert!(unused.is_empty(), "{unused:?}");
}

#[test]
fn every_error_and_event_has_words() {
    use anteroom::domain::account::Language;
    use anteroom::domain::{Error, Why};
    use serde_json::json;
    let english = messages("en");
    let source =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/domain/error.rs")).unwrap();
    let list = source
        .split("pub enum Why {")
        .nth(1)
        .unwrap()
        .split('}')
        .next()
        .unwrap();
    let reasons: Vec<Why> = list
        .lines()
        .map(|line| line.trim().trim_end_matches(','))
        .filter(|line| !line.is_empty() && !line.starts_with("//"))
        .map(|name| {
            let (name, numbers) = name
                .split_once('(')
                .map_or((name, None), |(name, of)| (name, Some(of.matches("u16").count())));
            let snake = name.chars().fold(String::new(), |s, c| {
                if c.is_ascii_uppercase() && !s.is_empty() {
                    s + "_" + &c.to_ascii_lowercase().to_string()
                } else {
                    s + &c.to_ascii_lowercase().to_string()
                }
            });
            serde_json::from_value(match numbers {
                None => json!(snake),
                Some(1) => json!({ &snake: 7 }),
                Some(n) => json!({ &snake: vec![7; n] }),
            })
            .unwrap()
        })
        .collect();
    assert!(reasons.len() > 25);
    for why in reasons {
        assert!(english.contains_key(&why.key()), "{}", why.key());
        for language in Language::ALL {
            let said =
                anteroom::words::Words(language).explain(&Error::Refused(why), anteroom::domain::Time(0));
            assert!(!said.starts_with("why-"), "{said}");
        }
    }
    for e in [
        Error::NotFound,
        Error::SignInRequired,
        Error::SecondFactorDue,
        Error::SecondFactorDemanded,
        Error::Forbidden,
        Error::Invalid(vec![]),
        Error::Stale,
        Error::TooManyTries { wait_seconds: 5 },
        Error::Malformed,
        Error::TooLarge,
        Error::UnsupportedMedia,
        Error::Unavailable,
        Error::Internal,
    ] {
        assert!(english.contains_key(&e.key()), "{}", e.key());
        assert!(
            english.contains_key(&format!("trouble-{}", e.status())),
            "{}",
            e.status()
        );
    }
    for what in anteroom::domain::event::What::ALL {
        let key = format!("event-{}", what.as_str().replace(['.', '_'], "-"));
        assert!(english.contains_key(&key), "{key}");
    }
    for field in anteroom::domain::changes::Field::ALL {
        let key = format!("field-{}", field.as_str().replace('_', "-"));
        assert!(english.contains_key(&key), "{key}");
    }
}

#[test]
fn times_are_said_in_the_readers_zone() {
    use anteroom::domain::Time;
    use anteroom::domain::account::Language;
    use anteroom::domain::time::Span;
    let words = anteroom::words::Words(Language::De);
    let now = Time(1_795_315_260_000);
    assert_eq!(words.exact(now, "Europe/Berlin"), "22. November 2026, 03:41 CET");
    assert_eq!(
        anteroom::words::Words(Language::En).exact(now, "America/New_York"),
        "21 November 2026, 21:41 EST"
    );
    assert_eq!(words.ago(now, now), "gerade eben");
    assert_eq!(words.ago(now - Span::minutes(1), now), "vor 1 Minute");
    assert_eq!(words.ago(now + Span::hours(5), now), "in 5 Stunden");
    assert_eq!(words.ago(now - Span::days(3), now), "vor 3 Tagen");
}

/// Our own reasons are said in each language, with what belongs into them; what the other side said
/// stays as it is.
#[test]
fn what_did_not_arrive_has_its_reason() {
    use anteroom::domain::account::Language;
    use anteroom::domain::delivery_failure::{ANSWERED, WINDOW_OVER, with};
    let [english, german] = [Language::En, Language::De].map(anteroom::words::Words);
    assert_eq!(
        english.undelivered(&with(ANSWERED, 404)),
        "it was answered with status 404"
    );
    assert_eq!(
        german.undelivered(&with(ANSWERED, 404)),
        "die Antwort hatte den Status 404"
    );
    assert!(german.undelivered(WINDOW_OVER).starts_with("die 24 Stunden"));
    assert_eq!(
        german.undelivered("Bad Request: out of ink"),
        "Bad Request: out of ink"
    );
}
