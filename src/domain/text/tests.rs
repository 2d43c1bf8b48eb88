//! The text room: its samples, and what holds for whatever people type.
use super::*;
use proptest::prelude::*;

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
    assert!(long.len() <= 180 && long.ends_with("語.pdf"), "{long}");
}

/// Names as people and organisations have them.
const REAL_NAMES: &[&str] = &[
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
    "Dr.-Ing. Mira Okafor",
    "Dipl.-Kfm. (FH) Mira Okafor",
    "Univ.-Prof. Dr. Mira Okafor",
    "Priv.-Doz. Dr. Mira Okafor",
    "Assoc. Prof. Mira Okafor",
    "Prof. Dr. med. habil. Mira Okafor",
    "Sr. D. José María de la Santísima Trinidad y Todos los Santos Pérez García",
    "Dr. h. c. mult. Anna-Lena Freifrau von und zu Guttenberg-Hohenstein",
    "😀",
];

/// What would be more than a name in a mail to strangers.
const NO_NAMES: &[&str] = &[
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
    ".",
    "- -",
];

#[test]
fn links_and_sentences_are_no_names() {
    for name in REAL_NAMES {
        assert_eq!(title(name, 100, 8).as_deref(), Ok(*name));
    }
    for name in NO_NAMES {
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
    assert_eq!(line("a\u{202e}b", 9), Err(Why::HasUnseenCharacters));
    assert_eq!(
        line("\u{feff}\u{200b} Mira\u{200e}\u{2060}", 9),
        Ok("Mira".into())
    );
    assert_eq!(line("Jose\u{301}", 9), Ok("José".into()));
    assert_eq!(lines("Ger\u{ad}ne\u{200b}\n", 9), Ok("Gerne".into()));
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

/// Spellings of one text.
const ONE: [&[&str]; 9] = [
    &[
        "José",
        "Jose\u{301}",
        "JOSÉ",
        "ｊｏｓé",
        "jo\u{200b}sé",
        "Jo\u{ad}sé",
    ],
    &[
        "김민수",
        "\u{1100}\u{1175}\u{11b7}\u{1106}\u{1175}\u{11ab}\u{1109}\u{116e}",
    ],
    &["Åsa", "ÅSA", "A\u{30a}sa", "\u{212b}sa", "åsa"],
    &["Straße", "STRASSE", "STRAẞE", "strasse"],
    &["ΣΊΣΥΦΟΣ", "Σίσυφος", "σίσυφοσ"],
    &["İSTANBUL", "Istanbul", "ıstanbul"],
    &["O'Neil", "O’Neil", "O´Neil", "OʼNEIL", "o＇neil"],
    &["Anne-Marie", "Anne‑Marie", "ANNE–MARIE"],
    &["ﾔﾏﾀﾞ 太郎", "ヤマダ\u{3000}太郎", "ヤマタ\u{3099} 太郎"],
];

#[test]
fn one_text_has_one_key() {
    for spellings in ONE {
        for spelling in spellings {
            assert_eq!(
                fold(spelling),
                fold(spellings[0]),
                "{spelling} and {}",
                spellings[0]
            );
        }
    }
    let different = [
        "Müller",
        "Muller",
        "Mueller",
        "か",
        "が",
        "й",
        "и",
        "Ali",
        "Aly",
        "а",
        "a",
        "paypal",
        "раураl",
        "o",
        "ο",
        "1",
        "l",
    ];
    for (n, one) in different.iter().enumerate() {
        for other in &different[n + 1..] {
            assert_ne!(fold(one), fold(other), "{one} and {other}");
        }
    }
}

#[test]
fn people_are_found_by_any_word() {
    for (name, typed) in [
        ("Okafor, Mira (EXT)", "ext"),
        ("Okafor, Mira (EXT)", "mira okafor"),
        ("Okafor, Mira (EXT)", "Okafor,"),
        ("Dr.Mira Okafor", "mira"),
        ("Dr. Mira Okafor", "dr.mira"),
        ("山田太郎", "太郎"),
        ("김민수", "민수"),
        ("Eva Müller", "mull"),
        ("Łukasz Świątek", "lukasz swiatek"),
        ("José", "jose"),
        ("Tom O’Neil", "o'neil"),
        ("Tom O'Neil", "neil"),
        ("Tom O’Neil", "oneil"),
        ("Eva Müller", "mueller"),
        ("Ann B-Carter", "carter"),
        ("Ann B-Carter", "b-carter"),
        ("क्षितिज", "क्षि"),
        ("x", "eva.m@lab"),
        ("x", "@lab.test"),
        ("x", "lab.test"),
        ("x", "<Eva.M@lab.test>,"),
    ] {
        let found = terms(name, "Eva.M@Lab.test");
        for word in words(typed) {
            assert!(
                found.iter().any(|term| term.starts_with(&word)),
                "{typed} finds {name}: {word} in {found:?}"
            );
        }
        assert!(!words(typed).is_empty());
    }
    assert!(!terms("Eva Muller", "").iter().any(|term| term.starts_with("mü")));
}

#[test]
fn domains_are_ascii_inside_and_their_own_letters_on_the_screen() {
    for (typed, ascii, seen) in [
        ("müller.example", "xn--mller-kva.example", "müller.example"),
        ("MÜLLER.Example", "xn--mller-kva.example", "müller.example"),
        ("mu\u{308}ller.example", "xn--mller-kva.example", "müller.example"),
        ("xn--mller-kva.example", "xn--mller-kva.example", "müller.example"),
        ("straße.example", "xn--strae-oqa.example", "straße.example"),
        ("例え.テスト", "xn--r8jz45g.xn--zckzah", "例え.テスト"),
        ("x.test", "x.test", "x.test"),
    ] {
        assert_eq!(domain(typed).as_deref(), Ok(ascii), "{typed}");
        assert_eq!(shown(ascii), seen);
        assert_eq!(shown(&format!("Info@{ascii}")), format!("Info@{seen}"));
    }
    // One letter that looks like another, alone in a word of the other script.
    let mixed = domain("аpple.example").unwrap();
    assert_eq!(shown(&mixed), mixed);
    for refused in [
        "a\u{212a}.test",
        "ｘ.test",
        "-x.test",
        "x..test",
        "x",
        "x_y.test",
        "\u{200b}x.test",
        "ﬁ.test",
    ] {
        assert_eq!(domain(refused), Err(Why::NotADomain), "{refused}");
    }
}

/// Texts as people have them, and worse.
fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![
        "\\PC{0,24}",
        "[a-zA-ZäöüßÄÖÜéÉłŁøåÅñıİσςΣ가-힣ぁ-んァ-ンa\u{300}-\u{36f}' .,-]{0,24}",
    ]
}

proptest! {
    #[test]
    fn a_key_is_its_own_key(text in any_text()) {
        prop_assert_eq!(fold(&fold(&text)), fold(&text));
    }

    #[test]
    fn composition_does_not_matter(text in any_text()) {
        let apart: String = text.nfd().collect();
        let together: String = text.nfc().collect();
        prop_assert_eq!(fold(&apart), fold(&text));
        prop_assert_eq!(fold(&together), fold(&text));
    }

    #[test]
    fn width_does_not_matter(text in "[ -~]{0,24}") {
        let wide: String = text.chars().map(|c| match c {
            ' ' => '\u{3000}',
            c => char::from_u32(u32::from(c) + 0xfee0).unwrap_or(c),
        }).collect();
        prop_assert_eq!(fold(&wide), fold(&text));
    }

    #[test]
    fn marks_that_nobody_sees_do_not_matter(text in any_text(), at in 0_usize..24,
        mark in prop::sample::select(vec![
            '\u{200b}', '\u{200c}', '\u{200d}', '\u{ad}', '\u{feff}', '\u{202e}', '\u{2060}', '\u{fe0f}',
        ]),
    ) {
        let marked: String = text.chars().take(at).chain([mark]).chain(text.chars().skip(at)).collect();
        prop_assert_eq!(fold(&marked), fold(&text));
    }

    #[test]
    fn whoever_is_typed_is_found(name in "[A-Za-zäöüéł가-힣あ-ん,.'() -]{1,30}") {
        // Signs alone are one word, which nothing has.
        prop_assume!(name.chars().any(char::is_alphanumeric));
        let found = terms(&name, "");
        for word in words(&name) {
            let is_found = found.iter().any(|term| term.starts_with(&word));
            prop_assert!(is_found, "{} of {}: {:?}", word, name, found);
        }
    }
}

#[test]
fn names_stand_where_people_look_for_them() {
    let sorted = [
        "",
        "Ada",
        "Åsa",
        "Emil",
        "Émile",
        "Emma",
        "Łukasz",
        "Lund",
        "Okafor, Mira",
        "Okafor Nora",
        "Ünal",
        "Urs",
        "Zoë",
        "Зоя",
        "김민수",
        "太郎",
    ];
    let mut keyed: Vec<&str> = sorted.iter().rev().copied().collect();
    keyed.sort_by_key(|name| sort_key(name));
    assert_eq!(keyed, sorted);
    for spellings in ONE {
        for spelling in spellings {
            assert_eq!(
                sort_key(&fold(spelling)),
                sort_key(&fold(spellings[0])),
                "{spelling}"
            );
        }
    }
    let mut things = ["Room 10", "Room 9", "room 2"];
    things.sort_by_key(|name| sort_key(name));
    assert_eq!(things, ["room 2", "Room 9", "Room 10"]);
    let mut parted = ["Joan Adams", "Anabel Adams", "Jo Zed", "Ana Zeller"];
    parted.sort_by_key(|name| sort_key(name));
    assert_eq!(parted, ["Ana Zeller", "Anabel Adams", "Jo Zed", "Joan Adams"]);
    // Kept in databases: if the library makes others, EDITION goes up.
    assert_eq!(
        (EDITION, sort_key("Mira Okafor").as_str()),
        (2, "433b4d2b04473f2b35474d010f")
    );
}
