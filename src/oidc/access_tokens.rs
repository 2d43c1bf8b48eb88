//! Access tokens for the mail server, from whoever keeps the mailbox's account (RFC 6749): by a refresh
//! token, or by the credentials of our client there. One is held, and renewed before it ends.
use super::error::{OidcError, refused, unreachable, word};
use super::http::Http;
use crate::config::MailGrant;
use crate::desk::{Desk, mail_grant};
use crate::domain::text;
use futures_util::future::BoxFuture;
use oauth2::basic::{BasicClient, BasicErrorResponse, BasicTokenResponse};
use oauth2::{AuthType, EndpointNotSet, EndpointSet, RequestTokenError, Scope, TokenResponse as _, TokenUrl};
use openidconnect::{ClientId, ClientSecret, RefreshToken};
use secrecy::{ExposeSecret as _, SecretString};
use std::time::{Duration, Instant};
use tokio::sync::Mutex;

/// So long before its end a token is renewed.
const EARLY: Duration = Duration::from_secs(5 * 60);
/// How long a token lives of which nothing is said.
const USUAL: Duration = Duration::from_secs(3600);

type Client = BasicClient<EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointSet>;

/// The tokens of one mailbox.
pub struct AccessTokens {
    desk: Desk,
    http: Http,
    client: Client,
    refresh: Option<SecretString>,
    scopes: Vec<Scope>,
    held: Mutex<Option<HeldToken>>,
}

struct HeldToken {
    token: SecretString,
    renew_at: Instant,
}

impl AccessTokens {
    /// Asks nobody yet. Refused: the address is not usable, or there is no HTTP client.
    pub fn new(grant: &MailGrant, desk: Desk) -> Result<Self, OidcError> {
        let address = TokenUrl::new(grant.token_url.clone())
            .map_err(|_| refused("the address of the tokens is not usable"))?;
        let mut client = BasicClient::new(ClientId::new(grant.client_id.clone()))
            .set_token_uri(address)
            .set_auth_type(AuthType::RequestBody);
        if let Some(secret) = &grant.client_secret {
            client = client.set_client_secret(ClientSecret::new(secret.expose_secret().to_owned()));
        }
        let scopes = grant.scope.iter().flat_map(|s| s.split_whitespace());
        Ok(Self {
            desk,
            http: Http::new()?,
            client,
            refresh: grant.refresh_token.clone(),
            scopes: scopes.map(|s| Scope::new(s.to_owned())).collect(),
            held: Mutex::new(None),
        })
    }

    /// The token that is held, or a new one; `spent`: one that was refused, which is not given again.
    /// Who comes while one is fetched waits for that one.
    pub fn get(&self, spent: Option<SecretString>) -> BoxFuture<'_, Result<SecretString, OidcError>> {
        Box::pin(async move {
            let mut held = self.held.lock().await;
            let is_spent = |t: &SecretString| {
                spent
                    .as_ref()
                    .is_some_and(|s| s.expose_secret() == t.expose_secret())
            };
            if let Some(one) = held.as_ref()
                && Instant::now() < one.renew_at
                && !is_spent(&one.token)
            {
                return Ok(one.token.clone());
            }
            *held = None;
            let answer = self.fetch().await?;
            let life = answer.expires_in().unwrap_or(USUAL);
            let token = SecretString::from(answer.access_token().secret().clone());
            *held = Some(HeldToken {
                token: token.clone(),
                // One that lives for less than ten minutes is renewed at half of its life.
                renew_at: Instant::now() + life.saturating_sub(EARLY).max(life / 2),
            });
            Ok(token)
        })
    }

    async fn fetch(&self) -> Result<BasicTokenResponse, OidcError> {
        let Some(given) = &self.refresh else {
            let asking = self.client.exchange_client_credentials();
            let asking = asking.add_scopes(self.scopes.iter().cloned());
            return asking.request_async(&self.http).await.map_err(sort);
        };
        let mut with = self.kept(given).await?;
        loop {
            match self.refreshed(&with).await {
                Err(e) => {
                    let kept = self.kept(given).await?;
                    if kept == with {
                        return Err(e);
                    }
                    // Another server was quicker, and ours was good for one time only.
                    with = kept;
                }
                Ok(answer) => {
                    if let Some(next) = answer.refresh_token().filter(|next| *next.secret() != with) {
                        // The token that came with it is good all the same.
                        if let Err(error) =
                            mail_grant::keep(&self.desk, given.expose_secret(), next.secret()).await
                        {
                            tracing::error!(%error, "the mailbox's new refresh token could not be kept");
                        }
                    }
                    return Ok(answer);
                }
            }
        }
    }

    /// What stands in the place of the refresh token that was configured.
    async fn kept(&self, given: &SecretString) -> Result<String, OidcError> {
        let kept = mail_grant::kept(&self.desk, given.expose_secret()).await;
        let kept = kept.map_err(|_| unreachable("the refresh token could not be read"))?;
        Ok(kept.unwrap_or_else(|| given.expose_secret().to_owned()))
    }

    async fn refreshed(&self, with: &str) -> Result<BasicTokenResponse, OidcError> {
        let token = RefreshToken::new(with.to_owned());
        let asking = self.client.exchange_refresh_token(&token);
        let asking = asking.add_scopes(self.scopes.iter().cloned());
        asking.request_async(&self.http).await.map_err(sort)
    }
}

/// What the operator reads: the error's word and what is said of it, never a secret.
fn sort(e: RequestTokenError<OidcError, BasicErrorResponse>) -> OidcError {
    match e {
        RequestTokenError::Request(e) => e,
        RequestTokenError::ServerResponse(said) => {
            let more = said
                .error_description()
                .map(|d| text::visible(d, 200))
                .unwrap_or_default();
            refused(format!("{}: {more}", word(said.error().as_ref())))
        }
        RequestTokenError::Parse(..) | RequestTokenError::Other(_) => {
            refused("what was answered is no access token")
        }
    }
}
