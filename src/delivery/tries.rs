//! How often something is tried, and how long is waited in between.
use crate::desk::mint::Mint;
use crate::domain::Time;
use crate::domain::delivery::DeliveryOutcome;
use crate::domain::time::Span;
use crate::store::deliveries::hold::Hold;

/// After so many tries something is given up, unless its kind says otherwise: after about a day and
/// a half.
pub const MOST: i64 = 14;
const FIRST_DELAY: Span = Span::seconds(30);
const LONGEST_DELAY: Span = Span::hours(8);

/// After a try in vain: another one later, or, after the last of `most`, none.
pub fn again(hold: &Hold, most: i64, why: String, mint: Mint, now: Time) -> DeliveryOutcome {
    again_after(hold, most, why, Span(0), mint, now)
}

/// As [`again`], no sooner than the other side wants it.
pub fn again_after(
    hold: &Hold,
    most: i64,
    why: String,
    after: Span,
    mint: Mint,
    now: Time,
) -> DeliveryOutcome {
    if hold.attempts + 1 >= most || hold.is_too_late(now) {
        return DeliveryOutcome::Failed(why);
    }
    DeliveryOutcome::Deferred(why, now + delay(hold.attempts, mint).max(after))
}

/// How long to wait after the `attempts`-th failed try (from 0): doubling, with a fifth more or
/// less by chance, so that many do not come back in one moment.
pub fn delay(attempts: i64, mint: Mint) -> Span {
    let doubled = FIRST_DELAY
        .0
        .saturating_mul(1 << attempts.clamp(0, 20))
        .min(LONGEST_DELAY.0);
    let [chance] = mint.bytes::<1>();
    Span(doubled * (80 + i64::from(chance) * 40 / 255) / 100)
}

/// For tests of time: the instant after which what is deferred now is surely due.
pub fn surely_due(now: Time) -> Time {
    now + LONGEST_DELAY + LONGEST_DELAY
}
