//! One OpenID Connect provider as the operator configured it. Shapes only; checked in `providers`.
use secrecy::SecretString;

/// A `[[provider]]` of the TOML file, checked.
#[derive(Clone, Debug)]
pub struct Provider {
    /// Stable key in paths and stored identities: `a-z0-9-`, unique.
    pub id: String,
    /// What the sign-in button says after "Continue with".
    pub label: String,
    /// Where the discovery document is, whole (with `/.well-known/openid-configuration`).
    pub discovery_url: String,
    /// The exact `iss` values accepted in ID tokens; never empty (defaults to the discovery
    /// document's address without its suffix).
    pub allowed_issuers: Vec<String>,
    pub client_id: String,
    /// Whom an ID token may also be for (`aud`), as projects of one installation.
    pub further_audiences: Vec<String>,
    /// None for a public client (PKCE alone).
    pub client_secret: Option<SecretString>,
    /// Always holds `openid`.
    pub scopes: Vec<String>,
    pub organisation: Option<OrganisationSource>,
    /// Domains in lower case: whom the provider vouches for with an address there is signed in to
    /// the account of that address.
    pub trusted_domains: Vec<String>,
    /// Ids of organisations there that hold everybody who has none; they cannot be linked.
    pub consumer_organisations: Vec<String>,
}

/// Where the id of the person's organisation at the provider comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OrganisationSource {
    /// A claim of the ID token.
    Claim(String),
    /// A field of a JSON object fetched with the access token, as Webex's `people/me` and `orgId`.
    Endpoint { url: String, field: String },
}
