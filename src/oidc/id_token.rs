//! An ID token as it came, and who signed it. Its claims can be read only with the proof of its
//! signature. Not `openidconnect::IdToken`, which drops the whole token when one claim that nobody
//! needs here is malformed, and leaves `azp` unchecked; the cryptography is that crate's.
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use openidconnect::core::{CoreJsonWebKey, CoreJwsSigningAlgorithm as Algorithm};
use openidconnect::{AccessToken, AccessTokenHash, JsonWebKey};
use serde::Deserialize;
use serde_json::Value;

use crate::oidc::claims::Claims;
use crate::oidc::error::{OidcError, refused};

/// Asymmetric only: with HS256 anybody who knows the "key" (a public one, or the client secret)
/// could sign.
const ALGORITHMS: [Algorithm; 9] = [
    Algorithm::RsaSsaPkcs1V15Sha256,
    Algorithm::RsaSsaPkcs1V15Sha384,
    Algorithm::RsaSsaPkcs1V15Sha512,
    Algorithm::RsaSsaPssSha256,
    Algorithm::RsaSsaPssSha384,
    Algorithm::RsaSsaPssSha512,
    Algorithm::EcdsaP256Sha256,
    Algorithm::EcdsaP384Sha384,
    Algorithm::EdDsa,
];

/// RFC 7515, section 4.1; what is not listed is ignored, so no key is ever taken from the token
/// itself.
#[derive(Deserialize)]
struct Header {
    alg: Value,
    kid: Option<String>,
    typ: Option<String>,
    crit: Option<Value>,
}

/// That a key of the provider made the signature; only [`IdToken::signature`] makes one.
pub(crate) struct TokenProof(CoreJsonWebKey);

/// What the provider's keys say about a token.
pub(crate) enum Signature {
    Good(Box<TokenProof>),
    /// No key of the token's `kid`, or none that fits a token without one.
    UnknownKey,
    Bad,
}

/// A token in three parts, not yet believed.
pub(crate) struct IdToken {
    algorithm: Algorithm,
    kid: Option<String>,
    signed: String,
    signature: Vec<u8>,
    payload: Vec<u8>,
}

impl IdToken {
    /// Splits the compact form and refuses headers that are not acceptable.
    pub(crate) fn read(raw: &str) -> Result<Self, OidcError> {
        let parts: Vec<&str> = raw.split('.').collect();
        let [header, payload, signature] = parts[..] else {
            return Err(refused("ID token: not a signed token of three parts"));
        };
        let head: Header = serde_json::from_slice(&decode(header)?)
            .map_err(|_| refused("ID token: the header is not understood"))?;
        Ok(Self {
            algorithm: head.algorithm()?,
            kid: head.kid,
            signed: format!("{header}.{payload}"),
            signature: decode(signature)?,
            payload: decode(payload)?,
        })
    }

    /// Looks for the key that made the signature.
    pub(crate) fn signature(&self, keys: &[CoreJsonWebKey]) -> Signature {
        let named = |key: &&CoreJsonWebKey| {
            self.kid.is_none() || key.key_id().map(|id| id.as_str()) == self.kid.as_deref()
        };
        if let Some(key) = keys.iter().filter(named).find(|key| self.is_signed_with(key)) {
            return Signature::Good(Box::new(TokenProof(key.clone())));
        }
        let known = self.kid.is_some() && keys.iter().any(|key| named(&key));
        if known {
            Signature::Bad
        } else {
            Signature::UnknownKey
        }
    }

    // `verify_signature` also refuses a key whose type, `use` or `alg` does not fit the algorithm.
    fn is_signed_with(&self, key: &CoreJsonWebKey) -> bool {
        key.verify_signature(&self.algorithm, self.signed.as_bytes(), &self.signature)
            .is_ok()
    }

    /// The claims, for whoever has proved the signature.
    pub(crate) fn claims(&self, _proof: &TokenProof) -> Result<Claims, OidcError> {
        serde_json::from_slice(&self.payload)
            .map_err(|_| refused("ID token: the payload is not a JSON object"))
    }

    /// If the token names the access token it was issued with, it must be this one (`at_hash`,
    /// OpenID Connect Core 3.1.3.8).
    pub(crate) fn check_access_token(
        &self,
        proof: &TokenProof,
        claims: &Claims,
        token: &AccessToken,
    ) -> Result<(), OidcError> {
        if !claims.has("at_hash") {
            return Ok(());
        }
        let expected = AccessTokenHash::from_token(token, &self.algorithm, &proof.0).ok();
        if expected.as_ref().map(|hash| hash.as_str()) == claims.text("at_hash") {
            Ok(())
        } else {
            Err(refused("ID token: issued for another access token"))
        }
    }
}

impl Header {
    fn algorithm(&self) -> Result<Algorithm, OidcError> {
        if self.crit.is_some() {
            return Err(refused("ID token: critical header fields are not supported"));
        }
        if !self.typ.as_deref().is_none_or(is_plain_jwt) {
            // For example an access token (at+jwt) or a logout token of the same provider.
            return Err(refused("ID token: another type of token"));
        }
        let algorithm: Option<Algorithm> = serde_json::from_value(self.alg.clone()).ok();
        algorithm
            .filter(|one| ALGORITHMS.contains(one))
            .ok_or(refused("ID token: the signature algorithm is not accepted"))
    }
}

fn is_plain_jwt(typ: &str) -> bool {
    let typ = typ.to_ascii_lowercase();
    matches!(typ.strip_prefix("application/").unwrap_or(&typ), "jwt" | "jose")
}

fn decode(part: &str) -> Result<Vec<u8>, OidcError> {
    URL_SAFE_NO_PAD
        .decode(part)
        .map_err(|_| refused("ID token: a part is not base64url"))
}
