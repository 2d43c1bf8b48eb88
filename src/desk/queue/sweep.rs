//! The clock's work: expired requests, seals of the history, pruning. Each is safe to run by
//! several instances at once.
use crate::domain::{Error, Result};

/// What a piece of the clock's work came to; nothing where it is Stale: another instance was
/// quicker, or somebody changed it just now, and the next round looks again.
pub(crate) fn unless_stale<T: Default>(done: Result<T>) -> Result<T> {
    if let Err(Error::Stale) = done {
        Ok(T::default())
    } else {
        done
    }
}
