//! What people paste, and what is read out of it.
use super::*;
use proptest::prelude::*;

fn pasted(line: &str) -> Vec<(String, String, Vec<String>)> {
    people(line)
        .into_iter()
        .map(|one| (one.email, one.name, one.more))
        .collect()
}

#[test]
fn people_are_read_out_of_what_is_pasted() {
    let mira = |name: &str| vec![("mira@x.test".to_owned(), name.to_owned(), vec![])];
    for (line, name) in [
        ("mira@x.test", ""),
        (" <mira@x.test> ", ""),
        ("mira@x.test,", ""),
        ("mira@x.test;", ""),
        ("mailto:mira@x.test?subject=Hello", ""),
        ("'mira@x.test'", ""),
        ("\u{feff}mira@x.test\u{200b}", ""),
        ("mira＠x.test", ""),
        ("- mira@x.test", ""),
        ("• Mira Okafor <mira@x.test>", "Mira Okafor"),
        ("1. Mira Okafor <mira@x.test>", "Mira Okafor"),
        ("Mira Okafor <mira@x.test>", "Mira Okafor"),
        ("\"Mira Okafor\" <mira@x.test>", "Mira Okafor"),
        ("\"Okafor, Mira\" <mira@x.test>", "Okafor, Mira"),
        ("'Mira Okafor' <mira@x.test>", "Mira Okafor"),
        ("Okafor, Mira <mira@x.test>", "Okafor, Mira"),
        ("Okafor, Mira (EXT) <mira@x.test>;", "Okafor, Mira (EXT)"),
        ("mira@x.test (Mira Okafor)", "Mira Okafor"),
        ("Mira Okafor [mailto:mira@x.test]", "Mira Okafor"),
        ("To: Mira Okafor <mira@x.test>", "Mira Okafor"),
        ("Mira Okafor mira@x.test", "Mira Okafor"),
        ("\"mira@x.test\" <mira@x.test>", ""),
        ("mira@x.test <mira@x.test>", ""),
        ("mira@x.test, Mira Okafor", "Mira Okafor"),
        ("mira@x.test\tMira Okafor", "Mira Okafor"),
        ("Mira Okafor\tmira@x.test", "Mira Okafor"),
        ("Mira\tOkafor\tmira@x.test", "Mira Okafor"),
        ("Mira Okafor;mira@x.test", "Mira Okafor"),
        ("'Okafor, Mira' <mira@x.test>", "Okafor, Mira"),
        ("Mira Okafor <mira@x.test> (EXT)", "Mira Okafor (EXT)"),
        ("From:\tOkafor, Mira <mira@x.test>", "Okafor, Mira"),
        ("1\tMira Okafor\tmira@x.test", "Mira Okafor"),
        ("An <mira@x.test>", "An"),
        ("محمد، <mira@x.test>", "محمد"),
        ("Mailto:mira@x.test", ""),
        ("E-mail:mira@x.test", ""),
        ("*mira@x.test*", ""),
        ("`mira@x.test`", ""),
        ("☐ mira@x.test", ""),
        ("'mira@x.test", ""),
        ("<mailto:mira@x.test|mira@x.test>", ""),
        ("\"Mira @ Sales\" <mira@x.test>", ""),
        ("mira@x.test; MIRA@x.test; Mira <mira@x.test>", "Mira"),
        ("| mira@x.test | Mira |", "Mira"),
    ] {
        assert_eq!(pasted(line), mira(name), "{line}");
    }
}

/// Lines that hold mira@x.test and tom@x.test, and the names of both.
const PAIRS: &[(&str, &str, &str)] = &[
    ("mira@x.test, tom@x.test", "", ""),
    ("mira@x.test; tom@x.test;", "", ""),
    ("mira@x.test tom@x.test", "", ""),
    ("mira@x.test\ttom@x.test", "", ""),
    ("mira@x.test|tom@x.test", "", ""),
    ("mira@x.test，tom@x.test", "", ""),
    ("<mira@x.test>,<tom@x.test>", "", ""),
    (
        "Mira Okafor <mira@x.test>; Tom Berg <tom@x.test>",
        "Mira Okafor",
        "Tom Berg",
    ),
    (
        "Mira Okafor <mira@x.test>, Tom Berg <tom@x.test>",
        "Mira Okafor",
        "Tom Berg",
    ),
    (
        "Mira Okafor <mira@x.test> Tom Berg <tom@x.test>",
        "Mira Okafor",
        "Tom Berg",
    ),
    (
        "\"Okafor, Mira\" <mira@x.test>, \"Berg; Tom\" <tom@x.test>",
        "Okafor, Mira",
        "Berg; Tom",
    ),
    (
        "Okafor, Mira <mira@x.test>; Berg, Tom <tom@x.test>",
        "Okafor, Mira",
        "Berg, Tom",
    ),
    (
        "Okafor, Mira <mira@x.test>, Berg, Tom <tom@x.test>",
        "Okafor, Mira",
        "Berg, Tom",
    ),
    (
        "mira@x.test (Mira Okafor), tom@x.test (Tom Berg)",
        "Mira Okafor",
        "Tom Berg",
    ),
    (
        "mira@x.test, Mira Okafor, tom@x.test, Tom Berg",
        "Mira Okafor",
        "Tom Berg",
    ),
    ("Mira Okafor <mira@x.test>, tom@x.test", "Mira Okafor", ""),
    ("mira@x.test, Tom Berg <tom@x.test>", "", "Tom Berg"),
    ("<mira@x.test><tom@x.test>", "", ""),
    ("Mira<mira@x.test>Tom<tom@x.test>", "Mira", "Tom"),
    ("(mira@x.test)(tom@x.test)", "", ""),
    ("mira@x.test\u{3000}tom@x.test", "", ""),
    ("mira@x.test\u{202f}tom@x.test", "", ""),
    ("mira@x.test and tom@x.test", "", ""),
    ("mira@x.test / tom@x.test", "", ""),
    ("Team: Mira <mira@x.test>, Tom <tom@x.test>;", "Mira", "Tom"),
    (
        "Mira | Acme <mira@x.test>, Tom | Acme <tom@x.test>",
        "Mira | Acme",
        "Tom | Acme",
    ),
    (
        "mira@x.test Mira Okafor tom@x.test Tom Berg",
        "Mira Okafor",
        "Tom Berg",
    ),
    ("Mira, mira@x.test, Tom, tom@x.test", "Mira", "Tom"),
    ("mira@x.test; Mira; tom@x.test; Tom", "Mira", "Tom"),
];

#[test]
fn several_people_are_read_out_of_what_is_pasted() {
    let both = |first: &str, second: &str| {
        let one = |email: &str, name: &str| (email.to_owned(), name.to_owned(), vec![]);
        vec![one("mira@x.test", first), one("tom@x.test", second)]
    };
    for (line, first, second) in PAIRS {
        assert_eq!(pasted(line), both(first, second), "{line}");
    }
}

/// What is nobody's name is told, and not given to whoever stands beside it.
#[test]
fn nothing_that_is_pasted_is_lost() {
    let told = |line: &str| -> Vec<String> {
        let people = people(line).into_iter();
        let told = people.filter(|one| one.email.is_empty()).map(|one| one.name);
        told.collect()
    };
    for (line, lost) in [
        ("a@x.test, tom.x.test, b@x.test", "tom.x.test"),
        ("Mira <a@x.test>, tom.x.test, b@x.test", "tom.x.test"),
        ("Tom <a@x.test>; Nia <b@x.test>; Marketing Team", "Marketing Team"),
        (
            "Mira <a@x.test>; Tom <tom at x.test>; Nia <b@x.test>",
            "Tom <tom at x.test",
        ),
        ("Mira Okafor; Tom Berg <a@x.test>", "Mira Okafor"),
        ("a@x.test, Mira, b@x.test", "Mira"),
        ("Mira <a@x.test> Tom", "Tom"),
    ] {
        assert_eq!(told(line), [lost], "{line}");
    }
    // An address that is none is refused as it stands, and not mended into somebody else's.
    for whole in ["\"mira okafor\"@x.test", ".mira@x.test", "'mira'@x.test"] {
        assert_eq!(pasted(whole), [(whole.to_owned(), String::new(), vec![])]);
    }
}

#[test]
fn rows_of_spreadsheets_are_read_out_of_what_is_pasted() {
    assert_eq!(pasted("a@x.test, b@x.test; c@x.test\td@x.test").len(), 4);
    assert_eq!(
        pasted("mira@x.test\tMira\tReaders; Writers"),
        [(
            "mira@x.test".to_owned(),
            "Mira".to_owned(),
            vec!["Readers; Writers".to_owned()]
        )]
    );
    assert_eq!(
        pasted("Mira Okafor"),
        [(String::new(), "Mira Okafor".to_owned(), vec![])]
    );
}

proptest! {
    #[test]
    fn no_name_that_was_pasted_holds_an_address(line in "[a-c@<>(),;\"' \t.]{0,40}") {
        for one in people(&line) {
            prop_assert!(one.email.is_empty() || !one.name.contains('@'), "{one:?}");
        }
    }

    #[test]
    fn each_word_that_was_pasted_comes_back(
        cells in prop::collection::vec(
            prop_oneof![
                "[a-z]{2,6}@[a-z]{2,6}\\.test",
                "[A-Z][a-z]{2,6}( [A-Z][a-z]{2,6})?",
                "[A-Z][a-z]{2,6} <[a-z]{2,6}@[a-z]{2,6}\\.test>",
            ],
            1..6,
        ),
        by in prop::sample::select(vec![", ", "; ", "\t", " | ", ","]),
    ) {
        let people = people(&cells.join(by));
        let all: Vec<String> = people
            .iter()
            .map(|one| format!("{} {} {}", one.email, one.name, one.more.join(" ")))
            .collect();
        let all = all.join(" ");
        for word in cells.iter().flat_map(|cell| cell.split([' ', '<', '>'])) {
            prop_assert!(all.contains(word), "{} in {:?}", word, people);
        }
        let addresses = cells.iter().filter(|cell| cell.contains('@')).count();
        prop_assert!(people.iter().filter(|one| one.email.contains('@')).count() <= addresses);
    }

    #[test]
    fn every_address_is_read(
        names in prop::collection::vec("[a-z]{1,8}@[a-z]{1,8}\\.test", 1..6),
        by in prop::sample::select(vec![", ", "; ", " ", "\t", ";", ","]),
    ) {
        let found: Vec<String> = people(&names.join(by)).into_iter().map(|one| one.email).collect();
        prop_assert_eq!(found, names);
    }
}
