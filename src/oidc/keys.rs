//! The provider's public keys: kept for an hour, fetched again once for a key nobody knows, at most
//! once a minute.
use std::sync::Arc;
use std::time::Instant;

use openidconnect::core::CoreJsonWebKeySet;
use openidconnect::url::Url;
use tokio::sync::Mutex;

use crate::oidc::error::{OidcError, refused};
use crate::oidc::held::{Held, Times};
use crate::oidc::http::Http;
use crate::oidc::id_token::{IdToken, Signature, TokenProof};

/// One provider's key set, remembered.
pub(crate) struct KeyRing {
    // One lock for looking, verifying and fetching: whoever waited for a refetch sees the new keys.
    state: Mutex<KeyState>,
}

struct KeyState {
    held: Held<CoreJsonWebKeySet>,
    refetched: Option<Instant>,
}

impl KeyRing {
    pub(crate) fn new() -> Self {
        Self {
            state: Mutex::new(KeyState {
                held: Held::nothing(),
                refetched: None,
            }),
        }
    }

    /// That one of the provider's keys signed the token, or a refusal. `url` is the provider's
    /// `jwks_uri`.
    pub(crate) async fn verify(
        &self,
        token: &IdToken,
        http: &Http,
        url: &Url,
        times: &Times,
    ) -> Result<TokenProof, OidcError> {
        let mut state = self.state.lock().await;
        let keys = state.keys(http, url, times).await?;
        match token.signature(keys.keys()) {
            Signature::UnknownKey if state.may_refetch(times) => {
                let keys = state.refetch(http, url).await?;
                settle(token.signature(keys.keys()))
            }
            outcome => settle(outcome),
        }
    }
}

impl KeyState {
    async fn keys(
        &mut self,
        http: &Http,
        url: &Url,
        times: &Times,
    ) -> Result<Arc<CoreJsonWebKeySet>, OidcError> {
        match self.held.current(times) {
            Some(outcome) => outcome,
            None => {
                let outcome = fetch(http, url).await;
                self.held.remember(outcome)
            }
        }
    }

    fn may_refetch(&self, times: &Times) -> bool {
        self.refetched.is_none_or(|at| at.elapsed() >= times.refetch)
    }

    async fn refetch(&mut self, http: &Http, url: &Url) -> Result<Arc<CoreJsonWebKeySet>, OidcError> {
        // Before the fetch, so that failures and abandoned requests count too.
        self.refetched = Some(Instant::now());
        let outcome = fetch(http, url).await;
        self.held.remember(outcome)
    }
}

async fn fetch(http: &Http, url: &Url) -> Result<CoreJsonWebKeySet, OidcError> {
    let document = http.json(url, None).await?;
    serde_json::from_value(document).map_err(|_| refused("the provider's key set is not understood"))
}

fn settle(outcome: Signature) -> Result<TokenProof, OidcError> {
    match outcome {
        Signature::Good(proof) => Ok(*proof),
        Signature::UnknownKey => Err(refused(
            "ID token: signed with a key the provider does not publish",
        )),
        Signature::Bad => Err(refused("ID token: the signature is wrong")),
    }
}
