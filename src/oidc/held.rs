//! Remembers what a provider answered: a good answer for an hour, a failure for seconds.
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::oidc::error::OidcError;

/// How long answers are remembered.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Times {
    /// A good discovery document or key set.
    pub(crate) good: Duration,
    /// A failure: long enough to spare a provider that is down, short enough that "try again" is
    /// true.
    pub(crate) failure: Duration,
    /// Between two fetches of the key set that were caused by an unknown key.
    pub(crate) refetch: Duration,
}

impl Default for Times {
    fn default() -> Self {
        Self {
            good: Duration::from_secs(3600),
            failure: Duration::from_secs(3),
            refetch: Duration::from_secs(60),
        }
    }
}

/// One remembered answer. Its owner keeps it behind a lock held while fetching, so that many
/// sign-ins cause one fetch.
pub(crate) struct Held<T> {
    good: Option<(Arc<T>, Instant)>,
    failure: Option<(OidcError, Instant)>,
}

impl<T> Held<T> {
    pub(crate) fn nothing() -> Self {
        Self {
            good: None,
            failure: None,
        }
    }

    /// What is remembered and still counts; None: fetch.
    pub(crate) fn current(&self, times: &Times) -> Option<Result<Arc<T>, OidcError>> {
        if let Some((value, at)) = &self.good
            && at.elapsed() < times.good
        {
            return Some(Ok(value.clone()));
        }
        let (failure, _) = self
            .failure
            .as_ref()
            .filter(|(_, at)| at.elapsed() < times.failure)?;
        Some(Err(failure.clone()))
    }

    /// Remembers the outcome of a fetch and gives it back. A failure does not displace an answer
    /// that still counts.
    pub(crate) fn remember(&mut self, outcome: Result<T, OidcError>) -> Result<Arc<T>, OidcError> {
        let now = Instant::now();
        match outcome {
            Ok(value) => {
                let value = Arc::new(value);
                *self = Self {
                    good: Some((value.clone(), now)),
                    failure: None,
                };
                Ok(value)
            }
            Err(failure) => {
                self.failure = Some((failure.clone(), now));
                Err(failure)
            }
        }
    }
}
