//! What a sign-in with a provider must remember between its two steps.
use crate::desk::mint;
use serde::{Deserialize, Serialize};
use std::fmt;

/// What the browser must bring back. Holds secrets: store it encrypted, for minutes, and drop it
/// when used.
#[derive(Serialize, Deserialize)]
pub struct Attempt {
    /// The provider's id; compare it with the one in the callback's path.
    pub provider: String,
    pub(super) state: String,
    pub(super) nonce: String,
    pub(super) verifier: String,
}

impl Attempt {
    /// What tells it from others of the same browser: of its state, which it does not give away.
    pub fn label(&self) -> String {
        label_of(&self.state)
    }
}

/// The label of the attempt whose state a callback brings.
pub fn label_of(state: &str) -> String {
    let mut hash = mint::hash(state);
    hash.truncate(16);
    hash
}

impl fmt::Debug for Attempt {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Attempt")
            .field("provider", &self.provider)
            .finish_non_exhaustive()
    }
}
