//! The order in which people expect names: `Émile` beside `Emil`, `Ünal` under u, 2 before 10.
use icu_collator::options::{AlternateHandling, CollatorOptions, Strength};
use icu_collator::preferences::CollationNumericOrdering;
use icu_collator::{CollatorBorrowed, CollatorPreferences};
use std::sync::LazyLock;

/// As CLDR orders what belongs to no language: readers of one list have several.
static ORDER: LazyLock<Option<CollatorBorrowed<'static>>> = LazyLock::new(|| {
    let mut preferences = CollatorPreferences::default();
    preferences.numeric_ordering = Some(CollationNumericOrdering::True);
    let mut options = CollatorOptions::default();
    options.strength = Some(Strength::Secondary);
    // Ana Zeller stands before Anabel Adams.
    options.alternate_handling = Some(AlternateHandling::NonIgnorable);
    CollatorBorrowed::try_new(preferences, options).ok()
});

/// The most of a key that is kept, in bytes: about forty letters, far from what an index takes.
const KEPT: usize = 120;

/// A text whose bytes stand in the order of the names. To be made anew (`EDITION`) when the library
/// makes other ones.
pub fn sort_key(name: &str) -> String {
    let mut key = Vec::new();
    // Spaces count, other signs do not: "Okafor, Mira" stands before "Okafor Nora".
    let words = name.replace([',', '.', '(', ')', '"'], "");
    if let Some(order) = ORDER.as_ref() {
        let Ok(()) = order.write_sort_key_to(&words, &mut key);
    }
    key.truncate(KEPT);
    key.iter().map(|byte| format!("{byte:02x}")).collect()
}
