//! How many lines of refusals each place has had in the log this minute, so that nobody fills it.
use crate::domain::Time;
use std::collections::HashMap;
use std::sync::Mutex;

/// Lines of one kind about one place in a minute; the metric counts all of them.
pub const LINES: u32 = 20;

/// Places that are told apart in a minute; what comes from further ones is counted only.
pub const PLACES: usize = 4096;

const MINUTE: i64 = 60_000;

/// How many refusals of a kind a place has met.
type RefusalsMet = HashMap<(&'static str, String), u32>;

/// Those of a minute, which is counted since 1970.
#[derive(Default)]
pub struct ToldRefusals(Mutex<(i64, RefusalsMet)>);

impl ToldRefusals {
    /// Whether one more refusal of this kind may be told of. The last one says so.
    pub fn may_tell(&self, kind: &'static str, place: &str, now: Time) -> bool {
        let Ok(mut told) = self.0.lock() else {
            return true;
        };
        let minute = now.0.div_euclid(MINUTE);
        if told.0 != minute {
            *told = (minute, HashMap::new());
        }
        let key = (kind, place.to_owned());
        if told.1.len() >= PLACES && !told.1.contains_key(&key) {
            return false;
        }
        let lines = told.1.entry(key).or_default();
        *lines += 1;
        if *lines == LINES {
            tracing::warn!(kind, place, "further refusals of this minute are counted only");
        }
        *lines < LINES
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_fills_the_log() {
        let told = ToldRefusals::default();
        let at = |minute: i64| Time(minute * MINUTE + 7);
        let lines = |place: &str, minute| {
            (0..500)
                .filter(|_| told.may_tell("limit", place, at(minute)))
                .count()
        };
        assert_eq!((lines("a", 1), lines("b", 1), lines("a", 2)), (19, 19, 19));
        assert!(told.may_tell("origin", "a", at(2)), "another kind");
        let places = (0..PLACES * 2).filter(|n| told.may_tell("limit", &n.to_string(), at(3)));
        assert_eq!(places.count(), PLACES);
    }
}
