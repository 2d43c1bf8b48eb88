//! Cookies: `__Host-` and Secure wherever the public URL has https, HttpOnly and Lax always.
use http::{HeaderMap, HeaderValue, header};

/// The cookies this site sets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cookie {
    /// The session's token.
    Session,
    /// A random name for a browser, so that a failed form finds its draft again.
    Browser,
    /// What a form failed with that somebody not signed in posted, sealed.
    Draft,
    /// The state of a sign-in under way at a provider, sealed.
    Attempt,
    /// The language of somebody not signed in.
    Language,
}

impl Cookie {
    fn name(self, secure: bool) -> String {
        let name = match self {
            Cookie::Session => "anteroom",
            Cookie::Browser => "anteroom-form",
            Cookie::Draft => "anteroom-draft",
            Cookie::Attempt => "anteroom-signin",
            Cookie::Language => "anteroom-language",
        };
        // Browsers take the prefix only with Secure, which plain http on loopback cannot have.
        if secure {
            format!("__Host-{name}")
        } else {
            name.to_owned()
        }
    }

    fn seconds(self) -> i64 {
        match self {
            Cookie::Session => crate::store::account::sessions::LIFE.0 / 1000,
            Cookie::Browser | Cookie::Draft => crate::domain::draft::LIFE.0 / 1000,
            Cookie::Attempt => 600,
            Cookie::Language => 365 * 86_400,
        }
    }

    /// The header that sets it; an empty value removes it.
    pub fn set(self, value: &str, secure: bool) -> Option<HeaderValue> {
        let age = if value.is_empty() { 0 } else { self.seconds() };
        let flag = if secure { "; Secure" } else { "" };
        HeaderValue::from_str(&format!(
            "{}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={age}{flag}",
            self.name(secure)
        ))
        .ok()
    }

    /// The value a browser sent; None if there is none, or more than one (then somebody is
    /// playing).
    pub fn read(self, headers: &HeaderMap, secure: bool) -> Option<String> {
        let name = self.name(secure);
        let sent = headers
            .get_all(header::COOKIE)
            .iter()
            .filter_map(|v| v.to_str().ok())
            .flat_map(|v| v.split(';'));
        let mut found = sent
            .filter_map(|pair| pair.trim().split_once('='))
            .filter(|(n, _)| *n == name)
            .map(|(_, v)| v);
        match (found.next(), found.next()) {
            (Some(value), None) => Some(value.to_owned()),
            _ => None,
        }
    }
}
