//! When sessions were last seen: gathered here, written at most once a minute, all at once, as
//! nobody waits for it.
use crate::desk::{Desk, account};
use crate::domain::Time;
use crate::domain::ids::SessionId;
use crate::domain::time::Span;
use crate::store::account::sessions::Session;
use std::collections::HashMap;
use std::sync::Mutex;

const EVERY: Span = Span::minutes(1);

#[derive(Default)]
pub struct Seen(Mutex<HashMap<SessionId, Time>>);

impl Seen {
    /// Remembers that the session was seen, unless that was written less than a minute ago.
    pub fn note(&self, session: &Session, now: Time) {
        if now >= session.seen_at + EVERY
            && let Ok(mut seen) = self.0.lock()
        {
            seen.insert(session.id.clone(), now);
        }
    }

    /// Writes what was gathered; what cannot be written is gathered again.
    pub async fn write(&self, desk: &Desk) {
        let gathered: Vec<(SessionId, Time)> =
            self.0.lock().map(|mut s| s.drain().collect()).unwrap_or_default();
        if gathered.is_empty() {
            return;
        }
        if account::sessions::seen(desk, &gathered).await.is_err()
            && let Ok(mut seen) = self.0.lock()
        {
            seen.extend(gathered);
        }
    }
}
