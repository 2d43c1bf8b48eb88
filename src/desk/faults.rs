//! Faults of ours: what cannot be and has come about.
use crate::domain::Error;

/// A fault of ours that nothing has told of yet: logs the line where it was found.
#[track_caller]
pub(crate) fn broken() -> Error {
    let found = std::panic::Location::caller();
    tracing::error!(at = %found, "what cannot be has come about");
    Error::Internal
}
