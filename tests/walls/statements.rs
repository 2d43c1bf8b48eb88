//! Tests set their stage with builders. What is written past the product's use cases is named here.
use super::rooms::sources;
use std::collections::BTreeSet;

/// Which files change rows past every use case, and why.
const WRITES_ROWS: [(&str, &str); 37] = [
    ("access/last_word.rs", "forty hooks of one organisation"),
    (
        "delivery/mail_trouble.rs",
        "an organisation that wants daily letters",
    ),
    ("delivery/standing.rs", "a clock that was days ahead"),
    ("access/provisioning.rs", "time passes: the next try is due"),
    (
        "account/erasure.rs",
        "rows of before an address changed, and of before there was an account",
    ),
    (
        "account/reentry.rs",
        "codes of an older version; limits that were met are forgotten",
    ),
    (
        "account/shown_once.rs",
        "a row that somebody moves to another session",
    ),
    (
        "account/ways_in.rs",
        "an organisation closes with links still in people's hands",
    ),
    (
        "chat/contacts.rs",
        "a message that was tried until it was given up",
    ),
    ("chat/crash.rs", "time passes: a killed server's leases are over"),
    ("chat/deliveries.rs", "a contact of old, whose name is not known"),
    (
        "chat/guards.rs",
        "a block that comes between a request and its decision",
    ),
    (
        "chat/messages.rs",
        "time passes; the stand-in gives every message one id",
    ),
    ("chat/posts.rs", "time passes, for one platform after the other"),
    ("chat/races.rs", "a backlog of many thousand rows"),
    ("faults/watch.rs", "a disk that is full"),
    ("faults/database.rs", "a statement that is slow"),
    ("faults/failover.rs", "a database that only reads"),
    ("faults/mailboxes.rs", "time passes: a provider's word is old"),
    ("harness/databases.rs", "a database for each test"),
    ("harness/mod.rs", "time passes: what is queued is due"),
    ("harness/rows.rs", "how it is done"),
    ("history/changes.rs", "an entry of an older version"),
    ("history/insights.rs", "time passes: a member joins later"),
    ("history/seals.rs", "tampering with the history"),
    (
        "organisation/export.rs",
        "a file's name of before names were tamed",
    ),
    (
        "organisation/closure.rs",
        "time passes: an organisation closed long ago",
    ),
    ("organisation/copy.rs", "a row that belongs to nothing"),
    ("organisation/operator.rs", "a full disk"),
    ("people/members.rs", "time passes: an invitation ran out"),
    ("people/roles.rs", "a role of an older version"),
    ("people/spellings.rs", "keys of an older version"),
    ("walls/logs.rs", "a broken table"),
    ("walls/migrations.rs", "rows of older versions"),
    ("walls/plans.rs", "a table of many thousand rows"),
    ("walls/turns.rs", "rights that are taken in the midst of a press"),
    ("walls/upgrade.rs", "rows of older versions"),
];

/// Statements reach the database by `harness/rows.rs` alone, and those that change rows stand in
/// the files named above; an entry that is needed no longer goes.
#[test]
fn stages_are_set_by_use_cases() {
    // What this file looks for does not stand in it.
    let (direct, by_harness) = (["sqlx", "::query"].concat(), ["execute", "("].concat());
    let mut direct_in = BTreeSet::new();
    let mut found = BTreeSet::new();
    for (path, text) in sources("tests") {
        let path = path.to_string_lossy();
        let name = path.rsplit_once("tests/").unwrap().1.to_owned();
        if text.contains(&direct) {
            direct_in.insert(name.clone());
        }
        if text.contains(&by_harness) {
            found.insert(name);
        }
    }
    // counts.rs names it as the target of what sqlx logs.
    let alone = ["harness/rows.rs", "walls/counts.rs"];
    assert_eq!(direct_in, alone.map(str::to_owned).into());
    let named = WRITES_ROWS.iter().map(|(name, _)| (*name).to_owned());
    assert_eq!(found, named.collect());
}
