//! The two steps of the code flow that `openidconnect` carries out: the address to send the browser
//! to, and code for tokens.
use openidconnect::core::{
    CoreAuthDisplay, CoreAuthPrompt, CoreAuthenticationFlow, CoreErrorResponseType, CoreGenderClaim,
    CoreJsonWebKey, CoreJsonWebKeySet, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm,
    CoreRevocableToken, CoreRevocationErrorResponse, CoreTokenIntrospectionResponse, CoreTokenType,
};
use openidconnect::{
    AccessToken, AdditionalClaims, AuthorizationCode, Client, ClientId, ClientSecret, CsrfToken,
    EndpointNotSet, EndpointSet, ExtraTokenFields, IdToken, IssuerUrl, Nonce, OAuth2TokenResponse,
    PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, RequestTokenError, Scope, StandardErrorResponse,
    StandardTokenResponse, TokenResponse,
};
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};

use crate::config::Provider;

use crate::oidc::attempt::Attempt;
use crate::oidc::discovery::Discovery;
use crate::oidc::error::{OidcError, refused, word};
use crate::oidc::http::Http;

/// What the token endpoint gave.
pub(crate) struct Tokens {
    pub(crate) access: AccessToken,
    pub(crate) id: String,
}

/// The library's client for one provider; made anew for each step, which costs nothing but a few
/// copied strings.
pub(crate) struct Exchange<'a> {
    provider: &'a Provider,
    client: CodeClient,
}

impl<'a> Exchange<'a> {
    pub(crate) fn new(
        provider: &'a Provider,
        discovery: &Discovery,
        redirect: &RedirectUrl,
    ) -> Result<Self, OidcError> {
        // Neither issuer nor keys are used by the two steps; checking the ID token is our own work.
        let issuer = IssuerUrl::new(provider.discovery_url.clone())
            .map_err(|_| refused("the discovery address is not a URL"))?;
        let mut client = Client::new(
            ClientId::new(provider.client_id.clone()),
            issuer,
            CoreJsonWebKeySet::default(),
        )
        .set_auth_uri(discovery.authorization_endpoint.clone())
        .set_token_uri(discovery.token_endpoint.clone())
        .set_redirect_uri(redirect.clone())
        .set_auth_type(discovery.auth_type())
        .disable_openid_scope();
        if let Some(secret) = &provider.client_secret {
            client = client.set_client_secret(ClientSecret::new(secret.expose_secret().to_owned()));
        }
        Ok(Self { provider, client })
    }

    /// Where to send the browser, and what to remember until it is back.
    pub(crate) fn begin(&self) -> (String, Attempt) {
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let scopes = self.provider.scopes.iter().map(|scope| Scope::new(scope.clone()));
        let (url, state, nonce) = self
            .client
            .authorize_url(
                CoreAuthenticationFlow::AuthorizationCode,
                CsrfToken::new_random,
                Nonce::new_random,
            )
            .add_scopes(scopes)
            .set_pkce_challenge(challenge)
            .url();
        let attempt = Attempt {
            provider: self.provider.id.clone(),
            state: state.secret().clone(),
            nonce: nonce.secret().clone(),
            verifier: verifier.secret().clone(),
        };
        (url.into(), attempt)
    }

    /// Code for tokens.
    pub(crate) async fn redeem(
        &self,
        code: String,
        verifier: String,
        http: &Http,
    ) -> Result<Tokens, OidcError> {
        let answer = self
            .client
            .exchange_code(AuthorizationCode::new(code))
            .set_pkce_verifier(PkceCodeVerifier::new(verifier))
            .request_async(http)
            .await
            .map_err(reason)?;
        let id = answer
            .extra_fields()
            .id_token
            .clone()
            .ok_or(refused("token endpoint: no ID token in the answer"))?;
        Ok(Tokens {
            access: answer.access_token().clone(),
            id,
        })
    }
}

/// The library's error without the answer it carries, which may hold tokens.
fn reason(error: RequestTokenError<OidcError, StandardErrorResponse<CoreErrorResponseType>>) -> OidcError {
    match error {
        RequestTokenError::Request(cause) => cause,
        RequestTokenError::ServerResponse(answer) => {
            refused(format!("token endpoint: {}", word(answer.error().as_ref())))
        }
        RequestTokenError::Parse(..) | RequestTokenError::Other(_) => {
            refused("token endpoint: the answer is not understood")
        }
    }
}

/// `CoreClient`, but leaving the ID token as the text it came as.
type CodeClient = Client<
    NoClaims,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    StandardErrorResponse<CoreErrorResponseType>,
    TokenAnswer,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointSet,
    EndpointNotSet,
>;

type TokenAnswer = StandardTokenResponse<RawIdToken, CoreTokenType>;

#[derive(Debug, Deserialize, Serialize)]
struct RawIdToken {
    id_token: Option<String>,
}

impl ExtraTokenFields for RawIdToken {}

#[derive(Debug, Deserialize, Serialize)]
struct NoClaims {}

impl AdditionalClaims for NoClaims {}

type NoToken = IdToken<NoClaims, CoreGenderClaim, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm>;

impl TokenResponse<NoClaims, CoreGenderClaim, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm>
    for TokenAnswer
{
    // The library's reading of the token is not wanted; see `id_token`.
    fn id_token(&self) -> Option<&NoToken> {
        None
    }
}
