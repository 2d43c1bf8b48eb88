//! Limits on how often something may be tried, counted in the database so that a restart forgets
//! nothing; and the days of an organisation's time zone.
use crate::desk::Desk;
use crate::domain::time::Span;
use crate::domain::{Error, Result, Time};
use crate::store::{self, Tx};

/// At most `most` tries in each `window`.
pub struct Limit {
    pub name: &'static str,
    pub most: i64,
    pub window: Span,
}

/// Wrong passwords from one place for one address. Bound to the place, so that nobody can lock
/// another person out.
pub const SIGN_IN: Limit = Limit {
    name: "signin",
    most: 10,
    window: Span::minutes(15),
};

/// Sign-ins from one place that fail, whoever for: many may sit behind one.
pub fn sign_ins_of_place(desk: &Desk) -> Limit {
    Limit {
        name: "signin-place",
        most: desk.plan.failed_sign_ins_per_address,
        window: Span::minutes(15),
    }
}

/// Codes of the second factor for one account.
pub const FACTOR: Limit = Limit {
    name: "factor",
    most: 10,
    window: Span::minutes(15),
};

/// Failed sign-ins that the history tells of: for one account, and for all addresses without one.
pub const SIGN_IN_NOTED: Limit = Limit {
    name: "signin-noted",
    most: 60,
    window: Span::hours(1),
};

/// Letters with a link, of one purpose, that go to one address in a day without a pause between
/// them.
pub const LETTERS: Limit = Limit {
    name: "letters",
    most: 3,
    window: Span::days(1),
};

/// Those that go after them. A pause and no end: strangers can slow such letters down, and never
/// use them up.
pub const LETTERS_PAUSE: Limit = Limit {
    name: "letters-pause",
    most: 1,
    window: Span::minutes(10),
};

/// Letters of one purpose to one address, asked for from one place.
pub const LETTERS_PAIR: Limit = Limit {
    name: "letters-pair",
    most: 3,
    window: Span::hours(1),
};

/// Letters of one purpose asked for from one place.
pub fn letters_of_place(desk: &Desk) -> Limit {
    Limit {
        name: "letters-place",
        most: desk.plan.link_mails_per_address,
        window: Span::hours(1),
    }
}

/// Requests submitted by one account.
pub const REQUESTS: Limit = Limit {
    name: "requests",
    most: 20,
    window: Span::days(1),
};

/// Requests for resources submitted by one account.
pub const RESOURCES: Limit = Limit {
    name: "resources",
    most: 100,
    window: Span::days(1),
};

/// What one account has to say.
pub const FEEDBACK: Limit = Limit {
    name: "feedback",
    most: 10,
    window: Span::days(1),
};

/// How often one organisation may announce that it closes: each time every member gets a letter.
pub const CLOSINGS: Limit = Limit {
    name: "closings",
    most: 3,
    window: Span::days(1),
};

/// Exports of an organisation that are asked for.
pub const EXPORTS: Limit = Limit {
    name: "exports",
    most: 10,
    window: Span::days(1),
};

/// Failed forms of one account whose fields are kept for the page.
pub const DRAFTS: Limit = Limit {
    name: "drafts",
    most: 120,
    window: Span::hours(1),
};

/// Codes that one contact sends to link itself with a member.
pub const CHAT_CODES: Limit = Limit {
    name: "chat-codes",
    most: 5,
    window: Span::hours(1),
};

/// Organisations created by one account.
pub const ORGANISATIONS: Limit = Limit {
    name: "organisations",
    most: 3,
    window: Span::days(1),
};

/// Invitations of one organisation to one address, in a day of the organisation's time zone.
/// Counted apart from the letters that anybody can ask for, so that no stranger can use them up.
pub const INVITATIONS: Limit = Limit {
    name: "invitations-to",
    most: 3,
    window: Span::days(1),
};

/// A day of a time zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Day {
    pub begins: Time,
    pub ends: Time,
}

/// Counts one try; the refusal, if it is one too many. The count stays only if the caller commits,
/// as each does with this refusal. Where something later in the same transaction refuses the try,
/// or has nothing to do, it is not counted. Tries of passwords and of codes of the second factor
/// are committed before those are looked at, so that each counts.
pub(crate) async fn try_once(
    _desk: &Desk,
    tx: &mut Tx,
    limit: &Limit,
    subject: &str,
    now: Time,
) -> Result<Option<Error>> {
    let count = store::account::limits::count(tx, &key(limit, subject), limit.window, now).await?;
    if count > limit.most {
        // Once for each subject and window: whoever goes on is told of at the edge, within measure.
        if count == limit.most + 1 {
            tracing::warn!(limit = limit.name, "a limit was met");
        }
        return Ok(Some(too_many(limit, now)));
    }
    Ok(None)
}

/// The refusal of one who met a limit before, found by reading: a flood of tries that are refused
/// writes nothing.
pub(crate) async fn refuse_met(desk: &Desk, limit: &Limit, subject: &str, now: Time) -> Result<()> {
    let start = Time(now.0 - now.0.rem_euclid(limit.window.0));
    let key = key(limit, subject);
    if store::account::limits::so_far(&mut *desk.db.read().await?, &key, start).await? > limit.most {
        return Err(too_many(limit, now));
    }
    Ok(())
}

fn too_many(limit: &Limit, now: Time) -> Error {
    let wait = limit.window.0 - now.0.rem_euclid(limit.window.0);
    Error::TooManyTries {
        wait_seconds: (wait / 1000).max(1),
    }
}

/// Forgets the tries, after one succeeded.
pub(crate) async fn forget(_desk: &Desk, tx: &mut Tx, limit: &Limit, subject: &str) -> Result<()> {
    store::account::limits::forget(tx, &key(limit, subject)).await
}

/// Takes one try back, after it succeeded.
pub(crate) async fn give_back(
    _desk: &Desk,
    tx: &mut Tx,
    limit: &Limit,
    subject: &str,
    now: Time,
) -> Result<()> {
    let start = Time(now.0 - now.0.rem_euclid(limit.window.0));
    store::account::limits::give_back(tx, &key(limit, subject), start).await
}

/// The day of the time zone with this name that holds `now`.
pub fn day_of(zone: &str, now: Time) -> Day {
    let date = now
        .utc()
        .with_timezone(&zone.parse().unwrap_or(chrono_tz::UTC))
        .date_naive();
    day(zone, date, now)
}

/// The day with this date in the time zone with this name; `or` stands for what no calendar holds.
pub fn day(zone: &str, date: chrono::NaiveDate, or: Time) -> Day {
    let zone: chrono_tz::Tz = zone.parse().unwrap_or(chrono_tz::UTC);
    // Where clocks are put forward at midnight, the day begins later.
    let begin = |date: chrono::NaiveDate| {
        let instant =
            (0..24).find_map(|hour| date.and_hms_opt(hour, 0, 0)?.and_local_timezone(zone).earliest());
        instant.map_or(or, |t| Time(t.timestamp_millis()))
    };
    Day {
        begins: begin(date),
        ends: date.succ_opt().map_or(or, begin),
    }
}

fn key(limit: &Limit, subject: &str) -> String {
    format!("{}:{subject}", limit.name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_begins_and_ends_where_the_organisation_is() {
        let at = |text: &str| {
            Time(
                chrono::DateTime::parse_from_rfc3339(text)
                    .unwrap()
                    .timestamp_millis(),
            )
        };
        let day = day_of("Europe/Zurich", at("2026-11-22T23:30:00Z"));
        assert_eq!(
            day,
            Day {
                begins: at("2026-11-22T23:00:00Z"),
                ends: at("2026-11-23T23:00:00Z")
            }
        );
        // 23 hours when clocks go forward; where that happens at midnight, the day begins an hour
        // later.
        let short = day_of("Europe/Zurich", at("2026-03-29T12:00:00Z"));
        assert_eq!(short.ends.0 - short.begins.0, Span::hours(23).0);
        let chile = day_of("America/Santiago", at("2026-09-06T12:00:00Z"));
        assert_eq!(chile.begins, at("2026-09-06T04:00:00Z"));
    }
}
