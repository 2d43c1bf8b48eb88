//! How the provider names the person and their e-mail address. The address and whether it is
//! verified come from one source.
use openidconnect::AccessToken;
use openidconnect::url::Url;

use crate::oidc::claims::Claims;
use crate::oidc::error::{OidcError, refused};
use crate::oidc::http::Http;

/// RFC 5321's longest address, bytes.
const EMAIL: usize = 254;
/// Characters of a name that are kept.
const NAME: usize = 200;

/// The profile claims of one source.
pub(crate) struct PersonClaims {
    pub(crate) email: Option<String>,
    pub(crate) email_verified: bool,
    pub(crate) name: Option<String>,
    /// What the person is called there where they have no other name; no address.
    username: Option<String>,
    /// Their time zone (`zoneinfo`).
    pub(crate) zone: Option<String>,
}

impl PersonClaims {
    fn of(claims: &Claims) -> Self {
        let email = claims.text("email").and_then(address);
        Self {
            email_verified: email.is_some() && claims.is_true("email_verified"),
            email,
            name: full_name(claims),
            username: claims
                .text("preferred_username")
                .and_then(name)
                .filter(|username| !username.contains('@')),
            zone: claims
                .text("zoneinfo")
                .map(|zone| zone.chars().take(NAME).collect()),
        }
    }

    /// From the ID token if it has an address and a name, otherwise from userinfo (when the provider
    /// has it), which must be about the same subject. For want of a name alone nobody is kept out.
    pub(crate) async fn find(
        claims: &Claims,
        userinfo: Option<&Url>,
        access: &AccessToken,
        http: &Http,
    ) -> Result<Self, OidcError> {
        let own = Self::of(claims);
        let url = match userinfo {
            Some(url) if own.email.is_none() || own.name.is_none() => url,
            _ => return Ok(own.named()),
        };
        let answer = match http.json(url, Some(access)).await {
            Err(_) if own.email.is_some() => return Ok(own.named()),
            answer => answer?,
        };
        let answer: Claims =
            serde_json::from_value(answer).map_err(|_| refused("userinfo: not a JSON object"))?;
        if answer.subject()? != claims.subject()? {
            return Err(refused("userinfo: about another subject"));
        }
        let theirs = Self::of(&answer);
        // Never the flag of one source with the address of the other.
        let (email, email_verified) = match own.email {
            Some(email) => (Some(email), own.email_verified),
            None => (theirs.email, theirs.email_verified),
        };
        let found = Self {
            email,
            email_verified,
            name: own.name.or(theirs.name),
            username: own.username.or(theirs.username),
            zone: own.zone.or(theirs.zone),
        };
        Ok(found.named())
    }

    /// With the user name where there is no other one.
    fn named(self) -> Self {
        Self {
            name: self.name.or_else(|| self.username.clone()),
            ..self
        }
    }
}

/// The name, or its parts.
fn full_name(claims: &Claims) -> Option<String> {
    let parts = ["given_name", "family_name"].map(|part| claims.text(part).unwrap_or_default());
    claims
        .text("name")
        .and_then(name)
        .or_else(|| name(&parts.join(" ")))
}

/// An address that mail can be sent to, or None. Only its outline is judged; the domain's own type
/// does the rest.
fn address(text: &str) -> Option<String> {
    let text = text.trim();
    let (local, domain) = text.rsplit_once('@')?;
    let sound = !local.is_empty() && !domain.is_empty() && text.len() <= EMAIL;
    (sound && !text.chars().any(|c| c.is_control() || c.is_whitespace())).then(|| text.to_owned())
}

/// A name on one line: what could break out of the line or reverse it is dropped, the rest is cut
/// to length.
fn name(text: &str) -> Option<String> {
    let kept: String = text
        .chars()
        .filter(|c| !c.is_control() && !turns_text(*c))
        .collect();
    let kept: String = kept.trim().chars().take(NAME).collect();
    (!kept.is_empty()).then_some(kept)
}

/// Unicode's bidirectional overrides, embeddings and isolates.
fn turns_text(c: char) -> bool {
    matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}
