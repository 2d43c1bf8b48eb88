//! How much of something that there is not enough of for everybody one account has at once, on this
//! server: open pages that hear of changes, large bodies on their way.
use crate::domain::ids::AccountId;
use crate::domain::{Error, Result};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What accounts have of it. Cloning shares it.
#[derive(Clone)]
pub struct AccountShares {
    most: usize,
    wait_seconds: i64,
    held: Arc<Mutex<HashMap<AccountId, usize>>>,
}

/// One of them, until it is dropped.
pub struct AccountShare {
    all: AccountShares,
    of: AccountId,
}

impl AccountShares {
    /// At most so many for one account; who has them all is told to wait so long.
    pub fn new(most: usize, wait_seconds: i64) -> Self {
        Self {
            most,
            wait_seconds,
            held: Arc::default(),
        }
    }

    fn counted(&self) -> MutexGuard<'_, HashMap<AccountId, usize>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One more; TooManyTries if that is too many.
    pub fn take(&self, of: &AccountId) -> Result<AccountShare> {
        let mut counted = self.counted();
        let held = counted.entry(of.clone()).or_default();
        if *held >= self.most {
            return Err(Error::TooManyTries {
                wait_seconds: self.wait_seconds,
            });
        }
        *held += 1;
        Ok(AccountShare {
            all: self.clone(),
            of: of.clone(),
        })
    }
}

impl Drop for AccountShare {
    fn drop(&mut self) {
        let mut counted = self.all.counted();
        if let Some(held) = counted.get_mut(&self.of) {
            *held = held.saturating_sub(1);
            if *held == 0 {
                counted.remove(&self.of);
            }
        }
    }
}
