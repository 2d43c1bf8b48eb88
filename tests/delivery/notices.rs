//! Who is told what and when: docs/notices.md, and each letter as its reader gets it, in all languages.
//! `ANTEROOM_WRITE_DOCS=1` writes them anew.
use anteroom::delivery::mail::letter;
use anteroom::domain::Time;
use anteroom::domain::account::Language;
use anteroom::domain::content_kind::ContentKind;
use anteroom::domain::ids::{AccountId, RequestId, ResourceId};
use anteroom::domain::notice::{Access, Letter, News};
use std::collections::BTreeSet;
use std::path::Path;

const ORIGIN: &str = "https://access.example.org";

fn text(text: &str) -> String {
    text.to_owned()
}

fn request() -> RequestId {
    RequestId::try_from(text("0192d3a0-0000-7000-8000-000000000001")).unwrap()
}

fn access(news: News) -> Letter {
    let decided = matches!(
        news,
        News::Denied | News::Overridden | News::Canceled | News::Revoked
    );
    let ends = matches!(news, News::Granted | News::Ends);
    Letter::Access(Box::new(Access {
        news,
        organisation: text("Northlight"),
        slug: text("northlight"),
        request: request(),
        resource: ResourceId::try_from(text("0192d3a0-0000-7000-8000-000000000002")).unwrap(),
        resource_name: text("Ledger"),
        name: text("Mira Okafor"),
        by: text("Ivo Brandt"),
        text: text(if decided {
            "Not for this quarter."
        } else {
            "For the audit."
        }),
        next_steps: text(if news == News::Denied {
            "Ask Tess Varga."
        } else {
            ""
        }),
        until: ends.then_some(Time(1_790_000_000_000)),
        in_queue: false,
    }))
}

/// One of each, and of those with several forms each form.
fn samples() -> Vec<Letter> {
    let (organisation, slug, number) = (text("Northlight"), text("northlight"), text("4711"));
    let (name, email) = (text("Mira Okafor"), text("mira@example.org"));
    let welcome = |restricted, roles: &str| Letter::Welcome {
        organisation: organisation.clone(),
        slug: slug.clone(),
        customer_number: number.clone(),
        restricted,
        roles: text(roles),
    };
    let roles = |given: &str, taken: &str| Letter::RolesChanged {
        organisation: organisation.clone(),
        slug: slug.clone(),
        given: text(given),
        taken: text(taken),
    };
    let domain = |lapsed| Letter::DomainMissing {
        organisation: organisation.clone(),
        slug: slug.clone(),
        domain: text("example.org"),
        record: text("anteroom-verification=abc"),
        lapsed,
    };
    let asks = |message: &str, content| Letter::ContactAsks {
        organisation: organisation.clone(),
        slug: slug.clone(),
        request: request(),
        name: name.clone(),
        identifier: text("+15550001"),
        connector: text("Front desk"),
        message: text(message),
        content,
    };
    let mut all = vec![
        Letter::RequestSubmitted {
            organisation: organisation.clone(),
            slug: slug.clone(),
            request: request(),
            name: name.clone(),
            email: email.clone(),
            message: text("I work with Tess.\nSince Monday."),
        },
        asks("Hello", ContentKind::Text),
        asks("", ContentKind::Audio),
        Letter::RequestsDigest {
            organisation: organisation.clone(),
            slug: slug.clone(),
            count: 2,
            requests: text("Mira Okafor asks to join\nTess Varga asks for Ledger"),
            since: Time(0),
            until: Time(0),
        },
        Letter::SealHead {
            organisation: organisation.clone(),
            slug: slug.clone(),
            seal: text("seal o:northlight 7 abc"),
        },
        Letter::Invitation {
            organisation: organisation.clone(),
            customer_number: number.clone(),
            inviter: text("Ivo Brandt"),
            hours: 24,
        },
        welcome(true, ""),
        welcome(false, "Readers, Writers"),
        welcome(false, ""),
        roles("Readers", ""),
        roles("Readers", "Writers"),
        roles("", "Writers"),
        Letter::WaitsForRights {
            organisation: organisation.clone(),
            slug: slug.clone(),
            name: name.clone(),
            email: email.clone(),
        },
        Letter::RolesWithheld {
            organisation: organisation.clone(),
            slug: slug.clone(),
            account: AccountId::try_from(text("0192d3a0-0000-7000-8000-000000000003")).unwrap(),
            name: name.clone(),
            email: email.clone(),
            inviter: text("Ivo Brandt"),
            roles: text("Writers"),
        },
        Letter::MemberLeft {
            organisation: organisation.clone(),
            slug: slug.clone(),
            customer_number: number.clone(),
            name: name.clone(),
            email: email.clone(),
        },
        Letter::Feedback {
            organisation: organisation.clone(),
            customer_number: number.clone(),
            name: name.clone(),
            from: email.clone(),
            message: text("The list is long."),
        },
        Letter::OrganisationCloses {
            organisation: organisation.clone(),
            customer_number: number.clone(),
            by: text("Ivo Brandt"),
            contact: text("desk@example.org"),
        },
        Letter::OrganisationStays {
            organisation: organisation.clone(),
            customer_number: number.clone(),
            slug: slug.clone(),
        },
        Letter::RequestClosed {
            organisation: organisation.clone(),
        },
        Letter::AccountLeaves,
        Letter::Removed {
            organisation: organisation.clone(),
            customer_number: number.clone(),
            contact: text("desk@example.org"),
        },
        Letter::RequestRejected {
            organisation: organisation.clone(),
            contact: text("desk@example.org"),
        },
        Letter::RequestCanceled {
            organisation: organisation.clone(),
            reason: text("Asked twice."),
        },
        Letter::RequestExpired {
            organisation: organisation.clone(),
            status: text("0192d3a0.abc"),
        },
        domain(false),
        domain(true),
        Letter::SignUp,
        Letter::SignUpKnown,
        Letter::PasswordReset,
        Letter::PasswordChanged,
        Letter::EmailProof { new: email.clone() },
        Letter::EmailChangeAsked { new: email.clone() },
        Letter::EmailChanged { new: email },
        Letter::FactorChanged { on: true },
        Letter::FactorChanged { on: false },
        Letter::CodesRenewed,
        Letter::LinkProof { way: text("Example") },
        Letter::EmailDropped { way: text("Example") },
    ];
    for added in [true, false] {
        let way = text("Example");
        all.push(Letter::WayInChanged { way, added });
    }
    all.extend(News::ALL.map(access));
    all
}

/// Compares a file of the project with what it should hold, or writes it.
fn kept(path: &str, text: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    if std::env::var_os("ANTEROOM_WRITE_DOCS").is_some() {
        std::fs::write(&file, text).unwrap();
    }
    let held = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(
        held == text,
        "{path} differs; if that is meant, ANTEROOM_WRITE_DOCS=1 writes it anew"
    );
}

#[test]
fn docs_say_who_is_told_what_and_when() {
    let mut page = text(
        "# Notices\nWho gets which e-mail and when. Made from `src/domain/notice_rows.rs`; each e-mail \
         stands as its reader gets it, in all languages, in tests/delivery.\n\nWithout a mail server all of \
         them wait until there is one, but for links that run out; whoever has no proven address is told \
         nothing. What people hear in chat is set at each connector.\n\n\
         | e-mail | to | when | not if |\n|---|---|---|---|\n",
    );
    let mut told = BTreeSet::new();
    for letter in samples() {
        let row = letter.row();
        if told.insert(letter.key()) {
            let unless = if row.unless.is_empty() { "" } else { row.unless };
            page += &format!("| `{}` | {} | {} | {unless} |\n", letter.key(), row.to, row.when);
        }
    }
    kept("docs/notices.md", &page);
    // Each letter that has words has a row.
    let words: String = ["letters", "access", "chat", "main", "insights", "errors"]
        .map(|file| {
            std::fs::read_to_string(format!("{}/locales/en/{file}.ftl", env!("CARGO_MANIFEST_DIR"))).unwrap()
        })
        .concat();
    let subjects = words
        .lines()
        .filter_map(|line| line.split(" =").next()?.strip_suffix("-subject"));
    let worded: BTreeSet<&str> = subjects.filter_map(|key| key.strip_prefix("letter-")).collect();
    assert_eq!(told, worded);
}

#[test]
fn each_letter_reads_so_in_all_languages() {
    for language in Language::ALL {
        let mut all = String::new();
        for letter in samples() {
            let written = letter::render(&letter, language, ORIGIN, Some("SECRET")).unwrap();
            all += &format!("=== {}\n{}\n\n{}\n", letter.key(), written.subject, written.text);
        }
        kept(&format!("tests/delivery/letters.{}.txt", language.tag()), &all);
    }
}
