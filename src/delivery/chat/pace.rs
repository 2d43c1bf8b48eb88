//! How often one chat is written to, so that platforms have no cause to refuse. Each server counts
//! for itself: another one is told by the platform.
use crate::domain::Time;
use crate::domain::ids::ConnectorId;
use crate::domain::time::Span;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// How many messages may follow each other at once, and how long each takes after that: what all
/// platforms allow in one chat.
const BURST: i64 = 5;
const EACH: Span = Span::seconds(1);
/// A message that would wait longer than this is given back meanwhile.
const LONGEST: Span = Span::seconds(20);
/// Chats that are remembered before those are forgotten that may be written to anyway.
const CHATS: usize = 10_000;

fn held<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

/// One bucket of tokens for each chat of a connector. Each is kept as the instant at which it will
/// be full again.
#[derive(Clone, Default)]
pub struct Paces(Arc<Mutex<HashMap<(ConnectorId, String), Time>>>);

impl Paces {
    /// Takes a place: how long to wait for it; an error where that is too long, and none is taken.
    /// `now`: of a clock that is never set, as for [`Paces::pause`].
    pub fn take(&self, connector: &ConnectorId, chat: &str, now: Time) -> Result<Span, Span> {
        let mut all = held(&self.0);
        if all.len() >= CHATS {
            all.retain(|_, full| *full > now);
        }
        let full = all.entry((connector.clone(), chat.to_owned())).or_insert(now);
        let turn = (*full).max(now) - Span((BURST - 1) * EACH.0);
        let wait = Span((turn.0 - now.0).max(0));
        if wait > LONGEST {
            return Err(wait);
        }
        *full = (*full).max(now) + EACH;
        Ok(wait)
    }

    /// The platform wants nothing in this chat before `until`.
    pub fn pause(&self, connector: &ConnectorId, chat: &str, until: Time) {
        let full = until + Span((BURST - 1) * EACH.0);
        let mut all = held(&self.0);
        let kept = all.entry((connector.clone(), chat.to_owned())).or_insert(full);
        *kept = (*kept).max(full);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn connector(n: u8) -> ConnectorId {
        format!("0192d3a0-0000-7000-8000-0000000000{n:02x}")
            .try_into()
            .unwrap()
    }

    #[test]
    fn a_chat_gets_a_burst_and_then_one_a_second() {
        let (paces, now) = (Paces::default(), Time(1_000_000));
        let waits: Vec<i64> = (0..8)
            .map(|_| paces.take(&connector(1), "C1", now).unwrap().0)
            .collect();
        assert_eq!(waits, [0, 0, 0, 0, 0, 1000, 2000, 3000]);
        assert_eq!(paces.take(&connector(1), "C2", now), Ok(Span(0)), "another chat");
        assert_eq!(
            paces.take(&connector(2), "C1", now),
            Ok(Span(0)),
            "another connector"
        );
        assert_eq!(
            paces.take(&connector(1), "C1", now + Span::seconds(8)),
            Ok(Span(0)),
            "later it is free again"
        );
    }

    #[test]
    fn nobody_waits_long_and_a_pause_is_shared() {
        let (paces, now) = (Paces::default(), Time(1_000_000));
        let until = now + Span::minutes(10);
        paces.pause(&connector(1), "C1", until);
        paces.pause(&connector(1), "C1", now);
        assert_eq!(
            (
                paces.take(&connector(1), "C1", now),
                paces.take(&connector(1), "C1", now)
            ),
            (Err(Span::minutes(10)), Err(Span::minutes(10)))
        );
        assert_eq!(
            (
                paces.take(&connector(1), "C2", now),
                paces.take(&connector(1), "C1", until)
            ),
            (Ok(Span(0)), Ok(Span(0)))
        );
        let refused = (0..40).find_map(|_| paces.take(&connector(3), "C", now).err());
        assert_eq!(refused, Some(Span::seconds(21)));
    }
}
