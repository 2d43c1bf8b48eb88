//! How much of something that there is not enough of for everybody is given at once on this server:
//! in all, and to one account. Open pages that hear of changes, large bodies on their way, files and
//! lists that are read.
use crate::domain::ids::AccountId;
use crate::domain::{Error, Result};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::Semaphore;

/// How much there is of it.
#[derive(Clone, Copy)]
pub struct Portion {
    pub most: usize,
    /// Of these, for one account: whoever is slow keeps nobody else from having some.
    pub of_one: usize,
    /// How long whoever finds all of it taken is told to wait.
    pub wait_seconds: i64,
}

/// Large bodies: each is held whole until its form was answered.
pub const UPLOADS: Portion = Portion {
    most: 4,
    of_one: 2,
    wait_seconds: 5,
};
/// Files on their way out, of home pages and of exports.
pub const FILES: Portion = Portion {
    most: 256,
    of_one: 8,
    wait_seconds: 10,
};
/// Lists on their way out. Each of their rows is looked up and written anew, so they are few.
pub const LISTS: Portion = Portion {
    most: 32,
    of_one: 2,
    wait_seconds: 30,
};

/// Refusals that are held back at once.
const HELD_REFUSALS: usize = 512;

/// All that is given in shares. Cloning shares it.
#[derive(Clone)]
pub struct SiteShares {
    /// Open pages that hear of changes.
    pub streams: AccountShares,
    pub uploads: AccountShares,
    pub files: AccountShares,
    pub lists: AccountShares,
    /// Held while the next rows of a list are made: however many lists are read, half of the cores
    /// are left for those who wait for a page.
    pub list_turns: Arc<Semaphore>,
    /// For each refusal that is held back.
    pub held_refusals: Arc<Semaphore>,
}

impl SiteShares {
    /// `cores`: of this machine.
    pub fn new(streams: Portion, cores: usize) -> Self {
        Self {
            streams: AccountShares::new(streams),
            uploads: AccountShares::new(UPLOADS),
            files: AccountShares::new(FILES),
            lists: AccountShares::new(LISTS),
            list_turns: Arc::new(Semaphore::new(cores.div_ceil(2))),
            held_refusals: Arc::new(Semaphore::new(HELD_REFUSALS)),
        }
    }
}

/// What accounts have of one thing. Cloning shares it.
#[derive(Clone)]
pub struct AccountShares {
    portion: Portion,
    held: Arc<Mutex<HeldShares>>,
}

#[derive(Default)]
struct HeldShares {
    all: usize,
    accounts: HashMap<AccountId, usize>,
}

/// One of them, until it is dropped.
pub struct AccountShare {
    shares: AccountShares,
    of: AccountId,
}

impl AccountShares {
    pub fn new(portion: Portion) -> Self {
        Self {
            portion,
            held: Arc::default(),
        }
    }

    fn held(&self) -> MutexGuard<'_, HeldShares> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One more; TooManyTries if that is too many.
    pub fn take(&self, of: &AccountId) -> Result<AccountShare> {
        let mut held = self.held();
        let own = held.accounts.get(of).copied().unwrap_or_default();
        if held.all >= self.portion.most || own >= self.portion.of_one {
            return Err(Error::TooManyTries {
                wait_seconds: self.portion.wait_seconds,
            });
        }
        held.all += 1;
        held.accounts.insert(of.clone(), own + 1);
        Ok(AccountShare {
            shares: self.clone(),
            of: of.clone(),
        })
    }
}

impl Drop for AccountShare {
    fn drop(&mut self) {
        let mut held = self.shares.held();
        held.all = held.all.saturating_sub(1);
        if let Some(own) = held.accounts.get_mut(&self.of) {
            *own = own.saturating_sub(1);
            if *own == 0 {
                held.accounts.remove(&self.of);
            }
        }
    }
}
