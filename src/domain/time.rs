//! Instants and spans. The clock itself lives elsewhere; here time is always a parameter.
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// An instant: milliseconds since the Unix epoch, UTC.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Time(pub i64);

/// A span in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span(pub i64);

impl Span {
    pub const fn seconds(n: i64) -> Self {
        Span(n * 1000)
    }
    pub const fn minutes(n: i64) -> Self {
        Self::seconds(n * 60)
    }
    pub const fn hours(n: i64) -> Self {
        Self::minutes(n * 60)
    }
    pub const fn days(n: i64) -> Self {
        Self::hours(n * 24)
    }
}

impl std::ops::Add<Span> for Time {
    type Output = Time;
    fn add(self, span: Span) -> Time {
        Time(self.0.saturating_add(span.0))
    }
}

impl std::ops::Sub<Span> for Time {
    type Output = Time;
    fn sub(self, span: Span) -> Time {
        Time(self.0.saturating_sub(span.0))
    }
}

impl std::ops::Sub<Span> for Span {
    type Output = Span;
    fn sub(self, span: Span) -> Span {
        Span(self.0.saturating_sub(span.0))
    }
}

impl Time {
    /// The instant as a date in UTC; instants out of chrono's range become the epoch.
    pub fn utc(self) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(self.0).unwrap_or_default()
    }
    /// RFC 3339 with milliseconds, UTC, for `datetime` attributes and exports.
    pub fn rfc3339(self) -> String {
        self.utc().to_rfc3339_opts(chrono::SecondsFormat::Millis, true)
    }
    /// How long after `earlier` this is, in whole seconds, never negative.
    pub fn seconds_since(self, earlier: Time) -> i64 {
        (self.0 - earlier.0).max(0) / 1000
    }
}
