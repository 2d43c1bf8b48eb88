//! How many open pages of one account hear of changes at once.
use crate::domain::ids::AccountId;
use crate::domain::{Error, Result};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The streams that are open on this server, by account.
#[derive(Clone)]
pub struct OpenStreams {
    most: usize,
    open: Arc<Mutex<HashMap<AccountId, usize>>>,
}

/// One of them, until it is dropped.
pub struct OpenStream {
    all: OpenStreams,
    of: AccountId,
}

impl OpenStreams {
    /// At most so many of one account.
    pub fn new(most: usize) -> Self {
        Self {
            most,
            open: Arc::default(),
        }
    }

    fn counted(&self) -> MutexGuard<'_, HashMap<AccountId, usize>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One more; TooManyTries if that is too many.
    pub fn open(&self, of: &AccountId) -> Result<OpenStream> {
        let mut counted = self.counted();
        let open = counted.entry(of.clone()).or_default();
        if *open >= self.most {
            return Err(Error::TooManyTries { wait_seconds: 60 });
        }
        *open += 1;
        Ok(OpenStream {
            all: self.clone(),
            of: of.clone(),
        })
    }
}

impl Drop for OpenStream {
    fn drop(&mut self) {
        let mut counted = self.all.counted();
        if let Some(open) = counted.get_mut(&self.of) {
            *open = open.saturating_sub(1);
            if *open == 0 {
                counted.remove(&self.of);
            }
        }
    }
}
