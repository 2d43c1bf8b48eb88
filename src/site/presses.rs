//! Presses of buttons that this server was asked for a moment ago: a second press hears what the
//! first one did, also while that is under way. That nothing is done twice, whichever server is
//! asked, is the history's work.
use http::HeaderValue;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::watch;

/// How long it is known what a press did.
const LIFE: Duration = Duration::from_secs(120);
/// So many are known at most; of more than these, a second press hears less.
const MOST: usize = 4096;

/// Where a press led that went well, with the cookies that it set.
#[derive(Clone, Debug)]
pub struct Went {
    pub to: String,
    pub cookies: Vec<HeaderValue>,
}

/// How often what is no longer to be known is thrown away.
const SWEEP: Duration = Duration::from_secs(10);

struct Known {
    since: Instant,
    went: watch::Receiver<Option<Went>>,
}

/// What is known, and when it was looked through last.
#[derive(Default)]
struct AllKnown {
    swept: Option<Instant>,
    presses: HashMap<String, Known>,
}

/// Cloning shares it.
#[derive(Clone, Default)]
pub struct Presses(Arc<Mutex<AllKnown>>);

/// Whose turn it is.
pub enum Turn {
    /// Nobody has pressed so before.
    First(Pressing),
    /// Somebody has, and this is where that led.
    Again(Went),
}

/// A press under way. Dropped without [`Pressing::went`], it never was.
pub struct Pressing {
    all: Presses,
    name: String,
    tell: watch::Sender<Option<Went>>,
}

impl Presses {
    fn known(&self) -> MutexGuard<'_, AllKnown> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The turn of a press with this name. Where the same is under way it is waited for; where that
    /// one fails, it is this one's turn.
    pub async fn turn(&self, name: &str) -> Turn {
        loop {
            let mut went = match self.begin(name) {
                Ok(pressing) => return Turn::First(pressing),
                Err(under_way) => under_way,
            };
            if let Ok(went) = went.wait_for(Option::is_some).await
                && let Some(went) = went.clone()
            {
                return Turn::Again(went);
            }
        }
    }

    fn begin(&self, name: &str) -> Result<Pressing, watch::Receiver<Option<Went>>> {
        let mut known = self.known();
        // They hold cookies of new sessions: not for longer than they are good for.
        if known.swept.is_none_or(|at| at.elapsed() > SWEEP) {
            known.presses.retain(|_, k| k.since.elapsed() < LIFE);
            known.swept = Some(Instant::now());
        }
        if let Some(before) = known.presses.get(name) {
            return Err(before.went.clone());
        }
        let (tell, went) = watch::channel(None);
        if known.presses.len() < MOST {
            let since = Instant::now();
            known.presses.insert(name.to_owned(), Known { since, went });
        }
        Ok(Pressing {
            all: self.clone(),
            name: name.to_owned(),
            tell,
        })
    }
}

impl Pressing {
    /// It went well.
    pub fn went(self, went: Went) {
        self.tell.send_replace(Some(went));
    }
}

impl Drop for Pressing {
    fn drop(&mut self) {
        if self.tell.borrow().is_none() {
            self.all.known().presses.remove(&self.name);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn went(to: &str) -> Went {
        Went {
            to: to.into(),
            cookies: Vec::new(),
        }
    }

    #[tokio::test]
    async fn the_second_hears_what_the_first_did() {
        let presses = Presses::default();
        let Turn::First(first) = presses.turn("a").await else {
            panic!("nobody was before it")
        };
        let (second, ()) = tokio::join!(presses.turn("a"), async {
            first.went(went("/there"));
        });
        assert!(matches!(second, Turn::Again(w) if w.to == "/there"));
        assert!(matches!(presses.turn("b").await, Turn::First(_)));
    }

    #[tokio::test]
    async fn where_the_first_fails_it_is_the_seconds_turn() {
        let presses = Presses::default();
        let Turn::First(first) = presses.turn("a").await else {
            panic!("nobody was before it")
        };
        let (second, ()) = tokio::join!(presses.turn("a"), async { drop(first) });
        assert!(matches!(second, Turn::First(_)));
        drop(second);
        assert!(presses.known().presses.is_empty());
    }
}
