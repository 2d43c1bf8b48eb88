//! Signing in with an OpenID Connect provider: `start` gives the address to send the browser to,
//! `finish` says whom the provider vouches for. Code flow with PKCE, state and nonce; nothing a
//! provider says is believed before it is checked.
pub mod access_tokens;
pub mod attempt;
mod claims;
mod discovery;
mod error;
mod exchange;
mod held;
mod http;
mod id_token;
mod keys;
mod organisation;
mod person;
#[cfg(test)]
mod tests;

use crate::oidc::attempt::Attempt;

use openidconnect::RedirectUrl;
use openidconnect::url::Url;
use serde::Deserialize;

use crate::clock;
use crate::config::{OrganisationSource, Provider};
use crate::desk::account::providers::Person;

use claims::{Claims, Expected, same};
use discovery::Directory;
pub use error::OidcError;
use error::{refused, unreachable, word};
use exchange::{Exchange, Tokens};
use held::Times;
use http::Http;
use id_token::IdToken;
use keys::KeyRing;
use organisation::OrganisationEndpoint;
use person::PersonClaims;

/// All configured providers, with what is remembered about each. One for the whole process.
pub struct Oidc {
    http: Http,
    times: Times,
    peers: Vec<Peer>,
}

/// The query of the callback as it came (RFC 6749 section 4.1.2, RFC 9207).
#[derive(Default, Deserialize)]
pub struct Callback {
    pub state: Option<String>,
    /// Secret, and good for one exchange.
    pub code: Option<String>,
    /// The provider's error word, instead of a code.
    pub error: Option<String>,
    /// Which issuer answered; some providers say it.
    pub iss: Option<String>,
}

/// One provider and what is remembered about it.
struct Peer {
    provider: Provider,
    redirect: RedirectUrl,
    directory: Directory,
    keys: KeyRing,
    organisation: Option<OrganisationEndpoint>,
}

impl Oidc {
    /// `base` is our public origin (`https://host`); each provider must know
    /// `{base}/signin/{id}/callback`. Asks no provider anything. Fails if an address is no URL or
    /// the HTTP client cannot be made.
    pub fn new(providers: Vec<Provider>, base: &str) -> Result<Self, OidcError> {
        Self::with_times(providers, base, Times::default())
    }

    fn with_times(providers: Vec<Provider>, base: &str, times: Times) -> Result<Self, OidcError> {
        let peers = providers
            .into_iter()
            .map(|provider| Peer::new(provider, base))
            .collect::<Result<_, _>>()?;
        Ok(Self {
            http: Http::new()?,
            times,
            peers,
        })
    }

    /// The address at the provider to send the browser to, and the attempt to keep until it is
    /// back.
    pub async fn start(&self, provider_id: &str) -> Result<(String, Attempt), OidcError> {
        let peer = self.peer(provider_id)?;
        let discovery = peer.directory.look_up(&self.http, &self.times).await?;
        Ok(Exchange::new(&peer.provider, &discovery, &peer.redirect)?.begin())
    }

    /// Whom the provider vouches for. Asks the provider up to six things of at most ten seconds
    /// each.
    pub async fn finish(&self, attempt: Attempt, callback: Callback) -> Result<Person, OidcError> {
        let peer = self.peer(&attempt.provider)?;
        let issuer = callback.iss.clone();
        let code = callback.code(&attempt.state, &peer.provider.allowed_issuers)?;
        let discovery = peer.directory.look_up(&self.http, &self.times).await?;
        discovery.check_callback_issuer(issuer.as_deref())?;
        let exchange = Exchange::new(&peer.provider, &discovery, &peer.redirect)?;
        let tokens = exchange.redeem(code, attempt.verifier, &self.http).await?;
        let claims = self.prove(peer, &discovery.jwks_uri, &tokens).await?;
        let issuer = claims.check(&peer.expected(&attempt.nonce))?;
        let said = PersonClaims::find(
            &claims,
            discovery.userinfo_endpoint.as_ref(),
            &tokens.access,
            &self.http,
        )
        .await?;
        let organisation = match &peer.organisation {
            Some(source) => source.ask(&claims, &tokens.access, &self.http).await?,
            None => None,
        };
        Ok(Person {
            zone: said.zone,
            provider: attempt.provider,
            issuer: issuer.to_owned(),
            subject: claims.subject()?.to_owned(),
            email: said.email,
            email_verified: said.email_verified,
            name: said.name,
            organisation,
        })
    }

    /// The ID token's claims, once its signature is proved.
    async fn prove(&self, peer: &Peer, jwks: &Url, tokens: &Tokens) -> Result<Claims, OidcError> {
        let token = IdToken::read(&tokens.id)?;
        let proof = peer.keys.verify(&token, &self.http, jwks, &self.times).await?;
        let claims = token.claims(&proof)?;
        token.check_access_token(&proof, &claims, &tokens.access)?;
        Ok(claims)
    }

    fn peer(&self, id: &str) -> Result<&Peer, OidcError> {
        self.peers
            .iter()
            .find(|peer| peer.provider.id == id)
            .ok_or(OidcError::UnknownProvider)
    }
}

impl Peer {
    fn new(provider: Provider, base: &str) -> Result<Self, OidcError> {
        let address = |text: &str| {
            Url::parse(text)
                .map_err(|_| refused(format!("provider {}: an address is not a URL", provider.id)))
        };
        let organisation = match &provider.organisation {
            Some(OrganisationSource::Claim(name)) => Some(OrganisationEndpoint::Claim(name.clone())),
            Some(OrganisationSource::Endpoint { url, field }) => Some(OrganisationEndpoint::Endpoint {
                url: address(url)?,
                field: field.clone(),
            }),
            None => None,
        };
        let redirect = address(&format!(
            "{}/signin/{}/callback",
            base.trim_end_matches('/'),
            provider.id
        ))?;
        let directory = Directory::new(address(&provider.discovery_url)?);
        Ok(Self {
            redirect: RedirectUrl::from_url(redirect),
            directory,
            keys: KeyRing::new(),
            organisation,
            provider,
        })
    }

    fn expected<'a>(&'a self, nonce: &'a str) -> Expected<'a> {
        let provider = &self.provider;
        let now = clock::now().0.div_euclid(1000);
        Expected {
            issuers: &provider.allowed_issuers,
            client_id: &provider.client_id,
            further_audiences: &provider.further_audiences,
            nonce,
            now,
        }
    }
}

impl Callback {
    /// The code, if the callback belongs to the attempt and comes from one of the issuers.
    fn code(self, state: &str, issuers: &[String]) -> Result<String, OidcError> {
        if !self.state.is_some_and(|given| same(&given, state)) {
            return Err(refused("callback: `state` is of another attempt"));
        }
        if self.iss.is_some_and(|iss| !issuers.contains(&iss)) {
            return Err(refused("callback: `iss` is another provider"));
        }
        match self.error.as_deref() {
            None => self
                .code
                .filter(|code| !code.is_empty())
                .ok_or(refused("callback: `code` is missing")),
            Some("access_denied") => Err(OidcError::Denied),
            Some(busy @ ("temporarily_unavailable" | "server_error")) => {
                Err(unreachable(format!("callback: {busy}")))
            }
            Some(other) => Err(refused(format!(
                "callback: the provider answered {}",
                word(other)
            ))),
        }
    }
}
