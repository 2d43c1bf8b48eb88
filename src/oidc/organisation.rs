//! Which organisation of the provider the person belongs to.
use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use openidconnect::AccessToken;
use openidconnect::url::Url;
use serde_json::Value;
use uuid::Uuid;

use crate::oidc::claims::Claims;
use crate::oidc::error::OidcError;
use crate::oidc::http::Http;

/// Characters of an organisation's id; a longer one is not an id.
const LONGEST: usize = 200;

/// `OrganisationSource` with its address checked.
pub(crate) enum OrganisationEndpoint {
    Claim(String),
    Endpoint { url: Url, field: String },
}

impl OrganisationEndpoint {
    /// The organisation's id; None if the provider names none.
    pub(crate) async fn ask(
        &self,
        claims: &Claims,
        access: &AccessToken,
        http: &Http,
    ) -> Result<Option<String>, OidcError> {
        match self {
            Self::Claim(name) => Ok(claims.text(name).and_then(normal)),
            Self::Endpoint { url, field } => {
                let answer = http.json(url, Some(access)).await?;
                Ok(pick(&answer, field).and_then(normal))
            }
        }
    }
}

/// The text at a dotted path; a key that itself has dots is found as a whole.
fn pick<'a>(object: &'a Value, path: &str) -> Option<&'a str> {
    let found = object
        .get(path)
        .or_else(|| path.split('.').try_fold(object, |inside, key| inside.get(key)));
    found?.as_str()
}

/// One spelling for one organisation: Webex ids become the uuid inside, others are trimmed. None if
/// it is no id at all.
pub(crate) fn normal(id: &str) -> Option<String> {
    let id = id.trim();
    let sound = !id.is_empty() && id.chars().count() <= LONGEST && !id.chars().any(char::is_control);
    sound.then(|| webex(id).unwrap_or_else(|| id.to_owned()))
}

/// The uuid in base64 of `ciscospark://us/ORGANIZATION/<uuid>`, which Webex writes with or without
/// padding; `us` is the cluster.
fn webex(id: &str) -> Option<String> {
    let bare = id.trim_end_matches('=');
    let bytes = STANDARD_NO_PAD
        .decode(bare)
        .or_else(|_| URL_SAFE_NO_PAD.decode(bare))
        .ok()?;
    let text = String::from_utf8(bytes).ok()?;
    let (_cluster, uuid) = text.strip_prefix("ciscospark://")?.split_once("/ORGANIZATION/")?;
    let uuid = Uuid::try_parse(uuid).ok()?;
    Some(uuid.hyphenated().to_string())
}
