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
}

impl PersonClaims {
    fn of(claims: &Claims) -> Self {
        let email = claims.text("email").and_then(address);
        Self {
            email_verified: email.is_some() && claims.is_true("email_verified"),
            email,
            name: claims.text("name").and_then(name),
        }
    }

    /// From the ID token if it has an address, otherwise from userinfo (when the provider has it),
    /// which must be about the same subject.
    pub(crate) async fn find(
        claims: &Claims,
        userinfo: Option<&Url>,
        access: &AccessToken,
        http: &Http,
    ) -> Result<Self, OidcError> {
        let own = Self::of(claims);
        let (Some(url), None) = (userinfo, &own.email) else {
            return Ok(own);
        };
        let answer = http.json(url, Some(access)).await?;
        let answer: Claims =
            serde_json::from_value(answer).map_err(|_| refused("userinfo: not a JSON object"))?;
        if answer.subject()? != claims.subject()? {
            return Err(refused("userinfo: about another subject"));
        }
        // Not `own.email_verified`: that flag was about an address the ID token did not name.
        let theirs = Self::of(&answer);
        Ok(Self {
            name: own.name.or(theirs.name),
            ..theirs
        })
    }
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
