//! The claims of a provider about a person, and whether they are meant for us, now, and for this
//! attempt.
use serde::Deserialize;
use serde_json::{Map, Value};
use subtle::ConstantTimeEq;

use crate::oidc::error::{OidcError, refused};

/// How far the provider's clock and ours may be apart, seconds.
const SKEW: f64 = 60.0;
/// A token for a code that was just exchanged is seconds old; one older than this comes from
/// somewhere else.
const OLDEST: f64 = 3600.0;
/// OpenID Connect Core, section 2: at most 255 characters.
const SUBJECT: usize = 255;

/// A JSON object of claims, from an ID token or from userinfo. A claim of the wrong type counts as
/// missing.
#[derive(Deserialize)]
#[serde(transparent)]
pub(crate) struct Claims(Map<String, Value>);

/// What an ID token must say.
pub(crate) struct Expected<'a> {
    pub(crate) issuers: &'a [String],
    pub(crate) client_id: &'a str,
    pub(crate) further_audiences: &'a [String],
    pub(crate) nonce: &'a str,
    /// Unix seconds.
    pub(crate) now: i64,
}

impl Claims {
    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name)?.as_str()
    }

    fn number(&self, name: &str) -> Option<f64> {
        self.0.get(name)?.as_f64()
    }

    /// Whether the claim is the JSON value `true`; the text "true" and 1 are not.
    pub(crate) fn is_true(&self, name: &str) -> bool {
        self.0.get(name) == Some(&Value::Bool(true))
    }

    /// The subject, at most 255 bytes without control characters. Never trimmed or folded: it is
    /// compared byte for byte.
    pub(crate) fn subject(&self) -> Result<&str, OidcError> {
        let sound =
            |sub: &&str| !sub.is_empty() && sub.len() <= SUBJECT && !sub.chars().any(char::is_control);
        self.text("sub")
            .filter(sound)
            .ok_or(refused("`sub` is missing or not usable"))
    }

    /// OpenID Connect Core, section 3.1.3.7, steps 2 to 11, apart from the signature. Gives the
    /// issuer.
    pub(crate) fn check(&self, expected: &Expected) -> Result<&str, OidcError> {
        let issuer = self.text("iss").ok_or(refused("ID token: `iss` is missing"))?;
        if !expected.issuers.iter().any(|allowed| allowed == issuer) {
            // Named, because adding a region's issuer to the configuration is the usual cure.
            let shown: String = issuer.chars().take(200).collect();
            return Err(refused(format!(
                "ID token: the issuer {shown:?} is not among the allowed ones"
            )));
        }
        self.check_audience(expected)?;
        self.check_times(expected.now as f64)?;
        self.check_nonce(expected.nonce)?;
        Ok(issuer)
    }

    /// For us, and for nobody whom the operator did not name: another audience could have passed its
    /// token on to us.
    fn check_audience(&self, expected: &Expected) -> Result<(), OidcError> {
        let audiences = match self.0.get("aud") {
            Some(Value::Array(all)) => all.as_slice(),
            Some(one) => std::slice::from_ref(one),
            None => &[],
        };
        if !audiences.iter().any(|one| one == expected.client_id) {
            return Err(refused("ID token: `aud` does not name our client id"));
        }
        let is_known = |one: &&Value| {
            *one == expected.client_id || expected.further_audiences.iter().any(|further| *one == further)
        };
        if let Some(foreign) = audiences.iter().find(|one| !is_known(one)) {
            let shown: String = foreign.to_string().chars().take(200).collect();
            return Err(refused(format!(
                "ID token: `aud` also names {shown}, which is not among further_audiences"
            )));
        }
        let are_several = audiences.iter().any(|one| one != expected.client_id);
        if (self.has("azp") || are_several) && self.text("azp") != Some(expected.client_id) {
            return Err(refused("ID token: `azp` is another client"));
        }
        Ok(())
    }

    fn check_times(&self, now: f64) -> Result<(), OidcError> {
        let expires = self.number("exp").ok_or(refused("ID token: `exp` is missing"))?;
        let issued = self.number("iat").ok_or(refused("ID token: `iat` is missing"))?;
        if now >= expires + SKEW {
            return Err(refused("ID token: expired"));
        }
        if issued > now + SKEW || self.number("nbf").is_some_and(|from| from > now + SKEW) {
            return Err(refused("ID token: issued in the future (is the clock right?)"));
        }
        if issued < now - OLDEST {
            return Err(refused("ID token: issued too long ago (is the clock right?)"));
        }
        Ok(())
    }

    fn check_nonce(&self, nonce: &str) -> Result<(), OidcError> {
        let given = self
            .text("nonce")
            .ok_or(refused("ID token: `nonce` is missing"))?;
        if same(given, nonce) {
            Ok(())
        } else {
            Err(refused("ID token: `nonce` is of another attempt"))
        }
    }
}

/// Compares without telling by its duration where the texts differ.
pub(crate) fn same(a: &str, b: &str) -> bool {
    bool::from(a.as_bytes().ct_eq(b.as_bytes()))
}
