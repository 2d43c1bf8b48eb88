//! The provider's discovery document: fetched when first needed, kept for an hour, only the fields
//! this room uses. Its `issuer` is not compared with anything: Webex signs with regional issuers,
//! which `allowed_issuers` names instead.
use openidconnect::url::Url;
use openidconnect::{AuthType, AuthUrl, TokenUrl};
use serde::Deserialize;
use tokio::sync::Mutex;

use std::sync::Arc;

use crate::oidc::error::{OidcError, refused};
use crate::oidc::held::{Held, Times};
use crate::oidc::http::Http;

/// Where the provider's endpoints are. OpenID Connect Discovery 1.0, section 3.
#[derive(Deserialize)]
pub(crate) struct Discovery {
    pub(crate) authorization_endpoint: AuthUrl,
    pub(crate) token_endpoint: TokenUrl,
    pub(crate) userinfo_endpoint: Option<Url>,
    pub(crate) jwks_uri: Url,
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}

impl Discovery {
    async fn fetch(http: &Http, url: &Url) -> Result<Self, OidcError> {
        let document = http.json(url, None).await?;
        let found: Self = serde_json::from_value(document)
            .map_err(|cause| refused(format!("discovery document: {cause}")))?;
        if found.addresses().all(|address| sound(address, url)) {
            Ok(found)
        } else {
            Err(refused("discovery document: an endpoint is not https"))
        }
    }

    fn addresses(&self) -> impl Iterator<Item = &Url> {
        [
            self.authorization_endpoint.url(),
            self.token_endpoint.url(),
            &self.jwks_uri,
        ]
        .into_iter()
        .chain(&self.userinfo_endpoint)
    }

    /// How the client secret is sent: in the header unless the provider only takes it in the body.
    pub(crate) fn auth_type(&self) -> AuthType {
        let methods = self
            .token_endpoint_auth_methods_supported
            .as_deref()
            .unwrap_or_default();
        let takes = |name: &str| methods.iter().any(|method| method == name);
        if takes("client_secret_post") && !takes("client_secret_basic") {
            AuthType::RequestBody
        } else {
            AuthType::BasicAuth
        }
    }

    /// RFC 9207, section 2.4: a provider that announces `iss` in its callbacks must send it.
    pub(crate) fn check_callback_issuer(&self, given: Option<&str>) -> Result<(), OidcError> {
        if self.authorization_response_iss_parameter_supported && given.is_none() {
            return Err(refused("callback: `iss` is missing"));
        }
        Ok(())
    }
}

/// Plain http is for providers that were themselves configured with it (development).
fn sound(address: &Url, discovery: &Url) -> bool {
    address.scheme() == "https" || (address.scheme() == "http" && discovery.scheme() == "http")
}

/// One provider's discovery document, remembered.
pub(crate) struct Directory {
    url: Url,
    held: Mutex<Held<Discovery>>,
}

impl Directory {
    pub(crate) fn new(url: Url) -> Self {
        Self {
            url,
            held: Mutex::new(Held::nothing()),
        }
    }

    pub(crate) async fn look_up(&self, http: &Http, times: &Times) -> Result<Arc<Discovery>, OidcError> {
        let mut held = self.held.lock().await;
        match held.current(times) {
            Some(outcome) => outcome,
            None => {
                let outcome = Discovery::fetch(http, &self.url).await;
                held.remember(outcome)
            }
        }
    }
}
